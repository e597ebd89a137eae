//! What a comparison and the rules of CI read of an image: its tree and figures, and whether all of it is known.

use crate::analysis::compare::ComparedImage;
use crate::analysis::efficiency::Efficiency;
use crate::archive::LayerSource;
use crate::problem::Problem;
use crate::report::ComparedSide;
use crate::session::state::{OpenImage, Session, blob_size};
use crate::vocabulary::{ImagePosition, LayerPosition};

/// Warnings of a layer that was not read to its end.
const INCOMPLETE: [&str; 5] =
    ["blob-truncated", "layer-damaged", "layer-limit", "read-failed", "tar-truncated"];

impl Session {
    /// The image as comparisons read it, once it is ready.
    pub fn compared_image(&self, image: ImagePosition) -> Result<ComparedImage<'_>, Problem> {
        let (tree, inventory) = self.packages_of(image)?;
        let open = self.image(image)?;
        let summaries = self.layer_summaries(open);
        let size = |sum: u64, size: u64| sum.saturating_add(size);
        Ok(ComparedImage {
            tree,
            layers_size: summaries
                .iter()
                .filter_map(|layer| layer.counts)
                .map(|counts| counts.size)
                .fold(0, size),
            diff_ids: summaries.into_iter().map(|layer| layer.diff_id).collect(),
            config: &open.source.config,
            steps: open.source.steps(),
            inventory,
        })
    }

    /// What names the image in the report of a comparison.
    pub fn compared_side(&self, image: ImagePosition) -> Result<ComparedSide, Problem> {
        let (open, built) = (self.image(image)?, self.built(image)?);
        let source = &open.source;
        Ok(ComparedSide {
            name: source.tags.first().unwrap_or(&self.name).clone(),
            image_id: source.image_id.clone(),
            manifest_digest: source.manifest_digest.clone(),
            platform: source.platform.to_string(),
            size: built.tree.totals().size,
            compressed_size: blob_size(source),
        })
    }

    /// dive's figures of an image, and the bytes of its layers above the first.
    pub fn dive_figures(&self, image: ImagePosition) -> Result<(&Efficiency, u64), Problem> {
        let built = self.built(image)?;
        let upper = built.tree.layers().iter().skip(1).flat_map(|layer| layer.entries());
        let upper = upper.fold(0u64, |sum, entry| sum.saturating_add(entry.size()));
        let efficiency = built.efficiency.as_ref().ok_or_else(|| {
            Problem::new("layers-not-read", "The image's figures are not known yet.")
        })?;
        Ok((efficiency, upper))
    }

    /// The first layer that is not here, or that was not read to its end, as a problem: figures of the image are
    /// then those of a part. `None`: all of it is known.
    pub fn incomplete_layer(&self, image: ImagePosition) -> Result<Option<Problem>, Problem> {
        let open = self.image(image)?;
        let layers = (0..).map(LayerPosition).zip(&open.source.layers);
        let mut problems = layers.filter_map(|(position, layer)| {
            Some(self.missing_part(open, layer)?.in_layer(position))
        });
        Ok(problems.next())
    }

    fn missing_part(&self, open: &OpenImage, layer: &LayerSource) -> Option<Problem> {
        let part = layer.blob.as_ref();
        let (Some(part), Some(blob)) = (part, self.blobs.get(layer)) else {
            return Some(
                Problem::new("layer-missing", "A layer is not in the archive.").found(&layer.name),
            );
        };
        let told = |problem: &&Problem| INCOMPLETE.contains(&&*problem.code);
        if let Some(problem) = blob.scan.warnings.iter().find(told) {
            return Some(problem.clone());
        }
        if !open.saved && self.blobs.is_cut(part) {
            let cut = self.warnings.iter().find(|problem| problem.code == "archive-truncated");
            return Some(cut.cloned().unwrap_or_else(|| {
                Problem::new("blob-truncated", "The blob ends early.").in_blob(&layer.name)
            }));
        }
        (blob.failed || blob.scan.limited || blob.scan.claimed).then(|| {
            Problem::new("layers-not-read", "A layer was not read to its end.").in_blob(&layer.name)
        })
    }
}
