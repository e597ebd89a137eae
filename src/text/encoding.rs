//! Encodings of text files: what is read as text is UTF-8, unless the file itself says otherwise.
//!
//! Sources: the Unicode standard, 23.8, "Byte Order Mark"; RFC 4627, 3, for JSON without a mark: its first
//! characters are ASCII, so zeros tell the encoding.
//!
//! - Windows writes a mark in front of UTF-8, and UTF-16 where `>` of PowerShell 5 wrote the file.
//! - Hostile input: the result has at most one and a half times the bytes of the file, three times where they
//!   are no text, because each broken character becomes U+FFFD.

use std::borrow::Cow;

/// How a text file is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextEncoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Utf32Le,
    Utf32Be,
}

/// Bytes that `TextEncoding::detect` needs.
const HEAD: usize = 4;

impl TextEncoding {
    /// The encoding by a file's first bytes, and the length of its byte order mark in bytes. What says
    /// nothing is UTF-8.
    pub fn detect(head: &[u8]) -> (TextEncoding, usize) {
        match head[..head.len().min(HEAD)] {
            // Before UTF-16, of which this would be a text that begins with a NUL.
            [0xff, 0xfe, 0, 0] => (TextEncoding::Utf32Le, 4),
            [0, 0, 0xfe, 0xff] => (TextEncoding::Utf32Be, 4),
            [0xef, 0xbb, 0xbf, ..] => (TextEncoding::Utf8, 3),
            [0xff, 0xfe, ..] => (TextEncoding::Utf16Le, 2),
            [0xfe, 0xff, ..] => (TextEncoding::Utf16Be, 2),
            [1..=255, 0, 0, 0] => (TextEncoding::Utf32Le, 0),
            [0, 0, 0, 1..=255] => (TextEncoding::Utf32Be, 0),
            [1..=255, 0, 1..=255, 0] | [1..=255, 0] => (TextEncoding::Utf16Le, 0),
            [0, 1..=255, 0, 1..=255] | [0, 1..=255] => (TextEncoding::Utf16Be, 0),
            _ => (TextEncoding::Utf8, 0),
        }
    }

    /// As Unicode spells it.
    pub fn name(self) -> &'static str {
        match self {
            TextEncoding::Utf8 => "UTF-8",
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => "UTF-16",
            TextEncoding::Utf32Le | TextEncoding::Utf32Be => "UTF-32",
        }
    }
}

/// The text of a file, without its byte order mark. A byte that is no text becomes U+FFFD.
pub fn decode_text(bytes: &[u8]) -> Cow<'_, str> {
    match text_as_utf8(bytes) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        },
    }
}

/// As `decode_text`, as UTF-8 for parsers of bytes: what is not UTF-16 or UTF-32 stays as it is, but for its
/// byte order mark.
pub fn text_as_utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    let (encoding, mark) = TextEncoding::detect(bytes);
    let text = &bytes[mark..];
    match encoding {
        TextEncoding::Utf8 => Cow::Borrowed(text),
        TextEncoding::Utf16Le => utf16(text, u16::from_le_bytes),
        TextEncoding::Utf16Be => utf16(text, u16::from_be_bytes),
        TextEncoding::Utf32Le => utf32(text, u32::from_le_bytes),
        TextEncoding::Utf32Be => utf32(text, u32::from_be_bytes),
    }
}

fn utf16(text: &[u8], unit: fn([u8; 2]) -> u16) -> Cow<'_, [u8]> {
    let (pairs, rest) = text.as_chunks::<2>();
    let characters = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)));
    whole(characters.map(Result::ok), rest)
}

fn utf32(text: &[u8], unit: fn([u8; 4]) -> u32) -> Cow<'_, [u8]> {
    let (words, rest) = text.as_chunks::<4>();
    whole(words.iter().map(|word| char::from_u32(unit(*word))), rest)
}

/// The characters, `None` for broken ones; bytes behind the last whole unit are one broken character.
fn whole<'a>(characters: impl Iterator<Item = Option<char>>, rest: &[u8]) -> Cow<'a, [u8]> {
    let cut = (!rest.is_empty()).then_some(None);
    let text = characters.chain(cut).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    Cow::Owned(text.collect::<String>().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn utf16be(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    fn utf32le(text: &str) -> Vec<u8> {
        text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect()
    }

    fn utf32be(text: &str) -> Vec<u8> {
        text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect()
    }

    #[test]
    fn a_byte_order_mark_says_the_encoding_and_is_no_text() {
        let text = "flask==3.0.0 # grün 🚀\r\n";
        let marked = format!("\u{feff}{text}");
        for bytes in [
            marked.clone().into_bytes(),
            utf16le(&marked),
            utf16be(&marked),
            utf32le(&marked),
            utf32be(&marked),
        ] {
            assert_eq!(decode_text(&bytes), text, "{:?}", &bytes[..4]);
            assert_eq!(*text_as_utf8(&bytes), *text.as_bytes());
        }
        for mark in ["\u{feff}".as_bytes(), b"\xff\xfe", b"\xfe\xff", b""] {
            assert_eq!(decode_text(mark), "");
        }
    }

    #[test]
    fn without_a_mark_zeros_tell_utf_16_and_utf_32() {
        for text in ["{}", "{\"a\": \"é\"}", "[1]"] {
            for bytes in [utf16le(text), utf16be(text), utf32le(text), utf32be(text)] {
                assert_eq!(decode_text(&bytes), text, "{bytes:?}");
            }
        }
        for plain in [&b"a"[..], b"ab", b"a\0\0b", b"\0\0\0\0", b"\0", b"\xff\xffab"] {
            assert_eq!(*text_as_utf8(plain), *plain);
        }
    }

    #[test]
    fn what_is_broken_or_cut_becomes_one_replacement_character() {
        for (bytes, text) in [
            (&b"\xff\xfea\0b"[..], "a\u{fffd}"),
            (b"\xff\xfe\0\xd8a\0", "\u{fffd}a"),
            (b"\xef\xbb\xbfa\xff", "a\u{fffd}"),
            (b"a\xffb", "a\u{fffd}b"),
            (b"\0\0\xfe\xff\0\x11\0\0\0", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(decode_text(bytes), text);
        }
    }

    proptest! {
        #[test]
        fn every_text_is_read_back_from_every_encoding(text: String) {
            let marked = format!("\u{feff}{text}");
            for bytes in [utf16be(&marked), utf32le(&marked), utf32be(&marked), marked.clone().into_bytes()] {
                prop_assert_eq!(decode_text(&bytes), text.as_str());
            }
            if !text.starts_with('\0') { // a mark and a NUL are the mark of UTF-32
                let bytes = utf16le(&marked);
                prop_assert_eq!(decode_text(&bytes), text.as_str());
            }
        }

        #[test]
        fn any_bytes_give_text_of_bounded_length(bytes: Vec<u8>) {
            prop_assert!(decode_text(&bytes).len() <= 3 * bytes.len());
        }
    }
}
