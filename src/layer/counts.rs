//! Counts of a layer's members, as docs/report.md defines them ("A layer").

use super::index::LayerIndex;
use super::whiteout::{Marker, classify};
use crate::entry::path;
use crate::vocabulary::NodeKind;

/// Counts of a layer's members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All members; extension records do not count.
    pub entries: u32,
    /// Regular files, including whiteout markers and members of unknown types.
    pub files: u32,
    pub directories: u32,
    pub symlinks: u32,
    pub hard_links: u32,
    /// Whiteout markers.
    pub whiteouts: u32,
    /// Opaque markers.
    pub opaque_directories: u32,
    /// Sum of the logical sizes, in bytes.
    pub size: u64,
}

impl Counts {
    /// Counts the entries of an index.
    pub fn of(index: &LayerIndex) -> Counts {
        let mut counts = Counts::default();
        for entry in index.entries() {
            counts.entries += 1;
            counts.size = counts.size.saturating_add(entry.size());
            match entry.kind() {
                NodeKind::File => counts.files += 1,
                NodeKind::Directory => counts.directories += 1,
                NodeKind::Symlink => counts.symlinks += 1,
                NodeKind::HardLink => counts.hard_links += 1,
                NodeKind::CharDevice | NodeKind::BlockDevice | NodeKind::Fifo => {}
            }
            let base = path::parts(entry.name()).pop().unwrap_or(b"");
            match classify(base) {
                Marker::Whiteout(_) => counts.whiteouts += 1,
                Marker::Opaque => counts.opaque_directories += 1,
                Marker::None | Marker::Reserved => {}
            }
        }
        counts
    }
}
