//! A compressed source as one that can be read anywhere.
//!
//! An archive that is compressed as a whole (a gzipped `docker save`) has its layers in the middle of
//! it: they are sections of this.
//!
//! - A seek costs nothing; the next read goes on if what lies between has no point, and enters at the
//!   nearest point if it has, or lies behind.

use super::{Checkpoints, discard};
use crate::codec::Compression;
use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// The uncompressed bytes of a source.
pub struct Seekable<R> {
    source: Rc<RefCell<R>>,
    compression: Compression,
    checkpoints: Rc<Checkpoints>,
    size: u64,
    position: u64,
    /// The decoder at work, and the offset of its next byte.
    reader: Option<(Box<dyn Read>, u64)>,
}

impl<R: Read + Seek + 'static> Seekable<R> {
    /// A source with what the pass over it found: its points and its uncompressed size.
    pub fn new(
        source: R,
        compression: Compression,
        checkpoints: impl Into<Rc<Checkpoints>>,
        size: u64,
    ) -> Seekable<R> {
        let source = Rc::new(RefCell::new(source));
        let checkpoints = checkpoints.into();
        Seekable { source, compression, checkpoints, size, position: 0, reader: None }
    }

    /// Uncompressed bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// A decoder whose next byte is the one at `position`.
    fn reader(&mut self) -> io::Result<Box<dyn Read>> {
        if let Some((mut reader, at)) = self.reader.take()
            && (self.compression != Compression::None || at == self.position)
            && let Some(ahead) = self.position.checked_sub(at)
            && ahead <= self.checkpoints.span_at(self.position)
        {
            discard(&mut reader, ahead)?;
            return Ok(reader);
        }
        let source = Shared(Rc::clone(&self.source));
        self.checkpoints.open(self.compression, source, self.position)
    }
}

impl<R: Read + Seek + 'static> Read for Seekable<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.position);
        let want = out.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if want == 0 {
            return Ok(0);
        }
        let mut reader = self.reader()?;
        let got = reader.read(&mut out[..want])?;
        self.position += got as u64;
        self.reader = Some((reader, self.position));
        Ok(got)
    }
}

impl<R> Seek for Seekable<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.size.checked_add_signed(by),
        };
        let outside = || io::Error::new(io::ErrorKind::InvalidInput, "seek outside the stream");
        self.position = target.ok_or_else(outside)?;
        Ok(self.position)
    }
}

/// The source, lent to the one decoder at work: a new one is made after the old one is gone.
struct Shared<R>(Rc<RefCell<R>>);

impl<R: Read> Read for Shared<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl<R: Seek> Seek for Shared<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().seek(to)
    }
}
