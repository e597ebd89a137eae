//! The part of the report about documents that say who built or signed the image.

use crate::oci::Digest;
use crate::vocabulary::ProvenanceKind;
use serde::Serialize;

/// A document.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProvenanceReport {
    pub kind: ProvenanceKind,
    pub digest: Digest,
    pub predicate_type: Option<String>,
    pub signed: bool,
    /// `None`: it is not signed, a check that is required was not made, or what is here is not known to be what was
    /// signed.
    pub verified: Option<bool>,
    /// A claim unless `verified`.
    pub by: Option<SignerReport>,
    /// RFC 3339; only a time that was verified.
    pub time: Option<String>,
    pub checks: Vec<CheckReport>,
}

/// Who signed.
#[derive(Serialize)]
pub struct SignerReport {
    /// For a key its fingerprint.
    pub identity: Option<String>,
    pub issuer: Option<String>,
}

/// One check of a signature.
#[derive(Serialize)]
pub struct CheckReport {
    pub check: &'static str,
    pub result: &'static str,
    pub why: Option<&'static str>,
}
