//! The layer table and the history.

use super::instructions::{MAX_TEXT, instruction};
use super::source::recorded_time;
use crate::archive::LayerSource;
use crate::layer::BESIDE;
use crate::oci::{HistoryEntry, is_foreign};
use crate::problem::Problem;
use crate::protocol::{HistoryRow, LayerChanges, LayerFacts, LayerRow, LayerTable};
use crate::session::state::{OpenImage, Session, blob_size};
use crate::text::ShownLines;
use crate::vocabulary::{ImagePosition, LayerForm, LayerOrigin, LayerPosition};

/// Warnings in all rows together, and in each in any case: a thousand layers may have a hundred each.
const MAX_WARNINGS: usize = 2000;
const MIN_WARNINGS: usize = 3;

impl Session {
    /// The layer table, empty layers in their place.
    pub(super) fn layer_table(&self, image: ImagePosition) -> Result<LayerTable, Problem> {
        let open = self.image(image)?;
        let base = self.base_layers(image);
        let layers = (0..).map(LayerPosition).zip(&open.source.layers);
        let mut layers = layers.map(|(position, layer)| LayerFacts {
            origin: base.origin(position),
            ..self.layer_facts(open, position, layer)
        });
        let mut rows = Vec::new();
        for entry in open.source.steps() {
            let layer = if entry.empty_layer { None } else { layers.next() };
            rows.push(LayerRow { layer, ..history_part(open, entry) });
        }
        rows.extend(layers.map(|layer| LayerRow { layer: Some(layer), ..LayerRow::default() }));
        let (size, blob_size) = (self.image_size(&open.source), blob_size(&open.source));
        Ok(LayerTable { rows, size, blob_size })
    }

    /// Facts of a layer; which layers are the base image's is not known from one alone.
    fn layer_facts(
        &self,
        open: &OpenImage,
        position: LayerPosition,
        layer: &LayerSource,
    ) -> LayerFacts {
        let summary = self.layer_summary(open, position, layer);
        let change =
            open.built.as_ref().and_then(|built| built.tree.changes().get(position.index()));
        let change = summary.counts.and(change);
        let most = (MAX_WARNINGS / open.source.layers.len().max(1)).max(MIN_WARNINGS);
        LayerFacts {
            number: position.number(),
            presence: self.layer_presence(layer),
            size: summary.counts.map(|counts| counts.size),
            blob_size: summary.compressed_size,
            compression: summary.compression,
            forms: self.forms(open, layer),
            limited: summary.limited,
            origin: LayerOrigin::Own,
            contribution: change.map(|change| change.contribution),
            kept: change.map(|change| change.kept),
            changes: change.map(|change| LayerChanges {
                added: change.added,
                modified: change.modified.saturating_sub(change.unchanged),
                removed: change.removed,
                unchanged: change.unchanged,
            }),
            digest: summary.digest.as_ref().map(ToString::to_string),
            diff_id: summary.diff_id.as_ref().map(ToString::to_string),
            verified: summary.verified,
            warnings: {
                let mut warnings = Session::layer_warnings(open, position, summary);
                warnings.truncate(most);
                warnings
            },
        }
    }

    /// What a layer is beside a tar.
    fn forms(&self, open: &OpenImage, layer: &LayerSource) -> Vec<LayerForm> {
        let table = self.blobs.get(layer).and_then(|blob| table_form(&blob.scan.form));
        let foreign = layer.media_type.as_deref().is_some_and(is_foreign);
        let windows = open.source.platform.os == "windows";
        let foreign = foreign.then_some(LayerForm::Foreign);
        table.into_iter().chain(foreign).chain(windows.then_some(LayerForm::Windows)).collect()
    }

    /// The rows of `docker image history`, newest first.
    pub(super) fn history_rows(&self, image: ImagePosition) -> Result<Vec<HistoryRow>, Problem> {
        let source = &self.image(image)?.source;
        let from_chain = source.config.history.is_empty();
        let mut layers = (0..).map(LayerPosition).zip(&source.layers);
        let mut rows = Vec::new();
        for entry in source.steps() {
            let layer = if entry.empty_layer { None } else { layers.next() };
            let size = match layer {
                Some((_, layer)) => {
                    let read = self.blobs.get(layer).filter(|blob| !blob.failed);
                    read.map(|blob| blob.counts.size)
                }
                None => Some(0),
            };
            let created_by = entry.created_by.as_deref().unwrap_or("").replace('\t', " ");
            rows.push(HistoryRow {
                image_id: None,
                created: recorded_time(entry.created.as_deref()),
                created_by: ShownLines::start_of(&created_by, MAX_TEXT),
                size,
                comment: ShownLines::start_of(entry.comment.as_deref().unwrap_or(""), MAX_TEXT),
                layer: layer.map(|(position, _)| position.number()),
                from_chain,
            });
        }
        rows.reverse();
        if let Some(newest) = rows.first_mut() {
            newest.image_id = source.image_id.as_ref().map(ToString::to_string);
        }
        Ok(rows)
    }
}

/// What a history entry alone tells.
fn history_part(open: &OpenImage, entry: &HistoryEntry) -> LayerRow {
    let comment = open.without_secrets(entry.comment.as_deref().unwrap_or(""));
    LayerRow {
        instruction: instruction(open, entry),
        created: recorded_time(entry.created.as_deref()),
        comment: ShownLines::start_of(&comment, MAX_TEXT),
        layer: None,
    }
}

/// The kind of table of contents that a scan names.
fn table_form(name: &str) -> Option<LayerForm> {
    match name {
        "eStargz" => Some(LayerForm::EStargz),
        "zstd:chunked" => Some(LayerForm::ZstdChunked),
        BESIDE => Some(LayerForm::Soci),
        _ => None,
    }
}
