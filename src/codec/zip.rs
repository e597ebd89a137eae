//! ZIP archives: jars, and exports of databases.
//!
//! Source: PKWARE's APPNOTE.TXT. The library rawzip reads them, including zip64, archives behind other bytes (a jar
//! with a script before it) and entries whose sizes follow their data.
//!
//! - Only the central directory counts, as in Java and the Info-ZIP tools: anything between entries is ignored, and
//!   a local header says only where its data begins.
//! - The directory is not kept, because an archive may have millions of entries. The caller keeps the `ZipPlace` of
//!   the entries that it wants; these are small and can be read in any order.
//! - Hostile: sizes are claims. A reader returns at most as many bytes as the entry claims and then verifies the
//!   checksum. The caller bounds how much that may be (`Zip::content`, or `Read::take`). Two entries may share
//!   their data, so a limit for each is no limit for all.

use super::error::{damaged, failed};
use super::section::ReadSeek;
use crate::text::byte_count;
use crate::time::Timestamp;
use flate2::bufread::DeflateDecoder;
use rawzip::time::ZipDateTimeKind;
use rawzip::{
    CompressionMethod, ErrorKind, MAX_CENTRAL_DIRECTORY_RECORD_SIZE, RECOMMENDED_BUFFER_SIZE,
    ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord, ZipLocator,
};
use std::cell::RefCell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::ControlFlow;

/// At most this many bytes of an entry are read from the source at once.
const READ: u64 = 32 << 10;

/// An archive in a source. Reads are small and mostly go forwards (a local header, then its data), so the source
/// should be buffered, as files are natively and the reader of a Blob is in a worker.
pub struct Zip<'a> {
    archive: ZipArchive<ZipSource<'a>>,
    /// Bytes of the source.
    size: u64,
}

/// The source of an archive. Boxed, so that all of this is compiled once.
struct ZipSource<'a>(RefCell<Box<dyn ReadSeek + 'a>>);

/// One file of an archive, as the directory describes it.
#[derive(Clone, Copy, Debug)]
pub struct ZipEntry<'a> {
    /// As in the directory: parts separated by slashes, unchecked.
    pub name: &'a [u8],
    /// Bytes uncompressed, as claimed.
    pub size: u64,
    /// Bytes compressed, as claimed.
    pub compressed: u64,
    /// For `Zip::read` of the same archive.
    pub place: ZipPlace,
    record: &'a ZipFileHeaderRecord<'a>,
}

/// Why an entry cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ZipBarrier {
    Encrypted,
    /// An unsupported method of compression.
    Method(u16),
}

/// Where the data of an entry is, and its compression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZipPlace {
    way: ZipArchiveEntryWayfinder,
    packing: Packing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Stored,
    Deflated,
    Encrypted,
    /// An unsupported method.
    Other(u16),
}

impl<'a> Zip<'a> {
    /// Finds the directory. It is an error if the source fails, or has no archive that ends within its last MiB.
    pub fn open(mut source: impl Read + Seek + 'a) -> io::Result<Zip<'a>> {
        let size = source.seek(SeekFrom::End(0))?;
        let source = ZipSource(RefCell::new(Box::new(source)));
        let mut buffer = room(RECOMMENDED_BUFFER_SIZE, size);
        let found = ZipLocator::new().locate_in_reader(source, &mut buffer, size);
        Ok(Zip { archive: found.map_err(|(_, error)| convert(error))?, size })
    }

    /// Calls `each` with every file, in the order of the directory, until it breaks; directories are left out.
    /// After an error, the entries before it are valid.
    pub fn walk(&self, mut each: impl FnMut(ZipEntry<'_>) -> ControlFlow<()>) -> io::Result<()> {
        let mut buffer = room(MAX_CENTRAL_DIRECTORY_RECORD_SIZE, self.size);
        let mut entries = self.archive.entries(&mut buffer);
        while let Some(record) = entries.next_entry().map_err(convert)? {
            if !record.is_dir() && each(ZipEntry::of(&record)).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The content of an entry. Damage, and a length other than the claimed one, are errors at the latest at the
    /// end; so are encryption and an unsupported method.
    pub fn read(&self, place: ZipPlace) -> io::Result<Box<dyn Read + '_>> {
        let entry = self.archive.get_entry(place.way).map_err(convert)?;
        let buffer = place.way.compressed_size_hint().clamp(64, READ) as usize;
        let packed = BufReader::with_capacity(buffer, entry.reader());
        Ok(match place.packing {
            Packing::Stored => Box::new(ZipErrors(entry.verifying_reader(packed))),
            Packing::Deflated => {
                Box::new(ZipErrors(entry.verifying_reader(DeflateDecoder::new(packed))))
            }
            Packing::Encrypted => return Err(damaged("zip", "an entry is encrypted")),
            Packing::Other(id) => {
                return Err(damaged("zip", format!("compression method {id} is not supported")));
            }
        })
    }

    /// The whole content of an entry; an error if it has more than `limit` bytes.
    pub fn content(&self, place: ZipPlace, limit: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.read(place)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(damaged("zip", format!("an entry is larger than {}", byte_count(limit))));
        }
        Ok(bytes)
    }
}

impl ZipPlace {
    /// Bytes uncompressed, as claimed.
    pub fn size(&self) -> u64 {
        self.way.uncompressed_size_hint()
    }
}

impl ReaderAt for ZipSource<'_> {
    fn read_at(&self, out: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut source = self.0.borrow_mut();
        source.seek(SeekFrom::Start(offset))?;
        source.read(out)
    }
}

impl<'a> ZipEntry<'a> {
    fn of(record: &'a ZipFileHeaderRecord<'a>) -> ZipEntry<'a> {
        let packing = match record.compression_method() {
            _ if record.flags().is_encrypted() => Packing::Encrypted,
            CompressionMethod::STORE => Packing::Stored,
            CompressionMethod::DEFLATE => Packing::Deflated,
            other => Packing::Other(other.as_u16()),
        };
        ZipEntry {
            name: record.file_path().as_bytes(),
            size: record.uncompressed_size_hint(),
            compressed: record.compressed_size_hint(),
            place: ZipPlace { way: record.wayfinder(), packing },
            record,
        }
    }

    /// Type and permission bits, as in Unix.
    pub fn mode(&self) -> u32 {
        self.record.mode().value()
    }

    /// When it was changed, in seconds since 1970, and whether that is a local time of an unknown zone, counted as if it
    /// were UTC.
    pub fn modified(&self) -> Option<(i64, bool)> {
        let time = self.record.last_modified();
        let is_local = matches!(time, ZipDateTimeKind::Local(_));
        let text = time.to_string();
        let zone = if is_local { "Z" } else { "" };
        Some((Timestamp::from_rfc3339(&format!("{text}{zone}"))?.seconds, is_local))
    }

    /// Why its content cannot be read, as far as the directory tells.
    pub fn barrier(&self) -> Option<ZipBarrier> {
        match self.place.packing {
            Packing::Stored | Packing::Deflated => None,
            Packing::Encrypted => Some(ZipBarrier::Encrypted),
            Packing::Other(id) => Some(ZipBarrier::Method(id)),
        }
    }
}

/// A buffer for a source of that size. Small, because an archive may contain very many small ones.
fn room(most: usize, size: u64) -> Vec<u8> {
    vec![0; usize::try_from(size).unwrap_or(most).clamp(512, most)]
}

/// A reader whose errors name the format.
struct ZipErrors<R>(R);

impl<R: Read> Read for ZipErrors<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.read(out).map_err(|error| failed("zip", error))
    }
}

/// Converts an error of the library; an error of the source stays unchanged.
fn convert(error: rawzip::Error) -> io::Error {
    match error.into_kind() {
        ErrorKind::IO(error) => failed("zip", error),
        ErrorKind::Eof => damaged("zip", "the archive is cut short"),
        ErrorKind::MissingEndOfCentralDirectory => damaged("zip", "there is no central directory"),
        kind => damaged("zip", kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn fixture(name: &str) -> Vec<u8> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/packages/archives/");
        std::fs::read(format!("{folder}{name}.zip")).expect(name)
    }

    /// A name, and the content or what is wrong with it.
    type NamedContent = (String, Result<Vec<u8>, String>);

    fn all(bytes: &[u8]) -> io::Result<Vec<NamedContent>> {
        let zip = Zip::open(Cursor::new(bytes))?;
        let mut places = Vec::new();
        let walked = zip.walk(|entry| {
            places.push((String::from_utf8_lossy(entry.name).into_owned(), entry.place));
            ControlFlow::Continue(())
        });
        let read = |place| zip.content(place, 1 << 20).map_err(|error| error.to_string());
        walked?;
        Ok(places.into_iter().map(|(name, place)| (name, read(place))).collect())
    }

    fn numbers() -> Vec<u8> {
        (1..=2000).flat_map(|n| format!("{n}\n").into_bytes()).collect()
    }

    #[test]
    fn archives_of_other_tools_give_their_files() {
        for name in ["plain", "zip64", "streamed", "prefixed"] {
            let mut files = all(&fixture(name)).expect(name);
            files.sort();
            let want = [
                ("a/b/numbers.txt".to_owned(), Ok(numbers())),
                ("a/empty".to_owned(), Ok(Vec::new())),
                ("stored.txt".to_owned(), Ok(b"stored\n".to_vec())),
            ];
            assert_eq!(files, want, "{name}");
        }
    }

    #[test]
    fn entries_that_cannot_be_read_are_listed() {
        for (name, file, want) in [
            ("locked", "stored.txt", "zip: an entry is encrypted"),
            ("bzip2", "numbers.txt", "zip: compression method 12 is not supported"),
        ] {
            let files = all(&fixture(name)).expect(name);
            assert_eq!(files, [(file.to_owned(), Err(want.to_owned()))]);
        }
    }

    #[test]
    fn content_is_read_up_to_its_limit() {
        let bytes = fixture("plain");
        let zip = Zip::open(Cursor::new(&bytes)).unwrap();
        let mut place = None;
        let walked = zip.walk(|entry| {
            place = (entry.size == 8893).then_some(entry.place);
            if place.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        walked.unwrap();
        assert_eq!(zip.content(place.unwrap(), 8893).unwrap(), numbers());
        let refused = zip.content(place.unwrap(), 8892).unwrap_err();
        assert_eq!(refused.to_string(), "zip: an entry is larger than 8,892 bytes");
    }

    #[test]
    fn every_changed_byte_of_the_data_is_noticed() {
        let whole = fixture("plain");
        let good = all(&whole).unwrap();
        // Behind the first local header and its name, as `zipinfo -v` shows them: "stored\n".
        for at in 40..47 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            let files = all(&bytes).unwrap();
            assert!(
                files[0].1.as_ref().is_err_and(|error| error.starts_with("zip: ")),
                "{files:?}"
            );
            assert_eq!(files[1..], good[1..]);
        }
    }

    #[test]
    fn damaged_archives_are_refused_or_read_in_part() {
        for name in ["plain", "zip64", "streamed", "prefixed"] {
            let whole = fixture(name);
            for length in 0..whole.len() {
                // The directory's end is the archive's, comment included.
                assert!(all(&whole[..length]).is_err(), "{name} cut to {length}");
            }
            for at in (0..whole.len()).filter(|at| !(60..4200).contains(at)) {
                let mut bytes = whole.clone();
                bytes[at] = !bytes[at];
                let _ = all(&bytes); // anything but a panic
            }
        }
    }
}
