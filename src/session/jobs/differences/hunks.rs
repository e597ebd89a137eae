//! The lines that differ, in hunks.
//!
//! - A text of four megabytes may differ in a million lines, and a line may have all of them: what is answered is
//!   bounded, and what is left out is counted.

use super::words::{WordMarks, mark_words};
use crate::protocol::{ComparedLine, DifferencePart, LineChange, LineHunk, TextComparison};
use crate::text::{ReadableText, ShownLines, beginning};
use gix_imara_diff::{Algorithm, Diff, Hunk, InternedInput};
use std::ops::Range;

/// Lines around what differs.
const CONTEXT: u32 = 3;
/// Lines that differ that are answered at most.
const MAX_LINES: u64 = 5_000;
/// Bytes of all lines that are answered, more or less.
const MAX_BYTES: usize = 2 << 20;
/// Bytes of a line that are answered.
const MAX_LINE: usize = 2_000;

/// Compares two texts.
pub fn compare(a: &ReadableText<'_>, b: &ReadableText<'_>) -> TextComparison {
    let input = InternedInput::new(&*a.text, &*b.text);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let (removed, added) = (diff.count_removals().into(), diff.count_additions().into());
    let mut writer = HunkWriter { input, hunks: Vec::new(), lines: 0, bytes: 0 };
    let mut written: Option<Hunk> = None;
    for change in diff.hunks() {
        if writer.is_full() {
            break;
        }
        writer.common_before(&change, written.as_ref());
        writer.change(&change);
        written = Some(change);
    }
    if let Some(last) = &written {
        writer.common_after(last, CONTEXT);
    }
    TextComparison {
        encodings: (a.encoding, b.encoding),
        removed,
        added,
        left_out: (removed + added).saturating_sub(writer.lines),
        hunks: writer.hunks,
    }
}

struct HunkWriter<'a> {
    input: InternedInput<&'a str>,
    hunks: Vec<LineHunk>,
    /// Lines that differ, written so far.
    lines: u64,
    /// Bytes of lines written so far.
    bytes: usize,
}

/// Which of the two texts.
#[derive(Clone, Copy)]
enum TextSide {
    A,
    B,
}

impl<'a> HunkWriter<'a> {
    fn is_full(&self) -> bool {
        self.lines >= MAX_LINES || self.bytes >= MAX_BYTES
    }

    /// A line with its end.
    fn line(&self, side: TextSide, at: u32) -> &'a str {
        let tokens = match side {
            TextSide::A => &self.input.before,
            TextSide::B => &self.input.after,
        };
        self.input.interner[tokens[at as usize]]
    }

    /// The common lines between two changes, or those before the first one.
    fn common_before(&mut self, change: &Hunk, written: Option<&Hunk>) {
        let gap = change.before.start - written.map_or(0, |written| written.before.end);
        match written {
            Some(written) if gap <= 2 * CONTEXT => self.common_after(written, gap),
            _ => {
                if let Some(written) = written {
                    self.common_after(written, CONTEXT);
                }
                self.hunks.push(LineHunk::default());
                let lines = gap.min(CONTEXT);
                self.common(change.before.start - lines, change.after.start - lines, lines);
            }
        }
    }

    /// Up to so many common lines after a change.
    fn common_after(&mut self, change: &Hunk, lines: u32) {
        let left = self.input.before.len() as u32 - change.before.end;
        self.common(change.before.end, change.after.end, lines.min(left));
    }

    fn common(&mut self, a: u32, b: u32, lines: u32) {
        for at in 0..lines {
            let line = LineToWrite::new(self.line(TextSide::A, a + at));
            self.push(LineChange::Common, (Some(a + at), Some(b + at)), line);
        }
    }

    /// Lines that were removed, then those that are there instead.
    fn change(&mut self, change: &Hunk) {
        let lines = |side, range: &Range<u32>| {
            let some = range.clone().take(MAX_LINES as usize);
            some.map(|at| LineToWrite::new(self.line(side, at))).collect::<Vec<_>>()
        };
        let mut removed = lines(TextSide::A, &change.before);
        let mut added = lines(TextSide::B, &change.after);
        removed.iter_mut().zip(&mut added).for_each(|(one, other)| pair(one, other));
        for (at, line) in (change.before.start..).zip(removed) {
            self.push_changed(LineChange::Removed, (Some(at), None), line);
        }
        for (at, line) in (change.after.start..).zip(added) {
            self.push_changed(LineChange::Added, (None, Some(at)), line);
        }
    }

    fn push_changed(
        &mut self,
        change: LineChange,
        at: (Option<u32>, Option<u32>),
        line: LineToWrite<'a>,
    ) {
        if !self.is_full() {
            self.lines += 1;
            self.push(change, at, line);
        }
    }

    fn push(
        &mut self,
        change: LineChange,
        (a, b): (Option<u32>, Option<u32>),
        line: LineToWrite<'a>,
    ) {
        let (text, cut) = line.shown();
        self.bytes += text.len() + 16;
        let line = ComparedLine {
            change,
            number_a: a.map(|at| at + 1),
            number_b: b.map(|at| at + 1),
            cut: cut as u64,
            unended: line.unended,
            parts: line.into_parts(),
        };
        if let Some(hunk) = self.hunks.last_mut() {
            hunk.lines.push(line);
        }
    }
}

/// A line without its end.
struct LineToWrite<'a> {
    text: &'a str,
    /// It has no line end.
    unended: bool,
    /// There is a carriage return before the line end.
    has_return: bool,
    /// The line that it is compared with has none, or this one.
    return_differs: bool,
    /// The words that differ.
    marks: Option<WordMarks>,
}

impl<'a> LineToWrite<'a> {
    fn new(line: &'a str) -> LineToWrite<'a> {
        let ended = line.strip_suffix('\n');
        let text = ended.unwrap_or(line);
        let without = text.strip_suffix('\r');
        LineToWrite {
            text: without.unwrap_or(text),
            unended: ended.is_none(),
            has_return: without.is_some(),
            return_differs: false,
            marks: None,
        }
    }

    /// The beginning that is shown, and how many bytes are left out.
    fn shown(&self) -> (&'a str, usize) {
        let shown = beginning(self.text, MAX_LINE);
        (shown, self.text.len() - shown.len())
    }

    fn into_parts(self) -> Vec<DifferencePart> {
        let (text, _) = self.shown();
        let show = |text: &str| ShownLines::new(&text.replace('\r', "\\r"));
        let mut parts = Vec::new();
        let mut start = 0;
        for (end, changed) in self.marks.unwrap_or_else(|| vec![(text.len(), false)]) {
            if start < end {
                parts.push(DifferencePart { text: show(&text[start..end]), changed });
            }
            start = end;
        }
        if self.has_return && self.return_differs {
            parts.push(DifferencePart { text: show("\r"), changed: true });
        }
        parts
    }
}

/// Marks what differs between a line and what became of it.
fn pair(one: &mut LineToWrite<'_>, other: &mut LineToWrite<'_>) {
    let differs = one.has_return != other.has_return;
    (one.return_differs, other.return_differs) = (differs, differs);
    if let Some((of_one, of_other)) = mark_words(one.shown().0, other.shown().0) {
        (one.marks, other.marks) = (Some(of_one), Some(of_other));
    }
}
