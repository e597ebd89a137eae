//! JSON that packages and lock files are written in, and the digests that stand in it.
//!
//! Source: RFC 8259; digests: W3C, "Subresource Integrity", `ALGORITHM-BASE64`, as npm and its like use it.
//!
//! - Depth is bounded by serde_json, memory by counting the values before they are built: a byte of text
//!   may become dozens of bytes of values.
//! - A field that is missing, or of another type, is an empty one: these files are written by hand too.

use crate::analysis::packages::Package;
use serde_json::Value;

/// Values that a file may hold. The largest lock files of known projects have a tenth of that.
const MAX_VALUES: usize = 2_000_000;

/// The file's value; `None`: it is not JSON, or holds more than is read.
pub fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let values = bytes.iter().filter(|byte| b",:[{".contains(byte)).count();
    if values > MAX_VALUES {
        return None;
    }
    serde_json::from_slice(bytes).ok()
}

/// The text at `key`; empty: there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default().trim()
}

/// The members of the object at `key`.
pub fn members<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = (&'a str, &'a Value)> {
    let object = value.get(key).and_then(Value::as_object);
    object.into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The elements of the array at `key`.
pub fn elements<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A text, or the texts of an array.
pub fn texts(value: Option<&Value>) -> Vec<String> {
    let all = match value {
        Some(Value::Array(all)) => all.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    let texts = all.iter().filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// A person, as npm, Composer and others write one: a text, or an object with a name and an address.
pub fn person(value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    if let Some(text) = value.as_str() {
        return text.trim().to_owned();
    }
    match (text(value, "name"), text(value, "email")) {
        (name, "") => name.to_owned(),
        ("", email) => email.to_owned(),
        (name, email) => format!("{name} <{email}>"),
    }
}

/// Adds the digests of a Subresource Integrity text, written as OCI digests are.
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

/// Adds a digest that is given as hexadecimal digits, if it is one of that length.
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
fn an_integrity_is_the_digest_in_other_letters() {
    // RFC 4648's and the empty text's digests: `printf '' | openssl dgst -sha256 -binary | base64`.
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

#[test]
fn a_file_of_more_values_than_are_read_is_none() {
    let deep = "[".repeat(100_000);
    assert_eq!(parse(deep.as_bytes()), None);
    let long = format!("[{}0]", "0,".repeat(MAX_VALUES));
    assert_eq!(parse(long.as_bytes()), None);
    assert_eq!(parse(b"\xEF\xBB\xBF{\"a\":1}"), Some(serde_json::json!({"a": 1})));
}
