//! What pulling gives: the image, and everything beside it that an index names.

use crate::oci::{Descriptor, Digest, ImageConfig, ImageManifest, Platform, Reference};
use crate::problem::Problem;

/// What a reference led to.
#[derive(Debug)]
pub struct Pulled {
    /// As it was asked for.
    pub reference: Reference,
    /// Of what the reference names: the index, or the manifest where there is no index.
    pub digest: Digest,
    /// Every index, manifest and configuration that led to it, as the registry has them. All are what
    /// their digests say.
    pub documents: Vec<(Digest, Vec<u8>)>,
    /// Images of the index, in its order, those of nested indexes in their place's order behind.
    pub choices: Vec<PlatformChoice>,
    /// Attestations and artifacts of the index.
    pub others: Vec<OtherManifest>,
    /// Which of `choices` was taken; `None` without an index, or if none fits.
    pub chosen: Option<usize>,
    /// The image; `None` if no platform fits (a warning says so) or it is an artifact.
    pub image: Option<PulledImage>,
    /// What is no image.
    pub artifact: Option<Artifact>,
    /// Where the reference has a tag beside its digest, and that names something else by now: what.
    pub moved_to: Option<Digest>,
    /// What went wrong beside.
    pub warnings: Vec<Problem>,
}

/// An image of an index.
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformChoice {
    /// Its manifest.
    pub descriptor: Descriptor,
    /// As the index says; empty: it doesn't.
    pub platform: Platform,
    /// The index that names it.
    pub parent: Digest,
}

/// Something in an index that is no image.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherManifest {
    /// Its manifest.
    pub descriptor: Descriptor,
    /// A statement about an image (BuildKit's provenance or SBOM); else an artifact.
    pub attestation: bool,
    /// The manifest that it speaks of.
    pub subject: Option<Digest>,
}

/// An image whose manifest and configuration are at hand.
#[derive(Debug)]
pub struct PulledImage {
    /// Of the manifest.
    pub manifest_digest: Digest,
    /// Layers with their digests and sizes (compressed), the base first.
    pub manifest: ImageManifest,
    /// The image ID: the configuration's digest.
    pub image_id: Digest,
    /// The configuration.
    pub config: ImageConfig,
}

impl PulledImage {
    /// Bytes of all layers as they are transferred, each once; negative sizes count 0.
    pub fn download(&self) -> u64 {
        let mut seen = Vec::new();
        let fresh = self.manifest.layers.iter().filter(|layer| {
            let fresh = !seen.contains(&&layer.digest);
            seen.push(&layer.digest);
            fresh
        });
        fresh.fold(0, |sum, layer| sum.saturating_add(layer.bytes()))
    }
}

/// A manifest that is no image's.
#[derive(Debug)]
pub struct Artifact {
    /// Of the manifest.
    pub digest: Digest,
    /// Its blobs are its `layers`.
    pub manifest: ImageManifest,
}
