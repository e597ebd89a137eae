//! How values are encoded in a fragment.

use crate::text::{percent_decode, percent_encode};
use percent_encoding::{AsciiSet, CONTROLS};

/// What a browser would encode if it were in a fragment, and the `#` itself.
const ILLEGAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'#');

/// The bytes of a value. A value with a broken escape (`%zz`) is taken literally.
pub fn decode(value: &str) -> Vec<u8> {
    percent_decode(value).unwrap_or_else(|| value.as_bytes().to_vec())
}

/// A value that is text; bytes that are not UTF-8 become U+FFFD.
pub fn decode_text(value: &str) -> String {
    into_text(decode(value))
}

/// Decoded bytes as text; bytes that are not UTF-8 become U+FFFD.
pub fn into_text(value: Vec<u8>) -> String {
    String::from_utf8(value)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Encodes a reference or a digest so that it stays readable: `localhost:5000/app:1.0`, `sha256:…`.
pub fn encode_name(name: &str) -> String {
    percent_encode(name.as_bytes()).replace("%3A", ":")
}

/// Keeps an unknown part as it was written, except for what a browser would encode.
pub fn keep_legal(part: &str) -> String {
    percent_encoding::utf8_percent_encode(part, ILLEGAL).to_string()
}
