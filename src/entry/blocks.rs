//! A tar as blocks: headers, the data behind them, and where both end.
//!
//! - Every claimed size is checked before it is used: without a size, the next header cannot be found.
//! - The first problem ends the tar and is kept; warnings are bounded.

use super::BLOCK;
use super::formats::looks_like;
use super::header;
use crate::codec::Input;
use crate::problem::Problem;
use crate::text::byte_count;
use std::io;

/// At most this many warnings are kept for one tar: a damaged one could cause one per block.
const MAX_WARNINGS: usize = 100;

/// Reads a tar block by block.
pub struct Blocks<I> {
    input: I,
    /// Bytes read or skipped.
    position: u64,
    /// Stored bytes of the current member that are not read yet.
    data_left: u64,
    /// Bytes between the end of the data and the next header.
    padding: u64,
    ended: bool,
    /// The end was a block of zeros.
    marked: bool,
    problem: Option<Problem>,
    warnings: Vec<Problem>,
    /// For messages: the name of the current member.
    name: Vec<u8>,
}

impl<I: Input> Blocks<I> {
    /// `position`: bytes of the tar before the input's next one. Nothing is read yet.
    pub fn at(position: u64, input: I) -> Blocks<I> {
        Blocks {
            input,
            position,
            data_left: 0,
            padding: 0,
            ended: false,
            marked: false,
            problem: None,
            warnings: Vec::new(),
            name: Vec::new(),
        }
    }

    pub fn into_input(self) -> I {
        self.input
    }

    /// Bytes from the tar's start to the next byte.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Stored bytes of the current member that are not read yet.
    pub fn data_left(&self) -> u64 {
        self.data_left
    }

    /// Whether there is nothing more to read.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the tar ends with a block of zeros, as it should.
    pub fn marked(&self) -> bool {
        self.marked
    }

    /// Why the tar could not be read to its end.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    pub fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// Adds a warning, unless there are too many.
    pub fn warn(&mut self, warning: Problem) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning);
        }
    }

    /// The next header block; `None` at the end, or where there is none.
    pub fn next_header(&mut self) -> Option<[u8; 512]> {
        let mut block = [0; 512];
        let at = self.position;
        let count = self.read_full(&mut block)?;
        if count == 0 || (count == 512 && block.iter().all(|&b| b == 0)) {
            self.ended = true;
            self.marked = count > 0;
            return None;
        }
        if count < 512 && (at > 0 || looks_like(&block[..count]).is_none()) {
            self.stop(
                Problem::new("tar-truncated", "The tar archive ends within a header.")
                    .expected("a header of 512 bytes")
                    .found(byte_count(count as u64))
                    .at(at),
            );
            return None;
        }
        if !header::checksum_holds(&block) {
            let (code, message) = match at {
                0 => ("not-a-tar", "This is not a tar archive."),
                _ => ("tar-damaged", "The tar archive is damaged."),
            };
            let expected = if at == 0 { "a tar archive" } else { "the header of the next member" };
            let found = match looks_like(&block[..count]).filter(|_| at == 0) {
                Some(name) => name.into_bytes(),
                None => begins_with(&block),
            };
            self.stop(Problem::new(code, message).expected(expected).found(found).at(at));
            return None;
        }
        Some(block)
    }

    /// Begins the data of a member or record of `size` bytes.
    pub fn begin_data(&mut self, name: &[u8], size: u64) {
        self.data_left = size;
        self.padding = size.next_multiple_of(BLOCK) - size;
        name.clone_into(&mut self.name);
    }

    /// More data of the current member; empty at its end, or where the tar is truncated.
    pub fn data(&mut self) -> &[u8] {
        if self.data_left == 0 {
            return &[];
        }
        // Filled twice, because the borrow checker cannot see that the first borrow ends on every other way.
        let count = match self.input.fill() {
            Ok(bytes) => bytes.len().min(usize::try_from(self.data_left).unwrap_or(usize::MAX)),
            Err(error) => {
                self.fail(&error);
                0
            }
        };
        if count == 0 {
            self.truncated();
            return &[];
        }
        match self.input.fill() {
            Ok(bytes) => &bytes[..count],
            Err(_) => &[],
        }
    }

    /// Marks bytes that `data` returned as read.
    pub fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.position += count as u64;
        self.data_left -= count as u64;
    }

    /// All data of the current record; `None` if the tar is truncated.
    pub fn read_data(&mut self) -> Option<Vec<u8>> {
        let mut data = vec![0; self.data_left as usize];
        let count = self.read_full(&mut data)?;
        self.data_left -= count as u64;
        if self.data_left > 0 {
            self.truncated();
            return None;
        }
        Some(data)
    }

    /// One block of the current member's data; `None` if there is no whole block.
    pub fn read_data_block(&mut self) -> Option<[u8; 512]> {
        let mut block = [0; 512];
        if self.data_left < BLOCK || self.read_full(&mut block)? < block.len() {
            return None;
        }
        self.data_left -= BLOCK;
        Some(block)
    }

    /// A block behind a header that is not part of the data; `None` if the tar is truncated.
    pub fn read_extension(&mut self) -> Option<[u8; 512]> {
        let mut block = [0; 512];
        if self.read_full(&mut block)? < block.len() {
            self.truncated();
            return None;
        }
        Some(block)
    }

    /// Skips the rest of the current member; false if the tar ends in it.
    pub fn skip_data(&mut self) -> bool {
        let mut skipped = 0;
        let done = self.input.skip_counted(self.data_left + self.padding, &mut skipped);
        self.position += skipped;
        let is_whole = skipped >= self.data_left;
        // What was skipped before an error is not missing.
        self.data_left = self.data_left.saturating_sub(skipped);
        match done {
            Ok(()) if is_whole => {
                // Missing padding at the very end is no loss.
                self.padding = 0;
                true
            }
            Ok(()) => {
                self.truncated();
                false
            }
            Err(error) => {
                self.fail(&error);
                false
            }
        }
    }

    /// A size that can be followed; any other ends the tar.
    pub fn checked_size(&mut self, size: Option<u64>, name: &[u8]) -> Option<u64> {
        let found = match size {
            Some(size) if size < i64::MAX as u64 - BLOCK => return Some(size),
            Some(size) => byte_count(size),
            None => "a size field that is not a number below 2⁶³".to_owned(),
        };
        self.stop(
            Problem::new("tar-size", "A tar header claims an impossible size.")
                .expected("a size below 8 EiB")
                .found(found)
                .on_path(name)
                .at(self.position - BLOCK),
        );
        None
    }

    /// Fills `out` as far as the input reaches; `None` if the input failed.
    fn read_full(&mut self, out: &mut [u8]) -> Option<usize> {
        match self.input.read_full(out) {
            Ok(count) => {
                self.position += count as u64;
                Some(count)
            }
            Err(error) => {
                self.fail(&error);
                None
            }
        }
    }

    fn truncated(&mut self) {
        let missing = self.data_left;
        let message =
            format!("The tar archive ends {} before the end of a member.", byte_count(missing));
        let problem = Problem::new("tar-truncated", message)
            .on_path(&self.name)
            .at(self.position)
            .advice("Save the image again, or check that the file was copied completely.");
        self.stop(problem);
    }

    fn fail(&mut self, error: &io::Error) {
        self.stop(
            Problem::new("read-failed", "The tar archive cannot be read to its end.")
                .found(error.to_string())
                .at(self.position),
        );
    }

    fn stop(&mut self, problem: Problem) {
        self.ended = true;
        self.problem.get_or_insert(problem);
    }
}

/// For messages: the first bytes of a block.
fn begins_with(block: &[u8; 512]) -> Vec<u8> {
    ["bytes that begin with “".as_bytes(), &block[..16], "”".as_bytes()].concat()
}
