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
use super::parts::{Views, clicks, holds, live, says, small_icon, spawn, view};
use super::problems::ProblemAlert;
use super::state::{Memo, StoredValue, untrack};
use super::table::{Rows, STEP, table};
use crate::browser::client::Client;
use crate::browser::download;
use crate::format;
use crate::selection::LayerSelection;
use crate::session::query::{Export, Query, Table, TableAsk};
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
        let asked = Memo::new(move |_| TableAsk {
            layers: here.layers().to_string(),
            filter: here.filter(),
            sort: here.sort(),
            group: here.group(),
            show: here.show(),
            first: 0,
            count: STEP,
        });
        let query = move || {
            opened.tree.get()?;
            Some((self.rows)(asked.get()))
        };
        let rows = Rows::new(ask_any(opened, Box::new(query)));
        let busy = StoredValue::new(false);
        let more = move || {
            let Some(client) = opened.client.get_untracked() else { return };
            if busy.get_value() || !untrack(|| rows.more()) {
                return;
            }
            busy.set_value(true);
            let first = untrack(|| rows.known()) as u32;
            let (ask, epoch) = (asked.get_untracked(), rows.epoch.get_untracked());
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
        let escape = window_event_listener(leptos::ev::keydown, move |event| {
            let elsewhere = || {
                let target = target_element(&event)?;
                target.closest("input, select, dialog, nav").ok().flatten()
            };
            let open = !item.read_untracked().is_empty();
            if event.key() == "Escape" && open && elsewhere().is_none() {
                close_details(here);
            }
        });
        on_cleanup(move || escape.remove());
        let state = Memo::new(move |_| match rows.answer.get() {
            None => State::Waits,
            Some(Err(problem)) if problem.code == "layers-not-read" => State::Waits,
            Some(Err(problem)) => State::Failed(problem),
            Some(Ok(table)) if table.rows.is_empty() => State::Empty,
            Some(Ok(_)) => State::Rows,
        });
        view! {
            <div class="files tabled" class:has-file=holds(move || !item.read().is_empty())>
                <LayerList />
                <section class="browse" aria-label=self.label>
                    <div class="tools">
                        {filter_box(self.filter, self.filter, REST_MILLIS)}
                        {scope_link()}
                        {groups(rows, here)}
                        {self.shows(rows, here)}
                    </div>
                    <div class="rows" on:scroll=scrolled>
                        {above}
                        {live(move || match state.get() {
                            State::Waits => waiting(opened),
                            State::Failed(problem) => view! { <ProblemAlert problem /> },
                            State::Empty => self.nothing(here),
                            State::Rows => table(rows, self.label, more),
                        })}
                    </div>
                    <div class="sums">
                        <span role="status">{live(move || self.sum(&*rows.table()?, here))}</span>
                        <span class="sp"></span>
                        {self.export(opened)}
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
    fn nothing(self, here: Here) -> AnyView {
        let filter = here.filter();
        if !filter.is_empty() {
            let href = here.href(|link| link.filter.clear());
            return view! {
                <div class="none">
                    <p>"Nothing here has “"{filter}"” in it."</p>
                    <a class="btn" href=href>"Clear filter"</a>
                </div>
            };
        }
        let narrowed = here.layers() != LayerSelection::All || !here.show().is_empty();
        let words = if narrowed { "Nothing in this selection." } else { self.none };
        view! { <p class="none">{words}</p> }
    }

    /// What can be shown, each with how many rows it has.
    fn shows(self, rows: Rows, here: Here) -> AnyView {
        let shows = Memo::new(move |last: Option<&Vec<_>>| match rows.table() {
            Some(table) => table.shows.clone(),
            None => last.cloned().unwrap_or_default(),
        });
        let values = Memo::new(move |_| {
            shows.read().iter().map(|(value, ..)| value.clone()).collect::<Vec<String>>()
        });
        let button = move |(at, value): (usize, String)| {
            let own = value.clone();
            let pressed = says(move || {
                let pressed = here.show().split(',').any(|shown| shown == own);
                if pressed { "true" } else { "false" }
            });
            let toggle = clicks(move |_| {
                here.go(|link| link.show = toggled(&link.show, &value, self.several));
            });
            let words = move || {
                let shows = shows.read();
                let (_, words, count) = shows.get(at)?;
                Some(format!("{words} {}", format::count(*count)))
            };
            view! { <button aria-pressed=pressed on:click=toggle>{says(words)}</button> }
        };
        live(move || {
            let values = values.get();
            (!values.is_empty()).then(|| {
                view! {
                    <span class="seg" role="group" aria-label="Show">
                        {values.into_iter().enumerate().map(button).views()}
                    </span>
                }
            })
        })
    }

    /// Buttons that save what was found.
    fn export(self, opened: Opened) -> AnyView {
        let button = |(form, words): &(&'static str, &'static str)| {
            let form = *form;
            let save = clicks(move |_| {
                let Some(client) = opened.client.get_untracked() else { return };
                spawn(async move {
                    let saved = client.ask(Export { form: form.to_owned() }).await;
                    let saved = saved
                        .and_then(|file| download::save_bytes(&file.name, file.text.as_bytes()));
                    opened.note.set(saved.err().map(|problem| problem.to_string()));
                });
            });
            view! { <button on:click=save>{*words}</button> }
        };
        view! {
            {live(move || opened.note.get().map(|note| view! { <span class="d" role="alert">{note}</span> }))}
            <span class="seg" role="group" aria-label="Export">
                <span class="soft">{small_icon("down")}"Export"</span>
                {self.exports.iter().map(button).views()}
            </span>
        }
    }
}

/// Said while the contents of layers are on their way.
pub fn waiting(opened: Opened) -> AnyView {
    let words = says(move || {
        let asks = opened.pulling.read().as_ref().is_some_and(|pulling| pulling.asks);
        if asks { "The layers are not here yet." } else { "Reading…" }
    });
    view! { <p class="none" role="status">{words}</p> }
}

/// What is in the place of the rows.
#[derive(Clone, PartialEq)]
enum State {
    Waits,
    Failed(crate::problem::Problem),
    Empty,
    Rows,
}

fn toggled(shown: &str, value: &str, several: bool) -> String {
    if value.is_empty() {
        return String::new(); // all there is
    }
    let on = shown.split(',').any(|shown| shown == value);
    let others = shown.split(',').filter(|shown| several && !shown.is_empty() && *shown != value);
    others.chain((!on).then_some(value)).collect::<Vec<_>>().join(",")
}

/// By what rows are grouped.
fn groups(rows: Rows, here: Here) -> AnyView {
    let groups = Memo::new(move |last: Option<&Vec<(String, String)>>| match rows.table() {
        Some(table) => table.groups.clone(),
        None => last.cloned().unwrap_or_default(),
    });
    let pick = move |event| {
        let value = event_target_value(&event);
        here.go(|link| link.group = value);
    };
    let option = move |(value, words): (String, String)| {
        let own = value.clone();
        let selected = holds(move || here.group() == own);
        view! { <option value=value prop:selected=selected>{words}</option> }
    };
    live(move || {
        let groups = groups.get();
        (!groups.is_empty()).then(|| {
            let none = (String::new(), "Not grouped".to_owned());
            let grouped = |(value, words)| (value, format!("By {}", str::to_lowercase(words)));
            let groups = groups.iter().map(|(value, words)| (value.clone(), &words[..]));
            let options = std::iter::once(none).chain(groups.map(grouped));
            view! {
                <select class="field" aria-label="Group" on:change=pick>{options.map(option).views()}</select>
            }
        })
    })
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
