//! A part of a source as a source of its own.

use std::io::{self, Read, Seek, SeekFrom};

/// A source of bytes: natively a file, in a worker a window over a Blob.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// The bytes `start..start + len` of a source.
pub struct Section<R> {
    source: R,
    start: u64,
    len: u64,
    position: u64,
}

impl<R: Read + Seek> Section<R> {
    /// Seeks to `start`. Reads end at `start + len`, or at the end of the source.
    pub fn new(mut source: R, start: u64, len: u64) -> io::Result<Section<R>> {
        source.seek(SeekFrom::Start(start))?;
        Ok(Section { source, start, len, position: 0 })
    }

    /// Bytes from the section's start to the next byte.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Number of bytes of the section.
    pub fn size(&self) -> u64 {
        self.len
    }
}

impl<R: Read + Seek> Read for Section<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.len.saturating_sub(self.position);
        let want = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let got = self.source.read(&mut buffer[..want])?;
        self.position += got as u64;
        Ok(got)
    }
}

impl<R: Read + Seek> Seek for Section<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "seek outside the section");
        let target = target.ok_or_else(outside)?;
        let absolute = self.start.checked_add(target).ok_or_else(outside)?;
        self.source.seek(SeekFrom::Start(absolute))?;
        self.position = target;
        Ok(target)
    }
}
