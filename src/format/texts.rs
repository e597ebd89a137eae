//! Parts of texts.

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
