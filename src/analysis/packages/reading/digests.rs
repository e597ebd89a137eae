//! Digests that package managers record, in the form of OCI digests.
//!
//! Source: W3C, "Subresource Integrity" (`ALGORITHM-BASE64`), as npm and others use it.

use crate::analysis::packages::package::Package;
use crate::base64;

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
        if let Some(bytes) = base64::decode(text).filter(|bytes| bytes.len() == length) {
            package.digests.push(format!("{algorithm}:{}", crate::text::hex(bytes)));
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
}
