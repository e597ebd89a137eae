//! RPM's order.
//!
//! Source: rpm, docs/manual/dependencies.md, "Versioning", and rpmio/rpmvercmp.c, whose behaviour
//! tests/rpmvercmp.at in that repository records.

use super::parts::{compare_numbers, split_while};
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (RpmVersion::of(a)?, RpmVersion::of(b)?);
    let order = compare_numbers(a.epoch, b.epoch).then_with(|| parts(a.version, b.version));
    Some(order.then_with(|| match (a.release, b.release) {
        (Some(a), Some(b)) => parts(a, b),
        // No release is before any release.
        (a, b) => a.is_some().cmp(&b.is_some()),
    }))
}

struct RpmVersion<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

impl RpmVersion<'_> {
    fn of(text: &str) -> Option<RpmVersion<'_>> {
        // Only digits before a colon are an epoch: versions of module streams contain colons too.
        let (digits, rest) = split_while(text, u8::is_ascii_digit);
        let (epoch, rest) = rest.strip_prefix(':').map_or(("0", text), |rest| (digits, rest));
        let (version, release) = match rest.rsplit_once('-') {
            Some((version, release)) => (version, Some(release)),
            None => (rest, None),
        };
        (!text.is_empty()).then_some(RpmVersion { epoch, version, release })
    }
}

fn parts(mut a: &str, mut b: &str) -> Ordering {
    loop {
        (a, b) = (skip(a), skip(b));
        match (a.strip_prefix('~'), b.strip_prefix('~')) {
            (Some(x), Some(y)) => {
                (a, b) = (x, y);
                continue;
            }
            (None, None) => {}
            // A tilde is before everything, including the end.
            (x, y) => return y.is_some().cmp(&x.is_some()),
        }
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(x), Some(y)) => {
                (a, b) = (x, y);
                continue;
            }
            (None, None) => {}
            // A caret is after the end and before everything else.
            (Some(_), None) if b.is_empty() => return Ordering::Greater,
            (None, Some(_)) if a.is_empty() => return Ordering::Less,
            (x, _) => return if x.is_some() { Ordering::Less } else { Ordering::Greater },
        }
        if a.is_empty() || b.is_empty() {
            return b.is_empty().cmp(&a.is_empty());
        }
        let digits = |text: &str| text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        let order = match (digits(a), digits(b)) {
            (true, true) => {
                let (x, y) =
                    (split_while(a, u8::is_ascii_digit), split_while(b, u8::is_ascii_digit));
                (a, b) = (x.1, y.1);
                compare_numbers(x.0, y.0)
            }
            (false, false) => {
                let (x, y) = (
                    split_while(a, u8::is_ascii_alphabetic),
                    split_while(b, u8::is_ascii_alphabetic),
                );
                (a, b) = (x.1, y.1);
                x.0.cmp(y.0)
            }
            // Numbers are after letters.
            (a, b) => a.cmp(&b),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Without leading separators.
fn skip(text: &str) -> &str {
    text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^')
}

#[test]
fn the_manuals_examples_sort_as_documented() {
    for (smaller, larger) in [("1.0~rc1", "1.0"), ("1.0", "1.0^20260101"), ("2:1.0-1", "10:0.1-1")]
    {
        assert_eq!(compare(smaller, larger), Some(Ordering::Less));
    }
    assert_eq!(compare("1.0-1", "0:1.0-1"), Some(Ordering::Equal));
}
