//! npm's package-lock.json, and npm-shrinkwrap.json, which has the same form.
//!
//! Source: npm's documentation, "package-lock.json". Versions 2 and 3 have `packages`, by path; version 1
//! has `dependencies`, nested; version 2 has both with the same content.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::json::{members, text, texts};
use crate::analysis::packages::reading::text::{is_folder, package};
use serde_json::Value;
use std::collections::BTreeMap;

/// Reads package-lock.json.
pub fn package_lock(lock: &Value) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    // A link leads to a member of the workspace, which is also in the list, often without its name.
    let links = members(lock, "packages").filter(|(_, value)| value["link"] == true);
    let linked: BTreeMap<&str, &str> =
        links.map(|(place, value)| (text(value, "resolved"), name_of(place))).collect();
    for (place, value) in members(lock, "packages").filter(|(_, value)| value["link"] != true) {
        let own = !place.contains("node_modules/");
        let name = match (text(value, "name"), linked.get(place)) {
            ("", Some(linked)) => linked,
            ("", None) if place.is_empty() => text(lock, "name"),
            ("", None) => name_of(place),
            (name, _) => name,
        };
        packages.push(Package { own, ..described(name, value) });
    }
    if packages.is_empty() {
        nested(lock, &mut packages);
        let root = package("npm", text(lock, "name"), text(lock, "version"));
        packages.push(Package { own: true, ..root });
    }
    packages
}

/// The package's name by its place: `node_modules/@x/a`, `packages/a`.
fn name_of(place: &str) -> &str {
    let below = place.rsplit_once("node_modules/").map(|(_, name)| name);
    below.unwrap_or_else(|| place.rsplit('/').next().unwrap_or_default())
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
    let own = version.starts_with("file:") && is_folder(version);
    // In version 1, a package without a registry has its URL as version.
    let version = if version.contains(':') { "" } else { version };
    let mut package = Package { own, ..package("npm", name, version) };
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

#[test]
fn members_of_a_workspace_are_the_projects_own() {
    let lock = serde_json::json!({"name": "app", "lockfileVersion": 3, "packages": {
        "": {"name": "app", "version": "1.0.0", "workspaces": ["packages/*"]},
        "node_modules/@x/a": {"resolved": "packages/a", "link": true},
        "node_modules/b": {"resolved": "packages/b", "link": true},
        "node_modules/ms": {"version": "2.1.3", "resolved": "https://registry.example.test/ms-2.1.3.tgz"},
        "packages/a": {"name": "@x/a", "version": "0.1.0"},
        "packages/b": {"version": "0.2.0"},
        "packages/b/node_modules/ms": {"version": "2.0.0"},
        "packages/c": null}});
    let all = package_lock(&lock).into_iter();
    let all = all.map(|package| format!("{} {} {}", package.name, package.version, package.own));
    let want = [
        "app 1.0.0 true",
        "ms 2.1.3 false",
        "@x/a 0.1.0 true",
        "b 0.2.0 true",
        "ms 2.0.0 false",
        "c  true",
    ];
    assert_eq!(all.collect::<Vec<_>>(), want);
    let old = serde_json::json!({"name": "app", "version": "1.0.0", "dependencies": {
        "near": {"version": "file:../near"}, "packed": {"version": "file:packed-1.tgz"}}});
    let all = package_lock(&old).into_iter().filter(|package| package.own);
    assert_eq!(all.map(|package| package.name).collect::<Vec<_>>(), ["near", "app"]);
}
