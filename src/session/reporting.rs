//! The report of an opened source: what is known of its images and layers, as `report.rs` writes it.

use super::state::{Merged, Session};
use crate::analysis::efficiency::efficiency;
use crate::analysis::verification;
use crate::archive::LayerSource;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::report;
use crate::tree;
use crate::vocabulary::LayerPosition;

impl Session {
    /// The report over all images, or over image `only`, as JSON. All `report_jobs` are to be in.
    pub fn report(&mut self, only: Option<usize>) -> Result<String, Problem> {
        let mut images = Vec::new();
        for (at, image) in self.images.iter().enumerate() {
            if only.is_some_and(|only| only != at) {
                continue;
            }
            let layers: Vec<_> =
                image.layers.iter().enumerate().map(|(at, l)| self.layer_facts(at, l)).collect();
            images.push(match &self.merged {
                Some(Merged {
                    tree,
                    efficiency: Some(efficiency),
                    inventory: Some(inventory),
                    ..
                }) if at == self.chosen => {
                    report::image(image, &layers, tree, efficiency, inventory)
                }
                _ => {
                    let tree = tree::merge(self.indexes(image));
                    let inventory = self.inventory(image, &tree);
                    report::image(image, &layers, &tree, &efficiency(tree.layers()), &inventory)
                }
            });
        }
        let named = self.remote.as_ref().and_then(|remote| Digest::parse(&remote.digest));
        let source = report::ReportSource {
            kind: match (&self.remote, self.folder) {
                (Some(_), _) => "registry",
                (None, true) => "directory",
                (None, false) => "file",
            },
            format: self.formats.join("+"),
            name: self.name.clone(),
            size: self.size(),
            digest: named.or_else(|| self.source_digest.clone()),
            compression: self.compression.name(),
        };
        report::whole(source, images, &self.others, &self.warnings)
    }

    pub(super) fn layer_facts(&self, at: usize, layer: &LayerSource) -> report::LayerFacts {
        let blob = self.blobs.get(layer);
        let empty = Default::default();
        let scan = blob.map_or(&empty, |blob| &blob.scan);
        let (digests, diff_ids) = (&scan.blob_digests[..], &scan.diff_ids[..]);
        let mut warnings = scan.warnings.clone();
        warnings.iter_mut().for_each(|warning| warning.layer = Some(LayerPosition(at as u32)));
        warnings.extend(verification::mismatches(
            layer,
            LayerPosition(at as u32),
            digests,
            diff_ids,
        ));
        report::LayerFacts {
            digest: best(&layer.digest, digests),
            diff_id: best(&layer.diff_id, diff_ids),
            compression: blob.map(|_| scan.compression),
            compressed_size: layer.blob.map(|part| part.len),
            tar_size: scan.tar_size,
            counts: blob.map(|blob| blob.counts),
            // What somebody else has checked is checked by nobody here.
            verified: verification::verified(layer, digests, diff_ids)
                .filter(|right| !(self.saved && *right)),
            limited: scan.limited,
            warnings,
        }
    }
}

/// The computed digest, or else the claimed one.
fn best<D: AsRef<Digest> + Clone>(claim: &Option<D>, found: &[D]) -> Option<D> {
    verification::computed(claim.as_ref(), found).or(claim.as_ref()).cloned()
}
