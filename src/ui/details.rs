//! The pane beside a table: all that is known of the row that is open.

use super::facts::{Answer, ask_any};
use super::file::pane_head;
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::{Views, copy_button, live, view};
use super::problems::ProblemAlert;
use super::state::RwSignal;
use super::table::{Rows, cell, lead, table};
use crate::format;
use crate::session::query::{Cell, DetailList, Details, Fact, Query, Table};
use leptos::prelude::*;

/// The pane; `question` asks for the details of a row, by its key.
pub fn details_pane(opened: Opened, label: &'static str, question: fn(String) -> Query) -> AnyView {
    let here = here();
    let item = here.item();
    let asked = move || Some(item.get()).filter(|item| !item.is_empty()).map(question);
    let details: RwSignal<Answer<Details>> = ask_any(opened, Box::new(asked));
    view! {
        <aside class="file" role="region" aria-label=label>
            {live(move || match details.get() {
                None => bar("", here),
                Some(Err(problem)) => view! { {bar("", here)}<ProblemAlert problem /> },
                Some(Ok(details)) => known(&details, here),
            })}
        </aside>
    }
}

fn bar(title: &str, here: Here) -> AnyView {
    pane_head(title, None, here, |link| link.item.clear(), ["Back to the table", "Close details"])
}

fn known(details: &Details, here: Here) -> AnyView {
    let text =
        (!details.text.is_empty()).then(|| view! { <p class="prose">{details.text.clone()}</p> });
    view! {
        {bar(&details.title, here)}
        <dl class="what">{details.facts.iter().map(|one| fact(one, here)).views()}</dl>
        {text}
        {details.lists.iter().map(list).views()}
    }
}

fn fact(fact: &Fact, here: Here) -> AnyView {
    let (class, _, inner) = cell(&fact.value, here);
    let class = if class.starts_with("mono") { "mono" } else { "" };
    let copy = match &fact.value {
        Cell::Text(text) | Cell::Code(text) if fact.copied => {
            let text = text.clone();
            let label = if fact.name == "PURL" { "Copy PURL" } else { "Copy" };
            Some(copy_button(label, false, move || text.clone()))
        }
        _ => None,
    };
    view! {
        <dt>{fact.name.clone()}</dt>
        <dd class=class>{lead(&fact.leads, "", here, inner)}" "{copy}</dd>
    }
}

fn list(list: &DetailList) -> AnyView {
    let shown = list.rows.len() as u64;
    let count = match list.total > shown {
        true => format!("the first {} of {}", format::count(shown), format::count(list.total)),
        false => format::count(shown),
    };
    let rows = Rows::of(Table { rows: list.rows.clone(), ..Table::default() });
    view! { <h3>{list.name.clone()}<span>{count}</span></h3>{table(rows, "", || ())} }
}
