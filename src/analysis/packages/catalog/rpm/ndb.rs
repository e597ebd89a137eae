//! NDB, rpm's own database, which SUSE uses: `Packages.db`.
//!
//! Source: rpm, lib/backend/ndb/rpmpkg.c; little-endian. A header, pages of slots, and blobs in blocks of
//! 16 bytes, each with number, length and checksum.
//! - A free slot has no blocks. Remains of removed packages are not read.
//! - A wrong checksum gives a warning; the header is still read if possible.

use super::bytes::{at, hex};
use super::collector::HeaderCollector;

const BLOCK: usize = 16;
const PAGE: usize = 4096;
/// Bytes of the database's header, which takes the place of the first slots.
const HEADER: usize = 32;
const TAIL: usize = 12;

/// Reads a database.
pub fn read(bytes: &[u8], found: &mut HeaderCollector) {
    if at(bytes, 4) != Some([0; 4]) {
        return found.damaged(4, "version 0 of NDB", hex(at(bytes, 4)));
    }
    let pages = number(bytes, 12).unwrap_or(0);
    let end = pages.saturating_mul(PAGE);
    let slots = bytes.get(HEADER..end).unwrap_or_else(|| {
        found.damaged(12, "slots within the file", format!("{pages} pages of slots"));
        bytes.get(HEADER..).unwrap_or_default()
    });
    for (place, slot) in slots.as_chunks::<BLOCK>().0.iter().enumerate() {
        let offset = HEADER.saturating_add(place.saturating_mul(BLOCK));
        if !slot.starts_with(b"Slot") {
            found.damaged(offset, "a slot", hex(at(slot, 0)));
        } else if slot[8..12] != [0; 4] {
            blob(bytes, slot, offset, found);
        }
    }
}

/// Reads the blob that a slot points to.
fn blob(bytes: &[u8], slot: &[u8; BLOCK], slot_offset: usize, found: &mut HeaderCollector) {
    let numbers = (number(slot, 8), number(slot, 12));
    let (Some(first), Some(count)) = numbers else { return };
    let (start, size) = (first.saturating_mul(BLOCK), count.saturating_mul(BLOCK));
    let Some(blob) = start.checked_add(size).and_then(|end| bytes.get(start..end)) else {
        let text = format!("{count} blocks from block {first} on");
        return found.damaged(slot_offset, "blocks within the file", text);
    };
    if !found.admits(size, start) {
        return;
    }
    if !blob.starts_with(b"BlbS") || at::<4>(blob, 4) != at(slot, 4) {
        return found.damaged(start, "the slot's blob", hex(at(blob, 0)));
    }
    let length = number(blob, 12).unwrap_or(0);
    let header = blob.get(BLOCK..).and_then(|rest| rest.get(..length)).unwrap_or_default();
    let Some((body, tail)) = blob.split_last_chunk::<TAIL>() else { return };
    if at(tail, 0).map(u32::from_le_bytes) != Some(adler32(body)) {
        found.damaged(start, "a blob with this checksum", "other bytes");
    }
    found.header(start.saturating_add(BLOCK), header);
}

fn number(bytes: &[u8], offset: usize) -> Option<usize> {
    at(bytes, offset).map(|number| u32::from_le_bytes(number) as usize)
}

/// Source: RFC 1950, section 9.
fn adler32(bytes: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    // The most bytes for which neither sum can overflow.
    for chunk in bytes.chunks(5552) {
        for &byte in chunk {
            a = a.wrapping_add(u32::from(byte));
            b = b.wrapping_add(a);
        }
        (a, b) = (a % 65521, b % 65521);
    }
    b << 16 | a
}

#[test]
fn the_checksum_is_that_of_rfc_1950() {
    // Examples of zlib and Wikipedia.
    assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
    assert_eq!(adler32(b""), 1);
}
