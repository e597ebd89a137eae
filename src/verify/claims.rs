//! What a certificate says: who signed, and in which build.
//!
//! Source: Fulcio, docs/oid-info.md; sigstore-crypto's `FulcioCiClaims`. All of it is text of a hostile document until
//! the chain was checked.

use crate::protocol::{CertificateClaim, SignatureSigner};
use crate::text::Shown;
use sigstore_verify::crypto::{CertificateInfo, SubjectAltName};

/// Characters of one claim that are kept.
const MOST: usize = 1_000;

/// Who signed.
pub fn signer(certificate: &CertificateInfo) -> SignatureSigner {
    let identity = certificate.identity.as_ref().map(SubjectAltName::as_str);
    let shown = |text: &str| Shown::start_of(text, MOST);
    SignatureSigner::Certificate {
        identity: identity.map(shown),
        issuer: certificate.issuer.as_deref().map(shown),
    }
}

/// What the certificate says about the build.
pub fn of_certificate(certificate: &CertificateInfo) -> Vec<(CertificateClaim, Shown)> {
    let claims = &certificate.ci_claims;
    let found = [
        (CertificateClaim::BuildSigner, &claims.build_signer_uri),
        (CertificateClaim::SourceRepository, &claims.source_repository_uri),
        (CertificateClaim::SourceCommit, &claims.source_repository_digest),
        (CertificateClaim::SourceRef, &claims.source_repository_ref),
        (CertificateClaim::BuildConfiguration, &claims.build_config_uri),
        (CertificateClaim::Trigger, &claims.build_trigger),
        (CertificateClaim::Run, &claims.run_invocation_uri),
        (CertificateClaim::Runner, &claims.runner_environment),
        (CertificateClaim::Visibility, &claims.source_repository_visibility_at_signing),
    ];
    let found = found.into_iter().filter_map(|(claim, text)| Some((claim, text.as_deref()?)));
    found.map(|(claim, text)| (claim, Shown::start_of(text, MOST))).collect()
}
