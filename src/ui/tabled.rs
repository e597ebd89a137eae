//! A view that is a table: layers beside it, what filters and groups it above, the row that is open at its
//! side. Packages and vulnerabilities are such views.

use super::details::details_pane;
use super::dom::target_element;
use super::facts::ask_any;
use super::files::scope_link;
use super::filter::filter_box;
use super::here::{Here, here};
use super::layer_list::LayerList;
use super::opened::Opened;
use super::parts::{holds, says, spawn, view};
use super::raw::{El, button, el, icon, raw};
use super::state::{StoredValue, untrack};
use super::table::{Rows, STEP, table, walk};
use crate::browser::client::Client;
use crate::browser::download;
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::{Export, Exported, Query, Table, TableAsk};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// How long typing has to rest before it filters.
const REST_MILLIS: u64 = 120;

/// How close to the end of what is here more rows are asked for, in pixels.
const NEAR: i32 = 800;

/// What tells one of these views from another.
#[derive(Clone, Copy)]
pub struct Tabled {
    /// The table's name.
    pub label: &'static str,
    /// The filter's.
    pub filter: &'static str,
    /// The name of the pane.
    pub item: &'static str,
    /// Asks for rows.
    pub rows: fn(TableAsk) -> Query,
    /// Asks for the details of a row.
    pub details: fn(String) -> Query,
    /// Several of what can be shown are shown at once.
    pub several: bool,
    /// What a row is, one and many, under what of it is shown.
    pub counted: fn(&str) -> (&'static str, &'static str),
    /// Said where the image has no row at all.
    pub none: &'static str,
    /// Forms of export, and their names.
    pub exports: &'static [(&'static str, &'static str)],
}

impl Tabled {
    /// The rows that the link asks for, and what brings more of them.
    fn rows(self, opened: Opened, here: Here) -> (Rows, impl Fn() + Copy + 'static) {
        let asked = move || TableAsk {
            layers: here.layers().to_string(),
            filter: here.filter(),
            sort: here.sort(),
            group: here.group(),
            show: here.show(),
            first: 0,
            count: STEP,
        };
        let query = move || {
            opened.tree.get()?;
            Some((self.rows)(asked()))
        };
        let rows = Rows::new(ask_any(opened, Box::new(query)), false);
        let busy = StoredValue::new(false);
        let more = move || {
            let Some(client) = opened.client.get_untracked() else { return };
            if busy.get_value() || !untrack(|| rows.more()) {
                return;
            }
            busy.set_value(true);
            let first = untrack(|| rows.known()) as u32;
            let (ask, epoch) = (untrack(asked), rows.epoch.get_untracked());
            spawn(async move {
                let ask = TableAsk { first, ..ask };
                let part = Client::read::<Table>(client.ask_bytes((self.rows)(ask)).await);
                busy.set_value(false);
                // Of another table by now, or of none.
                if let Ok(part) = part
                    && !rows.epoch.is_disposed()
                    && rows.epoch.get_untracked() == epoch
                {
                    rows.later.update(|later| later.push(Arc::new(part)));
                }
            });
        };
        (rows, more)
    }

    /// The view, with `above` between its tools and the table.
    pub fn view(self, opened: Opened, above: AnyView) -> AnyView {
        let here = here();
        let (rows, more) = self.rows(opened, here);
        let scrolled = move |event: web_sys::Event| {
            let element: web_sys::Element = event_target(&event);
            if element.scroll_top() + element.client_height() + NEAR > element.scroll_height() {
                more();
            }
        };
        let item = here.item();
        let keys = move |event: KeyboardEvent| {
            let typed = || target_element(&event)?.closest("input, select").ok().flatten();
            if event.key() != "Escape" {
                walk(&event);
            } else if typed().is_none() && !item.read_untracked().is_empty() {
                close_details(here);
            }
        };
        let message = move |into: El| match rows.answer.get() {
            Some(Err(problem)) if problem.code != "layers-not-read" => {
                into.add(el("p", "d none").set("role", "alert").text(&problem.to_string()))
            }
            Some(Ok(table)) if !table.rows.is_empty() => into,
            Some(Ok(_)) => self.nothing(into, here),
            _ => waiting(into, opened),
        };
        view! {
            <div class="files tabled" class:has-file=holds(move || !item.read().is_empty()) on:keydown=keys>
                <LayerList />
                <section class="browse" aria-label=self.label>
                    <div class="tools">
                        {filter_box(self.filter, self.filter, REST_MILLIS)}
                        {scope_link()}
                        {self.tools(rows, here)}
                    </div>
                    <div class="rows" on:scroll=scrolled>
                        {above}
                        {raw("", message, move |_, _| here.go(|link| link.filter.clear()))}
                        {table(rows, self.label, more)}
                    </div>
                    <div class="sums">
                        <span role="status">{says(move || self.sum(&*rows.table()?, here))}</span>
                        <span class="sp"></span>
                        {self.exports(opened)}
                    </div>
                </section>
                {details_pane(opened, self.item, self.details)}
            </div>
        }
    }

    fn sum(self, table: &Table, here: Here) -> Option<String> {
        let (one, many) = match here.group().is_empty() {
            true => (self.counted)(&here.show()),
            false => ("row", "rows"),
        };
        table.total.map(|total| format::counted(total, one, many))
    }

    /// What is said where there are no rows.
    fn nothing(self, into: El, here: Here) -> El {
        let filter = here.filter();
        let narrowed = here.layers() != LayerSelection::All || !here.show().is_empty();
        let said = match (filter.is_empty(), narrowed) {
            (true, true) => "Nothing in this selection.".to_owned(),
            (true, false) => self.none.to_owned(),
            (false, _) => format!("Nothing here has “{filter}” in it."),
        };
        let into = into.add(el("p", "none").text(&said));
        match filter.is_empty() {
            true => into,
            false => into.add(el("p", "bt").add(button("", "filter").text("Clear filter"))),
        }
    }

    /// By what rows are grouped, and what can be shown, each with how many rows it has.
    fn tools(self, rows: Rows, here: Here) -> AnyView {
        let last = std::cell::RefCell::new(Arc::<Table>::default());
        let fill = move |into: El| {
            // While another table is on its way, what was there can still be pressed.
            let table = rows.table().unwrap_or_else(|| last.borrow().clone());
            last.replace(table.clone());
            let mut made = into;
            if !table.groups.is_empty() {
                made = made.add(groups(&table.groups, &here.group()));
            }
            let shown = here.show();
            let mut shows = el("span", "seg").set("role", "group").set("aria-label", "Show");
            for (value, words, count) in &table.shows {
                let pressed = shown.split(',').any(|shown| shown == value);
                let button = button("", &format!("show:{value}"))
                    .set("aria-pressed", if pressed { "true" } else { "false" })
                    .text(&format!("{words} {}", format::count(*count)));
                shows = shows.add(button);
            }
            if !table.shows.is_empty() {
                made = made.add(shows);
            }
            match table.note.as_str() {
                note if !shown.is_empty() => made.add(el("span", "soft").text(note)),
                _ => made,
            }
        };
        raw("bt", fill, move |key, event| match key.strip_prefix("show:") {
            Some(value) => {
                here.go(|link| link.show = toggled(&link.show, value, self.several));
            }
            None => {
                let group = event_target_value(event);
                here.go(|link| link.group = group);
            }
        })
    }

    /// Buttons that save what was found.
    fn exports(self, opened: Opened) -> AnyView {
        let fill = move |into: El| {
            let words = el("span", "soft").add(icon("down")).text("Export");
            let group = el("span", "seg").set("role", "group").set("aria-label", "Export");
            let mut group = group.add(words);
            for (form, words) in self.exports {
                group = group.add(button("", form).text(words));
            }
            match opened.note.get() {
                Some(note) => into.add(el("span", "d").set("role", "alert").text(&note)),
                None => into,
            }
            .add(group)
        };
        raw("bt", fill, move |form, _| {
            let Some(client) = opened.client.get_untracked() else { return };
            let form = form.to_owned();
            spawn(async move {
                let saved = client.ask_bytes(Export { form }.into()).await;
                let saved = Client::read::<Exported>(saved);
                let saved =
                    saved.and_then(|file| download::save_bytes(&file.name, file.text.as_bytes()));
                opened.note.set(saved.err().map(|problem| problem.to_string()));
            });
        })
    }
}

/// Said while the contents of layers are on their way.
pub fn waiting(into: El, opened: Opened) -> El {
    let asks = opened.pulling.read().as_ref().is_some_and(|pulling| pulling.asks);
    let words = if asks { "The layers are not here yet." } else { "Reading…" };
    into.add(el("p", "none").set("role", "status").text(words))
}

fn toggled(shown: &str, value: &str, several: bool) -> String {
    if value.is_empty() {
        return String::new(); // all there is
    }
    let on = shown.split(',').any(|shown| shown == value);
    let others = shown.split(',').filter(|shown| several && !shown.is_empty() && *shown != value);
    others.chain((!on).then_some(value)).collect::<Vec<_>>().join(",")
}

fn groups(groups: &[(String, String)], chosen: &str) -> El {
    let option = |value: &str, words: &str| {
        let made = el("option", "").set("value", value).text(words);
        if value == chosen { made.set("selected", "") } else { made }
    };
    let select = el("select", "field").set("aria-label", "Group").set("data-key", "group");
    let mut select = select.add(option("", "Not grouped"));
    for (value, words) in groups {
        select = select.add(option(value, &format!("By {}", words.to_ascii_lowercase())));
    }
    select
}

/// Closes what is open, and gives the focus back to its row.
fn close_details(here: Here) {
    if let Ok(Some(row)) = document().query_selector(".rows [aria-current]")
        && let Ok(row) = row.dyn_into::<web_sys::HtmlElement>()
    {
        // On a phone it is not there before the pane has gone.
        request_animation_frame(move || {
            let _ = row.focus(); // fails for what has gone meanwhile
        });
    }
    here.go(|link| link.item.clear());
}
