//! Alpine's order, also of Wolfi and Chainguard.
//!
//! Source: apk-tools, doc/apk-package.5.scd, "pkgver", and the results of `apk version -t` 2.x, which
//! test/version.data in that repository records, including those for invalid versions.
//!
//! - `1.2.3b_alpha1~c0ffee-r4`: numbers, a letter, suffixes, a commit (not compared), a build.
//! - Invalid versions are ordered too, as in `apk`: against a valid version by their readable part, against
//!   each other as text.

use super::parts::{compare_numbers, compare_padded, split_numbers, split_while};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let (left, right) = (ApkVersion::of(a), ApkVersion::of(b));
    if !left.valid && !right.valid {
        return Some(a.cmp(b));
    }
    let order = left.compare_numbers(&right).then_with(|| left.letter.cmp(right.letter));
    let order = order.then_with(|| {
        compare_padded(&left.suffixes, &right.suffixes, (NO_SUFFIX, ""), |x, y| {
            x.0.cmp(&y.0).then_with(|| compare_numbers(x.1, y.1))
        })
    });
    let order = order.then_with(|| compare_numbers(left.build, right.build));
    // A version with an unreadable rest is the smaller one.
    Some(order.then_with(|| right.unread.cmp(&left.unread)))
}

/// Suffixes in ascending order; no suffix is between `rc` and `cvs`.
const SUFFIXES: [&str; 10] = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
const NO_SUFFIX: usize = 4;

struct ApkVersion<'a> {
    numbers: Vec<&'a str>,
    letter: &'a str,
    /// Index in `SUFFIXES`, and number.
    suffixes: Vec<(usize, &'a str)>,
    build: &'a str,
    /// There is a rest that is not any of these.
    unread: bool,
    /// The rest at least starts like a build.
    valid: bool,
}

impl<'a> ApkVersion<'a> {
    fn of(text: &'a str) -> ApkVersion<'a> {
        // apk accepts a trailing dot.
        let (numbers, rest) = split_numbers(text);
        let has_letter = rest.as_bytes().first().is_some_and(u8::is_ascii_lowercase);
        let (letter, mut rest) = rest.split_at_checked(usize::from(has_letter)).unwrap_or(("", ""));
        let mut suffixes = Vec::new();
        while let Some((suffix, after)) = suffix(rest) {
            suffixes.push(suffix);
            rest = after;
        }
        if let Some(hash) = rest.strip_prefix('~') {
            rest = split_while(hash, |c| matches!(c, b'0'..=b'9' | b'a'..=b'f')).1;
        }
        let build = rest.strip_prefix("-r");
        let valid = rest.is_empty() || build.is_some();
        let (build, rest) = split_while(build.unwrap_or_default(), u8::is_ascii_digit);
        let unread = !valid || !rest.is_empty();
        ApkVersion { numbers, letter, suffixes, build, unread, valid }
    }

    /// The first number is compared as a number; a later one with a leading zero, like decimals.
    fn compare_numbers(&self, other: &ApkVersion<'_>) -> Ordering {
        for at in 0..self.numbers.len().max(other.numbers.len()) {
            let order = match (self.numbers.get(at), other.numbers.get(at)) {
                (Some(a), Some(b)) if at > 0 && (a.starts_with('0') || b.starts_with('0')) => {
                    a.cmp(b)
                }
                (Some(a), Some(b)) => compare_numbers(a, b),
                // `1.0` is after `1`.
                (a, b) => a.is_some().cmp(&b.is_some()),
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }
}

/// The suffix at the start of a text, and the rest.
fn suffix(text: &str) -> Option<((usize, &str), &str)> {
    let text = text.strip_prefix('_')?;
    let (word, rest) = split_while(text, u8::is_ascii_lowercase);
    let rank = SUFFIXES.iter().position(|known| *known == word && !word.is_empty())?;
    let (number, rest) = split_while(rest, u8::is_ascii_digit);
    Some(((rank, number), rest))
}

#[test]
fn suffixes_sort_as_documented() {
    let sorted =
        ["1_alpha", "1_beta", "1_pre", "1_rc", "1", "1_cvs", "1_svn", "1_git", "1_hg", "1_p"];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
    assert_eq!(compare("1.2~c0ffee-r1", "1.2~0ff-r1"), Some(Ordering::Equal));
}
