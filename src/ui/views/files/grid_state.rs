//! What the rows of the tree share with their grid.

use crate::protocol::TreeRow;
use crate::ui::widgets::RowWindow;
use leptos::prelude::*;
use std::sync::Arc;

/// The first row of the tree is the second of the grid: the heads come first.
pub const FIRST_ROW_INDEX: u32 = 2;

/// What an element shows; `None` until the session sent something.
pub type ShownRow = Memo<Option<Arc<TreeRow>>>;

/// What the rows share.
#[derive(Clone, Copy)]
pub struct GridState {
    pub window: Memo<RowWindow>,
    /// The pane is jumping: rows are not drawn.
    pub jumping: RwSignal<bool>,
}

impl GridState {
    /// The row that an element shows: always the same while that row is in the window.
    pub fn row_of(self, slot: u32) -> u32 {
        row_of(&self.window.read(), slot)
    }
}

fn row_of(window: &RowWindow, slot: u32) -> u32 {
    let count = window.count.max(1);
    window.first + (slot + count - window.first % count) % count
}

#[test]
fn an_element_keeps_its_row_while_it_is_in_the_window() {
    let window = |first, count| RowWindow { first, count, origin: 0.0, row: 26.0 };
    let rows =
        |window: RowWindow| (0..window.count).map(|slot| row_of(&window, slot)).collect::<Vec<_>>();
    assert_eq!(rows(window(0, 4)), [0, 1, 2, 3]);
    // Two rows on: two elements take new rows, the others stay.
    assert_eq!(rows(window(2, 4)), [4, 5, 2, 3]);
    assert_eq!(rows(window(7, 4)), [8, 9, 10, 7]);
    assert_eq!(row_of(&window(0, 0), 3), 0);
}
