//! A package of an image and the files that name it.

use super::Package;
use crate::vocabulary::LayerPosition;
use std::sync::Arc;

/// A file of the image that names a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageLocation {
    /// The file (node of the tree).
    pub node: u32,
    /// The path within that file (a jar in a jar); empty: the file itself.
    pub inside: Arc<str>,
    /// The layer that added it.
    pub layer: LayerPosition,
    /// The layer that removed it; `None`: it is in the final tree.
    pub until: Option<LayerPosition>,
}

/// A package of an image.
#[derive(Clone, Debug, Default)]
pub struct FoundPackage {
    /// As its first file names it; `files` are those of all files that name it.
    pub package: Package,
    pub purl: String,
    /// In the order of layers; never empty.
    pub locations: Vec<PackageLocation>,
    /// Bytes on disk: the size of its files in the final tree, else what the package manager claims.
    pub size: Option<u64>,
    /// Number of files in the final tree that it owns.
    pub files: u32,
}

impl FoundPackage {
    /// Whether the final tree has no location of it.
    pub fn removed(&self) -> bool {
        self.locations.iter().all(|location| location.until.is_some())
    }

    /// The layer that added the current location, or the last one if all were removed.
    pub fn layer(&self) -> LayerPosition {
        let current = self.locations.iter().find(|location| location.until.is_none());
        current.or(self.locations.last()).map_or(LayerPosition(0), |location| location.layer)
    }
}
