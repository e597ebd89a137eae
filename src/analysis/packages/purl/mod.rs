//! Package URLs, written and read.

mod read;
mod write;

pub use read::{Purl, parse};
pub use write::write;
