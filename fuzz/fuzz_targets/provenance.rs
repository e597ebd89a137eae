//! Documents that say who built and who signed: statements, envelopes, bundles, cosign's payloads, Notation's envelopes.
//! They are read, and verified. Nothing is valid, as no image is signed here.
//!
//! The first byte chooses the form, and which of cosign's annotations the rest is.

#![no_main]

use layerscope::analysis::provenance::{form_of, read_document};
use layerscope::oci::{CosignAnnotations, Descriptor, Digest};
use layerscope::protocol::{
    SignatureOutcome, SignaturesToVerify, SignedDocument, SignedForm, SubjectManifest, Trust,
};
use layerscope::verify::verify;
use libfuzzer_sys::fuzz_target;

const MEDIA_TYPES: [&str; 5] = [
    "application/vnd.in-toto+json",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
    "application/vnd.dev.cosign.simplesigning.v1+json",
    "application/jose+json",
    "application/cose",
];

fuzz_target!(|data: &[u8]| {
    let Some((choice, content)) = data.split_first() else { return };
    let at = usize::from(choice % MEDIA_TYPES.len() as u8);
    let digest = Digest::of(content);
    let layer =
        Descriptor { media_type: MEDIA_TYPES[at].to_owned(), ..Descriptor::of(digest.clone()) };
    let form = form_of(&layer).expect("a document's media type");
    read_document(&layer, form, Ok(content));

    let text = String::from_utf8_lossy(content).into_owned();
    let mut annotations = CosignAnnotations { signature: "AAAA".to_owned(), ..Default::default() };
    match choice / 64 {
        0 => {}
        1 => annotations.certificate = text,
        2 => annotations.log_entry = text,
        _ => annotations.timestamp = text,
    }
    let form = match at {
        0 => SignedForm::Envelope(annotations),
        1 => SignedForm::Bundle,
        3 => SignedForm::NotationJws,
        4 => SignedForm::NotationCose,
        _ => SignedForm::SimpleSigning(annotations),
    };
    let subject = SubjectManifest { digest: digest.to_string(), ..SubjectManifest::default() };
    let (content, subjects) = (content.to_vec(), vec![subject]);
    let documents = vec![SignedDocument { form, content, subjects }];
    let key = include_bytes!("../../tests/fixtures/signatures/openssl.pub").to_vec();
    let trust = Trust { public_keys: vec![key], ..Trust::default() };
    for verdict in verify(&SignaturesToVerify { documents, trust }) {
        assert_ne!(verdict.outcome, SignatureOutcome::Valid);
    }
});
