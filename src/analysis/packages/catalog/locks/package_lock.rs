//! npm's package-lock.json, and npm-shrinkwrap.json, which has the same form.
//!
//! Source: npm's documentation, "package-lock.json". Versions 2 and 3 have `packages`, by path; version 1
//! has `dependencies`, nested; version 2 has both with the same content.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::json::{members, text, texts};
use crate::analysis::packages::reading::text::package;
use serde_json::Value;

/// Reads package-lock.json.
pub fn package_lock(lock: &Value) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for (place, value) in members(lock, "packages") {
        // A link leads to a workspace, which is also in the list.
        let name = match text(value, "name") {
            "" => place.rsplit_once("node_modules/").map_or("", |(_, name)| name),
            name => name,
        };
        packages.push(described(name, value));
    }
    if packages.is_empty() {
        nested(lock, &mut packages);
        packages.push(package("npm", text(lock, "name"), text(lock, "version")));
    }
    packages
}

/// Iterative, because only serde_json's limit bounds the depth.
fn nested<'a>(lock: &'a Value, packages: &mut Vec<Package>) {
    let mut open: Vec<&'a Value> = vec![lock];
    while let Some(value) = open.pop() {
        for (name, value) in members(value, "dependencies") {
            packages.push(described(name, value));
            open.push(value);
        }
    }
}

fn described(name: &str, value: &Value) -> Package {
    let version = text(value, "version");
    // An alias in version 1 has the version `npm:NAME@VERSION`.
    let alias = version.strip_prefix("npm:").and_then(|alias| alias.rsplit_once('@'));
    let (name, version) = alias.unwrap_or((name, version));
    // In version 1, a package without a registry has its URL as version.
    let version = if version.contains(':') { "" } else { version };
    let mut package = package("npm", name, version);
    package.licenses = texts(value.get("license"));
    add_integrity(&mut package, text(value, "integrity"));
    package
}

#[test]
fn nested_and_aliased_entries_of_version_1_are_distinguished() {
    let lock = serde_json::json!({"lockfileVersion": 1, "dependencies": {
        "a": {"version": "1.0.0", "dependencies": {"b": {"version": "2.0.0"}}},
        "c": {"version": "git+ssh://git@example.test/c.git#0a"}}});
    let named = package_lock(&lock).into_iter().filter(|package| !package.version.is_empty());
    let mut named: Vec<String> = named.map(|package| package.name).collect();
    named.sort();
    assert_eq!(named, ["a", "b"]);
}
