//! Two contents of a file compared, line by line.

use crate::text::{CharacterEncoding, ShownLines};
use serde::{Deserialize, Serialize};

/// Larger contents are not compared, bytes each.
pub const MAX_COMPARED_CONTENT: u64 = 4 << 20;

/// How two contents differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ContentComparison {
    /// The same bytes.
    Same,
    /// One of them is no text.
    NotText,
    Text(TextComparison),
}

/// How two texts differ: what `diff -u` shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextComparison {
    /// How each of them is written, the first and the second.
    pub encodings: (CharacterEncoding, CharacterEncoding),
    /// Lines that only the first text has.
    pub removed: u64,
    /// Lines that only the second text has.
    pub added: u64,
    /// The lines that differ, with those around them. Empty: the bytes differ, and the lines do not.
    pub hunks: Vec<LineHunk>,
    /// Lines that differ and that are not in `hunks`, because there are too many.
    pub left_out: u64,
}

/// Lines that stand together.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LineHunk {
    pub lines: Vec<ComparedLine>,
}

/// A line of one text, or of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedLine {
    pub change: LineChange,
    /// Its number in each text, from 1; `None`: not there.
    pub number_a: Option<u32>,
    pub number_b: Option<u32>,
    /// The line without its end.
    pub parts: Vec<DifferencePart>,
    /// Bytes that are left out at its end, because it is too long to be shown.
    pub cut: u64,
    /// It is the last one and has no line end.
    pub unended: bool,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineChange {
    Common,
    Removed,
    Added,
}

/// Part of a line. It has no line breaks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DifferencePart {
    pub text: ShownLines,
    /// The line that it is compared with has something else here.
    pub changed: bool,
}
