//! Streams on their way through a pass: what is counted, digested, kept and told while bytes go by.

use crate::oci::Hasher;
use std::cell::Cell;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Progress is told after so many bytes.
pub const STEP: u64 = 1 << 20;

/// Bytes on their way from a blob: counted, digested, told about.
pub struct Watch<'a> {
    pub hashers: Vec<Hasher>,
    pub bytes: u64,
    told: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> Watch<'a> {
    /// Nothing has gone by yet.
    pub fn new(hashers: Vec<Hasher>, progress: &'a mut dyn FnMut(u64)) -> Watch<'a> {
        Watch { hashers, bytes: 0, told: 0, progress }
    }

    fn see(&mut self, bytes: &[u8]) {
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        self.bytes += bytes.len() as u64;
        if self.bytes - self.told >= STEP {
            self.told = self.bytes;
            (self.progress)(self.bytes);
        }
    }
}

/// A source whose bytes are watched as they are read.
pub struct Watched<'a, 'b, R> {
    pub source: &'a mut R,
    pub watch: &'a mut Watch<'b>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.watch.see(&buffer[..count]);
        Ok(count)
    }
}

impl<R: Seek> Seek for Watched<'_, '_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

/// Where uncompressed bytes are kept on their way, if anywhere: some streams can be entered at their
/// start only.
pub type Spill<'a> = Option<&'a mut dyn Write>;

/// Uncompressed bytes on their way: counted, digested, kept.
pub struct Outflow<'a> {
    pub hashers: Vec<Hasher>,
    pub bytes: u64,
    /// `None`, too, once there was no room.
    pub spill: Spill<'a>,
}

impl<'a> Outflow<'a> {
    /// Nothing has gone by yet.
    pub fn new(hashers: Vec<Hasher>, spill: Spill<'a>) -> Outflow<'a> {
        Outflow { hashers, bytes: 0, spill }
    }

    pub fn see(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        if let Some(file) = &mut self.spill
            && file.write_all(bytes).is_err()
        {
            self.spill = None; // no more room: reads will begin at the start
        }
    }
}

/// A stream that ends at a limit, and remembers that it did.
pub struct Limited<'a, R> {
    source: R,
    left: u64,
    reached: &'a Cell<bool>,
}

impl<'a, R> Limited<'a, R> {
    /// At most `left` bytes; `reached` tells whether there were more.
    pub fn new(source: R, left: u64, reached: &'a Cell<bool>) -> Limited<'a, R> {
        Limited { source, left, reached }
    }
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            // One byte more tells a stream that ends here from one that goes on.
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
