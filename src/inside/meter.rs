//! What one request may unpack and hold: compression can make little into anything, at each level again.

use crate::problem::Problem;
use crate::text::byte_count;
use std::cell::Cell;
use std::io::{self, Read};

/// Bytes that one request unpacks, at all levels together: at most so many, and so many times the size of the file.
/// Small files may be unpacked to `FREE` bytes.
const MOST: u64 = 1 << 30;
const RATIO: u64 = 100;
const FREE: u64 = 64 << 20;
/// Bytes of archives within archives that are held at once.
const MOST_HELD: u64 = 256 << 20;

/// Counts what a request unpacks and holds.
pub struct UnpackMeter {
    limit: u64,
    left: Cell<u64>,
    held: Cell<u64>,
    reached: Cell<bool>,
}

impl UnpackMeter {
    /// For a file of `size` bytes.
    pub fn of_file(size: u64) -> UnpackMeter {
        let limit = size.saturating_mul(RATIO).clamp(FREE, MOST);
        UnpackMeter { limit, left: Cell::new(limit), held: Cell::new(0), reached: Cell::new(false) }
    }

    /// A reader whose bytes count.
    pub fn count<'a, R: Read + 'a>(&'a self, source: R) -> Metered<'a, R> {
        Metered { source, meter: self }
    }

    /// All bytes of a reader: what is held until the request ends counts.
    pub fn hold(&self, source: &mut dyn Read) -> Result<Vec<u8>, Problem> {
        let room = MOST_HELD - self.held.get().min(MOST_HELD);
        let mut bytes = Vec::new();
        let read = source.take(room.saturating_add(1)).read_to_end(&mut bytes);
        read.map_err(|error| self.problem(&error))?;
        if bytes.len() as u64 > room {
            let message = "The archive within the archive is too large to be opened.";
            return Err(Problem::new("unpack-limit", message)
                .expected(format!("at most {}", byte_count(MOST_HELD)))
                .advice("Download the outer file, and open it with another tool."));
        }
        self.held.set(self.held.get() + bytes.len() as u64);
        Ok(bytes)
    }

    /// An error of a reader, or the limit if that is why it failed.
    pub fn problem(&self, error: &io::Error) -> Problem {
        self.limit_reached().unwrap_or_else(|| {
            Problem::new("member-unreadable", "The archive cannot be read here.")
                .found(error.to_string())
        })
    }

    /// The limit, if it was reached.
    pub fn limit_reached(&self) -> Option<Problem> {
        self.reached.get().then(|| {
            let message = "The archive unpacks to more bytes than are read at once.";
            Problem::new("unpack-limit", message)
                .expected(format!("at most {}", byte_count(self.limit)))
                .advice("Download the file, and open it with another tool.")
        })
    }

    fn spend(&self, bytes: usize) -> io::Result<()> {
        match self.left.get().checked_sub(bytes as u64) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.reached.set(true);
                self.left.set(0);
                Err(io::Error::other("the limit of unpacked bytes is reached"))
            }
        }
    }
}

/// A reader whose bytes are counted.
pub struct Metered<'a, R> {
    source: R,
    meter: &'a UnpackMeter,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        self.meter.spend(count)?;
        Ok(count)
    }
}

#[test]
fn what_is_unpacked_counts_at_all_levels() {
    let meter = UnpackMeter::of_file(0);
    let mut buffer = vec![0; 1 << 20];
    let mut outer = meter.count(io::repeat(0));
    outer.by_ref().take(FREE / 2).read_to_end(&mut buffer).unwrap();
    assert!(meter.limit_reached().is_none());
    let within = meter.count(outer.by_ref()).take(FREE).read_to_end(&mut buffer);
    let problem = meter.problem(&within.unwrap_err());
    assert_eq!(problem.code, "unpack-limit");
    assert!(outer.read(&mut [0]).is_err(), "once reached, nothing more is read");
}

#[test]
fn what_is_held_counts_together() {
    let meter = UnpackMeter::of_file(u64::MAX);
    let half = MOST_HELD / 2 + 1;
    assert_eq!(meter.hold(&mut io::repeat(0).take(half)).unwrap().len() as u64, half);
    let refused = meter.hold(&mut io::repeat(0).take(half));
    assert_eq!(refused.unwrap_err().code, "unpack-limit");
}
