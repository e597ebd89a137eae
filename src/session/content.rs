//! How a file's content is read, and at what cost.
//!
//! - Uncompressed bytes are read where they lie: in the source, or in a file that a pass left behind
//!   since its stream can be entered at the start only.
//! - A compressed stream is entered at the checkpoint before the file. Where that is far away the reader
//!   is told why.

use super::blobs::Blob;
use super::files::file_place_of;
use super::inspection::without_content;
use super::job::{Job, Stretch, WIDE_SPAN, Work};
use super::query::ContentRequest;
use super::state::Session;
use crate::analysis::contents::InspectedFile;
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::entry::path;
use crate::layer::{FilePlace, MAX_LOOKED};
use crate::problem::Problem;
use std::collections::HashSet;

/// A read that is to be made.
pub struct Reading {
    pub job: Job,
    /// Why it takes long; empty: it doesn't.
    pub why: String,
    /// Of a layer that only its table is known of, and in which files are streams of their own: the blob's
    /// bytes that are needed, the first and the one behind the last.
    pub needs: Option<(u64, u64)>,
}

impl Reading {
    /// The bytes that it needs are a file of their own.
    pub fn moved(&mut self, to: u32) {
        if let (Work::Content(stretch), Some((first, end))) = (&mut self.job.work, self.needs) {
            stretch.part = BlobPart::plain(to, 0, end - first);
        }
    }
}

impl Session {
    /// The job that reads part of a file, by its path under a selection.
    pub fn read_content(&self, request: &ContentRequest) -> Result<Reading, Problem> {
        if self.saved {
            return Err(without_content());
        }
        let (layer, part, place) = self.file_place(&request.path, &request.layers)?;
        let offset = request.offset;
        let length = request.length.min(place.size.saturating_sub(offset));
        let source = &self.image().layers[layer as usize];
        Ok(self.reading(source, layer + 1, part, place, offset, length))
    }

    /// The job that reads part of a file at a place in a layer (its number from 1; 0: of another image).
    fn reading(
        &self,
        source: &LayerSource,
        number: u32,
        part: BlobPart,
        place: FilePlace,
        offset: u64,
        length: u64,
    ) -> Reading {
        let blob = self.blobs.get(source);
        let packed = blob.map_or(Compression::None, |blob| blob.scan.compression);
        let (part, compression) = match self.blobs.unpacked(&part) {
            Some(unpacked) => (unpacked, Compression::None),
            None => (self.blobs.plainest(part), packed),
        };
        let (whole, at) = (part.len, place.data_offset);
        let streams = blob.is_some_and(|blob| blob.scan.has_streams());
        let needs = streams.then(|| (at.min(whole), behind(blob, at, whole)));
        let (part, place) = if streams { by_table(part, place) } else { (part, place) };
        let stretch = stored(&place, offset);
        let points = match blob {
            Some(blob) if compression != Compression::None => {
                blob.scan.checkpoints.between(stretch.0, stretch.1)
            }
            _ => Checkpoints::default(),
        };
        let first = match compression {
            Compression::None => stretch.0,
            _ => points.source_offset(stretch.0),
        };
        let tar_size = blob.and_then(|blob| blob.scan.tar_size);
        let inner = Way { compression, size: tar_size, span: points.span_at(stretch.0) };
        let outer = self.outer_way(part, first);
        let why = [("layer", &inner), ("archive", &outer)]
            .iter()
            .find(|(_, way)| way.is_long())
            .map_or_else(String::new, |(what, way)| way.why(what));
        let bytes = inner.cost(part.len).saturating_add(outer.cost(self.size())).max(length);
        let work = Work::Content(Stretch { part, compression, points, place, offset, length });
        let mut job = self.blobs.job(part, number, work, part.start.saturating_add(first));
        job.blob_bytes = bytes;
        Reading { job, why, needs }
    }

    /// Files of these layers that the analyses have asked for, and that were too large to be held in the
    /// pass: each is read by itself.
    pub(super) fn look_jobs_of(&self, layers: &[LayerSource]) -> Vec<Job> {
        let mut jobs = Vec::new();
        let mut seen = HashSet::new();
        for (at, layer) in layers.iter().enumerate() {
            let Some((part, blob)) = layer.blob.zip(self.blobs.get(layer)) else { continue };
            let Some(index) = blob.index.as_ref().filter(|_| seen.insert(part)) else { continue };
            let large = blob.scan.notes.large.iter();
            for entry in large.filter(|entry| (**entry as usize) < index.len()) {
                let file = index.entry(*entry as usize);
                if file.size() > MAX_LOOKED {
                    continue; // told of where the layer is
                }
                let place = file_place_of(file);
                let read = self.reading(layer, at as u32 + 1, part, place, 0, file.size());
                let Work::Content(stretch) = read.job.work else { continue };
                let asked = InspectedFile {
                    path: path::parts(file.name()).join(&b'/'),
                    size: file.size(),
                    mode: file.mode(),
                };
                let work = Work::Look { part, stretch, entry: *entry, asked };
                jobs.push(Job { work, ..read.job });
            }
        }
        jobs
    }

    fn outer_way(&self, part: BlobPart, first: u64) -> Way {
        let start = part.start.saturating_add(first);
        let span = match part.within {
            Compression::None => 0,
            _ => self.blobs.outer.span_at(start),
        };
        Way { compression: part.within, size: Some(self.blobs.outer_size), span }
    }
}

/// Where the next file's data begins, or the blob ends: a table says but where each begins.
fn behind(blob: Option<&Blob>, first: u64, end: u64) -> u64 {
    let index = blob.and_then(|blob| blob.index.as_ref());
    let starts = index.into_iter().flat_map(|index| index.entries());
    let starts = starts.filter(|entry| entry.size() > 0).map(|entry| entry.data_offset());
    starts.filter(|start| *start > first).min().unwrap_or(end).min(end)
}

/// A file of a layer that only its table of contents is known of: a stream of its own within the blob.
fn by_table(part: BlobPart, place: FilePlace) -> (BlobPart, FilePlace) {
    let skipped = place.data_offset.min(part.len);
    let part = BlobPart { start: part.start + skipped, len: part.len - skipped, ..part };
    (part, FilePlace { data_offset: 0, ..place })
}

/// The uncompressed bytes that a read needs: from the first wanted one, or the whole file where holes
/// make that hard to say. A read goes on from its first byte, so the end matters for those alone.
fn stored(place: &FilePlace, offset: u64) -> (u64, u64) {
    match place.spans {
        None => {
            let first = place.data_offset.saturating_add(offset.min(place.stored));
            (first, first)
        }
        Some(_) => (place.data_offset, place.data_offset.saturating_add(place.stored)),
    }
}

/// What is to be decompressed and dropped before the first wanted byte.
struct Way {
    compression: Compression,
    /// Uncompressed bytes of the stream, where known.
    size: Option<u64>,
    span: u64,
}

impl Way {
    fn is_long(&self) -> bool {
        self.compression != Compression::None && self.span > WIDE_SPAN
    }

    /// Bytes of the `blob_size` compressed ones, for progress: as many as the share of the stream.
    fn cost(&self, blob_size: u64) -> u64 {
        match (self.compression, self.size) {
            (Compression::None, _) => 0,
            (_, Some(size)) if size > 0 => {
                (u128::from(blob_size) * u128::from(self.span) / u128::from(size)) as u64
            }
            _ => blob_size,
        }
    }

    fn why(&self, what: &str) -> String {
        format!(
            "The {what} is one stretch of {}, which can be entered only at its start, and there was no \
             room to keep it uncompressed.",
            self.compression.name()
        )
    }
}
