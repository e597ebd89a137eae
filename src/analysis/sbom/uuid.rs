//! Identifiers in the form of a UUID that depend only on a text.

use crate::oci::Digest;

/// The UUID of a text: equal texts have equal UUIDs.
///
/// Source: RFC 9562, version 8, as in its appendix B.2: the first bits of a SHA-256.
pub fn uuid(text: &str) -> String {
    let digest = Digest::of(text.as_bytes());
    let mut hex: Vec<char> = digest.encoded().chars().take(32).collect();
    let variant = hex.get(16).and_then(|digit| digit.to_digit(16)).unwrap_or(0) & 3 | 8;
    for (at, digit) in [(12, Some('8')), (16, char::from_digit(variant, 16))] {
        if let (Some(place), Some(digit)) = (hex.get_mut(at), digit) {
            *place = digit;
        }
    }
    let mut out = String::with_capacity(36);
    for (at, digit) in hex.into_iter().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            out.push('-');
        }
        out.push(digit);
    }
    out
}
