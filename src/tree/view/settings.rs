//! What a view shows, and in which order.

use crate::find::FindTerm;
use crate::selection::LayerSelection;

/// What a view shows, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewSettings {
    pub selection: LayerSelection,
    /// Of a range of layers show all paths, and not only those that it changed.
    pub whole: bool,
    pub layout: RowLayout,
    /// Show only what is below this path, relative to the root; empty: everything.
    pub directory: Vec<u8>,
    /// What a path must satisfy; empty: nothing.
    pub find: Vec<FindTerm>,
}

/// What a directory's children are sorted by; equal ones by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderKey {
    /// Bytewise.
    #[default]
    Name,
    Size,
    /// Paths below that are not directories.
    Files,
    /// Compressed bytes, as `GivenColumns` has them.
    Compressed,
    Mode,
    /// By numbers.
    Owner,
    Modified,
    Layer,
    /// How many layers wrote it.
    Writes,
    Change,
    /// As `GivenColumns` has them.
    Package,
}

/// The order of a directory's children. Those without a value come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeOrder {
    pub by: OrderKey,
    /// The highest value first.
    pub down: bool,
}

/// How rows are laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowLayout {
    pub order: TreeOrder,
    /// Directories that hold nothing but one directory are joined with it.
    pub join: bool,
}
