//! Lock files that are TOML, an array of tables of packages: Cargo's, and several of Python.
//!
//! Source: toml.io for the notation; Cargo's book, "Cargo.lock". The tools write one value a line.

use super::super::json::add_hex;
use super::super::text::{package, unquoted};
use crate::analysis::packages::Package;

/// What a table `[[package]]` says of itself, for all types.
#[derive(Default)]
pub struct Table<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub checksum: &'a str,
}

/// The tables of packages, in their order.
pub fn tables(text: &str) -> Vec<Table<'_>> {
    let mut tables: Vec<Table<'_>> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim_end() == "[[package]]";
            if inside {
                tables.push(Table::default());
            }
        }
        let (true, Some(table)) = (inside, tables.last_mut()) else { continue };
        match line.split_once(" = ") {
            Some(("name", value)) => table.name = unquoted(value),
            Some(("version", value)) => table.version = unquoted(value),
            Some(("checksum", value)) => table.checksum = unquoted(value),
            _ => {}
        }
    }
    tables
}

/// What has no source is the project's own.
pub fn cargo_lock(text: &str) -> Vec<Package> {
    let described = |table: Table<'_>| {
        let mut package = package("cargo", table.name, table.version);
        add_hex(&mut package, "sha256", table.checksum);
        package
    };
    tables(text).into_iter().map(described).collect()
}
