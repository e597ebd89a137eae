//! The file tree.

use super::words::link_words;
use super::{RowRange, Sort};
use crate::find::FindTerm;
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{Change, LayerNumber, NodeKind};
use serde::{Deserialize, Serialize};

/// An absolute path, percent-encoded byte by byte as links carry it: names need not be UTF-8.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkPath(pub String);

/// What the file tree shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeSpec {
    pub layers: LayerSelection,
    /// What is looked for, as the link has it; `ShownTree` says how it was read.
    pub find: String,
    /// Only what is below this directory; empty: everything.
    pub directory: LinkPath,
    pub sort: Sort<TreeColumn>,
    /// Of a range of layers all paths, and not only those that it changed.
    pub whole: bool,
    /// Directories that hold nothing but one directory are one row with it.
    pub join: bool,
    /// Rows say how many bytes they take compressed.
    pub compressed: bool,
}

link_words! {
    /// Columns that siblings are sorted by.
    TreeColumn {
        Name = "name",
        /// The largest first.
        Size = "size",
        /// Paths below a directory that are not directories, the most first.
        Files = "files",
        /// Compressed bytes, the most first.
        Compressed = "compressed",
        /// The highest number first: setuid, setgid, sticky.
        Mode = "mode",
        /// By numbers.
        Owner = "owner",
        /// The newest first.
        Modified = "modified",
        Layer = "layer",
        /// Layers that wrote it, the most first.
        Writes = "writes",
        /// Added, modified, removed, unchanged.
        Change = "change",
        /// By name.
        Package = "package",
    }
}

/// Numbers of a tree before its rows are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeState {
    /// Rows that are visible with the directories that are expanded now.
    pub rows: u32,
    /// Paths under the selection, invisible ones included.
    pub paths: u32,
    /// Those of them that the find matches; all without a find.
    pub matches: u32,
    /// Sum of the sizes under the selection.
    pub size: u64,
    /// Bytes of the files that the find matches, and of those below directories that it matches by name or path;
    /// each file once. `size` without a find.
    pub matched_size: u64,
    /// Bytes of the files that match and that the selection removed.
    pub removed_size: u64,
    /// Paths (not directories) that match, by what the selection did to them.
    pub added: u32,
    pub modified: u32,
    pub removed: u32,
    pub unchanged: u32,
}

/// The answer to `SetTree`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShownTree {
    pub state: TreeState,
    /// The find as it was read.
    pub terms: Vec<FindTerm>,
    /// Terms that could not be read; the others hold.
    pub problems: Vec<Problem>,
    /// Bytes of the image's layers as stored, if the spec asks for compressed bytes and they are known.
    pub compressed: Option<u64>,
}

/// Some rows of the tree.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreePart {
    /// Position and number of what was requested; `rows` has fewer at the tree's end.
    pub range: RowRange,
    pub rows: Vec<TreeRow>,
}

/// One visible row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreeRow {
    /// Handle for `Expand`; stable while the image is open.
    pub node: u32,
    pub path: LinkPath,
    /// The last component.
    pub name: Shown,
    /// Names of the directories above that are joined with it in this row, the highest first.
    pub joined: Vec<Shown>,
    /// 1 for children of the root (`aria-level`).
    pub level: u32,
    /// Number of siblings, itself included (`aria-setsize`).
    pub set_size: u32,
    /// Position among them from 1 (`aria-posinset`).
    pub position_in_set: u32,
    pub kind: NodeKind,
    /// Expanded or collapsed; `None`: nothing below.
    pub expanded: Option<bool>,
    /// Bytes; a directory's is the sum below.
    pub size: u64,
    /// Bytes of what was removed below a directory that is still there.
    pub removed_size: u64,
    /// Of a directory: paths below that are not directories.
    pub files: Option<u32>,
    /// About how many bytes it takes compressed; a directory's are the sum below. `None`: not known, or not asked for.
    pub compressed: Option<u64>,
    /// Permission bits with setuid, setgid and sticky; `None` for directories that no layer names.
    pub mode: Option<u16>,
    /// `None` for directories that no layer names.
    pub owner: Option<FileOwner>,
    /// `None` for directories that no layer names.
    pub modified_at: Option<FileTime>,
    /// Target of a link; empty: none.
    pub target: Shown,
    /// The layer that wrote it, or removed it.
    pub layer: Option<LayerNumber>,
    pub change: Change,
    /// How many layers wrote it; of a directory nothing.
    pub writes: Option<u32>,
    /// The package that owns it; empty: none, or not known yet.
    pub package: Shown,
    /// The part of `name` that text of the find matches: start and end in bytes.
    pub mark: Option<(u32, u32)>,
}

/// Owner of a path. Names are those of the image's accounts where these are known, else those in the layer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileOwner {
    pub uid: u64,
    pub gid: u64,
    /// Often empty.
    pub user: Shown,
    /// Often empty.
    pub group: Shown,
}

/// An instant of a tar header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FileTime {
    /// Seconds since 1970.
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// Where `Reveal` found a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// Its row now; `None`: not under this selection and find.
    pub row: Option<u32>,
    /// The tree with the directories above it expanded.
    pub state: TreeState,
}
