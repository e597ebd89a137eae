//! What is known about a layer beside the tree: its digests, sizes, checks and problems.

use crate::analysis::verification;
use crate::archive::{InlineBlobs, LayerSource};
use crate::codec::BlobPart;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::LayerPresence;
use crate::report::LayerSummary;
use crate::session::state::{OpenImage, Session};
use crate::vocabulary::LayerPosition;

impl Session {
    /// What is known about each layer of an image, base first.
    pub(super) fn layer_summaries(&self, open: &OpenImage) -> Vec<LayerSummary> {
        let layers = (0..).map(LayerPosition).zip(&open.source.layers);
        layers.map(|(position, layer)| self.layer_summary(open, position, layer)).collect()
    }

    /// What is known about a layer.
    pub(super) fn layer_summary(
        &self,
        open: &OpenImage,
        position: LayerPosition,
        layer: &LayerSource,
    ) -> LayerSummary {
        let blob = self.blobs.get(layer);
        let empty = Default::default();
        let scan = blob.map_or(&empty, |blob| &blob.scan);
        let (digests, diff_ids) = (&scan.blob_digests[..], &scan.diff_ids[..]);
        let mut warnings = scan.warnings.clone();
        warnings.iter_mut().for_each(|warning| warning.layer = Some(position));
        warnings.extend(verification::mismatches(layer, position, digests, diff_ids));
        LayerSummary {
            digest: best(&layer.digest, digests),
            diff_id: best(&layer.diff_id, diff_ids),
            compression: blob.map(|_| scan.compression),
            compressed_size: layer.blob.map(|part| part.len),
            tar_size: scan.tar_size,
            counts: blob.filter(|blob| !blob.failed).map(|blob| blob.counts),
            // What somebody else checked is not checked here.
            verified: verification::verified(layer, digests, diff_ids)
                .filter(|holds| !(open.saved && *holds)),
            limited: scan.limited || scan.notes.limited,
            warnings,
        }
    }

    /// Whether a layer's contents are here.
    pub(super) fn layer_presence(&self, layer: &LayerSource) -> LayerPresence {
        let Some(part) = layer.blob else { return LayerPresence::Missing };
        match self.blobs.get(layer) {
            Some(blob) if blob.failed => LayerPresence::Failed,
            Some(_) if self.blobs.is_listed(&part) => LayerPresence::Listed,
            Some(blob) if blob.scan.claimed => LayerPresence::Unread,
            Some(_) => LayerPresence::Read,
            None if self.is_here(&part) => LayerPresence::Unread,
            None => LayerPresence::NotDownloaded,
        }
    }

    /// Whether a blob can be read: from a file, from its descriptor, or because it was downloaded.
    fn is_here(&self, part: &BlobPart) -> bool {
        self.registry.is_none() || InlineBlobs::has(part) || self.blobs.has_arrived(part)
    }

    /// Whether a layer's digests are still to be checked.
    pub(super) fn check_is_pending(&self, layer: &LayerSource) -> bool {
        self.blobs.get(layer).is_none_or(|blob| !blob.checked)
    }

    /// Problems of an image's layers: those of the archive and those of the layers themselves.
    pub(super) fn layer_warnings(
        open: &OpenImage,
        position: LayerPosition,
        summary: LayerSummary,
    ) -> Vec<Problem> {
        let about = |warning: &&Problem| warning.layer == Some(position);
        open.source.warnings.iter().filter(about).cloned().chain(summary.warnings).collect()
    }
}

/// The computed digest, or else the claimed one.
fn best<D: AsRef<Digest> + Clone>(claim: &Option<D>, computed: &[D]) -> Option<D> {
    verification::computed(claim.as_ref(), computed).or(claim.as_ref()).cloned()
}
