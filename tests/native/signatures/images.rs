//! Signatures of an image in an OCI layout, from the file to the verdict.

use super::*;
use crate::sessions;
use layerscope::oci::Digest;
use layerscope::protocol::{
    AddTrust, AnswersQueries, GivenTrust, Overview, Provenance, ProvenanceRow, ProvenanceTable,
    RemoveTrust, RowRange, SetTrust, SignatureState, TableLine, VerifySignatures,
};
use layerscope::session::native::{Disk, Driver, Memory};
use layerscope::vocabulary::ImagePosition;
use serde_json::json;

const IMAGE: ImagePosition = ImagePosition(0);

/// The digest of the manifest in `odd.skopeo-gzip.oci-dir`.
const MANIFEST: &str = "sha256:cca848dafefbb30a8644200328fde5a029ab9e85fe0fd0ac2059f9d19f0d0fee";

/// That image with a signature as cosign 2 stores it: beside the image, under a tag that names it. `recorded`: the
/// signature, a file of tests/fixtures/signatures.
fn signed_layout(recorded: &str) -> Memory {
    layout_with(recorded, 1)
}

/// The image's layout with more blobs, and a manifest of them in its index.
fn layout_of(blobs: Vec<Vec<u8>>, named: Value) -> Memory {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/odd.skopeo-gzip.oci-dir");
    let mut layout = Memory::load(&Disk::open(&root).unwrap()).unwrap();
    for bytes in blobs {
        let digest = Digest::of(&bytes).to_string();
        layout = layout.with(&format!("blobs/{}", digest.replace(':', "/")), bytes);
    }
    for (path, bytes) in &mut layout.0 {
        if path == "index.json" {
            let mut index: Value = serde_json::from_slice(bytes).unwrap();
            index["manifests"].as_array_mut().unwrap().push(named.clone());
            *bytes = index.to_string().into_bytes().into();
        }
    }
    layout
}

fn descriptor(bytes: &[u8], media_type: &str) -> Value {
    let digest = Digest::of(bytes).to_string();
    json!({"mediaType": media_type, "digest": digest, "size": bytes.len()})
}

/// The same with the signature so many times in its manifest.
fn layout_with(recorded: &str, times: usize) -> Memory {
    let file: Value = serde_json::from_slice(&fixture(recorded)).unwrap();
    let payload = file["payload"].as_str().unwrap().as_bytes().to_vec();
    let simple_signing = "application/vnd.dev.cosign.simplesigning.v1+json";
    let mut layer = descriptor(&payload, simple_signing);
    layer["annotations"] = file["annotations"].clone();
    let config = b"{}".to_vec();
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2, "mediaType": manifest_type,
        "config": descriptor(&config, "application/vnd.oci.image.config.v1+json"),
        "layers": vec![layer; times],
    });
    let manifest = manifest.to_string().into_bytes();
    let mut named = descriptor(&manifest, manifest_type);
    let tag = format!("{}.sig", MANIFEST.replace(':', "-"));
    named["annotations"] = json!({"org.opencontainers.image.ref.name": tag});
    layout_of(vec![payload, config, manifest], named)
}

fn verified(driver: &mut Driver<'_>, trust: Trust) -> Vec<ProvenanceRow> {
    driver.ask(SetTrust { trust }).unwrap();
    driver.ask(VerifySignatures { image: IMAGE }).unwrap();
    rows(driver)
}

fn rows(driver: &Driver<'_>) -> Vec<ProvenanceRow> {
    let table = ProvenanceTable {
        image: IMAGE,
        rows: RowRange { first: 0, count: 10 },
        ..ProvenanceTable::default()
    };
    let part = driver.session().unwrap().provenance(Provenance { table }).unwrap();
    let row = |line| match line {
        TableLine::Row(row) => Some(row),
        TableLine::Head(_) => None,
    };
    part.lines.into_iter().filter_map(row).collect()
}

#[test]
fn a_signature_in_a_layout_is_verified_with_its_key_alone() {
    let layout = signed_layout("openssl-key.json");
    let mut driver = sessions::driver(&layout);
    let mut state = |trust| {
        let rows = verified(&mut driver, trust);
        assert_eq!(rows.len(), 1, "{rows:?}");
        rows[0].signature
    };
    assert_eq!(state(Trust::default()), SignatureState::Unchecked);
    assert_eq!(state(key(cosign::recorded_key())), SignatureState::Valid);
    assert_eq!(state(key(fixture("managed-key.pub"))), SignatureState::Invalid);
    sessions::assert_sound(&driver);
}

/// That image with a signature of notation that refers to `subject`.
fn notation_layout(envelope: &str, subject: &str) -> Memory {
    let (content, config) = (fixture(envelope), b"{}".to_vec());
    let manifest_type = "application/vnd.oci.image.manifest.v1+json";
    let media_type = match notation::form(envelope) {
        SignedForm::NotationJws => "application/jose+json",
        _ => "application/cose",
    };
    let manifest = json!({
        "schemaVersion": 2, "mediaType": manifest_type,
        "artifactType": "application/vnd.cncf.notary.signature",
        "config": descriptor(&config, "application/vnd.oci.empty.v1+json"),
        "layers": [descriptor(&content, media_type)],
        "subject": {"mediaType": manifest_type, "digest": subject, "size": 1021},
    });
    let manifest = manifest.to_string().into_bytes();
    let named = descriptor(&manifest, manifest_type);
    layout_of(vec![content, config, manifest], named)
}

#[test]
fn a_signature_of_notation_is_verified_with_its_authority_alone() {
    for envelope in ["notation-rsa2048.jws", "notation-P-384.cose"] {
        let layout = notation_layout(envelope, MANIFEST);
        let mut driver = sessions::driver(&layout);
        let state = |driver: &mut Driver<'_>| {
            driver.ask(VerifySignatures { image: IMAGE }).unwrap();
            rows(driver)[0].signature
        };
        assert_eq!(state(&mut driver), SignatureState::Unchecked);
        // As a file has them: several in one, or DER.
        let content = [fixture("notation-self.crt"), fixture("notation-ca.crt")].concat();
        driver.ask(AddTrust { content }).unwrap();
        assert_eq!(state(&mut driver), SignatureState::Valid);
        let items = driver.session().unwrap().given_trust(GivenTrust { image: IMAGE }).unwrap();
        assert_eq!(items.len(), 2);
        driver.ask(RemoveTrust { id: items[1].id.clone() }).unwrap();
        assert_eq!(state(&mut driver), SignatureState::Invalid);
        driver.ask(RemoveTrust { id: items[0].id.clone() }).unwrap();
        let content = notation::authority("notation-ca.crt").authorities.remove(0);
        driver.ask(AddTrust { content }).unwrap();
        assert_eq!(state(&mut driver), SignatureState::Valid);
    }
}

#[test]
fn a_signature_that_was_copied_from_another_image_is_refused() {
    let layout = signed_layout("cosign2-keyless.json");
    let mut driver = sessions::driver(&layout);
    let rows = verified(&mut driver, Trust::default());
    let states: Vec<_> = rows.iter().map(|row| row.signature).collect();
    assert_eq!(states, [SignatureState::Invalid]);
    sessions::assert_sound(&driver);
}

#[test]
fn a_signature_of_a_manifest_that_is_not_what_its_digest_says_is_refused() {
    let mut layout = signed_layout("openssl-key.json");
    let path = format!("blobs/{}", MANIFEST.replace(':', "/"));
    for (name, bytes) in &mut layout.0 {
        if *name == path {
            *bytes = [&bytes[..], b" "].concat().into();
        }
    }
    let mut driver = sessions::driver(&layout);
    let rows = verified(&mut driver, key(cosign::recorded_key()));
    assert_eq!(rows[0].signature, SignatureState::Invalid, "{rows:?}");
}

#[test]
fn what_is_not_read_of_many_documents_is_said() {
    let numbers = |times| {
        let layout = layout_with("openssl-key.json", times);
        let driver = sessions::driver(&layout);
        let overview = Overview { image: IMAGE };
        driver.session().unwrap().overview(overview).unwrap().provenance
    };
    assert_eq!((numbers(50).documents, numbers(50).cut), (50, false));
    assert_eq!((numbers(51).documents, numbers(51).cut), (50, true));
}

#[test]
fn keys_are_added_and_removed_and_verified_with_at_once() {
    let layout = signed_layout("openssl-key.json");
    let mut driver = sessions::driver(&layout);
    driver.ask(AddTrust { content: cosign::recorded_key() }).unwrap();
    let state = |driver: &mut Driver<'_>| {
        driver.ask(VerifySignatures { image: IMAGE }).unwrap();
        rows(driver)[0].signature
    };
    assert_eq!(state(&mut driver), SignatureState::Valid);
    let items = driver.session().unwrap().given_trust(GivenTrust { image: IMAGE }).unwrap();
    driver.ask(RemoveTrust { id: items[0].id.clone() }).unwrap();
    assert_eq!(state(&mut driver), SignatureState::Unchecked);
    assert!(driver.ask(AddTrust { content: b"no key".to_vec() }).is_err());
}
