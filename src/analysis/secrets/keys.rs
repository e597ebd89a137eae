//! Private keys: whether a key's container parses, and whether a passphrase protects it.
//!
//! Sources: RFC 7468 (PEM), RFC 8017 (PKCS#1), RFC 5208 and 5958 (PKCS#8), RFC 5915 (SEC1), RFC 1421 section
//! 4.6 (`Proc-Type`), OpenSSH's PROTOCOL.key, RFC 9580 (OpenPGP), RFC 7292 (PKCS#12), PuTTY's manual (appendix
//! C), the source of Java's JavaKeyStore. Only the outer structure is read: enough to tell a key from a text about
//! keys.

use crate::analysis::der::element;
use crate::base64;

/// Most bytes of a key's text: a key of 16,384 bits has 13 kB.
const MAX_TEXT: usize = 16 << 10;

/// A private key in a text.
pub struct TextKey {
    /// Where its text ends.
    pub end: usize,
    /// Only a passphrase opens it.
    pub encrypted: bool,
}

/// Reads the key whose header is at `start..header_end`.
pub fn read_pem(text: &[u8], start: usize, header_end: usize) -> Option<TextKey> {
    let label = text.get(start..header_end)?;
    let limit = text.len().min(header_end + MAX_TEXT);
    let rest = text.get(header_end..limit)?;
    let length = find(rest, b"-----END ")?;
    let footer = find(&rest[length + 9..], b"-----")?;
    let end = header_end + length + 9 + footer + 5;
    let (body, protected) = body(&rest[..length]);
    let bytes = base64::decode(body)?;
    let contains = |word: &[u8]| find(label, word).is_some();
    let encrypted = if contains(b"SIGSTORE") || contains(b"COSIGN") {
        // Source: go-securesystemslib, package encrypted: JSON with the key's derivation and its ciphertext.
        find(&bytes, b"\"ciphertext\"").filter(|_| bytes.starts_with(b"{")).map(|_| true)?
    } else if contains(b"OPENSSH") {
        openssh_cipher(&bytes)? != b"none"
    } else if contains(b"PGP") {
        // The packet of a secret key comes first, in the old or the new form of headers.
        let tag = *bytes.first().filter(|_| bytes.len() > 32)?;
        if tag & 0xfc != 0x94 && tag != 0xc5 {
            return None;
        }
        false
    } else if protected {
        true
    } else {
        is_der_key(&bytes)?
    };
    Some(TextKey { end, encrypted })
}

/// The base64 text between header and footer, and whether a header line says that it is encrypted. Line
/// breaks may be written as `\n`, as in JSON, as `&#10;`, as in XML, or as blanks, as in variables.
fn body(text: &[u8]) -> (Vec<u8>, bool) {
    let text = String::from_utf8_lossy(text).replace("\\n", "\n").replace("\\r", "");
    let text = text.replace("&#10;", "\n").replace("&#xA;", "\n").replace("&#13;", "");
    let mut body = Vec::with_capacity(text.len());
    let mut protected = false;
    for line in text.split(['\n', '\r']).map(str::trim) {
        let line = line.trim_end_matches("\" +").trim_matches(['"', '\'', ',', ' ', '\\']);
        if line.contains(": ") {
            protected |= line.starts_with("Proc-Type:") && line.ends_with("ENCRYPTED");
        } else if !line.starts_with('=') {
            // A line with `=` first is the checksum of a PGP key.
            body.extend(line.bytes().filter(|byte| *byte != b' '));
        }
    }
    (body, protected)
}

/// The cipher of an OpenSSH key, if its structure is sound.
fn openssh_cipher(bytes: &[u8]) -> Option<&[u8]> {
    let mut rest = bytes.strip_prefix(b"openssh-key-v1\0")?;
    let mut string = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (string, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = after;
        Some(string)
    };
    let cipher = string()?;
    let _derivation = string()?;
    string().map(|_options| cipher)
}

/// Whether a DER key is encrypted; `None` if it is not a key.
fn is_der_key(bytes: &[u8]) -> Option<bool> {
    let (0x30, content, []) = element(bytes)? else { return None };
    let (first, value, rest) = element(content)?;
    let (second, inner, _) = element(rest)?;
    match (first, second) {
        (0x02, 0x02) => (value.len() == 1 && inner.len() >= 32).then_some(false), // PKCS#1, DSA
        (0x02, 0x30 | 0x04) => matches!(value, [0 | 1]).then_some(false),         // PKCS#8, SEC1
        (0x30, 0x04) => Some(true), // encrypted PKCS#8
        _ => None,
    }
}

/// Reads the PuTTY key that starts here.
pub fn read_putty(text: &[u8], start: usize) -> Option<TextKey> {
    let key = text.get(start..text.len().min(start + MAX_TEXT))?;
    let private = find(key, b"\nPrivate-Lines: ")?;
    let end = find(key, b"\nPrivate-MAC: ").filter(|end| *end > private)?;
    let encrypted = find(&key[..private], b"\nEncryption: none").is_none();
    Some(TextKey { end: start + end, encrypted })
}

/// Whether base64 text is a PEM private key that parses.
pub fn is_encoded_pem(value: &[u8]) -> bool {
    let Some(pem) = base64::decode(value) else { return false };
    let Some(start) = find(&pem, b"-----BEGIN ") else { return false };
    let header = find(&pem[start + 11..], b"-----").map(|at| start + 11 + at + 5);
    header.is_some_and(|end| {
        find(&pem[start..end], b"PRIVATE KEY").is_some() && read_pem(&pem, start, end).is_some()
    })
}

/// Whether a binary file is a key store that has a private key.
pub fn is_key_store(bytes: &[u8]) -> bool {
    let java = matches!(bytes, [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..]);
    if java {
        // Magic, version, number of entries, kind of the first entry: 1 is a private key.
        return bytes.get(12..16) == Some(&[0, 0, 0, 1]);
    }
    // Kerberos keytab, version 2; KeePass; a PKCS#8 key without a text around it.
    if matches!(bytes, [5, 2, 0, 0, ..] | [3, 0xd9, 0xa2, 0x9a, ..]) || is_der_key(bytes).is_some()
    {
        return true;
    }
    // pkcs8ShroudedKeyBag, 1.2.840.113549.1.12.10.1.2
    const SHROUDED: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x02";
    matches!(bytes, [0x30, ..]) && find(bytes, SHROUDED).is_some()
}

/// Where a text is in another.
pub fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}
