//! Semantic Versioning, for npm, Rust crates, Go, Hex and ecosystems without an order of their own; and
//! Pub's variant.
//!
//! Source: semver.org 2.0.0, item 11; pub_semver's README for its order of builds.
//!
//! Tolerant: a leading `v`, and fewer or more than three numbers, as tags and old records have them.

use super::parts::{compare_numbers, compare_padded, is_number, split_numbers};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (SemanticVersion::of(a)?, SemanticVersion::of(b)?);
    Some(a.compare(&b))
}

/// As `compare`, then by build; no build is before any.
pub fn compare_pub(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (SemanticVersion::of(a)?, SemanticVersion::of(b)?);
    let order = a.compare(&b);
    Some(order.then_with(|| match (a.build, b.build) {
        (Some(a), Some(b)) => identifiers(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }))
}

struct SemanticVersion<'a> {
    numbers: Vec<&'a str>,
    pre_release: &'a str,
    build: Option<&'a str>,
}

impl<'a> SemanticVersion<'a> {
    fn of(text: &'a str) -> Option<SemanticVersion<'a>> {
        let text = text.trim();
        let text = text.strip_prefix(['v', 'V', '=']).unwrap_or(text);
        let (text, build) = match text.split_once('+') {
            Some((text, build)) => (text, Some(build)),
            None => (text, None),
        };
        let (numbers, rest) = split_numbers(text);
        let pre_release = rest.strip_prefix('-').unwrap_or(rest);
        (!numbers.is_empty()).then_some(SemanticVersion { numbers, pre_release, build })
    }

    fn compare(&self, other: &SemanticVersion<'_>) -> Ordering {
        let order = compare_padded(&self.numbers, &other.numbers, "", compare_numbers);
        order.then_with(|| match (self.pre_release, other.pre_release) {
            ("", "") => Ordering::Equal,
            ("", _) => Ordering::Greater,
            (_, "") => Ordering::Less,
            (a, b) => identifiers(a, b),
        })
    }
}

/// Numbers are before words, each in their own order; the shorter list is first.
fn identifiers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.split('.'), b.split('.'));
    loop {
        let order = match (a.next(), b.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (is_number(a), is_number(b)) {
                (true, true) => compare_numbers(a, b),
                (false, false) => a.cmp(b),
                (a, b) => b.cmp(&a),
            },
        };
        if order.is_ne() {
            return order;
        }
    }
}

#[test]
fn the_specifications_example_sorts_as_documented() {
    let sorted = [
        "1.0.0-alpha",
        "1.0.0-alpha.1",
        "1.0.0-alpha.beta",
        "1.0.0-beta",
        "1.0.0-beta.2",
        "1.0.0-beta.11",
        "1.0.0-rc.1",
        "1.0.0",
    ];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
    assert_eq!(compare("1.0.0+a", "1.0.0+b"), Some(Ordering::Equal));
    assert_eq!(compare("(devel)", "1.0.0"), None);
}
