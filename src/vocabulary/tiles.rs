//! The tiles of a treemap.

use super::{Change, FileFamily, LayerNumber};
use serde::{Deserialize, Serialize};

/// What a tile stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TileKind {
    /// A path that is not a directory.
    #[default]
    File,
    /// A directory with all that is below it.
    Directory,
    /// A directory around the tiles that follow.
    Around,
    /// So many paths in a directory that are too small for tiles of their own.
    Rest(u32),
}

/// A rectangle of a treemap, whose width and height are 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TileArea {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// What the colours of a treemap tell apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TileColouring {
    #[default]
    Layer,
    Family,
    Change,
}

/// What most bytes of a tile have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TileColour {
    /// The layer that brought them.
    Layer(LayerNumber),
    Family(FileFamily),
    /// What the selection of layers did to them.
    Change(Change),
}
