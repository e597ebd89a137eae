//! The signature alone: whether a key made it over the bytes that a bundle says are signed.

use super::check_list::CheckList;
use super::subjects::SignedSubject;
use crate::protocol::{SignatureCheck, SignatureFault, SignatureGap};
use sigstore_verify::crypto::{Error, KeyAlgorithm, VerificationKey};
use sigstore_verify::types::{Bundle, DerPublicKey, SignatureContent};

/// Whether `key` signed what the bundle contains, or what it names.
pub fn verify(bundle: &Bundle, key: &DerPublicKey, subject: &SignedSubject) -> Result<(), Error> {
    match &bundle.content {
        SignatureContent::DsseEnvelope(envelope) => {
            let key = VerificationKey::from_spki(key)?;
            key.verify(envelope.pae(), &envelope.signature.sig)
        }
        SignatureContent::MessageSignature(signature) => {
            let digest = subject.digest.as_ref().ok_or_else(|| missing("nothing is signed"))?;
            let algorithm = KeyAlgorithm::from_spki(key)?;
            let scheme = algorithm.resolve_signing_scheme(digest.algorithm())?;
            let key = VerificationKey::from_spki_with_scheme(key, scheme)?;
            match subject.bytes {
                Some(bytes) => key.verify(bytes, &signature.signature),
                None => key.verify_prehashed(digest.as_bytes(), &signature.signature),
            }
        }
        _ => Err(missing("content of another kind")),
    }
}

/// Makes it a result.
pub fn settle(result: Result<(), Error>, checks: &mut CheckList) {
    match result {
        Ok(()) => checks.holds(SignatureCheck::Signature),
        Err(Error::UnsupportedAlgorithm(words)) => {
            checks.gap(SignatureCheck::Signature, SignatureGap::Unsupported, words);
        }
        Err(error) => {
            checks.fails(SignatureCheck::Signature, SignatureFault::WrongSignature, error);
        }
    }
}

fn missing(words: &str) -> Error {
    Error::Verification(words.to_owned())
}
