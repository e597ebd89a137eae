//! What the configuration offers to others: ports, volumes, the working directory, a health check.
//!
//! Sources: Docker's reference, "EXPOSE", "VOLUME", "WORKDIR", "HEALTHCHECK"; IANA's list of ports (22 is SSH); the
//! Filesystem Hierarchy Standard (directories of the system).

use super::check::{RiskBasis, RiskCheck};
use super::material::RiskMaterial;
use super::risk::{Risk, RiskFindings};
use crate::text::show;
use crate::vocabulary::RiskSeverity;
use std::collections::HashSet;

pub static CHECKS: &[&RiskCheck] =
    &[&SSH_PORT, &SYSTEM_VOLUME, &RELATIVE_WORKDIR, &SYSTEM_WORKDIR, &NO_HEALTHCHECK];

static SSH_PORT: RiskCheck = RiskCheck {
    code: "ssh-port",
    title: "Exposes the port of SSH",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Configuration,
    why: "A container seldom needs a login from outside: docker exec or kubectl exec do without a server, its keys \
          and its passwords.",
    advice: "Leave out the SSH server and EXPOSE 22.",
    aliases: &["Trivy DS004"],
};

static SYSTEM_VOLUME: RiskCheck = RiskCheck {
    code: "system-volume",
    title: "Volume on a directory of the system",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Configuration,
    why: "What is mounted there replaces files of the system, or gives the container the machine's: with Docker's \
          socket, control over all containers.",
    advice: "Declare volumes for data only, below directories of the application such as /data.",
    aliases: &["dockle DKL-DI-0002"],
};

static RELATIVE_WORKDIR: RiskCheck = RiskCheck {
    code: "relative-workdir",
    title: "Working directory is relative",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Configuration,
    why: "Where a relative directory is depends on earlier instructions and on the base image, and on the runtime.",
    advice: "Write WORKDIR with a path that begins with /.",
    aliases: &["Trivy DS009"],
};

static SYSTEM_WORKDIR: RiskCheck = RiskCheck {
    code: "system-workdir",
    title: "Works in a directory of the system",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Configuration,
    why: "A program that writes to its working directory writes among the system's files. Below /proc a working \
          directory has been a way out of containers.",
    advice: "Give the application a directory of its own, such as /app.",
    aliases: &["Trivy DS030", "CVE-2024-21626"],
};

static NO_HEALTHCHECK: RiskCheck = RiskCheck {
    code: "no-healthcheck",
    title: "No health check",
    severity: RiskSeverity::Info,
    basis: RiskBasis::Configuration,
    why: "Docker can then tell only that the program runs, not that it works. Kubernetes ignores HEALTHCHECK and has \
          its own probes.",
    advice: "Add HEALTHCHECK if the image runs under Docker without an orchestrator.",
    aliases: &["CIS Docker 4.6", "dockle CIS-DI-0006", "Trivy DS026"],
};

/// Directories of the system: a volume on one, or a working directory in the first place.
const SYSTEM: &[&str] = &[
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "/sbin",
    "/sys",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/lib64",
    "/usr/sbin",
];

/// Those that are the kernel's, with everything below.
const KERNEL: &[&str] = &["/boot", "/dev", "/proc", "/sys"];

const DOCKER_SOCKETS: &[&str] = &["/var/run/docker.sock", "/run/docker.sock"];

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    if image.is_bare {
        return;
    }
    let run = &image.run;
    // `22` and `22/tcp` are one port, `/etc` and `/etc/` one directory.
    if let Some(port) = run.ports.iter().find(|port| is_ssh(port)) {
        found.add(Risk::new(&SSH_PORT, format!("{} is exposed.", show(port.as_bytes()))));
    }
    let mut seen = HashSet::new();
    for volume in &run.volumes {
        let path = clean(volume);
        if !seen.insert(path.clone()) {
            continue;
        }
        let message = format!("{} is a volume.", show(volume.as_bytes()));
        if DOCKER_SOCKETS.contains(&&*path) {
            let message = format!("{message} It is the socket that controls Docker.");
            let risk = Risk::new(&SYSTEM_VOLUME, message).with_severity(RiskSeverity::High);
            found.add(risk.on(&path.as_bytes()[1..]));
        } else if is_system(&path) {
            found.add(Risk::new(&SYSTEM_VOLUME, message).on(&path.as_bytes()[1..]));
        }
    }
    let directory = run.working_dir.trim();
    if !directory.is_empty() && !image.is_windows() {
        let message = format!("WORKDIR is {}.", show(directory.as_bytes()));
        let path = clean(directory);
        match directory.starts_with('/') {
            false => found.add(Risk::new(&RELATIVE_WORKDIR, message)),
            // The root is the default.
            true if path != "/" && is_system(&path) => {
                found.add(Risk::new(&SYSTEM_WORKDIR, message));
            }
            true => {}
        }
    }
    let none = run.healthcheck.as_ref().is_none_or(|check| check.test == ["NONE"]);
    let starts = !run.entrypoint.is_empty() || !run.cmd.is_empty();
    if none && starts {
        found.add(Risk::new(&NO_HEALTHCHECK, "HEALTHCHECK is not set."));
    }
}

fn is_ssh(port: &str) -> bool {
    matches!(port.split_once('/').unwrap_or((port, "tcp")), ("22", "tcp"))
}

fn is_system(path: &str) -> bool {
    let below =
        |parent: &&str| path.strip_prefix(*parent).is_some_and(|rest| rest.starts_with('/'));
    SYSTEM.contains(&path) || KERNEL.iter().any(below)
}

/// Without doubled and trailing slashes.
fn clean(path: &str) -> String {
    let parts = crate::entry::path::parts(path.as_bytes()).join(&b'/');
    format!("/{}", String::from_utf8_lossy(&parts))
}
