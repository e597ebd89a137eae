//! What layers do to paths, the files behind paths, and the figures that follow from both.

use crate::vocabulary::LayerPosition;

/// No node, event, entry or inode.
pub const NONE: u32 = u32::MAX;
/// The root's node.
pub const ROOT: u32 = 0;

/// The state in which an event leaves a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    /// It no longer exists.
    Removed,
    /// A directory that exists only because something is below it: no member names it.
    Implied,
    /// A directory.
    Directory,
    /// Anything else.
    Leaf,
}

/// What one layer did to a path.
#[derive(Clone, Copy, Debug)]
pub struct PathEvent {
    pub layer: LayerPosition,
    /// The state in which the layer left the path.
    pub state: NodeState,
    /// Position in the layer's index; `NONE` for removed paths and implied directories.
    pub entry: u32,
    /// The file behind the path; `NONE` where there is none.
    pub inode: u32,
    /// The event before this one on the same path, or `NONE`.
    pub(super) previous: u32,
    /// The last event of a layer below on the same path, or `NONE`: a layer may name a path a million times.
    pub(super) below: u32,
}

impl PathEvent {
    /// Whether the path exists after it.
    pub fn is_there(&self) -> bool {
        self.state != NodeState::Removed
    }

    /// Whether the path is a directory after it.
    pub fn is_directory(&self) -> bool {
        matches!(self.state, NodeState::Directory | NodeState::Implied)
    }
}

/// A file, however many names it has.
#[derive(Clone, Copy, Debug)]
pub struct Inode {
    /// Bytes.
    pub size: u64,
    /// The layer whose entry `entry` holds the content.
    pub layer: LayerPosition,
    /// Position in that layer's index.
    pub entry: u32,
    /// Number of names in the final tree.
    pub(super) links: u32,
}

impl Inode {
    /// Whether the final tree has a name of it.
    pub fn is_visible(&self) -> bool {
        self.links > 0
    }
}

/// What a layer did to the tree below it, as docs/report.md defines it ("A layer").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerChange {
    /// Paths, not directories, that did not exist below.
    pub added: u32,
    /// Paths, not directories, that existed below and were written again, unchanged ones included.
    pub modified: u32,
    /// Those of `modified` with the same content and metadata, as far as contents are hashed.
    pub unchanged: u32,
    /// Paths, not directories, that existed below and are gone.
    pub removed: u32,
    /// Size of the tree with the layer less its size without it.
    pub contribution: i64,
    /// Bytes of this layer that the final tree still shows.
    pub kept: u64,
}

/// Totals of the final tree, as docs/report.md defines them ("An image", `tree`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeTotals {
    /// Paths, explicit and implied, without the root.
    pub entries: u64,
    /// Regular files, hard links included.
    pub files: u64,
    pub directories: u64,
    pub symlinks: u64,
    /// Bytes of regular files; an inode with several names counts once.
    pub size: u64,
}
