//! The history, as `docker image history` lists it: newest first, short or full, copied as text.

use super::facts::{Facts, ask};
use super::here::here;
use super::opened::Opened;
use super::parts::{Views, copy_button, holds, live, size, view, when};
use super::problems::ProblemAlert;
use super::state::RwSignal;
use crate::browser::locale;
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::{History, HistoryRow};
use leptos::prelude::*;

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
                    Some(Ok(rows)) => table(&rows, full.get()),
                    Some(Err(problem)) => view! { <ProblemAlert problem /> },
                    None => table(&[], false),
                })}
            </div>
        </div>
    }
}

fn table(rows: &[HistoryRow], full: bool) -> AnyView {
    let facts = expect_context::<Facts>();
    let here = here();
    // Rows of the layer table are those of the history, the other way round.
    let number = move |at: usize, all: usize| {
        let layers = facts.layer_table()?;
        (layers.rows.len() == all).then(|| layers.rows[all - 1 - at].number).flatten()
    };
    let all = rows.len();
    let line = |(at, row): (usize, &HistoryRow)| {
        let chosen = move || {
            let layers = here.layers();
            layers != LayerSelection::All && number(at, all).is_some_and(|n| layers.contains(n))
        };
        let by = if full {
            row.created_by.clone()
        } else {
            format::shorten(&row.created_by, format::SHORT)
        };
        let comment =
            if full { row.comment.clone() } else { format::shorten(&row.comment, format::SHORT) };
        let image =
            if full { row.image.clone() } else { format::short_digest(&row.image).to_owned() };
        let chain = row.from_chain.then(|| {
            view! { <span class="badge" title=CHAIN>"chain"</span>" " }
        });
        view! {
            <tr class:on=holds(chosen)>
                <td class="id" class:soft=row.image.starts_with('<') title=row.image.clone()>{image}</td>
                <td class="nw">{when(row.created.as_deref())}</td>
                <td class="by" title=row.created_by.clone()>{by}</td>
                <td class="num">{size(row.size)}</td>
                <td class="com">{chain}{comment}</td>
            </tr>
        }
    };
    let chained = rows.iter().any(|row| row.from_chain);
    let class = if full { "t history lines long" } else { "t history lines short" };
    view! {
        {chained.then(|| view! { <p class="note">{CHAIN}</p> })}
        <div class="scroll-x">
            <table class=class aria-label="History">
                <thead>
                    <tr>
                        <th>"Image"</th>
                        <th>"Created"</th>
                        <th>"Created by"</th>
                        <th class="num">"Size"</th>
                        <th>"Comment"</th>
                    </tr>
                </thead>
                <tbody>{rows.iter().enumerate().map(line).views()}</tbody>
            </table>
        </div>
    }
}
