//! The result of a pull: the image, and everything else that an index names.

use super::stage::MAX_CHOICES;
use crate::oci::{
    Descriptor, Digest, ImageConfig, ImageIndex, ImageManifest, Platform, Reference, Role,
    is_image_config,
};
use crate::problem::Problem;
use std::collections::HashSet;

/// What a reference leads to.
#[derive(Debug)]
pub struct Pulled {
    /// As requested.
    pub reference: Reference,
    /// Digest of what the reference names: the index, or the manifest if there is no index.
    pub digest: Digest,
    /// Every index, manifest and configuration on the way, with verified digests.
    pub documents: Vec<(Digest, Vec<u8>)>,
    /// Images of the index, in its order; those of nested indexes come after them.
    pub choices: Vec<PlatformChoice>,
    /// Attestations and artifacts of the index.
    pub others: Vec<OtherManifest>,
    /// The position of the chosen image in `choices`; `None` without an index, or if no platform matches.
    pub chosen: Option<usize>,
    /// The image; `None` if no platform matches (a warning says so), or for an artifact.
    pub image: Option<PulledImage>,
    /// The artifact that the reference names.
    pub artifact: Option<Artifact>,
    /// For a reference with tag and digest: the digest that the tag names now, if it is another one.
    pub moved_to: Option<Digest>,
    /// Problems that did not stop the pull.
    pub warnings: Vec<Problem>,
}

/// An image in an index.
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformChoice {
    /// Its manifest.
    pub descriptor: Descriptor,
    /// As the index states it; may be empty.
    pub platform: Platform,
    /// The index that names it.
    pub parent: Digest,
}

/// Something in an index that is not an image.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherManifest {
    /// Its manifest.
    pub descriptor: Descriptor,
    /// It is a statement about an image (BuildKit's provenance or SBOM); otherwise an artifact.
    pub attestation: bool,
    /// The manifest that it is about.
    pub subject: Option<Digest>,
}

/// An image with its manifest and configuration.
#[derive(Debug)]
pub struct PulledImage {
    /// Digest of the manifest.
    pub manifest_digest: Digest,
    /// Names the layers with their digests and (compressed) sizes, the base first.
    pub manifest: ImageManifest,
    /// The image ID: the digest of the configuration.
    pub image_id: Digest,
    pub config: ImageConfig,
}

impl PulledImage {
    /// Bytes of all layers as they are transferred, each once; negative sizes count 0.
    pub fn download(&self) -> u64 {
        let mut seen = HashSet::new();
        let fresh = self.manifest.layers.iter().filter(|layer| seen.insert(&layer.digest));
        fresh.fold(0, |sum, layer| sum.saturating_add(layer.bytes()))
    }
}

/// A manifest that does not describe an image.
#[derive(Debug)]
pub struct Artifact {
    /// Digest of the manifest.
    pub digest: Digest,
    /// Its `layers` are the artifact's blobs.
    pub manifest: ImageManifest,
}

impl Pulled {
    /// Nothing is fetched yet.
    pub(super) fn new(reference: Reference) -> Pulled {
        Pulled {
            // A reference without a digest gets one from the first document.
            digest: reference.digest().cloned().unwrap_or_else(|| Digest::of(b"")),
            reference,
            documents: Vec::new(),
            choices: Vec::new(),
            others: Vec::new(),
            chosen: None,
            image: None,
            artifact: None,
            moved_to: None,
            warnings: Vec::new(),
        }
    }

    /// Sorts what an index names into choices and others. `nested` gets what is or may be an index, and
    /// returns false if it is not followed.
    pub(super) fn add_index(
        &mut self,
        index: ImageIndex,
        digest: &Digest,
        mut nested: impl FnMut(&Descriptor) -> bool,
    ) {
        for descriptor in index.manifests {
            let place = IndexPlace::of(&descriptor);
            let follows = matches!(place, IndexPlace::Index | IndexPlace::Unknown);
            if follows && nested(&descriptor) {
                continue;
            }
            if place == IndexPlace::Index || self.choices.len() >= MAX_CHOICES {
                let message = "The index names too many manifests.";
                let problem = Problem::new("index-too-large", message);
                if !self.warnings.contains(&problem) {
                    self.warnings.push(problem);
                }
            } else if place == IndexPlace::Image {
                self.add_choice(descriptor, digest);
            } else {
                self.add_other(descriptor);
            }
        }
    }

    /// Adds an image of an index.
    pub(super) fn add_choice(&mut self, descriptor: Descriptor, parent: &Digest) {
        if !self.choices.iter().any(|choice| choice.descriptor.digest == descriptor.digest) {
            let platform = descriptor.platform.clone().unwrap_or_default();
            self.choices.push(PlatformChoice { descriptor, platform, parent: parent.clone() });
        }
    }

    /// Adds something of an index that is not an image.
    pub(super) fn add_other(&mut self, descriptor: Descriptor) {
        let (subject, attestation) = (descriptor.attested(), descriptor.is_attestation());
        self.others.push(OtherManifest { descriptor, attestation, subject });
    }
}

/// What a descriptor in an index says that it leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum IndexPlace {
    Index,
    Image,
    /// An attestation or an artifact.
    Other,
    /// Its media type is missing or unknown: the document tells.
    Unknown,
}

impl IndexPlace {
    fn of(descriptor: &Descriptor) -> IndexPlace {
        let artifact =
            !(descriptor.artifact_type.is_empty() || is_image_config(&descriptor.artifact_type));
        match Role::of(&descriptor.media_type) {
            Role::Index => IndexPlace::Index,
            _ if artifact || descriptor.is_attestation() => IndexPlace::Other,
            Role::Manifest => IndexPlace::Image,
            _ if descriptor.media_type.is_empty() && descriptor.platform.is_some() => {
                IndexPlace::Image
            }
            _ => IndexPlace::Unknown,
        }
    }
}
