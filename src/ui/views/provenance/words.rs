//! Words for documents, signatures and checks.
//!
//! Nothing is called valid that was not fully checked, and no identity is judged: whether it is the right one is the
//! reader's decision. docs/provenance.md says what each check is.

use crate::format;
use crate::protocol::{
    CertificateClaim, DocumentScope, ProvenanceNumbers, ProvenanceRow, SignatureCheck,
    SignatureFault, SignatureGap, SignatureSigner, SignatureState, SignedContent, SignedTime,
    SignedTimeSource, UsedRoot,
};
use crate::text::Shown;
use crate::time::Timestamp;
use crate::vocabulary::ProvenanceKind;

/// What a document is.
pub fn kind(row: &ProvenanceRow) -> &'static str {
    match row.kind {
        ProvenanceKind::Slsa => "Build provenance",
        ProvenanceKind::Sbom => "SBOM",
        ProvenanceKind::Cosign => "Signature (cosign)",
        ProvenanceKind::Notation => "Signature (Notation)",
        ProvenanceKind::Other => "Other statement",
    }
}

/// What it is about.
pub fn scope(scope: &DocumentScope) -> &'static str {
    match scope {
        DocumentScope::Manifest => "This image",
        DocumentScope::Index => "The index, all platforms",
        DocumentScope::Another(_) => "Another image",
        DocumentScope::Unnamed { index: false } => "Not named; attached to this image",
        DocumentScope::Unnamed { index: true } => "Not named; attached to the index",
    }
}

/// The state of a signature, in a word or two.
pub fn state(state: SignatureState) -> &'static str {
    match state {
        SignatureState::Valid => "Valid",
        SignatureState::Invalid => "Not valid",
        SignatureState::Unchecked => "Not fully checked",
        SignatureState::Pending => "Not checked yet",
        SignatureState::Absent => "Not here",
        SignatureState::Unsigned => "Not signed",
    }
}

/// Who signed: an identity, or a key.
pub fn signer(signer: &SignatureSigner) -> String {
    match signer {
        SignatureSigner::Certificate { identity: Some(identity), .. } => identity.to_string(),
        SignatureSigner::Certificate { identity: None, .. } => {
            "an identity of a kind that is not read".to_owned()
        }
        SignatureSigner::Key { fingerprint } => {
            format!("the key {}", format::short_digest(fingerprint))
        }
    }
}

/// `Signature valid: IDENTITY, by ISSUER, logged TIME`; for every other state what may be said.
pub fn signature_sentence(
    state: SignatureState,
    by: Option<&SignatureSigner>,
    time: Option<SignedTime>,
) -> String {
    match (state, by) {
        (SignatureState::Valid, Some(by)) => {
            let issuer = match by {
                SignatureSigner::Certificate { issuer: Some(issuer), .. } => {
                    format!(", by {issuer}")
                }
                SignatureSigner::Certificate { issuer: None, .. } => String::new(),
                SignatureSigner::Key { .. } => " that you gave".to_owned(),
            };
            let time = time.map(|time| format!(", {}", signed_time(time))).unwrap_or_default();
            format!("Signature valid: {}{issuer}{time}", signer(by))
        }
        (SignatureState::Valid, None) => "Signature valid".to_owned(),
        (SignatureState::Invalid, _) => "Signature not valid".to_owned(),
        (SignatureState::Unchecked, _) => "Signature not fully checked".to_owned(),
        (SignatureState::Pending, _) => "Signed, not checked yet".to_owned(),
        (SignatureState::Absent, _) => {
            "The document is not here, so nothing is known about it".to_owned()
        }
        (SignatureState::Unsigned, _) => {
            "Not signed: it is a claim of anyone who could write it".to_owned()
        }
    }
}

/// Why a signature that holds says nothing about what is shown; `None`: it does.
pub fn content(content: SignedContent) -> Option<&'static str> {
    match content {
        SignedContent::Same => None,
        SignedContent::NotHere => Some(
            "A saved inspection has no contents. A signature may be genuine, but that these layers are what was signed \
             cannot be checked.",
        ),
        SignedContent::NotSame => Some(
            "A signature may be genuine, but what is here is not known to be what was signed: a layer, the \
             configuration or the manifest is not what its digest says, or could not be compared.",
        ),
    }
}

/// `logged 2026-11-24 09:08:47 UTC`.
fn signed_time(time: SignedTime) -> String {
    let verb = match time.source {
        SignedTimeSource::Log => "logged",
        SignedTimeSource::TimestampAuthority => "timestamped",
    };
    let text = Timestamp::from_seconds(time.seconds).to_rfc3339();
    let text = text.map(|text| text.replace('T', " ").replace('Z', " UTC"));
    format!("{verb} {}", text.unwrap_or_else(|| "at a time that cannot be written".to_owned()))
}

/// The overview's line: `Built by …, as an unsigned document claims. Signed by …`.
pub fn line(numbers: &ProvenanceNumbers, is_searched: bool) -> String {
    let told = numbers.builder.as_ref().map(|builder| format!("Built by {builder}"));
    let told = told.or_else(|| {
        numbers.repository.as_ref().map(|repository| format!("Built from {repository}"))
    });
    let told = told.map(|told| match numbers.is_builder_proven {
        true => format!("{told}. "),
        false => format!("{told}, as a document claims. "),
    });
    let signed = match numbers.signer() {
        _ if numbers.of_others > 0 => "A document about another image is attached to it".to_owned(),
        _ if numbers.invalid > 0 => "A signature does not hold".to_owned(),
        Some(by) if numbers.signers.len() > 1 => format!("Signed by {}, and others", signer(by)),
        Some(by) => format!("Signed by {}", signer(by)),
        None if numbers.valid > 0 => "Signed".to_owned(),
        None if numbers.unchecked > 0 => "Signed, not fully checked".to_owned(),
        None if numbers.pending > 0 => "Signed, not checked yet".to_owned(),
        None if numbers.absent > 0 => {
            "Signatures not checked: a document about the image is not here".to_owned()
        }
        None if numbers.cut => "Signatures not checked: there are more than are read".to_owned(),
        None if is_searched => "Unsigned".to_owned(),
        None => "Signatures not checked".to_owned(),
    };
    format!("{}{signed}.", told.unwrap_or_default())
}

/// A check's name, and what it asks.
pub fn check(check: SignatureCheck) -> (&'static str, &'static str) {
    match check {
        SignatureCheck::Form => {
            ("Form", "The document can be read, and has what its form requires")
        }
        SignatureCheck::Signature => {
            ("Signature", "The signature over the document is the certificate's or the key's")
        }
        SignatureCheck::Subject => ("Subject", "What is signed is this image"),
        SignatureCheck::Chain => (
            "Certificate",
            "It comes from a trusted authority, and was valid when the signature was made",
        ),
        SignatureCheck::CertificateLog => {
            ("Certificate in a log", "A log of certificates confirms that it has the certificate")
        }
        SignatureCheck::LogInclusion => {
            ("In the log", "The transparency log proves that it has the signature")
        }
        SignatureCheck::LogPromise => {
            ("Promised by the log", "The transparency log promised to take the signature in")
        }
        SignatureCheck::LogEntry => {
            ("Log's entry", "The entry is about this signature and this document")
        }
        SignatureCheck::Timestamp => {
            ("Timestamp", "A trusted authority confirms when the signature was there")
        }
        SignatureCheck::Expiry => {
            ("Expiry", "The date until which the signature counts, by its signer, is not past")
        }
    }
}

/// Why a check fails.
pub fn fault(fault: SignatureFault) -> &'static str {
    match fault {
        SignatureFault::Malformed => "It cannot be read, or contradicts itself.",
        SignatureFault::Missing => "Something that the form requires is missing.",
        SignatureFault::WrongSignature => {
            "The signature is not of these bytes, or not by this certificate or key."
        }
        SignatureFault::OtherSubject => "Another image is signed, or another payload.",
        SignatureFault::NotTrusted => "The certificate does not come from a trusted authority.",
        SignatureFault::WrongPurpose => {
            "The certificate may not sign this, or an authority's may not issue it."
        }
        SignatureFault::OutsideValidity => "The certificate was not valid at the time of signing.",
        SignatureFault::NotLogged => "No log that the root names confirms the certificate.",
        SignatureFault::UnknownLog => "The root does not name this log, or not for that time.",
        SignatureFault::WrongProof => "The proof of inclusion does not lead to the log's root.",
        SignatureFault::WrongCheckpoint => "The checkpoint is not signed by the log.",
        SignatureFault::WrongPromise => "The promise is not signed by the log.",
        SignatureFault::OtherEntry => "The log's entry is about something else.",
        SignatureFault::WrongTime => {
            "The time is in the future, or the certificate was not valid then."
        }
        SignatureFault::WrongTimestamp => {
            "The timestamp is of something else, or not by an authority of the root."
        }
        SignatureFault::NoTime => {
            "Nobody confirms a time, so whether the certificate was valid cannot be judged."
        }
        SignatureFault::Expired => "By its signer's own words it no longer counts.",
        SignatureFault::UnknownCritical => {
            "It requires to take account of something that is not known here."
        }
    }
}

/// Why a check was not made.
pub fn gap(gap: SignatureGap) -> &'static str {
    match gap {
        SignatureGap::NotThere => "The document has none, and its form does not require it.",
        SignatureGap::NotInRoot => "The trusted root names no such log or authority.",
        SignatureGap::NoCertificate => "It is signed with a key, so there is no certificate.",
        SignatureGap::PromisedOnly => "The log promised to include it and gave no proof.",
        SignatureGap::NoKey => "The public key that it was signed with was not given.",
        SignatureGap::NoAuthority => {
            "No authority's certificate was given that it could come from."
        }
        SignatureGap::UnusableTrust => "What you gave to verify with cannot be used.",
        SignatureGap::Unsupported => "It uses an algorithm or a form that is not supported.",
        SignatureGap::TooLarge => "It is larger than what is read.",
        SignatureGap::EarlierCheck => "A check that it needs does not hold.",
        SignatureGap::NotRun => "The verifier did not answer.",
    }
}

/// The trusted root that was used.
pub fn root(root: UsedRoot) -> &'static str {
    match root {
        UsedRoot::PublicGood => "Sigstore's public instance, as it is part of Layerscope",
        UsedRoot::GitHub => "GitHub's instance, as it is part of Layerscope",
        UsedRoot::Own => "the trusted root that you gave",
        UsedRoot::OwnAuthority => "the authority's certificate that you gave",
    }
}

/// What a certificate's extension says.
pub fn claim(claim: CertificateClaim) -> &'static str {
    match claim {
        CertificateClaim::BuildSigner => "Signing workflow",
        CertificateClaim::SourceRepository => "Repository",
        CertificateClaim::SourceCommit => "Commit",
        CertificateClaim::SourceRef => "Branch or tag",
        CertificateClaim::BuildConfiguration => "Build file",
        CertificateClaim::Trigger => "Trigger",
        CertificateClaim::Run => "Run",
        CertificateClaim::Runner => "Runner",
        CertificateClaim::Visibility => "Visibility",
    }
}

/// The type of a statement, or else of the document.
pub fn type_of(row: &ProvenanceRow) -> Shown {
    row.predicate_type.clone().unwrap_or_else(|| row.media_type.clone())
}
