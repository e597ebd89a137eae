//! Images made by hand, for tests of how they are read: blobs, descriptors, and archives of them.

use flate2::write::GzEncoder;
use layerscope::oci::Digest;
use layerscope::session::native::Memory;
use serde_json::{Value, json};
use std::io::Write;

pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// Members of an archive: names and bytes.
#[derive(Clone, Debug, Default)]
pub struct Members(pub Vec<(String, Vec<u8>)>);

impl Members {
    /// Adds a member.
    pub fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Members {
        self.0.push((name.to_owned(), bytes.into()));
        self
    }

    /// Adds a JSON member.
    pub fn with_json(self, name: &str, value: &Value) -> Members {
        self.with(name, value.to_string())
    }

    /// Adds a blob by its digest, and gives a descriptor of it; without a media type if that is empty.
    pub fn blob(&mut self, media_type: &str, bytes: &[u8]) -> Value {
        self.0.push((blob_name(bytes), bytes.to_vec()));
        descriptor(media_type, bytes)
    }

    /// Adds an image of one layer with one file `a`, and gives the descriptor of its manifest.
    pub fn image(&mut self) -> Value {
        let layer = tar(&[("a", b"hello")]);
        let config = self.blob(CONFIG, config(&[&layer]).to_string().as_bytes());
        let layer = self.blob(LAYER, &layer);
        self.blob(MANIFEST, manifest(&config, &[layer]).to_string().as_bytes())
    }

    /// Adds `index.json` with these entries.
    pub fn index(self, manifests: &[Value]) -> Members {
        self.with_json("index.json", &index(manifests))
    }

    /// The names below a folder.
    pub fn below(mut self, folder: &str) -> Members {
        self.0.iter_mut().for_each(|(name, _)| *name = format!("{folder}{name}"));
        self
    }

    /// As a tar.
    pub fn tar(&self) -> Vec<u8> {
        let members: Vec<_> =
            self.0.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        tar(&members)
    }

    /// As a source: a tar.
    pub fn archive(&self) -> Memory {
        Memory::one(self.tar())
    }

    /// As the same source in other ways: a tar, one that is compressed, and one that is so twice.
    pub fn archives(&self) -> Vec<Memory> {
        let tar = self.tar();
        vec![Memory::one(gzip(&gzip(&tar))), Memory::one(gzip(&tar)), Memory::one(tar)]
    }
}

pub fn blob_name(bytes: &[u8]) -> String {
    format!("blobs/sha256/{}", Digest::of(bytes).encoded())
}

/// A descriptor of a blob; without a media type if that is empty.
pub fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    let mut descriptor = json!({ "digest": Digest::of(bytes).to_string(), "size": bytes.len() });
    if !media_type.is_empty() {
        descriptor["mediaType"] = json!(media_type);
    }
    descriptor
}

/// A descriptor that has the blob in itself.
pub fn inline(media_type: &str, bytes: &[u8]) -> Value {
    let mut descriptor = descriptor(media_type, bytes);
    descriptor["data"] = json!(layerscope::base64::encode(bytes));
    descriptor
}

pub fn index(manifests: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests })
}

pub fn manifest(config: &Value, layers: &[Value]) -> Value {
    json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers })
}

/// The configuration of an image of these layers.
pub fn config(layers: &[&[u8]]) -> Value {
    let diff_ids: Vec<String> = layers.iter().map(|layer| Digest::of(layer).to_string()).collect();
    json!({ "os": "linux", "architecture": "amd64", "config": {},
            "rootfs": { "type": "layers", "diff_ids": diff_ids } })
}

/// A tar of files.
pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Codes of all warnings of a report: of its images, then of the archive.
pub fn codes(report: &Value) -> Vec<&str> {
    let images = report["images"].as_array().into_iter().flatten();
    let of_images = images.flat_map(|image| image["warnings"].as_array().into_iter().flatten());
    let of_archive = report["warnings"].as_array().into_iter().flatten();
    of_images.chain(of_archive).filter_map(|warning| warning["code"].as_str()).collect()
}

/// Paths of each image's tree.
pub fn paths(report: &Value) -> Vec<u64> {
    let images = report["images"].as_array().into_iter().flatten();
    images.map(|image| image["tree"]["entries"].as_u64().unwrap_or_default()).collect()
}
