//! The treemap of Files: sizes as areas.

use super::LinkPath;
use crate::text::Shown;
use crate::vocabulary::{TileArea, TileColour, TileKind};
use serde::{Deserialize, Serialize};

/// The answer to `SizeTiles`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Treemap {
    /// A directory comes before the tiles within it.
    pub tiles: Vec<TreemapTile>,
    /// Bytes of all of them.
    pub size: u64,
}

/// A tile.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TreemapTile {
    /// Of the rest of a directory that directory.
    pub path: LinkPath,
    pub name: Shown,
    pub kind: TileKind,
    pub size: u64,
    /// What most of its bytes have in common; `None` of a directory with tiles of its own.
    pub colour: Option<TileColour>,
    pub area: TileArea,
}
