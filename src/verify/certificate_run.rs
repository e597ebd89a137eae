//! A bundle with a certificate, verified with one root.
//!
//! A check holds only if the verifier accepted the document, at last without what failed: how far it came before an
//! error is not inferred from the error.

use super::check_list::{CheckList, Found};
use super::faults::classify;
use super::roots::Root;
use super::signed_bytes;
use super::subjects::SignedSubject;
use crate::protocol::{
    SignatureCheck, SignatureCheckResult, SignatureFault, SignatureGap, SignedTime,
    SignedTimeSource,
};
use SignatureCheck::{CertificateLog, Chain, Form, LogEntry, LogInclusion, LogPromise, Timestamp};
use sigstore_verify::crypto::CertificateInfo;
use sigstore_verify::types::{Bundle, MediaType, TransparencyLogEntry};
use sigstore_verify::{VerificationPolicy, VerificationResult};
use std::borrow::Cow;

/// More runs than there are things to leave out.
const MOST_RUNS: usize = 6;

pub struct CertificateRun<'a> {
    bundle: Cow<'a, Bundle>,
    subject: &'a SignedSubject<'a>,
    certificate: &'a CertificateInfo,
    root: &'a Root,
    /// Checks that the verifier makes.
    chain: bool,
    certificate_log: bool,
    log: bool,
}

impl<'a> CertificateRun<'a> {
    pub fn new(
        bundle: &'a Bundle,
        subject: &'a SignedSubject<'a>,
        certificate: &'a CertificateInfo,
        root: &'a Root,
    ) -> CertificateRun<'a> {
        CertificateRun {
            bundle: Cow::Borrowed(bundle),
            subject,
            certificate,
            root,
            chain: true,
            certificate_log: root.has_certificate_logs(),
            log: root.has_logs(),
        }
    }

    /// Runs the verifier until each check has its result. `checks` has that of the subject.
    pub fn verify(mut self, mut checks: CheckList) -> Found {
        self.settle_absent(&mut checks);
        self.check_signature(&mut checks);
        let (mut accepted, mut time) = (false, None);
        for run in 0..MOST_RUNS {
            match self.run_once() {
                Ok(found) => {
                    accepted = run == 0;
                    time = time_of(&found);
                    self.settle_held(&found, &mut checks);
                    break;
                }
                Err(error) => {
                    let (check, reason) = classify(&error);
                    checks.set(check, reason, &error);
                    if !self.goes_on_without(check, reason, &mut checks) {
                        break;
                    }
                }
            }
        }
        checks.holds(Form); // unless it failed
        Found { checks, accepted, time, root: Some(self.root.name) }
    }

    /// What the verifier checked when it accepted the document.
    fn settle_held(&self, found: &VerificationResult, checks: &mut CheckList) {
        let material = &self.bundle.verification_material;
        let has_log = self.log && found.tlog_verified();
        for (check, made) in [
            (Chain, found.certificate_verified()),
            (CertificateLog, found.sct_verified()),
            (LogInclusion, has_log && self.bundle.has_inclusion_proof()),
            (LogPromise, has_log && self.bundle.has_inclusion_promise()),
            (LogEntry, !material.tlog_entries.is_empty()),
            (Timestamp, !material.timestamp_verification_data.rfc3161_timestamps.is_empty()),
        ] {
            if made {
                checks.holds(check);
            }
        }
    }

    fn run_once(&self) -> Result<VerificationResult, sigstore_verify::Error> {
        let missing = || sigstore_verify::Error::InvalidBundle("nothing is signed".to_owned());
        let artifact = self.subject.artifact().ok_or_else(missing)?;
        let mut policy = VerificationPolicy::any_identity();
        if !self.certificate_log {
            policy = policy.skip_sct();
        }
        if !self.chain {
            policy = policy.skip_certificate_chain();
        }
        if !self.log {
            policy = policy.skip_tlog_unsafe();
        }
        self.root.verifier.verify(artifact, &self.bundle, &policy)
    }

    /// What the document does not have, or the root has no part of.
    fn settle_absent(&self, checks: &mut CheckList) {
        let material = &self.bundle.verification_material;
        if material.timestamp_verification_data.rfc3161_timestamps.is_empty() {
            checks.gap(Timestamp, SignatureGap::NotThere, "");
        }
        if !self.certificate_log {
            checks.gap(CertificateLog, SignatureGap::NotInRoot, "");
        }
        settle_absent_log(&self.bundle, self.root, true, checks);
    }

    /// The signature alone, by the certificate's key.
    fn check_signature(&self, checks: &mut CheckList) {
        let key = &self.certificate.public_key;
        let result = signed_bytes::verify(&self.bundle, key, self.subject);
        signed_bytes::settle(result, checks);
    }

    /// Leaves out what failed, so that the rest can be checked. False: nothing more can be.
    fn goes_on_without(
        &mut self,
        check: SignatureCheck,
        reason: SignatureCheckResult,
        checks: &mut CheckList,
    ) -> bool {
        let no_time = reason == SignatureCheckResult::Fails(SignatureFault::NoTime);
        match check {
            Chain if self.chain && !no_time => {
                self.chain = false;
                checks.gap(CertificateLog, SignatureGap::EarlierCheck, "");
            }
            CertificateLog if self.certificate_log => self.certificate_log = false,
            LogInclusion if self.log => self.log = false,
            Timestamp => {
                let data = &mut self.bundle.to_mut().verification_material;
                if data.timestamp_verification_data.rfc3161_timestamps.is_empty() {
                    return false;
                }
                data.timestamp_verification_data.rfc3161_timestamps.clear();
            }
            LogPromise => {
                let entries = &mut self.bundle.to_mut().verification_material.tlog_entries;
                if entries.iter().all(|entry| entry.inclusion_promise.is_none()) {
                    return false;
                }
                entries.iter_mut().for_each(|entry| entry.inclusion_promise = None);
            }
            _ => return false,
        }
        true
    }
}

/// The log's checks of a document that has no entry, or an entry without proof or promise. A certificate requires an
/// entry where the root names logs.
pub fn settle_absent_log(bundle: &Bundle, root: &Root, is_required: bool, checks: &mut CheckList) {
    let (proof, promise) = (bundle.has_inclusion_proof(), bundle.has_inclusion_promise());
    let entries = &bundle.verification_material.tlog_entries;
    let absent = if root.has_logs() { SignatureGap::NotThere } else { SignatureGap::NotInRoot };
    let is_bare = |entry: &TransparencyLogEntry| {
        entry.inclusion_proof.is_none() && entry.inclusion_promise.is_none()
    };
    if entries.iter().any(is_bare) || (entries.is_empty() && is_required && root.has_logs()) {
        checks.fails(LogInclusion, SignatureFault::Missing, "neither proof nor promise");
    }
    if !promise && bundle.media_type == MediaType::Bundle0_1 && !entries.is_empty() {
        checks.fails(LogPromise, SignatureFault::Missing, "this version requires a promise");
    }
    if !promise {
        checks.gap(LogPromise, absent, "");
    }
    if !proof && promise {
        checks.gap(LogInclusion, SignatureGap::PromisedOnly, "");
    } else if !proof {
        checks.gap(LogInclusion, absent, "");
    }
    if entries.is_empty() {
        checks.gap(LogEntry, absent, "");
    }
}

/// The time that was verified: the log's, else a timestamp's.
pub fn time_of(result: &VerificationResult) -> Option<SignedTime> {
    let log = result.integrated_time().map(|time| (time, SignedTimeSource::Log));
    let stamp = || {
        let first = result.verified_timestamps().first();
        first.map(|time| (*time, SignedTimeSource::TimestampAuthority))
    };
    let (time, source) = log.or_else(stamp)?;
    Some(SignedTime { seconds: time.as_second(), source })
}
