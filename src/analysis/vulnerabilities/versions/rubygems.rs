//! RubyGems' order.
//!
//! Source: Ruby's Gem::Version, "Pre-releases" and `<=>`: alternating numbers and words, words before
//! numbers, without zeros at the end of either part.

use super::parts::{compare_numbers, is_number};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (left, right) = (segments(a)?, segments(b)?);
    Some(super::parts::compare_padded(&left, &right, "0", |x, y| {
        match (is_number(x), is_number(y)) {
            (true, true) => compare_numbers(x, y),
            (false, false) => x.cmp(y),
            (x, y) => x.cmp(&y),
        }
    }))
}

/// The canonical segments: no zeros at the end of the numbers before the first word, nor at the very end.
fn segments(text: &str) -> Option<Vec<&str>> {
    let text = text.trim();
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    if text.is_empty() || !text.bytes().all(good) {
        return None;
    }
    let mut all: Vec<&str> = Vec::new();
    let mut words = false;
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let same: fn(&u8) -> bool = match first {
            byte if byte.is_ascii_digit() => u8::is_ascii_digit,
            byte if byte.is_ascii_alphabetic() => u8::is_ascii_alphabetic,
            _ => |byte| !byte.is_ascii_alphanumeric(),
        };
        let (segment, after) = super::parts::split_while(rest, same);
        rest = after;
        if first.is_ascii_alphanumeric() || first == b'-' {
            // A hyphen is a word of its own.
            let segment = if first == b'-' { "pre" } else { segment };
            if !words && !is_number(segment) {
                words = true;
                drop_zeros(&mut all);
            }
            all.push(segment);
        }
    }
    drop_zeros(&mut all);
    Some(all)
}

fn drop_zeros(segments: &mut Vec<&str>) {
    while segments.last().is_some_and(|last| is_number(last) && compare_numbers(last, "").is_eq()) {
        segments.pop();
    }
}

#[test]
fn pre_releases_are_before_their_releases() {
    for (a, b) in [("1.0.a", "1.0"), ("1.0.0.rc1", "1.0.0"), ("1.0-1", "1.0"), ("1.8.a", "1.8.1")] {
        assert_eq!(compare(a, b), Some(Ordering::Less), "{a} {b}");
    }
    assert_eq!(compare("1", "1.0.0"), Some(Ordering::Equal));
    assert_eq!(compare("1 2", "1"), None);
}
