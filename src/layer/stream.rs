//! Adapters for the bytes of a pass: they count, digest and keep bytes on their way, and report progress.

use crate::oci::{Digest, Hasher};
use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Progress is reported every so many bytes of the blob: each report of a worker costs it a millisecond.
pub const PROGRESS_STEP: u64 = 4 << 20;

/// What happens to the bytes of a blob as they are read: they are counted and digested, and their number is
/// reported.
pub struct BlobWatch<'a> {
    pub hashers: Vec<Hasher>,
    pub bytes: u64,
    reported: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> BlobWatch<'a> {
    /// No bytes were read yet.
    pub fn new(hashers: Vec<Hasher>, progress: &'a mut dyn FnMut(u64)) -> BlobWatch<'a> {
        BlobWatch { hashers, bytes: 0, reported: 0, progress }
    }

    fn add(&mut self, bytes: &[u8]) {
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        self.bytes += bytes.len() as u64;
        if self.bytes - self.reported >= PROGRESS_STEP {
            self.reported = self.bytes;
            (self.progress)(self.bytes);
        }
    }
}

/// A blob whose bytes are watched as they are read.
pub struct WatchedBlob<'a, 'b, R> {
    pub source: &'a mut R,
    pub watch: &'a mut BlobWatch<'b>,
}

impl<R: Read> Read for WatchedBlob<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.watch.add(&buffer[..count]);
        Ok(count)
    }
}

impl<R: Seek> Seek for WatchedBlob<'_, '_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.source.seek(to)
    }
}

/// Digests of the streams between, where a blob is compressed more than once.
pub struct BetweenHashers<'a> {
    algorithms: &'a [String],
    streams: RefCell<Vec<Vec<Hasher>>>,
}

impl<'a> BetweenHashers<'a> {
    /// No stream has begun yet.
    pub fn new(algorithms: &'a [String]) -> BetweenHashers<'a> {
        BetweenHashers { algorithms, streams: RefCell::default() }
    }

    /// More bytes of a stream.
    pub fn add(&self, stream: usize, bytes: &[u8]) {
        let mut streams = self.streams.borrow_mut();
        while streams.len() <= stream {
            streams.push(hashers(self.algorithms));
        }
        streams[stream].iter_mut().for_each(|hasher| hasher.update(bytes));
    }

    /// The digests, once all bytes were read.
    pub fn finish(self) -> impl Iterator<Item = Digest> {
        self.streams.into_inner().into_iter().flatten().map(Hasher::finish)
    }
}

/// Hashers of the algorithms that are known.
pub fn hashers(algorithms: &[String]) -> Vec<Hasher> {
    algorithms.iter().filter_map(|name| Hasher::of_algorithm(name)).collect()
}

/// Where uncompressed bytes are stored during a pass, if anywhere. Useful for streams in which decompression
/// can begin only at the start.
pub type SpillTarget<'a> = Option<&'a mut dyn Write>;

/// What happens to uncompressed bytes: they are counted, digested and stored.
pub struct TarWatch<'a> {
    pub hashers: Vec<Hasher>,
    pub bytes: u64,
    /// Also `None` after a write has failed.
    pub spill: SpillTarget<'a>,
}

impl<'a> TarWatch<'a> {
    /// No bytes were read yet.
    pub fn new(hashers: Vec<Hasher>, spill: SpillTarget<'a>) -> TarWatch<'a> {
        TarWatch { hashers, bytes: 0, spill }
    }

    pub fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        if let Some(file) = &mut self.spill
            && file.write_all(bytes).is_err()
        {
            self.spill = None; // no space left: later reads decompress from the start
        }
    }
}
