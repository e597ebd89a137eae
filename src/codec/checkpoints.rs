//! Checkpoints: where decompression of a stream can begin, so that the content of one file costs a
//! stretch of decompression and not the whole layer.
//!
//! The decoders record points in the one pass that is made anyway: between
//! two members, frames or streams of every format, and at the start of a block within a gzip member (as in
//! zlib's zran), an xz stream and a bzip2 stream. Within a frame of zstd or LZ4 there are none.
//!
//! - Bounded whatever the stream is: beyond a number of points, or their memory, the distance between points
//!   doubles and the points between are dropped.
//! - What is read from a point is what the whole stream has there. A checksum over a member, frame or stream
//!   that is entered in its middle is not verified: the pass did that.

use serde::{Deserialize, Serialize};

/// Uncompressed bytes between two points, unless there are too many.
const SPAN: u64 = 4 << 20;
/// Keep at most this many points; 16 GiB of content have as many.
const MAX_POINTS: usize = 4096;
/// Points take at most this much memory, in bytes.
const MAX_MEMORY: u64 = 32 << 20;
/// The most memory that one point takes, in bytes: a window that cannot be compressed.
const LARGEST_STATE: usize = 33 << 10;

/// A place where decoding can begin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// Uncompressed bytes before it.
    pub offset: u64,
    /// Bits of the blob before it.
    pub bit: u64,
    pub kind: PointKind,
}

/// What begins at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PointKind {
    /// A member, frame or stream, which needs nothing from before it.
    Start,
    /// A block, with what its decoder needs: gzip's window (deflated), xz's stream header.
    Block(Vec<u8>),
}

impl Point {
    /// Bytes that it takes in memory.
    fn memory(&self) -> u64 {
        let state = match &self.kind {
            PointKind::Start => 0,
            PointKind::Block(state) => state.len(),
        };
        (state + size_of::<Point>()) as u64
    }
}

/// Bytes behind a compressed stream, which belong to no stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailingBytes {
    /// The blob's first byte behind the stream; `None` for a stream that was compressed again: then they are
    /// bytes of what the blob decompresses to.
    pub at: Option<u64>,
    /// They are padding: all are zero.
    pub zeros: bool,
}

/// The points of one stream, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoints {
    points: Vec<Point>,
    /// Minimum of uncompressed bytes between two points.
    span: u64,
    trailing: Option<TrailingBytes>,
    /// How often what the stream decompresses to is compressed again: then there are no points.
    again: u8,
}

impl Default for Checkpoints {
    fn default() -> Checkpoints {
        Checkpoints::with_span(SPAN)
    }
}

impl Checkpoints {
    /// No points yet; recorded points will be at least `span` uncompressed bytes apart.
    pub fn with_span(span: u64) -> Checkpoints {
        Checkpoints { points: Vec::new(), span: span.max(1), trailing: None, again: 0 }
    }

    /// Whether the stream can be entered at its beginning only.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// Number of points, without the stream's beginning.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Bytes that they take in memory.
    pub fn memory(&self) -> u64 {
        self.points.iter().map(Point::memory).sum()
    }

    /// What follows the compressed stream; of the outermost one, if several end early.
    pub fn trailing(&self) -> Option<TrailingBytes> {
        self.trailing
    }

    /// Bytes follow the stream.
    pub(super) fn has_trailing(&mut self, bytes: TrailingBytes) {
        if self.trailing.is_none_or(|there| there.at.is_none()) {
            self.trailing = Some(bytes);
        }
    }

    /// How often what the stream decompresses to is compressed again.
    pub fn again(&self) -> u8 {
        self.again
    }

    /// The stream holds another one: a point of the outer one leads nowhere.
    pub(super) fn are_within(&mut self) {
        self.again += 1;
        self.points.clear();
    }

    /// Uncompressed bytes that must be decoded and dropped to reach the byte at `offset`.
    pub fn span_at(&self, offset: u64) -> u64 {
        offset - self.before(offset).map_or(0, |point| point.offset)
    }

    /// The longest stretch without a point in a stream of `size` uncompressed bytes: the most that reading
    /// one byte costs. A caller for whom that is too much keeps the uncompressed bytes instead.
    pub fn widest_span(&self, size: u64) -> u64 {
        let ends = self.points.iter().map(|point| point.offset).chain([size]);
        let starts = [0].into_iter().chain(self.points.iter().map(|point| point.offset));
        starts.zip(ends).map(|(start, end)| end.saturating_sub(start)).max().unwrap_or(0)
    }

    /// The points needed to read the uncompressed bytes `from..to`: those between, and the one before.
    pub fn between(&self, from: u64, to: u64) -> Checkpoints {
        let first = self.points.partition_point(|point| point.offset <= from).saturating_sub(1);
        let end = self.points.partition_point(|point| point.offset < to).max(first);
        let end = if self.points.is_empty() { 0 } else { end.max(first + 1) };
        Checkpoints { points: self.points[first..end].to_vec(), trailing: None, ..*self }
    }

    /// The compressed byte at which reading begins for the uncompressed byte at `offset`.
    pub fn source_offset(&self, offset: u64) -> u64 {
        self.before(offset).map_or(0, |point| point.bit / 8)
    }

    /// About how many bytes of a blob of `stored` bytes the uncompressed bytes `from..to` of `size` take: between two
    /// points, a stream counts as evenly compressed.
    pub fn stored_between(&self, from: u64, to: u64, size: u64, stored: u64) -> u64 {
        let at = |offset| self.stored_at(offset, size, stored);
        at(to).saturating_sub(at(from))
    }

    fn stored_at(&self, offset: u64, size: u64, stored: u64) -> u64 {
        let place = |point: &Point| (point.offset, (point.bit / 8).min(stored));
        let after = self.points.partition_point(|point| point.offset <= offset);
        let (start, first) = self.before(offset).map_or((0, 0), place);
        let (end, last) = self.points.get(after).map_or((size, stored), place);
        let span = u128::from(end.saturating_sub(start).max(1));
        let part = u128::from(offset.saturating_sub(start)).min(span);
        let bytes = u128::from(last.saturating_sub(first)) * part / span;
        first + u64::try_from(bytes).unwrap_or(stored)
    }

    /// The last point that is not after `offset`.
    pub(super) fn before(&self, offset: u64) -> Option<&Point> {
        let after = self.points.partition_point(|point| point.offset <= offset);
        after.checked_sub(1).map(|at| &self.points[at])
    }

    /// Whether a point at `offset` would be far enough from the last one.
    pub(super) fn due(&self, offset: u64) -> bool {
        self.again == 0
            && offset
                >= self.points.last().map_or(0, |point| point.offset).saturating_add(self.span)
    }

    /// Adds a point behind the others, and thins them out if there are too many.
    pub(super) fn push(&mut self, point: Point) {
        self.points.push(point);
        // The sum is computed only where it can matter: one point's state is bounded.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::recorder::Recorder;
    use std::cell::RefCell;

    #[test]
    fn points_are_bounded_whatever_the_stream_is() {
        let points = RefCell::new(Checkpoints::with_span(1));
        let recorder = Recorder::new(&points);
        (1..100_000).for_each(|offset| recorder.at(offset).start(offset));
        let points = points.into_inner();
        assert!(points.len() <= MAX_POINTS && points.len() > MAX_POINTS / 3, "{}", points.len());
        assert!(points.widest_span(100_000) <= 200);
        let points = RefCell::new(Checkpoints::with_span(1));
        let recorder = Recorder::new(&points);
        (1..5000).for_each(|offset| recorder.at(offset).block(offset, vec![0; 32 << 10]));
        assert!(points.into_inner().memory() <= MAX_MEMORY);
    }

    #[test]
    fn stored_bytes_are_counted_between_points() {
        let mut points = Checkpoints::with_span(1);
        // The first 100 bytes take 10, the next 100 take 90.
        points.push(Point { offset: 100, bit: 83, kind: PointKind::Start });
        let stored = |from, to| points.stored_between(from, to, 200, 100);
        assert_eq!((stored(0, 100), stored(100, 200), stored(0, 200)), (10, 90, 100));
        assert_eq!((stored(0, 50), stored(50, 150)), (5, 50));
        assert_eq!(stored(150, u64::MAX), 45, "beyond the end there is nothing");
        assert_eq!(Checkpoints::default().stored_between(0, 5, 0, 0), 0);
    }
}
