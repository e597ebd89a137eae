//! Lists of registries, all drawn alike: tags, hits of a search, referrers, repositories, what is kept.

use super::filter::filter_box;
use super::here::here;
use super::inspect::{ask_host, reference_form};
use super::network::{net, registry_of};
use super::parts::{
    Views, clicks, copy_button, digest, effect, holds, live, size, spawn, view, when,
};
use super::problems::ProblemAlert;
use super::state::{RwSignal, StoredValue, untrack};
use crate::browser::client::Client;
use crate::format;
use crate::link::{Link, Place};
use crate::problem::Problem;
use crate::session::query::{Cell, Leads, Listing, Look, Table, TableRow};
use leptos::prelude::*;

/// Rows that are asked for at first, and each time that more are.
const STEP: u32 = 200;

/// How long typing has to rest before a list is filtered: Docker Hub is asked for each filter.
const REST_MILLIS: u64 = 250;

/// A list with its filter (where that has a name), which is the link's, and the way to more of it.
pub fn list(
    client: impl Fn() -> Option<Client> + 'static,
    listing: Listing,
    label: &'static str,
    filter_label: &'static str,
) -> AnyView {
    let here = here();
    let filtered = !filter_label.is_empty();
    let filter = move || if filtered { here.filter() } else { String::new() };
    let count = RwSignal::new(STEP);
    let asked = StoredValue::new(0u32);
    let table = RwSignal::new(None::<Result<Table, Problem>>);
    effect(move || {
        let look = Look { listing: listing.clone(), filter: filter(), count: count.get() };
        let Some(client) = client() else { return };
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        spawn(async move {
            let answer = client.look(look).await;
            if !table.is_disposed() && asked.get_value() == number {
                table.set(Some(answer));
            }
        });
    });
    let search = filtered.then(|| filter_box(filter_label, filter_label, REST_MILLIS));
    let more = clicks(move |_| count.update(|count| *count += STEP));
    view! {
        <div class="head">
            {search}
            {live(move || table.get().and_then(Result::ok).filter(|t| !t.rows.is_empty()).map(|t| counted(&t)))}
        </div>
        {live(move || match table.get() {
            None => view! { <p class="soft" role="status">"Asking…"</p> }.into_any(),
            Some(Err(problem)) => view! { <ProblemAlert problem /> }.into_any(),
            Some(Ok(table)) => drawn(table, label),
        })}
        <p hidden=holds(move || !table.read().as_ref().is_some_and(|t| t.as_ref().is_ok_and(|t| t.more)))>
            <button on:click=more>"Show more"</button>
        </p>
    }
}

fn counted(table: &Table) -> AnyView {
    let shown = table.rows.len() as u64;
    let words = match table.total {
        Some(total) if total > shown => {
            format!("{} of {}", format::count(shown), format::count(total))
        }
        _ => format::count(shown),
    };
    view! { <span class="soft num">{words}</span> <span class="soft">{table.note.clone()}</span> }
        .into_any()
}

fn drawn(table: Table, label: &'static str) -> AnyView {
    if table.rows.is_empty() {
        return view! { <p class="soft">"None."</p> }.into_any();
    }
    let number = |at: usize| {
        let is = |row: &TableRow| matches!(row.cells.get(at), Some(Cell::Size(_) | Cell::Count(_)));
        if table.rows.iter().any(is) { "num" } else { "" }
    };
    let heads = (0..)
        .zip(&table.columns)
        .map(|(at, name)| view! { <th class=number(at)>{name.name.clone()}</th> });
    view! {
        <div class="scroll-x">
            <table class="t list" aria-label=label>
                <thead><tr>{heads.views()}</tr></thead>
                <tbody>{table.rows.iter().map(row).views()}</tbody>
            </table>
        </div>
    }
}

fn row(row: &TableRow) -> AnyView {
    let cells = row.cells.iter().enumerate().map(|(at, value)| {
        let (class, inner) = cell(value);
        let inner = match &row.leads {
            Leads::Link(link) if at == 0 => view! { <a href=link.clone()>{inner}</a> }.into_any(),
            _ => inner,
        };
        view! { <td class=class>{inner}</td> }
    });
    view! { <tr>{cells.views()}</tr> }.into_any()
}

fn cell(value: &Cell) -> (&'static str, AnyView) {
    match value {
        Cell::Text(text) => ("", text.clone().into_any()),
        Cell::Code(text) => ("mono", text.clone().into_any()),
        Cell::Layer(..) | Cell::Severity(..) => ("", ().into_any()), // no list of a registry has them
        Cell::Size(bytes) => ("num", size(Some(*bytes)).into_any()),
        Cell::Count(count) => ("num", format::count(*count).into_any()),
        Cell::Time(time) => ("nw", when(Some(time).filter(|t| !t.is_empty()).map(String::as_str))),
        Cell::Digest(text) => ("mono nw", digest(text, "Copy digest")),
        Cell::Badge(name) if name.is_empty() => ("", ().into_any()),
        Cell::Badge(name) => ("nw", view! { <span class="badge">{name.clone()}</span> }.into_any()),
    }
}

/// The tags of a repository, the repositories of a registry, or a search.
#[component]
pub fn ListScreen() -> impl IntoView {
    let (here, net) = (here(), net());
    let shown = live(move || {
        net.changed.track();
        if !net.is_ready() {
            return ().into_any();
        }
        let place = here.place();
        if registry_of(&place).is_some_and(|registry| !net.knows(&registry)) {
            return ask_host(Link::to(place));
        }
        let (listing, title, label, filter) = match place {
            Place::Search(term) => {
                (Listing::Search(term.clone()), format!("Docker Hub: {term}"), "Search results", "")
            }
            Place::Repository(name) => match name.strip_suffix('/') {
                Some(registry) => (
                    Listing::Catalog(registry.to_owned()),
                    name.clone(),
                    "Repositories",
                    "Filter repositories",
                ),
                None => (Listing::Tags(name.clone()), name.clone(), "Tags", "Filter tags"),
            },
            _ => return ().into_any(),
        };
        document().set_title(&format!("{title} · Layerscope"));
        view! {
            <div class="head">
                <h1 class="title">{title}</h1>
                {copy_button("Copy link", true, move || untrack(|| here.address(|_| {})))}
            </div>
            <section>{list(move || Some(net.lists()), listing, label, filter)}</section>
        }
    });
    view! { <main><div class="view"><div class="page lists">{reference_form()}{shown}</div></div></main> }
}
