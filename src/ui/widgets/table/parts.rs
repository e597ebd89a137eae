//! What the lines of a table need to be drawn: columns, where rows lead, which line Tab reaches.

use super::column::Column;
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

/// What the lines of one table have in common.
pub(super) struct TableParts<R: 'static> {
    pub rows: TableRows<R>,
    pub columns: Vec<Column<R>>,
    pub target: Option<RowTarget<R>>,
    pub class: Option<fn(&R) -> &'static str>,
    /// The line that Tab leads to.
    pub current: RwSignal<u32>,
}
