//! A bundle that was signed with a key, verified with the keys that the user gave.
//!
//! - The signature is required, a transparency log is not: cosign can be told to use none. What there is of a log must
//!   hold.

use super::certificate_run::{settle_absent_log, time_of};
use super::check_list::{CheckList, Found};
use super::faults::classify;
use super::keys::{PublicKeys, fingerprint};
use super::roots::Root;
use super::signed_bytes;
use super::subjects::SignedSubject;
use crate::protocol::{
    SignatureCheck, SignatureFault, SignatureGap, SignatureSigner, SignatureVerdict,
};
use SignatureCheck::{
    CertificateLog, Chain, Form, LogEntry, LogInclusion, LogPromise, Signature, Timestamp,
};
use sigstore_verify::types::bundle::VerificationMaterial;
use sigstore_verify::types::{Bundle, DerPublicKey};
use sigstore_verify::{PublicKeyVerificationPolicy, VerificationResult};

/// Verifies a bundle that has no certificate.
pub fn verify(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    mut checks: CheckList,
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    checks.gap(Chain, SignatureGap::NoCertificate, "");
    checks.gap(CertificateLog, SignatureGap::NoCertificate, "");
    let signed = keys.keys.iter().find(|key| signed_bytes::verify(bundle, key, subject).is_ok());
    let Some(key) = signed else {
        settle_unknown_key(keys, &mut checks);
        return verdict(Found { checks, accepted: false, time: None, root: None }, None, subject);
    };
    checks.holds(Signature);
    let found = with_key(bundle, subject, key, checks, roots);
    verdict(found, Some(key), subject)
}

/// None of the user's keys made the signature.
pub fn settle_unknown_key(keys: &PublicKeys, checks: &mut CheckList) {
    checks.holds(Form);
    if keys.has_unreadable {
        checks.gap(Signature, SignatureGap::UnusableTrust, "");
    } else if keys.keys.is_empty() {
        checks.gap(Signature, SignatureGap::NoKey, "");
    } else {
        checks.fails(Signature, SignatureFault::WrongSignature, "not by a key that was given");
    }
}

/// What the document has besides the signature.
fn with_key(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    key: &DerPublicKey,
    mut checks: CheckList,
    roots: &[Root],
) -> Found {
    let material = &bundle.verification_material;
    let has_stamp = !material.timestamp_verification_data.rfc3161_timestamps.is_empty();
    if !has_stamp {
        checks.gap(Timestamp, SignatureGap::NotThere, "");
    }
    if material.tlog_entries.is_empty() && !has_stamp {
        for check in [LogInclusion, LogPromise, LogEntry] {
            checks.gap(check, SignatureGap::NotThere, "");
        }
        checks.holds(Form);
        return Found { checks, accepted: true, time: None, root: None };
    }
    let mut best: Option<Found> = None;
    for root in roots {
        let found = with_root(bundle, subject, key, checks.clone(), root);
        if found.accepted {
            return found;
        }
        if best.as_ref().is_none_or(|best| found.checks.rank() > best.checks.rank()) {
            best = Some(found);
        }
    }
    best.unwrap_or_else(|| without_root(material, checks))
}

/// The user's root cannot be read, so nothing judges what the document has of a log and of timestamps.
fn without_root(material: &VerificationMaterial, mut checks: CheckList) -> Found {
    if !material.tlog_entries.is_empty() {
        for check in [LogInclusion, LogPromise, LogEntry] {
            checks.gap(check, SignatureGap::UnusableTrust, "");
        }
    }
    for check in [LogInclusion, LogPromise, LogEntry] {
        checks.gap(check, SignatureGap::NotThere, "");
    }
    checks.gap(Timestamp, SignatureGap::UnusableTrust, ""); // unless there is none
    checks.holds(Form);
    Found { checks, accepted: false, time: None, root: None }
}

fn with_root(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    key: &DerPublicKey,
    mut checks: CheckList,
    root: &Root,
) -> Found {
    let has_entries = !bundle.verification_material.tlog_entries.is_empty();
    settle_absent_log(bundle, root, false, &mut checks);
    let (mut accepted, mut time) = (false, None);
    match run(bundle, subject, key, root, has_entries) {
        Ok(found) => {
            accepted = true;
            time = time_of(&found);
            for (check, made) in [
                (LogInclusion, has_entries && bundle.has_inclusion_proof()),
                (LogPromise, has_entries && bundle.has_inclusion_promise()),
                (LogEntry, has_entries),
                (Timestamp, true), // unless there is none
            ] {
                if made {
                    checks.holds(check);
                }
            }
        }
        Err(error) => {
            let (check, reason) = classify(&error);
            checks.set(check, reason, error);
        }
    }
    checks.holds(Form); // unless it failed
    Found { checks, accepted, time, root: Some(root.name) }
}

fn run(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    key: &DerPublicKey,
    root: &Root,
    has_entries: bool,
) -> Result<VerificationResult, sigstore_verify::Error> {
    let missing = || sigstore_verify::Error::InvalidBundle("nothing is signed".to_owned());
    let artifact = subject.artifact().ok_or_else(missing)?;
    let mut policy = PublicKeyVerificationPolicy::new(key.clone());
    if !has_entries {
        policy = policy.skip_tlog_unsafe();
    }
    root.verifier.verify(artifact, bundle, &policy)
}

fn verdict(
    mut found: Found,
    key: Option<&DerPublicKey>,
    subject: &SignedSubject<'_>,
) -> SignatureVerdict {
    found.checks.gap(SignatureCheck::Expiry, SignatureGap::NotThere, "");
    SignatureVerdict {
        outcome: found.checks.outcome(found.accepted),
        signer: key.map(|key| SignatureSigner::Key { fingerprint: fingerprint(key) }),
        time: found.time,
        root: found.root,
        subject: subject.found.clone(),
        payload: None,
        claims: Vec::new(),
        checks: found.checks.into_checks(),
    }
}
