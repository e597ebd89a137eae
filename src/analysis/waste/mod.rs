//! Waste: bytes in layers that the final tree does not show, contents that it holds twice, and what would avoid
//! both.
//!
//! Source: docs/report.md, "Waste".
//!
//! - Pure functions of a tree and of the kinds of its instructions. The work is a pass over the events of all
//!   paths, and sorts; a hidden file takes 16 bytes, a duplicate 4.
//! - Two files have the same content if size and hash are equal. Where contents are not hashed, nothing is called
//!   equal: `uncompared` counts the files for which that may be wrong.

mod duplicates;
mod hidden;
mod order;
mod savings;
mod traces;

#[cfg(test)]
mod tests;

pub use duplicates::{DuplicateGroup, Duplicates};
pub use hidden::HiddenFile;
pub use savings::{Maker, PossibleSaving};
pub use traces::Traces;

use crate::tree::FileTree;
use crate::vocabulary::{ClassTallies, FileTally, LayerPosition};

/// What an image wastes.
#[derive(Clone, Debug, Default)]
pub struct ImageWaste {
    /// Every hidden file, the largest first.
    pub hidden: Vec<HiddenFile>,
    /// Sums over all of them.
    pub classes: ClassTallies,
    /// For each layer, what became of its bytes.
    pub layers: Vec<LayerShares>,
    pub duplicates: Duplicates,
    /// What would save bytes, the most first.
    pub savings: Vec<PossibleSaving>,
}

/// What became of one layer's bytes, and what it hid of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerShares {
    /// Its own files that the final tree does not show.
    pub lost: ClassTallies,
    /// Its own files that the final tree shows, and of which a lower layer, or an earlier member, has the content.
    pub duplicates: FileTally,
    /// Files that it hid, whichever layer has them.
    pub hid: FileTally,
}

/// Finds what an image wastes. `makers`: what made each layer, base first, as far as the history says.
pub fn waste(tree: &FileTree, makers: &[Maker]) -> ImageWaste {
    let hidden = hidden::find(tree);
    let duplicates = duplicates::find(tree);
    let savings = savings::find(tree, &hidden, &duplicates, &Traces::of(tree), makers);
    let mut classes = ClassTallies::default();
    let mut layers = vec![LayerShares::default(); tree.layers().len()];
    for file in &hidden {
        let bytes = file.size(tree);
        classes.add(file.class, bytes);
        layers[file.layer(tree).index()].lost.add(file.class, bytes);
        layers[file.by.index()].hid.add(bytes);
    }
    for (layer, size) in duplicates.copies(tree) {
        layers[layer.index()].duplicates.add(size);
    }
    ImageWaste { hidden, classes, layers, duplicates, savings }
}

impl ImageWaste {
    /// Files that some layers hid, of which it is not known whether the same content was written again: they count as
    /// overwritten.
    pub fn uncompared(&self, tree: &FileTree, by: impl Fn(LayerPosition) -> bool) -> FileTally {
        let mut uncompared = FileTally::default();
        for file in self.hidden.iter().filter(|file| file.uncompared && by(file.by)) {
            uncompared.add(file.size(tree));
        }
        uncompared
    }

    /// The layers that hid files, with how much.
    pub fn by_layer(&self) -> impl Iterator<Item = (LayerPosition, FileTally)> {
        let layers = (0..).map(LayerPosition).zip(&self.layers);
        layers.map(|(layer, shares)| (layer, shares.hid)).filter(|(_, hid)| hid.files > 0)
    }
}
