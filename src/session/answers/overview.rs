//! The overview: what an image is, what was checked, and what was found.

use super::waste::dive;
use crate::archive::{ImageSource, LayerSource};
use crate::oci::RunConfig;
use crate::problem::Problem;
use crate::protocol::{DigestCheck, LayerPresence, OverviewFacts};
use crate::selection::LayerSelection;
use crate::session::found::installed;
use crate::session::state::{BuiltImage, OpenImage, Session, blob_size};
use crate::text::{Shown, grouped};
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition};

/// Labels and annotations with this prefix say who built an image from what.
///
/// Source: OCI image-spec, annotations.md, "Pre-Defined Annotation Keys".
const ORIGIN_PREFIX: &str = "org.opencontainers.image.";

/// Codes of mismatches that `DigestCheck` has, of layers.
const MISMATCH: &str = "-mismatch";

/// Warnings of an image that are answered: a thousand layers may have a hundred each.
const MAX_WARNINGS: usize = 1000;

impl Session {
    pub(super) fn overview_facts(&self, image: ImagePosition) -> Result<OverviewFacts, Problem> {
        let open = self.image(image)?;
        let built = self.built(image).ok();
        let source = &open.source;
        let totals = built.map(|built| built.tree.totals());
        let inventory = built.and_then(|built| built.inventory.as_ref());
        let release = inventory.and_then(|inventory| inventory.release.as_ref());
        let config = source.config.run_config();
        Ok(OverviewFacts {
            names: source.tags.iter().map(Shown::new).collect(),
            image_id: source.image_id.as_ref().map(ToString::to_string),
            manifest_digest: source.manifest_digest.as_ref().map(ToString::to_string),
            index_digest: source.index_digest.as_ref().map(ToString::to_string),
            platform: Shown::new(source.platform.to_string()),
            created: source.config.created.as_ref().map(Shown::new),
            author: source.config.author.as_ref().filter(|name| !name.is_empty()).map(Shown::new),
            distribution: release
                .map(|release| Shown::new(&release.pretty_name))
                .filter(|name| !name.is_empty()),
            origin: origin(source, &config),
            layers: source.layers.len() as u32,
            size: self.image_size(source),
            blob_size: blob_size(source),
            any_compressed: self.any_compressed(open),
            tree_size: totals.map(|totals| totals.size),
            tree_entries: totals.map(|totals| totals.entries),
            run: self.run_facts(image, open, &config),
            digests: self.digest_check(open),
            hidden: built.and_then(|built| self.hidden_bytes(open, built)),
            dive: built.and_then(dive),
            packages: inventory.map(|inventory| installed(inventory).count() as u32),
            secrets: self.secret_numbers(image, LayerSelection::All).ok(),
            risks: self.risk_numbers(image, LayerSelection::All).ok(),
            provenance: self.provenance_numbers(image),
            unread: built.map(|built| self.unread_layers(open, built)).unwrap_or_default(),
            warnings: self.image_warnings(open, built),
        })
    }

    /// Whether layers are what their digests say.
    fn digest_check(&self, open: &OpenImage) -> DigestCheck {
        let mut check = DigestCheck { saved_inspection: open.saved, ..DigestCheck::default() };
        for (position, layer) in (0..).map(LayerPosition).zip(&open.source.layers) {
            let summary = self.layer_summary(open, position, layer);
            let list = match (summary.verified, self.layer_presence(layer)) {
                (Some(true), _) => &mut check.matching,
                (Some(false), _) => &mut check.mismatching,
                (None, LayerPresence::Missing) => &mut check.missing,
                (None, LayerPresence::Listed | LayerPresence::NotDownloaded) => {
                    &mut check.not_downloaded
                }
                (None, _) if open.saved => continue,
                (None, LayerPresence::Failed) => &mut check.incomplete,
                (None, _) if self.check_is_pending(layer) => &mut check.pending,
                (None, _) if summary.tar_size.is_none() => &mut check.incomplete,
                (None, _) => &mut check.unclaimed,
            };
            list.push(position.number());
        }
        check
    }

    /// Layers whose files or contents are not known.
    pub(super) fn unread_layers(&self, open: &OpenImage, built: &BuiltImage) -> Vec<LayerNumber> {
        let unread = built.inventory.as_ref().map_or(&[][..], |inventory| &inventory.unread);
        let layers = (0..).map(LayerPosition).zip(&open.source.layers);
        let is_unread = |(position, layer): &(LayerPosition, &LayerSource)| {
            let presence = self.layer_presence(layer);
            !matches!(presence, LayerPresence::Read | LayerPresence::Unread)
                || unread.contains(position)
        };
        layers.filter(is_unread).map(|(position, _)| position.number()).collect()
    }

    /// Layers that were read in part, so that packages of theirs may be missing.
    pub(super) fn partial_layers(&self, open: &OpenImage, built: &BuiltImage) -> Vec<LayerNumber> {
        let unread = self.unread_layers(open, built);
        let partial = built.inventory.iter().flat_map(|inventory| &inventory.partial);
        let partial = partial.map(|position| position.number());
        partial.filter(|number| !unread.contains(number)).collect()
    }

    /// Problems of source, image, layers and tree, digest mismatches of layers left out.
    fn image_warnings(&self, open: &OpenImage, built: Option<&BuiltImage>) -> Vec<Problem> {
        let layers = self.layer_summaries(open).into_iter().flat_map(|layer| layer.warnings);
        let tree = built.into_iter().flat_map(|built| built.tree.warnings()).cloned();
        let source = self.warnings.iter().chain(&open.source.warnings).cloned();
        let is_in_check = |problem: &Problem| {
            problem.layer.is_some()
                && problem.code.starts_with("layer-")
                && problem.code.ends_with(MISMATCH)
        };
        let mut all = source.chain(layers).chain(tree).filter(|problem| !is_in_check(problem));
        let mut warnings: Vec<Problem> = all.by_ref().take(MAX_WARNINGS).collect();
        let more = all.count();
        if more > 0 {
            let message = "There are more warnings than are shown.";
            let found = format!("{} more", grouped(more as u64));
            let problem = Problem::new("more-warnings", message).found(found);
            warnings.push(problem.advice("Save the report: it has all of them."));
        }
        warnings
    }
}

/// What labels and annotations say about the image's origin; a label wins over an annotation of the same key.
fn origin(source: &ImageSource, config: &RunConfig) -> Vec<(Shown, Shown)> {
    let labels = config.labels.iter().map(|(key, value)| (key, value));
    let annotations = source.annotations.iter();
    let mut origin: Vec<(Shown, Shown)> = Vec::new();
    for (key, value) in labels.chain(annotations) {
        let shown = Shown::new(key);
        if key.starts_with(ORIGIN_PREFIX) && origin.iter().all(|(known, _)| *known != shown) {
            origin.push((shown, Shown::new(value)));
        }
    }
    origin
}
