//! Packages: what is installed, removed or only declared, the files that no package owns, and attached SBOMs
//! compared with what was found.

mod details;
mod found;
mod notes;
mod sbom;
mod unowned;
mod view;

#[cfg(test)]
mod tests;

pub use details::SeverityCellMark;
pub use view::PackagesView;
