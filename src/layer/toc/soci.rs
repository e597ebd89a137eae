//! SOCI: the table of a layer lies beside the image, as a blob of its own (a zTOC) that an index artifact
//! names. The layer is as any builder left it.
//!
//! - A zTOC is a FlatBuffer: offsets that lead from tables to tables, each checked here before it is
//!   followed. The depth is the schema's (root, list, file, record), so nothing can lead in circles.
//!   Google's crate is not used: it takes only strings that are UTF-8, which names need not be, and its
//!   readers of tables are `unsafe` code that would have to be kept beside the schema.
//! - Where data lies is said of the uncompressed tar, as in an index that a pass makes, so what is read by
//!   it is read of the layer.
//! - Source: soci-snapshotter, ztoc/fbs/ztoc.fbs, docs/ztoc.md; FlatBuffers, "Internals".

use super::{kind, mismatch, modification_time};
use crate::codec::Compression;
use crate::entry::{MAX_NAME, Member, Pax, path};
use crate::layer::cost::EntryCost;
use crate::layer::index::LayerIndex;
use crate::layer::layer_scan::{BESIDE, LayerScan};
use crate::layer::limits::Limits;
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::NodeKind;

/// Entries that are read, as of the other tables.
const MAX_ENTRIES: usize = super::MAX_ENTRIES;

/// Strings may lie in a table once and be named by many entries: together they are no more than this
/// often its bytes.
const SHARED: usize = 4;

// The schema's fields, by their numbers.
mod ztoc {
    pub const COMPRESSED_SIZE: usize = 2;
    pub const TOC: usize = 4;
    pub const COMPRESSION: usize = 5;
}
mod toc {
    pub const METADATA: usize = 0;
}
mod compression {
    pub const ALGORITHM: usize = 0;
    pub const GZIP: u8 = 1;
    pub const NONE: u8 = 2;
}
mod file {
    pub const NAME: usize = 0;
    pub const TYPE: usize = 1;
    pub const OFFSET: usize = 2;
    pub const SIZE: usize = 3;
    pub const LINK: usize = 4;
    pub const MODE: usize = 5;
    pub const UID: usize = 6;
    pub const GID: usize = 7;
    pub const USER: usize = 8;
    pub const GROUP: usize = 9;
    pub const TIME: usize = 10;
    pub const MAJOR: usize = 11;
    pub const MINOR: usize = 12;
    /// PAX records, extended attributes among them.
    pub const RECORDS: usize = 13;
}
mod record {
    pub const KEY: usize = 0;
    pub const VALUE: usize = 1;
}

/// The layer as a zTOC has it: claims. `None` if it can't be read, is another layer's, or says more than
/// the limits allow: the layer then says what of it can be shown.
pub fn by_soci(table: &[u8], layer: &Descriptor, limits: Limits) -> Option<LayerScan> {
    let root = Table::root(table)?;
    if root.number(ztoc::COMPRESSED_SIZE)? != layer.size {
        return None;
    }
    let algorithm = match root.has(ztoc::COMPRESSION) {
        true => root.table(ztoc::COMPRESSION)?.byte(compression::ALGORITHM, compression::GZIP)?,
        false => compression::GZIP,
    };
    let compression = match algorithm {
        compression::GZIP => Compression::Gzip,
        compression::NONE => Compression::None,
        _ => return None,
    };
    let files = root.table(ztoc::TOC)?.tables(toc::METADATA)?;
    if files.count > MAX_ENTRIES.min(limits.entries as usize) {
        return None;
    }
    let (mut index, mut cost) = (LayerIndex::default(), EntryCost::default());
    let mut budget = table.len().saturating_mul(SHARED);
    for at in 0..files.count {
        let member = member(files.get(at)?, &mut budget)?;
        cost.add(&member);
        if member.name.len() > MAX_NAME || cost.exceeds(limits) || !index.push(&member) {
            return None;
        }
    }
    let form = BESIDE.to_owned();
    Some(LayerScan { index, compression, form, claimed: true, ..LayerScan::default() })
}

fn member(from: Table<'_>, budget: &mut usize) -> Option<Member> {
    let mut text = |table: &Table<'_>, number| -> Option<Vec<u8>> {
        let text = table.text(number)?;
        *budget = budget.checked_sub(text.len())?;
        Some(text.to_vec())
    };
    let kind = kind(std::str::from_utf8(from.text(file::TYPE)?).ok()?)?;
    let mut pax = Pax::default();
    let records = from.tables(file::RECORDS)?;
    for at in 0..records.count {
        let record = records.get(at)?;
        pax.take(&text(&record, record::KEY)?, &text(&record, record::VALUE)?);
    }
    if !pax.sparse.is_empty() {
        return None; // how the parts lie stands in the layer alone
    }
    let unsigned = |number| u64::try_from(from.number(number)?).ok();
    let size = if kind == NodeKind::File { unsigned(file::SIZE)? } else { 0 };
    let time = std::str::from_utf8(from.text(file::TIME)?).ok().and_then(modification_time);
    let device = |number| Some(u32::try_from(from.number(number)?).unwrap_or_default());
    Some(Member {
        kind,
        name: text(&from, file::NAME)?,
        link: text(&from, file::LINK)?,
        mode: from.number(file::MODE)? as u32 & 0o7777,
        uid: u64::from(from.word(file::UID)?),
        gid: u64::from(from.word(file::GID)?),
        user: text(&from, file::USER)?,
        group: text(&from, file::GROUP)?,
        mtime: time.unwrap_or_default(),
        size,
        stored: size,
        sparse: None,
        device: (device(file::MAJOR)?, device(file::MINOR)?),
        xattrs: pax.take_xattrs(),
        data_offset: unsigned(file::OFFSET)?,
    })
}

/// Whether a layer that was read is what its table said; else the first difference, in the order of the
/// tar.
pub fn contradiction(claimed: &LayerIndex, layer: &LayerIndex) -> Option<Problem> {
    let mut order: Vec<usize> = (0..claimed.len()).collect();
    order.sort_by_key(|at| claimed.entry(*at).data_offset());
    for (at, held) in order.into_iter().zip(layer.entries()) {
        let entry = claimed.entry(at);
        let is_link = matches!(held.kind(), NodeKind::Symlink | NodeKind::HardLink);
        let what = if path::parts(entry.name()) != path::parts(held.name()) {
            "another path in this place"
        } else if entry.kind() != held.kind() {
            "another kind of entry"
        } else if entry.size() != held.size() || entry.data_offset() != held.data_offset() {
            "another size or place"
        } else if is_link && entry.link() != held.link() {
            "another link target"
        } else if entry.mode() != held.mode() {
            "another mode"
        } else {
            continue;
        };
        return Some(mismatch(BESIDE, what.to_owned()).on_path(text::show(held.name())));
    }
    let found = format!("{} of the layer's {} entries", claimed.len(), layer.len());
    (claimed.len() != layer.len()).then(|| mismatch(BESIDE, found))
}

/// The bytes at a place.
fn bytes<const N: usize>(all: &[u8], at: usize) -> Option<[u8; N]> {
    all.get(at..)?.first_chunk().copied()
}

/// The place that the offset at `at` leads to: always further on.
fn target(all: &[u8], at: usize) -> Option<usize> {
    at.checked_add(u32::from_le_bytes(bytes(all, at)?) as usize)
}

/// A table of a FlatBuffer: where each of its fields lies says a list before or behind it.
#[derive(Clone, Copy)]
struct Table<'a> {
    all: &'a [u8],
    at: usize,
    /// Two bytes a field, counted from the table; 0: it is not there.
    fields: &'a [u8],
}

impl<'a> Table<'a> {
    fn root(all: &'a [u8]) -> Option<Table<'a>> {
        Table::at(all, target(all, 0)?)
    }

    fn at(all: &'a [u8], at: usize) -> Option<Table<'a>> {
        let back = i32::from_le_bytes(bytes(all, at)?);
        let list = i64::try_from(at).ok()?.checked_sub(i64::from(back))?;
        let list = usize::try_from(list).ok()?;
        let length = usize::from(u16::from_le_bytes(bytes(all, list)?));
        // The list's own length and the table's stand before its fields.
        Some(Table { all, at, fields: all.get(list..list.checked_add(length)?)?.get(4..)? })
    }

    /// Where a field lies.
    fn field(&self, number: usize) -> Option<usize> {
        let offset = u16::from_le_bytes(bytes(self.fields, number * 2)?);
        (offset > 0).then_some(self.at + usize::from(offset))
    }

    fn has(&self, number: usize) -> bool {
        self.field(number).is_some()
    }

    /// A field that is not there has the value that the schema says.
    fn value<const N: usize>(&self, number: usize, default: [u8; N]) -> Option<[u8; N]> {
        self.field(number).map_or(Some(default), |at| bytes(self.all, at))
    }

    fn byte(&self, number: usize, default: u8) -> Option<u8> {
        self.value(number, [default]).map(|[byte]| byte)
    }

    fn word(&self, number: usize) -> Option<u32> {
        self.value(number, [0; 4]).map(u32::from_le_bytes)
    }

    fn number(&self, number: usize) -> Option<i64> {
        self.value(number, [0; 8]).map(i64::from_le_bytes)
    }

    fn table(&self, number: usize) -> Option<Table<'a>> {
        Table::at(self.all, target(self.all, self.field(number)?)?)
    }

    fn text(&self, number: usize) -> Option<&'a [u8]> {
        match self.field(number) {
            None => Some(&[]),
            Some(at) => list(self.all, at, 1).map(|(start, count)| &self.all[start..start + count]),
        }
    }

    fn tables(&self, number: usize) -> Option<Tables<'a>> {
        let (start, count) = match self.field(number) {
            None => (0, 0),
            Some(at) => list(self.all, at, 4)?,
        };
        Some(Tables { all: self.all, start, count })
    }
}

/// Where the list that the offset at `at` leads to begins, and its length; all of it is there.
fn list(all: &[u8], at: usize, item: usize) -> Option<(usize, usize)> {
    let head = target(all, at)?;
    let count = u32::from_le_bytes(bytes(all, head)?) as usize;
    let start = head + 4;
    let end = start.checked_add(count.checked_mul(item)?)?;
    (end <= all.len()).then_some((start, count))
}

/// A list of tables.
struct Tables<'a> {
    all: &'a [u8],
    start: usize,
    count: usize,
}

impl<'a> Tables<'a> {
    fn get(&self, at: usize) -> Option<Table<'a>> {
        Table::at(self.all, target(self.all, self.start + at * 4)?)
    }
}
