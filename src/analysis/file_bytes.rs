//! A file's bytes as analyses of programs need them: in memory, or in parts that are read where the file is.
//!
//! - `object` reads headers, sections and segments through `ReadRef`; so one reader of programs serves both.
//! - A damaged program can claim any number of parts, each as large as the file: parts and their bytes are bounded. What
//!   is beyond counts as missing, and `FileParts::end` says so: the file must be read in whole.

use crate::codec::ReadSeek;
use object::ReadRef;
use object::read::{ReadCache, ReadCacheOps};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::{self, SeekFrom};
use std::ops::Range;

/// Bytes of all parts of one file. Of the largest libraries less than a tenth is read.
const MAX_PARTS: u64 = 64 << 20;

/// What a part counts at least: reaching it costs as much time. So there are a thousand parts at most.
const LEAST_PART: u64 = 64 << 10;

/// The bytes of a file.
#[derive(Clone, Copy)]
pub enum FileBytes<'a> {
    Held(&'a [u8]),
    InParts(&'a FileParts),
}

/// A file that is read in parts.
pub struct FileParts {
    cache: ReadCache<PartSource>,
    /// Bytes that may still be read.
    left: Cell<u64>,
    /// What was read, which is kept: the first byte of each part, and how many.
    read: RefCell<BTreeSet<(u64, u64)>>,
    too_many: Cell<bool>,
}

/// Where the parts come from.
struct PartSource {
    source: Box<dyn ReadSeek>,
    /// Why the first part that failed did.
    failed: Option<io::Error>,
}

/// Whether all parts that were needed could be read.
#[derive(Debug)]
pub enum PartsEnd {
    /// All.
    Complete,
    /// They would be more than is read in parts.
    TooMany,
    /// The source failed.
    Failed(io::Error),
}

impl FileParts {
    /// `source` begins with the file, and ends with it.
    pub fn new(source: Box<dyn ReadSeek>) -> FileParts {
        FileParts {
            cache: ReadCache::new(PartSource { source, failed: None }),
            left: Cell::new(MAX_PARTS),
            read: RefCell::default(),
            too_many: Cell::new(false),
        }
    }

    /// To be asked when the analyses have ended.
    pub fn end(self) -> PartsEnd {
        match self.cache.into_inner().failed {
            Some(error) => PartsEnd::Failed(error),
            None if self.too_many.get() => PartsEnd::TooMany,
            None => PartsEnd::Complete,
        }
    }

    /// Counts a part, once.
    fn count(&self, offset: u64, size: u64) -> Result<(), ()> {
        if self.read.borrow().contains(&(offset, size)) {
            return Ok(());
        }
        let left = self.left.get().checked_sub(size.max(LEAST_PART));
        self.too_many.set(self.too_many.get() || left.is_none());
        self.left.set(left.ok_or(())?);
        self.read.borrow_mut().insert((offset, size));
        Ok(())
    }
}

impl<'a> ReadRef<'a> for FileBytes<'a> {
    fn len(self) -> Result<u64, ()> {
        match self {
            FileBytes::Held(bytes) => ReadRef::len(bytes),
            FileBytes::InParts(parts) => parts.cache.len(),
        }
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        match self {
            FileBytes::Held(bytes) => bytes.read_bytes_at(offset, size),
            FileBytes::InParts(parts) => {
                // A claim beyond the end costs nothing.
                let end = offset.checked_add(size).ok_or(())?;
                if end > parts.cache.len()? {
                    return Err(());
                }
                parts.count(offset, size)?;
                parts.cache.read_bytes_at(offset, size)
            }
        }
    }

    fn read_bytes_at_until(self, range: Range<u64>, delimiter: u8) -> Result<&'a [u8], ()> {
        match self {
            FileBytes::Held(bytes) => bytes.read_bytes_at_until(range, delimiter),
            FileBytes::InParts(parts) => {
                parts.count(range.start, 0)?;
                parts.cache.read_bytes_at_until(range, delimiter)
            }
        }
    }
}

impl<'a> FileBytes<'a> {
    /// Bytes of the file; `None`: the source failed.
    pub fn size(self) -> Option<u64> {
        ReadRef::len(self).ok()
    }

    /// At most so many bytes from an offset on; fewer where the file ends, `None` beyond its end.
    pub fn from(self, offset: u64, at_most: u64) -> Option<&'a [u8]> {
        let left = self.size()?.checked_sub(offset)?;
        self.read_bytes_at(offset, left.min(at_most)).ok()
    }

    /// At most so many bytes of a segment, whose first byte and size in the file are given, behind those that are skipped;
    /// `None` if none is left.
    pub fn of_segment(
        self,
        (offset, size): (u64, u64),
        skipped: u64,
        at_most: u64,
    ) -> Option<&'a [u8]> {
        let left = size.checked_sub(skipped).filter(|left| *left > 0)?;
        self.from(offset.checked_add(skipped)?, left.min(at_most))
    }
}

impl PartSource {
    fn noted<T>(&mut self, result: io::Result<T>) -> Result<T, ()> {
        result.map_err(|error| {
            self.failed.get_or_insert(error);
        })
    }
}

impl ReadCacheOps for PartSource {
    fn len(&mut self) -> Result<u64, ()> {
        let end = self.source.seek(SeekFrom::End(0));
        self.noted(end)
    }

    fn seek(&mut self, position: u64) -> Result<u64, ()> {
        let at = self.source.seek(SeekFrom::Start(position));
        self.noted(at)
    }

    fn read(&mut self, out: &mut [u8]) -> Result<usize, ()> {
        let count = self.source.read(out);
        self.noted(count)
    }

    fn read_exact(&mut self, out: &mut [u8]) -> Result<(), ()> {
        let read = self.source.read_exact(out);
        self.noted(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Read, Seek};

    fn parts(bytes: Vec<u8>) -> FileParts {
        FileParts::new(Box::new(Cursor::new(bytes)))
    }

    #[test]
    fn parts_are_the_bytes_of_the_file() {
        let bytes: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
        let file = parts(bytes.clone());
        let (held, in_parts) = (FileBytes::Held(&bytes), FileBytes::InParts(&file));
        for (offset, size) in
            [(0, 0), (0, 64), (99_990, 10), (99_990, 11), (7, 50_000), (1 << 40, 1)]
        {
            let want = held.read_bytes_at(offset, size);
            assert_eq!(in_parts.read_bytes_at(offset, size), want, "{offset} {size}");
            assert_eq!(in_parts.from(offset, size), held.from(offset, size), "{offset} {size}");
        }
        assert_eq!(in_parts.read_bytes_at_until(5..60, 30), held.read_bytes_at_until(5..60, 30));
        assert!(matches!(file.end(), PartsEnd::Complete));
    }

    #[test]
    fn more_than_the_limit_is_not_read_and_told() {
        let file = parts(vec![0; 40 << 20]);
        let bytes = FileBytes::InParts(&file);
        assert!(bytes.read_bytes_at(0, 40 << 20).is_ok());
        assert!(bytes.read_bytes_at(0, 40 << 20).is_ok(), "it was read");
        assert!(bytes.read_bytes_at(1, 30 << 20).is_err());
        assert!(matches!(file.end(), PartsEnd::TooMany));
        let file = parts(vec![0; 1 << 20]);
        let read = (0..2000).filter(|at| FileBytes::InParts(&file).read_bytes_at(*at, 1).is_ok());
        assert_eq!(read.count(), 1024);
        assert!(matches!(file.end(), PartsEnd::TooMany));
    }

    #[test]
    fn a_source_that_fails_is_told() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("gone"))
            }
        }
        impl Seek for Broken {
            fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
                Ok(1000)
            }
        }
        let file = FileParts::new(Box::new(Broken));
        assert!(FileBytes::InParts(&file).read_bytes_at(0, 10).is_err());
        assert!(matches!(file.end(), PartsEnd::Failed(error) if error.to_string() == "gone"));
    }
}
