//! eStargz: where in a blob its table is.
//!
//! Source: stargz-snapshotter, docs/estargz.md, "Footer". The last gzip member but one is a tar with
//! `stargz.index.json`. The last one is a footer of 51 bytes without content, whose extra field says where the table
//! begins.

use super::packed::{BlobSection, TableBytes, TableRange, tail, unpack};
use crate::codec::{Compression, Section, SeekInput};
use crate::entry::Members;
use std::io;

/// Size of the footer, in bytes.
const FOOTER: usize = 51;
/// The hexadecimal digits of the table's offset, within the footer.
const OFFSET: std::ops::Range<usize> = 16..32;
/// What follows the offset.
const MARK: &[u8] = b"STARGZ";

/// The table; `None` if the blob has no such footer.
pub fn table(blob: &mut BlobSection) -> Option<io::Result<TableBytes>> {
    let footer = tail::<FOOTER>(blob)?;
    if !footer.starts_with(&[0x1f, 0x8b, 8, 4]) || !footer[OFFSET.end..].starts_with(MARK) {
        return None;
    }
    let digits = std::str::from_utf8(&footer[OFFSET]).ok()?;
    let start = u64::from_str_radix(digits, 16).ok()?;
    let len = (blob.size() - FOOTER as u64).checked_sub(start)?;
    let unpacked = unpack(blob, &TableRange { start, len }, Compression::Gzip);
    Some(unpacked.and_then(|table| Ok(TableBytes { json: json(&table.json)?, ..table })))
}

/// The only member of the table's tar.
fn json(tar: &[u8]) -> io::Result<Vec<u8>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "a tar without stargz.index.json");
    let section = Section::new(io::Cursor::new(tar), 0, tar.len() as u64)?;
    let mut members = Members::new(SeekInput::new(section));
    let member = members.next().filter(|member| member.name == b"stargz.index.json");
    let member = member.ok_or_else(broken)?;
    let start = usize::try_from(member.data_offset).map_err(|_| broken())?;
    let end = start.checked_add(usize::try_from(member.stored).map_err(|_| broken())?);
    Ok(end.and_then(|end| tar.get(start..end)).ok_or_else(broken)?.to_vec())
}
