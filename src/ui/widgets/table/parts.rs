//! What the lines of a table need to be drawn: columns, where rows lead, which line Tab reaches.

use super::column::Column;
use crate::protocol::TableLine;
use crate::ui::app::TableRows;
use leptos::prelude::*;
use std::sync::Arc;

type RowHref<R> = dyn Fn(&R) -> Option<String> + Send + Sync;
type RowIsOpen<R> = dyn Fn(&R) -> bool + Send + Sync;

/// What a row leads to.
pub struct RowTarget<R> {
    /// The address; `None` for a row that leads nowhere.
    pub(super) href: Arc<RowHref<R>>,
    /// Whether it is the row that is open.
    pub(super) is_open: Arc<RowIsOpen<R>>,
}

impl<R> RowTarget<R> {
    /// Rows that lead to `href`, of which one may be open.
    pub fn new(
        href: impl Fn(&R) -> Option<String> + Send + Sync + 'static,
        is_open: impl Fn(&R) -> bool + Send + Sync + 'static,
    ) -> RowTarget<R> {
        RowTarget { href: Arc::new(href), is_open: Arc::new(is_open) }
    }
}

/// A row as it is now.
pub struct RowSignal<R: 'static> {
    pub(super) rows: TableRows<R>,
    pub(super) at: u32,
}

impl<R: Send + Sync + 'static> RowSignal<R> {
    /// What is read of the row, changing only with its own value; `None` until the row has arrived.
    pub fn map<T>(&self, read: impl Fn(&R) -> T + Send + Sync + 'static) -> Memo<Option<T>>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        let (rows, at) = (self.rows, self.at);
        Memo::new(move |_| match rows.line(at).as_deref() {
            Some(TableLine::Row(row)) => Some(read(row)),
            _ => None,
        })
    }
}

/// Draws what is below a row: further rows (`<tr class="full">`), each with one cell across so many columns.
pub type BelowRow<R> = Arc<dyn Fn(RowSignal<R>, usize) -> AnyView + Send + Sync>;

/// What the lines of one table have in common.
pub(super) struct TableParts<R: 'static> {
    pub rows: TableRows<R>,
    pub columns: Vec<Column<R>>,
    pub target: Option<RowTarget<R>>,
    pub class: Option<fn(&R) -> &'static str>,
    pub below: Option<BelowRow<R>>,
    /// The line that Tab leads to: always one of those that are drawn.
    pub stop: Memo<Option<u32>>,
}
