//! Members of an extraction, made of entries of layers.

use crate::extract::{ExtractedKind, ExtractedMember};
use crate::layer::{Entry, Owner};
use crate::protocol::ExtractionNotes;
use crate::vocabulary::NodeKind;
use std::collections::HashMap;

/// Permission bits of a directory that no layer names: those that container engines give it.
const IMPLIED_MODE: u16 = 0o755;

/// Makes members, and collects their owners.
#[derive(Default)]
pub struct MemberMaker {
    pub owners: Vec<Owner>,
    numbers: HashMap<Owner, u32>,
    pub notes: ExtractionNotes,
}

impl MemberMaker {
    /// A member with an entry's metadata; `None`, and counted, if no file system can have it.
    pub fn member(
        &mut self,
        path: Vec<u8>,
        kind: ExtractedKind,
        entry: Entry<'_>,
    ) -> Option<ExtractedMember> {
        let target: &[u8] = match &kind {
            ExtractedKind::Symlink(target) | ExtractedKind::HardLink(target) => target,
            _ => &[],
        };
        if path.contains(&0) || target.contains(&0) {
            self.notes.left_out += 1;
            return None;
        }
        let xattrs = entry.xattrs().map(|(name, value)| (name.to_vec(), value.to_vec()));
        Some(ExtractedMember {
            mode: entry.mode(),
            owner: self.owner(entry.owner()),
            mtime: entry.mtime(),
            xattrs: xattrs.collect(),
            path,
            kind,
        })
    }

    /// A directory that no layer names.
    pub fn implied(&mut self, path: Vec<u8>) -> Option<ExtractedMember> {
        if path.contains(&0) {
            self.notes.left_out += 1;
            return None;
        }
        let owner = self.owner(&Owner::default());
        let (mode, mtime, xattrs) = (IMPLIED_MODE, (0, 0), Vec::new());
        Some(ExtractedMember { path, kind: ExtractedKind::Directory, mode, owner, mtime, xattrs })
    }

    fn owner(&mut self, owner: &Owner) -> u32 {
        if let Some(number) = self.numbers.get(owner) {
            return *number;
        }
        let number = self.owners.len() as u32;
        self.owners.push(owner.clone());
        self.numbers.insert(owner.clone(), number);
        number
    }
}

/// The kind of an entry that is neither a file nor a hard link.
pub fn special(entry: Entry<'_>) -> Option<ExtractedKind> {
    let (major, minor) = entry.device();
    Some(match entry.kind() {
        NodeKind::Directory => ExtractedKind::Directory,
        NodeKind::Symlink => ExtractedKind::Symlink(entry.link().to_vec()),
        NodeKind::CharDevice => ExtractedKind::CharDevice(major, minor),
        NodeKind::BlockDevice => ExtractedKind::BlockDevice(major, minor),
        NodeKind::Fifo => ExtractedKind::Fifo,
        NodeKind::File | NodeKind::HardLink => return None,
    })
}
