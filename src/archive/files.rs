//! A source as its files: one for a dropped archive, many for a folder.

use crate::codec::ReadSeek;
use std::io;

/// The files that were opened together.
pub trait Files {
    /// Path in the folder (or the file's name) and size in bytes of each file, always in the same order.
    fn list(&self) -> Vec<(String, u64)>;
    /// Opens the file at a position in `list`.
    fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>>;
}
