//! Parts of texts, and file contents as text.

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
    }
}
