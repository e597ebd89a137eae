//! What a search found in one file, and how much of it is kept.

use serde::{Deserialize, Serialize};

/// The lines of one file that match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundFile {
    /// Number of lines that match, kept or not.
    pub count: u64,
    /// Lines that match, and those around them if they are wanted, in their order.
    pub lines: Vec<FoundLine>,
    /// Lines were left out.
    pub cut: bool,
}

/// One line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundLine {
    /// From 1.
    pub number: u64,
    /// Its bytes, or those around the first match of a long line.
    pub bytes: Vec<u8>,
    /// Bytes before and behind them were left out.
    pub cut: (bool, bool),
    /// What matches: start and end in `bytes`. None: the line is only around another one.
    pub marks: Vec<(u32, u32)>,
    /// It matches; what does may be left out of `bytes`, or be empty.
    pub matches: bool,
}

/// How much may still be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SearchBudget {
    /// Lines of all files.
    pub lines: usize,
    /// Bytes of these lines.
    pub bytes: usize,
}

impl SearchBudget {
    /// Lines of one file that are kept.
    pub const LINES_OF_FILE: usize = 1000;
    /// What is kept of the files of one job.
    pub const OF_JOB: SearchBudget = SearchBudget { lines: 20_000, bytes: 4 << 20 };
    /// What is kept of one search.
    pub const OF_SEARCH: SearchBudget = SearchBudget { lines: 100_000, bytes: 32 << 20 };

    /// Takes a line out of the budget; false if there is no room for it.
    pub fn take(&mut self, bytes: usize) -> bool {
        let fits = self.lines > 0 && self.bytes >= bytes;
        if fits {
            self.lines -= 1;
            self.bytes -= bytes;
        }
        fits
    }
}

impl SearchBudget {
    /// What was kept of a file is dropped.
    pub(super) fn give_back(&mut self, file: &FoundFile) {
        self.lines += file.lines.len();
        self.bytes += file.lines.iter().map(|line| line.bytes.len()).sum::<usize>();
    }
}

impl FoundFile {
    /// Keeps what the budget allows; the number of lines stays.
    pub fn fit(&mut self, budget: &mut SearchBudget) {
        let mut kept = 0;
        while self.lines.get(kept).is_some_and(|line| budget.take(line.bytes.len())) {
            kept += 1;
        }
        self.cut |= kept < self.lines.len();
        self.lines.truncate(kept);
    }
}
