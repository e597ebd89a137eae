//! One layer: from its blob to a `LayerIndex`, in one pass, and back to the content of one file.
//!
//! - A pass sees one layer and nothing else. What layers do to each other is the subject of `tree/`.
//! - Every pass returns what could be read together with its warnings, never only one of the two.

mod archive_pass;
mod blob_pass;
mod content;
mod content_hash;
mod cost;
mod counts;
mod entry_range;
mod file_pieces;
mod file_source;
mod file_stream;
mod forward;
mod hook;
mod index;
mod layer_scan;
mod limits;
mod members;
mod scan;
mod stream;
mod toc;
pub mod whiteout;

pub use archive_pass::{ArchivePass, pass_archive};
pub use content::{Entrance, FilePlace, LayerBytes, read_file, read_files};
pub use cost::fits;
pub use counts::Counts;
pub use entry_range::EntryRange;
pub use file_pieces::{PieceSink, read_pieces};
pub use file_source::{MAX_UNPACKED, open_file};
pub use file_stream::stream_file;
pub use forward::{LayerEntrance, pass_layer};
pub use hook::{
    ContentHook, FurtherName, HEAD, Hook, MAX_LOOKED, MAX_NOTES, NameNote, Note, Notes, Wanted,
    note_weight,
};
pub use index::{
    BufferSource, ContentHash, DistantBuffer, Entry, IndexError, LayerIndex, NOT_HASHED, Owner,
    count_large_sizes, number,
};
pub use layer_scan::{BESIDE, Contents, LayerScan, ScanOptions};
pub use limits::Limits;
pub use scan::{checksum, scan};
pub use stream::SpillTarget;
pub use toc::soci;
pub use toc::{ByTable, by_table};
