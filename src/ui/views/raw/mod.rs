//! The documents that describe the image (index, manifest, configuration, attestations), unchanged.
//!
//! - The link's `item` is the digest of the open document; without it the first is shown.
//! - The tree shows what was parsed; copying and saving give the exact bytes.

mod json_tree;
mod outline;
mod view;

#[cfg(test)]
mod tests;

pub use view::RawView;
