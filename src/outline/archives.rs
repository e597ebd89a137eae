//! Archives in a file: zip (jar, whl), tar, ar, cpio: names and sizes, nothing is unpacked. `inside/` opens their members.
//!
//! Source: PKWARE, APPNOTE.TXT, sections 4.3.12 and 4.3.16; POSIX.1-2017, pax; `ar(5)`.

use super::bytes::{u16_le, u32_le};
use super::made::{MOST_ITEMS, item, list, of};
use crate::inside::zip_begins_in;
use crate::member_path::MemberPath;
use crate::protocol::{FileOutline, OutlineItem, OutlineName, OutlinedFormat};
use memchr::memmem;

/// Entries that are counted.
const MOST: usize = 1_000_000;

fn made(format: OutlinedFormat, items: Vec<OutlineItem>, total: u64) -> Option<FileOutline> {
    let mut outline = of(format, Vec::new());
    outline.lists.push(list(OutlineName::Entries, items.into_iter(), total));
    Some(outline)
}

pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04")
}

pub fn is_script(head: &[u8]) -> bool {
    head.starts_with(b"#!")
}

/// A zip behind a script; most scripts have none.
pub fn zip_behind_script(bytes: &[u8]) -> Option<FileOutline> {
    zip_begins_in(bytes).then(|| zip(bytes)).flatten()
}

/// By the central directory at the end; of a large zip, whose end was not read, only that it is one.
pub fn zip(bytes: &[u8]) -> Option<FileOutline> {
    by_directory(bytes).or_else(|| {
        (bytes.len() as u64 >= super::bytes::MOST).then(|| of(OutlinedFormat::Zip, Vec::new()))
    })
}

fn by_directory(bytes: &[u8]) -> Option<FileOutline> {
    let tail = bytes.len().saturating_sub(66_000);
    let end = tail + memmem::rfind(&bytes[tail..], b"PK\x05\x06")?;
    let size = u32_le(bytes, end + 12)? as usize;
    // Right before its end, whatever comes before the archive: so a self-extracting one is read, too.
    let mut place = end.checked_sub(size)?;
    let (mut items, mut total) = (Vec::new(), 0u64);
    while bytes.get(place..place + 4) == Some(b"PK\x01\x02") && total < MOST as u64 {
        let length = |at: usize| u16_le(bytes, place + at).map(usize::from);
        let (name, extra, comment) = (length(28)?, length(30)?, length(32)?);
        let Some(text) = bytes.get(place + 46..place + 46 + name) else { break };
        if items.len() < MOST_ITEMS {
            let size = u32_le(bytes, place + 24).filter(|size| *size != u32::MAX);
            items.push(item(text, "", size.map(u64::from)));
        }
        total += 1;
        place += 46 + name + extra + comment;
    }
    made(OutlinedFormat::Zip, items, total)
}

pub fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar")
}

/// By the library that reads tars, which applies records of long names.
pub fn tar(bytes: &[u8]) -> Option<FileOutline> {
    let mut archive = tar::Archive::new(bytes);
    let (mut items, mut total) = (Vec::new(), 0u64);
    for entry in archive.entries().ok()?.take(MOST) {
        let Ok(entry) = entry else { break };
        if items.len() < MOST_ITEMS {
            items.push(item(entry.path_bytes(), "", Some(entry.size())));
        }
        total += 1;
    }
    made(OutlinedFormat::Tar, items, total)
}

pub fn is_ar(head: &[u8]) -> bool {
    head.starts_with(b"!<arch>\n")
}

pub fn ar(bytes: &[u8]) -> Option<FileOutline> {
    let (mut place, mut items, mut total) = (8, Vec::new(), 0u64);
    while let Some(head) = bytes.get(place..place + 60).filter(|head| head.ends_with(b"`\n")) {
        let name = head[..16].trim_ascii_end();
        let name = name.strip_suffix(b"/").filter(|name| !name.is_empty()).unwrap_or(name);
        let Some(size) = crate::text::decimal(head[48..58].trim_ascii_end()) else { break };
        if items.len() < MOST_ITEMS {
            items.push(item(name, "", Some(size)));
        }
        total += 1;
        let Some(next) = usize::try_from(size).ok().and_then(|size| (place + 60).checked_add(size))
        else {
            break;
        };
        place = next.saturating_add(next % 2);
        if total >= MOST as u64 {
            break;
        }
    }
    made(OutlinedFormat::Ar, items, total)
}

pub fn is_cpio(head: &[u8]) -> bool {
    head.starts_with(b"070701") || head.starts_with(b"070702")
}

/// By the reader of archives within files.
pub fn cpio(bytes: &[u8]) -> Option<FileOutline> {
    let found = super::package_files::members(bytes, &MemberPath::default())?;
    let rows = found.rows.iter().map(|row| item(row.name.as_str(), "", row.size));
    made(OutlinedFormat::Cpio, rows.take(MOST_ITEMS).collect(), found.total)
}
