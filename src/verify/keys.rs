//! Public keys that the user gives.

use super::{limits, subjects};
use crate::protocol::Trust;
use sigstore_verify::crypto::KeyAlgorithm;
use sigstore_verify::types::DerPublicKey;

/// The user's keys.
#[derive(Default)]
pub struct PublicKeys {
    pub keys: Vec<DerPublicKey>,
    /// Something was given that is not a key.
    pub has_unreadable: bool,
}

impl PublicKeys {
    pub fn read(trust: &Trust) -> PublicKeys {
        let mut keys = PublicKeys::default();
        for bytes in trust.public_keys.iter().take(limits::TRUST_ITEMS) {
            match read(bytes) {
                Some(key) => keys.keys.push(key),
                None => keys.has_unreadable = true,
            }
        }
        keys
    }
}

fn read(bytes: &[u8]) -> Option<DerPublicKey> {
    let pem = std::str::from_utf8(bytes).ok().filter(|pem| pem.len() <= limits::TRUST_FILE)?;
    let key = DerPublicKey::from_pem(pem).ok()?;
    KeyAlgorithm::from_spki(&key).ok()?;
    Some(key)
}

/// A key's name: `sha256:` and the digest of its SubjectPublicKeyInfo.
pub fn fingerprint(key: &DerPublicKey) -> String {
    subjects::sha256_text(key.as_bytes())
}
