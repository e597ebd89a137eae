//! pnpm-lock.yaml.
//!
//! Source: pnpm/spec, "lockfile" 5, 6.0 and 9.0. The section `packages` has a key for each package, indented
//! by two: `/NAME/VERSION_PEERS` (5), `/NAME@VERSION(PEERS)` (6), `NAME@VERSION` (9). A package that is not
//! from a registry has a URL or path as its key, and the fields `name` and `version`.
//!
//! - Members of a workspace are no packages here; other folders (`file:../near`) are, as the project's own.
//! - A file may hold several documents (pnpm's own packages, then the project's), each with the section.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::text::{is_folder, package, unquoted};

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
    } else if field.contains("type: directory") {
        package.own = true;
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
    if let Some((name, path)) = path.split_once("@file:")
        && is_folder(path)
    {
        return Package { own: true, ..package("npm", name, "") };
    }
    // A URL or path: `github.com/user/project/0a1b2c`, `file:x`, `name@https://…`.
    if !version.starts_with(|c: char| c.is_ascii_digit()) || name.contains(':') {
        return package("npm", "", "");
    }
    package("npm", name, version)
}

#[test]
fn a_folder_is_the_projects_own_and_a_linked_member_is_no_package() {
    let text = "lockfileVersion: '9.0'\n\nimporters:\n\n  packages/a:\n    dependencies:\n      b:\n        \
                specifier: workspace:*\n        version: link:../b\n\npackages:\n\n  ms@2.1.3:\n    \
                resolution: {integrity: sha512-x}\n\n  near@file:../near:\n    \
                resolution: {directory: ../near, type: directory}\n";
    let of = |text: &str| {
        let all = pnpm_lock(text).into_iter();
        all.map(|package| format!("{} {} {}", package.name, package.version, package.own))
            .collect::<Vec<_>>()
    };
    assert_eq!(of(text), ["ms 2.1.3 false", "near  true"]);
    let older = "lockfileVersion: '6.0'\n\npackages:\n\n  file:../near:\n    \
                 resolution: {directory: ../near, type: directory}\n    name: near\n    version: 1.0.0\n";
    assert_eq!(of(older), ["near 1.0.0 true"]);
}
