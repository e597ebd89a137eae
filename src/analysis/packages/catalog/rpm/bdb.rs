//! Berkeley DB, a hash whose records are headers: `Packages` of rpm before 4.16.
//!
//! Source: Berkeley DB 5.3, src/dbinc/db_page.h; rpm, lib/backend/bdb_ro.cc. Numbers are in the byte
//! order of the machine that wrote the file.
//! - Hash pages are read in file order, not by bucket: keys are not needed, and a damaged chain costs
//!   nothing else.
//! - A header is nearly always longer than a page, and is stored in a chain of overflow pages. A page is
//!   part of one chain; a second visit is damage, so no chain loops.

use super::bytes::{at, hex};
use super::collector::HeaderCollector;
use crate::text::byte_count;

/// Bytes of a page before its content.
const PAGE_HEADER: usize = 26;
/// Types of pages; an unused page has type 0.
const FREE: u8 = 0;
const HASH_UNSORTED: u8 = 2;
const OVERFLOW: u8 = 7;
const HASH_META: u8 = 8;
const HASH: u8 = 13;

/// Types of items on a page: the bytes themselves, or the start of a chain.
const KEY_DATA: u8 = 1;
const OFF_PAGE: u8 = 3;

/// Reads a database.
pub fn read(bytes: &[u8], found: &mut HeaderCollector) {
    let magic = at(bytes, 12);
    let big = match magic.map(u32::from_le_bytes) {
        Some(0x0006_1561) => false,
        Some(0x6115_0600) => true,
        _ => return found.damaged(12, "a SQLite, NDB or Berkeley DB database", hex(magic)),
    };
    let mut database = BerkeleyDatabase { bytes, big, size: 0, seen: Vec::new() };
    let size = database.number(bytes, 20).unwrap_or(0);
    if !size.is_power_of_two() || !(512..=65536).contains(&size) {
        return found.damaged(20, "pages of 512 to 65,536 bytes", byte_count(size as u64));
    }
    if let Some(&[encryption, kind]) = bytes.get(24..26).and_then(|pair| pair.first_chunk())
        && (encryption != 0 || kind != HASH_META)
    {
        let text = format!("encryption {encryption}, page type {kind}");
        return found.damaged(24, "a hash that is not encrypted", text);
    }
    database.size = size;
    let pages = bytes.len() / size;
    database.seen.resize(pages, false);
    let last = database.number(bytes, 32).unwrap_or(0);
    if last >= pages {
        let text = format!("{pages} pages");
        found.damaged(bytes.len(), &format!("{} pages", last.saturating_add(1)), text);
    }
    for number in 1..pages {
        database.page(number, found);
    }
}

struct BerkeleyDatabase<'a> {
    bytes: &'a [u8],
    /// Big-endian.
    big: bool,
    /// Bytes per page.
    size: usize,
    /// Overflow pages that were already read.
    seen: Vec<bool>,
}

impl<'a> BerkeleyDatabase<'a> {
    fn number(&self, bytes: &[u8], offset: usize) -> Option<usize> {
        let number: [u8; 4] = at(bytes, offset)?;
        Some(if self.big { u32::from_be_bytes(number) } else { u32::from_le_bytes(number) } as usize)
    }

    fn short(&self, bytes: &[u8], offset: usize) -> Option<usize> {
        let number: [u8; 2] = at(bytes, offset)?;
        Some(usize::from(if self.big {
            u16::from_be_bytes(number)
        } else {
            u16::from_le_bytes(number)
        }))
    }

    fn offset(&self, page: usize) -> usize {
        page.saturating_mul(self.size)
    }

    fn bytes_of(&self, page: usize) -> Option<&'a [u8]> {
        self.bytes.get(self.offset(page)..)?.get(..self.size)
    }

    /// Reads the items of a hash page: keys and values alternate, from its end backwards.
    fn page(&mut self, number: usize, found: &mut HeaderCollector) {
        let Some(page) = self.bytes_of(number) else { return };
        match page.get(25) {
            // Bytes 8 to 11 are the page's own number.
            Some(&(HASH | HASH_UNSORTED)) if self.number(page, 8) == Some(number) => {}
            Some(&(FREE | OVERFLOW)) => return,
            other => {
                let text = format!("page type {other:?}");
                return found.damaged(self.offset(number), "a page of a hash", text);
            }
        }
        let items = self.short(page, 20).unwrap_or(0);
        for pair in 0..items / 2 {
            let places = PAGE_HEADER.saturating_add(pair.saturating_mul(4));
            let key = self.short(page, places).unwrap_or(0);
            let value = self.short(page, places.saturating_add(2)).unwrap_or(0);
            let offset = self.offset(number).saturating_add(value);
            let Some(item) = page.get(value..key).filter(|_| value >= PAGE_HEADER) else {
                found.damaged(
                    self.offset(number),
                    "items within the page",
                    format!("one at {value}"),
                );
                continue;
            };
            match item {
                // The record of key 0 is a counter.
                [KEY_DATA, _, _, _, _] => {}
                [KEY_DATA, header @ ..] => {
                    if found.admits(header.len(), offset) {
                        found.header(offset, header);
                    }
                }
                [OFF_PAGE, ..] => self.chain(item, offset, found),
                _ => {
                    found.damaged(offset, "a value", format!("an item of type {:?}", item.first()))
                }
            }
        }
    }

    /// Joins the overflow pages that an item points to.
    fn chain(&mut self, item: &[u8], offset: usize, found: &mut HeaderCollector) {
        let (Some(first), Some(length)) = (self.number(item, 4), self.number(item, 8)) else {
            return found.damaged(offset, "the place of a value", byte_count(item.len() as u64));
        };
        if !found.admits(length, offset) {
            return;
        }
        let mut header = Vec::new();
        let (mut next, mut named) = (first, offset);
        while header.len() < length {
            let part = self.bytes_of(next).filter(|page| page.get(25) == Some(&OVERFLOW));
            let part = part.filter(|_| next != 0 && self.seen.get(next) == Some(&false));
            let held = part.and_then(|page| {
                page.get(PAGE_HEADER..)?.get(..self.short(page, 22)?.min(length - header.len()))
            });
            let (Some(page), Some(held)) = (part, held) else {
                let text = format!("page {next} after {}", byte_count(header.len() as u64));
                let expected = format!("overflow pages of {}", byte_count(length as u64));
                return found.damaged(named, &expected, text);
            };
            if let Some(seen) = self.seen.get_mut(next) {
                *seen = true;
            }
            header.extend_from_slice(held);
            named = self.offset(next);
            next = self.number(page, 16).unwrap_or(0);
        }
        found.header(self.offset(first), &header);
    }
}
