//! What the parts of a large layer's contents found, until all of them have ended.
//!
//! - A layer is cut by its index alone, so that its parts fit together, whatever each pass leaves unread.
//! - Parts are used only if each of them found what the index has there. Otherwise the layer is read in one pass.

use crate::layer::{ContentHash, EntryRange, LayerIndex, LayerScan, NOT_HASHED, Notes};

/// Bytes that a part is expected to read. Smaller ones cost more jobs than waiting saves. In tests so few that small
/// layers are read in parts, too.
pub const PART_BYTES: u64 = if cfg!(test) { 64 << 10 } else { 256 << 20 };

/// The parts of one layer.
#[derive(Debug)]
pub struct ContentParts {
    missing: Vec<EntryRange>,
    hashes: Vec<ContentHash>,
    notes: Notes,
}

/// What a part leads to.
#[derive(Debug)]
pub enum PartsStep {
    /// Others are missing.
    Waits,
    /// All parts have ended.
    Complete { hashes: Vec<ContentHash>, notes: Box<Notes> },
    /// The part found something else than the index has, or not all of it.
    Differs,
}

impl ContentParts {
    /// For a layer with this index, of which nothing was read.
    pub fn new(index: &LayerIndex, ranges: Vec<EntryRange>) -> ContentParts {
        let hashes = vec![NOT_HASHED; index.len()];
        ContentParts { missing: ranges, hashes, notes: Notes::default() }
    }

    /// Parts that are still to be read.
    pub fn missing(&self) -> &[EntryRange] {
        &self.missing
    }

    /// Takes the pass over a part. One that is not missing changes nothing.
    pub fn take(&mut self, index: &LayerIndex, range: EntryRange, scan: LayerScan) -> PartsStep {
        let is_whole = scan.warnings.is_empty() && !scan.limited && scan.index.contents_read();
        let Some(at) = self.missing.iter().position(|one| *one == range) else {
            return PartsStep::Waits;
        };
        if !is_whole || !range.is_of(index, &scan.index) {
            return PartsStep::Differs;
        }
        self.missing.remove(at);
        for (hash, found) in self.hashes[range.positions()].iter_mut().zip(scan.index.entries()) {
            *hash = found.hash().unwrap_or(NOT_HASHED);
        }
        self.notes.append(scan.notes);
        if !self.missing.is_empty() {
            return PartsStep::Waits;
        }
        self.notes.sort();
        let notes = Box::new(std::mem::take(&mut self.notes));
        PartsStep::Complete { hashes: std::mem::take(&mut self.hashes), notes }
    }
}
