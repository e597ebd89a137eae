//! How part of a file is read out of its layer, and at what cost.
//!
//! - Uncompressed bytes are read where they are: in the source, or in a file that an earlier pass wrote
//!   because its stream has no checkpoints.
//! - A compressed stream is entered at the checkpoint before the file. If that is far away, `Reading::slow`
//!   says why the read takes long.
//! - A layer of which only the table of contents is here can have files that are compressed streams of their
//!   own: then a range of the blob is enough (`Reading::needs`).

use super::blobs::{Blob, Blobs};
use super::jobs::{FileRange, Job, WIDE_SPAN, Work};
use crate::archive::LayerSource;
use crate::codec::{BlobPart, Checkpoints, Compression};
use crate::layer::{FilePlace, LayerEntrance};
use crate::problem::Problem;
use crate::protocol::{SlowRead, StreamLevel};

/// Where a file's content is.
pub(super) struct ContentPlace<'a> {
    pub source: &'a LayerSource,
    /// The layer, from 1.
    pub number: u32,
    /// The layer's blob.
    pub part: BlobPart,
    /// In the uncompressed layer.
    pub file: FilePlace,
}

/// A read to be made.
pub struct Reading {
    pub job: Job,
    /// Why it takes long; `None`: it does not.
    pub slow: Option<SlowRead>,
    /// The bytes of the blob that are enough, the first and the one after the last; `None`: the read needs
    /// the whole blob.
    pub needs: Option<(u64, u64)>,
}

impl Reading {
    /// Plans the read of `length` bytes of a file from `offset` on, in a source of `source_size` bytes.
    pub(super) fn plan(
        blobs: &Blobs,
        source_size: u64,
        place: ContentPlace<'_>,
        offset: u64,
        length: u64,
    ) -> Reading {
        let ContentPlace { source, number, part, file } = place;
        let blob = blobs.get(source);
        let of_layer = blob.map_or(Compression::None, |blob| blob.scan.compression);
        let (part, compression) = blobs.readable(part, of_layer);
        let has_streams = blob.is_some_and(|blob| blob.scan.has_streams());
        let needs = has_streams.then(|| {
            let start = file.data_offset.min(part.len);
            (start, next_stream(blob, file.data_offset, part.len))
        });
        let (part, file) = if has_streams { own_stream(part, file) } else { (part, file) };
        let wanted = stored_range(&file, offset);
        let points = match blob {
            Some(blob) if compression != Compression::None => {
                blob.scan.checkpoints.between(wanted.0, wanted.1)
            }
            _ => Checkpoints::default(),
        };
        let first = match compression {
            Compression::None => wanted.0,
            _ => points.source_offset(wanted.0),
        };
        let tar_size = blob.and_then(|blob| blob.scan.tar_size);
        let in_layer = Skipped { compression, size: tar_size, span: points.span_at(wanted.0) };
        let in_archive = Skipped::in_archive(blobs, part, first);
        let slow = [(StreamLevel::Layer, &in_layer), (StreamLevel::Archive, &in_archive)];
        let slow = slow.iter().find(|(_, skipped)| skipped.is_long());
        let slow = slow.map(|(within, skipped)| SlowRead {
            within: *within,
            compression: skipped.compression,
        });
        let cost = in_layer.cost(part.len).saturating_add(in_archive.cost(source_size));
        let range = FileRange { part, compression, points, place: file, offset, length };
        let start = part.start.saturating_add(first);
        let job = blobs.job(part, number, Work::Content(range), start);
        Reading { job: Job { blob_bytes: cost.max(length), ..job }, slow, needs }
    }

    /// The bytes that it needs are in a file of their own.
    pub fn moved(&mut self, to: u32) {
        let Some((first, end)) = self.needs else { return };
        if let Work::Content(range)
        | Work::Compare { range, .. }
        | Work::ContentDigest { range, .. }
        | Work::RecordedDigest { range, .. }
        | Work::Outline(range)
        | Work::Member { range, .. } = &mut self.job.work
        {
            range.part = BlobPart::plain(to, 0, end - first);
        }
    }
}

/// Where a layer is entered that is read forward from the uncompressed byte at `first` on.
pub(super) fn entrance(
    blobs: &Blobs,
    source: &LayerSource,
    first: u64,
) -> Result<LayerEntrance, Problem> {
    let part = source.blob.ok_or_else(|| {
        Problem::new("layer-missing", "A layer is not in the archive.").found(&source.name)
    })?;
    let scan = match blobs.get(source) {
        Some(blob) if !blob.scan.claimed && !blob.failed => &blob.scan,
        _ => return Err(not_read(&source.name)),
    };
    let (part, compression) = blobs.readable(part, scan.compression);
    let points = match compression {
        Compression::None => Checkpoints::default(),
        _ => scan.checkpoints.between(first, first),
    };
    let in_part = match compression {
        Compression::None => first,
        _ => points.source_offset(first),
    };
    let outer = blobs.outer_at(&part, part.start.saturating_add(in_part));
    Ok(LayerEntrance { part, compression, outer, points, first })
}

/// A layer of which only a table of contents is known, or nothing.
pub(super) fn not_read(name: &str) -> Problem {
    Problem::new("layers-not-read", "A layer was not read to its end.").in_blob(name)
}

/// Where the next stream of a blob begins, or the blob ends: a table says only where streams begin.
fn next_stream(blob: Option<&Blob>, first: u64, end: u64) -> u64 {
    let index = blob.and_then(|blob| blob.index.as_ref());
    let files = index.into_iter().flat_map(|index| index.entries());
    let starts = files.filter(|entry| entry.size() > 0).map(|entry| entry.data_offset());
    starts.filter(|start| *start > first).min().unwrap_or(end).min(end)
}

/// A file that is a stream of its own in the blob.
fn own_stream(part: BlobPart, file: FilePlace) -> (BlobPart, FilePlace) {
    let skipped = file.data_offset.min(part.len);
    let part = BlobPart { start: part.start + skipped, len: part.len - skipped, ..part };
    (part, FilePlace { data_offset: 0, ..file })
}

/// The range of the uncompressed layer that a read needs, for choosing checkpoints. A read continues from
/// its first byte, so the end matters only for a sparse file, which is read as a whole.
fn stored_range(file: &FilePlace, offset: u64) -> (u64, u64) {
    match file.spans {
        None => {
            let first = file.data_offset.saturating_add(offset.min(file.stored));
            (first, first)
        }
        Some(_) => (file.data_offset, file.data_offset.saturating_add(file.stored)),
    }
}

/// What must be decompressed and dropped before the first wanted byte.
struct Skipped {
    compression: Compression,
    /// Uncompressed bytes of the stream, if known.
    size: Option<u64>,
    /// Uncompressed bytes from the checkpoint to the first wanted one.
    span: u64,
}

impl Skipped {
    /// In the stream around the whole archive, for a read of `part` from `first` on.
    fn in_archive(blobs: &Blobs, part: BlobPart, first: u64) -> Skipped {
        let span = match part.within {
            Compression::None => 0,
            _ => blobs.outer.span_at(part.start.saturating_add(first)),
        };
        Skipped { compression: part.within, size: Some(blobs.outer_size), span }
    }

    fn is_long(&self) -> bool {
        self.compression != Compression::None && self.span > WIDE_SPAN
    }

    /// Bytes of a stream of `stream_size` compressed ones that are read for it, for progress: the same share
    /// as of the uncompressed bytes.
    fn cost(&self, stream_size: u64) -> u64 {
        match (self.compression, self.size) {
            (Compression::None, _) => 0,
            (_, Some(size)) if size > 0 => {
                (u128::from(stream_size) * u128::from(self.span) / u128::from(size)) as u64
            }
            _ => stream_size,
        }
    }
}
