//! eStargz: the last gzip member but one is a tar with `stargz.index.json`, the last is a footer of 51
//! bytes without content, whose extra field says where the table begins.

use super::{Blob, Packed, Place, tail, unpack};
use crate::codec::{Compression, SeekInput};
use crate::entry::Members;
use std::io;

/// Bytes of the footer.
const FOOTER: usize = 51;
/// Where in the footer the offset stands, in hexadecimal digits, and the mark behind it.
const OFFSET: std::ops::Range<usize> = 16..32;
const MARK: &[u8] = b"STARGZ";

/// The table's JSON; `None` if the blob has no such footer.
pub fn table(blob: &mut Blob) -> Option<io::Result<Packed>> {
    let footer = tail::<FOOTER>(blob)?;
    if !footer.starts_with(&[0x1f, 0x8b, 8, 4]) || !footer[OFFSET.end..].starts_with(MARK) {
        return None;
    }
    let digits = std::str::from_utf8(&footer[OFFSET]).ok()?;
    let start = u64::from_str_radix(digits, 16).ok()?;
    let len = (blob.size() - FOOTER as u64).checked_sub(start)?;
    let unpacked = unpack(blob, &Place { start, len }, Compression::Gzip);
    Some(unpacked.and_then(|table| Ok(Packed { json: json(&table.json)?, ..table })))
}

/// The one member of the table's tar.
fn json(tar: &[u8]) -> io::Result<Vec<u8>> {
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "a tar without stargz.index.json");
    let section = crate::codec::Section::new(io::Cursor::new(tar), 0, tar.len() as u64)?;
    let mut members = Members::new(SeekInput::new(section));
    let member = members.next().filter(|member| member.name == b"stargz.index.json");
    let member = member.ok_or_else(broken)?;
    let start = usize::try_from(member.data_offset).map_err(|_| broken())?;
    let end = start.checked_add(usize::try_from(member.stored).map_err(|_| broken())?);
    Ok(end.and_then(|end| tar.get(start..end)).ok_or_else(broken)?.to_vec())
}
