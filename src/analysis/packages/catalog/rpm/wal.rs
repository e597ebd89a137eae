//! SQLite's write-ahead log: pages that are newer than those in the database beside it.
//!
//! Source: SQLite's documentation, "Database File Format" (fileformat2.html), section 4; src/wal.c.
//!
//! - Frames count up to the last one that ends a transaction, as long as their salts are the header's and
//!   their checksums are right: the checksum of each frame continues that of the one before. What follows is
//!   of a transaction that never ended, or of an earlier use of the file.
//! - Log and database may be in different layers. So the worker that reads the log notes its pages, and they
//!   are laid over the database where that is read.
//!
//! A noted log is, compressed by Deflate: bytes per page and pages of the database (4 bytes each, big-endian),
//! then for each page its number and its bytes.

use super::bytes::at;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::collections::BTreeMap;
use std::io::{Read, Write};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Without its last bit, which says that checksums are made of big-endian numbers.
const MAGIC: u32 = 0x377f_0682;
/// Most bytes of a noted log.
const MAX_LOG: u64 = 512 << 20;

/// The pages that a log adds.
#[derive(Debug, PartialEq, Eq)]
pub struct CommittedPages<'a> {
    /// Bytes per page.
    size: u32,
    /// Pages of the database after the last transaction.
    count: u32,
    /// The newest of each number, from 1.
    pages: BTreeMap<u32, &'a [u8]>,
}

impl<'a> CommittedPages<'a> {
    /// Reads a log. `None` if its header is not one.
    pub fn read(bytes: &'a [u8]) -> Option<CommittedPages<'a>> {
        let field = |offset| at(bytes, offset).map(u32::from_be_bytes);
        let magic = field(0).filter(|magic| magic & !1 == MAGIC)?;
        let size =
            field(8).filter(|size| size.is_power_of_two() && (512..=65536).contains(size))?;
        let mut sum = Checksum { big_endian: magic & 1 == 1, sums: [0, 0] };
        sum.add(bytes.get(..24)?);
        let mut found = CommittedPages { size, count: 0, pages: BTreeMap::new() };
        if sum.sums != [field(24)?, field(28)?] {
            return None;
        }
        let salts = at::<8>(bytes, 16)?;
        let mut open: BTreeMap<u32, &[u8]> = BTreeMap::new();
        for frame in bytes.get(HEADER..)?.chunks_exact(FRAME_HEADER + size as usize) {
            let (header, page) = frame.split_at(FRAME_HEADER);
            let field = |offset| at(header, offset).map(u32::from_be_bytes);
            sum.add(header.get(..8)?);
            sum.add(page);
            let number = field(0).filter(|number| *number > 0);
            let claimed = field(16).zip(field(20)).map(<[u32; 2]>::from);
            let sound = at(header, 8) == Some(salts) && claimed == Some(sum.sums);
            let (Some(number), true) = (number, sound) else { break };
            open.insert(number, page);
            let count = field(4)?;
            if count > 0 {
                found.count = count;
                found.pages.append(&mut open);
            }
        }
        Some(found)
    }

    /// Whether no transaction ended.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// The log as it is noted.
    pub fn noted(&self) -> Vec<u8> {
        let mut out = DeflateEncoder::new(Vec::new(), Compression::default());
        let mut write = |bytes: &[u8]| out.write_all(bytes).is_ok();
        write(&self.size.to_be_bytes());
        write(&self.count.to_be_bytes());
        for (number, page) in self.pages.iter().take_while(|(number, _)| **number <= self.count) {
            write(&number.to_be_bytes());
            write(page);
        }
        out.finish().unwrap_or_default() // memory does not fail
    }
}

/// The database with the pages of a noted log; `None` if the log does not belong to it.
pub fn with_log(database: &[u8], noted: &[u8]) -> Option<Vec<u8>> {
    let mut log = Vec::new();
    DeflateDecoder::new(noted).take(MAX_LOG).read_to_end(&mut log).ok()?;
    let size = u32::from_be_bytes(at(&log, 0)?) as usize;
    let count = u32::from_be_bytes(at(&log, 4)?) as usize;
    let own = super::sqlite::page_size(database);
    if size < 512 || own.is_some_and(|own| own != size) {
        return None;
    }
    let pages = log.get(8..)?;
    // Every page behind the database's own ones is in the log.
    let most = database.len().saturating_add(pages.len());
    let mut whole = database.to_vec();
    whole.resize(size.saturating_mul(count).min(most), 0);
    for page in pages.chunks_exact(4 + size) {
        let (number, page) = page.split_at(4);
        let number = u32::from_be_bytes(at(number, 0)?) as usize;
        let start = number.checked_sub(1)?.checked_mul(size)?;
        if let Some(there) = whole.get_mut(start..start.saturating_add(size)) {
            there.copy_from_slice(page);
        }
    }
    Some(whole)
}

/// The checksum over pairs of numbers, as section 4.2 of the format has it.
struct Checksum {
    big_endian: bool,
    sums: [u32; 2],
}

impl Checksum {
    fn add(&mut self, bytes: &[u8]) {
        let number = if self.big_endian { u32::from_be_bytes } else { u32::from_le_bytes };
        for pair in bytes.as_chunks::<4>().0.as_chunks::<2>().0 {
            let [a, b] = &mut self.sums;
            *a = a.wrapping_add(number(pair[0])).wrapping_add(*b);
            *b = b.wrapping_add(number(pair[1])).wrapping_add(*a);
        }
    }
}
