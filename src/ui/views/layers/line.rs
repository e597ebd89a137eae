//! A row of the layer table.

use crate::protocol::{LayerRow, LayerTable};
use crate::ui::views::parts::MAX_DRAWN;

/// A row: a history entry with its layer, at its position in the history.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LayerLine {
    pub at: u32,
    pub row: LayerRow,
}

/// Layers, with empty ones in their place if asked for: a history may have ten thousand.
pub(super) fn lines(table: &LayerTable, with_empty: bool) -> Vec<LayerLine> {
    let mut empty = 0;
    let mut is_drawn = |row: &LayerRow| {
        row.layer.is_some() || {
            empty += 1;
            with_empty && empty <= MAX_DRAWN
        }
    };
    let lines = (0..).zip(&table.rows).filter(|(_, row)| is_drawn(row));
    lines.map(|(at, row)| LayerLine { at, row: row.clone() }).collect()
}

/// Empty layers that are not among the lines, if empty layers are shown.
pub(super) fn not_drawn(table: &LayerTable) -> usize {
    let empty = table.rows.iter().filter(|row| row.layer.is_none());
    empty.count().saturating_sub(MAX_DRAWN)
}
