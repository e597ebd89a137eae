//! Versions of numbers only: CRAN's and Hackage's. If one version is a prefix of the other, the longer one is
//! greater.
//!
//! Source: R's `package_version`; Haskell's Package Versioning Policy, "Version ordering".

use super::parts::{compare_numbers, is_number};
use std::cmp::Ordering;

/// Numbers separated by dots or hyphens, which are equivalent.
pub fn compare_cran(a: &str, b: &str) -> Option<Ordering> {
    numbers(a, b, &['.', '-'])
}

/// Numbers separated by dots.
pub fn compare_hackage(a: &str, b: &str) -> Option<Ordering> {
    numbers(a, b, &['.'])
}

fn numbers(a: &str, b: &str, separators: &[char]) -> Option<Ordering> {
    if ![a, b].iter().all(|text| text.split(separators).all(is_number)) {
        return None;
    }
    let (mut a, mut b) = (a.split(separators), b.split(separators));
    loop {
        let order = match (a.next(), b.next()) {
            (Some(a), Some(b)) => compare_numbers(a, b),
            (None, None) => return Some(Ordering::Equal),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return Some(order);
        }
    }
}

#[test]
fn a_text_without_numbers_is_no_version() {
    assert_eq!(compare_cran("1.0-1", "1.0.2"), Some(Ordering::Less));
    assert_eq!(compare_hackage("1.0-1", "1.0"), None);
    assert_eq!(compare_hackage("1..0", "1"), None);
}
