//! The overview: what an image is, what was checked, and what was found.

use super::configuration::{MAX_TEXT, MAX_VALUES};
use super::source::recorded_time;
use super::waste::dive;
use crate::archive::LayerSource;
use crate::oci::RunConfig;
use crate::problem::Problem;
use crate::protocol::{DigestCheck, LayerPresence, OverviewFacts};
use crate::selection::LayerSelection;
use crate::session::found::installed;
use crate::session::state::{BuiltImage, OpenImage, Session, blob_size};
use crate::text::{Shown, grouped};
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition};
use std::collections::{BTreeMap, HashSet};

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
        let (origin, origin_left_out) = origin(&source.annotations, &config);
        Ok(OverviewFacts {
            names: source.tags.iter().map(Shown::new).collect(),
            image_id: source.image_id.as_ref().map(ToString::to_string),
            manifest_digest: source.manifest_digest.as_ref().map(ToString::to_string),
            index_digest: source.index_digest.as_ref().map(ToString::to_string),
            platform: Shown::new(source.platform.to_string()),
            created: recorded_time(source.config.created.as_deref()),
            author: {
                let author = source.config.author.as_deref().filter(|name| !name.is_empty());
                author.map(|name| Shown::start_of(name, MAX_TEXT))
            },
            distribution: release
                .map(|release| Shown::start_of(&release.shown_name(), MAX_TEXT))
                .filter(|name| !name.is_empty()),
            origin,
            origin_left_out,
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
        let beyond = unread.iter().filter(|position| position.index() >= open.source.layers.len());
        let all = layers.filter(is_unread).map(|(position, _)| position).chain(beyond.copied());
        all.map(LayerPosition::number).collect()
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

/// What labels and annotations say about the image's origin, and how much more they say; a label wins over an
/// annotation of the same key.
fn origin(
    annotations: &BTreeMap<String, String>,
    config: &RunConfig,
) -> (Vec<(Shown, Shown)>, u64) {
    let labels = config.labels.iter().map(|(key, value)| (key, value));
    let mut known = HashSet::new();
    let claims = labels.chain(annotations);
    let mut claims =
        claims.filter(|(key, _)| key.starts_with(ORIGIN_PREFIX) && known.insert(key.as_str()));
    let text = |text| Shown::start_of(text, MAX_TEXT);
    let origin = claims.by_ref().take(MAX_VALUES).map(|(key, value)| (text(key), text(value)));
    (origin.collect(), claims.count() as u64)
}

#[test]
fn half_a_million_claims_of_an_origin_are_told_in_part() {
    let claim = |at: usize| (format!("{ORIGIN_PREFIX}{at}"), "x".to_owned());
    let mut config =
        RunConfig { labels: (0..480_000).map(claim).collect(), ..RunConfig::default() };
    config.labels.insert(0, (format!("{ORIGIN_PREFIX}title"), "y".repeat(1 << 20)));
    config.labels.push(("other".to_owned(), "z".to_owned()));
    let same = format!("{ORIGIN_PREFIX}title");
    let annotations = BTreeMap::from([(same, "later".to_owned()), claim(480_000)]);
    let (told, left_out) = origin(&annotations, &config);
    assert_eq!((told.len(), left_out), (MAX_VALUES, 480_002 - MAX_VALUES as u64));
    assert_eq!(told[0].1.len(), MAX_TEXT + "…".len(), "a label wins over an annotation");
}
