//! The picture of an image: one bar, a part a layer, as wide as its bytes.
//!
//! Hatched is what the final tree no longer shows. An outline in place of a fill: under 1 %, drawn wider
//! than it is. The number always stands beside the colour, in text or in the part's name.

use super::facts::Facts;
use super::parts::layer_class;
use super::selection::Choice;
use crate::format;
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
    let choice = expect_context::<Choice>();
    view! {
        {move || {
            let table = facts.layer_table().unwrap_or_default();
            let all = total(&table);
            let layers: Vec<_> = table.rows.iter().filter(|row| row.number.is_some()).collect();
            let class = match layers.len() {
                MANY..DENSE => "stack many",
                DENSE..PACKED => "stack dense",
                PACKED.. => "stack dense packed",
                _ => "stack",
            };
            let parts = layers.into_iter().map(|row| part(row, all, choice)).collect_view();
            view! { <div class=class role="list" aria-label="Layers by size">{parts}</div> }
        }}
    }
}

/// Whether some part is drawn wider than it is.
pub fn any_tiny(table: &LayerTable) -> bool {
    let all = total(table);
    table
        .rows
        .iter()
        .any(|row| row.number.is_some() && row.size.is_some_and(|size| tiny(size, all)))
}

fn total(table: &LayerTable) -> u64 {
    table.rows.iter().filter_map(|row| row.size).sum()
}

fn tiny(size: u64, all: u64) -> bool {
    size == 0 || size < all / 100
}

fn part(row: &LayerRow, all: u64, choice: Choice) -> AnyView {
    let number = row.number.unwrap_or_default();
    let size = row.size.unwrap_or(0);
    let gone = row.kept.map_or(0, |kept| size.saturating_sub(kept));
    let small = row.size.is_some() && tiny(size, all);
    let grow = if small { 0 } else { size };
    let mut name = format!("Layer {number}, {}", format::size(size));
    match gone {
        0 => {}
        _ if gone == size => name.push_str(", none of it in the final tree"),
        _ => name.push_str(&format!(", {} of it not in the final tree", format::size(gone))),
    }
    let class = format!("{}{}", layer_class(number), if small { " tiny" } else { "" });
    let selected = move || {
        let layers = super::here::here().layers();
        (layers != Default::default() && layers.contains(number)).then_some("true")
    };
    let hatch = format::width(gone, size);
    let words = (!small).then(|| view! { <span>{format!(" {}", format::size(size))}</span> });
    view! {
        <a
            role="listitem"
            class=class
            style:flex-grow=grow.to_string()
            href=move || choice.href(number)
            aria-current=selected
            aria-label=name.clone()
            title=name
        >
            {(gone > 0 && !small).then(|| view! { <u style:width=hatch></u> })}
            <b>{number}{words}</b>
        </a>
    }
    .into_any()
}
