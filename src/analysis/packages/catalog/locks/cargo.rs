//! Cargo.lock.
//!
//! Source: the Cargo book, "Cargo.toml vs Cargo.lock".

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::text::package;
use crate::analysis::packages::reading::toml::{TomlPackage, package_tables};

/// A package without a source is the project's own.
pub fn cargo_lock(text: &str) -> Vec<Package> {
    let described = |table: TomlPackage<'_>| {
        let mut package = package("cargo", table.name, table.version);
        package.own = table.source.is_empty();
        add_hex(&mut package, "sha256", table.checksum);
        package
    };
    package_tables(text).into_iter().map(described).collect()
}

#[test]
fn a_package_without_a_source_is_the_projects_own() {
    let text = "version = 4\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"itoa\",\n]\n\n\
                [[package]]\nname = \"itoa\"\nversion = \"1.0.1\"\n\
                source = \"registry+https://github.com/rust-lang/index\"\n";
    let packages = cargo_lock(text);
    let own: Vec<_> = packages.iter().map(|package| (&package.name[..], package.own)).collect();
    assert_eq!(own, [("app", true), ("itoa", false)]);
}
