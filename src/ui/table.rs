//! Tables, all drawn alike: columns that sort, rows that lead somewhere, more of them as they are wanted.
//!
//! - Rows are drawn a slice a frame, so that hundreds at once hold up none. A slice is a body of its own,
//!   whose layout the browser keeps while others follow.
//! - What a row leads to is made when it is drawn: the page's link may be long, and rows are many. The
//!   table is drawn anew when the link has changed by more than the row that is open.
//! - Texts of a session are safe to show; an address elsewhere is followed by `https` alone.

use super::dom::target_element;
use super::facts::{Answer, RowKey};
use super::here::{Here, here};
use super::parts::{Views, chip, clicks, digest, effect, holds, live, says, size, view, when};
use super::state::{Memo, RwSignal, StoredValue, untrack};
use crate::format;
use crate::link::View;
use crate::selection::LayerSelection;
use crate::session::query::{Cell, Column, Leads, Table, TableRow};
use crate::text::percent_decode;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// Rows that are asked for at first, and each time that more are.
pub const STEP: u32 = 200;

/// Rows that are drawn in one frame.
const SLICE: usize = 40;

/// Said of a layer that is marked so.
const BASE: &str = "likely the base image's (guessed from the history)";

/// What is known of a table. All of it signals, so it is copied about.
#[derive(Clone, Copy)]
pub struct Rows {
    /// The first rows, and what is said of all.
    pub answer: RwSignal<Answer<Table>>,
    /// Those that came after them.
    pub later: RwSignal<Vec<Arc<Table>>>,
    /// Counts the times that the table was begun anew.
    pub epoch: RwSignal<u32>,
    /// Slices that are in the document.
    drawn: RwSignal<usize>,
}

impl Rows {
    /// Rows as they are answered.
    pub fn new(answer: RwSignal<Answer<Table>>) -> Rows {
        let (later, epoch) = (RwSignal::new(Vec::new()), RwSignal::new(0));
        let rows = Rows { answer, later, epoch, drawn: RwSignal::new(1) };
        let here = here();
        let last = StoredValue::new((String::new(), None::<Arc<Table>>));
        effect(move || {
            let base = here.href(|link| link.item.clear());
            let table = rows.table();
            let goes_on = last.with_value(|(last_base, last)| {
                let on = |last: &Arc<Table>| {
                    let new = table.as_deref().map(|t| &t.rows[..]).unwrap_or_default();
                    new.starts_with(&last.rows)
                };
                base == *last_base
                    && rows.later.read_untracked().is_empty()
                    && last.as_ref().is_some_and(on)
            });
            last.set_value((base, table));
            if !goes_on {
                rows.later.set(Vec::new());
                rows.drawn.set(1);
                rows.epoch.update(|epoch| *epoch += 1);
            }
        });
        effect(move || {
            if rows.drawn.get() * SLICE < rows.known() {
                request_animation_frame(move || rows.drawn.update(|drawn| *drawn += 1));
            }
        });
        rows
    }

    /// Rows that are all there.
    pub fn of(table: Table) -> Rows {
        Rows::new(RwSignal::new(Some(Ok(Arc::new(table)))))
    }

    /// The first part, where it is known.
    pub fn table(self) -> Option<Arc<Table>> {
        self.answer.get().and_then(Result::ok)
    }

    /// How many rows are here.
    pub fn known(self) -> usize {
        let first = self.table().map_or(0, |table| table.rows.len());
        first + self.later.read().iter().map(|table| table.rows.len()).sum::<usize>()
    }

    /// True if there are more.
    pub fn more(self) -> bool {
        match self.later.read().last() {
            Some(last) => last.more,
            None => self.table().is_some_and(|table| table.more),
        }
    }

    fn slices(self) -> Vec<RowKey> {
        let known = self.known();
        let slice = |at: usize| (None, at, Some((known - at * SLICE).min(SLICE) as u32));
        (0..known.div_ceil(SLICE)).take(self.drawn.get()).map(slice).collect()
    }

    /// The rows of a slice.
    fn slice(self, at: usize) -> Vec<TableRow> {
        let table = self.answer.get_untracked().and_then(Result::ok).unwrap_or_default();
        let later = self.later.get_untracked();
        let all = table.rows.iter().chain(later.iter().flat_map(|table| &table.rows));
        all.skip(at * SLICE).take(SLICE).cloned().collect()
    }
}

/// The table. `more` brings more rows, where there are.
pub fn table(rows: Rows, label: &'static str, more: impl Fn() + 'static) -> AnyView {
    let here = here();
    let columns = Memo::new(move |_| rows.table().map_or(Vec::new(), |table| heads(&table)));
    let heads = live(move || {
        let columns = columns.get();
        let named = columns.iter().any(|(column, _)| !column.name.is_empty());
        named.then(|| {
            let cells = columns.into_iter().map(|(column, number)| head(column, number, here));
            view! { <thead><tr>{cells.views()}</tr></thead> }
        })
    });
    let bodies = live(move || {
        rows.epoch.track();
        let width = untrack(|| columns.read().len());
        view! {
            <For each=move || rows.slices() key=|key| key.clone() let((_, at, _))>
                {view! { <tbody>{rows.slice(at).iter().map(|r| row(r, width, here)).views()}</tbody> }}
            </For>
        }
    });
    view! {
        <div class="scroll-x">
            <table class="t list" aria-label=label on:keydown=move |event| walk(&event)>
                {heads}
                {bodies}
            </table>
        </div>
        <p class="bt" hidden=holds(move || !rows.more())>
            <button on:click=clicks(move |_| more())>"Show more"</button>
        </p>
    }
}

/// Columns, and whether numbers stand in them.
fn heads(table: &Table) -> Vec<(Column, bool)> {
    let number = |at: usize| {
        let own = |row: &&TableRow| !row.head;
        table.rows.iter().filter(own).any(|row| {
            matches!(row.cells.get(at), Some(Cell::Size(_) | Cell::Count(_) | Cell::Layer(..)))
        })
    };
    table.columns.iter().cloned().enumerate().map(|(at, column)| (column, number(at))).collect()
}

/// Largest first, unless turned round.
fn falls(by: &str) -> bool {
    matches!(by, "size" | "severity" | "score")
}

fn head(column: Column, number: bool, here: Here) -> AnyView {
    let class = if number { "num" } else { "" };
    let Column { name, sort: by } = column;
    if by.is_empty() {
        return view! { <th class=class>{name}</th> };
    }
    // Every table's own order is by name, and a link leaves that out.
    let own = if by == "name" { String::new() } else { by.clone() };
    let turned = format!("-{by}");
    let (first, second) = (own.clone(), turned.clone());
    let sorted = says(move || {
        let sort = here.sort();
        let up = if sort == first {
            true
        } else if sort == second {
            false
        } else {
            return None;
        };
        Some(if up != falls(&by) { "ascending" } else { "descending" })
    });
    let sort = clicks(move |_| {
        let next = if here.link_untracked().sort == own { &turned } else { &own };
        here.go(|link| link.sort = next.clone());
    });
    view! { <th class=class aria-sort=sorted><button on:click=sort>{name}</button></th> }
}

/// Up and down go from link to link.
fn walk(event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1i32,
        "ArrowUp" => -1,
        _ => return,
    };
    let next = || {
        let from = target_element(event)?;
        let all = from.closest("table").ok()??.get_elements_by_class_name("lead");
        let is_from = |at: &u32| all.item(*at).as_ref() == Some(&from);
        let at = (0..all.length()).find(is_from)?;
        all.item(at.checked_add_signed(step)?)?.dyn_into::<web_sys::HtmlElement>().ok()
    };
    if let Some(link) = next() {
        event.prevent_default();
        let _ = link.focus(); // fails for no element in the document
    }
}

fn row(row: &TableRow, width: usize, here: Here) -> AnyView {
    if row.head {
        let cell = |value: &Cell| view! { <span>{cell(value, here).2}</span> };
        let width = width.max(1).to_string();
        return view! {
            <tr class="group"><th scope="rowgroup" colspan=width>{row.cells.iter().map(cell).views()}</th></tr>
        };
    }
    let removed = || {
        row.gone.then(|| {
            view! { <span class="tag d" role="img" aria-label="removed" title="Removed">"D"</span>" " }
        })
    };
    let cells = row.cells.iter().enumerate().map(|(at, value)| {
        let (class, title, inner) = cell(value, here);
        match at {
            0 => {
                let inner = lead(&row.leads, &row.key, here, inner);
                view! { <td class=class title=title>{removed()}{inner}</td> }
            }
            _ => view! { <td class=class title=title>{inner}</td> },
        }
    });
    view! { <tr class:gone=row.gone>{cells.views()}</tr> }
}

/// What a row or a fact leads to, around it; `key` is a row's own.
pub fn lead(leads: &Leads, key: &str, here: Here, inner: AnyView) -> AnyView {
    let Some(href) = href(leads, here) else { return inner };
    match leads {
        Leads::Web(_) => view! {
            <a class="lead" href=href target="_blank" rel="noopener noreferrer">{inner}</a>
        },
        Leads::Package(_) | Leads::Advisory(_) if !key.is_empty() => {
            let (key, item) = (key.to_owned(), here.item());
            let current = says(move || (*item.read() == key).then_some("true"));
            view! { <a class="lead row-link" href=href aria-current=current>{inner}</a> }
        }
        _ => view! { <a class="lead" href=href>{inner}</a> },
    }
}

fn href(leads: &Leads, here: Here) -> Option<String> {
    let mut link = here.link_untracked();
    match leads {
        Leads::Nowhere => return None,
        Leads::Link(link) => return Some(link.clone()),
        Leads::Web(link) => return Some(link.clone()).filter(|link| link.starts_with("https://")),
        Leads::File(path, layer) => {
            link.turn_to(View::Files);
            link.path = percent_decode(path).unwrap_or_default();
            link.layers = match layer {
                0 => LayerSelection::All,
                last => LayerSelection::UpTo(*last),
            };
        }
        Leads::Package(key) => {
            link.turn_to(View::Packages);
            link.item = key.clone();
        }
        Leads::Advisory(key) => {
            link.turn_to(View::Vulnerabilities);
            link.item = key.clone();
        }
    }
    Some(link.to_string())
}

/// A cell's class, what is said where its text is cut, and itself.
pub fn cell(value: &Cell, here: Here) -> (&'static str, Option<String>, AnyView) {
    let whole = |text: &String| (Some(text.clone()), text.clone().into_any());
    match value {
        Cell::Text(text) => {
            let (title, text) = whole(text);
            ("", title, text)
        }
        Cell::Code(text) => {
            let (title, text) = whole(text);
            ("mono", title, text)
        }
        Cell::Size(bytes) => ("num", None, size(Some(*bytes))),
        Cell::Count(count) => ("num", None, format::count(*count).into_any()),
        Cell::Time(time) => {
            ("nw", None, when(Some(time).filter(|time| !time.is_empty()).map(String::as_str)))
        }
        Cell::Digest(text) => ("mono nw", None, digest(text, "Copy digest")),
        Cell::Badge(name) if name.is_empty() => ("", None, ().into_any()),
        Cell::Badge(name) => ("nw", None, view! { <span class="badge">{name.clone()}</span> }),
        Cell::Layer(number, base) => ("num", None, layer(*number, *base, here)),
        Cell::Severity(rank, score) => ("nw", None, severity(*rank, *score)),
    }
}

/// The way to what a layer brought.
fn layer(number: u32, base: bool, here: Here) -> AnyView {
    let mut link = here.link_untracked();
    link.layers = LayerSelection::one(number);
    let title = format!("Show what layer {number} brought");
    let base = base.then(|| view! { <span class="badge" title=BASE>"base"</span>" " });
    view! { {base}<a class="above" href=link.to_string() title=title>{chip(number)}{number}</a> }
}

/// Word, class: the word says it, and the colour again.
pub const SEVERITIES: [(&str, &str); 6] = [
    ("None", "sev ok"),
    ("Low", "sev soft"),
    ("Medium", "sev m"),
    ("High", "sev d"),
    ("Critical", "sev d full"),
    ("Not rated", "sev soft unchecked"),
];

fn severity(rank: u8, score: Option<u8>) -> AnyView {
    let (word, class) = SEVERITIES[usize::from(rank).min(SEVERITIES.len() - 1)];
    let score = score.map(|score| format!(" {}.{}", score / 10, score % 10));
    view! { <span class=class>{word}</span><span class="soft">{score}</span> }
}
