//! Debian's order.
//!
//! Source: deb-version(7), "Sorting algorithm"; Debian Policy, 5.6.12.

use super::parts::{compare_numbers, is_number, split_while};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (DebianVersion::of(a)?, DebianVersion::of(b)?);
    let order = compare_numbers(a.epoch, b.epoch);
    let order = order.then_with(|| parts(a.upstream, b.upstream));
    Some(order.then_with(|| parts(a.revision, b.revision)))
}

struct DebianVersion<'a> {
    epoch: &'a str,
    upstream: &'a str,
    /// May be empty, which is equal to `0`.
    revision: &'a str,
}

impl DebianVersion<'_> {
    fn of(text: &str) -> Option<DebianVersion<'_>> {
        let text = text.trim();
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        (is_number(epoch) && !rest.is_empty()).then_some(DebianVersion {
            epoch,
            upstream,
            revision,
        })
    }
}

/// Compares alternating text and numbers.
fn parts(mut a: &str, mut b: &str) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let ((text_a, rest_a), (text_b, rest_b)) = (text(a), text(b));
        let order = compare_text(text_a, text_b);
        if order.is_ne() {
            return order;
        }
        let (number_a, rest_a) = split_while(rest_a, u8::is_ascii_digit);
        let (number_b, rest_b) = split_while(rest_b, u8::is_ascii_digit);
        let order = compare_numbers(number_a, number_b);
        if order.is_ne() {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    Ordering::Equal
}

fn text(version: &str) -> (&str, &str) {
    split_while(version, |byte| !byte.is_ascii_digit())
}

fn compare_text(a: &str, b: &str) -> Ordering {
    let rank = |byte: Option<u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(byte),
        Some(byte) => i32::from(byte) + 256,
    };
    let (mut a, mut b) = (a.bytes(), b.bytes());
    loop {
        let (x, y) = (a.next(), b.next());
        let order = rank(x).cmp(&rank(y));
        if order.is_ne() || x.is_none() {
            return order;
        }
    }
}

#[test]
fn the_manual_pages_examples_sort_as_documented() {
    let sorted = ["~~", "~~a", "~", "1", "a"];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
    assert_eq!(compare("a:1", "1"), None);
    assert_eq!(compare("", "1"), None);
}
