//! One line of a table: a row, or the head of a group.

use super::group::GroupHeadView;
use super::parts::{RowSignal, TableParts};
use crate::protocol::TableLine;
use leptos::prelude::*;
use std::sync::Arc;

/// The line at a position; an empty row until it has arrived.
#[component]
pub(super) fn TableLineView<R>(at: u32, parts: Arc<TableParts<R>>) -> AnyView
where
    R: PartialEq + Send + Sync + 'static,
{
    let rows = parts.rows;
    let line = Memo::new(move |_| rows.line(at));
    let row_class = parts.class;
    let class = move || match line.read().as_deref() {
        Some(TableLine::Head(_)) => "group",
        Some(TableLine::Row(row)) => row_class.map_or("", |class| class(row)),
        None => "late",
    };
    let below =
        parts.below.as_ref().map(|below| below(RowSignal { rows, at }, parts.columns.len()));
    let is_open = {
        let parts = parts.clone();
        move || match (line.read().as_deref(), &parts.target) {
            (Some(TableLine::Row(row)), Some(target)) => (target.is_open)(row),
            _ => false,
        }
    };
    let is_open = Memo::new(move |_| is_open());
    let cells = move || match line.read().as_deref() {
        Some(TableLine::Head(head)) => {
            let width = parts.columns.len();
            view! { <GroupHeadView head=head.clone() width /> }.into_any()
        }
        Some(TableLine::Row(row)) => cells(&parts, row, at, is_open),
        None => view! { <td colspan=parts.columns.len()></td> }.into_any(),
    };
    view! {
        <tr
            class=class
            class:on=move || is_open.get()
            data-line=at
            aria-rowindex=at + 2
            tabindex="-1"
        >
            {cells}
        </tr>
        {below}
    }
    .into_any()
}

fn cells<R: 'static>(parts: &Arc<TableParts<R>>, row: &R, at: u32, is_open: Memo<bool>) -> AnyView {
    let current = parts.current;
    let mut href = parts.target.as_ref().and_then(|target| (target.href)(row));
    let linked = parts.columns.iter().position(|column| column.holds_link).unwrap_or(0);
    let cells = parts.columns.iter().enumerate().map(|(position, column)| {
        let title = column.whole.as_ref().map(|whole| whole(row));
        let content = (column.cell)(row);
        let content = match href.take_if(|_| position == linked) {
            Some(href) => {
                let tab = move || if current.get() == at { "0" } else { "-1" };
                let open = move || is_open.get().then_some("true");
                view! { <a class="row-link" href=href tabindex=tab aria-current=open>{content}</a> }
                    .into_any()
            }
            None => content,
        };
        view! { <td class=column.class() title=title>{content}</td> }
    });
    cells.collect_view().into_any()
}
