//! Texts that another text has as base64: a key in a variable, a Docker login in a Secret of Kubernetes.
//!
//! Sources: RFC 4648, sections 4 and 5; RFC 2045, section 6.8, for lines of 76 characters.

use crate::base64;
use std::ops::{Range, RangeInclusive};

/// Most texts in each other that are looked into: a login in a configuration in a Secret in a variable.
pub const MAX_DEPTH: u8 = 3;

/// Fewer bytes are not worth a look.
const MIN_TEXT: usize = 8;

/// Lengths of lines of base64 text that is broken into lines.
const LINE: RangeInclusive<usize> = 60..=76;

/// Bytes of a text that is broken into lines.
const MAX_WRAPPED: usize = 16 << 10;

/// A text that is encoded in another.
pub struct EncodedText {
    pub content: Vec<u8>,
    /// The name of a file that has such content, or of none.
    pub name: String,
    /// Its base64 in the outer text.
    value: Range<usize>,
}

impl EncodedText {
    /// The text whose base64 begins at `value`, and may go on in further lines; `None` if it is not text. `key` is what
    /// comes before it, or the name that it has.
    pub fn read(text: &[u8], value: Range<usize>, key: &[u8]) -> Option<EncodedText> {
        let value = value.start..wrapped_end(text, &value);
        let content = decoded_text(&text[value.clone()])?;
        let is_login = memchr::memmem::find(key, b".dockercfg").is_some();
        let name = match key {
            _ if is_login => "root/.dockercfg".to_owned(),
            _ if content.starts_with(b"apiVersion:") => "root/.kube/config".to_owned(),
            key if key.starts_with(b".") => format!("root/{}", String::from_utf8_lossy(key)),
            _ => ":encoded".to_owned(),
        };
        Some(EncodedText { content, name, value })
    }

    /// Where a part of the text is in the outer text.
    pub fn place(&self, text: &[u8], part: Range<usize>) -> Range<usize> {
        let (first, last) = (part.start * 4 / 3, (part.end * 4).div_ceil(3));
        outer_place(text, &self.value, first)..outer_place(text, &self.value, last)
    }

    /// Bytes of its base64.
    pub fn encoded_bytes(&self) -> usize {
        self.value.len()
    }
}

/// What base64 text has, if that is text.
pub fn decoded_text(encoded: &[u8]) -> Option<Vec<u8>> {
    let text: Vec<u8> = encoded.iter().copied().filter(|byte| *byte > b' ').collect();
    let decoded = base64::decode_any(std::str::from_utf8(&text).ok()?)?;
    let shown = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let is_text = std::str::from_utf8(&decoded).is_ok_and(|text| text.chars().all(shown));
    (is_text && decoded.len() >= MIN_TEXT).then_some(decoded)
}

/// The place in the text of a base64 character, by its number.
fn outer_place(text: &[u8], value: &Range<usize>, number: usize) -> usize {
    let characters = text[value.clone()].iter().enumerate().filter(|(_, byte)| **byte > b' ');
    characters.map(|(at, _)| value.start + at).nth(number).unwrap_or(value.end)
}

/// Where base64 text ends whose first line is `first`: further lines belong to it if that line is full.
fn wrapped_end(text: &[u8], first: &Range<usize>) -> usize {
    let mut end = first.end;
    if !LINE.contains(&first.len()) {
        return end;
    }
    while end - first.start < MAX_WRAPPED {
        let rest = &text[end..];
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let Some(rest) = rest.strip_prefix(b"\n") else { break };
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let line = &rest[blanks..];
        let length = line.iter().take(first.len() + 1).take_while(|byte| is_base64(**byte)).count();
        let is_whole = line.get(length).is_none_or(|next| *next < b' ');
        if length == 0 || length > first.len() || !is_whole {
            break;
        }
        end = text.len() - rest.len() + blanks + length;
        if length < first.len() {
            break;
        }
    }
    end
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte)
}

#[test]
fn a_place_is_that_of_the_base64_character() {
    let text = b"k: YWJj\n  ZGVm x";
    let value = 3..14;
    assert_eq!([0, 3, 4, 7, 8].map(|at| outer_place(text, &value, at)), [3, 6, 10, 13, 14]);
}

#[test]
fn full_lines_go_on_in_the_next_one() {
    let line = "QUFB".repeat(19);
    for (text, lines) in [
        (format!("{line}\n{line}\nQUFB\n\nQUFB"), 3),
        (format!("{line}\r\n  {line}\r\nQQ==\r\n"), 3),
        (format!("{line}\nkey: b\n"), 1),
        (line.clone(), 1),
    ] {
        let end = wrapped_end(text.as_bytes(), &(0..76));
        assert_eq!(text[..end].lines().count(), lines, "{text}");
        assert!(decoded_text(&text.as_bytes()[..end]).is_some(), "{text}");
    }
}
