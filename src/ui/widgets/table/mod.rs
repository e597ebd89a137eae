//! The table that views share: typed columns that sort, groups, rows that open something, and the keyboard.
//!
//! - Long tables draw only the rows near the screen (`window`); rows then have one height (`--table-row`).
//!   `natural_rows` draws all rows, each as high as it is.
//! - A row's link is in its first cell, so it opens in a new tab like any link. A click anywhere else in the row
//!   follows it too, unless text is selected: the texts of a table can be copied.
//! - Arrows, Home, End and the page keys move the focus from row to row and scroll with it. Tab reaches one row: the one
//!   that had the focus last, or the nearest to it that is drawn.
//! - A row is drawn again only when its own values change, so that it keeps the focus: cells read no link but through
//!   signals within them.

mod column;
mod data_table;
mod group;
mod parts;
mod resize;
mod row;
#[cfg(test)]
mod tests;

pub use column::{Column, TableSort};
pub use data_table::DataTable;
pub use parts::{BelowRow, RowSignal, RowTarget};
