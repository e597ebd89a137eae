//! Signatures: real documents get the verdict that their makers expect, and what is changed in them is noticed.
//!
//! Sources: test data of sigstore-rust with a table of verdicts (all of it in ../shared/sigstore, some in
//! tests/fixtures/signatures), and a signature that cosign 2 made, as published by the image's builder.

mod ambiguous;
mod changed;
mod cosign;
mod images;
mod made;
mod notation;
mod verdicts;

use base64::{Engine, prelude::BASE64_STANDARD};
use layerscope::protocol::{
    SignatureCheck, SignatureCheckResult, SignatureFault, SignatureVerdict, SignaturesToVerify,
    SignedDocument, SignedForm, SubjectManifest, Trust,
};
use layerscope::verify::verify;
use serde_json::Value;
use std::path::Path;

/// A file of ../shared/sigstore.
fn shared(name: &str) -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/sigstore").join(name))
}

/// A file of tests/fixtures/signatures.
fn fixture(name: &str) -> Vec<u8> {
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/signatures").join(name))
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a bundle itself says that it signs; `None` where it says nothing.
fn own_subject(bundle: &[u8]) -> Option<String> {
    let bundle: Value = serde_json::from_slice(bundle).ok()?;
    let decode = |value: &Value| BASE64_STANDARD.decode(value.as_str()?).ok();
    if let Some(digest) = bundle.pointer("/messageSignature/messageDigest/digest") {
        return Some(format!("sha256:{}", hex(&decode(digest)?)));
    }
    let statement: Value =
        serde_json::from_slice(&decode(bundle.pointer("/dsseEnvelope/payload")?)?).ok()?;
    let digests = statement["subject"].as_array()?.iter().filter_map(|s| s["digest"].as_object());
    let known = digests.flatten().find(|(name, _)| ["sha256", "sha512"].contains(&name.as_str()));
    let (algorithm, hex) = known?;
    Some(format!("{algorithm}:{}", hex.as_str()?))
}

/// A manifest of this digest.
fn manifest(digest: &str) -> SubjectManifest {
    SubjectManifest { digest: digest.to_owned(), ..SubjectManifest::default() }
}

/// The verdict on one document.
fn judge(document: SignedDocument, trust: Trust) -> SignatureVerdict {
    let mut verdicts = verify(&SignaturesToVerify { documents: vec![document], trust });
    assert_eq!(verdicts.len(), 1);
    verdicts.remove(0)
}

fn judge_bundle(content: &[u8], subject: &str, trust: Trust) -> SignatureVerdict {
    let (content, subjects) = (content.to_vec(), vec![manifest(subject)]);
    judge(SignedDocument { form: SignedForm::Bundle, content, subjects }, trust)
}

/// Trusts this root before the program's.
fn root(json: Vec<u8>) -> Trust {
    Trust { own_root: Some(json), ..Trust::default() }
}

/// Trusts this key.
fn key(pem: Vec<u8>) -> Trust {
    Trust { public_keys: vec![pem], ..Trust::default() }
}

fn result(verdict: &SignatureVerdict, check: SignatureCheck) -> SignatureCheckResult {
    let mut found = verdict.checks.iter().filter(|entry| entry.check == check);
    let result = found.next().unwrap_or_else(|| panic!("no result of {check:?}")).result;
    assert!(found.next().is_none(), "two results of {check:?}");
    result
}

/// The checks that hold.
fn held(verdict: &SignatureVerdict) -> Vec<SignatureCheck> {
    let holds = verdict.checks.iter().filter(|e| e.result == SignatureCheckResult::Holds);
    holds.map(|entry| entry.check).collect()
}

/// The checks that fail.
fn failed(verdict: &SignatureVerdict) -> Vec<(SignatureCheck, SignatureFault)> {
    let fails = verdict.checks.iter().filter_map(|entry| match entry.result {
        SignatureCheckResult::Fails(fault) => Some((entry.check, fault)),
        _ => None,
    });
    fails.collect()
}
