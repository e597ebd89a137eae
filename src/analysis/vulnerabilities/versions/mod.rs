//! The orders of versions, one file an order, chosen by OSV's name of the ecosystem.
//!
//! Source: each file names its own; which ecosystem has which order is what google/osv-scalibr's
//! `semantic` package has, against whose published vectors all of them are tested.
//!
//! - Versions are hostile text: numbers of any length are compared as digits, never parsed, and nothing
//!   here recurses.
//! - `None` is "not a version there": whoever asks then holds the range for not matched, never for matched.

mod apk;
mod dotted;
mod dpkg;
mod maven;
mod nuget;
mod packagist;
mod pep440;
mod pep440_legacy;
mod rpm;
mod rubygems;
mod semver;
#[cfg(test)]
mod tests;

use super::ecosystem::CRATES;
use std::cmp::Ordering;

/// An order: how `a` stands to `b`.
type Order = fn(a: &str, b: &str) -> Option<Ordering>;

/// Bytes of a version at most: no ecosystem's are nearly as long, and some orders take time by the
/// square of it.
const MAX_VERSION: usize = 1024;

/// How two versions of an ecosystem stand to each other. The ecosystem is OSV's name, its release after
/// a colon or without. `None`: one of them is no version there, or nobody knows the ecosystem's order.
pub fn compare(ecosystem: &str, a: &str, b: &str) -> Option<Ordering> {
    if a.len() > MAX_VERSION || b.len() > MAX_VERSION {
        return None;
    }
    order(ecosystem)?(a, b)
}

/// By Semantic Versioning, whatever the ecosystem: OSV's ranges of type `SEMVER`.
pub fn compare_semver(a: &str, b: &str) -> Option<Ordering> {
    (a.len() <= MAX_VERSION && b.len() <= MAX_VERSION).then(|| semver::compare(a, b))?
}

/// Whether this ecosystem's versions can be compared.
pub fn is_known(ecosystem: &str) -> bool {
    order(ecosystem).is_some()
}

fn order(ecosystem: &str) -> Option<Order> {
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

/// Two numbers of ASCII digits, of any length; an empty one is zero.
fn compare_numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// Digits alone, and at least one.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The numbers at the beginning, with a dot between, and what is behind them; a dot after the last is taken,
/// too.
fn split_numbers(text: &str) -> (Vec<&str>, &str) {
    let mut rest = text;
    let mut numbers = Vec::new();
    loop {
        let (number, after) = split_while(rest, u8::is_ascii_digit);
        if number.is_empty() {
            break;
        }
        numbers.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(after) => rest = after,
            None => break,
        }
    }
    (numbers, rest)
}

/// Splits off the beginning whose bytes are all such.
fn split_while(text: &str, such: impl Fn(&u8) -> bool) -> (&str, &str) {
    let end = text.bytes().take_while(such).count();
    // Callers ask for ASCII bytes alone, so that this is the end of a character.
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// Two lists part by part, the missing part of the shorter one standing for `missing`.
fn compare_padded<T: Copy>(
    a: &[T],
    b: &[T],
    missing: T,
    compare: impl Fn(T, T) -> Ordering,
) -> Ordering {
    let length = a.len().max(b.len());
    let part = |list: &[T], at: usize| list.get(at).copied().unwrap_or(missing);
    let orders = (0..length).map(|at| compare(part(a, at), part(b, at)));
    orders.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}
