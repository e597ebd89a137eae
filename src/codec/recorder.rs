//! Where a decoder records its checkpoints while it decompresses.

use super::buffered::Buffered;
use super::checkpoints::{Checkpoints, Point, PointKind, TrailingBytes};
use std::cell::RefCell;
use std::io::{self, BufRead, Read};

/// Records checkpoints; by default it records nothing.
#[derive(Clone, Copy, Default)]
pub struct Recorder<'a> {
    checkpoints: Option<&'a RefCell<Checkpoints>>,
    /// The stream is within another one, so its bytes are not the blob's.
    within: bool,
    /// Uncompressed bytes so far.
    offset: u64,
}

impl<'a> Recorder<'a> {
    /// Records into `checkpoints`.
    pub fn new(checkpoints: &'a RefCell<Checkpoints>) -> Recorder<'a> {
        Recorder { checkpoints: Some(checkpoints), within: false, offset: 0 }
    }

    /// Records no points, and what follows a stream that is within another one.
    pub fn within(checkpoints: &'a RefCell<Checkpoints>) -> Recorder<'a> {
        Recorder { within: true, ..Recorder::new(checkpoints) }
    }

    /// The same recorder at another uncompressed byte.
    pub fn at(self, offset: u64) -> Recorder<'a> {
        Recorder { offset, ..self }
    }

    /// More bytes were decompressed.
    pub fn advance(&mut self, count: usize) {
        self.offset += count as u64;
    }

    /// Whether the last point is far enough away for another one.
    pub fn due(&self) -> bool {
        // If it is borrowed, a point is left out and nothing breaks.
        let checkpoints = self.checkpoints.and_then(|points| points.try_borrow().ok());
        checkpoints.is_some_and(|checkpoints| checkpoints.due(self.offset))
    }

    /// A member, frame or stream starts at the blob's byte `at`.
    pub fn start(&self, at: u64) {
        self.push(at.saturating_mul(8), PointKind::Start);
    }

    /// A block starts at the blob's bit `bit`; `state` is what its decoder needs.
    pub fn block(&self, bit: u64, state: Vec<u8>) {
        self.push(bit, PointKind::Block(state));
    }

    /// Reads what follows the last stream, and records it. Of a stream within another one it reads all, which
    /// belongs to the digest of the stream between.
    pub fn rest<R: Read>(&self, source: &mut Buffered<R>) -> io::Result<()> {
        let Some(checkpoints) = self.checkpoints else { return Ok(()) };
        let (at, mut zeros) = (source.position(), true);
        while zeros || self.within {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            zeros &= bytes.iter().all(|&byte| byte == 0);
            let count = bytes.len();
            source.consume(count);
        }
        if source.position() > at
            && let Ok(mut checkpoints) = checkpoints.try_borrow_mut()
        {
            checkpoints.has_trailing(TrailingBytes { at: (!self.within).then_some(at), zeros });
        }
        Ok(())
    }

    fn push(&self, bit: u64, kind: PointKind) {
        if self.due()
            && let Some(mut points) = self.checkpoints.and_then(|c| c.try_borrow_mut().ok())
        {
            points.push(Point { offset: self.offset, bit, kind });
        }
    }
}
