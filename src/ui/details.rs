//! The pane beside a table: all that is known of the row that is open.

use super::facts::{Answer, ask_any};
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::view;
use super::raw::{El, el, icon, raw};
use super::state::RwSignal;
use super::table::{Drawing, copy, heard, lead};
use crate::format;
use crate::session::query::{Cell, Details, Fact, Query};
use leptos::prelude::*;

/// The pane; `question` asks for the details of a row, by its key.
pub fn details_pane(opened: Opened, label: &'static str, question: fn(String) -> Query) -> AnyView {
    let here = here();
    let item = here.item();
    let asked = move || Some(item.get()).filter(|item| !item.is_empty()).map(question);
    let details: RwSignal<Answer<Details>> = ask_any(opened, Box::new(asked));
    let fill = move |into: El| {
        let close = here.href(|link| link.item.clear());
        let back = el("a", "btn q back").set("href", &close).set("aria-label", "Back to the table");
        let gone = el("a", "btn q hide").set("href", &close).set("aria-label", "Close details");
        let back = back.add(el("i", "i i-back"));
        let gone = gone.set("title", "Close details").add(icon("x"));
        let details = details.get();
        let title = match &details {
            Some(Ok(details)) => &details.title[..],
            _ => "",
        };
        let title = el("b", "").set("title", title).text(title);
        let bar = el("div", "bar2").add(back).add(title).add(el("span", "sp")).add(gone);
        let into = into.add(bar);
        match &details {
            None => into,
            Some(Err(problem)) => {
                into.add(el("p", "hint").set("role", "alert").text(&problem.to_string()))
            }
            Some(Ok(details)) => known(into, details, here),
        }
    };
    view! {
        <aside class="file" role="region" aria-label=label>
            {raw("details", fill, move |key, event| heard(key, event, here))}
        </aside>
    }
}

fn known(into: El, details: &Details, here: Here) -> El {
    let mut facts = el("dl", "what");
    for one in &details.facts {
        facts = fact(facts, one, here);
    }
    let mut made = into.add(facts);
    if !details.text.is_empty() {
        made = made.add(el("p", "prose").text(&details.text));
    }
    for list in &details.lists {
        let shown = format::count(list.rows.len() as u64);
        let count = match list.total > list.rows.len() as u64 {
            true => format!("the first {shown} of {}", format::count(list.total)),
            false => shown,
        };
        made = made.add(el("h3", "").text(&list.name).add(el("span", "").text(&count)));
        made = made.add(Drawing::of(list.rows.clone(), here));
    }
    made
}

fn fact(into: El, fact: &Fact, here: Here) -> El {
    let code = matches!(fact.value, Cell::Code(_) | Cell::Digest(_));
    let value = el("dd", if code { "mono" } else { "" });
    let mut value = lead(value, &fact.leads, "", &fact.value, here);
    if let Cell::Text(text) | Cell::Code(text) = &fact.value
        && fact.copied
    {
        value = value.text(" ").add(copy(&format!("Copy {}", fact.name), text));
    }
    into.add(el("dt", "").text(&fact.name)).add(value)
}
