//! What differs between two images: paths of the final trees, layers, packages, configuration, history.
//!
//! docs/compare.md defines every figure. In short:
//! - paths are compared in the final trees, so a layer that is only shifted makes no difference;
//! - a path has one class, the first that fits (`paths.rs`);
//! - layers are the same if their diff IDs are.
//!
//! Linear in the paths: one walk over both trees (`tree::each_pair`).

mod comparison;
mod growth;
mod packages;
mod paths;
mod settings;

pub use comparison::{ComparedImage, ComparedLayers, ImageComparison, compare};
pub use growth::{DirectoryGrowth, Growth, PackageGrowth, growth};
pub use packages::{ComparedPackages, PackageVersions};
pub use paths::{ComparedPaths, DifferenceTotals, DifferentPath};
pub use settings::ChangedSetting;
