//! SQLite, as far as rpm needs it: the rows of the table `Packages` in `rpmdb.sqlite`.
//!
//! Source: SQLite's documentation, "Database File Format" (fileformat2.html), sections 1.3 to 1.6, 2.1 and
//! 2.6; rpm, lib/backend/sqlite.cc: `Packages` has a number and a blob, which is a header.
//! - Page 1 is the table of tables. A table is a b-tree, walked iteratively from its root.
//! - A page is part of one tree or chain; a second visit is damage, so nothing loops.
//! - Free pages are not read, so removed packages do not reappear.

use super::bytes::at;
use super::collector::HeaderCollector;
use crate::analysis::sqlite::varint;
use crate::text::byte_count;
use std::borrow::Cow;

const HEADER: usize = 100;
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

/// Reads a database.
pub fn read(bytes: &[u8], found: &mut HeaderCollector) {
    let Some(size) = page_size(bytes) else {
        return found.damaged(16, "the header of a SQLite database", "another size of a page");
    };
    let usable = size - usize::from(bytes.get(20).copied().unwrap_or(0));
    let pages = bytes.len().div_ceil(size);
    let mut database =
        SqliteDatabase { bytes, size, usable, seen: vec![false; pages.saturating_add(1)] };
    // The header's page count is valid only if the last writer maintained it.
    let known = at::<4>(bytes, 24) == at(bytes, 92);
    let claimed = at(bytes, 28).filter(|_| known).map_or(0, u32::from_be_bytes) as usize;
    if pages < claimed || !bytes.len().is_multiple_of(size) {
        found.damaged(bytes.len(), &format!("{claimed} pages"), byte_count(bytes.len() as u64));
    }
    let mut root = None;
    database.rows(1, found, &mut |_, _, row| {
        if is(row, 0, b"table") && is(row, 1, b"Packages") {
            root = root.or(column(row, 3).map(integer));
        }
    });
    match root {
        Some(root) => database.rows(root, found, &mut |found, offset, row| match column(row, 1) {
            Some(header) => found.header(offset, header),
            None => found.damaged(offset, "a row with a blob", "none within the row"),
        }),
        None => found.damaged(HEADER, "a table `Packages`", "none in the schema"),
    }
}

/// Bytes per page; `None` if it is not a SQLite database.
pub fn page_size(bytes: &[u8]) -> Option<usize> {
    let size = match u16::from_be_bytes(at(bytes, 16)?) {
        1 => 65536,
        size => usize::from(size),
    };
    (bytes.starts_with(b"SQLite format 3\0") && size >= 512 && size.is_power_of_two())
        .then_some(size)
}

/// Called with each row: its offset and its record.
type RowVisitor<'a> = &'a mut dyn FnMut(&mut HeaderCollector, usize, &[u8]);

struct SqliteDatabase<'a> {
    bytes: &'a [u8],
    /// Bytes per page.
    size: usize,
    /// Bytes of a page without those reserved for extensions.
    usable: usize,
    /// Pages that were already read, by number (from 1).
    seen: Vec<bool>,
}

impl<'a> SqliteDatabase<'a> {
    /// Offset of a page.
    fn offset(&self, page: usize) -> usize {
        page.saturating_sub(1).saturating_mul(self.size)
    }

    /// A page that was not read before; the last one may be truncated. `named` is the offset of the
    /// reference to it.
    fn page(&mut self, page: usize, named: usize, found: &mut HeaderCollector) -> Option<&'a [u8]> {
        let offset = self.offset(page);
        let seen = self.seen.get_mut(page).filter(|seen| page != 0 && !**seen);
        let bytes = self.bytes.get(offset..).filter(|bytes| !bytes.is_empty());
        let (Some(seen), Some(bytes)) = (seen, bytes) else {
            found.damaged(named, "a further page of the database", format!("page {page}"));
            return None;
        };
        *seen = true;
        Some(bytes.get(..self.usable).unwrap_or(bytes))
    }

    /// Calls `each` for the rows of the table with this root page, in order.
    fn rows(&mut self, root: usize, found: &mut HeaderCollector, each: RowVisitor<'_>) {
        // Pages to read, each with the offset of the reference to it.
        let mut ahead = vec![(root, HEADER)];
        while let Some((number, named)) = ahead.pop() {
            let Some(page) = self.page(number, named, found) else { continue };
            let start = if number == 1 { HEADER } else { 0 };
            let offset = self.offset(number);
            let cells = |length: usize| {
                let count = usize::from(u16::from_be_bytes(at(page, start.checked_add(3)?)?));
                let places = page.get(start.checked_add(length)?..)?.as_chunks::<2>().0.iter();
                Some(places.take(count).map(|place| usize::from(u16::from_be_bytes(*place))))
            };
            match page.get(start) {
                Some(&LEAF) => {
                    for place in cells(8).into_iter().flatten() {
                        let at = offset.saturating_add(place);
                        match self.payload(page, place, at, found) {
                            Some(row) => each(found, at, &row),
                            None => found.damaged(at, "a row", "one that is not whole"),
                        }
                    }
                }
                Some(&INTERIOR) => {
                    // Pushed in reverse order, because `ahead` is a stack.
                    let right = at(page, start.saturating_add(8));
                    let left = cells(12).into_iter().flatten().map(|place| at(page, place));
                    let below = [right].into_iter().chain(left.rev());
                    ahead.extend(
                        below.flatten().map(|page| (u32::from_be_bytes(page) as usize, offset)),
                    );
                }
                other => {
                    found.damaged(offset, "a page of a table", format!("a page of type {other:?}"))
                }
            }
        }
    }

    /// The record in a leaf cell; what does not fit into the page is in a chain of overflow pages.
    fn payload(
        &mut self,
        page: &'a [u8],
        place: usize,
        offset: usize,
        found: &mut HeaderCollector,
    ) -> Option<Cow<'a, [u8]>> {
        let cell = page.get(place..)?;
        let (length, cell) = varint(cell)?;
        let (_, cell) = varint(cell)?;
        let length = usize::try_from(length).ok()?;
        let here = local(self.usable, length)?;
        let held = cell.get(..here)?;
        if !found.admits(length, offset) {
            return None;
        }
        if here == length {
            return Some(Cow::Borrowed(held));
        }
        let mut payload = held.to_vec();
        let mut next = u32::from_be_bytes(at(cell, here)?) as usize;
        let mut named = offset;
        while payload.len() < length {
            let page = self.page(next, named, found)?;
            named = self.offset(next);
            let rest = page.get(4..)?;
            payload.extend_from_slice(rest.get(..rest.len().min(length - payload.len()))?);
            next = u32::from_be_bytes(at(page, 0)?) as usize;
        }
        Some(Cow::Owned(payload))
    }
}

/// How many bytes of a payload are stored in the page itself. Section 1.6 of the format has the formula.
fn local(usable: usize, length: usize) -> Option<usize> {
    let most = usable.checked_sub(35)?;
    if length <= most {
        return Some(length);
    }
    let least = (usable.checked_sub(12)?.checked_mul(32)? / 255).checked_sub(23)?;
    let rest = length.checked_sub(least)? % usable.checked_sub(4)?;
    Some(if least + rest <= most { least + rest } else { least })
}

/// The bytes of a column of a record, counted from 0.
fn column(record: &[u8], wanted: usize) -> Option<&[u8]> {
    let (header, rest) = varint(record)?;
    let taken = record.len() - rest.len();
    let mut kinds = rest.get(..usize::try_from(header).ok()?.checked_sub(taken)?)?;
    let mut values = record.get(usize::try_from(header).ok()?..)?;
    for at in 0.. {
        let (kind, more) = varint(kinds)?;
        kinds = more;
        let length = match kind {
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            12.. => (kind - 12) / 2,
            _ => 0,
        };
        let (value, more) = values.split_at_checked(usize::try_from(length).ok()?)?;
        if at == wanted {
            return Some(value);
        }
        values = more;
    }
    None
}

/// Whether a column is this text, in UTF-8 or (with zeros between) UTF-16.
fn is(record: &[u8], wanted: usize, text: &[u8]) -> bool {
    let bytes = column(record, wanted).unwrap_or_default().iter();
    bytes.filter(|&&byte| byte != 0).eq(text)
}

/// A small integer, such as a page number.
fn integer(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |value: usize, &byte| value.wrapping_shl(8) | usize::from(byte))
}
