//! The table itself: its head, the window of lines that is drawn, and what its events do.

use super::column::{Column, ColumnWidth, TableSort};
use super::parts::{BelowRow, RowTarget, TableParts};
use super::resize::{ColumnEdge, ColumnSize};
use super::row::TableLineView;
use crate::browser::page::dom;
use crate::protocol::{Request, RowRange};
use crate::ui::app::TableRows;
use crate::ui::widgets::measured::{measured, note_scroll, on_measure};
use crate::ui::widgets::problem::ProblemAlert;
use crate::ui::widgets::row_keys::row_after;
use crate::ui::widgets::states::{EmptyState, LoadingState};
use crate::ui::widgets::window::{Pane, RowWindow};
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;

/// A table.
#[component]
pub fn DataTable<R>(
    /// Its name: `Packages`.
    label: &'static str,
    rows: TableRows<R>,
    columns: Vec<Column<R>>,
    #[prop(optional)] sort: Option<TableSort>,
    #[prop(optional)] target: Option<RowTarget<R>>,
    /// A class by what a row is.
    #[prop(optional)]
    row_class: Option<fn(&R) -> &'static str>,
    /// Shown below a row, with `natural_rows`.
    #[prop(optional)]
    below: Option<BelowRow<R>>,
    /// Draws all rows, each as high as its contents.
    #[prop(optional)]
    natural_rows: bool,
    /// Further classes of the table.
    #[prop(optional)]
    class: &'static str,
    /// What is awaited: `Reading packages…`.
    #[prop(optional, into)]
    waiting: Option<String>,
    /// Drawn in place of the rows where there are none.
    #[prop(optional, into)]
    empty: Option<ViewFn>,
) -> AnyView
where
    R: PartialEq + Send + Sync + 'static,
{
    let root = NodeRef::<Div>::new();
    let pane = RwSignal::new(Pane::default());
    let count = Memo::new(move |_| rows.count());
    let window = Memo::new(move |_| match natural_rows {
        true => RowWindow { first: 0, count: count.get(), ..RowWindow::default() },
        false => pane.read().window(count.get()),
    });
    let current = RwSignal::new(0);
    let stop = Memo::new(move |_| tab_stop(current.get(), window.get()));
    let wanted = RwSignal::new(WantedFocus::default());
    // The row is drawn first, and its link is there once the row has arrived.
    Effect::new(move |served: Option<u32>| {
        let (served, WantedFocus { row, number }) = (served.unwrap_or(0), wanted.get());
        if number == served || rows.line(row).is_none() {
            return served;
        }
        if let Some(element) = root.get_untracked() {
            request_animation_frame(move || dom::focus_line(&element, row));
        }
        number
    });
    let width = columns.len();
    let heads = columns.iter().map(|column| head(label, column, sort)).collect_view();
    let foot = foot(&columns);
    let parts = Arc::new(TableParts { rows, columns, target, class: row_class, below, stop });
    on_measure(root, move |element| {
        pane.try_set(measured(element, "--table-row", 30.0));
    });
    Effect::new(move || {
        let RowWindow { first, count, .. } = window.get();
        rows.want(RowRange { first, count });
    });
    scroll_up_for_another_question(root, rows, current);
    let gap_before = move || window.read().top_of(window.read().first);
    let gap_after = move || match natural_rows {
        true => 0.0,
        false => {
            let window = window.get();
            pane.read().space(count.get()) - window.top_of(window.first + window.count)
        }
    };
    let gap = move |height: Signal<f64>| {
        let pixels = move || format!("{}px", height.get().max(0.0) as u32);
        view! {
            <tbody aria-hidden="true" class="gap">
                <tr><td colspan=width style:height=pixels></td></tr>
            </tbody>
        }
    };
    let state = move || state_below(rows, waiting.clone(), empty.clone());
    view! {
        <div
            class="rows"
            node_ref=root
            on:scroll=move |_| note_scroll(root, pane)
            on:keydown=move |event| {
                if let Some(row) = pressed(&event, root, pane, current, count.get_untracked()) {
                    wanted.update(|wanted| *wanted = WantedFocus { row, number: wanted.number + 1 });
                }
            }
            on:focusin=move |event| focused(&event, current)
            on:click=move |event| clicked(&event)
        >
            <table
                class=format!("t list {class}")
                class:natural=natural_rows
                aria-label=label
                aria-rowcount=move || (count.get() + 1).to_string()
            >
                <thead><tr aria-rowindex="1">{heads}</tr></thead>
                {gap(Signal::derive(gap_before))}
                <tbody>
                    <For each=move || window.read().rows() key=|at| *at let:at>
                        <TableLineView at parts=parts.clone() />
                    </For>
                </tbody>
                {gap(Signal::derive(gap_after))}
                {foot}
            </table>
            {state}
        </div>
    }
    .into_any()
}

/// The head of a column; a button where it sorts.
fn head<R: 'static>(
    table: &'static str,
    column: &Column<R>,
    sort: Option<TableSort>,
) -> impl IntoView + use<R> {
    let name = column.name;
    let root = NodeRef::new();
    let size = ColumnSize::of(table, name, root);
    let sorting = sort.zip(column.sort);
    let width = match column.width {
        ColumnWidth::Fixed(pixels) => format!("{pixels}px"),
        // More than the whole: so shares divide what fixed columns leave, and these do not grow.
        ColumnWidth::Share(weight) => format!("{}%", weight * 100),
    };
    let label = match sorting {
        Some((sort, column)) => {
            let choose = move |_| sort.choose.run(column.word);
            view! { <button type="button" on:click=choose>{name}</button> }.into_any()
        }
        None => name.into_any(),
    };
    view! {
        <th
            scope="col"
            class=column.class()
            title=column.explanation
            style:width=move || size.css(&width)
            aria-sort=move || sorting.and_then(|(sort, column)| sort.direction(column))
            node_ref=root
            on:keydown=move |event| size.pressed(&event)
        >
            {label}
            <ColumnEdge name size focusable=sort.is_some() && sorting.is_none() />
        </th>
    }
}

/// The foot, where a column has one.
fn foot<R: 'static>(columns: &[Column<R>]) -> Option<impl IntoView + use<R>> {
    columns.iter().any(|column| column.foot.is_some()).then(|| {
        let cell = |column: &Column<R>| {
            let foot = column.foot.clone();
            view! { <td class=column.class()>{move || foot.as_ref().map(ViewFn::run)}</td> }
        };
        view! { <tfoot><tr>{columns.iter().map(cell).collect_view()}</tr></tfoot> }
    })
}

/// Shown below the heads if there are no rows.
fn state_below<R>(
    rows: TableRows<R>,
    waiting: Option<String>,
    empty: Option<ViewFn>,
) -> Option<AnyView>
where
    R: Send + Sync + 'static,
{
    let totals = rows.totals.get();
    match (totals.ready(), totals.problem()) {
        (Some(totals), _) if totals.lines > 0 => None,
        (Some(_), _) => Some(match empty {
            Some(empty) => empty.run(),
            None => view! { <EmptyState text="Nothing to show." /> }.into_any(),
        }),
        (None, Some(problem)) => {
            Some(view! { <ProblemAlert problem=problem.clone() /> }.into_any())
        }
        (None, None) => {
            let text = waiting.unwrap_or_else(|| "Loading…".to_owned());
            Some(view! { <LoadingState text /> }.into_any())
        }
    }
}

/// Another filter or order is another table: it begins at its top.
fn scroll_up_for_another_question<R: Send + Sync + 'static>(
    root: NodeRef<Div>,
    rows: TableRows<R>,
    current: RwSignal<u32>,
) {
    Effect::new(move |before: Option<Option<Request>>| {
        let question = rows.question.get();
        if before.is_some_and(|before| before != question)
            && let Some(element) = root.get_untracked()
        {
            dom::scroll_to(&element, 0.0);
            current.set(0);
        }
        question
    });
}

/// The line that Tab leads to, of those that are drawn: the one that had the focus last, or the nearest to it where
/// that has left. `None` without lines.
fn tab_stop(current: u32, window: RowWindow) -> Option<u32> {
    let last = window.first + window.count.checked_sub(1)?;
    Some(current.clamp(window.first, last))
}

/// The Tab stop follows the focus, whatever brought it to a row.
fn focused(event: &FocusEvent, current: RwSignal<u32>) {
    if let Some(line) = dom::line_of(event)
        && current.get_untracked() != line
    {
        current.set(line);
    }
}

/// The row that a key leads to.
#[derive(Clone, Copy, Debug, Default)]
struct WantedFocus {
    row: u32,
    /// Counts the keys, from 1.
    number: u32,
}

/// Scrolls to the row that a key leads to, if the table has the key.
fn pressed(
    event: &KeyboardEvent,
    root: NodeRef<Div>,
    pane: RwSignal<Pane>,
    current: RwSignal<u32>,
    count: u32,
) -> Option<u32> {
    if event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || dom::is_from(event, "input, select")
    {
        return None; // the browser's
    }
    let page = pane.with_untracked(Pane::page);
    let from = dom::line_of(event).unwrap_or_else(|| current.get_untracked());
    let row = row_after(&event.key(), from, count, page)?;
    event.prevent_default();
    current.set(row);
    let element = root.get_untracked()?;
    // The lock must be gone before the update: two locks of one signal end the module.
    let top = pane.get_untracked().scroll_to(row, count);
    if let Some(top) = top {
        dom::scroll_to(&element, top);
        pane.update(|pane| pane.top = top);
    }
    Some(row)
}

/// A click in a row, but not on something in it that has a meaning of its own, follows the row's link. The end of a drag
/// that selected text follows nothing.
fn clicked(event: &MouseEvent) {
    let plain = dom::is_plain_click(event);
    if plain && dom::ends_selection(event) {
        event.prevent_default();
        return;
    }
    let own_meaning = dom::is_from(event, "a, button, input, label, select, summary");
    if plain
        && !own_meaning
        && let Some(row) = dom::row_of(event)
    {
        queue_microtask(move || dom::follow_row(&row));
    }
}

#[test]
fn the_tab_stop_is_always_a_row_that_is_drawn() {
    let window = |first, count| RowWindow { first, count, ..RowWindow::default() };
    assert_eq!(tab_stop(3, window(0, 10)), Some(3));
    assert_eq!(tab_stop(3, window(0, 2)), Some(1), "a filter left two rows");
    assert_eq!(tab_stop(3, window(40, 30)), Some(40), "it was scrolled away");
    assert_eq!(tab_stop(99, window(40, 30)), Some(69));
    assert_eq!(tab_stop(3, window(0, 0)), None);
}
