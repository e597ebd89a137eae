//! Index, manifest and descriptor, for OCI's media types and Docker's.
//!
//! Source: OCI image-spec, image-index.md, manifest.md, descriptor.md.

use super::{Digest, Platform, is_image_config, is_layer, null_default};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A reference to a blob, with what is claimed about it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Descriptor {
    /// What the blob is said to be.
    #[serde(default, deserialize_with = "null_default")]
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its bytes as it lies.
    #[serde(default, deserialize_with = "null_default")]
    pub size: i64,
    /// In an index, the platform that it is for.
    #[serde(default)]
    pub platform: Option<Platform>,
    /// Free annotations.
    #[serde(default, deserialize_with = "null_default")]
    pub annotations: BTreeMap<String, String>,
    /// What kind of artifact it is.
    #[serde(default, deserialize_with = "null_default")]
    pub artifact_type: String,
}

impl Descriptor {
    /// Its bytes as it lies; 0 where a negative number is claimed.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.size).unwrap_or(0)
    }

    /// Whether an index sets it apart as a statement about an image. Source: BuildKit's attestation
    /// storage.
    pub fn is_attestation(&self) -> bool {
        self.annotations
            .get("vnd.docker.reference.type")
            .is_some_and(|t| t == "attestation-manifest")
    }

    /// The manifest that an attestation speaks of, by its annotation.
    pub fn attested(&self) -> Option<Digest> {
        Digest::parse(self.annotations.get("vnd.docker.reference.digest")?)
    }

    /// A descriptor that says nothing but the digest.
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
pub struct Index {
    /// Manifests, and indexes nested in this one.
    #[serde(default, deserialize_with = "null_default")]
    pub manifests: Vec<Descriptor>,
}

/// An image manifest.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    /// The config, or what stands in its place in an artifact.
    pub config: Descriptor,
    /// Bottom first.
    #[serde(default, deserialize_with = "null_default")]
    pub layers: Vec<Descriptor>,
    /// The manifest that this one speaks of.
    #[serde(default)]
    pub subject: Option<Descriptor>,
    /// Free annotations.
    #[serde(default, deserialize_with = "null_default")]
    pub annotations: BTreeMap<String, String>,
    /// What kind of artifact it is.
    #[serde(default, deserialize_with = "null_default")]
    pub artifact_type: String,
}

impl Manifest {
    /// Whether it is an image's: its config is an image config, its layers are layers. Any other is an
    /// artifact's. Source: CONTRACTS.md, "Images".
    pub fn is_image(&self) -> bool {
        is_image_config(&self.config.media_type)
            && self.layers.iter().all(|layer| is_layer(&layer.media_type))
    }
}
