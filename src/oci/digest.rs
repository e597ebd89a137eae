//! Digests: `algorithm:encoded`, and how they are computed.
//!
//! Source: OCI image-spec, descriptor.md, "Digests". Digests with unknown algorithms are kept, but never
//! count as verified.

use serde::{Deserialize, Serialize};
#[cfg(feature = "engine")]
use sha2::Digest as _;
use std::fmt;

/// A digest in the specification's textual form, syntactically checked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(String);

impl Digest {
    /// `None` if `text` is not a digest; one with a registered algorithm must have the right length.
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

    /// The algorithm: `sha256`, for example.
    pub fn algorithm(&self) -> &str {
        self.0.split_once(':').map_or("", |(algorithm, _)| algorithm)
    }

    /// What comes after the colon.
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

/// The digest of a layer's uncompressed tar, as configs list them.
///
/// Source: OCI image-spec, config.md, "Layer DiffID". The digest of the blob, which may be compressed, is a
/// plain `Digest`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiffId(pub Digest);

impl DiffId {
    /// The whole text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl AsRef<Digest> for DiffId {
    fn as_ref(&self) -> &Digest {
        &self.0
    }
}

impl AsRef<Digest> for Digest {
    fn as_ref(&self) -> &Digest {
        self
    }
}

impl fmt::Display for DiffId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A digest being computed.
#[cfg(feature = "engine")]
pub enum Hasher {
    /// The algorithm of practically all images.
    Sha256(sha2::Sha256),
    /// Registered by the specification, rarely used.
    Sha384(sha2::Sha384),
    /// Registered by the specification, rarely used.
    Sha512(sha2::Sha512),
}

#[cfg(feature = "engine")]
impl Hasher {
    /// A SHA-256 hasher.
    pub fn sha256() -> Hasher {
        Hasher::Sha256(sha2::Sha256::new())
    }

    /// A hasher by the name of its algorithm; `None` if that is unknown.
    pub fn of_algorithm(name: &str) -> Option<Hasher> {
        match name {
            "sha256" => Some(Hasher::sha256()),
            "sha384" => Some(Hasher::Sha384(sha2::Sha384::new())),
            "sha512" => Some(Hasher::Sha512(sha2::Sha512::new())),
            _ => None,
        }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Hasher::Sha256(hasher) => hasher.update(bytes),
            Hasher::Sha384(hasher) => hasher.update(bytes),
            Hasher::Sha512(hasher) => hasher.update(bytes),
        }
    }

    /// The digest of all bytes.
    pub fn finish(self) -> Digest {
        let (algorithm, sum) = match self {
            Hasher::Sha256(hasher) => ("sha256", hasher.finalize().to_vec()),
            Hasher::Sha384(hasher) => ("sha384", hasher.finalize().to_vec()),
            Hasher::Sha512(hasher) => ("sha512", hasher.finalize().to_vec()),
        };
        Digest(format!("{algorithm}:{}", crate::text::hex(sum)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_recognised() {
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
