//! Lock files: the exact versions that projects require. They need not be installed, so all are declared.
//!
//! - Each form is in one file, and is recognised by the name of the lock file alone. One tool writes most
//!   forms in one layout, line by line. They are read in that layout; hand-edited files may be missed.
//! - A lock file in the folder of an installed package describes how that package was developed, not this
//!   image's project. It is left out, by its path.
//! - A list may name a package many times (npm nests, pnpm lists peers); each version is returned once.
//! - Workspaces list their members too. Those are the project's own; like everything without a version they are
//!   left out if they have none.

mod beam;
mod bundler;
mod cargo;
mod go_mod;
mod listed;
mod mobile;
mod package_lock;
mod pip;
mod pnpm;
mod yarn;

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::facts_budget::in_first_lines;
use crate::analysis::packages::reading::json::parse;
use crate::analysis::packages::reading::text::damaged;
use crate::text::decode_text;
use serde_json::Value;

pub const CATALOGER: Cataloger = Cataloger {
    name: "lock files",
    wants: |file| form(file.name()).is_some() && !in_installed(file.folder()),
    read: CatalogRead::Whole(read),
};

#[derive(Clone, Copy)]
enum Form {
    Json(fn(&Value) -> Vec<Package>),
    Text(fn(&str) -> Vec<Package>),
    /// With warnings about what cannot be read.
    Facts(fn(&str) -> CatalogFacts),
}

const FORMS: &[(&[u8], Form)] = &[
    (b"package-lock.json", Form::Json(package_lock::package_lock)),
    (b"npm-shrinkwrap.json", Form::Json(package_lock::package_lock)),
    (b"yarn.lock", Form::Text(yarn::yarn_lock)),
    (b"pnpm-lock.yaml", Form::Text(pnpm::pnpm_lock)),
    (b"poetry.lock", Form::Text(pip::toml_lock)),
    (b"uv.lock", Form::Text(pip::toml_lock)),
    (b"pdm.lock", Form::Text(pip::toml_lock)),
    (b"Pipfile.lock", Form::Json(pip::pipfile_lock)),
    (b"Gemfile.lock", Form::Text(bundler::gemfile_lock)),
    (b"gems.locked", Form::Text(bundler::gemfile_lock)),
    (b"composer.lock", Form::Json(listed::composer)),
    (b"Cargo.lock", Form::Text(cargo::cargo_lock)),
    (b"go.mod", Form::Text(go_mod::go_mod)),
    (b"packages.lock.json", Form::Json(listed::nuget)),
    (b"mix.lock", Form::Facts(beam::mix_lock)),
    (b"rebar.lock", Form::Facts(beam::rebar_lock)),
    (b"pubspec.lock", Form::Text(mobile::pubspec_lock)),
    (b"Package.resolved", Form::Json(listed::swift)),
    (b"Podfile.lock", Form::Text(mobile::podfile_lock)),
    (b"renv.lock", Form::Json(listed::renv)),
    (b"gradle.lockfile", Form::Text(listed::gradle)),
    (b"buildscript-gradle.lockfile", Form::Text(listed::gradle)),
    (b"conan.lock", Form::Json(listed::conan)),
];

fn form(name: &[u8]) -> Option<Form> {
    let listed = FORMS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form);
    // requirements.txt, dev-requirements.txt, requirements_test.txt: pip's file has no fixed name.
    let is_requirements =
        || name.ends_with(b".txt") && name.windows(12).any(|part| part == b"requirements");
    listed.or_else(|| is_requirements().then_some(Form::Facts(pip::requirements)))
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    match form(file.name()) {
        Some(Form::Json(read)) => match parse(bytes) {
            Some(value) => facts.packages = read(&value),
            None => return damaged("a lock file of JSON"),
        },
        Some(Form::Text(read)) => {
            let read =
                |text: &str| CatalogFacts { packages: read(text), ..CatalogFacts::default() };
            facts = in_first_lines(&decode_text(bytes), read);
        }
        Some(Form::Facts(read)) => facts = in_first_lines(&decode_text(bytes), read),
        None => return facts,
    }
    let packages = &mut facts.packages;
    packages.retain(|one| !one.name.is_empty() && !one.version.is_empty());
    packages.iter_mut().for_each(|package| package.declared = true);
    packages.sort_by(|a, b| identity(a).cmp(&identity(b)));
    packages.dedup_by(|a, b| {
        let same = identity(a) == identity(b);
        b.own &= !same || a.own;
        same
    });
    facts
}

type Identity<'a> = (&'a str, &'a str, &'a str, &'a str, &'a [(String, String)]);

fn identity(package: &Package) -> Identity<'_> {
    let Package { kind, namespace, name, version, qualifiers, .. } = package;
    (kind, namespace, name, version, qualifiers)
}

/// Whether a folder belongs to an installed package: it is in a folder of its own below one that package
/// managers fill.
pub(super) fn in_installed(folder: &[u8]) -> bool {
    const SHELVES: [&[u8]; 11] = [
        b"node_modules",
        b"bower_components",
        b"site-packages",
        b"dist-packages",
        // Composer's, Go's and Cargo's copies of a project's dependencies.
        b"vendor",
        b"gems",
        b".pub-cache",
        // Swift's `.build/checkouts`, Bundler's and Cargo's clones.
        b"checkouts",
        // Go's module cache, `go/pkg/mod`.
        b"mod",
        // Cargo's sources, `.cargo/registry/src`.
        b"registry",
        // Go's own source, `/usr/local/go/src`, `/usr/lib/go-1.19/src`; projects are in `/go/src`.
        b"src",
    ];
    let (mut above, mut before): (&[u8], &[u8]) = (b"", b"");
    let mut parts = folder.split(|&byte| byte == b'/').peekable();
    while let Some(part) = parts.next() {
        let is_shelf = SHELVES.contains(&part)
            && match part {
                b"mod" => before == b"pkg",
                b"registry" => before == b".cargo" || before == b"cargo",
                b"src" => before.starts_with(b"go") && (above == b"local" || above == b"lib"),
                _ => true,
            };
        if is_shelf && (parts.peek().is_some() || part == b"src") {
            return true;
        }
        (above, before) = (before, part);
    }
    false
}

#[test]
fn a_lock_file_of_an_installed_package_is_left_out() {
    for (folder, want) in [
        ("srv/node_modules/x", true),
        ("srv/vendor/lab/b", true),
        ("go/pkg/mod/golang.org/x/text@v0.3.0", true),
        ("root/.cargo/registry/src/index/itoa-1.0.1", true),
        ("usr/lib/python3/dist-packages/x", true),
        ("var/lib/gems/3.1.0/gems/rack-2.2.3", true),
        ("usr/local/go/src", true),
        ("usr/lib/go-1.19/src/cmd", true),
        ("go/src/app", false),
        ("srv/vendor", false),
        ("srv/registry", false),
        ("srv/mod/app", false),
        ("srv/locks", false),
        ("", false),
    ] {
        assert_eq!(in_installed(folder.as_bytes()), want, "{folder}");
    }
}

#[test]
fn a_lock_file_of_very_many_lines_is_read_in_part_and_says_so() {
    for (name, line) in
        [("yarn.lock", "a\n"), ("requirements.txt", "a==1\n"), ("go.mod", "\tx v1\n")]
    {
        let facts = read(&Candidate::at(name.as_bytes()), line.repeat(600_000).as_bytes());
        let codes: Vec<&str> = facts.warnings.iter().map(|warning| &*warning.code).collect();
        assert_eq!(codes.last(), Some(&"package-database-damaged"), "{name}");
    }
}
