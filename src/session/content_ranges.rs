//! What passes over the ranges of a large layer found, until all of them have ended.
//!
//! - A layer is cut by its index alone, so that its ranges fit together, whatever each pass leaves unread.
//! - They are used only if each pass found what the index has there, and if there is room for all notes. Otherwise the
//!   layer is read in one pass, which decides in the order of the tar what is left out.

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
    /// The pass found something else than the index has, or not all of it, or too much to note.
    Fails,
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

    /// Bytes of the notes so far.
    pub fn note_bytes(&self) -> usize {
        self.notes.bytes()
    }

    /// Takes the pass over a range. One that is not missing changes nothing.
    pub fn take(&mut self, index: &LayerIndex, range: EntryRange, scan: LayerScan) -> RangesStep {
        let is_whole = scan.warnings.is_empty() && !scan.limited && scan.index.contents_read();
        let Some(at) = self.missing.iter().position(|one| *one == range) else {
            return RangesStep::Waits;
        };
        if !is_whole || !range.is_of(index, &scan.index) {
            return RangesStep::Fails;
        }
        self.missing.remove(at);
        for (hash, found) in self.hashes[range.positions()].iter_mut().zip(scan.index.entries()) {
            *hash = found.hash().unwrap_or(NOT_HASHED);
        }
        self.notes.append(scan.notes);
        if self.notes.cut {
            return RangesStep::Fails;
        }
        if !self.missing.is_empty() {
            return RangesStep::Waits;
        }
        self.notes.sort();
        let notes = Box::new(std::mem::take(&mut self.notes));
        RangesStep::Complete { hashes: std::mem::take(&mut self.hashes), notes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Member;

    /// The scan of these files, with a note of so many bytes about the first, of a layer in which they begin at
    /// `first`.
    fn scan(names: &[&str], first: u32, note: usize) -> LayerScan {
        let mut scan = LayerScan::default();
        for name in names {
            assert!(scan.index.push(&Member::file(*name, 1)));
            scan.index.push_hash([7; 16]);
        }
        scan.notes.add(first, "n".repeat(note));
        scan
    }

    fn ranges() -> (LayerIndex, ContentRanges, [EntryRange; 2]) {
        let index = scan(&["a", "b", "c"], 0, 1).index;
        let range = |first, count| EntryRange { first, count, ..EntryRange::default() };
        let cut = [range(0, 2), range(2, 1)];
        let ranges = ContentRanges::new(&index, cut.to_vec());
        (index, ranges, cut)
    }

    #[test]
    fn passes_in_any_order_make_hashes_and_notes_in_the_order_of_the_tar() {
        let (index, mut ranges, [first, second]) = ranges();
        let last = scan(&["c"], 2, 1);
        assert!(matches!(ranges.take(&index, second, last.clone()), RangesStep::Waits));
        assert!(matches!(ranges.take(&index, second, last), RangesStep::Waits), "it has it");
        let step = ranges.take(&index, first, scan(&["a", "b"], 0, 1));
        let RangesStep::Complete { hashes, notes } = step else { panic!("{step:?}") };
        let entries: Vec<u32> = notes.notes.iter().map(|note| note.entry).collect();
        assert_eq!((hashes, entries), (vec![[7; 16]; 3], vec![0, 2]));
    }

    #[test]
    fn a_pass_that_found_other_entries_or_not_all_fails() {
        let damaged = || crate::problem::Problem::new("tar-damaged", "It is damaged.");
        let warned = LayerScan { warnings: vec![damaged()], ..scan(&["a", "b"], 0, 1) };
        let limited = LayerScan { limited: true, ..scan(&["a", "b"], 0, 1) };
        for found in [scan(&["a", "x"], 0, 1), scan(&["a"], 0, 1), warned, limited] {
            let (index, mut ranges, [first, _]) = ranges();
            assert!(matches!(ranges.take(&index, first, found), RangesStep::Fails));
        }
    }

    #[test]
    fn notes_of_all_ranges_together_have_the_limit_of_a_layer() {
        let (index, mut ranges, [first, second]) = ranges();
        let most = crate::layer::MAX_NOTES * 2 / 3;
        let step = ranges.take(&index, first, scan(&["a", "b"], 0, most));
        assert!(matches!(step, RangesStep::Waits));
        let step = ranges.take(&index, second, scan(&["c"], 2, most));
        assert!(matches!(step, RangesStep::Fails));
    }
}
