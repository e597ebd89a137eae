//! Tar members: one loop over headers, extension records and sparse maps, for archives and for layers.
//!
//! Sources: POSIX pax (IEEE Std 1003.1), GNU tar's manual ("Basic Tar Format"), star's tar(5).
//! docs/report.md says what counts as what.
//!
//! - The `tar` crate's `Header` knows the layout of a block. The loop is ours, because the crate's iterator
//!   hides files behind links with a size, reads unbounded names into memory, does not know sparse members of
//!   PAX, and returns global headers.
//! - Every claim of a header is hostile: it allocates nothing, and records are bounded.
//! - What can be read is returned, and then the reason of the end: `Members::next` returns `None` at a clean
//!   end, and leaves a problem behind at any other.

mod blocks;
mod formats;
mod header;
mod member;
mod members;
pub mod path;
mod pax;
mod sparse;

pub use formats::{is_redirected, looks_like};
pub use header::is_header;
pub use member::Member;
pub use members::{MAX_NAME, Members};
pub use pax::{MAX_OWNER, Pax};
pub use sparse::{Span, SparseMap};

/// The size of a tar block, in bytes.
pub const BLOCK: u64 = 512;
