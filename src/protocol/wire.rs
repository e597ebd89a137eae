//! Values as bytes between page and workers.
//!
//! Postcard, not JSON: both sides come from one build, so no names need to travel, and its reader is a fifth
//! of the size of a JSON reader.

use serde::{Serialize, de::DeserializeOwned};

/// A value as bytes.
pub fn to_wire(value: &impl Serialize) -> Vec<u8> {
    // Plain values always serialise; `from_wire` rejects empty bytes.
    postcard::to_allocvec(value).unwrap_or_default()
}

/// Reads what `to_wire` wrote; `None` for anything else.
pub fn from_wire<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
}
