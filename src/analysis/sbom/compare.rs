//! What was found in an image against what an attached bill of materials claims.
//!
//! Two packages are the same if their PURLs are, without version, qualifiers and subpath (purl-spec: what
//! identifies a package); their versions are then compared as text. Claims without a PURL cannot be held
//! against anything and are only counted.

use super::read::Attached;
use crate::analysis::packages::{Package, purl};
use std::collections::{BTreeMap, BTreeSet};

/// The difference, in the order of the packages' identities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Found, and not claimed.
    pub only_found: Vec<Sides>,
    /// Claimed, and not found.
    pub only_claimed: Vec<Sides>,
    /// Both, but not in the same versions.
    pub other_version: Vec<Sides>,
    /// Packages that both have in the same versions.
    pub same: usize,
    /// Claims without a PURL.
    pub unnamed: usize,
}

/// One package and its versions on either side.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sides {
    /// `deb/debian/bash`: type, namespace and name of its PURL.
    pub identity: String,
    /// In order; a package without a version has an empty one.
    pub found: Vec<String>,
    pub claimed: Vec<String>,
}

/// Compares PURLs of what was found with what is claimed.
pub fn compare<'a>(found: impl IntoIterator<Item = &'a str>, attached: &Attached) -> Comparison {
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
    let mut comparison = Comparison::default();
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
        list.push(Sides { identity, found, claimed });
    }
    comparison
}

/// It came with a PURL.
fn is_named(package: &Package) -> bool {
    !package.kind.is_empty()
}

#[test]
fn packages_are_told_apart_by_what_identifies_them() {
    let claim = |text: &str| purl::parse(text).map(purl::Purl::package).unwrap();
    let mut attached = Attached::default();
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
        Sides { identity: identity.to_owned(), found, claimed }
    };
    assert_eq!(
        compare(found, &attached),
        Comparison {
            only_found: vec![sides("npm/babel/parser", &["7.0.0"], &[])],
            only_claimed: vec![sides("npm/@babel/parser", &[], &["7.0.0"])],
            other_version: vec![sides("deb/debian/libc6", &["2.36-9"], &["2.36-10", "2.36-9"])],
            same: 2,
            unnamed: 1,
        }
    );
}
