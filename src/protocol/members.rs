//! Archives within files: the members of one, and what is known about a member.

use super::LinkPath;
use crate::member_path::{MemberPath, MemberStep};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{Compression, ImagePosition, NodeKind};
use serde::{Deserialize, Serialize};

/// A member of archives within a file, or with an empty path the file itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MemberAddress {
    pub image: ImagePosition,
    /// The file in the image.
    pub path: LinkPath,
    pub layers: LayerSelection,
    pub member: MemberPath,
}

/// A form of archive whose members are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberForm {
    Zip,
    Tar,
    Ar,
    Cpio,
    Rpm,
    /// One compressed file.
    Compressed,
}

/// What a file or member holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MemberList {
    /// What it is itself, if it is a member.
    pub this: Option<MemberRow>,
    /// `None`: it is not an archive of a form that is read here.
    pub form: Option<MemberForm>,
    /// How the archive is compressed as a whole.
    pub compression: Compression,
    /// In the archive's order, the first of them.
    pub rows: Vec<MemberRow>,
    /// All that were seen.
    pub total: u64,
    /// Why there may be more.
    pub problem: Option<Problem>,
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberRow {
    pub step: MemberStep,
    pub name: Shown,
    pub kind: NodeKind,
    /// Bytes uncompressed, as the archive claims; of a compressed file that says nothing, as they were counted.
    pub size: Option<u64>,
    /// Permission bits with setuid, setgid and sticky.
    pub mode: Option<u16>,
    pub modified: Option<MemberTime>,
    /// Target of a link; empty: none.
    pub target: Shown,
    /// Why it cannot be opened.
    pub barrier: Option<MemberBarrier>,
}

/// When a member was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberTime {
    /// Seconds since 1970.
    pub seconds: i64,
    /// A local time of a zone that the archive does not name, counted as if it were UTC.
    pub local: bool,
}

/// Why a member cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberBarrier {
    Encrypted,
    /// A method of compression by its number in the archive's format.
    Method(u16),
    Sparse,
    LongName,
}
