//! Tar members: one loop over headers, extension records and sparse maps, for the archive's own tar
//! and for layers alike.
//!
//! Sources: POSIX pax (IEEE Std 1003.1), GNU tar's manual ("Basic Tar Format"), star's tar(5); what is
//! counted and how follows CONTRACTS.md, "Layers".
//! - The `tar` crate's `Header` knows the layout of a block; the loop is ours, since its cooked iterator
//!   hides files behind links with a size, reads unbounded names into memory, doesn't know PAX sparse
//!   members and gives out global headers.
//! - Every claim of a header is hostile: nothing is allocated by it, records are bounded.
//! - What can be read is given, then the reason why it ended: `Members::next` returns `None` at a clean
//!   end, and leaves a problem behind at any other.

mod header;
mod members;
pub mod path;
mod pax;
mod sparse;

pub use header::is_header;
pub use members::{MAX_NAME, Member, Members};
pub use pax::Pax;
pub use sparse::{Span, SparseMap};

/// Tar's block, in bytes.
pub const BLOCK: u64 = 512;
