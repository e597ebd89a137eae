//! Cargo.lock.
//!
//! Source: the Cargo book, "Cargo.toml vs Cargo.lock".

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::text::package;
use crate::analysis::packages::reading::toml::{TomlPackage, package_tables};

/// A package without a source is the project's own; it is listed too.
pub fn cargo_lock(text: &str) -> Vec<Package> {
    let described = |table: TomlPackage<'_>| {
        let mut package = package("cargo", table.name, table.version);
        add_hex(&mut package, "sha256", table.checksum);
        package
    };
    package_tables(text).into_iter().map(described).collect()
}
