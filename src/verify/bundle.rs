//! One Sigstore bundle: its shape, its signature, its subject, then everything that the verifier checks of it.
//!
//! Source: Sigstore's client specification, which `sigstore-verify` follows; the order of its checks is that of
//! `Verifier::verify`.
//!
//! - The verifier ends at the first check that fails. To give every check its own result, it is run again without
//!   what failed; a document is valid only if the first run, without any exception, accepted it.
//! - Signature and subject are checked here once more, by themselves.

use super::certificate_run::CertificateRun;
use super::check_list::{CheckList, Found};
use super::keys::PublicKeys;
use super::roots::Root;
use super::shape;
use super::subjects::{self, SignedSubject};
use super::{claims, key_run, limits};
use crate::protocol::{
    SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap, SignatureVerdict,
};
use sigstore_verify::crypto::{CertificateInfo, parse_certificate_info};
use sigstore_verify::types::bundle::VerificationMaterialContent;
use sigstore_verify::types::{Bundle, SignatureContent};

/// Reads a bundle; the list of checks says why it cannot be read.
pub fn read(content: &[u8]) -> Result<Bundle, CheckList> {
    use SignatureCheckResult::{Fails, NotChecked};
    let malformed = Fails(SignatureFault::Malformed);
    if content.len() > limits::DOCUMENT {
        return Err(CheckList::refused(NotChecked(SignatureGap::TooLarge), ""));
    }
    shape::check_bundle(content).map_err(CheckList::of_shape)?;
    let text = std::str::from_utf8(content).map_err(|e| CheckList::refused(malformed, e))?;
    let bundle = Bundle::from_json(text).map_err(|e| CheckList::refused(malformed, e))?;
    let proofs = bundle.verification_material.tlog_entries.iter();
    let proofs = proofs.filter_map(|entry| entry.inclusion_proof.as_ref());
    for proof in proofs {
        if !is_signed_as_named(proof.checkpoint.envelope()) {
            return Err(CheckList::refused(malformed, "a checkpoint is signed in another name"));
        }
    }
    Ok(bundle)
}

/// Whether the first signature of a checkpoint is in the name of the log that its first line names. The verifier goes
/// by the key alone. Source: C2SP, tlog-checkpoint.md and signed-note.md.
fn is_signed_as_named(checkpoint: &str) -> bool {
    let first_word = |line: &str| line.split(' ').next().map(str::to_owned);
    let origin = checkpoint.lines().next().and_then(first_word);
    let signer = checkpoint.lines().find_map(|line| line.strip_prefix("\u{2014} "));
    signer.is_none_or(|signer| first_word(signer) == origin)
}

/// Verifies a bundle.
pub fn verify(
    bundle: &Bundle,
    image: &[String],
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let SignatureContent::DsseEnvelope(envelope) = &bundle.content else {
        return verify_content(bundle, image, roots, keys);
    };
    let payload = envelope.payload.as_bytes();
    if let Err(error) = shape::check_payload(payload) {
        return refused(CheckList::of_shape(error));
    }
    let verdict = verify_content(bundle, image, roots, keys);
    SignatureVerdict { payload: Some(subjects::sha256_text(payload)), ..verdict }
}

fn verify_content(
    bundle: &Bundle,
    image: &[String],
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let mut checks = CheckList::new();
    let subject = subjects::of_bundle(bundle, image, &mut checks);
    if subject.digest.is_none() && !checks.is_settled(SignatureCheck::Subject) {
        return by_each_subject(bundle, image, roots, keys);
    }
    verify_subject(bundle, &subject, checks, roots, keys)
}

/// A bundle that does not say what it signs: the signature tells, so each of the image's digests is tried.
fn by_each_subject(
    bundle: &Bundle,
    image: &[String],
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let tries = image.iter().filter_map(|text| {
        let digest = subjects::parse(text)?;
        let found = Some(text.clone());
        let subject = SignedSubject { digest: Some(digest), bytes: None, found };
        let mut checks = CheckList::new();
        checks.holds(SignatureCheck::Subject);
        Some(verify_subject(bundle, &subject, checks, roots, keys))
    });
    let mut tries: Vec<_> = tries.collect();
    let signed = |verdict: &SignatureVerdict| {
        verdict.checks.iter().any(|entry| {
            entry.check == SignatureCheck::Signature && entry.result == SignatureCheckResult::Holds
        })
    };
    let at = tries.iter().position(signed);
    match at {
        Some(at) => tries.swap_remove(at),
        None => {
            let mut checks = CheckList::new();
            checks.holds(SignatureCheck::Form);
            let fault = SignatureFault::WrongSignature;
            checks.fails(SignatureCheck::Signature, fault, "of none of the image's digests");
            refused(checks)
        }
    }
}

pub fn verify_subject(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    checks: CheckList,
    roots: &[Root],
    keys: &PublicKeys,
) -> SignatureVerdict {
    let is_key =
        matches!(bundle.verification_material.content, VerificationMaterialContent::PublicKey(_));
    if is_key {
        return key_run::verify(bundle, subject, checks, roots, keys);
    }
    let Some(certificate) = bundle.signing_certificate() else {
        let mut checks = checks;
        checks.fails(SignatureCheck::Form, SignatureFault::Missing, "no certificate");
        return refused(checks);
    };
    let certificate = match parse_certificate_info(certificate) {
        Ok(certificate) => certificate,
        Err(error) => {
            let mut checks = checks;
            checks.holds(SignatureCheck::Form);
            checks.fails(SignatureCheck::Chain, SignatureFault::Malformed, error);
            return verdict(
                Found { checks, accepted: false, time: None, root: None },
                None,
                subject,
            );
        }
    };
    let found = by_best_root(bundle, subject, &certificate, &checks, roots);
    verdict(found, Some(&certificate), subject)
}

/// The result with the root that the certificate is issued by; if several have such an authority, the first that
/// trusts it. Without one, the first root says that it is not trusted.
fn by_best_root(
    bundle: &Bundle,
    subject: &SignedSubject<'_>,
    certificate: &CertificateInfo,
    checks: &CheckList,
    roots: &[Root],
) -> Found {
    let leaf = bundle.signing_certificate();
    let named = roots.iter().filter(|root| leaf.is_some_and(|leaf| root.names_issuer_of(leaf)));
    let mut candidates: Vec<&Root> = named.collect();
    if candidates.is_empty() {
        candidates.extend(roots.first());
    }
    let mut first = None;
    for root in candidates {
        let found = CertificateRun::new(bundle, subject, certificate, root).verify(checks.clone());
        if found.checks.is_held(SignatureCheck::Chain) {
            return found;
        }
        first.get_or_insert(found);
    }
    first.unwrap_or_else(|| {
        let mut checks = checks.clone();
        checks.gap(SignatureCheck::Chain, SignatureGap::UnusableTrust, "");
        Found { checks, accepted: false, time: None, root: None }
    })
}

/// A document that could not be read.
pub fn refused(checks: CheckList) -> SignatureVerdict {
    let outcome = checks.outcome(false);
    SignatureVerdict { outcome, checks: checks.into_checks(), ..SignatureVerdict::default() }
}

fn verdict(
    mut found: Found,
    certificate: Option<&CertificateInfo>,
    subject: &SignedSubject<'_>,
) -> SignatureVerdict {
    found.checks.gap(SignatureCheck::Expiry, SignatureGap::NotThere, "");
    SignatureVerdict {
        outcome: found.checks.outcome(found.accepted),
        signer: certificate.map(claims::signer),
        time: found.time,
        root: found.root,
        subject: subject.found.clone(),
        payload: None,
        claims: certificate.map(claims::of_certificate).unwrap_or_default(),
        checks: found.checks.into_checks(),
    }
}

#[test]
fn a_checkpoint_is_signed_in_the_name_of_its_log() {
    let note = |name: &str| format!("log.example - 12\n5\nAAAA\n\n\u{2014} {name} c2ln\n");
    assert!(is_signed_as_named(&note("log.example")));
    assert!(is_signed_as_named(&(note("log.example") + "\u{2014} witness c2ln\n")));
    assert!(!is_signed_as_named(&note("log.exampld")));
    assert!(is_signed_as_named(""), "it is refused for what it lacks");
}
