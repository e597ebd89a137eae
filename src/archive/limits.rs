//! Limits of what an archive's index may name. What exceeds them is left out, with a warning.

/// Layers of one image: Docker itself allows 127.
pub const MAX_LAYERS: usize = 1000;
/// Layers of all images of an archive.
pub const MAX_ALL_LAYERS: usize = 100_000;
/// Images of an archive.
pub const MAX_IMAGES: usize = 10_000;
/// Names of one image.
pub const MAX_NAMES: usize = 1000;
/// Bytes of one name.
pub const MAX_NAME: usize = 4096;
/// Warnings about an archive's index: a damaged one could cause a million.
pub const MAX_WARNINGS: usize = 100;
