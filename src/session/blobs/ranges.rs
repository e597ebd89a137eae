//! Contents of a large blob that are read in ranges of entries (`session/content_ranges.rs`).

use super::{Blob, Blobs, MAX_ALL_NOTES};
use crate::codec::BlobPart;
use crate::layer::{EntryRange, LayerScan, Limits};
use crate::session::content_ranges::{ContentRanges, RANGE_BYTES, RangesStep};
use std::sync::Arc;

impl Blobs {
    /// The ranges of entries whose contents are still to be read by passes of their own; none: one pass reads all.
    pub fn ranges(&self, part: &BlobPart, limits: Limits) -> Vec<EntryRange> {
        let Some(blob) = self.blobs.get(part) else { return Vec::new() };
        let has_all = blob.is_plain() && !blob.scan.limited && blob.scan.warnings.is_empty();
        let may_cut =
            has_all && !self.is_cut(part) && !blob.scan.has_global_header && !blob.in_one_pass;
        match (&blob.ranges, &blob.index) {
            (Some(ranges), _) => ranges.missing().to_vec(),
            (None, Some(index)) if may_cut && !index.contents_read() => {
                EntryRange::cut(index, limits, RANGE_BYTES)
            }
            _ => Vec::new(),
        }
    }

    /// Takes the pass over the contents of a range of a blob's entries.
    pub fn finish_range(
        &mut self,
        part: BlobPart,
        range: EntryRange,
        limits: Limits,
        scan: LayerScan,
    ) {
        let ranges = self.ranges(&part, limits);
        let Some(blob) = self.blobs.get_mut(&part).filter(|_| !ranges.is_empty()) else { return };
        let Some(index) = &mut blob.index else { return };
        let all = blob.ranges.get_or_insert_with(|| ContentRanges::new(index, ranges));
        let compression = scan.compression;
        self.notes = self.notes.saturating_sub(all.note_bytes());
        let step = all.take(index, range, scan);
        self.notes += all.note_bytes();
        match step {
            RangesStep::Waits if self.notes > MAX_ALL_NOTES => self.read_at_once(&part),
            RangesStep::Waits => {}
            RangesStep::Fails => self.read_at_once(&part),
            RangesStep::Complete { hashes, notes } => {
                Arc::make_mut(index).set_hashes(hashes);
                blob.ranges = None;
                let scan = LayerScan { compression, notes: *notes, ..LayerScan::default() };
                self.finish(part, scan, false);
            }
        }
    }

    /// A pass over a range failed: the layer is read in one pass, unless all of it was read.
    pub fn fail_range(&mut self, part: &BlobPart) {
        let is_read = |blob: &Blob| blob.index.as_ref().is_some_and(|it| it.contents_read());
        if self.blobs.get(part).is_some_and(|blob| !is_read(blob)) {
            self.read_at_once(part);
        }
    }

    /// Contents of this blob are read in one pass, however large it is.
    pub fn read_at_once(&mut self, part: &BlobPart) {
        self.drop_ranges(part);
        if let Some(blob) = self.blobs.get_mut(part) {
            blob.in_one_pass = true;
        }
    }

    /// Forgets what passes over ranges of a blob have found.
    pub(super) fn drop_ranges(&mut self, part: &BlobPart) {
        let ranges = self.blobs.get_mut(part).and_then(|blob| blob.ranges.take());
        let bytes = ranges.map_or(0, |ranges| ranges.note_bytes());
        self.notes = self.notes.saturating_sub(bytes);
    }
}
