//! What cosign up to version 2 writes in annotations of the layer that it signs.
//!
//! Source: cosign, specs/SIGNATURE_SPEC.md. The annotation `dev.sigstore.cosign/chain` is not read: a certificate must
//! come from a root that is trusted.

use serde::{Deserialize, Serialize};

/// Bytes of one annotation that is read: certificates have some thousand.
#[cfg(feature = "engine")]
const MAX_ANNOTATION: usize = 64 << 10;

/// The annotations; empty: not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CosignAnnotations {
    /// `dev.cosignproject.cosign/signature`: Base64.
    pub signature: String,
    /// `dev.sigstore.cosign/certificate`: PEM.
    pub certificate: String,
    /// `dev.sigstore.cosign/bundle`: the log's entry and its promise, JSON.
    pub log_entry: String,
    /// `dev.sigstore.cosign/rfc3161timestamp`: JSON.
    pub timestamp: String,
}

#[cfg(feature = "engine")]
impl CosignAnnotations {
    /// Those of a layer. What is too long is not there.
    pub fn of(annotations: &std::collections::BTreeMap<String, String>) -> CosignAnnotations {
        let text = |key: &str| {
            let text = annotations.get(key).filter(|text| text.len() <= MAX_ANNOTATION);
            text.cloned().unwrap_or_default()
        };
        CosignAnnotations {
            signature: text("dev.cosignproject.cosign/signature"),
            certificate: text("dev.sigstore.cosign/certificate"),
            log_entry: text("dev.sigstore.cosign/bundle"),
            timestamp: text("dev.sigstore.cosign/rfc3161timestamp"),
        }
    }
}
