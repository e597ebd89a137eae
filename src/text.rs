//! Text that is safe to show, bytes that links carry, and the encodings of text files
//! (`text/encoding.rs`, `text/readable.rs`).
//!
//! Names in an image are hostile bytes. Bytes that are not UTF-8, control characters, bidirectional overrides and
//! invisible characters are shown escaped, so that no name can pass for another or change the text around it. Links
//! carry the exact bytes, percent-encoded byte by byte.

mod encoding;
mod readable;

pub use encoding::{TextEncoding, decode_text, text_as_utf8};
pub use readable::{CharacterEncoding, ReadableText};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

/// One line of text that is safe to show: nothing in it is invisible, changes the direction of text or breaks the
/// line.
///
/// - Every way to make one escapes as `show` does, deserialising included, so the type is the proof.
/// - Escaping is idempotent: text that is safe already stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Shown(String);

impl Shown {
    /// Escapes bytes or text of any origin.
    pub fn new(bytes: impl AsRef<[u8]>) -> Shown {
        Shown(show(bytes.as_ref()))
    }

    /// The same of the beginning of a text, with a sign where it was cut.
    pub fn start_of(text: &str, most: usize) -> Shown {
        Shown::new(&*start_of(text, most))
    }

    /// The beginning of escaped bytes, with a sign where it was cut.
    pub fn start_of_bytes(bytes: &[u8], most: usize) -> Shown {
        // Escapes are no shorter than what they stand for, and a character has four bytes at most.
        let start = &bytes[..bytes.len().min(most.saturating_add(4))];
        Shown(start_of(&show(start), most).into_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

/// `Shown` with line breaks and tabs kept, for commands, comments and descriptions.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct ShownLines(String);

impl ShownLines {
    /// Escapes text of any origin.
    pub fn new(text: &str) -> ShownLines {
        ShownLines(show_lines(text))
    }

    /// The same of the beginning of a text, with a sign where it was cut.
    pub fn start_of(text: &str, most: usize) -> ShownLines {
        ShownLines::new(&start_of(text, most))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! shown_text {
    ($($name:ident),*) => {$(
        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(shown: $name) -> String {
                shown.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )*};
}

shown_text!(Shown, ShownLines);

impl From<String> for Shown {
    fn from(text: String) -> Shown {
        Shown::new(text)
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Shown {
        Shown::new(text)
    }
}

impl From<String> for ShownLines {
    fn from(text: String) -> ShownLines {
        ShownLines::new(&text)
    }
}

impl From<&str> for ShownLines {
    fn from(text: &str) -> ShownLines {
        ShownLines::new(text)
    }
}

/// The bytes as safe text: `\x07` for control characters and bytes that are not UTF-8, `\u{202e}` for characters that
/// are invisible or change the direction of text.
pub fn show(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\t' => out.push_str("\\t"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                c if c.is_control() && (c as u32) < 0x100 => {
                    out.push_str(&format!("\\x{:02x}", c as u32));
                }
                c if is_deceptive(c) => out.push_str(&format!("\\u{{{:x}}}", c as u32)),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// At most so many bytes of a text, and an ellipsis if there are more. Laying out a text takes a browser longer
/// than anything else: 14 MB in one cell are two seconds.
pub fn start_of(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}…", beginning(text, most)))
}

/// At most so many bytes of a text, in whole characters.
pub fn beginning(text: &str, most: usize) -> &str {
    let most = most.min(text.len());
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

/// Text of any origin as one cell of tab-separated values, which spreadsheets read, too: nothing in it starts
/// another cell, and where they would take it for a formula, an apostrophe before it says that it is text. Source:
/// OWASP, "CSV Injection"; quotes and white space around a cell are removed by spreadsheets.
#[cfg(feature = "engine")]
pub fn spreadsheet_cell(text: &str) -> String {
    let cell = show(text.as_bytes());
    let start = cell.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
    let is_formula = start.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula || cell.starts_with('"') { format!("'{cell}") } else { cell }
}

/// As `show`, with line breaks and tabs kept, for commands and comments of several lines.
pub fn show_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' => {}
            c if c.is_control() || is_deceptive(c) => {
                out.push_str(&show(c.encode_utf8(&mut [0; 4]).as_bytes()));
            }
            c => out.push(c),
        }
    }
    out
}

/// Characters that are invisible, or that change how others look.
///
/// Source: Unicode's Bidi_Control, Default_Ignorable format characters, separators and interlinear marks, tags, and
/// private use.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{e0000}'..='\u{10ffff}')
}

/// A number with its thousands separated: `471,424`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number of bytes as messages and views have it: `471,424 bytes`.
pub fn byte_count(bytes: u64) -> String {
    match bytes {
        1 => "1 byte".to_owned(),
        _ => format!("{} bytes", grouped(bytes)),
    }
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A decimal number of digits only: `u64::from_str` would accept a sign.
pub fn decimal(text: impl AsRef<[u8]>) -> Option<u64> {
    let text = text.as_ref();
    let digit = |value: u64, &digit: &u8| match digit {
        b'0'..=b'9' => value.checked_mul(10)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    };
    text.iter().try_fold(0, digit).filter(|_| !text.is_empty())
}

/// Unreserved characters stay as they are. Source: RFC 3986, 2.3.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// So does the slash.
const PATH: &AsciiSet = &COMPONENT.remove(b'/');

/// Percent-encodes bytes for a fragment or a path: unreserved characters and `/` stay, every other byte is
/// `%XX`.
pub fn percent_encode(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, PATH).to_string()
}

/// Percent-encodes bytes for one component of a URL: as `percent_encode`, with `/` encoded.
pub fn percent_encode_component(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, COMPONENT).to_string()
}

/// The bytes that were percent-encoded; `None` if an escape is incomplete or not hexadecimal.
pub fn percent_decode(text: &str) -> Option<Vec<u8>> {
    let is_escape = |part: &str| part.as_bytes().first_chunk().is_some_and(is_hexadecimal);
    let complete = text.split('%').skip(1).all(is_escape);
    complete.then(|| percent_decode_lenient(text))
}

/// The bytes that were percent-encoded; a broken escape is taken literally.
pub fn percent_decode_lenient(text: &str) -> Vec<u8> {
    percent_encoding::percent_decode_str(text).collect()
}

fn is_hexadecimal(digits: &[u8; 2]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_of_bytes_have_their_thousands_separated() {
        for (bytes, text) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (999, "999 bytes"),
            (471_424, "471,424 bytes"),
            (u64::MAX, "18,446,744,073,709,551,615 bytes"),
        ] {
            assert_eq!(byte_count(bytes), text);
        }
    }

    #[test]
    fn deceptive_names_are_shown_escaped() {
        for (bytes, shown) in [
            (&b"plain-name.txt"[..], "plain-name.txt"),
            ("grüße".as_bytes(), "grüße"),
            (b"\xff\xfe.bin", "\\xff\\xfe.bin"),
            (b"a\nb\tc\x1b[31m", "a\\nb\\tc\\x1b[31m"),
            ("cod\u{202e}exe.txt".as_bytes(), "cod\\u{202e}exe.txt"),
            ("zero\u{200b}width".as_bytes(), "zero\\u{200b}width"),
        ] {
            assert_eq!(show(bytes), shown);
        }
    }

    #[test]
    fn broken_escapes_are_refused_or_taken_literally() {
        for (text, strict, lenient) in [
            ("a%2Fb", Some(&b"a/b"[..]), &b"a/b"[..]),
            ("%", None, b"%"),
            ("%4", None, b"%4"),
            ("%zz%41", None, b"%zzA"),
            ("%+1", None, b"%+1"),
            ("100%25", Some(b"100%"), b"100%"),
        ] {
            assert_eq!(percent_decode(text).as_deref(), strict, "{text}");
            assert_eq!(percent_decode_lenient(text), lenient, "{text}");
        }
        assert_eq!(percent_encode_component(b"a/b ~"), "a%2Fb%20~");
    }

    proptest! {
        #[test]
        fn percent_encoding_keeps_every_byte(bytes: Vec<u8>) {
            let text = percent_encode(&bytes);
            prop_assert!(text.is_ascii());
            prop_assert_eq!(percent_decode(&text), Some(bytes));
        }

        #[test]
        fn escaping_twice_changes_nothing(bytes: Vec<u8>) {
            let once = Shown::new(&bytes);
            prop_assert_eq!(&Shown::new(&once), &once);
            let lines = ShownLines::new(&String::from_utf8_lossy(&bytes));
            prop_assert_eq!(&ShownLines::new(&lines), &lines);
        }

        #[test]
        fn what_is_read_from_a_message_is_escaped_again(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            prop_assert_eq!(serde_json::from_str::<Shown>(&json).unwrap(), Shown::new(&text));
        }

        #[test]
        fn shown_text_has_no_control_characters(bytes: Vec<u8>) {
            prop_assert!(!show(&bytes).chars().any(|c| c.is_control() || is_deceptive(c)));
        }
    }
}

#[cfg(feature = "engine")]
#[test]
fn no_cell_is_a_formula() {
    for (text, want) in [
        ("=HYPERLINK(\"https://a.test\")", "'=HYPERLINK(\"https://a.test\")"),
        ("\"=1+1\"", "'\"=1+1\""),
        (" @SUM(1)", "' @SUM(1)"),
        ("＝1", "'＝1"),
        ("-1", "'-1"),
        ("1.0-1", "1.0-1"),
        ("a\tb", "a\\tb"),
    ] {
        assert_eq!(spreadsheet_cell(text), want);
    }
}

#[test]
fn long_texts_are_cut_between_characters() {
    assert_eq!(Shown::start_of("aé", 3), "aé");
    assert_eq!(Shown::start_of("aéb", 2), "a…");
    assert_eq!(ShownLines::start_of("a\nb", 2), "a\n…");
    assert_eq!(Shown::start_of_bytes("aé".as_bytes(), 3), "aé");
    assert_eq!(Shown::start_of_bytes("aéb".as_bytes(), 2), "a…");
    assert_eq!(Shown::start_of_bytes(&[1; 9], 8), "\\x01\\x01…");
}
