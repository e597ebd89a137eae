//! Signed images: the image of `odd.skopeo-gzip.oci-dir` in a tar, with documents that refer to it.
//!
//! Bundles of other things have valid signatures, too, and are wrong only about their subject: no image can be made that
//! has the digest of what they sign.

use crate::material::{Member, Temp, digest, fixture, tar};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// The media type of Sigstore's bundles.
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// A document, as a layer of a manifest that refers to the image.
pub struct Attached {
    kind: &'static str,
    content: Vec<u8>,
    annotations: Value,
}

impl Attached {
    /// A bundle.
    pub fn bundle(content: Vec<u8>) -> Attached {
        Attached { kind: BUNDLE, content, annotations: json!({}) }
    }

    /// A signature as cosign 2 stores it: a file of `tests/fixtures/signatures`.
    pub fn recorded(name: &str) -> Attached {
        let recorded: Value = serde_json::from_slice(&signature(name)).expect("it is JSON");
        let payload = recorded["payload"].as_str().expect("it has a payload");
        let annotations = recorded["annotations"].clone();
        Attached { kind: SIMPLE_SIGNING, content: payload.into(), annotations }
    }

    /// The same with a text of its content replaced.
    pub fn changed(mut self, from: &str, to: &str) -> Attached {
        let text = String::from_utf8(self.content).expect("it is text");
        assert!(text.contains(from), "{text}");
        self.content = text.replacen(from, to, 1).into();
        self
    }
}

/// A file of `tests/fixtures/signatures`.
pub fn signature(name: &str) -> Vec<u8> {
    let path = signature_path(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Its path.
pub fn signature_path(name: &str) -> PathBuf {
    fixture("signatures").join(name)
}

/// Writes the image with these documents: an OCI layout in a tar.
pub fn image(temp: &Temp, name: &str, documents: &[Attached]) -> PathBuf {
    let layout = fixture("odd.skopeo-gzip.oci-dir");
    let mut files = Vec::new();
    collect(&layout, "", &mut files);
    let read = |name: &str| &files.iter().find(|(path, _)| path == name).expect("it is there").1;
    let mut index: Value = serde_json::from_slice(read("index.json")).expect("it is JSON");
    let subject = index["manifests"][0].clone();
    let mut blobs: Vec<Vec<u8>> = vec![b"{}".to_vec()];
    for Attached { kind, content, annotations } in documents {
        let mut layer = descriptor(kind, content);
        layer["annotations"] = annotations.clone();
        let manifest = json!({
            "schemaVersion": 2, "mediaType": MANIFEST, "artifactType": kind,
            "config": descriptor("application/vnd.oci.empty.v1+json", b"{}"),
            "layers": [layer], "subject": subject,
        });
        let manifest = manifest.to_string().into_bytes();
        let list = index["manifests"].as_array_mut().expect("an index has manifests");
        list.push(descriptor(MANIFEST, &manifest));
        blobs.extend([content.clone(), manifest]);
    }
    files.retain(|(path, _)| path != "index.json");
    files.extend(
        blobs
            .into_iter()
            .map(|bytes| (format!("blobs/{}", digest(&bytes).replace(':', "/")), bytes)),
    );
    files.push(("index.json".to_owned(), index.to_string().into_bytes()));
    let members: Vec<_> = files.iter().map(|(path, bytes)| Member::File(path, bytes)).collect();
    temp.file(name, &tar(&members))
}

fn descriptor(kind: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": kind, "digest": digest(bytes), "size": bytes.len()})
}

/// All files below a folder, with their paths in it.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<(String, Vec<u8>)>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &format!("{name}/"), files),
            false => files.push((name, std::fs::read(entry.path()).expect("it is there"))),
        }
    }
}
