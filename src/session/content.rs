//! How a file's content is read, and at what cost.
//!
//! - Uncompressed bytes are read where they lie: in the source, or in a file that an earlier pass wrote
//!   because its stream has no checkpoints.
//! - A compressed stream is entered at the checkpoint before the file. Where that is far away, `Reading`
//!   says why the read is slow.

use super::blobs::Blob;
use super::jobs::{FileRange, Job, WIDE_SPAN, Work};
use super::state::{BuiltImage, Session};
use crate::analysis::contents::Asked;
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::entry::path;
use crate::layer::{Entry, FilePlace, MAX_LOOKED};
use crate::problem::Problem;
use crate::protocol::{LinkPath, ReadContent, SlowRead, StreamLevel};
use crate::selection::LayerSelection;
use crate::text;
use crate::tree::{FileTree, PathEvent};
use crate::vocabulary::{ImagePosition, LayerPosition};
use std::collections::HashSet;

/// A read to be made.
pub struct Reading {
    pub job: Job,
    /// Why it takes long; `None`: it does not.
    pub slow: Option<SlowRead>,
    /// Where only a layer's table of contents is here, and its files are streams of their own: the blob's
    /// bytes that are needed, the first one and the one after the last.
    pub needs: Option<(u64, u64)>,
}

impl Reading {
    /// The bytes that it needs are in a file of their own.
    pub fn moved(&mut self, to: u32) {
        if let (Work::Content(range), Some((first, end))) = (&mut self.job.work, self.needs) {
            range.part = BlobPart::plain(to, 0, end - first);
        }
    }
}

/// Where a file's content lies.
struct ContentPlace {
    layer: LayerPosition,
    /// The layer's blob.
    part: BlobPart,
    place: FilePlace,
}

impl Session {
    /// The job that reads part of a file, by its path under a selection.
    pub fn read_content(&self, request: &ReadContent) -> Result<Reading, Problem> {
        let open = self.image(request.image)?;
        if open.saved {
            return Err(no_content("A saved inspection holds no contents of files.")
                .advice("Open the image itself to see them."));
        }
        let found = self.content_place(request.image, &request.path, request.layers)?;
        let offset = request.offset;
        let length = request.length.min(found.place.size.saturating_sub(offset));
        let source = &open.source.layers[found.layer.index()];
        let number = found.layer.number().get();
        Ok(self.reading(source, number, found.part, found.place, offset, length))
    }

    /// Where a file's content lies under a selection: what was removed is read as it was before.
    fn content_place(
        &self,
        image: ImagePosition,
        path: &LinkPath,
        layers: LayerSelection,
    ) -> Result<ContentPlace, Problem> {
        let bytes = path_bytes(path)?;
        let BuiltImage { tree, .. } = self.built(image)?;
        let node = tree.find(&bytes).ok_or_else(|| no_such_path(&bytes))?;
        let top = last_layers(tree, layers);
        let mut states = tree.history(node).filter(|event| event.layer.0 < top);
        let event: &PathEvent =
            states.find(|event| event.is_there()).ok_or_else(|| no_such_path(&bytes))?;
        let Some(inode) = tree.inode(event) else {
            return Err(no_content("This path has no content of its own.")
                .expected("a regular file")
                .on_path(&bytes));
        };
        let layer = inode.layer;
        let entry = tree.content_entry(inode);
        let part = self.image(image)?.source.layers[layer.index()].blob.ok_or_else(|| {
            Problem::new("layer-missing", "The layer that holds the file is not in the archive.")
                .in_layer(layer)
        })?;
        Ok(ContentPlace { layer, part, place: file_place(entry) })
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
        let needed = stored(&place, offset);
        let points = match blob {
            Some(blob) if compression != Compression::None => {
                blob.scan.checkpoints.between(needed.0, needed.1)
            }
            _ => Checkpoints::default(),
        };
        let first = match compression {
            Compression::None => needed.0,
            _ => points.source_offset(needed.0),
        };
        let tar_size = blob.and_then(|blob| blob.scan.tar_size);
        let inner = Way { compression, size: tar_size, span: points.span_at(needed.0) };
        let outer = self.outer_way(part, first);
        let slow = [(StreamLevel::Layer, &inner), (StreamLevel::Archive, &outer)]
            .iter()
            .find(|(_, way)| way.is_long())
            .map(|(within, way)| SlowRead { within: *within, compression: way.compression });
        let bytes = inner.cost(part.len).saturating_add(outer.cost(self.size())).max(length);
        let work = Work::Content(FileRange { part, compression, points, place, offset, length });
        let mut job = self.blobs.job(part, number, work, part.start.saturating_add(first));
        job.blob_bytes = bytes;
        Reading { job, slow, needs }
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
                let place = file_place(file);
                let read = self.reading(layer, at as u32 + 1, part, place, 0, file.size());
                let Work::Content(range) = read.job.work else { continue };
                let asked = Asked {
                    path: path::parts(file.name()).join(&b'/'),
                    size: file.size(),
                    mode: file.mode(),
                };
                let work = Work::Look { part, range, entry: *entry, asked };
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

/// A path's bytes from a link.
pub(super) fn path_bytes(path: &LinkPath) -> Result<Vec<u8>, Problem> {
    text::percent_decode(&path.0).ok_or_else(|| {
        Problem::new("bad-path", "This is not a percent-encoded path.").found(&path.0)
    })
}

/// How many layers, from the base up, make the state that a selection shows.
pub(super) fn last_layers(tree: &FileTree, selection: LayerSelection) -> u32 {
    let all = tree.layers().len() as u32;
    match selection {
        LayerSelection::All => all,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => last.get().min(all),
    }
}

/// No layer has this path.
pub(super) fn no_such_path(path: &[u8]) -> Problem {
    Problem::new("no-such-path", "No layer of this image has this path.")
        .on_path([b"/", path].concat())
        .advice("Clear the selection of layers, or check the link.")
}

fn no_content(why: &'static str) -> Problem {
    Problem::new("no-content", why)
}

/// Where an entry's content lies in its layer.
fn file_place(entry: Entry<'_>) -> FilePlace {
    let spans = |map: &crate::entry::SparseMap| {
        map.spans.iter().map(|span| (span.offset, span.length)).collect()
    };
    FilePlace {
        data_offset: entry.data_offset(),
        stored: entry.stored(),
        size: entry.size(),
        spans: entry.sparse().map(spans),
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
}
