//! The report of an opened source: what is known of its images and layers, as `report.rs` writes it.

use super::state::{BuiltImage, OpenImage, Session};
use crate::analysis::efficiency::efficiency;
use crate::analysis::verification;
use crate::archive::LayerSource;
use crate::oci::Digest;
use crate::problem::Problem;
use crate::report;
use crate::tree;
use crate::vocabulary::{ImagePosition, LayerPosition};

impl Session {
    /// The report over the source's images, or over one image, as JSON. The results of all `report_jobs` and
    /// `late_report_jobs` must be in.
    pub fn report(&self, only: Option<ImagePosition>) -> Result<String, Problem> {
        let mut images = Vec::new();
        for (image, open) in self.positions().zip(&self.images) {
            let wanted = only.map_or(!open.taken_in, |only| only == image);
            if wanted {
                images.push(self.image_report(open));
            }
        }
        let named = self.remote.as_ref().and_then(|remote| Digest::parse(&remote.digest));
        let source = report::Source {
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

    fn image_report(&self, open: &OpenImage) -> report::Image {
        let source = &open.source;
        let layers = source.layers.iter().enumerate();
        let layers: Vec<_> = layers.map(|(at, layer)| self.layer_facts(open, at, layer)).collect();
        if let Some(BuiltImage {
            tree,
            efficiency: Some(efficiency),
            inventory: Some(inventory),
            ..
        }) = open.built.as_ref().filter(|_| !open.outdated)
        {
            return report::image(source, &layers, tree, efficiency, inventory);
        }
        let tree = tree::merge(self.indexes(source));
        let inventory = self.inventory(source, &tree);
        report::image(source, &layers, &tree, &efficiency(tree.layers()), &inventory)
    }

    pub(super) fn layer_facts(
        &self,
        open: &OpenImage,
        at: usize,
        layer: &LayerSource,
    ) -> report::LayerFacts {
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
        let claimed = |claim: &Option<Digest>, found: &[Digest]| {
            verification::computed(claim.as_ref(), found).or(claim.as_ref()).cloned()
        };
        report::LayerFacts {
            digest: claimed(&layer.digest, digests),
            diff_id: claimed(&layer.diff_id, diff_ids),
            compression: blob.map(|_| scan.compression),
            compressed_size: layer.blob.map(|part| part.len),
            tar_size: scan.tar_size,
            counts: blob.map(|blob| blob.counts),
            // What somebody else has checked is checked by nobody here.
            verified: verification::verified(layer, digests, diff_ids)
                .filter(|right| !(open.saved && *right)),
            limited: scan.limited,
            warnings,
        }
    }
}
