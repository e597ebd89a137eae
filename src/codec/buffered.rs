//! A buffered source with lookahead: the next bytes decide which decoder continues.
//!
//! - `peek` reads as many bytes as it needs, which `BufRead` cannot: a magic number may be split between two
//!   reads of the source.
//! - Counts the bytes that were consumed. For decoders that take exactly what they need, that is the offset
//!   in the blob.

use super::input::Input;
use std::io::{self, BufRead, Read};

/// A buffered reader that can show the next few bytes.
pub struct Buffered<R> {
    source: R,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    consumed: u64,
}

impl<R: Read> Buffered<R> {
    /// Nothing is read yet.
    pub fn new(source: R) -> Buffered<R> {
        Buffered { source, buffer: vec![0; 128 * 1024], start: 0, end: 0, consumed: 0 }
    }

    /// Bytes consumed so far.
    pub fn position(&self) -> u64 {
        self.consumed
    }

    /// The source; buffered bytes are lost.
    pub fn into_inner(self) -> R {
        self.source
    }

    /// The next bytes: at least `count` (a few), unless the source ends before.
    pub fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count {
            if self.buffer.len() - self.start < count {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(got) => self.end += got,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }
}

impl<R: Read> Read for Buffered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        BufRead::consume(self, count);
        Ok(count)
    }
}

impl<R: Read> Input for Buffered<R> {
    fn fill(&mut self) -> io::Result<&[u8]> {
        self.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        BufRead::consume(self, count);
    }
}

impl<R: Read> BufRead for Buffered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        self.peek(1)
    }

    fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.consumed += count as u64;
    }
}

#[test]
fn a_peek_reaches_across_reads_of_the_source() {
    let (a, b) = (&b"ab"[..], &b"cdef"[..]);
    let mut source = Buffered::new(a.chain(b));
    assert!(source.peek(4).unwrap().starts_with(b"abcd"));
    BufRead::consume(&mut source, 3);
    assert_eq!(source.position(), 3);
    assert_eq!(source.peek(9).unwrap(), b"def");
    assert_eq!(Input::skip(&mut source, 9).unwrap(), 3);
    assert_eq!((source.position(), source.peek(1).unwrap()), (6, &b""[..]));
}
