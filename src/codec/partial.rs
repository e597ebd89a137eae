//! A blob of which only parts are available: reading a missing byte is an error, and the caller learns which byte
//! it was.
//!
//! Used to learn something about a blob without fetching all of it: a reader runs, the missing part is fetched,
//! and the reader runs again.

use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Parts of a blob. Clones share the record of missing bytes.
#[derive(Clone, Debug)]
pub struct Partial {
    size: u64,
    /// Start and bytes of each part, in order and without overlaps.
    pieces: Vec<(u64, Rc<[u8]>)>,
    position: u64,
    missing: Rc<Cell<Option<u64>>>,
}

impl Partial {
    /// A blob of `size` bytes, none of them available.
    pub fn new(size: u64) -> Partial {
        Partial { size, pieces: Vec::new(), position: 0, missing: Rc::default() }
    }

    /// Adds the bytes from `start` on.
    pub fn add(&mut self, start: u64, bytes: Vec<u8>) {
        let at = self.pieces.partition_point(|(other, _)| *other < start);
        self.pieces.insert(at, (start, bytes.into()));
    }

    /// The gap that the last read met: its first byte and the byte after it. Returned once.
    pub fn take_missing(&self) -> Option<(u64, u64)> {
        let first = self.missing.take()?;
        let next = self.pieces.iter().map(|(start, _)| *start).find(|start| *start > first);
        Some((first, next.unwrap_or(self.size)))
    }
}

impl Read for Partial {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size || buffer.is_empty() {
            return Ok(0);
        }
        for (start, bytes) in &self.pieces {
            let within = self.position.checked_sub(*start).and_then(|at| usize::try_from(at).ok());
            if let Some(rest) =
                within.and_then(|at| bytes.get(at..)).filter(|rest| !rest.is_empty())
            {
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                self.position += count as u64;
                return Ok(count);
            }
        }
        self.missing.set(Some(self.position));
        Err(io::Error::other("these bytes are not available yet"))
    }
}

impl Seek for Partial {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[test]
fn a_missing_part_is_reported_and_can_be_added() {
    let whole: Vec<u8> = (0..100).collect();
    let mut partial = Partial::new(100);
    let read = |partial: &mut Partial, from: u64| {
        let mut bytes = [0; 10];
        partial.seek(SeekFrom::Start(from)).unwrap();
        partial.read_exact(&mut bytes).map(|()| bytes)
    };
    assert!(read(&mut partial, 85).is_err());
    assert_eq!(partial.take_missing(), Some((85, 100)));
    partial.add(85, whole[85..].to_vec());
    assert_eq!(read(&mut partial, 85).unwrap(), whole[85..95]);
    assert!(read(&mut partial, 80).is_err());
    assert_eq!(partial.take_missing(), Some((80, 85)));
    partial.add(80, whole[80..85].to_vec());
    assert_eq!(read(&mut partial, 80).unwrap(), whole[80..90]);
    assert_eq!(partial.take_missing(), None);
    assert_eq!(read(&mut partial, 95).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}
