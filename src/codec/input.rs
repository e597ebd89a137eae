//! What a tar is read from: bytes in order, some of which can be skipped.
//!
//! A decompressor must produce what is skipped, a file need not read it. Both implement one trait, so that there is
//! one reader of tars. A payload is skipped by seeking only if it is large: a random read of a Blob costs 0.7 ms,
//! as much as reading half a megabyte in order.

use super::section::Section;
use std::io::{self, Read, Seek, SeekFrom};

/// Smaller payloads are skipped by reading, not by seeking, in bytes.
pub const SEEK_WORTH: u64 = 1 << 20;

/// Bytes in order.
pub trait Input {
    /// Unread bytes, at least one unless the input has ended.
    fn fill(&mut self) -> io::Result<&[u8]>;
    /// Marks `count` of the bytes that `fill` returned as read.
    fn consume(&mut self, count: usize);
    /// Skips up to `count` bytes; fewer only at the end of the input. Returns their number.
    fn skip(&mut self, count: u64) -> io::Result<u64> {
        let mut skipped = 0;
        self.skip_counted(count, &mut skipped)?;
        Ok(skipped)
    }

    /// As `skip`; `skipped` grows by what was skipped, also before an error.
    fn skip_counted(&mut self, count: u64, skipped: &mut u64) -> io::Result<()> {
        self.read_over(count, skipped)
    }

    /// Skips bytes by reading them.
    fn read_over(&mut self, count: u64, skipped: &mut u64) -> io::Result<()> {
        let mut left = count;
        while left > 0 {
            let there = self.fill()?.len();
            if there == 0 {
                break;
            }
            let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.consume(step);
            left -= step as u64;
            *skipped += step as u64;
        }
        Ok(())
    }

    /// Fills `out` as far as the input reaches; returns the number of bytes.
    fn read_full(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut done = 0;
        while done < out.len() {
            let bytes = self.fill()?;
            if bytes.is_empty() {
                break;
            }
            let count = bytes.len().min(out.len() - done);
            out[done..done + count].copy_from_slice(&bytes[..count]);
            self.consume(count);
            done += count;
        }
        Ok(done)
    }
}

impl<I: Input> Input for &mut I {
    fn fill(&mut self) -> io::Result<&[u8]> {
        (**self).fill()
    }

    fn consume(&mut self, count: usize) {
        (**self).consume(count);
    }

    fn skip_counted(&mut self, count: u64, skipped: &mut u64) -> io::Result<()> {
        (**self).skip_counted(count, skipped)
    }
}

/// Gets the bytes of a stream, each once and in order.
pub type Observe<'a> = Box<dyn FnMut(&[u8]) + 'a>;

/// Bytes from a decompressor. `observe` gets each once and in order, whether it is read or skipped.
pub struct StreamInput<'a> {
    source: Box<dyn Read + 'a>,
    observe: Observe<'a>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// An error behind bytes that are handed out first.
    failed: Option<io::Error>,
}

impl<'a> StreamInput<'a> {
    /// Wraps a reader; `observe` can compute digests of the whole stream.
    pub fn new(source: Box<dyn Read + 'a>, observe: Observe<'a>) -> StreamInput<'a> {
        StreamInput { source, observe, buffer: vec![0; 128 * 1024], start: 0, end: 0, failed: None }
    }
}

impl Input for StreamInput<'_> {
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            // Decompressors return few bytes at a time; a fuller buffer means fewer iterations for the caller.
            while self.end < self.buffer.len() / 2 && self.failed.is_none() {
                match self.source.read(&mut self.buffer[self.end..]) {
                    Ok(0) => break,
                    Ok(count) => self.end += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => self.failed = Some(error),
                }
            }
            if self.end == 0
                && let Some(error) = self.failed.take()
            {
                return Err(error);
            }
            (self.observe)(&self.buffer[..self.end]);
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count.min(self.end - self.start);
    }
}

/// Bytes of an uncompressed blob: large parts that are skipped are not read.
pub struct SeekInput<R> {
    source: Section<R>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes of the section up to the end of the buffer.
    fetched: u64,
}

impl<R: Read + Seek> SeekInput<R> {
    /// Reads a section in blocks, from where it is.
    pub fn new(source: Section<R>) -> SeekInput<R> {
        let fetched = source.position();
        SeekInput { source, buffer: vec![0; 256 * 1024], start: 0, end: 0, fetched }
    }

    /// Bytes read or skipped so far.
    pub fn position(&self) -> u64 {
        self.fetched - (self.end - self.start) as u64
    }
}

impl<R: Read + Seek> Input for SeekInput<R> {
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
            self.end = self.source.read(&mut self.buffer)?;
            self.fetched += self.end as u64;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count.min(self.end - self.start);
    }

    fn skip_counted(&mut self, count: u64, skipped: &mut u64) -> io::Result<()> {
        let buffered = (self.end - self.start) as u64;
        if count <= buffered {
            self.start += count as usize;
            *skipped += count;
            return Ok(());
        }
        let target = self.position().saturating_add(count).min(self.source.size());
        let distance = target - self.position();
        if distance - buffered >= SEEK_WORTH {
            self.start = self.end;
            *skipped += buffered;
            self.source.seek(SeekFrom::Start(target))?;
            self.fetched = target;
            *skipped += distance - buffered;
            return Ok(());
        }
        self.read_over(distance, skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn skipping_by_seek_and_by_reading_arrive_at_the_same_byte() {
        let data: Vec<u8> = (0..5_000_000u32).map(|n| (n % 251) as u8).collect();
        let section = Section::new(Cursor::new(&data[..]), 1000, 4_500_000).unwrap();
        let mut seeking = SeekInput::new(section);
        let part = &data[1000..4_501_000];
        let mut streaming = StreamInput::new(Box::new(part), Box::new(|_| {}));
        for step in [0u64, 1, 511, 300_000, 2_000_000, 7, 1_500_000] {
            assert_eq!(seeking.skip(step).unwrap(), step);
            assert_eq!(streaming.skip(step).unwrap(), step);
            let (mut a, mut b) = ([0; 100], [1; 100]);
            assert_eq!(seeking.read_full(&mut a).unwrap(), 100);
            assert_eq!(streaming.read_full(&mut b).unwrap(), 100);
            assert_eq!(a, b);
        }
        let left = 4_500_000 - seeking.position();
        assert_eq!(seeking.skip(u64::MAX).unwrap(), left);
        assert_eq!(streaming.skip(u64::MAX).unwrap(), left);
    }
}
