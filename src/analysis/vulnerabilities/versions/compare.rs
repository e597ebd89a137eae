//! Comparison and sorting of versions by ecosystem.
//!
//! Source: google/osv-scalibr's package `semantic` says which ecosystem has which order; its published
//! vectors are the tests.

use super::{apk, dotted, dpkg, maven, nuget, packagist, pep440, rpm, rubygems, semver};
use crate::analysis::vulnerabilities::ecosystem::CRATES;
use std::cmp::Ordering;

/// Compares two versions.
type CompareFn = fn(a: &str, b: &str) -> Option<Ordering>;

/// Most bytes of a version. No ecosystem's are nearly as long, and some orders take quadratic time.
const MAX_VERSION: usize = 1024;

/// Compares two versions of an ecosystem, which is OSV's name with or without a release after a colon.
/// `None` if one of them is not a version there, or the ecosystem's order is unknown.
pub fn compare(ecosystem: &str, a: &str, b: &str) -> Option<Ordering> {
    if a.len() > MAX_VERSION || b.len() > MAX_VERSION {
        return None;
    }
    order(ecosystem)?(a, b)
}

/// Compares by Semantic Versioning, whatever the ecosystem: for OSV's ranges of type `SEMVER`.
pub fn compare_semver(a: &str, b: &str) -> Option<Ordering> {
    (a.len() <= MAX_VERSION && b.len() <= MAX_VERSION).then(|| semver::compare(a, b))?
}

/// Whether versions of this ecosystem can be compared.
pub fn is_known(ecosystem: &str) -> bool {
    order(ecosystem).is_some()
}

fn order(ecosystem: &str) -> Option<CompareFn> {
    let name = ecosystem.split_once(':').map_or(ecosystem, |(name, _)| name);
    Some(match name {
        "Debian" | "Ubuntu" | "Echo" => dpkg::compare,
        "Alpine"
        | "Wolfi"
        | "Chainguard"
        | "Alpaquita"
        | "BellSoft Hardened Containers"
        | "MinimOS" => apk::compare,
        "Red Hat" | "Rocky Linux" | "AlmaLinux" | "SUSE" | "openSUSE" | "Mageia" | "openEuler"
        | "Azure Linux" | "Photon OS" | "TuxCare" => rpm::compare,
        "npm"
        | CRATES
        | "Go"
        | "Hex"
        | "SwiftURL"
        | "Bitnami"
        | "GHC"
        | "Julia"
        | "ConanCenter"
        | "Bioconductor"
        | "Docker Hardened Images" => semver::compare,
        "Pub" => semver::compare_pub,
        "PyPI" => pep440::compare,
        "Maven" => maven::compare,
        "RubyGems" => rubygems::compare,
        "NuGet" => nuget::compare,
        "Packagist" => packagist::compare,
        "CRAN" => dotted::compare_cran,
        "Hackage" => dotted::compare_hackage,
        _ => return None,
    })
}

/// Sorts versions of an ecosystem, ascending. Versions that cannot be compared are last.
pub fn sorted(ecosystem: &str, versions: Vec<String>) -> Vec<String> {
    let is_version = |version: &String| compare(ecosystem, version, version).is_some();
    let (versions, others): (Vec<_>, Vec<_>) = versions.into_iter().partition(is_version);
    let order = |a: &String, b: &String| compare(ecosystem, a, b).unwrap_or(Ordering::Equal);
    let mut sorted = stable_sorted(versions, &order);
    sorted.extend(others);
    sorted
}

/// Merge sort that returns some order even if `compare` is not a total order, and never panics. The
/// standard library's sort may panic then, and hostile versions can make the order of some ecosystems
/// cyclic.
pub fn stable_sorted<T>(items: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut runs: Vec<Vec<T>> = items.into_iter().map(|item| vec![item]).collect();
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pending = runs.into_iter();
        while let Some(left) = pending.next() {
            merged.push(match pending.next() {
                Some(right) => merge(left, right, compare),
                None => left,
            });
        }
        runs = merged;
    }
    runs.pop().unwrap_or_default()
}

/// Merges two sorted lists; of equal items those of the left list come first.
fn merge<T>(left: Vec<T>, right: Vec<T>, compare: &dyn Fn(&T, &T) -> Ordering) -> Vec<T> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let next = if compare(a, b).is_gt() { right.next() } else { left.next() };
        merged.extend(next);
    }
    merged.extend(left);
    merged.extend(right);
    merged
}

#[test]
fn sorting_is_stable_and_survives_cycles() {
    let by_tens = |a: &u32, b: &u32| (a / 10).cmp(&(b / 10));
    assert_eq!(stable_sorted(vec![31, 12, 30, 11, 2], &by_tens), [2, 12, 11, 31, 30]);
    // Each number is smaller than the next one, and 4 is smaller than 0.
    let cyclic =
        |a: &u32, b: &u32| if (a + 1) % 5 == *b % 5 { Ordering::Less } else { Ordering::Greater };
    let many: Vec<u32> = (0..1000).collect();
    assert_eq!(stable_sorted(many, &cyclic).len(), 1000);
}
