//! The layers beside the file tree: each with its bar and counts, to be chosen without leaving it.

use super::facts::Facts;
use super::here::here;
use super::parts::{change_counts, holds, layer_class, live, says, size, view};
use super::raw::{el, meter};
use super::selection::{Choice, ModeButtons};
use crate::format;
use crate::selection::LayerSelection;
use leptos::prelude::*;

/// The pane.
#[component]
pub fn LayerList() -> impl IntoView {
    let facts = expect_context::<Facts>();
    view! {
        <section class="beside" aria-label="Choose layers">
            <div class="bar2">"Layers"<span class="sp"></span><ModeButtons /></div>
            <For each=move || facts.layer_rows() key=|key| key.clone() let((_, at, number))>
                {entry(facts, at, number.unwrap_or_default())}
            </For>
        </section>
    }
}

fn entry(facts: Facts, at: usize, number: u32) -> AnyView {
    let choice = expect_context::<Choice>();
    let here = here();
    let row = facts.row(at);
    let chosen = move || {
        here.layers() != LayerSelection::All
            && here.layers().contains(crate::ui::selection::layer_number(number))
    };
    let (keyword, instruction, recorded) = {
        let row = row.read_untracked();
        (row.keyword.clone(), row.instruction.clone(), row.created_by.clone())
    };
    let share = move || format::seen_width(row.read().size.unwrap_or(0), facts.size.get());
    let counts = live(move || {
        let row = row.read();
        change_counts(el("span", "chg"), &row)
    });
    view! {
        <a
            class=format!("layer {}", layer_class(number))
            class:on=holds(chosen)
            aria-current=says(move || chosen().then_some("true"))
            href=says(move || choice.href(number))
            title=recorded
        >
            <span class="num soft">{number}</span>
            <span class="cmd"><b>{keyword}</b>" "{instruction}</span>
            {live(move || el("span", "num").add(size(row.read().size)))}
            {live(move || meter(&share()))}
            {counts}
        </a>
    }
}
