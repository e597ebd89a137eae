//! Digests: `algorithm:encoded`, and how they are computed.
//!
//! Source: OCI image-spec, descriptor.md, "Digests". An algorithm that is not known here is kept and
//! never called verified.

use serde::{Deserialize, Serialize};
#[cfg(feature = "engine")]
use sha2::Digest as _;
use std::fmt;

/// A digest in the specification's textual form, syntactically checked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// Takes `text` if it has the form of a digest; registered algorithms must have their length, too.
    pub fn parse(text: &str) -> Option<Digest> {
        let (algorithm, encoded) = text.split_once(':')?;
        let sound = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"+._-".contains(&c);
        if algorithm.is_empty() || !algorithm.bytes().all(sound) || text.len() > 512 {
            return None;
        }
        let length = match algorithm {
            "sha256" => Some(64),
            "sha384" => Some(96),
            "sha512" => Some(128),
            _ => None,
        };
        let hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        let good = match length {
            Some(length) => encoded.len() == length && encoded.bytes().all(hex),
            None => {
                !encoded.is_empty()
                    && encoded.bytes().all(|c| c.is_ascii_alphanumeric() || b"=_-".contains(&c))
            }
        };
        good.then(|| Digest(text.to_owned()))
    }

    /// A SHA-256 digest by its 64 hexadecimal digits.
    pub fn from_hex(hex: &str) -> Option<Digest> {
        Digest::parse(&format!("sha256:{hex}"))
    }

    /// SHA-256 of `bytes`.
    #[cfg(feature = "engine")]
    pub fn of(bytes: &[u8]) -> Digest {
        let mut hasher = Hasher::sha256();
        hasher.update(bytes);
        hasher.finish()
    }

    /// `sha256` and the like.
    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// What follows the colon.
    pub fn encoded(&self) -> &str {
        self.0.split_once(':').map_or("", |(_, encoded)| encoded)
    }

    /// The whole text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Digest {
    type Error = String;
    fn try_from(text: String) -> Result<Digest, String> {
        Digest::parse(&text).ok_or_else(|| format!("{text:.80} is not a digest"))
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.0
    }
}

/// A digest in the making.
#[cfg(feature = "engine")]
pub enum Hasher {
    /// The algorithm that all who write images use.
    Sha256(sha2::Sha256),
    /// Registered by the specification, rarely met.
    Sha384(sha2::Sha384),
    /// Registered by the specification, rarely met.
    Sha512(sha2::Sha512),
}

#[cfg(feature = "engine")]
impl Hasher {
    /// A SHA-256 hasher.
    pub fn sha256() -> Hasher {
        Hasher::Sha256(sha2::Sha256::new())
    }

    /// The hasher of an algorithm, by its name; `None` if it is not known here.
    pub fn of_algorithm(name: &str) -> Option<Hasher> {
        match name {
            "sha256" => Some(Hasher::sha256()),
            "sha384" => Some(Hasher::Sha384(sha2::Sha384::new())),
            "sha512" => Some(Hasher::Sha512(sha2::Sha512::new())),
            _ => None,
        }
    }

    /// Takes more bytes in.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of all bytes taken in.
    pub fn finish(self) -> Digest {
        let (algorithm, sum) = match self {
            Hasher::Sha256(hasher) => ("sha256", hasher.finalize().to_vec()),
            Hasher::Sha384(hasher) => ("sha384", hasher.finalize().to_vec()),
            Hasher::Sha512(hasher) => ("sha512", hasher.finalize().to_vec()),
        };
        let hex: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        Digest(format!("{algorithm}:{hex}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_told_from_other_text() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(b"").as_str(), format!("sha256:{hex}"));
        for (text, good) in [
            (format!("sha256:{hex}"), true),
            (format!("sha256:{}", hex.to_uppercase()), false),
            (format!("sha256:{}", &hex[1..]), false),
            (format!("SHA256:{hex}"), false),
            ("sha256:../../etc/passwd".to_owned(), false),
            ("blake3:abcdef".to_owned(), true),
            ("nothing".to_owned(), false),
        ] {
            assert_eq!(Digest::parse(&text).is_some(), good, "{text}");
        }
    }
}
