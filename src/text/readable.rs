//! A content as text, with the encoding that it was read by.

use super::{TextEncoding, text_as_utf8};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// How the characters of a text are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CharacterEncoding {
    Utf8,
    Utf16,
    Utf32,
    /// ISO 8859-1.
    Latin1,
}

/// A text, without its byte order mark.
#[derive(Debug)]
pub struct ReadableText<'a> {
    pub text: Cow<'a, str>,
    pub encoding: CharacterEncoding,
}

impl<'a> ReadableText<'a> {
    /// The text of a file that begins with these bytes, and ends with them if they are the `whole` of it. If more follow,
    /// a character that is cut at their end is left out. `None`: it is not text.
    pub fn read(content: &'a [u8], whole: bool) -> Option<ReadableText<'a>> {
        let (form, mark) = TextEncoding::detect(content);
        let (encoding, unit) = match form {
            TextEncoding::Utf8 => (CharacterEncoding::Utf8, 1),
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => (CharacterEncoding::Utf16, 2),
            TextEncoding::Utf32Le | TextEncoding::Utf32Be => (CharacterEncoding::Utf32, 4),
        };
        let units = match whole {
            true => content,
            false => &content[..content.len() - (content.len() - mark) % unit],
        };
        let text = match text_as_utf8(units) {
            Cow::Borrowed(bytes) => utf8(bytes, whole).map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        let text = text.map(|text| if whole { text } else { without_cut_character(text) });
        // UTF-16 or UTF-32 leaves broken characters where it is wrong; guessed without a mark, control characters, too.
        let is_wide = encoding != CharacterEncoding::Utf8;
        let is_wrong = |c: char| c == '\u{fffd}' || mark == 0 && c.is_control() && !is_layout(c);
        let is_text = |text: &Cow<'_, str>| {
            let is_broken = is_wide && text.contains(is_wrong);
            !is_broken && !text.contains('\0')
        };
        match text {
            Some(text) => is_text(&text).then_some(ReadableText { text, encoding }),
            None => latin1(content).map(|text| ReadableText {
                text: Cow::Owned(text),
                encoding: CharacterEncoding::Latin1,
            }),
        }
    }
}

/// Control characters of plain texts: tabs, ends of lines and pages, colours of terminals.
fn is_layout(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\x0c' | '\r' | '\x1b')
}

fn utf8(bytes: &[u8], whole: bool) -> Option<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()
        }
        Err(_) => None,
    }
}

/// Half of a pair of UTF-16 is one broken character.
fn without_cut_character(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Owned(mut text) => {
            if text.ends_with('\u{fffd}') {
                text.pop();
            }
            Cow::Owned(text)
        }
        borrowed => borrowed,
    }
}

/// ISO 8859-1, of which each byte is the character of this number. Bytes of control characters are no text.
fn latin1(content: &[u8]) -> Option<String> {
    let is_text = |byte: &u8| !char::from(*byte).is_control() || is_layout(char::from(*byte));
    content.iter().all(is_text).then(|| content.iter().copied().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8], whole: bool) -> Option<(String, CharacterEncoding)> {
        ReadableText::read(bytes, whole).map(|read| (read.text.into_owned(), read.encoding))
    }

    #[test]
    fn each_encoding_is_told() {
        use CharacterEncoding::{Latin1, Utf8, Utf16, Utf32};
        for (bytes, text, encoding) in [
            (&b"gr\xc3\xbc\xc3\x9fe"[..], "grüße", Utf8),
            (b"gr\xfc\xdfe", "grüße", Latin1),
            (b"\xff\xfeg\0r\0\xfc\0", "grü", Utf16),
            (b"\xfe\xff\0g\0r", "gr", Utf16),
            (b"\xff\xfe\0\0g\0\0\0", "g", Utf32),
        ] {
            assert_eq!(read(bytes, true), Some((text.to_owned(), encoding)), "{bytes:?}");
        }
        assert_eq!(read(b"g\0r\0", true), Some(("gr".to_owned(), Utf16)), "guessed");
        for bytes in [
            &b"\x01\0\x02\0"[..],
            b"a\0b",
            b"gr\xff\x01",
            b"\x7fELF\x02\x01\x01\0",
            b"\xff\xfe\0\xd8a\0",
        ] {
            assert_eq!(read(bytes, true), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_character_that_is_cut_is_left_out_only_where_more_follows() {
        let text = |bytes: &[u8], whole| read(bytes, whole).map(|(text, _)| text);
        assert_eq!(text(b"gr\xc3", false).as_deref(), Some("gr"));
        assert_eq!(text(b"gr\xc3", true).as_deref(), Some("grÃ"), "of ISO 8859-1");
        assert_eq!(text(b"\xff\xfea\0b", false).as_deref(), Some("a"));
        assert_eq!(text(b"\xff\xfea\0\x3d\xd8", false).as_deref(), Some("a"), "half of a pair");
        assert_eq!(text(b"\xff\xfea\0\x3d\xd8", true), None);
    }

    proptest! {
        #[test]
        fn any_part_of_a_text_is_text(text in "[a-zäß€🚀]{1,20}", cut in 1..40usize) {
            let little = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes);
            for bytes in [text.clone().into_bytes(), little.collect()] {
                let part = &bytes[..cut.min(bytes.len())];
                if part.len() > 3 {
                    let (read, _) = read(part, false).unwrap();
                    prop_assert!(text.starts_with(&read), "{read} of {text}");
                }
            }
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>, whole: bool) {
            read(&bytes, whole);
        }
    }
}
