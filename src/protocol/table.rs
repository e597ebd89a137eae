//! What tables have in common: parts of rows, groups, sorting.

use super::{Instruction, LinkWord};
use crate::text::Shown;
use crate::vocabulary::{HiddenClass, LayerNumber, LayerOrigin, PathDifference, Severity};
use serde::{Deserialize, Serialize};

/// Rows that are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRange {
    /// Position of the first.
    pub first: u32,
    pub count: u32,
}

/// The order of rows: a column, in its natural order or the reverse. The natural order begins with what people
/// look for first: names with A, sizes with the largest, severities with the most severe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort<C> {
    pub by: C,
    pub reversed: bool,
}

impl<C: LinkWord> Sort<C> {
    /// As a link writes it: the column's word, with `-` before it for the reverse order.
    pub fn to_link(self) -> String {
        format!("{}{}", if self.reversed { "-" } else { "" }, self.by.word())
    }

    /// `None` for a column that this table does not have.
    pub fn from_link(text: &str) -> Option<Sort<C>> {
        let (reversed, word) = match text.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, text),
        };
        Some(Sort { by: C::from_word(word)?, reversed })
    }
}

/// Some lines of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TablePart<R> {
    /// From the first line that was requested.
    pub lines: Vec<TableLine<R>>,
    /// Lines under the filter, heads of groups included.
    pub total_lines: u64,
    /// Rows under the filter.
    pub total_rows: u64,
}

impl<R> Default for TablePart<R> {
    fn default() -> TablePart<R> {
        TablePart { lines: Vec::new(), total_lines: 0, total_rows: 0 }
    }
}

/// A row, or the head of a group of rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TableLine<R> {
    Head(GroupHead),
    Row(R),
}

/// The head of a group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GroupHead {
    pub label: GroupLabel,
    /// Rows of the group.
    pub rows: u64,
    /// Sum of the rows' sizes in bytes; 0 where rows have none.
    pub size: u64,
}

/// What the rows of a group have in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum GroupLabel {
    Text(Shown),
    Layer {
        number: LayerNumber,
        instruction: Instruction,
    },
    Severity(Severity),
    /// A package and its version.
    Package {
        name: Shown,
        version: Shown,
    },
    Difference(super::SbomDifference),
    PathDifference(PathDifference),
    Hidden(HiddenClass),
    /// They lack the property that groups.
    None,
}

/// A layer as a cell shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerCell {
    pub number: LayerNumber,
    pub origin: LayerOrigin,
}
