//! Tools that an attacker would look for: shells, package managers, compilers. Information, not a fault.
//!
//! Source: the packages' own lists of programs.

use super::check::{RiskBasis, RiskCheck};
use super::material::RiskMaterial;
use super::risk::{Risk, RiskFindings};
use crate::vocabulary::RiskSeverity;

pub static CHECKS: &[&RiskCheck] = &[&SHELL, &PACKAGE_MANAGER, &COMPILER];

static SHELL: RiskCheck = RiskCheck {
    code: "shell",
    title: "Has a shell",
    severity: RiskSeverity::Info,
    basis: RiskBasis::Files,
    why: "Who can run a command in the container can run any. Images without a shell leave less to work with.",
    advice: "Copy the application into an image without a shell, such as distroless or scratch.",
    aliases: &["CIS Docker 4.3"],
};

static PACKAGE_MANAGER: RiskCheck = RiskCheck {
    code: "package-manager",
    title: "Has a package manager",
    severity: RiskSeverity::Info,
    basis: RiskBasis::Files,
    why: "Further tools can be installed in a running container.",
    advice: "Copy the application into an image without one, in a last stage of the build.",
    aliases: &["CIS Docker 4.3"],
};

static COMPILER: RiskCheck = RiskCheck {
    code: "compiler",
    title: "Has a compiler",
    severity: RiskSeverity::Info,
    basis: RiskBasis::Files,
    why: "Tools of the build make the image larger, and programs can be made in a running container.",
    advice: "Build in one stage, and copy the result into a smaller image.",
    aliases: &["CIS Docker 4.3"],
};

const FOLDERS: [&str; 7] =
    ["bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "usr/local/go/bin"];

const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "tcsh"];

const MANAGERS: &[&str] =
    &["apt-get", "apk", "dnf", "dnf5", "microdnf", "yum", "zypper", "pacman", "opkg", "emerge"];

const COMPILERS: &[&str] =
    &["gcc", "cc", "g++", "c++", "clang", "tcc", "go", "rustc", "javac", "ghc", "gfortran"];

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    for (check, names) in [(&SHELL, SHELLS), (&PACKAGE_MANAGER, MANAGERS), (&COMPILER, COMPILERS)] {
        let mut there = Vec::new();
        let mut first = None;
        for name in names {
            let paths = FOLDERS.iter().map(|folder| format!("{folder}/{name}"));
            let file = paths.into_iter().find_map(|path| {
                image
                    .find(path.as_bytes())
                    .filter(|node| !node.event.is_directory())
                    .map(|node| (path, node))
            });
            if let Some((path, node)) = file {
                there.push(*name);
                first.get_or_insert((path, node));
            }
        }
        if let Some((path, node)) = first {
            let message = format!("{}.", there.join(", "));
            found.add(Risk::new(check, message).at(path.into_bytes(), node.event.layer));
        }
    }
}
