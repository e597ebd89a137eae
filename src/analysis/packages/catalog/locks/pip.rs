//! Python's requirements: pip's files, and the lock files of Poetry, uv, PDM and Pipenv.
//!
//! Source: pip's documentation, "Requirements File Format"; PEP 440 and PEP 508; each tool's own files.
//!
//! - A requirement counts if it pins one version, by `==` without a wildcard or by `===`.
//! - These files have digests of all archives of a version. They do not say which was installed, so no
//!   digest is returned.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::json::{members, text as text_at};
use crate::analysis::packages::reading::text::package;
use crate::analysis::packages::reading::toml::package_tables;
use serde_json::Value;

/// Reads the pinned requirements of a requirements file.
pub fn requirements(text: &str) -> Vec<Package> {
    // A line may continue after a backslash, with options; the requirement comes first.
    text.lines().filter_map(pinned).collect()
}

/// `name[extra] == 1.2 ; marker  # comment`
fn pinned(line: &str) -> Option<Package> {
    let line = line.split('#').next()?.split(';').next()?.trim();
    let (name, version) = line.split_once("==")?;
    let name = name.split('[').next()?.trim();
    let version = version.trim_start_matches('=').trim_start();
    let version = version.split_ascii_whitespace().next()?.trim_end_matches('\\');
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_version = |c: char| c.is_ascii_alphanumeric() || ".!+-_".contains(c);
    let right = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(is_name)
        && version.chars().all(is_version);
    right.then(|| package("pypi", name, version))
}

/// poetry.lock, uv.lock, pdm.lock. uv also lists the project itself, with a folder as its source.
pub fn toml_lock(text: &str) -> Vec<Package> {
    let tables = package_tables(text).into_iter();
    tables.map(|table| package("pypi", table.name, table.version)).collect()
}

/// The sections `default`, `develop` and user-defined ones list packages with `version: ==1.2`.
pub fn pipfile_lock(lock: &Value) -> Vec<Package> {
    let sections = lock.as_object().into_iter().flatten().filter(|(name, _)| *name != "_meta");
    let sections = sections.map(|(name, _)| name.as_str());
    let packages = sections.flat_map(|section| members(lock, section));
    let pinned = packages.filter_map(|(name, value)| {
        let version = text_at(value, "version").strip_prefix("==")?;
        Some(package("pypi", name, version.trim_start_matches('=')))
    });
    pinned.collect()
}

#[test]
fn a_requirement_counts_if_it_pins_one_version() {
    // Forms of pip's documentation, "Requirements File Format", and of PEP 508.
    let text = "pytest==8.0.1 # why\nbeautifulsoup4\ndocopt == 0.6.1 ; python_version < '3'\n\
                requests [security]==2.8.1 \\\n    --hash=sha256:0a\nkeyring >= 4.1.1\nx==1.*\n\
                Mopidy-Dirble ~= 1.1\nold===2004d\n-r other.txt\n./folder\nurllib3 @ https://a/b==c\n";
    let got = requirements(text).into_iter().map(|package| (package.name, package.version));
    let want = [("pytest", "8.0.1"), ("docopt", "0.6.1"), ("requests", "2.8.1"), ("old", "2004d")];
    let want = want.map(|(name, version)| (name.to_owned(), version.to_owned()));
    assert_eq!(got.collect::<Vec<_>>(), want);
}
