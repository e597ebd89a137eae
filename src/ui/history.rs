//! The history, as `docker image history` lists it: newest first, short or full, copied as text.

use super::facts::{Facts, ask};
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::{copy_button, holds, live, view};
use super::problems::ProblemAlert;
use super::raw::{El, el, raw};
use super::state::RwSignal;
use super::table::fill;
use crate::browser::locale;
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::{Cell, History, HistoryRow};
use leptos::prelude::*;
use std::sync::Arc;

/// Where rows come from that are not the config's own.
const CHAIN: &str = "These rows are from the chain of layers, as Docker saved it before 1.10: the \
                     image's own history is empty.";

/// The table and what can be done with it.
#[component]
pub fn HistoryView() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let history = ask(opened, || Some(History {}));
    let full = RwSignal::new(false);
    let text = move || match history.get_untracked() {
        Some(Ok(rows)) => format::history_text(&rows, full.get_untracked(), locale::now()),
        _ => String::new(),
    };
    let switch = move |_| full.update(|full| *full = !*full);
    view! {
        <div class="view">
            <div class="page">
                <div class="head">
                    <h2>"History"</h2>
                    <span class="soft">"newest first, as docker image history lists it"</span>
                    <span class="sp"></span>
                    <label class="switch">
                        <input type="checkbox" prop:checked=holds(move || full.get()) on:change=switch />
                        "Full commands and IDs"
                    </label>
                    {copy_button("Copy as text", true, text)}
                </div>
                {live(move || match history.get() {
                    Some(Ok(rows)) => table(rows, full.get()),
                    Some(Err(problem)) => view! { <ProblemAlert problem /> },
                    None => table(Arc::default(), false),
                })}
            </div>
        </div>
    }
}

fn table(rows: Arc<Vec<HistoryRow>>, full: bool) -> AnyView {
    let facts = expect_context::<Facts>();
    let here = here();
    let drawn = move |into: El| {
        let table = facts.layer_table().unwrap_or_default();
        let layers = here.layers();
        let all = rows.len();
        let mut body = el("tbody", "");
        for (at, row) in rows.iter().enumerate() {
            // Rows of the layer table are those of the history, the other way round.
            let own = table.rows.get(all - 1 - at).filter(|_| table.rows.len() == all);
            let number = own.and_then(|own| own.number);
            let chosen = layers != LayerSelection::All
                && number.is_some_and(|number| {
                    layers.contains(crate::ui::selection::layer_number(number))
                });
            body = body.add(line(row, full, chosen, here));
        }
        let mut head = el("tr", "");
        for name in ["Image", "Created", "Created by", "Size", "Comment"] {
            head = head.add(el("th", if name == "Size" { "num" } else { "" }).text(name));
        }
        let class = if full { "t history lines long" } else { "t history lines short" };
        let table = el("table", class).set("aria-label", "History");
        let table = table.add(el("thead", "").add(head)).add(body);
        let chained = rows.iter().any(|row| row.from_chain);
        let into = if chained { into.add(el("p", "note").text(CHAIN)) } else { into };
        into.add(el("div", "scroll-x").add(table))
    };
    raw("", drawn, |_, _| ())
}

fn line(row: &HistoryRow, full: bool, chosen: bool, here: Here) -> El {
    let cut = |text: &str| match full {
        true => text.to_owned(),
        false => format::shorten(text, format::SHORT),
    };
    let image = if full { &row.image } else { format::short_digest(&row.image) };
    let class = if row.image.starts_with('<') { "id soft" } else { "id" };
    let time = Cell::Time(row.created.clone().unwrap_or_default());
    let size = match row.size {
        Some(bytes) => fill(el("td", "num"), &Cell::Size(bytes), here),
        None => el("td", "num").text("…"),
    };
    let mut comment = el("td", "com");
    if row.from_chain {
        comment = comment.add(el("span", "badge").set("title", CHAIN).text("chain")).text(" ");
    }
    el("tr", if chosen { "on" } else { "" })
        .add(el("td", class).set("title", &row.image).text(image))
        .add(fill(el("td", "nw"), &time, here))
        .add(el("td", "by").set("title", &row.created_by).text(&cut(&row.created_by)))
        .add(size)
        .add(comment.text(&cut(&row.comment)))
}
