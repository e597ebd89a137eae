//! What a valid signature says about an image's contents. The verifier calls all documents valid.

use super::images::layer_tar;
use super::world::{World, image, world};
use crate::archive::blob_name;
use crate::oci::Digest;
use crate::protocol::{
    AnswersQueries, Overview, ProvenanceNumbers, SetTrust, SignedContent, Trust, VerifySignatures,
};
use crate::session::native::Memory;
use crate::session::{ContentFault, LayerFault};
use crate::vocabulary::LayerNumber;
use serde_json::{Value, json};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// An image layout with a signed image: `index.json` names an index, which names the image's manifest.
struct Signed {
    blobs: Vec<(Digest, Vec<u8>)>,
    named: Vec<Value>,
    layer: Digest,
    config: Digest,
    manifest: Digest,
    index: Digest,
}

impl Signed {
    /// `index_names_image`: the index names the image's manifest, not another one.
    fn new(index_names_image: bool) -> Signed {
        let layer = layer_tar(&[("a", "1")]);
        let config = json!({"os": "linux", "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": [Digest::of(&layer).as_str()]}});
        let config = config.to_string().into_bytes();
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST,
            "config": descriptor(&config, CONFIG), "layers": [descriptor(&layer, LAYER)]});
        let manifest = manifest.to_string().into_bytes();
        let other = descriptor(b"another manifest", MANIFEST);
        let list = match index_names_image {
            true => json!([descriptor(&manifest, MANIFEST)]),
            false => json!([other]),
        };
        let index = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": list});
        let index = index.to_string().into_bytes();
        let document = b"{ }".to_vec();
        let artifact = json!({"schemaVersion": 2, "mediaType": MANIFEST, "artifactType": BUNDLE,
            "config": descriptor(b"{}", "application/vnd.oci.empty.v1+json"),
            "layers": [descriptor(&document, BUNDLE)], "subject": descriptor(&manifest, MANIFEST)});
        let artifact = artifact.to_string().into_bytes();
        let named = vec![descriptor(&index, INDEX), descriptor(&artifact, MANIFEST)];
        let [layer, config, manifest, index, document, artifact] =
            [layer, config, manifest, index, document, artifact]
                .map(|bytes| (Digest::of(&bytes), bytes));
        let digests = [&layer, &config, &manifest, &index].map(|(digest, _)| digest.clone());
        let [of_layer, of_config, of_manifest, of_index] = digests;
        Signed {
            blobs: vec![layer, config, manifest, index, document, artifact],
            named,
            layer: of_layer,
            config: of_config,
            manifest: of_manifest,
            index: of_index,
        }
    }

    fn bytes(&mut self, digest: &Digest) -> &mut Vec<u8> {
        &mut self.blobs.iter_mut().find(|(own, _)| own == digest).expect("a blob").1
    }

    /// Gives a blob other bytes, and keeps the right ones under another name, which `index.json` names.
    fn hide(&mut self, digest: &Digest, media_type: &str, bytes: Vec<u8>) {
        let right = std::mem::replace(self.bytes(digest), bytes);
        let elsewhere = Digest::of(b"elsewhere");
        let mut named = descriptor(&right, media_type);
        named["digest"] = json!(elsewhere.as_str());
        self.named.push(named);
        self.blobs.push((elsewhere, right));
    }

    fn open(&self) -> World {
        let index = json!({"schemaVersion": 2, "manifests": self.named}).to_string();
        let layout = br#"{"imageLayoutVersion": "1.0.0"}"#.to_vec();
        let mut files =
            Memory::default().with("oci-layout", layout).with("index.json", index.into_bytes());
        for (digest, bytes) in &self.blobs {
            files = files.with(&blob_name(digest), bytes.clone());
        }
        verified(files)
    }
}

fn descriptor(bytes: &[u8], media_type: &str) -> Value {
    let digest = Digest::of(bytes);
    json!({"mediaType": media_type, "digest": digest.as_str(), "size": bytes.len()})
}

fn verified(files: Memory) -> World {
    let mut world = world();
    world.open_files(files);
    world.run();
    world.ask(VerifySignatures { image: image(0) });
    world.run();
    world.assert_clean();
    world
}

fn numbers(world: &World) -> ProvenanceNumbers {
    world.session().overview(Overview { image: image(0) }).expect("facts").provenance
}

/// What the signature of an image with a change is worth: valid ones, those that are not fully checked.
fn changed(change: impl FnOnce(&mut Signed)) -> (u32, u32, SignedContent, Vec<ContentFault>) {
    let mut signed = Signed::new(true);
    change(&mut signed);
    let world = signed.open();
    let numbers = numbers(&world);
    let faults = world.session().content_faults(image(0));
    (numbers.valid, numbers.unchecked, numbers.content, faults)
}

#[test]
fn a_signature_of_an_image_that_is_what_its_digests_say_is_valid() {
    assert_eq!(changed(|_| ()), (1, 0, SignedContent::Same, Vec::new()));
}

#[test]
fn a_signature_is_not_valid_if_a_layer_the_configuration_or_the_manifest_has_other_bytes() {
    let signed = Signed::new(true);
    let (layer, config, manifest) = (&signed.layer, &signed.config, &signed.manifest);
    let of_layer =
        ContentFault::Layer(LayerNumber::FIRST, Some(layer.clone()), LayerFault::Differs);
    let other = layer_tar(&[("a", "2")]);
    let layer = changed(|signed| *signed.bytes(layer) = other);
    assert_eq!(layer, (0, 1, SignedContent::NotSame, vec![of_layer]));
    let config = changed(|signed| signed.bytes(config).push(b' '));
    assert_eq!(config, (0, 1, SignedContent::NotSame, vec![ContentFault::Configuration]));
    let manifest = changed(|signed| signed.bytes(manifest).push(b' '));
    assert_eq!(manifest, (0, 1, SignedContent::NotSame, vec![ContentFault::Manifest]));
}

#[test]
fn the_right_manifest_beside_a_changed_one_does_not_sign_the_other_s_layers() {
    let (valid, unchecked, content, faults) = changed(|signed| {
        let layer = layer_tar(&[("a", "2")]);
        let mut other: Value =
            serde_json::from_slice(signed.bytes(&signed.manifest.clone())).unwrap();
        other["layers"] = json!([descriptor(&layer, LAYER)]);
        signed.blobs.push((Digest::of(&layer), layer));
        signed.hide(&signed.manifest.clone(), MANIFEST, other.to_string().into_bytes());
    });
    assert_eq!((valid, unchecked, content), (0, 1, SignedContent::NotSame));
    assert_eq!(faults.first(), Some(&ContentFault::Layers));
}

#[test]
fn an_index_that_does_not_name_the_image_is_not_what_must_be_signed() {
    let mut signed = Signed::new(false);
    let list = json!([descriptor(signed.bytes(&signed.manifest.clone()), MANIFEST)]);
    let other = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": list});
    let index = signed.index.clone();
    signed.hide(&index, INDEX, other.to_string().into_bytes());
    let mut world = signed.open();
    let trust = Trust { public_keys: vec![Vec::new()], ..Trust::default() };
    world.ask(SetTrust { trust }); // verdicts are void
    let subjects = world.session().signatures_to_verify(image(0)).remove(0).document.subjects;
    let subjects: Vec<_> = subjects.iter().map(|subject| &subject.digest[..]).collect();
    assert_eq!(subjects, [signed.manifest.as_str()]);
}

#[test]
fn a_signature_in_a_saved_inspection_is_not_valid_for_its_layers() {
    let saved = Signed::new(true).open().session().save(image(0)).expect("it is saved");
    let world = verified(Memory::one(saved));
    let numbers = numbers(&world);
    assert_eq!((numbers.documents, numbers.valid, numbers.unchecked), (1, 0, 1));
    assert_eq!((numbers.content, numbers.signers), (SignedContent::NotHere, Vec::new()));
    assert_eq!(world.session().content_faults(image(0)), [ContentFault::NoContents]);
}

#[test]
fn a_report_calls_no_signature_valid_while_a_layer_is_not_here() {
    let verified = |signed: &Signed| {
        let report = signed.open().session().report(None).expect("a report");
        let report: Value = serde_json::from_str(&report).expect("JSON");
        report["images"][0]["provenance"][0]["verified"].clone()
    };
    let mut signed = Signed::new(true);
    assert_eq!(verified(&signed), json!(true));
    signed.blobs.retain(|(digest, _)| *digest != signed.layer);
    assert_eq!(verified(&signed), Value::Null);
}
