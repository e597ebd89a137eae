//! Index, manifest and descriptor, for OCI's media types and Docker's.
//!
//! Source: OCI image-spec, image-index.md, manifest.md, descriptor.md.

use super::lenient::null_default;
use super::{Digest, Platform, is_image_config, is_layer};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A reference to a blob, with claims about it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// The claimed type.
    #[serde(default, deserialize_with = "null_default")]
    pub media_type: String,
    pub digest: Digest,
    /// Bytes of the blob.
    #[serde(default, deserialize_with = "null_default")]
    pub size: i64,
    /// In an index: the platform of the image.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// Free annotations.
    #[serde(default, deserialize_with = "null_default")]
    pub annotations: BTreeMap<String, String>,
    /// The type of artifact; empty for images.
    #[serde(default, deserialize_with = "null_default")]
    pub artifact_type: String,
}

impl Descriptor {
    /// Bytes of the blob; 0 if the claimed number is negative.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(0)
    }

    /// Whether an index marks it as a statement about an image.
    ///
    /// Source: BuildKit, docs/attestations/attestation-storage.md.
    pub fn is_attestation(&self) -> bool {
        self.annotations
            .get("vnd.docker.reference.type")
            .is_some_and(|t| t == "attestation-manifest")
    }

    /// The manifest that an attestation is about, by its annotation.
    pub fn attested(&self) -> Option<Digest> {
        Digest::parse(self.annotations.get("vnd.docker.reference.digest")?)
    }

    /// A descriptor with a digest and nothing else.
    pub fn of(digest: Digest) -> Descriptor {
        Descriptor {
            media_type: String::new(),
            digest,
            size: 0,
            platform: None,
            annotations: BTreeMap::new(),
            artifact_type: String::new(),
        }
    }
}

/// An image index, or a Docker manifest list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageIndex {
    /// Manifests and nested indexes.
    #[serde(default, deserialize_with = "null_default")]
    pub manifests: Vec<Descriptor>,
}

/// An image manifest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageManifest {
    /// The config; an artifact has something else here.
    pub config: Descriptor,
    /// The base first.
    #[serde(default, deserialize_with = "null_default")]
    pub layers: Vec<Descriptor>,
    /// The manifest that this one refers to.
    #[serde(default)]
    pub subject: Option<Descriptor>,
    /// Free annotations.
    #[serde(default, deserialize_with = "null_default")]
    pub annotations: BTreeMap<String, String>,
    /// The type of artifact; empty for images.
    #[serde(default, deserialize_with = "null_default")]
    pub artifact_type: String,
}

impl ImageManifest {
    /// Whether it describes an image: its config is an image config and its layers are layers. Any other
    /// manifest describes an artifact.
    pub fn is_image(&self) -> bool {
        is_image_config(&self.config.media_type)
            && self.layers.iter().all(|layer| is_layer(&layer.media_type))
    }
}
