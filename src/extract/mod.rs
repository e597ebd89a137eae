//! What is taken out of an image: one file, a layer's tar, or members of the tree or of a layer as one tar or zip.
//!
//! - An `Extraction` is a plan: a plain value that says what is written in which order. `session/extracting/` makes
//!   it, and `write` executes it, in the command as in a layer worker of the page.
//! - Nothing of a file's or layer's size is held in memory: content passes from the layer to the output in pieces.
//!   Each layer is read forward once, so files come in the order of their layers and not of their paths.
//! - docs/export.md says what users may rely on.

mod extraction;
mod member_writer;
mod pax_records;
mod safe_names;
mod tar_writer;
mod write;
mod zip_writer;

pub use extraction::{ExtractedKind, ExtractedMember, Extraction, LayerMembers};
pub use member_writer::unwritten;
pub use safe_names::SafeNames;
pub use write::{OpenFile, write};
pub use zip_writer::MAX_PENDING;
