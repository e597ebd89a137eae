//! Ranges of entries of one large layer, whose contents are read beside each other.
//!
//! - An uncompressed layer can be entered at any header, and an index says where these are. So one worker's pass over the
//!   largest layer need not be what everything waits for.
//! - Where an entry begins depends on nothing but the entry before it, unless there are global PAX headers: such a layer
//!   is not cut. A pass that has found other entries than the index is not used: `EntryRange::is_of`.
//! - A layer that could reach one of its limits is not cut, as far as its index says what they count. What ranges note is
//!   counted as it comes. Each range has the budget for what is taken out of archives in files.

use super::hook::{MAX_HELD, MAX_LARGE_FILES};
use super::index::{Entry, LayerIndex, count_large_sizes};
use super::limits::Limits;
use crate::codec::SEEK_WORTH;
use crate::entry::BLOCK;
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Consecutive entries of an uncompressed layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRange {
    /// Position of the first in the layer's index.
    pub first: u32,
    /// Number of entries.
    pub count: u32,
    /// Bytes from the start of the tar to the first entry's header, or to the extension records before it.
    pub from: u64,
    /// Bytes from there to the header that follows the last entry.
    pub bytes: u64,
}

impl EntryRange {
    /// Ranges of a layer that are about as long to read, each some `most` bytes; none if the layer is not worth it, or
    /// could reach a limit.
    pub fn cut(index: &LayerIndex, limits: Limits, most: u64) -> Vec<EntryRange> {
        let mut sizes = HashMap::new();
        count_large_sizes(index, &mut sizes);
        let cost = |entry: Entry<'_>| cost(entry, &sizes);
        let all = match can_be_cut(index, limits) {
            true => index.entries().map(cost).fold(0, u64::saturating_add),
            false => return Vec::new(),
        };
        let count = all.div_ceil(most.max(1));
        if count < 2 {
            return Vec::new();
        }
        let each = all.div_ceil(count);
        let (mut ranges, mut range, mut read) = (Vec::new(), EntryRange::default(), 0);
        for entry in index.entries() {
            range.count += 1;
            range.bytes = end(entry).saturating_sub(range.from);
            read += cost(entry);
            if read >= each {
                ranges.push(range);
                let first = entry.position() as u32 + 1;
                (range, read) = (EntryRange { first, from: end(entry), ..range }, 0);
                (range.count, range.bytes) = (0, 0);
            }
        }
        ranges.extend((range.count > 0).then_some(range));
        ranges
    }

    /// Positions in the layer's index.
    pub fn positions(&self) -> std::ops::Range<usize> {
        self.first as usize..self.first as usize + self.count as usize
    }

    /// Whether a pass over the range found what the layer's index has there.
    pub fn is_of(&self, layer: &LayerIndex, found: &LayerIndex) -> bool {
        self.positions().end <= layer.len()
            && found.len() == self.count as usize
            && self.positions().zip(found.entries()).all(|(at, found)| same(layer.entry(at), found))
    }
}

/// Whether no limit of the layer can be reached by passes over its ranges.
fn can_be_cut(index: &LayerIndex, limits: Limits) -> bool {
    let (mut large, mut held_apart) = (0, 0u64);
    for entry in index.entries() {
        if entry.sparse().is_some() {
            return false;
        }
        large += usize::from(entry.stored() >= SEEK_WORTH);
        if entry.stored() > MAX_HELD {
            held_apart = held_apart.saturating_add(entry.size());
        }
    }
    large <= MAX_LARGE_FILES && held_apart <= limits.large
}

/// Bytes of a file that a pass over contents is expected to read. Of most large ones that is the beginning.
fn cost(entry: Entry<'_>, sizes: &HashMap<u64, u32>) -> u64 {
    let is_alone = sizes.get(&entry.size()).is_none_or(|files| *files < 2);
    let most = if is_alone { SEEK_WORTH } else { u64::MAX };
    entry.stored().min(most).saturating_add(BLOCK)
}

/// Bytes from the start of the tar to the header that follows.
fn end(entry: Entry<'_>) -> u64 {
    let stored = if entry.kind() == NodeKind::File { entry.stored() } else { 0 };
    entry.data_offset().saturating_add(stored).next_multiple_of(BLOCK)
}

/// Whether two entries are the same file at the same place.
fn same(a: Entry<'_>, b: Entry<'_>) -> bool {
    a.name() == b.name()
        && a.kind() == b.kind()
        && (a.size(), a.stored(), a.data_offset()) == (b.size(), b.stored(), b.data_offset())
}
