//! Python versions from before PEP 440, which are before all others, in the order of setuptools 8.
//!
//! Source: setuptools documentation, the old `parse_version`: runs of digits and of letters, and hyphens.
//! Numbers are compared by value and words alphabetically; a word for a pre-release is before the end of the
//! version, any other word after it.

use std::borrow::Cow;
use std::cmp::Ordering;

/// Compares two versions that PEP 440 does not allow.
pub fn compare(a: &str, b: &str) -> Ordering {
    parts(a).cmp(&parts(b))
}

/// Keys that sort as text: numbers padded with zeros, words after a star.
fn parts(text: &str) -> Vec<Cow<'static, str>> {
    let mut parts: Vec<Cow<'static, str>> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let same: fn(&u8) -> bool = match first {
            b'0'..=b'9' => u8::is_ascii_digit,
            b'a'..=b'z' => u8::is_ascii_lowercase,
            b'-' => {
                push(&mut parts, "*final-".into());
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            _ => |byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'z' | b'-'),
        };
        let (run, after) = super::parts::split_while(rest, same);
        rest = after;
        match first {
            b'0'..=b'9' => parts.push(format!("{run:0>8}").into()),
            b'a'..=b'z' => push(&mut parts, word(run)),
            _ => {}
        }
    }
    push(&mut parts, "*final".into());
    parts
}

fn word(run: &str) -> Cow<'static, str> {
    match run {
        "pre" | "preview" | "rc" => "*c".into(),
        "dev" => "*@".into(),
        run => format!("*{run}").into(),
    }
}

/// A word removes zeros before it; a word for a pre-release also removes hyphens.
fn push(parts: &mut Vec<Cow<'static, str>>, word: Cow<'static, str>) {
    if *word < *"*final" {
        while parts.last().is_some_and(|last| last == "*final-") {
            parts.pop();
        }
    }
    while parts.last().is_some_and(|last| last == "00000000") {
        parts.pop();
    }
    parts.push(word);
}
