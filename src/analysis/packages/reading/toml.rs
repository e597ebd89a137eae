//! Lock files in TOML with an array of tables `[[package]]`: Cargo's, and several of Python.
//!
//! Source: toml.io; the Cargo book, "Cargo.toml vs Cargo.lock". The tools write one value per line.

use crate::analysis::packages::reading::text::unquoted;

/// The fields of a `[[package]]` table that these files have in common.
#[derive(Default)]
pub struct TomlPackage<'a> {
    pub name: &'a str,
    pub version: &'a str,
    pub checksum: &'a str,
    /// As it is written: Cargo has a string, uv an inline table.
    pub source: &'a str,
    /// A folder or archive of this machine (PDM).
    pub path: &'a str,
    /// The type in the table `[package.source]` (Poetry).
    pub source_type: &'a str,
}

/// The `[[package]]` tables, in order.
pub fn package_tables(text: &str) -> Vec<TomlPackage<'_>> {
    let mut tables: Vec<TomlPackage<'_>> = Vec::new();
    let mut inside = "";
    for line in text.lines() {
        if line.starts_with('[') {
            inside = line.trim_end();
            if inside == "[[package]]" {
                tables.push(TomlPackage::default());
            }
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let Some(table) = tables.last_mut() else { continue };
        match (inside, key.trim_end()) {
            ("[[package]]", "name") => table.name = unquoted(value),
            ("[[package]]", "version") => table.version = unquoted(value),
            ("[[package]]", "checksum") => table.checksum = unquoted(value),
            ("[[package]]", "source") => table.source = value.trim(),
            ("[[package]]", "path") => table.path = unquoted(value),
            ("[package.source]", "type") => table.source_type = unquoted(value),
            _ => {}
        }
    }
    tables
}
