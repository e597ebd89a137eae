//! The views of an image, one file each. `list` has the one line that a new view needs.

mod compare;
mod configuration;
mod differences;
mod dockerfile;
mod files;
mod history;
mod layers;
mod list;
#[cfg(test)]
mod masking_tests;
mod overview;
mod packages;
pub mod parts;
mod provenance;
mod raw;
mod risks;
mod secrets;
mod vulnerabilities;
mod waste;

pub use compare::CompareScreen;
pub use files::QuickOpen;
pub use list::{NavSection, VIEWS, ViewEntry, view_entry};
