//! Layer indexes merged into one tree that remembers what each layer did to each path.
//!
//! Source: OCI image-spec, layer.md; `merge.rs` says what is done where it leaves a choice.
//!
//! - Every path that any layer names is one node; nodes are never removed. What layers do to a node is a
//!   chain of events, the newest first. "The tree up to layer N" is the same nodes, each seen through its
//!   last event up to layer N.
//! - Columnar, like the layer indexes. A parent's number is smaller than its children's, so sums below
//!   directories are one pass from the end.
//! - Layers are counted from 0. An argument `layers: u32` is a number of layers: `n` means layers `0..n`.

mod children;
#[cfg(test)]
pub mod drawn;
mod endings;
mod event;
mod file_tree;
pub mod find;
mod fuzzy;
mod merge;
mod pairs;
mod paths;
mod resolve;
mod unchanged;
mod view;

pub use event::{Inode, LayerChange, NONE, NodeState, PathEvent, ROOT, TreeTotals};
pub use file_tree::FileTree;
pub use fuzzy::{FuzzyPath, fuzzy_paths};
pub use merge::merge;
pub use pairs::{PathPair, each_pair};
pub use resolve::{LastLink, LostPath, Resolver, StepBudget};
pub use unchanged::unchanged;
pub use view::{
    NOT_KNOWN, OrderKey, RowLayout, ShownFile, SizeTile, TreeOrder, TreeSummary, TreeView,
    TypeTotal, ViewSettings, VisibleRow, files_shown, size_tiles, size_under, types_shown,
};
