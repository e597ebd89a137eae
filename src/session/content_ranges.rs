//! What passes over the ranges of a large layer found, until all of them have ended.
//!
//! - A layer is cut by its index alone, so that its ranges fit together, whatever each pass leaves unread.
//! - They are used only if each pass found what the index has there. Otherwise the layer is read in one pass.

use crate::layer::{ContentHash, EntryRange, LayerIndex, LayerScan, NOT_HASHED, Notes};

/// Bytes that the pass over a range is expected to read. Shorter ones cost more jobs than waiting saves. In tests so
/// few that small layers are cut, too.
pub const RANGE_BYTES: u64 = if cfg!(test) { 64 << 10 } else { 256 << 20 };

/// The ranges of one layer.
#[derive(Debug)]
pub struct ContentRanges {
    missing: Vec<EntryRange>,
    hashes: Vec<ContentHash>,
    notes: Notes,
}

/// What a pass over a range leads to.
#[derive(Debug)]
pub enum RangesStep {
    /// Others are missing.
    Waits,
    /// All passes have ended.
    Complete { hashes: Vec<ContentHash>, notes: Box<Notes> },
    /// The pass found something else than the index has, or not all of it.
    Differs,
}

impl ContentRanges {
    /// For a layer with this index, of which nothing was read.
    pub fn new(index: &LayerIndex, ranges: Vec<EntryRange>) -> ContentRanges {
        let hashes = vec![NOT_HASHED; index.len()];
        ContentRanges { missing: ranges, hashes, notes: Notes::default() }
    }

    /// Ranges that are still to be read.
    pub fn missing(&self) -> &[EntryRange] {
        &self.missing
    }

    /// Takes the pass over a range. One that is not missing changes nothing.
    pub fn take(&mut self, index: &LayerIndex, range: EntryRange, scan: LayerScan) -> RangesStep {
        let is_whole = scan.warnings.is_empty() && !scan.limited && scan.index.contents_read();
        let Some(at) = self.missing.iter().position(|one| *one == range) else {
            return RangesStep::Waits;
        };
        if !is_whole || !range.is_of(index, &scan.index) {
            return RangesStep::Differs;
        }
        self.missing.remove(at);
        for (hash, found) in self.hashes[range.positions()].iter_mut().zip(scan.index.entries()) {
            *hash = found.hash().unwrap_or(NOT_HASHED);
        }
        self.notes.append(scan.notes);
        if !self.missing.is_empty() {
            return RangesStep::Waits;
        }
        self.notes.sort();
        let notes = Box::new(std::mem::take(&mut self.notes));
        RangesStep::Complete { hashes: std::mem::take(&mut self.hashes), notes }
    }
}
