//! Notation's signatures: those that notation itself made (`tests/fixtures/make-notation-signatures.sh`), and ones that
//! break one rule each (`made.rs`).

use super::made::{Authority, MadeCertificate, MadeSignature, now};
use super::*;
use layerscope::protocol::{SignatureGap, SignatureOutcome, SignatureSigner, UsedRoot};
use proptest::prelude::*;
use proptest::sample::Index;

/// What notation signed: the manifest of `odd.skopeo-gzip.oci-dir`.
pub fn image() -> SubjectManifest {
    SubjectManifest {
        digest: "sha256:cca848dafefbb30a8644200328fde5a029ab9e85fe0fd0ac2059f9d19f0d0fee"
            .to_owned(),
        size: 1021,
        media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
    }
}

/// All that notation made, with the certificate that it is trusted by.
const MADE_BY_NOTATION: [(&str, &str); 6] = [
    ("notation-rsa2048.jws", "notation-ca.crt"),
    ("notation-rsa3072.cose", "notation-ca.crt"),
    ("notation-rsa4096.jws", "notation-ca.crt"),
    ("notation-P-256.jws", "notation-ca.crt"),
    ("notation-P-384.cose", "notation-ca.crt"),
    ("notation-self.cose", "notation-self.crt"),
];

/// Trusts the authority of this fixture.
pub fn authority(name: &str) -> Trust {
    let text = String::from_utf8(fixture(name)).unwrap();
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    Trust { authorities: vec![BASE64_STANDARD.decode(body).unwrap()], ..Trust::default() }
}

pub fn form(name: &str) -> SignedForm {
    match name.ends_with(".jws") {
        true => SignedForm::NotationJws,
        false => SignedForm::NotationCose,
    }
}

fn judge_notation(
    name: &str,
    content: Vec<u8>,
    of: SubjectManifest,
    trust: Trust,
) -> SignatureVerdict {
    judge(SignedDocument { form: form(name), content, subjects: vec![of] }, trust)
}

#[test]
fn what_notation_signed_is_valid_with_its_authority() {
    for (name, trusted) in MADE_BY_NOTATION {
        let verdict = judge_notation(name, fixture(name), image(), authority(trusted));
        assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{name}: {:?}", verdict.checks);
        assert_eq!(verdict.root, Some(UsedRoot::OwnAuthority));
        assert_eq!(verdict.subject, Some(image().digest));
        assert_eq!(verdict.time, None, "only the signer tells a time");
        let Some(SignatureSigner::Certificate { identity, issuer }) = verdict.signer else {
            panic!("{name}")
        };
        let (identity, issuer) = (identity.unwrap(), issuer.unwrap());
        assert!(identity.ends_with(",O=Layerscope tests,C=XX"), "{identity}");
        let by = if trusted == "notation-ca.crt" { "root" } else { "self" };
        assert_eq!(&*issuer, format!("CN={by},O=Layerscope tests,C=XX"));
    }
}

#[test]
fn a_key_that_is_not_supported_leaves_the_signature_unchecked() {
    let (name, trust) = ("notation-P-521.cose", authority("notation-ca.crt"));
    let verdict = judge_notation(name, fixture(name), image(), trust);
    assert_eq!(verdict.outcome, SignatureOutcome::Unchecked, "{:?}", verdict.checks);
    let gap = SignatureCheckResult::NotChecked(SignatureGap::Unsupported);
    assert_eq!(result(&verdict, SignatureCheck::Signature), gap);
}

#[test]
fn without_its_authority_a_signature_is_not_called_valid() {
    for (name, trusted) in MADE_BY_NOTATION {
        let verdict = judge_notation(name, fixture(name), image(), Trust::default());
        assert_eq!(verdict.outcome, SignatureOutcome::Unchecked);
        let gap = SignatureCheckResult::NotChecked(SignatureGap::NoAuthority);
        assert_eq!(result(&verdict, SignatureCheck::Chain), gap);
        let held = [SignatureCheck::Form, SignatureCheck::Signature, SignatureCheck::Subject];
        assert_eq!(super::held(&verdict), held);
        let other =
            if trusted == "notation-ca.crt" { "notation-self.crt" } else { "notation-ca.crt" };
        let verdict = judge_notation(name, fixture(name), image(), authority(other));
        assert_eq!(failed(&verdict), [(SignatureCheck::Chain, SignatureFault::NotTrusted)]);
    }
}

#[test]
fn a_signature_of_another_image_is_refused() {
    type Change = fn(&mut SubjectManifest);
    let changes: [(Change, SignatureFault); 3] = [
        (|it| it.digest = it.digest.replace("cca8", "cca9"), SignatureFault::OtherSubject),
        (|it| it.size += 1, SignatureFault::Malformed),
        (|it| it.media_type.push('x'), SignatureFault::Malformed),
    ];
    for (name, trusted) in MADE_BY_NOTATION {
        for (change, fault) in changes {
            let mut other = image();
            change(&mut other);
            let verdict = judge_notation(name, fixture(name), other, authority(trusted));
            assert_eq!(failed(&verdict), [(SignatureCheck::Subject, fault)], "{name}");
            assert_eq!(verdict.outcome, SignatureOutcome::Invalid);
        }
    }
}

#[test]
fn an_envelope_of_the_other_form_is_refused() {
    for (name, trusted) in MADE_BY_NOTATION {
        let other = if name.ends_with(".jws") { "x.cose" } else { "x.jws" };
        let verdict = judge_notation(other, fixture(name), image(), authority(trusted));
        assert_eq!(failed(&verdict), [(SignatureCheck::Form, SignatureFault::Malformed)]);
    }
}

/// The name of the program that signed: the only text that nobody signs, and that is shown nowhere.
fn unsigned(envelope: &[u8]) -> std::ops::Range<usize> {
    let agent = b"notation-go/1.3.2";
    let start = envelope.windows(agent.len()).position(|part| part == agent).unwrap();
    start..start + agent.len()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_bit_of_an_envelope_is_noticed(which in 0..MADE_BY_NOTATION.len(), at: Index, bit in 0..8u8) {
        let (name, trusted) = MADE_BY_NOTATION[which];
        let envelope = fixture(name);
        let at = at.index(envelope.len());
        let mut changed = envelope.clone();
        changed[at] ^= 1 << bit;
        let verdict = judge_notation(name, changed, image(), authority(trusted));
        if verdict.outcome == SignatureOutcome::Valid {
            prop_assert!(unsigned(&envelope).contains(&at), "{}: byte {}, bit {}", name, at, bit);
        }
    }
}

/// The checks of a made signature that fail.
fn faults(signature: &MadeSignature) -> Vec<(SignatureCheck, SignatureFault)> {
    let (content, trust) = signature.made();
    let verdict = judge_notation("x.jws", content, image(), trust);
    assert_eq!(verdict.outcome, SignatureOutcome::Invalid, "{:?}", verdict.checks);
    failed(&verdict)
}

#[test]
fn a_made_signature_that_follows_the_rules_is_valid() {
    let valid = |signature: &MadeSignature| {
        let (content, trust) = signature.made();
        let verdict = judge_notation("x.jws", content, image(), trust);
        assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{:?}", verdict.checks);
        super::held(&verdict).contains(&SignatureCheck::Expiry)
    };
    assert!(!valid(&MadeSignature::new()));
    assert!(valid(&MadeSignature::new().expires(now() + 3600)));
    assert!(!valid(&MadeSignature::new().by_signing_authority()));
    // The specification allows a signer without extended key usage, or with purposes that it does not exclude.
    let purposes: [&[&str]; 2] = [&[], &["1.3.6.1.4.1.311.10.3.13"]];
    for purposes in purposes {
        let purposes = purposes.iter().map(|purpose| purpose.parse().unwrap()).collect();
        let certificate = MadeCertificate { purposes, ..MadeCertificate::signer() };
        assert!(!valid(&MadeSignature::new().signed_by(certificate)));
    }
}

#[test]
fn headers_that_the_specification_forbids_are_refused() {
    use SignatureFault::{Malformed, Missing, UnknownCritical};
    let changes: [(&str, Value, SignatureFault); 9] = [
        ("crit", serde_json::json!(["io.cncf.notary.signingScheme", "example"]), UnknownCritical),
        (
            "crit",
            serde_json::json!(["io.cncf.notary.signingScheme", "io.cncf.notary.expiry"]),
            Missing,
        ),
        ("crit", serde_json::json!([]), Malformed),
        ("alg", "none".into(), Malformed),
        ("alg", Value::Null, Malformed),
        ("cty", "application/json".into(), Malformed),
        ("io.cncf.notary.signingScheme", "notary.x509.signingAuthority".into(), Malformed),
        ("io.cncf.notary.signingTime", "yesterday".into(), Malformed),
        ("io.cncf.notary.verificationPlugin", "example".into(), UnknownCritical),
    ];
    for (name, value, fault) in changes {
        let signature = MadeSignature::new().header(name, value);
        assert_eq!(faults(&signature), [(SignatureCheck::Form, fault)], "{name}");
    }
}

#[test]
fn an_algorithm_that_is_not_the_keys_is_refused() {
    let wrong = [(SignatureCheck::Signature, SignatureFault::WrongSignature)];
    for name in ["PS256", "ES384", "ES512"] {
        assert_eq!(faults(&MadeSignature::new().header("alg", name.into())), wrong);
    }
}

#[test]
fn what_has_expired_is_refused() {
    let chain = |fault| [(SignatureCheck::Chain, fault)];
    let expired = MadeSignature::new().expires(now());
    assert_eq!(faults(&expired), [(SignatureCheck::Expiry, SignatureFault::Expired)]);
    let valid = |from: i64, until: i64| {
        let certificate = MadeCertificate { from, until, ..MadeCertificate::signer() };
        MadeSignature::new().signed_by(certificate)
    };
    // Valid when it was signed, as the signer says, and not now: with either scheme only the signer says so.
    let past = valid(now() - 7200, now() - 3600).at(now() - 5400);
    assert_eq!(faults(&past), chain(SignatureFault::NoTime));
    assert_eq!(faults(&past.by_signing_authority()), chain(SignatureFault::NoTime));
    let before = valid(now() - 7200, now() + 3600).at(now() - 7300);
    assert_eq!(faults(&before), chain(SignatureFault::OutsideValidity));
    let future = MadeSignature::new().at(now() + 1000);
    assert_eq!(faults(&future), chain(SignatureFault::WrongTime));
}

#[test]
fn a_timestamp_is_not_checked_and_leaves_the_signature_unchecked() {
    let certificate =
        MadeCertificate { until: now() - 3600, from: now() - 7200, ..MadeCertificate::signer() };
    let past = MadeSignature::new().signed_by(certificate).at(now() - 5400);
    for signature in [MadeSignature::new(), past] {
        let (content, trust) = signature.timestamped().made();
        let verdict = judge_notation("x.jws", content, image(), trust);
        assert_eq!(verdict.outcome, SignatureOutcome::Unchecked, "{:?}", verdict.checks);
        let gap = SignatureCheckResult::NotChecked(SignatureGap::Unsupported);
        assert_eq!(result(&verdict, SignatureCheck::Timestamp), gap);
    }
}

#[test]
fn certificates_of_another_purpose_are_refused() {
    use x509_cert::ext::pkix::KeyUsages;
    let wrong = [(SignatureCheck::Chain, SignatureFault::WrongPurpose)];
    let signer = MadeCertificate::signer;
    for excluded in ["2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.8"] {
        let purposes = vec![excluded.parse().unwrap()];
        let certificate = MadeCertificate { purposes, ..signer() };
        assert_eq!(faults(&MadeSignature::new().signed_by(certificate)), wrong, "{excluded}");
    }
    for usage in [
        None,
        Some(KeyUsages::KeyEncipherment.into()),
        Some(KeyUsages::DigitalSignature | KeyUsages::KeyCertSign),
    ] {
        let certificate = MadeCertificate { usage, ..signer() };
        assert_eq!(faults(&MadeSignature::new().signed_by(certificate)), wrong, "{usage:?}");
    }
    let authority = MadeCertificate { constraints: Some((true, None)), ..signer() };
    assert_eq!(faults(&MadeSignature::new().signed_by(authority)), wrong);
    for authority in [
        MadeCertificate { constraints: None, ..MadeCertificate::authority() },
        MadeCertificate { constraints: Some((false, None)), ..MadeCertificate::authority() },
        MadeCertificate { usage: None, ..MadeCertificate::authority() },
        MadeCertificate {
            usage: Some(KeyUsages::DigitalSignature.into()),
            ..MadeCertificate::authority()
        },
    ] {
        assert_eq!(faults(&MadeSignature::new().below(authority)), wrong);
    }
    // A root that allows no authority below it.
    let root =
        MadeCertificate { constraints: Some((true, Some(0))), ..MadeCertificate::authority() };
    assert_eq!(faults(&MadeSignature::new().below_root(root)), wrong);
}

#[test]
fn a_chain_that_is_not_whole_and_in_order_is_refused() {
    let untrusted = (SignatureCheck::Chain, SignatureFault::NotTrusted);
    let changes: [fn(&mut Vec<Vec<u8>>); 3] = [
        |chain| drop(chain.pop()),
        |chain| drop(chain.remove(1)),
        |chain| {
            // Another certificate of the same name and key.
            let other = MadeCertificate { until: now() + 5, ..MadeCertificate::authority() };
            chain[2] = Authority::root("CN=root", other).der;
        },
    ];
    for change in changes {
        assert_eq!(faults(&MadeSignature::new().chain(change)), [untrusted]);
    }
    let swapped = MadeSignature::new().chain(|chain| chain.swap(0, 1));
    assert!(!faults(&swapped).is_empty());
    let none = faults(&MadeSignature::new().chain(Vec::clear));
    assert_eq!(none, [(SignatureCheck::Chain, SignatureFault::Missing)]);
}
