//! zstd:chunked: where in a blob its table is.
//!
//! Source: containers/storage, pkg/chunked. The table is compressed with zstd in a skippable frame. The last skippable
//! frame is a footer that says where. Old footers have 40 bytes, newer ones 64 (with the position of tar-split data).

use super::packed::{BlobSection, TableBytes, TableRange, tail, unpack};
use crate::codec::Compression;
use std::io;

const MARK: &[u8; 8] = b"GnUlInUx";
/// Size of the frame's header: a magic number and the length of the footer.
const HEAD: usize = 8;
const SHORT: usize = 40;
const LONG: usize = 64;
/// The kind of a table whose entries are JSON.
const JSON: u64 = 1;

/// The table; `None` if the blob has no such footer.
pub fn table(blob: &mut BlobSection) -> Option<io::Result<TableBytes>> {
    let range = range(&tail::<{ HEAD + LONG }>(blob)?, LONG)
        .or_else(|| range(&tail::<{ HEAD + SHORT }>(blob)?, SHORT))?;
    Some(unpack(blob, &range, Compression::Zstd))
}

/// The table's range in a footer, which is a whole frame.
fn range(frame: &[u8], length: usize) -> Option<TableRange> {
    let (head, footer) = frame.split_at_checked(HEAD)?;
    let claimed = u32::from_le_bytes(head[4..].try_into().ok()?);
    let is_frame = head.starts_with(&[0x50, 0x2a, 0x4d, 0x18]) && claimed as usize == length;
    if !is_frame || !footer.ends_with(MARK) {
        return None;
    }
    let (numbers, _) = footer.as_chunks::<8>();
    let number = |at: usize| numbers.get(at).map(|bytes| u64::from_le_bytes(*bytes));
    // Start, compressed bytes, uncompressed bytes, kind.
    (number(3)? == JSON).then_some(TableRange { start: number(0)?, len: number(1)? })
}
