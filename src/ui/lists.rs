//! Lists of registries, all drawn alike: tags, hits of a search, referrers, repositories, what is kept.

use super::filter::filter_box;
use super::here::here;
use super::inspect::{ask_host, reference_form};
use super::network::{net, registry_of};
use super::parts::{Views, copy_button, effect, live, spawn, view};
use super::problems::ProblemAlert;
use super::raw::el;
use super::state::{RwSignal, StoredValue, untrack};
use super::table::{Rows, STEP, table};
use crate::browser::client::Client;
use crate::format;
use crate::link::{Link, LinkTarget};
use crate::session::query::{Listing, Look, Table};
use leptos::prelude::*;
use std::sync::Arc;

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
    let answer = RwSignal::new(None);
    effect(move || {
        let look = Look { listing: listing.clone(), filter: filter(), count: count.get() };
        let Some(client) = client() else { return };
        asked.update_value(|asked| *asked += 1);
        let number = asked.get_value();
        spawn(async move {
            let table = client.look(look).await.map(Arc::new);
            if !answer.is_disposed() && asked.get_value() == number {
                answer.set(Some(table));
            }
        });
    });
    let search = filtered.then(|| filter_box(filter_label, filter_label, REST_MILLIS));
    let rows = Rows::new(answer, true);
    let said = live(move || match rows.answer.get() {
        None => status("Asking…"),
        Some(Err(problem)) => view! { <ProblemAlert problem /> },
        Some(Ok(table)) if table.rows.is_empty() => status("None."),
        Some(Ok(_)) => ().into_any(),
    });
    view! {
        <div class="head">
            {search}
            {live(move || rows.table().filter(|t| !t.rows.is_empty()).map(|t| counted(&t)))}
        </div>
        {said}
        {table(rows, label, move || count.update(|count| *count += STEP))}
    }
}

fn status(words: &str) -> AnyView {
    el("p", "soft").set("role", "status").text(words).into_any()
}

fn counted(table: &Table) -> AnyView {
    let shown = table.rows.len() as u64;
    let words = match table.total {
        Some(total) if total > shown => {
            format!("{} of {}", format::count(shown), format::count(total))
        }
        _ => format::count(shown),
    };
    let words = el("span", "soft num").text(&words);
    [words, el("span", "soft").text(&table.note)].into_iter().views()
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
            LinkTarget::Search(term) => {
                (Listing::Search(term.clone()), format!("Docker Hub: {term}"), "Search results", "")
            }
            LinkTarget::Repository(name) => match name.strip_suffix('/') {
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
