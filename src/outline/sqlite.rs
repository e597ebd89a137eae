//! SQLite databases: their tables.
//!
//! Source: SQLite, "Database File Format", sections 1.3, 1.6, 2.1 and 2.6. Rows are not counted: that takes every page.

use super::bytes::{u16_be, u32_be};
use super::made::{fact, item, list, of, text};
use crate::analysis::sqlite::varint;
use crate::protocol::{FileOutline, OutlineItem, OutlineName, OutlineValue, OutlinedFormat};

/// Pages of the schema that are read.
const MOST_PAGES: usize = 4_000;
const HEADER: usize = 100;

pub fn is(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let size = match u16_be(bytes, 16)? {
        1 => 65_536,
        size if size >= 512 && size.is_power_of_two() => usize::from(size),
        _ => return None,
    };
    let encoding = match u32_be(bytes, 56)? {
        2 => "UTF-16le",
        3 => "UTF-16be",
        _ => "UTF-8",
    };
    let facts = vec![
        fact(OutlineName::PageSize, OutlineValue::Bytes(size as u64)),
        text(OutlineName::Encoding, encoding),
        fact(OutlineName::Version, OutlineValue::Number(u32_be(bytes, 60)?.into())),
    ];
    let mut outline = of(OutlinedFormat::Sqlite, facts);
    let tables = if encoding == "UTF-8" { schema(bytes, size) } else { Vec::new() };
    let total = tables.len() as u64;
    outline.lists.push(list(OutlineName::Tables, tables.into_iter(), total));
    Some(outline)
}

/// Tables and views of the schema, which is the b-tree of page 1.
fn schema(bytes: &[u8], size: usize) -> Vec<OutlineItem> {
    let (mut ahead, mut read, mut found) = (vec![1u32], 0, Vec::new());
    while let Some(number) = ahead.pop().filter(|_| read < MOST_PAGES) {
        read += 1;
        let start = (number as usize).checked_sub(1).and_then(|at| at.checked_mul(size));
        let Some(page) = start.and_then(|start| bytes.get(start..)) else { continue };
        let page = page.get(..size).unwrap_or(page);
        let head = if number == 1 { HEADER } else { 0 };
        let count = u16_be(page, head + 3).map_or(0, usize::from);
        let cells = |from: usize| (0..count).map_while(move |at| u16_be(page, from + 2 * at));
        match page.get(head) {
            Some(13) => {
                found.extend(cells(head + 8).filter_map(|cell| row(page.get(usize::from(cell)..)?)))
            }
            Some(5) => {
                let right = u32_be(page, head + 8);
                let left = cells(head + 12).filter_map(|cell| u32_be(page, cell.into()));
                let mut below: Vec<u32> = left.chain(right).collect();
                below.reverse();
                ahead.extend(below.into_iter().take(MOST_PAGES));
            }
            _ => {}
        }
    }
    found
}

/// A row of the schema: `type`, `name`, and what else does not matter.
fn row(cell: &[u8]) -> Option<OutlineItem> {
    let (_, cell) = varint(cell)?;
    let (_, record) = varint(cell)?;
    let (header, mut types) = varint(record)?;
    let mut place = usize::try_from(header).ok()?;
    let mut column = || {
        let (kind, rest) = varint(types)?;
        types = rest;
        let length = usize::try_from(kind.checked_sub(13)?).ok().filter(|_| kind % 2 == 1)? / 2;
        let value = record.get(place..place.checked_add(length)?)?;
        place += length;
        Some(value)
    };
    let kind = column()?;
    let name = column()?;
    let detail: &[u8] = match kind {
        b"table" => b"",
        b"view" => b"view",
        _ => return None,
    };
    (!name.starts_with(b"sqlite_")).then(|| item(name, detail, None))
}
