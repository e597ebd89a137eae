//! Notation's signatures: one envelope, verified with the certificates of authorities that the user gave.
//!
//! Source: Notary Project, signature-specification.md, signature-envelope-jws.md, signature-envelope-cose.md,
//! signing-scheme.md, trust-store-trust-policy.md.
//!
//! - Nothing of Sigstore: no log, no root that is part of the program.
//! - A timestamp (RFC 3161) is not checked: the verifier's library knows those of Sigstore's authorities only. So a
//!   signature that has one is never called valid, and one whose certificates have expired has no time that counts:
//!   what the signer says is not believed, whatever the signing scheme.

mod cbor;
mod chain;
mod cose;
mod envelope;
mod jws;
mod key;

use super::check_list::CheckList;
use super::{limits, shape, signed_bytes, subjects};
use crate::protocol::{
    SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap, SignatureSigner,
    SignatureVerdict, SubjectManifest, Trust, UsedRoot,
};
use crate::text::Shown;
use SignatureCheck::{
    CertificateLog, Chain, Expiry, Form, LogEntry, LogInclusion, LogPromise, Signature, Subject,
    Timestamp,
};
use SignatureCheckResult::NotChecked;
use chain::{ChainCertificate, ChainError, SignerChain};
use envelope::NotationEnvelope;
use key::NotationAlgorithm;

/// Characters of a name that are kept.
const MOST_NAME: usize = 1_000;
/// Seconds that a signer's clock may be ahead.
const CLOCKS: i64 = 300;

/// How an envelope is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvelopeForm {
    Jws,
    Cose,
}

/// The authorities that the user gave.
#[derive(Default)]
pub struct Authorities {
    list: Vec<ChainCertificate>,
    /// Something else was given.
    has_unusable: bool,
}

impl Authorities {
    pub fn read(trust: &Trust) -> Authorities {
        let mut authorities = Authorities::default();
        for der in trust.authorities.iter().take(limits::TRUST_ITEMS) {
            let is_small = der.len() <= limits::TRUST_FILE;
            let read = is_small.then(|| ChainCertificate::read(der.clone()).ok()).flatten();
            match read.filter(ChainCertificate::may_be_trusted) {
                Some(certificate) => authorities.list.push(certificate),
                None => authorities.has_unusable = true,
            }
        }
        authorities
    }
}

/// Verifies an envelope. `now`: seconds since 1970-01-01, UTC.
pub fn verify(
    content: &[u8],
    form: EnvelopeForm,
    image: &[SubjectManifest],
    authorities: &Authorities,
    now: i64,
) -> SignatureVerdict {
    match read(content, form) {
        Ok(envelope) => judge(envelope, image, authorities, now),
        Err(checks) => super::bundle::refused(checks),
    }
}

fn read(content: &[u8], form: EnvelopeForm) -> Result<NotationEnvelope, CheckList> {
    let too_large = |words: &str| CheckList::refused(NotChecked(SignatureGap::TooLarge), words);
    if content.len() > limits::DOCUMENT {
        return Err(too_large(""));
    }
    let envelope = match form {
        EnvelopeForm::Jws => jws::read(content)?,
        EnvelopeForm::Cose => cose::read(content)?,
    };
    if envelope.certificates.len() > limits::CERTIFICATES {
        return Err(too_large("too many certificates"));
    }
    shape::check_payload(&envelope.payload).map_err(CheckList::of_shape)?;
    Ok(envelope)
}

fn judge(
    mut envelope: NotationEnvelope,
    image: &[SubjectManifest],
    authorities: &Authorities,
    now: i64,
) -> SignatureVerdict {
    let mut checks = CheckList::new();
    checks.holds(Form);
    for check in [CertificateLog, LogInclusion, LogPromise, LogEntry] {
        checks.gap(check, SignatureGap::NotThere, "");
    }
    match envelope.has_timestamp {
        true => checks.gap(Timestamp, SignatureGap::Unsupported, ""),
        false => checks.gap(Timestamp, SignatureGap::NotThere, ""),
    }
    settle_expiry(&envelope, now, &mut checks);
    let subject = settle_subject(&envelope.payload, image, &mut checks);
    let chain = SignerChain::read(std::mem::take(&mut envelope.certificates));
    let mut verdict = SignatureVerdict {
        subject,
        payload: Some(subjects::sha256_text(&envelope.payload)),
        ..SignatureVerdict::default()
    };
    match chain {
        Ok(chain) => {
            settle_signature(&envelope, &chain, &mut checks);
            let trusted = chain.trusted(&authorities.list);
            let result = check_chain(&envelope, &chain, trusted.is_some(), authorities, now);
            settle(Chain, result, &mut checks);
            let name = |it: &ChainCertificate| Some(Shown::start_of(&it.subject(), MOST_NAME));
            verdict.root = trusted.map(|_| UsedRoot::OwnAuthority);
            verdict.signer = Some(SignatureSigner::Certificate {
                identity: name(chain.signer()),
                issuer: name(trusted.unwrap_or(chain.root())),
            });
        }
        Err(error) => settle(Chain, Err(error), &mut checks),
    }
    verdict.outcome = checks.outcome(true);
    verdict.checks = checks.into_checks();
    verdict
}

fn settle(check: SignatureCheck, result: Result<(), ChainError>, checks: &mut CheckList) {
    match result {
        Ok(()) => checks.holds(check),
        Err((result, words)) => checks.set(check, result, words),
    }
}

fn settle_expiry(envelope: &NotationEnvelope, now: i64, checks: &mut CheckList) {
    match envelope.attributes.expiry {
        Some(expiry) if now >= expiry => {
            let time = jiff::Timestamp::from_second(expiry).map(|time| time.to_string());
            checks.fails(Expiry, SignatureFault::Expired, time.unwrap_or_default());
        }
        Some(_) => checks.holds(Expiry),
        None => checks.gap(Expiry, SignatureGap::NotThere, ""),
    }
}

/// The digest of the image that is signed.
fn settle_subject(
    payload: &[u8],
    image: &[SubjectManifest],
    checks: &mut CheckList,
) -> Option<String> {
    let target = match envelope::target(payload) {
        Ok(target) => target,
        Err(error) => {
            checks.fails(Subject, SignatureFault::Malformed, error);
            return None;
        }
    };
    let Some(manifest) = image.iter().find(|manifest| manifest.digest == target.digest) else {
        checks.fails(Subject, SignatureFault::OtherSubject, target.digest);
        return None;
    };
    if manifest.size != target.size {
        let words = format!("it names {} bytes instead of {}", target.size, manifest.size);
        checks.fails(Subject, SignatureFault::Malformed, words);
        return None;
    }
    if manifest.media_type != target.media_type {
        let words = format!("it names {} instead of {}", target.media_type, manifest.media_type);
        checks.fails(Subject, SignatureFault::Malformed, words);
        return None;
    }
    checks.holds(Subject);
    Some(target.digest)
}

/// The signature alone, by the signer's key, with the algorithm of this key.
fn settle_signature(envelope: &NotationEnvelope, chain: &SignerChain, checks: &mut CheckList) {
    let named = envelope.algorithm;
    match NotationAlgorithm::of_key(chain.key()) {
        None => checks.gap(Signature, SignatureGap::Unsupported, "the kind or size of the key"),
        Some(algorithm) if algorithm != named => {
            let words = format!("{} instead of the key's {}", named.name(), algorithm.name());
            checks.fails(Signature, SignatureFault::WrongSignature, words);
        }
        Some(algorithm) => {
            let result = key::verify(algorithm, chain.key(), &envelope.signed, &envelope.signature);
            signed_bytes::settle(result, checks);
        }
    }
}

fn check_chain(
    envelope: &NotationEnvelope,
    chain: &SignerChain,
    is_trusted: bool,
    authorities: &Authorities,
    now: i64,
) -> Result<(), ChainError> {
    let time = envelope.attributes.signing_time;
    if time > now.saturating_add(CLOCKS) {
        let words = "it was signed in the future".to_owned();
        return Err((SignatureCheckResult::Fails(SignatureFault::WrongTime), words));
    }
    chain.check()?;
    if !is_trusted {
        let result = match (authorities.list.is_empty(), authorities.has_unusable) {
            (true, false) => NotChecked(SignatureGap::NoAuthority),
            (true, true) => NotChecked(SignatureGap::UnusableTrust),
            (false, _) => SignatureCheckResult::Fails(SignatureFault::NotTrusted),
        };
        return Err((result, format!("its root is {}", chain.root().subject())));
    }
    chain.check_times(time, now, envelope.has_timestamp)
}
