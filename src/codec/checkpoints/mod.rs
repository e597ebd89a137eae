//! Checkpoints: where a compressed stream can be entered again, so that a file's content costs one
//! stretch of decompression and not its layer.
//!
//! Source: CONTRACTS.md, "Content". Points are left by the decoders on the one pass that is made
//! anyway: what lies between two members, frames or streams of every format, and a block's start within
//! one of gzip (the way of zlib's zran), xz and bzip2. zstd and LZ4 have none within a frame.
//!
//! - Bounded whatever the stream is: beyond a number of points or their memory, the span doubles and
//!   points between are dropped.
//! - What is read from a point is what the whole stream has there; a member's, frame's or stream's own
//!   checksum isn't compared when it is entered within, for the pass did that.

mod seekable;

pub use seekable::Seekable;

use super::Compression;
use super::buffered::Buffered;
use super::{Once, bzip2, gzip, xz};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// Uncompressed bytes between two points, unless there are too many.
const SPAN: u64 = 4 << 20;
/// More points than this are thinned out; 16 GiB of content have as many.
const MAX_POINTS: usize = 4096;
/// So are points that take more memory, in bytes.
const MAX_MEMORY: u64 = 32 << 20;

/// A place where decoding can begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Point {
    /// Uncompressed bytes before it.
    pub offset: u64,
    /// Bits of the blob before it.
    pub bit: u64,
    pub entry: Entry,
}

/// What begins at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Entry {
    /// A member, frame or stream, which needs nothing from before.
    Start,
    /// A block, with what its decoder needs: gzip's window (deflated), xz's stream header.
    Block(Vec<u8>),
}

/// The points of one stream, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoints {
    points: Vec<Point>,
    span: u64,
    ignored: Option<u64>,
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints::with_span(SPAN)
    }
}

impl Checkpoints {
    /// No points yet; the recorded ones will be at least `span` uncompressed bytes apart.
    pub fn with_span(span: u64) -> Checkpoints {
        Checkpoints { points: Vec::new(), span: span.max(1), ignored: None }
    }

    /// Whether the stream can be entered at its beginning only.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Number of points, the stream's beginning not counted.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// What they take in memory, in bytes.
    pub fn memory(&self) -> u64 {
        self.points.iter().map(Point::memory).sum()
    }

    /// The blob's byte from which on there is something that belongs to no stream, and was ignored.
    pub fn ignored(&self) -> Option<u64> {
        self.ignored
    }

    /// Uncompressed bytes that are decoded and dropped before the byte at `offset`.
    pub fn span_at(&self, offset: u64) -> u64 {
        offset - self.before(offset).map_or(0, |point| point.offset)
    }

    /// The longest stretch without a point in a stream of `size` uncompressed bytes: what a byte costs
    /// at most. A caller to whom that is too much keeps the uncompressed bytes instead.
    pub fn widest_span(&self, size: u64) -> u64 {
        let ends = self.points.iter().map(|point| point.offset).chain([size]);
        let starts = [0].into_iter().chain(self.points.iter().map(|point| point.offset));
        starts.zip(ends).map(|(start, end)| end.saturating_sub(start)).max().unwrap_or(0)
    }

    /// What is needed to read the uncompressed bytes `from..to`: the points between, and the one before.
    pub fn between(&self, from: u64, to: u64) -> Checkpoints {
        let first = self.points.partition_point(|point| point.offset <= from).saturating_sub(1);
        let end = self.points.partition_point(|point| point.offset < to).max(first);
        let end = if self.points.is_empty() { 0 } else { end.max(first + 1) };
        Checkpoints { points: self.points[first..end].to_vec(), span: self.span, ignored: None }
    }

    /// Where in the compressed bytes reading begins for the uncompressed byte at `offset`.
    pub fn source_offset(&self, offset: u64) -> u64 {
        self.before(offset).map_or(0, |point| point.bit / 8)
    }

    /// The uncompressed bytes from `offset` on; none if the stream has fewer.
    pub fn open<'a, R: Read + Seek + 'a>(
        &self,
        compression: Compression,
        mut source: R,
        offset: u64,
    ) -> io::Result<Box<dyn Read + 'a>> {
        if compression == Compression::None {
            source.seek(SeekFrom::Start(offset))?;
            return Ok(Box::new(source));
        }
        let point = self.before(offset);
        let mut reader: Box<dyn Read + 'a> = match point {
            Some(point) => enter(compression, source, point)?,
            None => {
                source.seek(SeekFrom::Start(0))?;
                compression.decoder(source, Recorder::default())
            }
        };
        discard(&mut reader, offset - point.map_or(0, |point| point.offset))?;
        Ok(reader)
    }

    /// The last point that isn't after `offset`.
    fn before(&self, offset: u64) -> Option<&Point> {
        let after = self.points.partition_point(|point| point.offset <= offset);
        after.checked_sub(1).map(|at| &self.points[at])
    }

    fn due(&self, offset: u64) -> bool {
        offset >= self.points.last().map_or(0, |point| point.offset).saturating_add(self.span)
    }

    fn push(&mut self, point: Point) {
        self.points.push(point);
        // Added up only where it can matter: a point's state is bounded.
        let large = self.points.len() as u64 * (LARGEST_STATE as u64) > MAX_MEMORY;
        if self.points.len() > MAX_POINTS || (large && self.memory() > MAX_MEMORY) {
            self.span = self.span.saturating_mul(2);
            let mut next = self.span;
            let span = self.span;
            self.points.retain(|point| {
                let keep = point.offset >= next;
                if keep {
                    next = point.offset.saturating_add(span);
                }
                keep
            });
        }
    }
}

/// The most that one point takes: a window that doesn't deflate.
const LARGEST_STATE: usize = 33 << 10;

impl Point {
    fn memory(&self) -> u64 {
        let state = match &self.entry {
            Entry::Start => 0,
            Entry::Block(state) => state.len(),
        };
        (state + size_of::<Point>()) as u64
    }
}

/// Where a decoder leaves its points; nowhere by default.
#[derive(Clone, Copy, Default)]
pub(super) struct Recorder<'a>(Option<&'a RefCell<Checkpoints>>);

impl<'a> Recorder<'a> {
    pub fn new(checkpoints: &'a RefCell<Checkpoints>) -> Recorder<'a> {
        Recorder(Some(checkpoints))
    }

    /// Whether a point at `offset` would be far enough from the one before.
    pub fn due(&self, offset: u64) -> bool {
        // Borrowed by somebody: a point is left out, nothing breaks.
        self.0.and_then(|points| points.try_borrow().ok()).is_some_and(|points| points.due(offset))
    }

    /// A member, frame or stream starts at the blob's byte `at`.
    pub fn start(&self, offset: u64, at: u64) {
        self.push(Point { offset, bit: at.saturating_mul(8), entry: Entry::Start });
    }

    /// A block starts at the blob's bit `bit`.
    pub fn block(&self, offset: u64, bit: u64, state: Vec<u8>) {
        self.push(Point { offset, bit, entry: Entry::Block(state) });
    }

    /// Looks whether what follows the last stream is more than padding.
    pub fn rest<R: Read>(&self, source: &mut Buffered<R>) -> io::Result<()> {
        let Some(points) = self.0 else { return Ok(()) };
        let at = source.position();
        loop {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                return Ok(());
            }
            if bytes.iter().any(|&byte| byte != 0) {
                if let Ok(mut points) = points.try_borrow_mut() {
                    points.ignored = Some(at);
                }
                return Ok(());
            }
            let count = bytes.len();
            source.consume(count);
        }
    }

    fn push(&self, point: Point) {
        if self.due(point.offset)
            && let Some(mut points) = self.0.and_then(|points| points.try_borrow_mut().ok())
        {
            points.push(point);
        }
    }
}

/// A decoder that begins at a point.
fn enter<'a, R: Read + Seek + 'a>(
    compression: Compression,
    mut source: R,
    point: &Point,
) -> io::Result<Box<dyn Read + 'a>> {
    source.seek(SeekFrom::Start(point.bit / 8))?;
    let Entry::Block(state) = &point.entry else {
        return Ok(compression.decoder(source, Recorder::default()));
    };
    Ok(match compression {
        Compression::Gzip => {
            let bits = (point.bit % 8) as u32;
            Box::new(Once::new(gzip::Members::enter(Buffered::new(source), state, bits)?))
        }
        Compression::Bzip2 => Box::new(Once::new(bzip2::Entered::new(source, point.bit))),
        Compression::Xz => Box::new(Once::new(xz::Entered::new(Buffered::new(source), state)?)),
        _ => compression.decoder(source, Recorder::default()),
    })
}

/// Reads `count` bytes, or as many as there are, into nothing.
fn discard(reader: &mut impl Read, count: u64) -> io::Result<u64> {
    let mut buffer = vec![0; usize::try_from(count).unwrap_or(usize::MAX).min(128 << 10)];
    let mut left = count;
    while left > 0 {
        let want = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match reader.read(&mut buffer[..want]) {
            Ok(0) => break,
            Ok(got) => left -= got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count - left)
}

#[cfg(test)]
mod tests;
