//! Lock files in TOML with an array of tables `[[package]]`: Cargo's, and several of Python.
//!
//! Source: toml.io; the Cargo book, "Cargo.toml vs Cargo.lock". The tools write one value per line.

use crate::analysis::packages::reading::text::unquoted;

/// The fields of a `[[package]]` table that are common to all these files.
#[derive(Default)]
pub struct TomlPackage<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub checksum: &'a str,
}

/// The `[[package]]` tables, in order.
pub fn package_tables(text: &str) -> Vec<TomlPackage<'_>> {
    let mut tables: Vec<TomlPackage<'_>> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim_end() == "[[package]]";
            if inside {
                tables.push(TomlPackage::default());
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
