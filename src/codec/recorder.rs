//! Where a decoder records its checkpoints while it decompresses.

use super::buffered::Buffered;
use super::checkpoints::{Checkpoints, Point, PointKind};
use std::cell::RefCell;
use std::io::{self, BufRead, Read};

/// Records checkpoints; by default it records nothing.
#[derive(Clone, Copy, Default)]
pub struct Recorder<'a> {
    checkpoints: Option<&'a RefCell<Checkpoints>>,
    /// Uncompressed bytes so far.
    offset: u64,
}

impl<'a> Recorder<'a> {
    /// Records into `checkpoints`.
    pub fn new(checkpoints: &'a RefCell<Checkpoints>) -> Recorder<'a> {
        Recorder { checkpoints: Some(checkpoints), offset: 0 }
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

    /// Reads what follows the last stream, and records where it is if it is more than padding.
    pub fn rest<R: Read>(&self, source: &mut Buffered<R>) -> io::Result<()> {
        let Some(checkpoints) = self.checkpoints else { return Ok(()) };
        let at = source.position();
        loop {
            let bytes = source.fill_buf()?;
            if bytes.is_empty() {
                return Ok(());
            }
            if bytes.iter().any(|&byte| byte != 0) {
                if let Ok(mut checkpoints) = checkpoints.try_borrow_mut() {
                    checkpoints.ignore_from(at);
                }
                return Ok(());
            }
            let count = bytes.len();
            source.consume(count);
        }
    }

    fn push(&self, bit: u64, kind: PointKind) {
        if self.due()
            && let Some(mut points) = self.checkpoints.and_then(|c| c.try_borrow_mut().ok())
        {
            points.push(Point { offset: self.offset, bit, kind });
        }
    }
}
