//! What the user gave to verify signatures with, as the page shows it.

use crate::text::Shown;
use serde::{Deserialize, Serialize};

/// When the roots that are part of the program were fetched, as the page and docs/provenance.md say. `verify/roots.rs`
/// has their digests beside it: a test fails when the library's roots change.
pub const ROOTS_AS_OF: &str = "29 June 2026";

/// Something that is trusted beside what is part of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustItem {
    /// Names it: the digest of what was given.
    pub id: String,
    pub what: TrustedThing,
}

/// What is trusted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrustedThing {
    /// A public key; `None`: it cannot be read.
    Key(Option<KeyFacts>),
    /// A trusted root of Sigstore, and how much of each kind it has.
    Root { authorities: u32, logs: u32, timestamp_authorities: u32 },
    /// The certificate of an authority: whose it is (its common name), and its last second since 1970.
    Authority { subject: Shown, until: i64 },
}

/// What is known about a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyFacts {
    pub algorithm: KeyKind,
    /// `sha256:` and the digest of its SubjectPublicKeyInfo.
    pub fingerprint: String,
}

/// The algorithm of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum KeyKind {
    EcdsaP256,
    EcdsaP384,
    Ed25519,
    Rsa,
    /// Nothing is verified with it.
    Other,
}
