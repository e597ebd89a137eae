//! Documents that say who built and signed an image: BuildKit's real ones, Sigstore's real bundles, and the forms in
//! which signatures lie in an image layout.

use crate::made;
use crate::sessions;
use layerscope::analysis::provenance::{DocumentForm, ProvenanceDocument, read_document};
use layerscope::oci::{Descriptor, Digest};
use layerscope::protocol::{
    AnswersQueries, DocumentScope, Overview, Provenance, ProvenanceDetails, ProvenanceFacts,
    ProvenanceRow, ProvenanceTable, RowRange, SignatureState, TableLine,
};
use layerscope::session::{Session, native::Disk, native::Memory};
use layerscope::vocabulary::{ImagePosition, ProvenanceKind};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const FIRST: ImagePosition = ImagePosition(0);
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

fn shared(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path)
}

fn rows(session: &Session) -> Vec<ProvenanceRow> {
    let rows = RowRange { first: 0, count: 100 };
    let table = ProvenanceTable { image: FIRST, rows, ..ProvenanceTable::default() };
    let lines = session.provenance(Provenance { table }).unwrap().lines.into_iter();
    let row = |line| match line {
        TableLine::Row(row) => row,
        TableLine::Head(_) => panic!("the table has no groups"),
    };
    lines.map(row).collect()
}

fn facts(session: &Session, kind: ProvenanceKind) -> ProvenanceFacts {
    let row = rows(session).into_iter().find(|row| row.kind == kind).unwrap();
    session.provenance_details(ProvenanceDetails { image: FIRST, key: row.key }).unwrap()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn attestations_in_an_archive_are_reported_for_the_image_that_they_are_about() {
    let facts = std::fs::read_to_string(shared("fixtures/facts.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let name = "multi.buildkit-attest.oci.tar";
    let wanted: Vec<&Value> = {
        fn attestations<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
            match value {
                Value::Object(map) if map.get("attestation") == Some(&json!(true)) => {
                    found.push(value)
                }
                Value::Object(map) => map.values().for_each(|value| attestations(value, found)),
                Value::Array(list) => list.iter().for_each(|value| attestations(value, found)),
                _ => {}
            }
        }
        let all = facts.get("archives").or(facts.get("files")).unwrap_or(&facts);
        let mut found = Vec::new();
        attestations(&all[name], &mut found);
        found
    };
    let report = sessions::report(&Disk::open(&shared("fixtures").join(name)).unwrap());
    let images = report["images"].as_array().unwrap();
    assert_eq!((images.len(), wanted.len()), (3, 3));
    for image in images {
        let is_about = |fact: &&&Value| fact["subject"] == image["manifestDigest"];
        let fact = wanted.iter().find(is_about).unwrap();
        let documents = image["provenance"].as_array().unwrap();
        let field = |name: &str| documents.iter().map(|one| one[name].clone()).collect::<Vec<_>>();
        let blobs = fact["blobs"].as_array().unwrap().iter();
        assert_eq!(field("digest"), blobs.map(|blob| blob["digest"].clone()).collect::<Vec<_>>());
        assert_eq!(&Value::from(field("predicateType")), &fact["predicates"]);
        assert_eq!(field("kind"), [json!("sbom"), json!("slsa")]);
        for one in documents {
            assert_eq!((&one["signed"], &one["verified"]), (&json!(false), &Value::Null));
            assert_eq!((&one["by"], &one["checks"]), (&Value::Null, &json!([])));
        }
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn buildkit_s_attestation_tells_run_arguments_and_materials() {
    let path = shared("fixtures/multi.buildkit-attest.oci.tar");
    let session = sessions::read(&Disk::open(&path).unwrap());
    let facts = facts(&session, ProvenanceKind::Slsa);
    assert_eq!(facts.row.scope, DocumentScope::Manifest);
    assert_eq!(facts.row.signature, SignatureState::Unsigned);
    // As jq shows the document.
    let build = facts.build.unwrap();
    assert_eq!(build.builder, None, "it is empty");
    assert_eq!(build.invocation.as_deref(), Some("po3af70ttt9700j9c5kisuxkt"));
    assert_eq!(build.arguments, [("force-network-mode".into(), "host".into())]);
    assert_eq!(build.reproducible, Some(false));
    assert_eq!(build.started.as_deref(), Some("2026-11-24T09:08:47.573609223Z"));
    let [scanner] = &build.materials[..] else { panic!("{:?}", build.materials) };
    assert_eq!((&*scanner.name, scanner.is_image), ("127.0.0.1:5000/lab/sbom-scanner:1", true));
    assert_eq!(
        &*scanner.digest,
        "sha256:8b9287f427a8752234d6d5259dd4f7756152fd2f84eddd4b9b7bbe871fc58d2c"
    );
}

/// A bundle of `../shared/sigstore`, read.
fn bundle(name: &str) -> ProvenanceDocument {
    let bytes = std::fs::read(shared("sigstore").join(name)).unwrap();
    let layer = Descriptor {
        media_type: "application/vnd.dev.sigstore.bundle.v0.3+json".to_owned(),
        ..Descriptor::of(Digest::of(&bytes))
    };
    read_document(&layer, DocumentForm::Bundle, Ok(&bytes))
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn bundles_of_real_builds_tell_builder_source_and_run() {
    let npm = bundle("sigstore-verify/bundles/sigstore.js@2.0.0-provenance.sigstore.json");
    assert_eq!((npm.kind, npm.signed, npm.problem), (ProvenanceKind::Slsa, true, None));
    let build = npm.build.unwrap();
    assert_eq!(build.builder.as_deref(), Some("https://github.com/actions/runner/github-hosted"));
    assert_eq!(build.repository.as_deref(), Some("https://github.com/sigstore/sigstore-js"));
    assert_eq!(build.commit.as_deref(), Some("f0b49a04e5a62250e0f60fb128004a73110fe311"));
    assert_eq!(build.trigger.as_deref(), Some("push"));
    let run = "https://github.com/sigstore/sigstore-js/actions/runs/5904696764/attempts/1";
    assert_eq!(build.invocation.as_deref(), Some(run));
    let old = bundle("sigstore-verify/bundles/dsse.sigstore.json").build.unwrap();
    let run = "https://github.com/github/slsa-provenance/actions/runs/3024091546/attempts/4";
    assert_eq!(old.invocation.as_deref(), Some(run));
    assert_eq!(old.commit.as_deref(), Some("29cff3dd65f780c3601bd457acb6fe4e5931c825"));
    let blob = bundle("sigstore-verify/bundles/cosign-v3-blob.sigstore.json");
    assert_eq!((blob.kind, blob.signed, blob.problem), (ProvenanceKind::Cosign, true, None));
}

/// An image layout being made.
#[derive(Default)]
struct Layout {
    blobs: Vec<(String, Vec<u8>)>,
    index: Vec<Value>,
}

impl Layout {
    fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = Digest::of(bytes);
        self.blobs.push((format!("blobs/sha256/{}", digest.encoded()), bytes.to_vec()));
        json!({"mediaType": media_type, "digest": digest.to_string(), "size": bytes.len()})
    }

    /// Adds an image of one layer; gives its digest.
    fn image(&mut self, content: &str) -> String {
        let layer = made::tar(&[("a", content.as_bytes())]);
        let config = json!({"os": "linux", "architecture": "amd64", "config": {},
            "rootfs": {"type": "layers", "diff_ids": [Digest::of(&layer).to_string()]}});
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST,
            "config": self.blob("application/vnd.oci.image.config.v1+json", config.to_string().as_bytes()),
            "layers": [self.blob("application/vnd.oci.image.layer.v1.tar", &layer)]});
        let descriptor = self.blob(MANIFEST, manifest.to_string().as_bytes());
        let digest = descriptor["digest"].as_str().unwrap().to_owned();
        self.index.push(descriptor);
        digest
    }

    /// Adds a manifest of these documents.
    fn artifact(&mut self, layers: &[Value], subject: Option<&str>, name: Option<&str>) {
        let mut manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "layers": layers,
            "config": self.blob("application/vnd.oci.image.config.v1+json", b"{\"os\":\"\"}")});
        if let Some(digest) = subject {
            manifest["subject"] = json!({"mediaType": MANIFEST, "digest": digest, "size": 1});
        }
        let mut descriptor = self.blob(MANIFEST, manifest.to_string().as_bytes());
        if let Some(name) = name {
            descriptor["annotations"] = json!({"org.opencontainers.image.ref.name": name});
        }
        self.index.push(descriptor);
    }

    /// A payload of cosign's over an image, with a signature beside it.
    fn simple_signing(&mut self, of: &str) -> Value {
        let payload = json!({"critical": {"identity": {"docker-reference": "r.example/app"},
            "image": {"docker-manifest-digest": of}, "type": "cosign container image signature"}});
        let mut layer = self.blob(SIMPLE, payload.to_string().as_bytes());
        layer["annotations"] = json!({"dev.cosignproject.cosign/signature": "c2ln"});
        layer
    }

    fn archive(&self) -> Memory {
        let index = json!({"schemaVersion": 2, "manifests": self.index}).to_string();
        let mut members: Vec<(&str, &[u8])> = vec![
            ("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#),
            ("index.json", index.as_bytes()),
        ];
        members.extend(self.blobs.iter().map(|(name, bytes)| (&name[..], &bytes[..])));
        Memory::one(made::tar(&members))
    }
}

fn hex(digest: &str) -> &str {
    digest.split_once(':').unwrap().1
}

#[test]
fn cosign_s_signature_is_found_by_tag_by_subject_and_by_its_payload_alone() {
    for form in ["tag", "subject", "payload"] {
        let mut layout = Layout::default();
        let image = layout.image("x");
        let signature = layout.simple_signing(&image);
        let tag = format!("sha256-{}.sig", hex(&image));
        match form {
            "tag" => layout.artifact(&[signature], None, Some(&tag)),
            "subject" => layout.artifact(&[signature], Some(&image), None),
            _ => layout.artifact(&[signature], None, None),
        }
        let archive = layout.archive();
        let session = sessions::read(&archive);
        let [row] = &rows(&session)[..] else { panic!("{form}: {:?}", rows(&session)) };
        assert_eq!((row.kind, &row.scope), (ProvenanceKind::Cosign, &DocumentScope::Manifest));
        assert_ne!(row.signature, SignatureState::Unsigned, "{form}");
        assert_ne!(row.signature, SignatureState::Valid, "the signature is none");
    }
}

#[test]
fn a_signature_that_was_copied_from_another_image_is_said_to_speak_of_that_one() {
    let mut layout = Layout::default();
    let image = layout.image("x");
    let other = Digest::of(b"another").to_string();
    let signature = layout.simple_signing(&other);
    let tag = format!("sha256-{}.sig", hex(&image));
    layout.artifact(&[signature], None, Some(&tag));
    let archive = layout.archive();
    let session = sessions::read(&archive);
    let [row] = &rows(&session)[..] else { panic!("{:?}", rows(&session)) };
    assert_eq!(row.scope, DocumentScope::Another(vec![other.as_str().into()]));
    let numbers = session.overview(Overview { image: FIRST }).unwrap().provenance;
    assert_eq!((numbers.documents, numbers.of_others, numbers.valid), (1, 1, 0));
    assert_eq!(numbers.builder, None);
}

#[test]
fn a_document_that_is_not_what_its_digest_says_is_not_read() {
    let mut layout = Layout::default();
    let image = layout.image("x");
    let signature = layout.simple_signing(&image);
    let name = format!("blobs/sha256/{}", hex(signature["digest"].as_str().unwrap()));
    layout.artifact(&[signature], Some(&image), None);
    let blob = layout.blobs.iter_mut().find(|(there, _)| *there == name).unwrap();
    blob.1.push(b' ');
    let archive = layout.archive();
    let session = sessions::read(&archive);
    let facts = facts(&session, ProvenanceKind::Cosign);
    assert_eq!(facts.problem.unwrap().code, "provenance-digest-mismatch");
    assert_eq!(facts.row.signature, SignatureState::Absent);
}

#[test]
fn two_signatures_over_one_payload_are_two_documents() {
    let mut layout = Layout::default();
    let image = layout.image("x");
    let first = layout.simple_signing(&image);
    let mut second = first.clone();
    second["annotations"]["dev.cosignproject.cosign/signature"] = json!("b3RoZXI=");
    layout.artifact(&[first, second], Some(&image), None);
    let archive = layout.archive();
    let session = sessions::read(&archive);
    let keys: Vec<String> = rows(&session).into_iter().map(|row| row.key).collect();
    assert!(keys.len() == 2 && keys[0] != keys[1], "{keys:?}");
}

#[test]
fn a_saved_inspection_has_the_documents_to_be_read_again() {
    let mut layout = Layout::default();
    let image = layout.image("x");
    let statement = json!({"_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": hex(&image)}}],
        "predicateType": "https://slsa.dev/provenance/v1", "predicate": {"buildDefinition": {},
        "runDetails": {"builder": {"id": "https://builds.example"}}}});
    let statement = layout.blob("application/vnd.in-toto+json", statement.to_string().as_bytes());
    let signature = layout.simple_signing(&image);
    layout.artifact(&[statement, signature], Some(&image), None);
    let archive = layout.archive();
    let session = sessions::read(&archive);
    let saved = Memory::one(session.save(FIRST).unwrap());
    let again = sessions::read(&saved);
    let key = |row: &ProvenanceRow| (row.key.clone(), row.kind, row.scope.clone(), row.signature);
    let keys = |session: &Session| rows(session).iter().map(key).collect::<Vec<_>>();
    assert_eq!((keys(&again), keys(&again).len()), (keys(&session), 2));
    let facts = facts(&again, ProvenanceKind::Slsa);
    assert_eq!(facts.row.builder.as_deref(), Some("https://builds.example"));
    assert!(facts.is_kept);
}
