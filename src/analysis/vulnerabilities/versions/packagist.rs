//! Packagist's order, which is PHP's `version_compare`.
//!
//! Source: PHP manual, `version_compare`; php-src, ext/standard/tests/versioning/version_compare.phpt.

use super::parts::{compare_numbers, is_number};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (left, right) = (parts(a), parts(b));
    if left.is_empty() || right.is_empty() {
        return None;
    }
    for at in 0..left.len().max(right.len()) {
        let order = match (left.get(at), right.get(at)) {
            (Some(a), Some(b)) if is_number(a) && is_number(b) => compare_numbers(a, b),
            (Some(a), Some(b)) => rank(a).cmp(&rank(b)),
            // An additional number is greater; an additional word is compared with a number.
            (Some(a), None) if is_number(a) => Ordering::Greater,
            (Some(a), None) => rank(a).cmp(&NUMBER),
            (None, Some(b)) if is_number(b) => Ordering::Less,
            (None, Some(b)) => NUMBER.cmp(&rank(b)),
            (None, None) => Ordering::Equal,
        };
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

const NUMBER: i8 = 4;

/// By the part's prefix; unknown parts come first.
fn rank(part: &str) -> i8 {
    const RANKS: [(&str, i8); 7] =
        [("dev", 0), ("a", 1), ("b", 2), ("RC", 3), ("rc", 3), ("#", NUMBER), ("p", 5)];
    if is_number(part) {
        return NUMBER;
    }
    RANKS.iter().find(|(word, _)| part.starts_with(word)).map_or(-1, |(_, rank)| *rank)
}

/// Splits at dots, hyphens, underscores and plus signs, and where digits start or end.
fn parts(text: &str) -> Vec<String> {
    let text = text.trim();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts: Vec<String> = Vec::new();
    let mut kind = None;
    for c in text.chars() {
        let separator = matches!(c, '.' | '-' | '_' | '+');
        let now = (!separator).then(|| c.is_ascii_digit());
        match parts.last_mut() {
            Some(last) if now.is_some() && now == kind => last.push(c),
            _ if now.is_some() => parts.push(c.to_string()),
            _ => {}
        }
        kind = now;
    }
    parts
}

#[test]
fn the_manuals_words_sort_as_documented() {
    let sorted = ["5.2-foo", "5.2-dev", "5.2alpha", "5.2b", "5.2RC1", "5.2", "5.2pl1"];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
}
