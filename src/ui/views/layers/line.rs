//! A row of the layer table.

use crate::protocol::{LayerRow, LayerTable};

/// A row: a history entry with its layer, at its position in the history.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LayerLine {
    pub at: u32,
    pub row: LayerRow,
}

/// Layers, with empty ones in their place if asked for.
pub(super) fn lines(table: &LayerTable, with_empty: bool) -> Vec<LayerLine> {
    let lines = (0..).zip(&table.rows).filter(|(_, row)| with_empty || row.layer.is_some());
    lines.map(|(at, row)| LayerLine { at, row: row.clone() }).collect()
}
