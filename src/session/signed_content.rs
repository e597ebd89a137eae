//! Whether what is shown of an image is what a signature of its manifest, or of its index, is about.
//!
//! - A signature is over a digest. It says something about files only if the manifest with this digest names the
//!   configuration and the layers that are here, and these are what their digests say.
//! - Warnings are not enough to decide it: an archive may have the right manifest beside a changed one, and of many
//!   warnings only some are kept. So the manifest is read again, from bytes that have the digest.

use super::state::{OpenImage, Session};
use crate::analysis::verification;
use crate::archive::{LayerSource, SourceDocument};
use crate::oci::{Digest, ImageIndex, ImageManifest, LenientDocument};
use crate::protocol::SignedContent;
use crate::text::text_as_utf8;
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition};

/// What keeps a signature from being about what is here.
#[derive(Clone, Debug, PartialEq)]
pub enum ContentFault {
    /// The image is that of a saved inspection, which has no contents.
    NoContents,
    /// No manifest with the image's digest is here.
    Manifest,
    /// The manifest names another configuration.
    Configuration,
    /// The manifest names other layers.
    Layers,
    /// A layer, with the digest that the manifest names.
    Layer(LayerNumber, Option<Digest>, LayerFault),
}

/// Why a layer is not known to be what its digest says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerFault {
    /// It has another digest.
    Differs,
    /// It was read, and its digest could not be computed or compared.
    NotCompared,
    /// It is not here, or its digest was not computed yet.
    NotYet,
}

impl Session {
    /// What a signature of an image says about what is shown, as far as it was compared: the page says what is still to
    /// be compared (`DigestCheck`).
    pub(super) fn signed_content(&self, image: ImagePosition) -> SignedContent {
        let faults = self.content_faults(image);
        let is_later =
            |fault: &ContentFault| matches!(fault, ContentFault::Layer(_, _, LayerFault::NotYet));
        match faults.first() {
            Some(ContentFault::NoContents) => SignedContent::NotHere,
            _ if faults.iter().all(is_later) => SignedContent::Same,
            _ => SignedContent::NotSame,
        }
    }

    /// All that keeps a signature of an image from being about all of it.
    pub fn content_faults(&self, image: ImagePosition) -> Vec<ContentFault> {
        let Ok(open) = self.image(image) else { return vec![ContentFault::Manifest] };
        if open.saved {
            return vec![ContentFault::NoContents];
        }
        let mut faults = Vec::from_iter(self.manifest_fault(open));
        for (position, layer) in (0..).map(LayerPosition).zip(&open.source.layers) {
            if let Some(fault) = self.layer_fault(layer) {
                faults.push(ContentFault::Layer(position.number(), layer.digest.clone(), fault));
            }
        }
        faults
    }

    fn manifest_fault(&self, open: &OpenImage) -> Option<ContentFault> {
        let source = &open.source;
        let document = source.manifest_digest.as_ref().and_then(|digest| self.exact(digest));
        let manifest = document
            .and_then(|document| ImageManifest::with_faults(&text_as_utf8(&document.bytes)).ok());
        let Some((manifest, _)) = manifest else { return Some(ContentFault::Manifest) };
        let named = &manifest.config.digest;
        let is_config = source.image_id.as_ref().is_some_and(|id| {
            id == named || self.exact(id).is_some_and(|document| document.has(named))
        });
        if !is_config {
            return Some(ContentFault::Configuration);
        }
        let named = manifest.layers.iter().map(|layer| Some(&layer.digest));
        let is_same = manifest.unread.is_empty()
            && named.eq(source.layers.iter().map(|layer| layer.digest.as_ref()));
        (!is_same).then_some(ContentFault::Layers)
    }

    fn layer_fault(&self, layer: &LayerSource) -> Option<LayerFault> {
        let Some(blob) = self.blobs.get(layer) else { return Some(LayerFault::NotYet) };
        match verification::verified(layer, &blob.scan.blob_digests, &blob.scan.diff_ids) {
            Some(true) => None,
            Some(false) => Some(LayerFault::Differs),
            None if blob.checked => Some(LayerFault::NotCompared),
            None => Some(LayerFault::NotYet),
        }
    }

    /// The document that has this digest, not only its name.
    pub(super) fn exact(&self, digest: &Digest) -> Option<&SourceDocument> {
        self.documents.find(digest).filter(|document| document.has(digest))
    }
}

/// Whether an index names a manifest.
pub(super) fn names(index: &SourceDocument, manifest: Option<&Digest>) -> bool {
    let read = ImageIndex::with_faults(&text_as_utf8(&index.bytes));
    read.is_ok_and(|(index, _)| index.manifests.iter().any(|one| Some(&one.digest) == manifest))
}
