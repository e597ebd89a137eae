//! A member as a reader of archives finds it, and what is done with it.

use crate::member_path::MemberStep;
use crate::problem::Problem;
use crate::protocol::{MemberBarrier, MemberRow, MemberTime};
use crate::text::Shown;
use crate::vocabulary::NodeKind;
use std::io::Read;
use std::ops::ControlFlow;

/// Longer names are cut, and such members cannot be opened, in bytes: as in Linux.
pub const MAX_NAME: usize = 4096;

/// A member, as its archive describes it: everything is a claim.
#[derive(Clone, Debug, Default)]
pub struct FoundMember<'a> {
    pub name: &'a [u8],
    pub kind: NodeKind,
    /// Bytes uncompressed.
    pub size: Option<u64>,
    pub mode: Option<u32>,
    pub modified: Option<MemberTime>,
    /// Target of a link.
    pub link: &'a [u8],
    pub barrier: Option<MemberBarrier>,
}

/// Gets each member with its content, until it breaks.
pub type EachMember<'e> =
    dyn FnMut(&FoundMember<'_>, &mut dyn Read) -> Result<ControlFlow<()>, Problem> + 'e;

impl FoundMember<'_> {
    /// As the page is told; `nth` counts the members of this name from 1.
    pub fn row(&self, nth: u32) -> MemberRow {
        let name = self.name.get(..MAX_NAME).unwrap_or(self.name);
        let link = self.link.get(..MAX_NAME).unwrap_or(self.link);
        let long = (self.name.len() > MAX_NAME).then_some(MemberBarrier::LongName);
        MemberRow {
            step: MemberStep { name: name.to_vec(), nth },
            name: Shown::new(name),
            kind: self.kind,
            size: self.size,
            mode: self.mode.map(|mode| (mode & 0o7777) as u16),
            modified: self.modified,
            target: Shown::new(link),
            barrier: self.barrier.or(long),
        }
    }
}

/// The kind of a member by the type bits of its mode, as in Unix.
pub fn kind_of_mode(mode: u32) -> NodeKind {
    match mode & 0o170_000 {
        0o040_000 => NodeKind::Directory,
        0o120_000 => NodeKind::Symlink,
        0o020_000 => NodeKind::CharDevice,
        0o060_000 => NodeKind::BlockDevice,
        0o010_000 => NodeKind::Fifo,
        _ => NodeKind::File,
    }
}

/// A time of a known zone.
pub fn utc(seconds: i64) -> Option<MemberTime> {
    Some(MemberTime { seconds, local: false })
}
