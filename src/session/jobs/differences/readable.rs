//! A content as text, with the encoding that it was read by.

use crate::protocol::CharacterEncoding;
use crate::text::{TextEncoding, text_as_utf8};
use std::borrow::Cow;

/// A text, without its byte order mark.
pub struct ReadableText<'a> {
    pub text: Cow<'a, str>,
    pub encoding: CharacterEncoding,
}

impl<'a> ReadableText<'a> {
    /// `None`: it is not text.
    pub fn read(content: &'a [u8]) -> Option<ReadableText<'a>> {
        let encoding = match TextEncoding::detect(content).0 {
            TextEncoding::Utf8 => CharacterEncoding::Utf8,
            TextEncoding::Utf16Le | TextEncoding::Utf16Be => CharacterEncoding::Utf16,
            TextEncoding::Utf32Le | TextEncoding::Utf32Be => CharacterEncoding::Utf32,
        };
        let text = match text_as_utf8(content) {
            Cow::Borrowed(bytes) => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Cow::Owned(bytes) => String::from_utf8(bytes).ok().map(Cow::Owned),
        };
        // A guess of UTF-16 or UTF-32 is wrong where it leaves broken characters.
        let is_text = |text: &Cow<'_, str>| {
            let broken = encoding != CharacterEncoding::Utf8 && text.contains('\u{fffd}');
            !text.contains('\0') && !broken
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

/// ISO 8859-1, of which each byte is the character of this number. Bytes of control characters are no text.
fn latin1(content: &[u8]) -> Option<String> {
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\x0c' | b'\r' | b'\x1b' | 0x20..=0x7e | 0xa0..);
    content.iter().all(is_text).then(|| content.iter().copied().map(char::from).collect())
}
