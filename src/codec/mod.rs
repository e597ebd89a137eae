//! Compression: recognised by a blob's first bytes and never by a name, and undone by `Read` adapters.
//!
//! - One format, one arm in `Compression`, one file. The decoders are well-kept libraries; ours is only what
//!   they leave out: several members or frames in a row, what follows the last one, checksums.
//! - What must be a tar and is compressed again is decompressed again (`nested.rs`).
//! - A decoder holds at most two windows (`zstd.rs`), and each format's largest window is bounded. The caller
//!   bounds how much it reads.
//! - A damaged or truncated stream is an `InvalidData` error that names the format.

mod buffered;
mod bzip2;
mod checkpoints;
mod compression;
mod decode;
mod error;
mod frames;
mod gzip;
mod inflate;
mod input;
mod limited;
mod lz4;
mod nested;
mod part;
mod partial;
mod parts;
mod recorder;
mod section;
mod seekable;
mod skippable;
mod xz;
mod xz_blocks;
pub mod zip;
mod zstd;

#[cfg(test)]
pub(crate) use decode::tests as samples;

pub use checkpoints::{Checkpoints, TrailingBytes};
pub use compression::{Compression, HEAD};
pub use input::{Input, SEEK_WORTH, SeekInput, StreamInput};
pub use limited::{ByteLimit, Limited};
pub use part::BlobPart;
pub use partial::Partial;
pub use section::{ReadSeek, Section};
pub use seekable::Seekable;
