//! SQLite databases: their tables, with the number of rows.
//!
//! Source: SQLite, "Database File Format", sections 1.3, 1.6, 2.1 and 2.6.
//!
//! - Rows are counted by the headers of a table's pages. Each page is looked at once, whatever points at it, and only as
//!   far as the file was read; beyond that a number is a lower bound.
//! - What is still in a write-ahead log beside the file counts nothing.

use super::bytes::{at, u16_be, u32_be};
use super::made::{MOST_ITEMS, fact, item, of, text};
use crate::analysis::sqlite::varint;
use crate::protocol::{
    FileOutline, ItemCount, OutlineItem, OutlineList, OutlineName, OutlineValue, OutlinedFormat,
};

const HEADER: usize = 100;
/// More pages than one page leads to.
const MOST_BELOW: usize = 65_536;
/// Kinds of pages, in section 1.6.
const INTERIOR_INDEX: u8 = 2;
const INTERIOR_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;

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
    let mut pages = DatabasePages::new(bytes, size);
    let schema = if encoding == "UTF-8" { schema(&mut pages) } else { Schema::default() };
    let items = schema.tables.into_iter().map(|table| named(&mut pages, table)).collect();
    outline.lists.push(OutlineList { name: OutlineName::Tables, items, total: schema.total });
    Some(outline)
}

/// The pages of a file, as far as it was read.
struct DatabasePages<'a> {
    bytes: &'a [u8],
    size: usize,
    /// Bytes of a page that hold cells.
    usable: usize,
    /// Those that were looked at.
    seen: Vec<bool>,
}

impl<'a> DatabasePages<'a> {
    fn new(bytes: &'a [u8], size: usize) -> DatabasePages<'a> {
        let reserved = bytes.get(20).copied().map_or(0, usize::from);
        let seen = vec![false; bytes.len().div_ceil(size)];
        DatabasePages { bytes, size, usable: size - reserved, seen }
    }

    /// A page that was not looked at yet, from 1.
    fn take(&mut self, number: u32) -> Result<Page<'a>, PageLack> {
        let index = (number as usize).checked_sub(1).ok_or(PageLack::Damaged)?;
        let seen = self.seen.get_mut(index).ok_or(PageLack::Unread)?;
        if std::mem::replace(seen, true) {
            return Err(PageLack::Damaged);
        }
        let rest = self.bytes.get(index * self.size..).unwrap_or_default();
        let bytes = rest.get(..self.size).ok_or(PageLack::Unread)?;
        Page::new(bytes, if number == 1 { HEADER } else { 0 }).ok_or(PageLack::Damaged)
    }
}

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq)]
enum PageLack {
    /// It is behind what was read of the file.
    Unread,
    /// It is not a page of a b-tree, or one that something else has already.
    Damaged,
}

/// A page of a b-tree.
struct Page<'a> {
    bytes: &'a [u8],
    head: usize,
    kind: u8,
    cells: u16,
}

impl<'a> Page<'a> {
    fn new(bytes: &'a [u8], head: usize) -> Option<Page<'a>> {
        let kind = *bytes.get(head)?;
        let known = [INTERIOR_INDEX, INTERIOR_TABLE, LEAF_INDEX, LEAF_TABLE].contains(&kind);
        let page = known.then_some(Page { bytes, head, kind, cells: u16_be(bytes, head + 3)? })?;
        // Two bytes of a cell's place: more of them do not fit.
        let fits = usize::from(page.cells) * 2 <= bytes.len() - page.cells_start();
        fits.then_some(page)
    }

    fn cells_start(&self) -> usize {
        self.head + if self.is_leaf() { 8 } else { 12 }
    }

    fn is_leaf(&self) -> bool {
        matches!(self.kind, LEAF_INDEX | LEAF_TABLE)
    }

    /// Rows that it holds itself: of a table without row IDs the inner pages have some, too.
    fn rows(&self) -> u64 {
        if self.kind == INTERIOR_TABLE { 0 } else { self.cells.into() }
    }

    fn cell_bytes(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let (bytes, from) = (self.bytes, self.cells_start());
        let place = move |at: u16| u16_be(bytes, from + 2 * usize::from(at));
        (0..self.cells).filter_map(move |at| bytes.get(usize::from(place(at)?)..))
    }

    /// The pages below, in their order.
    fn below(&self) -> Vec<u32> {
        if self.is_leaf() {
            return Vec::new();
        }
        let right = u32_be(self.bytes, self.head + 8);
        self.cell_bytes().filter_map(|cell| u32_be(cell, 0)).chain(right).collect()
    }
}

/// Visits the pages of a b-tree in the order of its rows, and says what was lacking.
fn walk<'a>(
    pages: &mut DatabasePages<'a>,
    root: u32,
    mut visit: impl FnMut(&Page<'a>),
) -> Option<PageLack> {
    let (mut ahead, mut lack) = (vec![root], None);
    while let Some(number) = ahead.pop() {
        match pages.take(number) {
            // Each page is in one place, so no more than all of them are ahead.
            Ok(_) if ahead.len() > pages.seen.len() + MOST_BELOW => return Some(PageLack::Damaged),
            Ok(page) => {
                visit(&page);
                ahead.extend(page.below().into_iter().rev());
            }
            Err(PageLack::Damaged) => return Some(PageLack::Damaged),
            Err(PageLack::Unread) => lack = Some(PageLack::Unread),
        }
    }
    lack
}

/// Tables and views.
#[derive(Default)]
struct Schema {
    /// The first of them.
    tables: Vec<SchemaRow>,
    total: u64,
}

struct SchemaRow {
    name: Vec<u8>,
    is_view: bool,
    /// The first page of its b-tree; `None`: it has none, or it could not be read.
    root: Option<u32>,
}

/// The schema is the b-tree of page 1.
fn schema(pages: &mut DatabasePages<'_>) -> Schema {
    let (mut schema, usable) = (Schema::default(), pages.usable);
    walk(pages, 1, |page| {
        if page.kind != LEAF_TABLE {
            return;
        }
        for row in page.cell_bytes().filter_map(|cell| schema_row(cell, usable)) {
            schema.total += 1;
            if schema.tables.len() < MOST_ITEMS {
                schema.tables.push(row);
            }
        }
    });
    schema
}

/// A row of the schema: `type`, `name`, `tbl_name`, `rootpage`, and what else does not matter.
fn schema_row(cell: &[u8], usable: usize) -> Option<SchemaRow> {
    let (length, cell) = varint(cell)?;
    let (_, record) = varint(cell)?;
    let record = record.get(..local_length(length, usable)?).unwrap_or(record);
    let (header, mut kinds) = varint(record)?;
    let mut place = usize::try_from(header).ok()?;
    let mut column = || {
        let (kind, rest) = varint(kinds)?;
        kinds = rest;
        let length = column_length(kind)?;
        let value = record.get(place..place.checked_add(length)?)?;
        place += length;
        Some((kind, value))
    };
    let (_, kind) = column()?;
    let (_, name) = column()?;
    let root = column().and_then(|_| column()).and_then(|(kind, value)| integer(kind, value));
    let is_view = kind == b"view";
    let is_shown = (is_view || kind == b"table") && !name.starts_with(b"sqlite_");
    let root = root.filter(|root| !is_view && *root > 0);
    is_shown.then(|| SchemaRow { name: name.to_vec(), is_view, root })
}

/// Bytes of a record of this length that are in its own page, in section 1.6; the rest is elsewhere.
fn local_length(length: u64, usable: usize) -> Option<usize> {
    let length = usize::try_from(length).ok()?;
    let most = usable.checked_sub(35)?;
    if length <= most {
        return Some(length);
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let local = least + (length - least) % (usable - 4);
    Some(if local <= most { local } else { least })
}

/// Bytes of a column, in section 2.1.
fn column_length(kind: u64) -> Option<usize> {
    Some(match kind {
        0 | 8 | 9 => 0,
        1..=4 => kind as usize,
        5 => 6,
        6 | 7 => 8,
        10 | 11 => return None,
        _ => usize::try_from((kind - 12) / 2).ok()?,
    })
}

/// The number of a page.
fn integer(kind: u64, value: &[u8]) -> Option<u32> {
    match kind {
        1..=4 => Some(value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte))),
        5 => u32::from_be_bytes(at(value, 2)?).into(),
        6 => u32::from_be_bytes(at(value, 4)?).into(),
        9 => Some(1),
        _ => None,
    }
}

/// A table with its number of rows.
fn named(pages: &mut DatabasePages<'_>, table: SchemaRow) -> OutlineItem {
    let count = table.root.and_then(|root| {
        let mut rows = 0;
        match walk(pages, root, |page| rows += page.rows()) {
            None => Some(ItemCount::Rows(rows)),
            Some(PageLack::Unread) if rows > 0 => Some(ItemCount::RowsAtLeast(rows)),
            Some(_) => None,
        }
    });
    let detail = if table.is_view { "view" } else { "" };
    OutlineItem { count, ..item(table.name, detail, None) }
}
