//! What the verifier's errors mean: which check fails, or could not be made, and why.

use crate::protocol::{SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap};
use SignatureCheckResult::{Fails, NotChecked};
use sigstore_verify::bundle::Error as BundleError;
use sigstore_verify::crypto::Error as CryptoError;
use sigstore_verify::{CertificateError, Error, TimestampError, TransparencyLogError};

/// The check that an error is about, and its result.
pub fn classify(error: &Error) -> (SignatureCheck, SignatureCheckResult) {
    use SignatureCheck::{Chain, Form, LogEntry, Signature, Timestamp};
    match error {
        Error::SignatureInvalid(_) => (Signature, Fails(SignatureFault::WrongSignature)),
        // What is verified has the digest that the document itself names: only a log's entry can name another.
        Error::ArtifactMismatch(_) => (LogEntry, Fails(SignatureFault::OtherEntry)),
        Error::UnsupportedArtifact(_) => (Signature, NotChecked(SignatureGap::Unsupported)),
        Error::Certificate(error) => of_certificate(error),
        Error::TransparencyLog(error) => of_log(error),
        Error::Timestamp(TimestampError::NoVerifiedTimestamp(_)) => {
            (Chain, Fails(SignatureFault::NoTime))
        }
        Error::Timestamp(_) => (Timestamp, Fails(SignatureFault::WrongTimestamp)),
        Error::UnsupportedBundle(_) => (LogEntry, NotChecked(SignatureGap::Unsupported)),
        Error::Bundle(error) => of_structure(error),
        Error::Crypto(CryptoError::UnsupportedAlgorithm(_)) => {
            (Signature, NotChecked(SignatureGap::Unsupported))
        }
        Error::Crypto(_) => (Signature, Fails(SignatureFault::WrongSignature)),
        _ => (Form, Fails(SignatureFault::Malformed)),
    }
}

fn of_certificate(error: &CertificateError) -> (SignatureCheck, SignatureCheckResult) {
    use SignatureCheck::{CertificateLog, Chain};
    match error {
        CertificateError::Malformed(_) => (Chain, Fails(SignatureFault::Malformed)),
        CertificateError::NotYetValid { .. } | CertificateError::Expired { .. } => {
            (Chain, Fails(SignatureFault::OutsideValidity))
        }
        CertificateError::Sct(_) => (CertificateLog, Fails(SignatureFault::NotLogged)),
        _ => (Chain, Fails(SignatureFault::NotTrusted)),
    }
}

fn of_log(error: &TransparencyLogError) -> (SignatureCheck, SignatureCheckResult) {
    use SignatureCheck::{LogEntry, LogInclusion, LogPromise};
    match error {
        TransparencyLogError::UnknownLog { .. } => (LogPromise, Fails(SignatureFault::UnknownLog)),
        TransparencyLogError::InclusionProof(_) => {
            (LogInclusion, Fails(SignatureFault::WrongProof))
        }
        TransparencyLogError::Checkpoint(_) => {
            (LogInclusion, Fails(SignatureFault::WrongCheckpoint))
        }
        TransparencyLogError::InclusionPromise(words) if words.starts_with("No log key") => {
            (LogPromise, Fails(SignatureFault::UnknownLog))
        }
        TransparencyLogError::InclusionPromise(_) => {
            (LogPromise, Fails(SignatureFault::WrongPromise))
        }
        TransparencyLogError::IntegratedTime(_) => (LogPromise, Fails(SignatureFault::WrongTime)),
        TransparencyLogError::MalformedEntry(_) => (LogEntry, Fails(SignatureFault::Malformed)),
        _ => (LogEntry, Fails(SignatureFault::OtherEntry)),
    }
}

fn of_structure(error: &BundleError) -> (SignatureCheck, SignatureCheckResult) {
    use SignatureCheck::{Chain, Form, LogInclusion, LogPromise};
    match error {
        BundleError::MissingInclusionProof(_) | BundleError::MissingCheckpoint => {
            (LogInclusion, Fails(SignatureFault::Missing))
        }
        BundleError::MissingInclusionPromise(_) => (LogPromise, Fails(SignatureFault::Missing)),
        BundleError::LogIndexOutOfRange { .. } | BundleError::CheckpointRootMismatch => {
            (LogInclusion, Fails(SignatureFault::WrongProof))
        }
        BundleError::MissingSigningTimeEvidence | BundleError::MissingTimestamp => {
            (Chain, Fails(SignatureFault::NoTime))
        }
        _ => (Form, Fails(SignatureFault::Malformed)),
    }
}
