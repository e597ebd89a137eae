//! What a comparison and the rules of CI read of an image: its tree and figures, and whether all of it is known.

use crate::analysis::compare::ComparedImage;
use crate::analysis::efficiency::Efficiency;
use crate::archive::LayerSource;
use crate::problem::Problem;
use crate::report::ComparedSide;
use crate::session::state::{OpenImage, Session, blob_size};
use crate::tree::FileTree;
use crate::vocabulary::{ImagePosition, LayerPosition, SourceFormat};

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

    /// The first part that is not here, or was not read to its end, as a problem: figures of the image are then those
    /// of a part. Its layers first, then what lies beside them. `None`: all of it is known.
    pub fn missing_part(&self, image: ImagePosition) -> Result<Option<Problem>, Problem> {
        let open = self.image(image)?;
        let layers = (0..).map(LayerPosition).zip(&open.source.layers);
        let mut problems = layers.filter_map(|(position, layer)| {
            Some(self.missing_of_layer(open, layer)?.in_layer(position))
        });
        let tree = open.built.as_ref().map(|built| &built.tree);
        let beside = || self.missing_beside_layers(open, tree).next().cloned();
        Ok(problems.next().or_else(beside))
    }

    /// Warnings that leave out a part of the image which no layer here tells of: those of the image and its tree; and
    /// those of the source where it is the image, without an index that names its layers.
    pub(in crate::session) fn missing_beside_layers<'a>(
        &'a self,
        open: &'a OpenImage,
        tree: Option<&'a FileTree>,
    ) -> impl Iterator<Item = &'a Problem> {
        // A part is of the source if the image is that it is a part of.
        let whole = open.part_of.and_then(|(whole, _)| self.image(whole).ok());
        let is_own = !whole.unwrap_or(open).taken_in;
        // A layer that the file ends in is named as such. An inspection does not say which that was.
        let no_index = self.formats == [SourceFormat::Tar] && self.blobs.cut_at.is_none();
        let source = if is_own && (self.saved || no_index) { &self.warnings[..] } else { &[] };
        let tree = tree.into_iter().flat_map(FileTree::warnings);
        let all = source.iter().chain(&open.source.warnings).chain(tree);
        all.filter(|problem| problem.leaves_out())
    }

    fn missing_of_layer(&self, open: &OpenImage, layer: &LayerSource) -> Option<Problem> {
        let part = layer.blob.as_ref();
        let (Some(part), Some(blob)) = (part, self.blobs.get(layer)) else {
            return Some(
                Problem::new("layer-missing", "A layer is not in the archive.").found(&layer.name),
            );
        };
        if let Some(problem) = blob.scan.warnings.iter().find(|problem| problem.leaves_out()) {
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
