//! What an archive holds: its images, their layers, and the other manifests that are named.

use super::documents::SourceDocuments;
use super::inline::InlineBlobs;
use super::limits::{MAX_ALL_LAYERS, MAX_IMAGES, MAX_LAYERS, MAX_NAME, MAX_NAMES, MAX_WARNINGS};
use crate::codec::BlobPart;
use crate::oci::{DiffId, Digest, HistoryEntry, ImageConfig, Platform, at_most};
use crate::problem::Problem;
use crate::text::Shown;
pub use crate::vocabulary::OtherKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What an archive holds.
#[derive(Debug, Default)]
pub struct Archive {
    /// The forms that were recognised; reports join them with `+`.
    pub formats: Vec<&'static str>,
    /// In the order of the index files; one image for each platform.
    pub images: Vec<ImageSource>,
    /// Attestations, artifacts, and platforms that are not in the archive.
    pub others: Vec<OtherSource>,
    /// The documents that say so.
    pub documents: SourceDocuments,
    /// Blobs that descriptors have in themselves.
    pub inline: InlineBlobs,
    /// Where the archive ends early, in bytes of the uncompressed file.
    pub cut_at: Option<u64>,
    /// Problems of the archive as a whole.
    pub warnings: Vec<Problem>,
}

/// An image whose config is in the archive. What a saved inspection says about one has the limits of archives.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageSource {
    /// As written in the archive.
    #[serde(deserialize_with = "at_most::<_, _, MAX_NAMES>")]
    pub tags: Vec<String>,
    /// Digest of the manifest; `None` if there is no manifest (docker-archive).
    pub manifest_digest: Option<Digest>,
    /// Digest of the index that names the manifest, if the index is a blob.
    pub index_digest: Option<Digest>,
    /// Digest of the config; `None` without a config: a layer or a root file system alone.
    pub image_id: Option<Digest>,
    pub config: ImageConfig,
    /// From the config; from the index where the config says nothing.
    pub platform: Platform,
    /// The base first.
    #[serde(deserialize_with = "at_most::<_, _, { MAX_LAYERS + 1 }>")]
    pub layers: Vec<LayerSource>,
    /// For a config without history: what each layer's own configuration says about how it was made, as
    /// Docker stored it before 1.10.
    #[serde(deserialize_with = "at_most::<_, _, MAX_LAYERS>")]
    pub chain: Vec<HistoryEntry>,
    /// The manifest's annotations under `org.opencontainers.image.`, which say where the image comes from.
    pub annotations: BTreeMap<String, String>,
    /// Problems of this image.
    #[serde(deserialize_with = "at_most::<_, _, MAX_WARNINGS>")]
    pub warnings: Vec<Problem>,
}

/// A layer as the archive names it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LayerSource {
    /// The member that holds it.
    pub name: Shown,
    /// Where it is; `None`: not in the archive. Means nothing elsewhere, so it is not saved.
    #[serde(skip)]
    pub blob: Option<BlobPart>,
    /// The media type that the manifest claims.
    pub media_type: Option<String>,
    /// The claimed digest of the blob.
    pub digest: Option<Digest>,
    /// The claimed digest of the uncompressed tar.
    pub diff_id: Option<DiffId>,
}

/// Something that an index names and that cannot be shown as an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherSource {
    pub kind: OtherKind,
    /// Digest of its manifest.
    pub digest: NamedDigest,
    /// Its platform, if an index names one.
    pub platform: Option<String>,
    /// Names that an index gives it.
    pub names: Vec<String>,
    /// The manifest that it refers to.
    pub subject: Option<Digest>,
    /// Its `artifactType`, or else the media type of its config; may be empty.
    pub artifact_type: String,
    /// The documents that it holds.
    #[serde(default)]
    pub documents: Vec<ArtifactDocument>,
}

/// The digest that an index gives: one that can be read, or what is written in its place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum NamedDigest {
    Read(Digest),
    Unread(Shown),
}

impl NamedDigest {
    /// `None` for one that cannot be read.
    pub fn read(&self) -> Option<&Digest> {
        match self {
            NamedDigest::Read(digest) => Some(digest),
            NamedDigest::Unread(_) => None,
        }
    }

    /// As it is written; may be empty.
    pub fn as_str(&self) -> &str {
        match self {
            NamedDigest::Read(digest) => digest.as_str(),
            NamedDigest::Unread(text) => text,
        }
    }
}

impl PartialEq<Digest> for NamedDigest {
    fn eq(&self, digest: &Digest) -> bool {
        self.read() == Some(digest)
    }
}

/// A document that an artifact holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactDocument {
    /// An attestation's predicate type, or else the media type.
    pub name: String,
    /// As claimed.
    pub digest: Digest,
    /// Where it is; `None`: not in the archive.
    pub blob: Option<BlobPart>,
}

impl ImageSource {
    /// The steps that made the layers, in order: the config's history, or else the chain's.
    pub fn steps(&self) -> &[HistoryEntry] {
        match &self.config.history[..] {
            [] => &self.chain,
            history => history,
        }
    }
}

impl Archive {
    /// Whether nothing was found yet.
    pub(super) fn is_empty(&self) -> bool {
        self.images.is_empty() && self.others.is_empty()
    }

    /// Reads one form and records its name; a problem becomes a warning.
    pub(super) fn read_form(
        &mut self,
        form: &'static str,
        read: impl FnOnce(&mut Archive) -> Result<(), Problem>,
    ) {
        self.formats.push(form);
        if let Err(problem) = read(self) {
            self.warnings.push(problem);
        }
    }

    /// Adds a warning, unless there are too many.
    pub(super) fn warn(&mut self, problem: Problem) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(problem);
        }
    }

    /// Adds an image; if it is already there, adds only its names.
    pub(super) fn add(&mut self, mut image: ImageSource) {
        image.tags.retain(|tag| tag.len() <= MAX_NAME);
        image.tags.truncate(MAX_NAMES);
        let same = |there: &&mut ImageSource| match (&there.manifest_digest, &image.manifest_digest)
        {
            (Some(a), Some(b)) => a == b,
            _ => there.image_id.is_some() && there.image_id == image.image_id,
        };
        match self.images.iter_mut().find(same) {
            Some(there) => add_names(&mut there.tags, &image.tags),
            None => self.push(image),
        }
    }

    /// Adds names to what has this manifest.
    pub(super) fn name(&mut self, manifest: &Digest, names: &[String]) {
        let images = self.images.iter_mut();
        for image in images.filter(|image| image.manifest_digest.as_ref() == Some(manifest)) {
            add_names(&mut image.tags, names);
        }
        for other in self.others.iter_mut().filter(|other| other.digest == *manifest) {
            add_names(&mut other.names, names);
        }
    }

    fn push(&mut self, image: ImageSource) {
        let layers: usize = self.images.iter().map(|image| image.layers.len()).sum();
        if self.images.len() >= MAX_IMAGES || layers + image.layers.len() > MAX_ALL_LAYERS {
            let problem = Problem::new("index-too-large", "The archive has too many images.")
                .expected(format!("at most {MAX_IMAGES} images and {MAX_ALL_LAYERS} layers"))
                .found("more, which are left out");
            if !self.warnings.contains(&problem) {
                self.warn(problem);
            }
            return;
        }
        self.images.push(image);
    }
}

/// Adds names that are not there yet.
pub fn add_names(there: &mut Vec<String>, names: &[String]) {
    for name in names.iter().filter(|name| name.len() <= MAX_NAME) {
        if !there.contains(name) && there.len() < MAX_NAMES {
            there.push(name.clone());
        }
    }
}
