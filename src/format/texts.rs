//! Parts of texts, and file contents as text or hex.

use crate::text::show_lines;

/// At most `limit` characters; the last is `…` if the text is longer.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// The first twelve digits of a digest, as Docker shows IDs; any other text is unchanged.
pub fn short_digest(digest: &str) -> &str {
    match digest.split_once(':') {
        Some((_, hex)) if hex.len() > 12 && hex.is_ascii() => &hex[..12],
        _ => digest,
    }
}

/// The bytes as text: UTF-8 without NUL. An incomplete last character is left out if more bytes follow (`whole` is
/// false). `None` if it is not text.
pub fn as_text(bytes: &[u8], whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if !whole && error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    (!text.contains('\0')).then_some(text)
}

/// The numbers of a text's lines, one per line, and the text, escaped for display.
pub fn numbered(text: &str) -> (String, String) {
    let shown = show_lines(text);
    let lines = shown.lines().count().max(1);
    let numbers = (1..=lines).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
    (numbers, shown)
}

/// A hex dump in three columns with the same number of lines: offset, sixteen bytes, ASCII.
pub fn hex_dump(bytes: &[u8]) -> (String, String, String) {
    use std::fmt::Write;
    let (mut offsets, mut hex, mut ascii) = (String::new(), String::new(), String::new());
    for (line, chunk) in bytes.chunks(16).enumerate() {
        let _ = writeln!(offsets, "{:08x}", line * 16); // writing to a string cannot fail
        for (i, byte) in chunk.iter().enumerate() {
            let gap = match i {
                0 => "",
                8 => "  ",
                _ => " ",
            };
            let _ = write!(hex, "{gap}{byte:02x}");
            ascii.push(if (0x20..0x7f).contains(byte) { *byte as char } else { '.' });
        }
        hex.push('\n');
        ascii.push('\n');
    }
    (offsets, hex, ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_recognised() {
        assert_eq!(as_text("grüße".as_bytes(), true), Some("grüße"));
        assert_eq!(as_text(b"gr\xc3", false), Some("gr"));
        assert_eq!(as_text(b"gr\xc3", true), None);
        assert_eq!(as_text(b"gr\xff\xc3", false), None);
        assert_eq!(as_text(b"a\0b", true), None);
        assert_eq!(numbered("a\nb\n"), ("1\n2".to_owned(), "a\nb\n".to_owned()));
    }

    #[test]
    fn a_hex_line_has_sixteen_bytes() {
        let (offsets, hex, ascii) = hex_dump(b"0123456789abcdef\x00\x7f");
        assert_eq!(offsets, "00000000\n00000010\n");
        assert_eq!(hex, "30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66\n00 7f\n");
        assert_eq!(ascii, "0123456789abcdef\n..\n");
    }
}
