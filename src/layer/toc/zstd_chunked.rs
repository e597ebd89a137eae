//! zstd:chunked: the table is zstd in a skippable frame; the last skippable frame is a footer that says
//! where. Older footers have 40 bytes, newer ones 64 (with the place of tar-split data).

use super::{Blob, Packed, Place, tail, unpack};
use crate::codec::Compression;
use std::io;

const MARK: &[u8; 8] = b"GnUlInUx";
/// The frame's head: a magic number and the footer's length.
const HEAD: usize = 8;
const SHORT: usize = 40;
const LONG: usize = 64;
/// A table whose entries are JSON.
const JSON: u64 = 1;

/// The table's JSON; `None` if the blob has no such footer.
pub fn table(blob: &mut Blob) -> Option<io::Result<Packed>> {
    let place = place(&tail::<{ HEAD + LONG }>(blob)?, LONG)
        .or_else(|| place(&tail::<{ HEAD + SHORT }>(blob)?, SHORT))?;
    Some(unpack(blob, &place, Compression::Zstd))
}

fn place(frame: &[u8], length: usize) -> Option<Place> {
    let (head, footer) = frame.split_at_checked(HEAD)?;
    let claimed = u32::from_le_bytes(head[4..].try_into().ok()?);
    let is_frame = head.starts_with(&[0x50, 0x2a, 0x4d, 0x18]) && claimed as usize == length;
    if !is_frame || !footer.ends_with(MARK) {
        return None;
    }
    let (numbers, _) = footer.as_chunks::<8>();
    let number = |at: usize| numbers.get(at).map(|bytes| u64::from_le_bytes(*bytes));
    // Start, compressed bytes, uncompressed bytes, kind.
    (number(3)? == JSON).then_some(Place { start: number(0)?, len: number(1)? })
}
