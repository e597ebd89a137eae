//! What one layer alone has: its own tar, or some of its members.
//!
//! - Without paths the layer's uncompressed tar, byte by byte: its SHA-256 is the diff ID.
//! - With paths the members there, in the tar's order, with whiteouts as the layer has them. A hard link stays one,
//!   even if its target is outside these paths.

use super::members::{MemberMaker, special};
use crate::entry::path;
use crate::extract::{ExtractedKind, Extraction, LayerMembers};
use crate::layer::{FilePlace, LayerIndex};
use crate::problem::Problem;
use crate::protocol::{ExtractionNotes, LinkPath};
use crate::session::content::file_place;
use crate::session::paths::path_bytes;
use crate::session::reading::entrance;
use crate::session::state::Session;
use crate::vocabulary::{ImagePosition, LayerNumber, NodeKind};

impl Session {
    pub(super) fn layer_extraction(
        &self,
        image: ImagePosition,
        layer: LayerNumber,
        paths: &[LinkPath],
    ) -> Result<(Extraction, ExtractionNotes), Problem> {
        let position = layer.position();
        let layers = &self.image(image)?.source.layers;
        let source = layers.get(position.index()).ok_or_else(|| {
            Problem::new("no-such-layer", "The image has no such layer.")
                .expected(format!("a layer from 1 to {}", layers.len()))
                .found(layer.to_string())
        })?;
        let blob = self.blobs.get(source);
        let place = |first| {
            entrance(&self.blobs, source, first).map_err(|problem| problem.in_layer(position))
        };
        if paths.is_empty() {
            let size = blob.and_then(|blob| blob.scan.tar_size);
            let (layer, diff_id) = (place(0)?, source.diff_id.clone());
            return Ok((Extraction::LayerTar { layer, size, diff_id }, ExtractionNotes::default()));
        }
        let index = blob.and_then(|blob| blob.index.clone()).unwrap_or_default();
        let tops = paths.iter().map(path_bytes).collect::<Result<Vec<_>, _>>()?;
        let mut maker = MemberMaker::default();
        let mut members = LayerMembers::default();
        for at in entries_at(&index, &tops) {
            let entry = index.entry(at);
            let kind = match entry.kind() {
                NodeKind::File => Some(ExtractedKind::File(file_place(entry))),
                NodeKind::HardLink => {
                    Some(ExtractedKind::HardLink(path::parts(entry.link()).join(&b'/')))
                }
                _ => special(entry),
            };
            let name = path::parts(entry.name()).join(&b'/');
            let made = kind.and_then(|kind| maker.member(name, kind, entry));
            members.members.extend(made);
        }
        if members.members.is_empty() {
            return Err(Problem::new("no-such-path", "This layer has nothing at this path.")
                .on_path([b"/", &tops.join(&b' ')[..]].concat())
                .in_layer(position));
        }
        let files = members.members.iter().filter_map(|member| match &member.kind {
            ExtractedKind::File(place) => Some(place),
            _ => None,
        });
        let first: Option<&FilePlace> = files.min_by_key(|place| place.data_offset);
        members.layer = first.map(|first| place(first.data_offset)).transpose()?;
        let MemberMaker { owners, notes, .. } = maker;
        Ok((Extraction::Tar { owners, parts: vec![members] }, notes))
    }
}

/// Positions of the entries at these paths and below them.
fn entries_at(index: &LayerIndex, tops: &[Vec<u8>]) -> Vec<usize> {
    let tops: Vec<Vec<&[u8]>> = tops.iter().map(|top| path::parts(top)).collect();
    let mut parts = Vec::new();
    let mut found = Vec::new();
    for entry in index.entries() {
        path::parts_into(entry.name(), &mut parts);
        if !parts.is_empty() && tops.iter().any(|top| parts.starts_with(top)) {
            found.push(entry.position());
        }
    }
    found
}
