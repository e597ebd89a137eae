//! One line of a table: a row, or the head of a group.

use super::group::GroupHeadView;
use super::parts::{RowSignal, RowTarget, TableParts};
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
    // Each takes the line out of its signal: no lock is held while cells are drawn.
    let class = move || match line.get().as_deref() {
        Some(TableLine::Head(_)) => "group",
        Some(TableLine::Row(row)) => row_class.map_or("", |class| class(row)),
        None => "late",
    };
    let below =
        parts.below.as_ref().map(|below| below(RowSignal { rows, at }, parts.columns.len()));
    let of_target = {
        let parts = parts.clone();
        move |of: fn(&RowTarget<R>, &R) -> bool| match (line.get().as_deref(), &parts.target) {
            (Some(TableLine::Row(row)), Some(target)) => of(target, row),
            _ => false,
        }
    };
    let is_linked = {
        let of_target = of_target.clone();
        Memo::new(move |_| of_target(|target, row| (target.href)(row).is_some()))
    };
    let is_open = Memo::new(move |_| of_target(|target, row| (target.is_open)(row)));
    let stop = parts.stop;
    let tab = move || tab_index(stop.get() == Some(at) && !is_linked.get());
    let cells = move || match line.get() {
        Some(line) => match &*line {
            TableLine::Head(head) => {
                let width = parts.columns.len();
                view! { <GroupHeadView head=head.clone() width /> }.into_any()
            }
            TableLine::Row(row) => {
                let link = is_linked.get().then(|| RowLink { line: line.clone(), at, is_open });
                cells(&parts, row, link)
            }
        },
        None => view! { <td colspan=parts.columns.len()></td> }.into_any(),
    };
    view! {
        <tr
            class=class
            class:on=move || is_open.get()
            data-line=at
            aria-rowindex=at + 2
            tabindex=tab
        >
            {cells}
        </tr>
        {below}
    }
    .into_any()
}

/// Tab leads to one element of a table: the link of a row, or the row itself where it has none.
fn tab_index(is_stop: bool) -> &'static str {
    if is_stop { "0" } else { "-1" }
}

/// The link of a row. It stays in the document while the address changes, and with it the focus.
struct RowLink<R> {
    line: Arc<TableLine<R>>,
    at: u32,
    is_open: Memo<bool>,
}

fn cells<R>(parts: &Arc<TableParts<R>>, row: &R, mut link: Option<RowLink<R>>) -> AnyView
where
    R: Send + Sync + 'static,
{
    let linked = parts.columns.iter().position(|column| column.holds_link).unwrap_or(0);
    let cells = parts.columns.iter().enumerate().map(|(position, column)| {
        let title = column.whole.as_ref().map(|whole| whole(row));
        let content = (column.cell)(row);
        let content = match link.take_if(|_| position == linked) {
            Some(link) => row_link(parts, link, content),
            None => content,
        };
        view! { <td class=column.class() title=title>{content}</td> }
    });
    cells.collect_view().into_any()
}

fn row_link<R>(parts: &Arc<TableParts<R>>, link: RowLink<R>, content: AnyView) -> AnyView
where
    R: Send + Sync + 'static,
{
    let RowLink { line, at, is_open } = link;
    let (parts, stop) = (parts.clone(), parts.stop);
    let href = move || match (&*line, &parts.target) {
        (TableLine::Row(row), Some(target)) => (target.href)(row),
        _ => None,
    };
    let tab = move || tab_index(stop.get() == Some(at));
    let open = move || is_open.get().then_some("true");
    view! {
        <a class="row-link" draggable="false" href=href tabindex=tab aria-current=open>{content}</a>
    }
    .into_any()
}
