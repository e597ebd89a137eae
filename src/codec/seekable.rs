//! A compressed source that can be read anywhere.
//!
//! In an archive that is compressed as a whole (a gzipped `docker save`) layers are in the middle of the
//! compressed stream: they are sections of this.
//!
//! - A seek costs nothing. The next read continues forwards if there is no checkpoint in between; otherwise
//!   it enters at the nearest checkpoint before the target.

use super::checkpoints::Checkpoints;
use super::compression::Compression;
use super::decode::discard;
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
    /// The decoder in use, and the offset of its next byte.
    reader: Option<(Box<dyn Read>, u64)>,
}

impl<R: Read + Seek + 'static> Seekable<R> {
    /// A source with what the pass over it found: its checkpoints and its uncompressed size.
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
        let source = SharedSource(Rc::clone(&self.source));
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

/// The source, lent to the decoder in use; a new decoder is made only after the old one is dropped.
struct SharedSource<R>(Rc<RefCell<R>>);

impl<R: Read> Read for SharedSource<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl<R: Seek> Seek for SharedSource<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.borrow_mut().seek(to)
    }
}
