//! Compares the packages found in an image with those that an attached SBOM claims.
//!
//! Two packages are the same if their PURLs are equal without version, qualifiers and subpath (which
//! identify a package by purl-spec). Their versions are then compared as text. Claims without a PURL cannot
//! be compared and are only counted.

use super::attached::AttachedSbom;
use crate::analysis::packages::{Package, purl};
use std::collections::{BTreeMap, BTreeSet};

/// The differences, sorted by the packages' identities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SbomComparison {
    /// Found but not claimed.
    pub only_found: Vec<VersionSides>,
    /// Claimed but not found.
    pub only_claimed: Vec<VersionSides>,
    /// In both, with different versions.
    pub other_version: Vec<VersionSides>,
    /// Number of packages that both have in the same versions.
    pub same: usize,
    /// Number of claims without a PURL.
    pub unnamed: usize,
}

/// A package and its versions on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VersionSides {
    /// Type, namespace and name of its PURL: `deb/debian/bash`.
    pub identity: String,
    /// Sorted; the version of a package without one is empty.
    pub found: Vec<String>,
    pub claimed: Vec<String>,
}

/// Compares the PURLs of found packages with the claimed packages.
pub fn compare<'a>(
    found: impl IntoIterator<Item = &'a str>,
    attached: &AttachedSbom,
) -> SbomComparison {
    let mut all: BTreeMap<String, [BTreeSet<String>; 2]> = BTreeMap::new();
    let mut add = |side: usize, text: &str| {
        let Some(purl) = purl::parse(text) else { return false };
        let sides = all.entry(purl.identity()).or_default();
        if let Some(versions) = sides.get_mut(side) {
            versions.insert(purl.version);
        }
        true
    };
    for purl in found {
        add(0, purl);
    }
    let mut comparison = SbomComparison::default();
    for package in &attached.packages {
        if !is_named(package) || !add(1, &purl::write(package, None)) {
            comparison.unnamed += 1;
        }
    }
    for (identity, [found, claimed]) in all {
        let list = match (found.is_empty(), claimed.is_empty()) {
            _ if found == claimed => {
                comparison.same += 1;
                continue;
            }
            (_, true) => &mut comparison.only_found,
            (true, _) => &mut comparison.only_claimed,
            _ => &mut comparison.other_version,
        };
        let (found, claimed) = (found.into_iter().collect(), claimed.into_iter().collect());
        list.push(VersionSides { identity, found, claimed });
    }
    comparison
}

/// Whether it came with a PURL.
fn is_named(package: &Package) -> bool {
    !package.kind.is_empty()
}

#[test]
fn packages_are_compared_by_their_identity() {
    let claim = |text: &str| purl::parse(text).map(purl::Purl::package).unwrap();
    let mut attached = AttachedSbom::default();
    attached.packages.extend([
        claim("pkg:deb/debian/bash@5.2-1?arch=arm64&distro=debian-12"),
        claim("pkg:deb/debian/libc6@2.36-9?arch=amd64"),
        claim("pkg:deb/debian/libc6@2.36-10?arch=amd64"),
        claim("pkg:npm/%40babel/parser@7.0.0"),
        claim("pkg:pypi/Jinja2@2.10"),
        Package { name: "a folder".into(), ..Package::default() },
    ]);
    let found = [
        "pkg:deb/debian/bash@5.2-1?arch=amd64",
        "pkg:deb/debian/libc6@2.36-9",
        "pkg:npm/babel/parser@7.0.0",
        "pkg:pypi/jinja2@2.10",
    ];
    let sides = |identity: &str, found: &[&str], claimed: &[&str]| {
        let [found, claimed] =
            [found, claimed].map(|list| list.iter().map(|&version| version.to_owned()).collect());
        VersionSides { identity: identity.to_owned(), found, claimed }
    };
    assert_eq!(
        compare(found, &attached),
        SbomComparison {
            only_found: vec![sides("npm/babel/parser", &["7.0.0"], &[])],
            only_claimed: vec![sides("npm/@babel/parser", &[], &["7.0.0"])],
            other_version: vec![sides("deb/debian/libc6", &["2.36-9"], &["2.36-10", "2.36-9"])],
            same: 2,
            unnamed: 1,
        }
    );
}
