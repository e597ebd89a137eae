//! The uncompressed bytes of a compressed source as if they were a source of their own.

use super::{Compression, ReadSeek};
use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};
use std::rc::Rc;

/// `Read + Seek` over what a source decompresses to. A seek forward decodes what lies between, a seek
/// back starts at the beginning.
pub struct Unpacked {
    source: Shared,
    compression: Compression,
    stream: Option<Box<dyn Read>>,
    /// Bytes that the stream has given.
    given: u64,
    position: u64,
}

#[derive(Clone)]
struct Shared(Rc<RefCell<Box<dyn ReadSeek>>>);

impl Read for Shared {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(out)
    }
}

impl Unpacked {
    /// Nothing is read until the first `read`.
    pub fn new(source: Box<dyn ReadSeek>, compression: Compression) -> Unpacked {
        let source = Shared(Rc::new(RefCell::new(source)));
        Unpacked { source, compression, stream: None, given: 0, position: 0 }
    }

    fn stream(&mut self) -> io::Result<&mut Box<dyn Read>> {
        if self.given > self.position {
            self.stream = None;
        }
        if self.stream.is_none() {
            self.source.0.borrow_mut().seek(SeekFrom::Start(0))?;
            let stream = self.compression.decode(self.source.clone()).map_err(io::Error::other)?;
            self.stream = Some(stream);
            self.given = 0;
        }
        self.stream.as_mut().ok_or_else(|| io::Error::other("no stream"))
    }
}

impl Read for Unpacked {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let position = self.position;
        self.stream()?;
        let ahead = position - self.given;
        let stream = self.stream()?;
        let passed = io::copy(&mut stream.take(ahead), &mut io::sink())?;
        let count = if passed == ahead { stream.read(out)? } else { 0 };
        self.given += passed + count as u64;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Unpacked {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(_) => None,
        };
        self.position = position.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "a stream's end is not known")
        })?;
        Ok(self.position)
    }
}
