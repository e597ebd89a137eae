//! The bytes of a table that is embedded in a blob.

use crate::codec::{Compression, ReadSeek, Section};
use std::io::{self, Read, Seek, SeekFrom};

/// Longer tables are not read, in bytes of JSON: those of 100,000 entries have about 30 MB.
pub const MAX_TABLE: u64 = 128 << 20;

/// A layer's blob.
pub type BlobSection = Section<Box<dyn ReadSeek>>;

/// Where in a blob its table is.
pub struct TableRange {
    /// From the start of the blob.
    pub start: u64,
    /// Compressed bytes.
    pub len: u64,
}

/// The bytes of a table.
pub struct TableBytes {
    /// As stored in the blob.
    pub packed: Vec<u8>,
    pub json: Vec<u8>,
}

/// The last bytes of a blob; `None` if it has fewer, or they cannot be read.
pub fn tail<const N: usize>(blob: &mut BlobSection) -> Option<[u8; N]> {
    let start = blob.size().checked_sub(N as u64)?;
    let mut bytes = [0; N];
    blob.seek(SeekFrom::Start(start)).ok()?;
    blob.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// Reads and decompresses a table.
pub fn unpack(
    blob: &mut BlobSection,
    range: &TableRange,
    compression: Compression,
) -> io::Result<TableBytes> {
    blob.seek(SeekFrom::Start(range.start))?;
    let mut packed = Vec::new();
    blob.take(range.len.min(MAX_TABLE)).read_to_end(&mut packed)?;
    let mut json = Vec::new();
    compression.decode(&packed[..]).take(MAX_TABLE).read_to_end(&mut json)?;
    Ok(TableBytes { packed, json })
}
