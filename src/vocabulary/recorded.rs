//! Digests that package managers record about files.

use serde::{Deserialize, Serialize};

/// An algorithm by which package managers record digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DigestAlgorithm {
    Md5,
    Sha256,
}

impl DigestAlgorithm {
    /// A digest of this algorithm in hexadecimal; `None`: it is not one.
    pub fn recorded(self, hex: &[u8]) -> Option<RecordedDigest> {
        let length = match self {
            DigestAlgorithm::Md5 => 32,
            DigestAlgorithm::Sha256 => 64,
        };
        let is_digest = hex.len() == length && hex.iter().all(u8::is_ascii_hexdigit);
        let value = String::from_utf8_lossy(hex).to_ascii_lowercase();
        is_digest.then_some(RecordedDigest { algorithm: self, value })
    }
}

/// A digest that a package manager recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedDigest {
    pub algorithm: DigestAlgorithm,
    /// In hexadecimal.
    pub value: String,
}
