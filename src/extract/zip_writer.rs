//! A zip, for systems that have no tar: contents deflated, permissions and times kept, links as Unix stores them.
//!
//! Source: PKWARE's APPNOTE.TXT; Info-ZIP's use of the external attributes for modes.
//!
//! - A zip knows no hard links: each name has the content. Of a small file it is compressed once and kept until the
//!   next file, which may be the same.

use super::extraction::{ExtractedKind, ExtractedMember};
use super::member_writer::{MemberWriter, content, unwritten};
use crate::layer::{FilePlace, LayerBytes, Owner};
use crate::problem::Problem;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, DataDescriptorOutput, ZipArchiveWriter};
use std::io::Write;

/// A file of so many bytes is held in memory, compressed, until the next one.
pub const MAX_PENDING: u64 = 16 << 20;

/// Types of files, as in `st_mode`.
const REGULAR: u32 = 0o100_000;
const DIRECTORY: u32 = 0o040_000;
const SYMLINK: u32 = 0o120_000;

/// Writes a zip, member by member.
pub struct ZipWriter<'a> {
    zip: ZipArchiveWriter<&'a mut dyn Write>,
    held: Option<HeldFile>,
}

/// A file that was just written.
struct HeldFile {
    place: FilePlace,
    compressed: Vec<u8>,
    crc: u32,
}

impl<'a> ZipWriter<'a> {
    /// Nothing is written yet.
    pub fn new(out: &'a mut dyn Write) -> ZipWriter<'a> {
        ZipWriter { zip: ZipArchiveWriter::new(out), held: None }
    }

    /// What follows is of another layer: a file at the same place there is another one.
    pub fn next_layer(&mut self) {
        self.held = None;
    }

    /// Ends the archive.
    pub fn finish(self) -> Result<(), Problem> {
        self.zip.finish().map(drop).map_err(failed)
    }

    /// A member whose compressed bytes are here.
    fn ready(
        &mut self,
        member: &ExtractedMember,
        mode: u32,
        method: CompressionMethod,
        (compressed, crc, size): (&[u8], u32, u64),
    ) -> Result<(), Problem> {
        let path = String::from_utf8_lossy(&member.path);
        let entry = self.zip.new_file(path).compression_method(method);
        let entry = entry.last_modified(time(member)).unix_permissions(mode);
        let (mut entry, _) = entry.start().map_err(failed)?;
        entry.write_all(compressed).map_err(unwritten)?;
        entry.finish(DataDescriptorOutput::new(crc, size)).map(drop).map_err(failed)
    }

    /// Compresses a small file, and holds it.
    fn hold(
        &mut self,
        place: &FilePlace,
        bytes: &mut LayerBytes<'_>,
        passed: &mut dyn FnMut(u64),
    ) -> Result<HeldFile, Problem> {
        let mut crc = rawzip::Crc32::new();
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        let mut both = Counted { out: &mut encoder, crc: &mut crc };
        content(place, bytes, &mut both, passed)?;
        let compressed = encoder.finish().map_err(unwritten)?;
        Ok(HeldFile { place: place.clone(), compressed, crc: crc.checksum() })
    }
}

impl MemberWriter for ZipWriter<'_> {
    fn member(&mut self, member: &ExtractedMember, _: &Owner) -> Result<(), Problem> {
        let mode = u32::from(member.mode & 0o7777);
        match &member.kind {
            // The root has no name in a zip.
            ExtractedKind::Directory if member.path.is_empty() => Ok(()),
            ExtractedKind::Directory => {
                let path = format!("{}/", String::from_utf8_lossy(&member.path));
                let directory = self.zip.new_dir(path).last_modified(time(member));
                directory.unix_permissions(DIRECTORY | mode).create().map(drop).map_err(failed)
            }
            ExtractedKind::Symlink(target) => {
                let data = (&target[..], rawzip::crc32(target), target.len() as u64);
                self.ready(member, SYMLINK | 0o777, CompressionMethod::STORE, data)
            }
            ExtractedKind::File(_) => {
                self.ready(member, REGULAR | mode, CompressionMethod::STORE, (&[], 0, 0))
            }
            // Plans of zips have none of these.
            ExtractedKind::HardLink(_)
            | ExtractedKind::CharDevice(..)
            | ExtractedKind::BlockDevice(..)
            | ExtractedKind::Fifo => Ok(()),
        }
    }

    fn file(
        &mut self,
        member: &ExtractedMember,
        _: &Owner,
        place: &FilePlace,
        bytes: &mut LayerBytes<'_>,
        passed: &mut dyn FnMut(u64),
    ) -> Result<(), Problem> {
        let mode = REGULAR | u32::from(member.mode & 0o7777);
        if place.size <= MAX_PENDING {
            let held = match self.held.take().filter(|held| held.place == *place) {
                Some(held) => held,
                None => self.hold(place, bytes, passed)?,
            };
            let data = (&held.compressed[..], held.crc, place.size);
            self.ready(member, mode, CompressionMethod::DEFLATE, data)?;
            self.held = Some(held);
            return Ok(());
        }
        let path = String::from_utf8_lossy(&member.path);
        let entry = self.zip.new_file(path).compression_method(CompressionMethod::DEFLATE);
        let entry = entry.last_modified(time(member)).unix_permissions(mode);
        let (mut entry, config) = entry.start().map_err(failed)?;
        let encoder = DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        content(place, bytes, &mut writer, passed)?;
        let (encoder, output) = writer.finish().map_err(failed)?;
        encoder.finish().map_err(unwritten)?;
        entry.finish(output).map(drop).map_err(failed)
    }
}

/// Passes bytes on, and computes their checksum.
struct Counted<'a> {
    out: &'a mut dyn Write,
    crc: &'a mut rawzip::Crc32,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.crc.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// A zip's times begin in 1980, and are whole seconds.
fn time(member: &ExtractedMember) -> UtcDateTime {
    UtcDateTime::from_unix(member.mtime.0.clamp(0, u32::MAX.into()))
}

fn failed(error: rawzip::Error) -> Problem {
    Problem::new("write-failed", "The zip cannot be written.").found(error.to_string())
}
