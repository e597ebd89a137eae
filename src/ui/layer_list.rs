//! The layers beside the file tree: each with its bar and counts, to be chosen without leaving it.

use super::facts::Facts;
use super::here::here;
use super::parts::{change_counts, layer_class, meter, size};
use super::selection::{Choice, ModeButtons};
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::LayerRow;
use leptos::prelude::*;

/// The pane.
#[component]
pub fn LayerList() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let choice = expect_context::<Choice>();
    view! {
        <section class="beside" aria-label="Choose layers">
            <div class="bar2">"Layers"<span class="sp"></span><ModeButtons /></div>
            {move || {
                let table = facts.layer_table().unwrap_or_default();
                let all = table.rows.iter().filter_map(|row| row.size).sum();
                table.rows.iter().filter_map(|row| entry(row, all, choice)).collect_view()
            }}
        </section>
    }
}

fn entry(row: &LayerRow, all: u64, choice: Choice) -> Option<AnyView> {
    let number = row.number?;
    let here = here();
    let chosen = move || here.layers() != LayerSelection::All && here.layers().contains(number);
    let share = format::seen_width(row.size.unwrap_or(0), all);
    Some(
        view! {
            <a
                class=format!("layer {}", layer_class(number))
                class:on=chosen
                aria-current=move || chosen().then_some("true")
                href=move || choice.href(number)
                title=row.created_by.clone()
            >
                <span class="num soft">{number}</span>
                <span class="cmd"><b>{row.keyword.clone()}</b>" "{row.instruction.clone()}</span>
                <span class="num">{size(row.size)}</span>
                {meter(share)}
                <span class="chg">{change_counts(row.added, row.modified, row.removed)}</span>
            </a>
        }
        .into_any(),
    )
}
