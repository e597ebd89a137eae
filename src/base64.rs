//! Base64, with or without padding.
//!
//! Source: RFC 4648, sections 4 and 5.

use ::base64::Engine;
use ::base64::alphabet::STANDARD;
use ::base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Writes padding, and reads text that lacks it.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Encodes bytes in the standard alphabet, with padding.
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// Decodes text in the standard alphabet; `None` if it is not base64.
pub fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}

/// Decodes text in the standard or the URL-safe alphabet, ignoring line breaks; `None` if it is neither.
pub fn decode_any(text: &str) -> Option<Vec<u8>> {
    let standard = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    let bytes = text.bytes().filter(|byte| !b"\r\n".contains(byte));
    decode(bytes.map(standard).collect::<Vec<u8>>())
}

#[test]
fn the_examples_of_the_rfc_are_decoded_and_encoded() {
    for (text, bytes) in
        [("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")]
    {
        assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        assert_eq!(decode(text.trim_end_matches('=')), decode(text));
        assert_eq!(encode(bytes.as_bytes()), text);
    }
    assert_eq!(decode_any("-_\n8="), decode("+/8="));
    assert_eq!(decode("-_8="), None);
    assert_eq!(decode("Zm 9v"), None);
}
