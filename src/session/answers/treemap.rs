//! The treemap of Files.

use super::tree::link_path;
use crate::problem::Problem;
use crate::protocol::{SizeTiles, TreeSpec, Treemap, TreemapTile};
use crate::session::paths::path_bytes;
use crate::session::state::{BuiltImage, Session};
use crate::text::Shown;
use crate::tree::find::Find;
use crate::tree::{SizeTile, ViewSettings, size_tiles};

impl Session {
    /// The tiles of what the tree shows.
    pub(super) fn treemap(&self, question: &SizeTiles) -> Result<Treemap, Problem> {
        let BuiltImage { tree, .. } = self.built(question.image)?;
        let settings = shown_by(&question.spec)?;
        let ratio = f64::from(question.width.max(1)) / f64::from(question.height.max(1));
        let (tiles, size) = size_tiles(tree, &settings, question.colouring, ratio);
        let tile = |tile: SizeTile| TreemapTile {
            path: link_path(tree, tile.node),
            name: Shown::new(tree.name(tile.node)),
            kind: tile.kind,
            size: tile.size,
            colour: tile.colour,
            area: tile.area,
        };
        Ok(Treemap { tiles: tiles.into_iter().map(tile).collect(), size })
    }
}

/// What a tree shows, whatever is expanded.
pub(super) fn shown_by(spec: &TreeSpec) -> Result<ViewSettings, Problem> {
    Ok(ViewSettings {
        selection: spec.layers,
        whole: spec.whole,
        directory: path_bytes(&spec.directory)?,
        find: Find::parse(&spec.find).terms,
        ..ViewSettings::default()
    })
}
