//! The layers of an image in a registry, and what is downloaded of them.
//!
//! - `layer.rs` is the state of one layer's blob, `layers.rs` of all. `requests.rs` is what the page asks
//!   for, `steps.rs` what happens next.
//! - `blob_download.rs` brings a blob, `tables.rs` and `soci.rs` its table of contents in its place,
//!   `ranges.rs` a part of a blob.

mod blob_download;
mod layer;
mod layers;
mod ranges;
mod requests;
mod soci;
mod steps;
mod tables;

pub use blob_download::{BlobDownload, DownloadStep};
pub use layer::{BlobState, DownloadedLayer};
pub use layers::{DownloadEvent, DownloadMeans, LayerDownloads, REGISTRY_IMAGE};
pub use ranges::{BlobPlace, RangeEnd, Ranges};
pub use soci::SociTables;
