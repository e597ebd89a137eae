//! pnpm-lock.yaml.
//!
//! Source: pnpm/spec, "lockfile" 5, 6.0 and 9.0. The section `packages` has a key for each package, indented
//! by two: `/NAME/VERSION_PEERS` (5), `/NAME@VERSION(PEERS)` (6), `NAME@VERSION` (9). A package that is not
//! from a registry has a URL or path as its key, and the fields `name` and `version`.
//!
//! - A file may hold several documents (pnpm's own packages, then the project's), each with the section.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::text::{package, unquoted};

/// Reads pnpm-lock.yaml.
pub fn pnpm_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    let (mut inside, mut old) = (false, false);
    for line in text.lines() {
        if let Some(version) = line.strip_prefix("lockfileVersion:") {
            old = unquoted(version).starts_with('5');
        } else if !line.starts_with(' ') && !line.is_empty() {
            inside = line == "packages:";
        } else if inside && let Some(rest) = line.strip_prefix("  ") {
            if !rest.starts_with(' ') {
                // `{}` may follow the key.
                let key = rest.rsplit_once(':').map_or(rest, |(key, _)| key);
                packages.push(keyed(unquoted(key), old));
            } else if let (Some(package), Some(field)) =
                (packages.last_mut(), rest.strip_prefix("  "))
            {
                read_field(field, package);
            }
        }
    }
    packages
}

fn read_field(field: &str, package: &mut Package) {
    if let Some(name) = field.strip_prefix("name: ") {
        package.name = unquoted(name).to_owned();
    } else if let Some(version) = field.strip_prefix("version: ") {
        package.version = unquoted(version).to_owned();
    } else if field.trim_start().starts_with("resolution:") || field.starts_with("  integrity:") {
        let integrity = field.split_once("integrity: ").map_or("", |(_, value)| value);
        let end = integrity.find([',', '}']).unwrap_or(integrity.len());
        add_integrity(package, unquoted(integrity.get(..end).unwrap_or_default()));
    }
}

fn keyed(key: &str, old: bool) -> Package {
    let key = key.split('(').next().unwrap_or_default();
    let path = key.strip_prefix('/').unwrap_or(key);
    let (name, version) = path.rsplit_once(if old { '/' } else { '@' }).unwrap_or_default();
    let version = if old { version.split('_').next().unwrap_or_default() } else { version };
    // A URL or path: `github.com/user/project/0a1b2c`, `file:x`, `name@https://…`.
    if !version.starts_with(|c: char| c.is_ascii_digit()) || name.contains(':') {
        return package("npm", "", "");
    }
    package("npm", name, version)
}
