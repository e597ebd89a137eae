//! Tables, all drawn alike: columns that sort, rows that lead somewhere, more of them as they are wanted.
//!
//! - Rows are drawn a slice a frame, so that thousands never hold up one. A slice is a body of its own,
//!   whose layout the browser keeps while others follow.
//! - What a row leads to is made when it is drawn. The table is drawn anew when the link has changed by
//!   more than the row that is open.
//! - Texts of a session are safe to show; an address elsewhere is followed by `https` alone.

use super::dom::target_element;
use super::facts::Answer;
use super::here::{Here, here};
use super::parts::{age, clicks, effect, holds, layer_class, spawn, view};
use super::raw::{El, button, el, icon, raw};
use super::state::RwSignal;
use crate::browser::{clipboard, locale};
use crate::format;
use crate::link::View;
use crate::selection::LayerSelection;
use crate::session::query::{Cell, Leads, Table, TableRow};
use crate::text::percent_decode;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Rows that are asked for at first, and each time that more are.
pub const STEP: u32 = 200;

/// Rows that are drawn in one frame.
const SLICE: usize = 50;

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
}

impl Rows {
    /// Rows as they are answered. `grows`: what is asked for again is the same and more.
    pub fn new(answer: RwSignal<Answer<Table>>, grows: bool) -> Rows {
        let rows = Rows { answer, later: RwSignal::new(Vec::new()), epoch: RwSignal::new(0) };
        let here = here();
        let last = std::cell::RefCell::new((String::new(), Arc::<Table>::default()));
        effect(move || {
            let base = here.href(|link| link.item.clear());
            let table = rows.table().unwrap_or_default();
            let (last_base, last_table) = last.replace((base.clone(), table.clone()));
            let longer = grows && table.rows.len() > last_table.rows.len();
            let goes_on = base == last_base
                && !last_table.rows.is_empty()
                && (longer || Arc::ptr_eq(&table, &last_table));
            if !goes_on {
                rows.later.set(Vec::new());
                rows.epoch.update(|epoch| *epoch += 1);
            }
        });
        rows
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

    /// Rows from `first` on, of those that are here.
    fn slice(self, first: usize) -> Vec<TableRow> {
        let table = self.answer.get_untracked().and_then(Result::ok).unwrap_or_default();
        let later = self.later.get_untracked();
        let all = table.rows.iter().chain(later.iter().flat_map(|table| &table.rows));
        all.skip(first).take(SLICE).cloned().collect()
    }
}

/// A table that comes into the document slice by slice.
pub struct Drawing {
    table: El,
    here: Here,
    width: usize,
    drawn: std::cell::Cell<usize>,
    /// Rows from one on, as many as a slice has.
    source: Box<dyn Fn(usize) -> Vec<TableRow>>,
}

impl Drawing {
    /// Of rows that are all here.
    pub fn of(rows: Vec<TableRow>, here: Here) -> El {
        let source = move |first| rows.iter().skip(first).take(SLICE).cloned().collect();
        let drawing = Drawing::new(el("table", "t list"), 1, here, Box::new(source));
        drawing.go_on();
        drawing.table.clone()
    }

    fn new(
        table: El,
        width: usize,
        here: Here,
        source: Box<dyn Fn(usize) -> Vec<TableRow>>,
    ) -> Rc<Drawing> {
        Rc::new(Drawing { table, here, width, drawn: Default::default(), source })
    }

    /// Draws the next slice, and those after it while the table is there.
    fn go_on(self: &Rc<Drawing>) {
        let rows = (self.source)(self.drawn.get());
        if rows.is_empty() {
            return;
        }
        self.drawn.set(self.drawn.get() + rows.len());
        let mut body = el("tbody", "");
        for one in &rows {
            body = body.add(row(one, self.width, self.here));
        }
        let _ = self.table.clone().add(body);
        let again = self.clone();
        request_animation_frame(move || {
            if again.table.0.is_connected() {
                again.go_on();
            }
        });
    }
}

/// The table. `more` brings more rows, where there are.
pub fn table(rows: Rows, label: &'static str, more: impl Fn() + 'static) -> AnyView {
    let here = here();
    let drawing = Rc::new(std::cell::RefCell::new(None::<Rc<Drawing>>));
    let (begun, marked) = (drawing.clone(), drawing.clone());
    let begin = move |into: El| {
        rows.epoch.track();
        let table = rows.answer.get_untracked().and_then(Result::ok).unwrap_or_default();
        if table.rows.is_empty() {
            begun.replace(None);
            return into;
        }
        let width = table.columns.len();
        let made = el("table", "t list").set("aria-label", label).add(head(&table));
        let made = Drawing::new(made, width, here, Box::new(move |first| rows.slice(first)));
        made.go_on();
        begun.replace(Some(made.clone()));
        into.add(made.table.clone())
    };
    let drawn = raw("scroll-x", begin, move |key, event| heard(key, event, here));
    effect(move || {
        rows.later.track();
        rows.answer.track();
        if let Some(drawing) = &*drawing.borrow() {
            drawing.go_on();
        }
    });
    effect(move || {
        rows.epoch.track();
        let (sort, item) = (here.sort(), here.item().get());
        if let Some(drawing) = &*marked.borrow() {
            mark(&drawing.table, &sort, &item);
        }
    });
    view! {
        {drawn}
        <p class="bt" hidden=holds(move || !rows.more())>
            <button on:click=clicks(move |_| more())>"Show more"</button>
        </p>
    }
}

/// Says by what the table is sorted, and which row is open.
fn mark(table: &El, sort: &str, item: &str) {
    let each = |class: &str, name: &str, value: &dyn Fn(&str) -> Option<&'static str>| {
        let all = table.0.get_elements_by_class_name(class);
        for element in (0..all.length()).filter_map(|at| all.item(at)) {
            // Neither fails: the names are ours.
            let _ = match value(&element.get_attribute("data-of").unwrap_or_default()) {
                Some(value) => element.set_attribute(name, value),
                None => element.remove_attribute(name),
            };
        }
    };
    each("by", "aria-sort", &|by| {
        let (own, turned) = match sort.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (sort, false),
        };
        let own = if own.is_empty() { "name" } else { own };
        let falls = turned != largest_first(by);
        (own == by).then_some(if falls { "descending" } else { "ascending" })
    });
    each("row-link", "aria-current", &|key| (key == item).then_some("true"));
}

/// What is unless it is turned round.
fn largest_first(by: &str) -> bool {
    matches!(by, "size" | "severity" | "score")
}

fn head(table: &Table) -> El {
    let number = |at: usize| {
        let own = table.rows.iter().filter(|row| !row.head);
        own.filter_map(|row| row.cells.get(at)).any(|cell| class(cell) == "num")
    };
    let mut heads = el("tr", "");
    for (at, column) in table.columns.iter().enumerate() {
        let by = if column.sort.is_empty() { "" } else { "by" };
        let class = if number(at) { format!("num {by}") } else { by.to_owned() };
        let cell = el("th", &class).set("data-of", &column.sort);
        heads = heads.add(match column.sort.is_empty() {
            true => cell.text(&column.name),
            false => cell.add(button("", &format!("sort:{}", column.sort)).text(&column.name)),
        });
    }
    el("thead", "").add(heads)
}

/// What is pressed in a table, and in the details of a row.
pub fn heard(key: &str, event: &web_sys::Event, here: Here) {
    match key.split_once(':') {
        Some(("sort", by)) => here.go(|link| {
            let same = link.sort == by || (link.sort.is_empty() && by == "name");
            link.sort = match (same, by) {
                (true, by) => format!("-{by}"),
                (false, "name") => String::new(), // which is the default
                (false, by) => by.to_owned(),
            };
        }),
        Some(("copy", text)) => {
            let text = text.to_owned();
            let button = target_element(event).and_then(|e| e.closest("[data-key]").ok()?);
            spawn(async move {
                if clipboard::copy(&text).await.is_ok()
                    && let Some(button) = button
                {
                    // Says for a moment that it has.
                    let classes = button.class_list();
                    let _ = classes.add_1("done"); // a valid name
                    let undone = move || drop(classes.remove_1("done"));
                    set_timeout(undone, Duration::from_millis(1600));
                }
            });
        }
        _ => {}
    }
}

/// Up and down go from link to link.
pub fn walk(event: &KeyboardEvent) {
    let step = match event.key().as_str() {
        "ArrowDown" => 1i32,
        "ArrowUp" => -1,
        _ => return,
    };
    let next = || {
        let from = target_element(event)?;
        let all = from.closest("table").ok()??.get_elements_by_class_name("lead");
        let at = (0..all.length()).find(|at| all.item(*at).as_ref() == Some(&from))?;
        all.item(at.checked_add_signed(step)?)?.dyn_into::<web_sys::HtmlElement>().ok()
    };
    if let Some(link) = next() {
        event.prevent_default();
        let _ = link.focus(); // fails for no element in the document
    }
}

fn row(row: &TableRow, width: usize, here: Here) -> El {
    if row.head {
        let width = width.max(1).to_string();
        let mut head = el("th", "").set("colspan", &width).set("scope", "rowgroup");
        for cell in &row.cells {
            head = head.add(fill(el("span", ""), cell, here));
        }
        return el("tr", "group").add(head);
    }
    let mut made = el("tr", if row.gone { "gone" } else { "" });
    for (at, value) in row.cells.iter().enumerate() {
        let mut cell = el("td", class(value));
        if let Cell::Text(text) | Cell::Code(text) = value {
            cell = cell.set("title", text); // where it is cut
        }
        if at == 0 && row.gone {
            let tag = el("span", "tag d").set("role", "img").set("aria-label", "removed");
            cell = cell.add(tag.set("title", "Removed").text("D")).text(" ");
        }
        made = made.add(match at {
            0 => lead(cell, &row.leads, &row.key, value, here),
            _ => fill(cell, value, here),
        });
    }
    made
}

/// A value in the way to what it leads to, if anywhere; `key` is a row's own.
pub fn lead(into: El, leads: &Leads, key: &str, value: &Cell, here: Here) -> El {
    let Some(href) = href(leads, here) else { return fill(into, value, here) };
    let link = match leads {
        Leads::Package(_) | Leads::Advisory(_) if !key.is_empty() => {
            let link = el("a", "lead row-link").set("data-of", key);
            let open = *here.item().read_untracked() == key;
            if open { link.set("aria-current", "true") } else { link }
        }
        Leads::Web(_) => el("a", "lead").set("target", "_blank").set("rel", "noopener noreferrer"),
        _ => el("a", "lead"),
    };
    into.add(fill(link.set("href", &href), value, here))
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
                last => LayerSelection::UpTo(crate::ui::selection::layer_number(*last)),
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

fn class(value: &Cell) -> &'static str {
    match value {
        Cell::Text(_) => "",
        Cell::Code(_) => "mono",
        Cell::Size(_) | Cell::Count(_) | Cell::Layer(..) => "num",
        Cell::Digest(_) => "mono nw",
        Cell::Time(_) | Cell::Badge(_) | Cell::Severity(..) => "nw",
    }
}

/// A value as it reads.
pub fn fill(into: El, value: &Cell, here: Here) -> El {
    match value {
        Cell::Text(text) | Cell::Code(text) => into.text(text),
        Cell::Size(bytes) => into.add(
            el("span", "").set("title", &format::exact_size(*bytes)).text(&format::size(*bytes)),
        ),
        Cell::Count(count) => into.text(&format::count(*count)),
        Cell::Time(time) => match format::instant(time) {
            Some(at) => {
                let title = format!("{} · {time}", locale::local_time(at));
                into.add(el("time", "").set("datetime", time).set("title", &title).text(&age(at)))
            }
            None => into.text("–"),
        },
        Cell::Digest(text) => digest(into, "Copy digest", text),
        Cell::Badge(name) if name.is_empty() => into,
        Cell::Badge(name) => into.add(el("span", "badge").text(name)),
        Cell::Layer(number, base) => {
            let mut link = here.link_untracked();
            link.layers = LayerSelection::one(crate::ui::selection::layer_number(*number));
            let title = format!("Show what layer {number} brought");
            let chip =
                el("span", &format!("chip {}", layer_class(*number))).set("aria-hidden", "true");
            let layer = el("a", "above").set("href", &link.to_string()).set("title", &title);
            let base = if *base { "base " } else { "" };
            into.add(el("span", "soft above").set("title", BASE).text(base))
                .add(layer.add(chip).text(&number.to_string()))
        }
        Cell::Severity(rank, score) => {
            let (word, class) = SEVERITIES[usize::from(*rank).min(SEVERITIES.len() - 1)];
            let score =
                score.map_or(String::new(), |tenths| format!("{}.{}", tenths / 10, tenths % 10));
            into.add(el("span", class).text(word)).add(el("span", "soft").text(&score))
        }
    }
}

/// A digest: its algorithm left out of sight where room is short, twelve digits, and all of it copied.
pub fn digest(into: El, label: &str, digest: &str) -> El {
    let prefix = digest.split_once(':').map_or(String::new(), |(name, _)| format!("{name}:"));
    let whole = el("span", "").set("title", digest).add(el("span", "sha soft").text(&prefix));
    into.add(whole.text(format::short_digest(digest))).add(copy(label, digest))
}

/// A button that copies.
pub fn copy(label: &str, text: &str) -> El {
    let copy = button("btn q above", &format!("copy:{text}")).set("aria-label", label);
    copy.set("title", label).add(icon("copy"))
}

/// How severe, in a word and a class: the word says it, and the colour again.
pub const SEVERITIES: [(&str, &str); 6] = [
    ("None", "sev ok"),
    ("Low", "sev soft"),
    ("Medium", "sev m"),
    ("High", "sev d"),
    ("Critical", "sev d full"),
    ("Not rated", "sev soft unchecked"),
];
