//! The search in contents of files: what is searched, how far it is, and the lines that match.

use super::words::link_words;
use super::{LinkPath, RowRange};
use crate::expression::Expression;
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber};
use serde::{Deserialize, Serialize};

/// What is searched.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchSpec {
    /// The files of the tree up to a layer, or those that layers wrote.
    pub layers: LayerSelection,
    /// Files below this directory; empty: all.
    pub directory: LinkPath,
    /// Files that match this find, as the link has it; empty: all.
    pub find: String,
    pub expression: Expression,
    /// Binary files too.
    pub binary: bool,
    /// With the lines around each that matches.
    pub context: bool,
}

link_words! {
    /// How a content search is meant.
    SearchWord {
        /// The text is a regular expression.
        Regex = "regex",
        /// Upper and lower case differ.
        Case = "case",
        /// Whole words.
        Word = "word",
        /// Binary files too.
        Binary = "binary",
        /// With the lines around each that matches.
        Context = "context",
    }
}

/// How far a search is, and what it has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SearchTotals {
    /// It has ended.
    pub complete: bool,
    /// Files that are searched, and those of them that were.
    pub files: u32,
    pub searched: u32,
    /// Bytes of the files that were searched.
    pub bytes: u64,
    /// Files that were searched and are binary: nothing is found in them.
    pub binary: u32,
    /// Paths of files with lines that match; all names of a file count.
    pub matched_files: u32,
    /// Lines that match.
    pub lines: u64,
    /// Lines or files are left out of the table: there are too many.
    pub cut: bool,
    /// Layers whose contents cannot be read.
    pub unread: Vec<LayerNumber>,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

/// Part of the table of lines that match, grouped by file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MatchTable {
    pub image: ImagePosition,
    pub rows: RowRange,
}

/// A line of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MatchRow {
    pub path: LinkPath,
    /// With a leading slash.
    pub shown: Shown,
    /// From 1.
    pub number: u64,
    /// The line in parts, those that match marked.
    pub parts: Vec<LinePart>,
    /// The line does not match: it is around one that does.
    pub around: bool,
}

/// Part of a line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePart {
    pub text: Shown,
    pub matches: bool,
}
