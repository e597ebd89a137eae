//! The picture of an image: one bar, a part a layer, as wide as its bytes.
//!
//! Hatched is what the final tree no longer shows. An outline in place of a fill: under 1 %, drawn wider
//! than it is. The number always stands beside the colour, in text or in the part's name.

use super::facts::Facts;
use super::here::here;
use super::parts::{holds, layer_class, live, says, view};
use super::selection::Choice;
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::{LayerRow, LayerTable};
use leptos::prelude::*;

/// From so many layers on, parts are narrower on a phone, then everywhere, then as narrow as can be.
const MANY: usize = 9;
const DENSE: usize = 25;
const PACKED: usize = 80;

/// The bar; each part is a link that chooses its layer.
#[component]
pub fn LayerBar() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let class = says(move || match facts.layer_rows().len() {
        MANY..DENSE => "stack many",
        DENSE..PACKED => "stack dense",
        PACKED.. => "stack dense packed",
        _ => "stack",
    });
    view! {
        <div class=class role="list" aria-label="Layers by size">
            <For each=move || facts.layer_rows() key=|key| key.clone() let((_, at, number))>
                {part(facts, at, number.unwrap_or_default())}
            </For>
        </div>
    }
}

/// Whether some part is drawn wider than it is.
pub fn any_tiny(table: &LayerTable) -> bool {
    let all = table.rows.iter().filter_map(|row| row.size).sum();
    table
        .rows
        .iter()
        .any(|row| row.number.is_some() && row.size.is_some_and(|size| tiny(size, all)))
}

fn tiny(size: u64, all: u64) -> bool {
    size == 0 || size < all / 100
}

fn part(facts: Facts, at: usize, number: u32) -> AnyView {
    let choice = expect_context::<Choice>();
    let here = here();
    let row = facts.row(at);
    let small = move || row.read().size.is_some_and(|size| tiny(size, facts.size.get()));
    // Until it is read, a layer is as wide as its blob.
    let bytes = move || row.read().size.or(row.read().download).unwrap_or(1);
    let grow = says(move || if small() { 0 } else { bytes() }.to_string());
    let selected = says(move || {
        let layers = here.layers();
        (layers != LayerSelection::All
            && layers.contains(crate::ui::selection::layer_number(number)))
        .then_some("true")
    });
    let hatch = live(move || {
        let gone = gone(&row.read());
        (gone > 0 && !small()).then(|| {
            let width = format::width(gone, row.read().size.unwrap_or(0));
            view! { <u style:width=width></u> }
        })
    });
    let words = live(move || match row.read().size {
        Some(size) if !small() => format!(" {}", format::size(size)),
        _ => String::new(),
    });
    view! {
        <a
            role="listitem"
            class=layer_class(number)
            class:tiny=holds(small)
            style:flex-grow=grow
            href=says(move || choice.href(number))
            aria-current=selected
            aria-label=says(move || name(&row.read(), number))
            title=says(move || name(&row.read(), number))
        >
            {hatch}
            <b>{number}<span>{words}</span></b>
        </a>
    }
}

/// Bytes of a layer that the final tree doesn't show.
fn gone(row: &LayerRow) -> u64 {
    row.kept.map_or(0, |kept| row.size.unwrap_or(0).saturating_sub(kept))
}

/// "Layer 2, 47.0 MB, 8.60 MB of it not in the final tree".
fn name(row: &LayerRow, number: u32) -> String {
    let Some(size) = row.size else { return format!("Layer {number}") };
    let gone = gone(row);
    let rest = match gone {
        0 => String::new(),
        _ if gone == size => ", none of it in the final tree".to_owned(),
        _ => format!(", {} of it not in the final tree", format::size(gone)),
    };
    format!("Layer {number}, {}{rest}", format::size(size))
}
