//! One layer: from its blob to a `LayerIndex`, in one pass, and back to the content of one file.
//!
//! - A pass sees one layer and nothing else; what layers do to each other is `tree/`'s.
//! - Readers of a whole give what could be read and the warnings, never one or the other.

mod content;
mod index;
mod looks;
mod nested;
mod pass;
mod scan;
mod stream;
mod tally;
mod toc;
pub mod whiteout;

pub use content::{Entrance, FilePlace, read_file};
pub use index::{ContentHash, Entry, IndexError, LayerIndex, Owner};
pub use looks::{HEAD, Looks, MAX_LOOKED, Note, Notes, Onlooker};
pub use nested::{Passed, unpack};
pub use pass::{BESIDE, Counts, LayerScan, Limits, ScanOptions};
pub use scan::{checksum, scan};
pub use stream::Spill;
pub use toc::soci;
pub use toc::{ByTable, by_table};
