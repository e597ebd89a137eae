//! JSON in texts, read as bytes.
//!
//! - serde_json's reader of texts and its reader of bytes are compiled apart, for each type that is read. The engine reads
//!   bytes only, so that its module has one of them.

use serde::Deserialize;

/// Reads a JSON text.
///
/// # Errors
/// If it is not JSON, or of another shape.
pub fn from_text<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}
