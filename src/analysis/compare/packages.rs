//! Installed packages of two images, by type and name.
//!
//! A version that both have is equal. Exactly one version only in the first and one only in the second is a
//! change; all else is added or removed.

use crate::analysis::packages::{FoundPackage, Inventory};
use std::collections::{BTreeMap, BTreeSet};

/// Installed packages that differ, each list sorted by type, name and version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparedPackages {
    pub added: Vec<PackageVersions>,
    pub removed: Vec<PackageVersions>,
    pub changed: Vec<PackageVersions>,
}

/// A package with its version in each image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageVersions {
    /// The type of its PURL.
    pub kind: String,
    pub name: String,
    pub a: Option<String>,
    pub b: Option<String>,
}

impl ComparedPackages {
    /// Whether no package differs.
    pub fn same(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares two inventories.
pub fn compare(a: &Inventory, b: &Inventory) -> ComparedPackages {
    compare_versions(&installed(a), &installed(b))
}

fn compare_versions<'a>(
    a: &[(&'a str, &'a str, &'a str)],
    b: &[(&'a str, &'a str, &'a str)],
) -> ComparedPackages {
    let mut all: BTreeMap<(&str, &str), [BTreeSet<&str>; 2]> = BTreeMap::new();
    for (side, list) in [a, b].into_iter().enumerate() {
        for (kind, name, version) in list {
            all.entry((kind, name)).or_default()[side].insert(version);
        }
    }
    let mut packages = ComparedPackages::default();
    for ((kind, name), [a, b]) in &all {
        let versions = |a: Option<&str>, b: Option<&str>| PackageVersions {
            kind: (*kind).to_owned(),
            name: (*name).to_owned(),
            a: a.map(str::to_owned),
            b: b.map(str::to_owned),
        };
        let only_a: Vec<&str> = a.difference(b).copied().collect();
        let only_b: Vec<&str> = b.difference(a).copied().collect();
        match (&only_a[..], &only_b[..]) {
            ([one], [other]) => packages.changed.push(versions(Some(one), Some(other))),
            _ => {
                packages.removed.extend(only_a.iter().map(|one| versions(Some(one), None)));
                packages.added.extend(only_b.iter().map(|other| versions(None, Some(other))));
            }
        }
    }
    packages
}

/// Type, name and version of what is in the final tree, not merely declared.
fn installed(inventory: &Inventory) -> Vec<(&str, &str, &str)> {
    let is_installed = |found: &&FoundPackage| !found.package.declared && !found.removed();
    let packages = inventory.packages.iter().filter(is_installed).map(|found| &found.package);
    packages.map(|package| (&package.kind[..], &package.name[..], &package.version[..])).collect()
}

#[test]
fn one_version_for_one_other_is_a_change_and_all_else_is_added_or_removed() {
    let read = |text: &'static str| -> Vec<(&str, &str, &str)> {
        let part = |word: &'static str| {
            let (name, version) = word.split_once('=').unwrap();
            ("deb", name, version)
        };
        text.split_whitespace().map(part).collect()
    };
    let shown = |list: &[PackageVersions]| {
        let one = |package: &PackageVersions| {
            let version = |version: &Option<String>| version.clone().unwrap_or("-".to_owned());
            format!("{} {} {}", package.name, version(&package.a), version(&package.b))
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    let compared = compare_versions(
        &read("gone=1 kernel=4 kernel=5 same=1 twice=1 up=1"),
        &read("kernel=5 kernel=6 new=1 same=1 same=1 twice=2 twice=3 up=2"),
    );
    assert_eq!(shown(&compared.changed), "kernel 4 6, up 1 2");
    assert_eq!(shown(&compared.added), "new - 1, twice - 2, twice - 3");
    assert_eq!(shown(&compared.removed), "gone 1 -, twice 1 -");
    assert!(!compared.same());
}
