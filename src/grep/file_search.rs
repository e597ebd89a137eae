//! The search in one file whose bytes come in pieces.
//!
//! - Blocks of whole lines are searched; the end of a piece waits for the rest of its line.
//! - A line of more than `MAX_LINE` bytes is searched in parts of that size, so that no file needs more memory. Two
//!   parts share `OVERLAP` bytes: what matches and is longer can be missed between them.
//! - A file with a NUL byte is binary: nothing is found in it, unless binary files are searched too.
//! - Kept lines are bounded (`found.rs`); the number of lines that match is exact.

use super::expression::{LineMatcher, line_around};
use super::found::{FoundFile, FoundLine, SearchBudget};
use std::collections::VecDeque;
use std::ops::Range;

/// Bytes of a line that are searched at once.
const MAX_LINE: usize = 16 << 20;
/// Bytes that two parts of a longer line share.
const OVERLAP: usize = 1024;
/// Bytes of a line that are kept.
const SHOWN_BYTES: usize = 400;
/// Bytes before the first match that are kept of a long line.
const SHOWN_BEFORE: usize = 100;
/// Marks of a line.
const MAX_MARKS: usize = 32;

/// How files are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SearchOptions {
    /// Binary files too.
    pub binary: bool,
    /// Lines that are kept before and after each that matches.
    pub context: usize,
}

/// The search in one file.
pub struct FileSearch<'m> {
    matcher: &'m LineMatcher,
    options: SearchOptions,
    /// The beginning of a line whose end has not come.
    carry: Vec<u8>,
    /// Parts of the line that `carry` ends were searched already: whether one matched.
    parts: Option<bool>,
    /// The number of the next line, from 1.
    line: u64,
    found: FoundFile,
    around: Around,
    is_binary: bool,
}

/// Lines around those that match.
#[derive(Default)]
struct Around {
    /// The last lines, for the next match.
    before: VecDeque<FoundLine>,
    /// So many lines are still wanted after the last match.
    after: usize,
}

impl<'m> FileSearch<'m> {
    /// Nothing was read yet.
    pub fn new(matcher: &'m LineMatcher, options: SearchOptions) -> FileSearch<'m> {
        FileSearch {
            matcher,
            options,
            carry: Vec::new(),
            parts: None,
            line: 1,
            found: FoundFile::default(),
            around: Around::default(),
            is_binary: false,
        }
    }

    /// Searches the next bytes. False: the rest of the file is not needed.
    pub fn piece(&mut self, bytes: &[u8], budget: &mut SearchBudget) -> bool {
        if !self.options.binary && memchr::memchr(0, bytes).is_some() {
            self.is_binary = true;
            budget.give_back(&std::mem::take(&mut self.found));
            return false;
        }
        let Some(last) = memchr::memrchr(b'\n', bytes) else {
            self.wait(bytes, budget);
            return true;
        };
        let mut from = 0;
        if !self.carry.is_empty() || self.parts.is_some() {
            let first = memchr::memchr(b'\n', bytes).unwrap_or(last);
            self.wait(&bytes[..first], budget);
            self.end_line(true, budget);
            from = first + 1;
        }
        self.block(&bytes[from..=last], budget);
        self.wait(&bytes[last + 1..], budget);
        true
    }

    /// The file has ended. `None` if it is binary and was not searched.
    pub fn end(mut self, budget: &mut SearchBudget) -> Option<FoundFile> {
        if self.is_binary {
            return None;
        }
        if !self.carry.is_empty() || self.parts.is_some() {
            self.end_line(false, budget);
        }
        Some(self.found)
    }

    /// Keeps the beginning of a line; of a very long one, searches what there is.
    fn wait(&mut self, mut bytes: &[u8], budget: &mut SearchBudget) {
        while self.carry.len() + bytes.len() > MAX_LINE {
            let (now, rest) = bytes.split_at(MAX_LINE.saturating_sub(self.carry.len()));
            self.carry.extend_from_slice(now);
            bytes = rest;
            self.part(budget);
            self.carry.drain(..self.carry.len() - OVERLAP);
        }
        self.carry.extend_from_slice(bytes);
    }

    /// Searches part of a line.
    fn part(&mut self, budget: &mut SearchBudget) {
        let matched = self.parts.unwrap_or(false);
        let line = 0..self.carry.len();
        let at = self.matcher.find_in(&self.carry, line.clone()).filter(|_| !matched);
        self.parts = Some(matched || at.is_some());
        if let Some(at) = at {
            let carry = std::mem::take(&mut self.carry);
            self.take(self.line, &carry, line, at, budget);
            self.carry = carry;
        }
    }

    /// The line that was waited for is complete.
    fn end_line(&mut self, with_feed: bool, budget: &mut SearchBudget) {
        if self.parts.is_some() {
            self.part(budget);
            self.parts = None;
            self.line += 1;
            self.around.before.clear();
        } else {
            let mut carry = std::mem::take(&mut self.carry);
            if with_feed {
                carry.push(b'\n');
            }
            self.block(&carry, budget);
            self.carry = carry;
        }
        self.carry.clear();
    }

    /// Searches whole lines; the last one of a file may lack its line feed.
    fn block(&mut self, block: &[u8], budget: &mut SearchBudget) {
        let (mut from, mut number) = (0, self.line);
        let mut search = self.matcher.search(block);
        while let Some(at) = search.find(from) {
            let line = line_around(block, at.start);
            if line.start >= block.len() {
                break; // behind the last line feed is no line
            }
            self.pass(block, from..line.start, number, budget);
            number += count_lines(&block[from..line.start]);
            from = (line.end + 1).min(block.len());
            self.take(number, block, line, at, budget);
            number += 1;
        }
        self.pass(block, from..block.len(), number, budget);
        self.line = number + count_lines(&block[from..]);
    }

    /// A line that matches.
    fn take(
        &mut self,
        number: u64,
        block: &[u8],
        line: Range<usize>,
        at: Range<usize>,
        budget: &mut SearchBudget,
    ) {
        self.found.count += 1;
        if self.found.cut {
            return;
        }
        for before in std::mem::take(&mut self.around.before) {
            self.keep(before, budget);
        }
        self.keep(shown_line(self.matcher, number, block, line, Some(at)), budget);
        self.around.after = self.options.context;
    }

    /// Lines that do not match, the first of them with this number: some are around those that do.
    fn pass(&mut self, block: &[u8], lines: Range<usize>, number: u64, budget: &mut SearchBudget) {
        if self.options.context == 0 || self.found.cut {
            return;
        }
        let (mut start, mut number) = (lines.start, number);
        while self.around.after > 0 && start < lines.end {
            let line = line_around(block, start);
            start = (line.end + 1).min(lines.end);
            self.keep(shown_line(self.matcher, number, block, line, None), budget);
            self.around.after -= 1;
            number += 1;
        }
        let mut last = Vec::new();
        let mut end = lines.end;
        while last.len() < self.options.context && end > start {
            let stop = if block[end - 1] == b'\n' { end - 1 } else { end };
            end = memchr::memrchr(b'\n', &block[start..stop]).map_or(start, |at| start + at + 1);
            last.push(end..stop);
        }
        number += count_lines(&block[start..end]);
        for line in last.into_iter().rev() {
            let shown = shown_line(self.matcher, number, block, line, None);
            self.around.before.push_back(shown);
            number += 1;
        }
        while self.around.before.len() > self.options.context {
            self.around.before.pop_front();
        }
    }

    fn keep(&mut self, line: FoundLine, budget: &mut SearchBudget) {
        let full = self.found.lines.len() >= SearchBudget::LINES_OF_FILE;
        if self.found.cut || full || !budget.take(line.bytes.len()) {
            self.found.cut = true;
        } else {
            self.found.lines.push(line);
        }
    }
}

fn count_lines(block: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', block).count() as u64
}

/// What is kept of a line; `at`: its first match.
fn shown_line(
    matcher: &LineMatcher,
    number: u64,
    block: &[u8],
    line: Range<usize>,
    at: Option<Range<usize>>,
) -> FoundLine {
    let within = |at: usize| block.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    let end = line.end - usize::from(block[line.clone()].ends_with(b"\r"));
    let first = at.as_ref().map_or(line.start, |at| at.start.min(end));
    let mut start = line.start;
    if end - line.start > SHOWN_BYTES && first - line.start > 2 * SHOWN_BEFORE {
        start = first - SHOWN_BEFORE;
        start += (0..3).take_while(|more| within(start + more)).count();
    }
    let mut stop = end.min(start + SHOWN_BYTES);
    if stop < end {
        stop -= (0..3).take_while(|less| within(stop - less)).count();
    }
    let mut marks = Vec::new();
    let mut next = at.clone();
    while let Some(found) = next.filter(|found| found.start < stop && marks.len() < MAX_MARKS) {
        let to = found.end.min(stop);
        if to > found.start {
            marks.push(((found.start - start) as u32, (to - start) as u32));
        }
        let from = found.end.max(found.start + 1);
        next = if from < stop { matcher.find_in(block, from..stop) } else { None };
    }
    FoundLine {
        number,
        bytes: block[start..stop].to_vec(),
        cut: (start > line.start, stop < end),
        marks,
        matches: at.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expression::Expression;

    fn matcher(text: &str) -> LineMatcher {
        LineMatcher::new(&Expression { text: text.to_owned(), ..Expression::default() }).unwrap()
    }

    /// What is found in a file that comes in pieces of this size.
    fn search(text: &str, file: &[u8], options: SearchOptions, piece: usize) -> Option<FoundFile> {
        let matcher = matcher(text);
        let mut search = FileSearch::new(&matcher, options);
        let mut budget = SearchBudget::OF_JOB;
        let _ = file.chunks(piece).all(|bytes| search.piece(bytes, &mut budget));
        search.end(&mut budget)
    }

    /// `2:text` of lines that match, `1-text` of those around them.
    fn shown(found: &FoundFile) -> String {
        let line = |line: &FoundLine| {
            let sign = if line.matches { ':' } else { '-' };
            format!("{}{sign}{}", line.number, String::from_utf8_lossy(&line.bytes))
        };
        found.lines.iter().map(line).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn pieces_of_any_size_give_the_same() {
        let file = b"one\ntwo x\n\nthree\nx four x\nfive\nsea\nx";
        for (context, want) in [
            (0, "2:two x 5:x four x 8:x"),
            (1, "1-one 2:two x 3- 4-three 5:x four x 6-five 7-sea 8:x"),
            (2, "1-one 2:two x 3- 4-three 5:x four x 6-five 7-sea 8:x"),
        ] {
            for piece in [1, 2, 3, 5, 7, 100] {
                let options = SearchOptions { context, ..SearchOptions::default() };
                let found = search("x", file, options, piece).unwrap();
                assert_eq!(shown(&found), want, "{context}, {piece}");
                assert_eq!((found.count, found.cut), (3, false));
            }
        }
        let far = b"x\n1\n2\n3\n4\n5\nx\n6\n";
        for piece in [1, 4, 100] {
            let options = SearchOptions { context: 1, ..SearchOptions::default() };
            let found = search("x", far, options, piece).unwrap();
            assert_eq!(shown(&found), "1:x 2-1 6-5 7:x 8-6", "{piece}");
        }
    }

    #[test]
    fn a_file_with_a_nul_is_binary_wherever_it_is() {
        let file = b"x\nx\n\0\nx\n";
        for piece in [1, 3, 100] {
            assert_eq!(search("x", file, SearchOptions::default(), piece), None);
            let options = SearchOptions { binary: true, ..SearchOptions::default() };
            assert_eq!(search("x", file, options, piece).unwrap().count, 3);
        }
    }

    #[test]
    fn a_long_line_is_searched_to_its_end_and_shown_around_what_matches() {
        let mut file = vec![b'a'; 3 * MAX_LINE];
        for at in [MAX_LINE - 2, 2 * MAX_LINE + 5] {
            file[at..at + 6].copy_from_slice(b"needle");
        }
        file.extend_from_slice(b"\r\nneedle\n");
        let found = search("needle", &file, SearchOptions::default(), 1 << 20).unwrap();
        assert_eq!(found.count, 2, "a line counts once");
        let [long, short] = &found.lines[..] else { panic!("{found:?}") };
        assert_eq!((long.number, short.number, &short.bytes[..]), (1, 2, &b"needle"[..]));
        assert_eq!((long.cut.0, long.bytes.len()), (true, SHOWN_BYTES));
        let (start, end) = long.marks[0];
        assert_eq!(&long.bytes[start as usize..end as usize], b"needle");
    }

    #[test]
    fn marks_are_those_of_the_part_that_is_shown() {
        let line = format!("{}ünder ünder{}\n", "ü".repeat(300), "ü".repeat(300));
        let found = search("ünder", line.as_bytes(), SearchOptions::default(), 4096).unwrap();
        let line = &found.lines[0];
        let text = std::str::from_utf8(&line.bytes).unwrap();
        let marks: Vec<_> = line.marks.iter().map(|m| &text[m.0 as usize..m.1 as usize]).collect();
        assert_eq!((marks, line.cut), (vec!["ünder", "ünder"], (true, true)));
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_counted_is_not() {
        let file = b"x\n".repeat(5000);
        let found = search("x", &file, SearchOptions::default(), 777).unwrap();
        assert_eq!((found.count, found.lines.len(), found.cut), (5000, 1000, true));
        let matcher = matcher("x");
        let mut search = FileSearch::new(&matcher, SearchOptions::default());
        let mut budget = SearchBudget { lines: 10, bytes: 3 };
        search.piece(b"x\nx\nx\nx\n", &mut budget);
        let mut found = search.end(&mut budget).unwrap();
        assert_eq!((found.count, found.lines.len(), found.cut), (4, 3, true));
        found.fit(&mut SearchBudget { lines: 2, bytes: 100 });
        assert_eq!((found.count, found.lines.len()), (4, 2));
    }
}
