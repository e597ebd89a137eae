//! What a zip cannot have is left out of it, and names become those that every disk can have.

use crate::extract::{ExtractedKind, ExtractedMember, LayerMembers, SafeNames};
use crate::layer::FilePlace;
use crate::protocol::{ExtractionNotes, Renaming};
use crate::text::Shown;

/// Renamings that are told.
const MAX_RENAMINGS: usize = 20;
/// Bytes of holes that are written as zeros, for all sparse files together.
const MAX_HOLES: u64 = 4 << 30;

/// Members for a zip, made of those for a tar.
pub fn zipped(parts: Vec<LayerMembers>, notes: &mut ExtractionNotes) -> Vec<LayerMembers> {
    let mut zipped = ZippedMembers { names: SafeNames::default(), holes_left: MAX_HOLES, notes };
    let part = |LayerMembers { layer, members }| LayerMembers {
        layer,
        members: members.into_iter().filter_map(|member| zipped.member(member)).collect(),
    };
    parts.into_iter().map(part).collect()
}

struct ZippedMembers<'a> {
    names: SafeNames,
    holes_left: u64,
    notes: &'a mut ExtractionNotes,
}

impl ZippedMembers<'_> {
    fn member(&mut self, member: ExtractedMember) -> Option<ExtractedMember> {
        let fits = match &member.kind {
            ExtractedKind::File(place) => self.takes_holes(place),
            ExtractedKind::Directory | ExtractedKind::Symlink(_) => true,
            ExtractedKind::HardLink(_)
            | ExtractedKind::CharDevice(..)
            | ExtractedKind::BlockDevice(..)
            | ExtractedKind::Fifo => false,
        };
        if !fits {
            self.notes.left_out += 1;
            return None;
        }
        if member.path.is_empty() {
            return None; // the root has no name in a zip
        }
        let safe = self.names.path(&member.path).into_bytes();
        if safe != member.path {
            self.notes.renamed += 1;
            if self.notes.renamings.len() < MAX_RENAMINGS {
                let (from, to) = (Shown::new(&member.path), Shown::new(&safe));
                self.notes.renamings.push(Renaming { from, to });
            }
        }
        Some(ExtractedMember { path: safe, ..member })
    }

    /// Whether a file's holes can be written, and its parts in order.
    fn takes_holes(&mut self, place: &FilePlace) -> bool {
        let mut at = 0;
        let mut stored = 0;
        for (_, start, length) in place.stored_runs().filter(|(.., length)| *length > 0) {
            if start < at {
                return false;
            }
            at = start.saturating_add(length);
            stored += length;
        }
        let holes = place.size.saturating_sub(stored);
        let left = self.holes_left.checked_sub(holes);
        self.holes_left = left.unwrap_or(self.holes_left);
        left.is_some()
    }
}
