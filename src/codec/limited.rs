//! Streams that end at a limit: compression can make little into anything.

use std::cell::Cell;
use std::io::{self, Read};

/// How many bytes of a stream are read at most, and whether there were more.
#[derive(Clone, Copy)]
pub struct ByteLimit<'a> {
    /// Bytes.
    pub bytes: u64,
    /// Becomes true if the stream has more.
    pub reached: &'a Cell<bool>,
}

/// A stream that ends at a limit.
pub struct Limited<'a, R> {
    source: R,
    left: u64,
    reached: &'a Cell<bool>,
}

impl<'a, R> Limited<'a, R> {
    /// The first bytes of `source`, as many as the limit says.
    pub fn new(source: R, limit: ByteLimit<'a>) -> Limited<'a, R> {
        Limited { source, left: limit.bytes, reached: limit.reached }
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            // One more byte distinguishes a stream that ends here from one that continues.
            if !self.reached.get() && self.source.read(&mut buffer[..1])? > 0 {
                self.reached.set(true);
            }
            return Ok(0);
        }
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.source.read(&mut buffer[..want])?;
        self.left -= count as u64;
        Ok(count)
    }
}
