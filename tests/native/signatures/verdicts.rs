//! The verdict on each bundle of the collection, and what its checks say.

use super::*;
use SignatureCheck::{
    CertificateLog, Chain, Expiry, Form, LogEntry, LogInclusion, LogPromise, Signature, Subject,
    Timestamp,
};
use layerscope::protocol::{
    LinkWord, SignatureGap, SignatureOutcome, SignatureSigner, SignedTimeSource, UsedRoot,
};
use sigstore_verify::trust_root::SIGSTORE_STAGING_TRUSTED_ROOT;

/// The verdict on a bundle that is attached to what it says that it signs.
fn own(bundle: &[u8], trust: Trust) -> SignatureVerdict {
    judge_bundle(bundle, &own_subject(bundle).unwrap_or_default(), trust)
}

fn identity(verdict: &SignatureVerdict) -> Option<&str> {
    match verdict.signer.as_ref()? {
        SignatureSigner::Certificate { identity, .. } => identity.as_deref(),
        SignatureSigner::Key { .. } => None,
    }
}

#[track_caller]
fn assert_valid(verdict: &SignatureVerdict, checks: &[SignatureCheck]) {
    assert_eq!(failed(verdict), [], "{verdict:#?}");
    assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{verdict:#?}");
    assert_eq!(held(verdict), checks, "{verdict:#?}");
}

#[track_caller]
fn assert_refused(verdict: &SignatureVerdict, faults: &[(SignatureCheck, SignatureFault)]) {
    assert_eq!(verdict.outcome, SignatureOutcome::Invalid, "{verdict:#?}");
    assert_eq!(failed(verdict), faults, "{verdict:#?}");
}

const KEYLESS: [SignatureCheck; 8] =
    [Form, Signature, Subject, Chain, CertificateLog, LogInclusion, LogPromise, LogEntry];

#[test]
fn a_signature_by_cosign_3_holds_in_every_check() {
    let verdict = own(&fixture("cosign-v3-blob.sigstore.json"), Trust::default());
    let all: Vec<_> = SignatureCheck::ALL.iter().copied().filter(|it| *it != Expiry).collect();
    assert_valid(&verdict, &all);
    assert_eq!(identity(&verdict), Some("w.vollprecht@gmail.com"));
    assert_eq!(verdict.root, Some(UsedRoot::PublicGood));
    let time = verdict.time.unwrap();
    assert_eq!((time.seconds, time.source), (1_764_787_003, SignedTimeSource::Log));
}

#[test]
fn an_attestation_of_a_workflow_names_repository_commit_and_run() {
    use layerscope::protocol::CertificateClaim::{Run, SourceCommit, SourceRepository, Trigger};
    let verdict = own(&fixture("conda-attestation.sigstore.json"), Trust::default());
    assert_valid(&verdict, &KEYLESS);
    assert_eq!(
        result(&verdict, Timestamp),
        SignatureCheckResult::NotChecked(SignatureGap::NotThere)
    );
    let claim = |wanted| {
        verdict.claims.iter().find(|(claim, _)| *claim == wanted).map(|(_, text)| text.as_str())
    };
    let repository = "https://github.com/prefix-dev/sigstore-example";
    assert_eq!(claim(SourceRepository), Some(repository));
    assert_eq!(claim(SourceCommit), Some("193b5bd7d3985809503963ae400594ea16df31cf"));
    assert!(
        claim(Run).unwrap().starts_with("https://github.com/prefix-dev/sigstore-example/actions/")
    );
    assert!(claim(Trigger).is_some());
}

#[test]
fn a_private_attestation_of_github_needs_githubs_root_which_has_no_logs() {
    let verdict = own(&fixture("github-private-attestation.sigstore.json"), Trust::default());
    assert_valid(&verdict, &[Form, Signature, Subject, Chain, Timestamp]);
    assert_eq!(verdict.root, Some(UsedRoot::GitHub));
    for check in [CertificateLog, LogInclusion, LogPromise, LogEntry] {
        let not_in_root = SignatureCheckResult::NotChecked(SignatureGap::NotInRoot);
        assert_eq!(result(&verdict, check), not_in_root);
    }
    assert_eq!(verdict.time.unwrap().source, SignedTimeSource::TimestampAuthority);
}

#[test]
fn a_key_is_needed_for_a_signature_with_a_key_and_must_be_the_right_one() {
    let bundle = fixture("managed-key.sigstore.json");
    let verdict = own(&bundle, key(fixture("managed-key.pub")));
    let checks = [Form, Signature, Subject, LogInclusion, LogPromise, LogEntry, Timestamp];
    assert_valid(&verdict, &checks);
    assert!(matches!(&verdict.signer, Some(SignatureSigner::Key { fingerprint }) if
        fingerprint == "sha256:4cb32c4837c6dda8cfb1681efb3fef5f94ffce5b979e6bdb9139302c857af139"));

    let without = own(&bundle, Trust::default());
    assert_eq!(without.outcome, SignatureOutcome::Unchecked);
    assert_eq!(result(&without, Signature), SignatureCheckResult::NotChecked(SignatureGap::NoKey));
    let unreadable = own(&bundle, key(b"-----BEGIN PUBLIC KEY-----\nAAAA".to_vec()));
    let unusable = SignatureCheckResult::NotChecked(SignatureGap::UnusableTrust);
    assert_eq!(result(&unreadable, Signature), unusable);
    let other = own(&bundle, key(cosign::recorded_key()));
    assert_refused(&other, &[(Signature, SignatureFault::WrongSignature)]);
}

#[test]
fn a_signature_that_is_attached_to_another_image_is_refused() {
    let other = format!("sha256:{}", "1".repeat(64));
    for name in ["cosign-v3-blob", "conda-attestation", "github-private-attestation"] {
        let bundle = fixture(&format!("{name}.sigstore.json"));
        let verdict = judge_bundle(&bundle, &other, Trust::default());
        assert_refused(&verdict, &[(Subject, SignatureFault::OtherSubject)]);
        assert_eq!(verdict.subject, None);
        let entry = verdict.checks.iter().find(|entry| entry.check == Subject).unwrap();
        assert!(entry.detail.contains(&own_subject(&bundle).unwrap()), "{name}: {}", entry.detail);
    }
}

#[test]
fn an_index_or_a_manifest_is_named_by_what_is_signed() {
    let bundle = fixture("cosign-v3-blob.sigstore.json");
    let (own, other) = (own_subject(&bundle).unwrap(), format!("sha256:{}", "1".repeat(64)));
    let subjects = vec![manifest(&other), manifest(&own)];
    let document = SignedDocument { form: SignedForm::Bundle, content: bundle, subjects };
    let verdict = judge(document, Trust::default());
    assert_eq!((verdict.outcome, verdict.subject), (SignatureOutcome::Valid, Some(own)));
}

#[test]
fn a_root_that_cannot_be_read_verifies_nothing() {
    let verdict = own(&fixture("cosign-v3-blob.sigstore.json"), root(b"{}".to_vec()));
    assert_eq!(verdict.outcome, SignatureOutcome::Unchecked);
    let unusable = SignatureCheckResult::NotChecked(SignatureGap::UnusableTrust);
    assert_eq!(result(&verdict, Chain), unusable);
}

#[test]
fn a_bundle_with_a_key_and_no_log_is_valid_by_that_key() {
    let bundle = fixture("openssl-key.sigstore.json");
    let verdict = own(&bundle, key(cosign::recorded_key()));
    assert_valid(&verdict, &[Form, Signature, Subject]);
    assert_eq!(verdict.time, None);
    assert_eq!(own(&bundle, Trust::default()).outcome, SignatureOutcome::Unchecked);
}

#[test]
fn what_a_signature_with_a_key_has_of_a_log_needs_a_root_that_can_be_read() {
    let trust = Trust { own_root: Some(b"{}".to_vec()), ..key(fixture("managed-key.pub")) };
    let verdict = own(&fixture("managed-key.sigstore.json"), trust);
    assert_eq!(verdict.outcome, SignatureOutcome::Unchecked);
    assert_eq!(held(&verdict), [Form, Signature, Subject]);
    for check in [LogInclusion, LogPromise, LogEntry, Timestamp] {
        let unusable = SignatureCheckResult::NotChecked(SignatureGap::UnusableTrust);
        assert_eq!(result(&verdict, check), unusable, "{check:?}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn bundles_of_the_public_instance_are_valid() {
    for (name, checks) in [
        ("sigstore-verify/bundles/conda-attestation.sigstore.json", &KEYLESS[..]),
        ("sigstore-verify/bundles/sigstore.js@2.0.0-provenance.sigstore.json", &KEYLESS[..]),
        ("sigstore-bundle/happy-path.json", &KEYLESS[..]),
        ("sigstore-verify/bundles/bundle_v3_github.whl.sigstore", &KEYLESS[..]),
        (
            "sigstore-verify/bundles/dsse.sigstore.json",
            &[Form, Signature, Subject, Chain, CertificateLog, LogPromise, LogEntry],
        ),
    ] {
        let verdict = own(&shared(name), Trust::default());
        assert_eq!(verdict.root, Some(UsedRoot::PublicGood), "{name}");
        assert_valid(&verdict, checks);
    }
    let package = shared("sigstore-verify/bundles/signed-package-2.1.0-hb0f4dca_0.conda");
    let bundle = shared("sigstore-verify/bundles/conda-attestation.sigstore.json");
    use sha2::Digest;
    let digest = format!("sha256:{}", hex(&sha2::Sha256::digest(package)));
    let verdict = judge_bundle(&bundle, &digest, Trust::default());
    assert_eq!((verdict.outcome, verdict.subject), (SignatureOutcome::Valid, Some(digest)));
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn bundles_with_roots_of_their_own_are_valid_against_these() {
    let in_log =
        [Form, Signature, Subject, Chain, CertificateLog, LogInclusion, LogEntry, Timestamp];
    for (bundle, trusted, checks) in [
        (
            "sigstore-verify/sct-multi-intermediate/staging_bundle.sigstore.json",
            shared("sigstore-verify/sct-multi-intermediate/staging_trusted_root.json"),
            &in_log[..],
        ),
        (
            "sigstore-verify/timestamps/valid_bundle.json",
            shared("sigstore-verify/timestamps/valid_trusted_root.json"),
            &in_log[..],
        ),
        (
            "sigstore-verify/bundles/conda-attestation-rekor2.sigstore.json",
            SIGSTORE_STAGING_TRUSTED_ROOT.into(),
            &in_log[..],
        ),
    ] {
        let verdict = own(&shared(bundle), root(trusted));
        assert_eq!(verdict.root, Some(UsedRoot::Own), "{bundle}");
        assert_valid(&verdict, checks);
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn bundles_that_lack_something_or_are_wrong_are_refused_and_say_why() {
    use SignatureFault::{Malformed, Missing, NoTime, NotLogged, UnknownLog, WrongTimestamp};
    for (name, faults) in [
        ("sigstore-verify/bundles/dsse-2sigs.sigstore.json", &[(Form, Malformed)][..]),
        ("sigstore-verify/bundles/bundle_invalid_version.txt.sigstore", &[(Form, Malformed)]),
        ("sigstore-verify/bundles/bundle_no_cert_v1.txt.sigstore", &[(Form, Missing)]),
        ("sigstore-verify/bundles/bundle_no_log_entry.txt.sigstore", &[(LogInclusion, Missing)]),
        ("sigstore-verify/bundles/bundle_no_checkpoint.txt.sigstore", &[(LogInclusion, Missing)]),
        (
            "sigstore-verify/bundles/bundle_cve_2022_36056.txt.sigstore",
            &[(Chain, NoTime), (LogPromise, UnknownLog)],
        ),
        ("sigstore-verify/bundles/bundle_v3_no_signed_time.txt.sigstore.json", &[(Chain, NoTime)]),
        (
            "sigstore-tsa/timestamps/payload_mismatch_bundle.json",
            &[(Chain, NoTime), (Timestamp, WrongTimestamp)],
        ),
        // Staging's authorities have the names of those of the public instance.
        ("sigstore-bundle/bundle_v3.json", &[(Chain, NoTime), (LogPromise, UnknownLog)]),
    ] {
        assert_refused(&own(&shared(name), Trust::default()), faults);
    }
    let trusted = root(shared("sigstore-verify/invalid-ct-key_fail/trusted_root.json"));
    let bundle = shared("sigstore-verify/invalid-ct-key_fail/bundle.sigstore.json");
    assert_refused(&own(&bundle, trusted), &[(CertificateLog, NotLogged)]);
    // Its authority is not one of the program's roots.
    let bundle = shared("sigstore-verify/bundles/othername.sigstore.json");
    let verdict = own(&bundle, Trust::default());
    assert!(failed(&verdict).iter().any(|(check, _)| [Chain, LogPromise].contains(check)));
}

/// Its certificate's name is none of those that are shown as an identity.
#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn an_authority_with_an_rsa_key_is_trusted_where_its_root_is_given() {
    let bundle = shared("sigstore-verify/bundles/othername.sigstore.json");
    let trusted = root(shared("sigstore-verify/trusted_roots/scaffolding.json"));
    let verdict = own(&bundle, trusted);
    assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{verdict:#?}");
    assert!(failed(&verdict).is_empty());
}
