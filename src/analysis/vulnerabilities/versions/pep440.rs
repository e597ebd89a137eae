//! Python's order.
//!
//! Source: PyPA specifications, "Version specifiers" (PEP 440), with its "Summary of permitted suffixes and
//! relative ordering" and Appendix B. Versions that it does not allow come first (`pep440_legacy.rs`).

use super::parts::{compare_numbers, compare_padded, is_number, split_while};
use super::pep440_legacy;
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (a, b) = (a.trim().to_ascii_lowercase(), b.trim().to_ascii_lowercase());
    if a.is_empty() || b.is_empty() {
        return None;
    }
    Some(match (PythonVersion::of(&a), PythonVersion::of(&b)) {
        (Some(a), Some(b)) => a.compare(&b),
        (None, None) => pep440_legacy::compare(&a, &b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    })
}

struct PythonVersion<'a> {
    epoch: &'a str,
    release: Vec<&'a str>,
    /// `a`, `b` or `r`(c), and the number.
    pre: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: &'a str,
}

impl<'a> PythonVersion<'a> {
    fn of(text: &'a str) -> Option<PythonVersion<'a>> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let (text, local) = text.split_once('+').unwrap_or((text, ""));
        let (epoch, text) = text.split_once('!').unwrap_or(("0", text));
        let (release, mut rest) = release(text)?;
        let pre = word(rest, &PRE).map(|(kind, number, after)| {
            rest = after;
            (kind, number)
        });
        let post = post(rest).map(|(number, after)| {
            rest = after;
            number
        });
        let dev = word(rest, &[("dev", b'd')]).map(|(_, number, after)| {
            rest = after;
            number
        });
        let good = local.bytes().all(|c| c.is_ascii_alphanumeric() || SEPARATORS.contains(&c));
        let good = good && is_number(epoch) && rest.is_empty();
        good.then_some(PythonVersion { epoch, release, pre, post, dev, local })
    }

    fn compare(&self, other: &PythonVersion<'_>) -> Ordering {
        let order = compare_numbers(self.epoch, other.epoch);
        let order =
            order.then_with(|| compare_padded(&self.release, &other.release, "", compare_numbers));
        let order = order.then_with(|| {
            let ((a, x), (b, y)) = (self.pre_key(), other.pre_key());
            a.cmp(&b).then_with(|| compare_numbers(x, y))
        });
        let order = order.then_with(|| option(self.post, other.post));
        // No `dev` is after any `dev`.
        let order = order.then_with(|| match (self.dev, other.dev) {
            (Some(a), Some(b)) => compare_numbers(a, b),
            (a, b) => a.is_none().cmp(&b.is_none()),
        });
        order.then_with(|| local(self.local, other.local))
    }

    /// A development release without pre- or post-release is before all pre-releases; a release is after them.
    fn pre_key(&self) -> (u8, &str) {
        match self.pre {
            Some(pre) => pre,
            None if self.post.is_none() && self.dev.is_some() => (0, ""),
            None => (u8::MAX, ""),
        }
    }
}

const SEPARATORS: [u8; 3] = [b'.', b'-', b'_'];
/// A longer spelling before the shorter one that it starts with.
const PRE: [(&str, u8); 8] = [
    ("alpha", b'a'),
    ("a", b'a'),
    ("beta", b'b'),
    ("b", b'b'),
    ("rc", b'r'),
    ("c", b'r'),
    ("preview", b'r'),
    ("pre", b'r'),
];

fn option(a: Option<&str>, b: Option<&str>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => compare_numbers(a, b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn release(text: &str) -> Option<(Vec<&str>, &str)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    loop {
        let (number, after) = split_while(rest, u8::is_ascii_digit);
        if number.is_empty() {
            return None;
        }
        numbers.push(number);
        rest = after;
        match after.strip_prefix('.') {
            Some(after) if after.bytes().next().is_some_and(|c| c.is_ascii_digit()) => rest = after,
            _ => return Some((numbers, rest)),
        }
    }
}

/// One of the words, with optional separators before it and before its number: what it stands for, the
/// number (may be empty, for 0), and the rest.
fn word<'a>(text: &'a str, words: &[(&str, u8)]) -> Option<(u8, &'a str, &'a str)> {
    let is_separator = |c: char| matches!(c, '.' | '-' | '_');
    let text = text.strip_prefix(is_separator).unwrap_or(text);
    let (kind, rest) = words.iter().find_map(|(w, kind)| Some((*kind, text.strip_prefix(w)?)))?;
    let spaced = rest.strip_prefix(is_separator).unwrap_or(rest);
    let (number, after) = split_while(spaced, u8::is_ascii_digit);
    // A separator without a number belongs to what follows.
    Some(if number.is_empty() { (kind, "", rest) } else { (kind, number, after) })
}

fn post(text: &str) -> Option<(&str, &str)> {
    if let Some(rest) = text.strip_prefix('-') {
        let (number, after) = split_while(rest, u8::is_ascii_digit);
        if !number.is_empty() {
            return Some((number, after));
        }
    }
    word(text, &[("post", 0), ("rev", 0), ("r", 0)]).map(|(_, number, after)| (number, after))
}

/// Words are before numbers, nothing is before both, and the shorter list is first.
fn local(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| {
        let text = if text.is_empty() { None } else { Some(text.split(['.', '-', '_'])) };
        text.into_iter().flatten().map(str::to_owned).collect::<Vec<_>>()
    };
    let (a, b) = (parts(a), parts(b));
    for (x, y) in a.iter().zip(&b) {
        let order = match (is_number(x), is_number(y)) {
            (true, true) => compare_numbers(x, y),
            (false, false) => x.cmp(y),
            (x, y) => x.cmp(&y),
        };
        if order.is_ne() {
            return order;
        }
    }
    a.len().cmp(&b.len())
}

#[test]
fn the_specifications_example_sorts_as_documented() {
    let sorted = [
        "1.dev0",
        "1.0.dev456",
        "1.0a1",
        "1.0a2.dev456",
        "1.0a12.dev456",
        "1.0a12",
        "1.0b1.dev456",
        "1.0b2",
        "1.0b2.post345.dev456",
        "1.0b2.post345",
        "1.0rc1.dev456",
        "1.0rc1",
        "1.0",
        "1.0+abc.5",
        "1.0+abc.7",
        "1.0+5",
        "1.0.post456.dev34",
        "1.0.post456",
        "1.0.15",
        "1.1.dev1",
    ];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
    assert_eq!(compare("1.0-RC.1", "1c1"), Some(Ordering::Equal));
    assert_eq!(compare("", "1"), None);
}
