//! Tables of contents of layers, which let a layer be shown before its blob is read.
//!
//! Source: stargz-snapshotter, docs/estargz.md; containers/storage, pkg/chunked; soci-snapshotter.
//!
//! - One form, one file. `estargz.rs` and `zstd_chunked.rs` say where in a blob the table is and how it is packed; the
//!   JSON in both is the same (`embedded.rs`). SOCI stores its table beside the layer (`soci.rs`).
//! - A table is a claim, like a digest, and is compared with the layer when that is read. If they differ, a lazy mount
//!   of the image shows other files than an unpacked image.

mod by_table;
mod claims;
mod embedded;
mod estargz;
mod find;
mod packed;
pub mod soci;
mod zstd_chunked;

pub use by_table::{ByTable, by_table};
pub use find::find;
