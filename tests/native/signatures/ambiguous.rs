//! Documents that say two things at once, of which one is signed: they are refused, and say why.

use super::*;
use layerscope::oci::CosignAnnotations;
use layerscope::protocol::SignatureOutcome;
use serde_json::json;

/// Valid bundles: a plain signature, and an attestation.
const BUNDLES: [&str; 2] = ["cosign-v3-blob.sigstore.json", "conda-attestation.sigstore.json"];

/// What the check of the form says; it must fail, and nothing else may hold.
#[track_caller]
fn refused(verdict: &SignatureVerdict) -> String {
    assert_eq!(
        failed(verdict),
        [(SignatureCheck::Form, SignatureFault::Malformed)],
        "{verdict:#?}"
    );
    assert_eq!((verdict.outcome, held(verdict)), (SignatureOutcome::Invalid, Vec::new()));
    assert_eq!((&verdict.signer, &verdict.payload), (&None, &None));
    let form = verdict.checks.iter().find(|entry| entry.check == SignatureCheck::Form).unwrap();
    form.detail.to_string()
}

fn parsed(name: &str) -> Value {
    serde_json::from_slice(&fixture(name)).unwrap()
}

/// An envelope with other claims about the same subject.
fn forged_envelope() -> Value {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": "0".repeat(64)}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"runDetails": {"builder": {"id": "https://builder.example"}}},
    });
    json!({
        "payloadType": "application/vnd.in-toto+json",
        "payload": BASE64_STANDARD.encode(statement.to_string()),
        "signatures": [{"sig": "AAAA"}],
    })
}

#[test]
fn two_contents_or_two_signers_of_one_bundle_are_refused_and_named() {
    let message = parsed(BUNDLES[0])["messageSignature"].clone();
    for name in BUNDLES {
        let bundle = parsed(name);
        let own = own_subject(bundle.to_string().as_bytes()).unwrap();
        let has = |place: &str, field: &str| bundle.pointer(place).unwrap().get(field).is_some();
        let certificate = json!({"rawBytes": "AAAA"});
        for (place, field, value) in [
            ("", "messageSignature", message.clone()),
            ("", "dsseEnvelope", forged_envelope()),
            ("/verificationMaterial", "publicKey", json!({"hint": "x"})),
            ("/verificationMaterial", "certificate", certificate.clone()),
            (
                "/verificationMaterial",
                "x509CertificateChain",
                json!({"certificates": [certificate]}),
            ),
        ] {
            if has(place, field) {
                continue;
            }
            let mut both = bundle.clone();
            both.pointer_mut(place).unwrap()[field] = value;
            let both = both.to_string();
            let words = refused(&judge_bundle(both.as_bytes(), &own, Trust::default()));
            assert!(words.contains("it has both ") && words.contains(field), "{words}");
        }
    }
}

#[test]
fn a_field_that_is_there_twice_is_refused_wherever_it_is() {
    for name in BUNDLES {
        let text = parsed(name).to_string();
        let own = own_subject(text.as_bytes()).unwrap();
        let ends = text.match_indices("\":").map(|(end, _)| end);
        for end in ends {
            let start = text[..end].rfind('"').unwrap() + 1;
            let field = &text[start..end];
            let twice = format!("{}{field}\":null,\"{}", &text[..start], &text[start..]);
            let words = refused(&judge_bundle(twice.as_bytes(), &own, Trust::default()));
            assert_eq!(words, format!("the field {field} is there twice"));
        }
    }
}

/// The envelope of an attestation by itself, as cosign 2 stores it, is refused with anything beside its own fields.
#[test]
fn an_envelope_that_has_more_than_an_envelope_is_refused() {
    let envelope = parsed(BUNDLES[1])["dsseEnvelope"].clone();
    let judged = |content: String| {
        let form = SignedForm::Envelope(CosignAnnotations::default());
        let document = SignedDocument { form, content: content.into_bytes(), subjects: Vec::new() };
        judge(document, Trust::default())
    };
    let plain = judged(envelope.to_string());
    assert_eq!(result(&plain, SignatureCheck::Form), SignatureCheckResult::Holds);
    for (field, value) in [
        ("dsseEnvelope", forged_envelope()),
        ("messageSignature", json!({})),
        ("predicateType", "https://slsa.dev/provenance/v1".into()),
        ("other", 1.into()),
    ] {
        let mut more = envelope.clone();
        more[field] = value;
        assert_eq!(refused(&judged(more.to_string())), format!("unknown field {field}"));
    }
    let twice = envelope.to_string().replacen("{", r#"{"payload":"AAAA","#, 1);
    assert_eq!(refused(&judged(twice)), "the field payload is there twice");
}

/// A signer can write a payload that has a field twice.
#[test]
fn a_payload_that_has_a_field_twice_is_refused() {
    let payload = r#"{"critical":{"image":{"docker-manifest-digest":"sha256:a","docker-manifest-digest":"b"}}}"#;
    let annotations = CosignAnnotations { signature: "AAAA".to_owned(), ..Default::default() };
    let form = SignedForm::SimpleSigning(annotations);
    let document = SignedDocument { form, content: payload.into(), subjects: Vec::new() };
    let words = refused(&judge(document, Trust::default()));
    assert_eq!(words, "the field docker-manifest-digest is there twice");
    let mut bundle = parsed(BUNDLES[1]);
    let statement = r#"{"subject":[],"predicateType":"a","predicateType":"b"}"#;
    bundle["dsseEnvelope"]["payload"] = BASE64_STANDARD.encode(statement).into();
    let words = refused(&judge_bundle(bundle.to_string().as_bytes(), "", Trust::default()));
    assert_eq!(words, "the field predicateType is there twice");
}

#[test]
fn the_bytes_that_are_signed_are_named() {
    let bundle = parsed(BUNDLES[1]);
    let own = own_subject(bundle.to_string().as_bytes()).unwrap();
    let verdict = judge_bundle(bundle.to_string().as_bytes(), &own, Trust::default());
    let payload = BASE64_STANDARD.decode(bundle["dsseEnvelope"]["payload"].as_str().unwrap());
    let digest = layerscope::oci::Digest::of(&payload.unwrap()).to_string();
    assert_eq!((verdict.outcome, verdict.payload), (SignatureOutcome::Valid, Some(digest)));
}
