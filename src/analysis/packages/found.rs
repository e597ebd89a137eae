//! A package of an image, and where it is.

use super::Package;

/// Where a package is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file that names it (node of the tree).
    pub node: u32,
    /// The place within that file; empty: the file itself.
    pub inside: String,
    /// Index of the layer that brought it, from 0.
    pub layer: u32,
    /// Index of the layer that took it away.
    pub until: Option<u32>,
}

/// A package of an image.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// As it is named; its `files` are those of all who list some.
    pub package: Package,
    pub purl: String,
    /// In the order of layers; never empty.
    pub places: Vec<Place>,
    /// Bytes on disk: those of its files in the final tree, else what the package manager claims.
    pub size: Option<u64>,
    /// Files in the final tree that it owns.
    pub files: u32,
}

impl Found {
    /// No place of it is in the final tree.
    pub fn removed(&self) -> bool {
        self.places.iter().all(|place| place.until.is_some())
    }

    /// Index of the layer that brought what is there now, or was there last.
    pub fn layer(&self) -> u32 {
        let there = self.places.iter().find(|place| place.until.is_none());
        there.or(self.places.last()).map_or(0, |place| place.layer)
    }
}
