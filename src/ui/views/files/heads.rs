//! The heads of the tree's columns: each sorts, and its edge makes the column wider and narrower.
//!
//! Keys on an edge: the window splitter of the ARIA Authoring Practices. The edge is at the left, because the name at
//! the left takes what a column leaves.

use super::column_list::{ColumnFacts, facts};
use super::columns::{NARROWEST, TreeColumns, WIDEST};
use super::tree_model::TreeModel;
use crate::browser::page::dom;
use crate::protocol::TreeColumn;
use crate::ui::app::use_navigation;
use crate::ui::widgets::TableSort;
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;

/// Pixels that an arrow key moves an edge.
const KEY_STEP: f64 = 16.0;

/// The row of heads.
#[component]
pub fn Heads() -> AnyView {
    let columns = expect_context::<TreeModel>().columns;
    view! {
        <div class="th tr" role="row" aria-rowindex="1">
            <SortingHead column=TreeColumn::Name name="Name" />
            <For each=move || columns.shown.get() key=|column| *column let:column>
                {facts(column).map(|facts| view! { <Head facts /> })}
            </For>
        </div>
    }
    .into_any()
}

#[component]
fn Head(facts: &'static ColumnFacts) -> AnyView {
    let ColumnFacts { column, name, explanation, largest_first, .. } = *facts;
    view! { <SortingHead column name explanation largest_first edge=true /> }.into_any()
}

#[component]
fn SortingHead(
    column: TreeColumn,
    name: &'static str,
    #[prop(optional)] explanation: &'static str,
    #[prop(optional)] largest_first: bool,
    #[prop(optional)] edge: bool,
) -> AnyView {
    let navigation = use_navigation();
    let sort = TableSort::of_link::<TreeColumn>(navigation);
    let direction = move || {
        let current = navigation.sort::<TreeColumn>();
        let descending = current.reversed != largest_first;
        (current.by == column).then_some(if descending { "descending" } else { "ascending" })
    };
    let is_number = matches!(
        column,
        TreeColumn::Size | TreeColumn::Files | TreeColumn::Compressed | TreeColumn::Writes
    );
    let title = (!explanation.is_empty()).then_some(explanation);
    view! {
        <div role="columnheader" aria-label=name class:num=is_number aria-sort=direction title=title>
            {edge.then(|| view! { <Edge column name /> })}
            <button type="button" on:click=move |_| sort.choose_column(column)>{name}</button>
        </div>
    }
    .into_any()
}

/// The edge of a column, to drag, or to move by the arrow keys.
#[component]
fn Edge(column: TreeColumn, name: &'static str) -> AnyView {
    let columns = expect_context::<TreeModel>().columns;
    // Where the pointer went down, and the width then.
    let start = StoredValue::new(None::<(f64, f64)>);
    let pressed = move |event: PointerEvent| {
        event.prevent_default(); // no selection of text
        dom::capture_pointer(&event);
        let width = untrack(|| columns.width(column));
        start.set_value(Some((f64::from(event.client_x()), width)));
    };
    let moved = move |event: PointerEvent| {
        if let Some((x, width)) = start.get_value() {
            columns.set_width(column, width + x - f64::from(event.client_x()));
        }
    };
    let released = move |_: PointerEvent| {
        if start.try_update_value(Option::take).flatten().is_some() {
            columns.keep_width(column);
        }
    };
    view! {
        <span
            class="edge"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=format!("Width of {name}")
            aria-valuemin=NARROWEST
            aria-valuemax=WIDEST
            aria-valuenow=move || columns.width(column)
            on:pointerdown=pressed
            on:pointermove=moved
            on:pointerup=released
            on:pointercancel=released
            on:dblclick=move |_| columns.reset_width(column)
            on:keydown=move |event| key(columns, column, &event)
        ></span>
    }
    .into_any()
}

fn key(columns: TreeColumns, column: TreeColumn, event: &KeyboardEvent) {
    let width = untrack(|| columns.width(column));
    match event.key().as_str() {
        "ArrowLeft" => columns.set_width(column, width + KEY_STEP),
        "ArrowRight" => columns.set_width(column, width - KEY_STEP),
        "Home" => columns.set_width(column, WIDEST),
        "End" => columns.set_width(column, NARROWEST),
        "Enter" => return columns.reset_width(column),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation(); // the arrows move no row
    columns.keep_width(column);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn heads_sort_and_their_edges_are_named_separators() {
        let html = TestPage::at("#/?view=files&sort=modified").render(|| {
            provide_context(TreeModel::new());
            view! { <Heads /> }
        });
        assert_eq!(html.text(), "Name Size Files Mode Owner Modified Layer");
        assert_eq!(html.count(r#"role="separator" tabindex="0""#), 6, "the name takes the rest");
        assert!(html.has(r#"aria-label="Width of Owner""#), "{html}");
        assert_eq!(html.count(r#"aria-sort="descending""#), 1, "the newest comes first: {html}");
    }
}
