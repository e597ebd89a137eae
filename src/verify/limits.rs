//! Limits of what is verified; docs/limits.md has them for users.
//!
//! Signatures are small. A document beyond a limit is not checked, and the check that it ends at says so.

/// Bytes of one document: larger ones about an image are not read (`analysis/provenance/form.rs`).
pub const DOCUMENT: usize = 4 << 20;
/// Bytes of one of cosign's annotations: longer ones are not read (`oci/cosign.rs`).
pub const ANNOTATION: usize = 64 << 10;
/// Documents of one request.
pub const DOCUMENTS: usize = 1_000;
/// Bytes of a trusted root and of a key.
pub const TRUST_FILE: usize = 1 << 20;
/// Keys, and certificates of authorities, that the user gives.
pub const TRUST_ITEMS: usize = 100;
/// Digests of one document's subjects.
pub const SUBJECTS: usize = 16;
/// Entries of a transparency log in one document.
pub const LOG_ENTRIES: usize = 8;
/// Certificates in one document.
pub const CERTIFICATES: usize = 10;
/// Timestamps in one document.
pub const TIMESTAMPS: usize = 8;
/// Hashes of an inclusion proof: a tree of 2^64 entries has that many levels.
pub const PROOF_HASHES: usize = 64;
/// Signatures of one envelope. More than one are refused by the verifier.
pub const SIGNATURES: usize = 8;
/// Levels of values in a header that is not read (CBOR).
pub const HEADER_DEPTH: usize = 8;
/// Headers of one envelope.
pub const HEADERS: usize = 64;
