//! Index, manifest and descriptor, for OCI's media types and Docker's.
//!
//! Source: OCI image-spec, image-index.md, manifest.md, descriptor.md.
//!
//! - A descriptor that cannot be read costs itself. In an index it is listed apart; among an image's layers
//!   its place stays.

use super::lenient::{Faults, Items, LenientDocument, Part, Texts, UnreadPart};
use super::{Digest, Hasher, Platform, Role};
use crate::base64;
use crate::problem::Problem;
use crate::text::start_of;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// Descriptors of one list that are read: real ones have some hundred.
const MAX_DESCRIPTORS: usize = 10_001;

/// Bytes that are kept of what is written in place of a digest.
const MAX_DIGEST: usize = 300;

/// A reference to a blob, with claims about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    /// The claimed type.
    pub media_type: String,
    pub digest: Digest,
    /// Bytes of the blob.
    pub size: i64,
    /// In an index: the platform of the image.
    pub platform: Option<Platform>,
    /// Free annotations.
    pub annotations: BTreeMap<String, String>,
    /// The type of artifact; empty for images.
    pub artifact_type: String,
    /// The blob itself, in base64.
    pub data: Option<Box<str>>,
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
            data: None,
        }
    }

    /// The blob that the descriptor itself has in `data`, checked against digest and size; `None` without it.
    ///
    /// Source: OCI image-spec, descriptor.md, "data".
    pub fn inline(&self) -> Option<Result<Vec<u8>, Problem>> {
        let wrong = |expected: String, found: String| {
            let message = "The data in a descriptor is not the blob that the descriptor names.";
            Problem::new("descriptor-data", message)
                .expected(expected)
                .found(found)
                .in_blob(self.digest.as_str())
                .advice("It is ignored.")
        };
        let text = self.data.as_deref()?;
        let Some(bytes) = base64::decode(text) else {
            return Some(Err(wrong("base64".into(), "other text".into())));
        };
        let Some(mut hasher) = Hasher::of_algorithm(self.digest.algorithm()) else {
            let expected = "a digest that can be checked: sha256, sha384 or sha512".to_owned();
            return Some(Err(wrong(expected, self.digest.algorithm().to_owned())));
        };
        hasher.update(&bytes);
        let found = hasher.finish();
        Some(match (found == self.digest, self.size != 0 && self.size != bytes.len() as i64) {
            (false, _) => Err(wrong(self.digest.to_string(), found.to_string())),
            (true, true) => {
                Err(wrong(format!("{} bytes", self.size), format!("{} bytes", bytes.len())))
            }
            (true, false) => Ok(bytes),
        })
    }
}

/// An image index, or a Docker manifest list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageIndex {
    /// Manifests and nested indexes.
    pub manifests: Vec<Descriptor>,
    /// What it names and cannot be read.
    pub unread: Vec<UnreadDescriptor>,
}

/// A descriptor without a digest that can be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UnreadDescriptor {
    /// Its position in its list, nulls left out.
    pub position: usize,
    /// The digest as it is written; empty if there is none.
    pub digest: String,
    pub platform: Option<Platform>,
    pub annotations: BTreeMap<String, String>,
}

/// An image manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageManifest {
    /// The config; an artifact has something else here.
    pub config: Descriptor,
    /// The base first.
    pub layers: Vec<Descriptor>,
    /// Layers that cannot be read; `position` counts all.
    pub unread: Vec<UnreadDescriptor>,
    /// The manifest that this one refers to.
    pub subject: Option<Descriptor>,
    /// Free annotations.
    pub annotations: BTreeMap<String, String>,
    /// The type of artifact; empty for images.
    pub artifact_type: String,
}

impl ImageManifest {
    /// Whether it describes an image, as far as media types tell: its config is an image config and its
    /// layers are layers. Any other manifest describes an artifact.
    pub fn claims(&self) -> ManifestClaim {
        let mut roles = self.layers.iter().map(|layer| Role::of(&layer.media_type));
        match (Role::of(&self.config.media_type), roles.all(|role| role == Role::Layer)) {
            (Role::Config, true) => ManifestClaim::Image,
            (Role::Other, _) => ManifestClaim::Artifact,
            _ if !self.artifact_type.is_empty() => ManifestClaim::Artifact,
            _ if self.layers.iter().any(|one| Role::of(&one.media_type) == Role::Other) => {
                ManifestClaim::Artifact
            }
            _ => ManifestClaim::Nothing,
        }
    }

    /// Whether its media types say that it describes an image.
    pub fn is_image(&self) -> bool {
        self.claims() == ManifestClaim::Image
    }
}

/// What the media types in a manifest say that it describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ManifestClaim {
    Image,
    Artifact,
    /// They are missing, or do not belong there: the bytes must tell.
    Nothing,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct DescriptorJson {
    media_type: Part<String>,
    digest: Part<String>,
    size: Part<i64>,
    platform: Part<PlatformJson>,
    annotations: Texts,
    artifact_type: Part<String>,
    data: Part<Box<str>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct PlatformJson {
    architecture: Part<String>,
    os: Part<String>,
    variant: Part<String>,
}

impl DescriptorJson {
    fn read(self, faults: &mut Faults) -> Result<Descriptor, UnreadDescriptor> {
        let platform = faults.value("platform", self.platform);
        let platform = faults.within("platform", |faults| {
            let mut text = |key, part: Part<String>| {
                Platform::part(&faults.value(key, part).unwrap_or_default())
            };
            platform.map(|json| Platform {
                architecture: text("architecture", json.architecture),
                os: text("os", json.os),
                variant: text("variant", json.variant),
            })
        });
        let annotations = faults.texts("annotations", self.annotations);
        let media_type = faults.value("mediaType", self.media_type).unwrap_or_default();
        let size = faults.value("size", self.size).unwrap_or_default();
        let artifact_type = faults.value("artifactType", self.artifact_type).unwrap_or_default();
        let data = faults.value("data", self.data);
        let written = match self.digest {
            Part::Absent => {
                let error = "there is no digest".to_owned();
                faults.add(UnreadPart { error, text: String::new() });
                String::new()
            }
            digest => faults.value("digest", digest).unwrap_or_default(),
        };
        match Digest::parse(&written) {
            Some(digest) => Ok(Descriptor {
                media_type,
                digest,
                size,
                platform,
                annotations,
                artifact_type,
                data,
            }),
            None => {
                if !written.is_empty() {
                    let unread = UnreadPart::new("not a digest".to_owned(), &written);
                    faults.within("digest", |faults| faults.add(unread));
                }
                let digest = start_of(&written, MAX_DIGEST).into_owned();
                Err(UnreadDescriptor { position: 0, digest, platform, annotations })
            }
        }
    }
}

/// A list of descriptors, and those that cannot be read.
fn descriptors(
    key: &str,
    items: Items<DescriptorJson, MAX_DESCRIPTORS>,
    faults: &mut Faults,
) -> (Vec<Descriptor>, Vec<UnreadDescriptor>) {
    let (mut read, mut unread) = (Vec::new(), Vec::new());
    let items = faults.items(key, items);
    faults.within(key, |faults| {
        for (at, part) in items.into_iter().enumerate() {
            let position = read.len() + unread.len();
            let descriptor = match part {
                Part::Absent => continue,
                Part::Read(json) => faults.at(at, |faults| json.read(faults)),
                Part::Unread(fault) => {
                    faults.at(at, |faults| faults.add(fault));
                    Err(UnreadDescriptor::default())
                }
            };
            match descriptor {
                Ok(descriptor) => read.push(descriptor),
                Err(descriptor) => unread.push(UnreadDescriptor { position, ..descriptor }),
            }
        }
    });
    (read, unread)
}

#[derive(Deserialize)]
struct IndexJson {
    #[serde(default)]
    manifests: Items<DescriptorJson, MAX_DESCRIPTORS>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManifestJson {
    #[serde(default)]
    config: Part<DescriptorJson>,
    #[serde(default)]
    layers: Items<DescriptorJson, MAX_DESCRIPTORS>,
    #[serde(default)]
    subject: Part<DescriptorJson>,
    #[serde(default)]
    annotations: Texts,
    #[serde(default)]
    artifact_type: Part<String>,
}

impl LenientDocument for ImageIndex {
    fn read(json: &[u8], faults: &mut Faults) -> Result<ImageIndex, serde_json::Error> {
        let json: IndexJson = serde_json::from_slice(json)?;
        if let Part::Unread(unread) = &json.manifests {
            return Err(serde_json::Error::custom(&unread.error));
        }
        let (manifests, unread) = descriptors("manifests", json.manifests, faults);
        Ok(ImageIndex { manifests, unread })
    }
}

impl LenientDocument for ImageManifest {
    fn read(json: &[u8], faults: &mut Faults) -> Result<ImageManifest, serde_json::Error> {
        let json: ManifestJson = serde_json::from_slice(json)?;
        let config = faults.value("config", json.config).unwrap_or_default();
        let config = faults.within("config", |faults| config.read(faults));
        let config = config.map_err(|_| serde_json::Error::custom("no config with a digest"))?;
        let (layers, unread) = descriptors("layers", json.layers, faults);
        let subject = faults.value("subject", json.subject);
        let subject = faults.within("subject", |faults| subject?.read(faults).ok());
        let annotations = faults.texts("annotations", json.annotations);
        let artifact_type = faults.value("artifactType", json.artifact_type).unwrap_or_default();
        Ok(ImageManifest { config, layers, unread, subject, annotations, artifact_type })
    }
}

/// For lists of descriptors in other documents.
impl<'de> Deserialize<'de> for Descriptor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Descriptor, D::Error> {
        let read = DescriptorJson::deserialize(deserializer)?.read(&mut Faults::default());
        read.map_err(|_| D::Error::custom("a descriptor without a digest"))
    }
}

#[test]
fn a_descriptor_keeps_the_beginning_of_a_long_platform_and_of_what_is_no_digest() {
    let long = "x".repeat(1 << 20);
    let json = format!(r#"{{"manifests":[{{"digest":"{long}","platform":{{"os":"{long}"}}}}]}}"#);
    let (index, _) = ImageIndex::with_faults(json.as_bytes()).unwrap();
    let unread = &index.unread[0];
    assert_eq!(unread.digest.len(), MAX_DIGEST + "…".len());
    assert!(unread.platform.as_ref().unwrap().os.len() < 100);
}
