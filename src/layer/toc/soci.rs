//! SOCI: the table of a layer is stored beside the image, as a blob (a zTOC) that an index artifact names. The layer is
//! unchanged, as any builder wrote it.
//!
//! Source: soci-snapshotter, ztoc/fbs/ztoc.fbs, docs/ztoc.md.
//!
//! - A zTOC is a FlatBuffer (`flat_buffer.rs`).
//! - Its data offsets are bytes of the uncompressed tar, as in an index from a pass, so contents are read from the layer.

mod flat_buffer;

use super::claims::{MAX_ENTRIES, kind, mismatch, modification_time};
use crate::codec::Compression;
use crate::entry::{Member, Pax, path};
use crate::layer::cost::EntryCost;
use crate::layer::index::LayerIndex;
use crate::layer::layer_scan::{BESIDE, LayerScan};
use crate::layer::limits::Limits;
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::vocabulary::NodeKind;
use flat_buffer::FlatTable;

/// Many entries may share one string of a table. All strings together are at most this many times the size of the table.
const SHARED: usize = 4;

// The fields of the schema, by their numbers.
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

/// The layer as a zTOC claims. `None` if the zTOC cannot be read, belongs to another layer, or exceeds the limits: then
/// the layer must be read.
pub fn by_soci(table: &[u8], layer: &Descriptor, limits: Limits) -> Option<LayerScan> {
    let root = FlatTable::root(table)?;
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
        if !cost.takes(&member, limits) || !index.push(&member) {
            return None;
        }
    }
    let form = BESIDE.to_owned();
    Some(LayerScan { index, compression, form, claimed: true, ..LayerScan::default() })
}

/// The tar member that a record claims. `budget` is the number of bytes that strings may still have.
fn member(from: FlatTable<'_>, budget: &mut usize) -> Option<Member> {
    let mut text = |table: &FlatTable<'_>, number| -> Option<Vec<u8>> {
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
        return None; // only the layer has the map of a sparse file
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

/// Compares a table with the layer that was read; returns the first difference, in tar order.
pub fn contradiction(claimed: &LayerIndex, layer: &LayerIndex) -> Option<Problem> {
    let mut order: Vec<usize> = (0..claimed.len()).collect();
    order.sort_by_key(|at| claimed.entry(*at).data_offset());
    for (at, held) in order.into_iter().zip(layer.entries()) {
        let entry = claimed.entry(at);
        let is_link = matches!(held.kind(), NodeKind::Symlink | NodeKind::HardLink);
        let what = if path::parts(entry.name()) != path::parts(held.name()) {
            "another path at this position"
        } else if entry.kind() != held.kind() {
            "another kind of entry"
        } else if entry.size() != held.size() || entry.data_offset() != held.data_offset() {
            "another size or offset"
        } else if is_link && entry.link() != held.link() {
            "another link target"
        } else if entry.mode() != held.mode() {
            "another mode"
        } else {
            continue;
        };
        return Some(mismatch(BESIDE, what).on_path(held.name()));
    }
    let found = format!("{} of the layer's {} entries", claimed.len(), layer.len());
    (claimed.len() != layer.len()).then(|| mismatch(BESIDE, found))
}
