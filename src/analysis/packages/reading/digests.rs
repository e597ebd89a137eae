//! Digests that package managers record, in the form of OCI digests.
//!
//! Source: W3C, "Subresource Integrity" (`ALGORITHM-BASE64`), as npm and others use it.

use crate::analysis::packages::package::Package;

/// Adds the digests of a Subresource Integrity string.
pub fn add_integrity(package: &mut Package, integrity: &str) {
    for one in integrity.split_ascii_whitespace() {
        let Some((algorithm, text)) = one.split_once('-') else { continue };
        let length = match algorithm {
            "sha1" => 20,
            "sha256" => 32,
            "sha384" => 48,
            "sha512" => 64,
            _ => continue,
        };
        let text = text.split('?').next().unwrap_or_default();
        if let Some(bytes) = base64(text).filter(|bytes| bytes.len() == length) {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            package.digests.push(format!("{algorithm}:{hex}"));
        }
    }
}

/// Adds a digest given in hexadecimal, if its length is right.
pub fn add_hex(package: &mut Package, algorithm: &str, hex: &str) {
    let length = match algorithm {
        "md5" => 32,
        "sha1" => 40,
        _ => 64,
    };
    if hex.len() == length && hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        package.digests.push(format!("{algorithm}:{}", hex.to_ascii_lowercase()));
    }
}

/// RFC 4648, section 4. `None`: a character that isn't of the alphabet.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut held, mut bits) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        held = (held << 6 | u32::from(six)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits & 0xff) as u8);
        }
    }
    Some(bytes)
}

#[test]
fn an_integrity_string_becomes_a_hexadecimal_digest() {
    // The empty text's digest: `printf '' | openssl dgst -sha256 -binary | base64`.
    let mut package = Package::default();
    add_integrity(
        &mut package,
        "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU= sha512-AAAA md5-x",
    );
    let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(package.digests, [empty]);
    for (text, want) in [("", &b""[..]), ("Zg==", b"f"), ("Zm8=", b"fo"), ("Zm9vYmFy", b"foobar")] {
        assert_eq!(base64(text).as_deref(), Some(want));
    }
    assert_eq!(base64("Zm9v!"), None);
}
