//! Signatures as cosign 2 stores them: a payload and annotations, by a certificate and by a key.

use super::*;
use SignatureCheck::{
    CertificateLog, Chain, Form, LogEntry, LogPromise, Signature, Subject, Timestamp,
};
use layerscope::oci::CosignAnnotations;
use layerscope::protocol::{SignatureGap, SignatureOutcome};

/// A payload of cosign's, with its annotations and the digest of the image that it is attached to.
struct Recorded {
    payload: String,
    annotations: CosignAnnotations,
    subject: String,
}

/// `name`: a file of tests/fixtures/signatures.
fn recorded(name: &str) -> Recorded {
    let file: Value = serde_json::from_slice(&fixture(name)).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let annotation = |name: &str| text(&file["annotations"][name]);
    Recorded {
        payload: text(&file["payload"]),
        subject: text(&file["subject"]),
        annotations: CosignAnnotations {
            signature: annotation("dev.cosignproject.cosign/signature"),
            certificate: annotation("dev.sigstore.cosign/certificate"),
            log_entry: annotation("dev.sigstore.cosign/bundle"),
            timestamp: annotation("dev.sigstore.cosign/rfc3161timestamp"),
        },
    }
}

/// The key of `openssl-key.json`.
pub fn recorded_key() -> Vec<u8> {
    fixture("openssl.pub")
}

impl Recorded {
    fn judge(self, trust: Trust) -> SignatureVerdict {
        judge(
            SignedDocument {
                form: SignedForm::SimpleSigning(self.annotations),
                content: self.payload.into_bytes(),
                subjects: vec![manifest(&self.subject)],
            },
            trust,
        )
    }
}

#[test]
fn a_keyless_signature_of_cosign_2_is_valid_as_promised_by_the_log() {
    let recorded = recorded("cosign2-keyless.json");
    let subject = recorded.subject.clone();
    let verdict = recorded.judge(Trust::default());
    assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{verdict:#?}");
    let checks = [Form, Signature, Subject, Chain, CertificateLog, LogPromise, LogEntry];
    assert_eq!(held(&verdict), checks);
    let promised = SignatureCheckResult::NotChecked(SignatureGap::PromisedOnly);
    assert_eq!(result(&verdict, SignatureCheck::LogInclusion), promised);
    assert_eq!(verdict.subject, Some(subject));
    assert!(verdict.time.is_some());
}

#[test]
fn a_signature_of_cosign_2_is_refused_where_it_was_copied_to_another_image() {
    let mut copied = recorded("cosign2-keyless.json");
    copied.subject = format!("sha256:{}", "0".repeat(64));
    let verdict = copied.judge(Trust::default());
    assert_eq!(failed(&verdict), [(Subject, SignatureFault::OtherSubject)]);
    assert_eq!(verdict.outcome, SignatureOutcome::Invalid);
}

#[test]
fn a_changed_payload_signature_time_or_certificate_of_cosign_2_is_refused() {
    type Change = fn(&mut Recorded);
    let changes: [(&str, Change, SignatureCheck); 5] = [
        ("payload", |r| r.payload = r.payload.replace("null", "{}"), Signature),
        (
            "signature",
            |r| {
                let mut bytes = BASE64_STANDARD.decode(&r.annotations.signature).unwrap();
                bytes[40] ^= 1;
                r.annotations.signature = BASE64_STANDARD.encode(bytes);
            },
            Signature,
        ),
        (
            "time",
            |r| {
                let time = "\"integratedTime\":1";
                assert!(r.annotations.log_entry.contains(time));
                r.annotations.log_entry =
                    r.annotations.log_entry.replace(time, "\"integratedTime\":2");
            },
            LogPromise,
        ),
        (
            "index",
            |r| {
                let index = "\"logIndex\":";
                r.annotations.log_entry = r.annotations.log_entry.replace(index, "\"logIndex\":1");
            },
            LogPromise,
        ),
        ("log", |r| r.annotations.log_entry.clear(), SignatureCheck::LogInclusion),
    ];
    for (name, change, check) in changes {
        let mut changed = recorded("cosign2-keyless.json");
        change(&mut changed);
        let verdict = changed.judge(Trust::default());
        assert_eq!(verdict.outcome, SignatureOutcome::Invalid, "{name}: {verdict:#?}");
        assert!(
            failed(&verdict).iter().any(|(failed, _)| *failed == check),
            "{name}: {verdict:#?}"
        );
    }
}

#[test]
fn a_signature_of_cosign_2_without_its_certificate_is_one_by_a_key() {
    let mut without = recorded("cosign2-keyless.json");
    without.annotations.certificate.clear();
    let verdict = without.judge(Trust::default());
    assert_eq!(verdict.outcome, SignatureOutcome::Unchecked);
    assert_eq!(result(&verdict, Signature), SignatureCheckResult::NotChecked(SignatureGap::NoKey));
}

#[test]
fn a_signature_with_a_key_and_no_log_is_valid_by_that_key_and_of_no_known_time() {
    let verdict = recorded("openssl-key.json").judge(key(recorded_key()));
    assert_eq!(verdict.outcome, SignatureOutcome::Valid, "{verdict:#?}");
    assert_eq!(held(&verdict), [Form, Signature, Subject]);
    assert_eq!(verdict.time, None);
    let verdict = recorded("openssl-key.json").judge(key(fixture("managed-key.pub")));
    assert_eq!(failed(&verdict), [(Signature, SignatureFault::WrongSignature)]);
    let mut changed = recorded("openssl-key.json");
    changed.payload.push(' ');
    let verdict = changed.judge(key(recorded_key()));
    assert_eq!(failed(&verdict), [(Signature, SignatureFault::WrongSignature)]);
}

/// The signature that cosign 3 pushed under its tag.
fn pushed_under_a_tag() -> Recorded {
    let pushed: Value = serde_json::from_slice(&fixture("cosign-key-tag.json")).unwrap();
    let manifest = &pushed["manifests"][0];
    let subject = manifest["name"].as_str().unwrap().trim_end_matches(".sig").replace('-', ":");
    let json: Value = serde_json::from_str(manifest["json"].as_str().unwrap()).unwrap();
    let signature = &json["layers"][0]["annotations"]["dev.cosignproject.cosign/signature"];
    Recorded {
        payload: pushed["blobs"][0].as_str().unwrap().to_owned(),
        annotations: CosignAnnotations {
            signature: signature.as_str().unwrap().to_owned(),
            ..CosignAnnotations::default()
        },
        subject,
    }
}

#[test]
fn what_cosign_3_signs_with_a_key_is_valid_by_that_key_for_that_image_in_both_forms() {
    let pushed: Value = serde_json::from_slice(&fixture("cosign-key-bundle.json")).unwrap();
    let bundle = pushed["blobs"][0].as_str().unwrap().as_bytes();
    let image = own_subject(bundle).unwrap();
    assert_eq!(pushed_under_a_tag().subject, image);
    let other = format!("sha256:{}", "0".repeat(64));
    let (right, wrong) = (fixture("cosign-key.pub"), fixture("managed-key.pub"));
    for (subject, given, fault) in [
        (&image, &right, None),
        (&image, &wrong, Some((Signature, SignatureFault::WrongSignature))),
        (&other, &right, Some((Subject, SignatureFault::OtherSubject))),
    ] {
        let tagged = Recorded { subject: subject.clone(), ..pushed_under_a_tag() };
        let tagged = tagged.judge(key(given.clone()));
        for verdict in [tagged, judge_bundle(bundle, subject, key(given.clone()))] {
            let outcome = match fault {
                None => SignatureOutcome::Valid,
                Some(_) => SignatureOutcome::Invalid,
            };
            assert_eq!(verdict.outcome, outcome, "{verdict:#?}");
            assert_eq!(failed(&verdict), fault.into_iter().collect::<Vec<_>>());
        }
    }
}

/// The parts of a bundle that was signed with a key and logged, as cosign 2 would store them. Its artifact is not a
/// payload of cosign's, so that only the subject is refused.
#[test]
fn what_a_log_says_about_a_signature_with_a_key_is_checked_too() {
    let bundle: Value = serde_json::from_slice(&fixture("managed-key.sigstore.json")).unwrap();
    let entry = &bundle["verificationMaterial"]["tlogEntries"][0];
    let text = |pointer: &str| entry.pointer(pointer).unwrap().as_str().unwrap();
    let number = |pointer: &str| text(pointer).parse::<u64>().unwrap();
    let log_id = hex(&BASE64_STANDARD.decode(text("/logId/keyId")).unwrap());
    let log_entry = serde_json::json!({
        "SignedEntryTimestamp": text("/inclusionPromise/signedEntryTimestamp"),
        "Payload": {
            "body": text("/canonicalizedBody"),
            "integratedTime": number("/integratedTime"),
            "logIndex": number("/logIndex"),
            "logID": log_id,
        },
    });
    let signature = bundle["messageSignature"]["signature"].as_str().unwrap().to_owned();
    let annotations = |log_entry: &Value| CosignAnnotations {
        signature: signature.clone(),
        log_entry: log_entry.to_string(),
        ..CosignAnnotations::default()
    };
    let judged = |log_entry: &Value| {
        Recorded {
            payload: String::from_utf8(fixture("managed-key.txt")).unwrap(),
            annotations: annotations(log_entry),
            subject: String::new(),
        }
        .judge(key(fixture("managed-key.pub")))
    };
    let verdict = judged(&log_entry);
    assert_eq!(held(&verdict), [Form, Signature, LogPromise, LogEntry], "{verdict:#?}");
    assert_eq!(failed(&verdict), [(Subject, SignatureFault::Malformed)]);
    assert!(verdict.time.is_some());
    assert_eq!(
        result(&verdict, Timestamp),
        SignatureCheckResult::NotChecked(SignatureGap::NotThere)
    );

    let mut moved = log_entry.clone();
    moved["Payload"]["integratedTime"] = (number("/integratedTime") + 1).into();
    let verdict = judged(&moved);
    assert!(failed(&verdict).contains(&(LogPromise, SignatureFault::WrongPromise)), "{verdict:#?}");
}
