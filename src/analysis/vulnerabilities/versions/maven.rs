//! Maven's order.
//!
//! Source: Maven, POM reference, "Version Order Specification"; where that is silent, ComparableVersion's
//! documentation, whose behaviour the published vectors record.

use super::parts::{compare_numbers, is_number};
use std::borrow::Cow;
use std::cmp::Ordering;

/// Compares two versions; `None` if one of them is not a version.
pub fn compare(a: &str, b: &str) -> Option<Ordering> {
    let (left, right) = (tokens(a)?, tokens(b)?);
    for at in 0..left.len().max(right.len()) {
        let (x, y) = match (left.get(at), right.get(at)) {
            (Some(x), Some(y)) => (Cow::Borrowed(x), Cow::Borrowed(y)),
            (Some(x), None) => (Cow::Borrowed(x), Cow::Owned(x.padding())),
            (None, Some(y)) => (Cow::Owned(y.padding()), Cow::Borrowed(y)),
            (None, None) => break,
        };
        let order = x.compare(&y);
        if order.is_ne() {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

#[derive(Clone, Debug)]
struct MavenToken {
    /// The separator before it: a dot; a hyphen, also for a change between digits and letters; or nothing.
    separator: Option<char>,
    /// In lower case, with aliases and zeros replaced; empty for the release itself.
    text: String,
    /// Stands in for a token that only the other version has.
    padding: bool,
}

impl MavenToken {
    fn is_null(&self) -> bool {
        self.text.is_empty() || self.is_zero()
    }

    fn is_zero(&self) -> bool {
        is_number(&self.text) && compare_numbers(&self.text, "").is_eq()
    }

    /// The token that stands in for this one in the shorter version.
    fn padding(&self) -> MavenToken {
        // "sp" is the only word after a release, so it is compared with a release.
        let zero = self.separator == Some('.') && self.text != "sp";
        let text = if zero { "0".to_owned() } else { String::new() };
        MavenToken { separator: self.separator, text, padding: true }
    }

    fn compare(&self, other: &MavenToken) -> Ordering {
        let (a, b) = (is_number(&self.text), is_number(&other.text));
        if self.separator != other.separator {
            return self.class(a).cmp(&other.class(b));
        }
        match (a, b) {
            (true, true) => compare_numbers(&self.text, &other.text),
            (true, false) if !self.padding => Ordering::Greater,
            (false, true) if !other.padding => Ordering::Less,
            // Unknown words follow known ones, alphabetically.
            _ => rank(&self.text).cmp(&rank(&other.text)).then_with(|| {
                let unknown = rank(&self.text) == UNKNOWN;
                if unknown { self.text.cmp(&other.text) } else { Ordering::Equal }
            }),
        }
    }

    /// `.word`, `-word`, `-number`, `.number`.
    fn class(&self, number: bool) -> u8 {
        match (self.separator, number) {
            (Some('-'), false) => 1,
            (Some('-'), true) => 2,
            (_, false) => 0,
            (_, true) => 3,
        }
    }
}

const UNKNOWN: usize = 7;

fn rank(word: &str) -> usize {
    const WORDS: [&str; UNKNOWN] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
    WORDS.iter().position(|known| *known == word).unwrap_or(UNKNOWN)
}

fn tokens(text: &str) -> Option<Vec<MavenToken>> {
    let text = text.trim().to_lowercase();
    if text.is_empty() {
        return None;
    }
    let mut tokens = Vec::new();
    let mut separator = None;
    let mut rest = text.as_str();
    loop {
        let end = rest.find(['.', '-']).unwrap_or(rest.len());
        let (mut part, after) = rest.split_at_checked(end)?;
        loop {
            let digits = part.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
            let (run, more) =
                super::parts::split_while(part, |byte| byte.is_ascii_digit() == digits);
            tokens.push(MavenToken {
                separator,
                text: word(run, !more.is_empty()),
                padding: false,
            });
            if more.is_empty() {
                break;
            }
            // A change between digits and letters acts as a hyphen.
            (separator, part) = (Some('-'), more);
        }
        let mut chars = after.chars();
        separator = chars.next();
        if separator.is_none() {
            break;
        }
        rest = chars.as_str();
    }
    Some(trimmed(tokens))
}

/// Replaces aliases. One letter before a number is an abbreviation.
fn word(run: &str, before_number: bool) -> String {
    let word = match run {
        "" => "0",
        "cr" => "rc",
        "ga" | "final" | "release" => "",
        "a" if before_number => "alpha",
        "b" if before_number => "beta",
        "m" if before_number => "milestone",
        other => other,
    };
    word.to_owned()
}

/// Removes null tokens at the end and before each hyphen.
fn trimmed(tokens: Vec<MavenToken>) -> Vec<MavenToken> {
    let mut kept: Vec<MavenToken> = Vec::with_capacity(tokens.len());
    for token in tokens {
        if token.separator == Some('-') {
            trim(&mut kept);
        }
        kept.push(token);
    }
    trim(&mut kept);
    kept
}

fn trim(tokens: &mut Vec<MavenToken>) {
    while tokens.len() > 1 && tokens.last().is_some_and(MavenToken::is_null) {
        tokens.pop();
    }
}

#[test]
fn the_references_examples_sort_as_documented() {
    let sorted = [
        "1-alpha",
        "1-beta",
        "1-milestone",
        "1-rc",
        "1-snapshot",
        "1",
        "1-sp",
        "1-foo",
        "1-1",
        "1.1",
    ];
    for pair in sorted.windows(2) {
        assert_eq!(compare(pair[0], pair[1]), Some(Ordering::Less), "{pair:?}");
    }
    for (a, b) in [("1.0.0", "1"), ("1.ga", "1"), ("1-1.foo-bar1baz-.1", "1-1.foo-bar-1-baz-0.1")] {
        assert_eq!(compare(a, b), Some(Ordering::Equal), "{a} {b}");
    }
}
