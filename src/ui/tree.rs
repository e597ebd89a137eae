//! The file tree: a treegrid of which only what is visible is in the document.
//!
//! - Rows have one height, so a row's place is a product, and the scroll bar is true without any row
//!   being there. Browsers don't draw elements of more than some 17 million pixels: beyond `TALLEST` the
//!   way of the scroll bar is scaled.
//! - The row under the cursor is always in the document, so that the focus is never lost.

use super::parts::{age, chip, small_icon};
use super::start::{is_plain_click, target_element};
use super::tree_keys::on_key;
use super::tree_rows::TreeModel;
use crate::browser::locale;
use crate::format;
use crate::session::query::{Change, NodeKind, TreeRow};
use leptos::attr::custom::custom_attribute;
use leptos::ev::{FocusEvent, MouseEvent};
use leptos::html::Div;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::{JsCast, prelude::Closure};

/// Pixels.
const TALLEST: f64 = 15_000_000.0;
/// Rows beyond either edge, and the step in which they come.
const BEYOND: f64 = 8.0;
const STEP: f64 = 4.0;

/// What is seen of the scroll pane, in pixels.
#[derive(Clone, Copy, PartialEq, Default)]
struct Pane {
    top: f64,
    height: f64,
    row: f64,
}

/// What is in the document: rows from `first` to before `end`; row 0 would lie at `origin`.
#[derive(Clone, Copy, PartialEq, Default)]
struct Span {
    first: u32,
    end: u32,
    origin: f64,
}

impl Pane {
    fn measure(element: &web_sys::HtmlElement) -> Pane {
        let style = window().get_computed_style(element).ok().flatten();
        let row = style.and_then(|style| style.get_property_value("--row").ok());
        let row = row.and_then(|text| text.trim().strip_suffix("px")?.parse::<u32>().ok());
        let head = element.first_element_child().map_or(0.0, |head| head.client_height().into());
        let height: f64 = element.client_height().into();
        Pane {
            top: element.scroll_top().into(),
            height: (height - head).max(0.0),
            row: row.unwrap_or(26).into(),
        }
    }

    fn space(&self, rows: u32) -> f64 {
        (f64::from(rows) * self.row).min(TALLEST)
    }

    /// Pixels of rows for each pixel of the scroll bar's way.
    fn scale(&self, rows: u32) -> f64 {
        let (full, space) = (f64::from(rows) * self.row, self.space(rows));
        if full > space { (full - self.height) / (space - self.height) } else { 1.0 }
    }

    fn span(&self, rows: u32) -> Span {
        if self.row <= 0.0 || rows == 0 {
            return Span::default();
        }
        let offset = self.top * self.scale(rows);
        let first = ((offset / self.row - BEYOND) / STEP).floor() * STEP;
        let end = (((offset + self.height) / self.row + BEYOND) / STEP).ceil() * STEP;
        Span {
            first: first.max(0.0) as u32,
            end: (end.max(0.0) as u32).min(rows),
            origin: self.top - offset, // exactly 0 where nothing is scaled
        }
    }

    /// Where to scroll so that the row is seen; `None` if it is.
    fn scroll_to(&self, row: u32, rows: u32) -> Option<f64> {
        let scale = self.scale(rows);
        let (top, offset) = (f64::from(row) * self.row, self.top * scale);
        if top < offset {
            Some(top / scale)
        } else if top + self.row > offset + self.height {
            Some((top + self.row - self.height) / scale)
        } else {
            None
        }
    }
}

/// The tree of `tree`.
#[component]
pub fn TreeGrid(tree: TreeModel) -> impl IntoView {
    let element = NodeRef::<Div>::new();
    let pane = RwSignal::new(Pane::default());
    follow_size(element, pane);
    let rows = Memo::new(move |_| tree.state.read().as_ref().map_or(0, |state| state.rows));
    let span = Memo::new(move |_| pane.read().span(rows.get()));
    let place = Memo::new(move |_| (span.read().origin, pane.read().row));
    let shown = Memo::new(move |_| {
        let Span { first, end, .. } = span.get();
        let cursor = Some(tree.cursor.get()).filter(|row| !(first..end).contains(row));
        let cursor = cursor.filter(|&row| row < rows.get());
        (first..end).chain(cursor).collect::<Vec<_>>()
    });
    Effect::new(move |_| {
        let span = span.get();
        tree.want(span.first, span.end);
    });
    Effect::new(move |_| {
        if let Some((row, focus)) = tree.wanted.get() {
            bring_into_view(element, pane, row, rows.get_untracked(), focus);
        }
    });
    let scrolled = move |_| {
        if let Some(element) = element.get_untracked() {
            pane.update(|pane| pane.top = element.scroll_top().into());
        }
    };
    let space = move || format!("{}px", pane.read().space(rows.get()) as u32);
    let page = move || (pane.read_untracked().height / pane.read_untracked().row) as u32;
    let focused = move |event: FocusEvent| {
        if let Some(index) = index_of(&event) {
            tree.cursor.set(index);
        }
    };
    // Rows come and go as one scrolls: they have no listeners of their own.
    view! {
        <div
            class="treegrid"
            node_ref=element
            role="treegrid"
            aria-label="Files"
            aria-rowcount=move || rows.get() + 1
            on:scroll=scrolled
            on:keydown=move |event| on_key(tree, &event, page())
            on:focusin=focused
            on:click=move |event| clicked(tree, &event)
            on:mouseover=move |event| explain(tree, &event)
        >
            <Heads tree />
            <div class="space" role="rowgroup" style:height=space>
                <For each=move || shown.get() key=|row| *row let:index>
                    {row_view(index, tree, place)}
                </For>
            </div>
        </div>
    }
}

/// The row that an event is in.
fn index_of(event: &web_sys::Event) -> Option<u32> {
    let row = target_element(event)?.closest(".space [role=row]").ok()??;
    row.get_attribute("aria-rowindex")?.parse::<u32>().ok()?.checked_sub(2)
}

/// Measures when the pane is there, and whenever its size changes.
fn follow_size(element: NodeRef<Div>, pane: RwSignal<Pane>) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        pane.set(Pane::measure(&element));
        let observed = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || pane.set(Pane::measure(&observed)));
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
            return; // then what was measured first has to do
        };
        observer.observe(&element);
        let kept = StoredValue::new_local((observer, changed));
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
}

fn bring_into_view(element: NodeRef<Div>, pane: RwSignal<Pane>, row: u32, rows: u32, focus: bool) {
    let Some(element) = element.get_untracked() else { return };
    let now = Pane::measure(&element);
    if let Some(top) = now.scroll_to(row, rows) {
        // What is far away comes to the middle, the next row to the edge.
        let far = (top - now.top).abs() > now.row * 1.5;
        let aside = (now.height - now.row) / 2.0;
        let top = match (far, top < now.top) {
            (false, _) => top,
            (true, true) => top - aside,
            (true, false) => top + aside,
        };
        element.set_scroll_top(top.max(0.0).round() as i32);
    }
    pane.set(Pane::measure(&element));
    if focus {
        request_animation_frame(move || {
            let row = element.query_selector(&format!("[aria-rowindex=\"{}\"]", row + 2));
            let row =
                row.ok().flatten().and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            if let Some(row) = row {
                let _ = row.focus_with_options(&options); // what cannot take it leaves it where it is
            }
        });
    }
}

/// The column heads; name and size sort.
#[component]
fn Heads(tree: TreeModel) -> impl IntoView {
    let here = super::here::here();
    let sorted = move |key: &'static str| {
        let sort = tree.spec.read().sort.clone();
        match sort.strip_prefix('-').unwrap_or(&sort) {
            by if by == key || by.is_empty() && key == "name" => {
                Some(if sort.starts_with('-') { "descending" } else { "ascending" })
            }
            _ => None,
        }
    };
    let button = move |key: &'static str, words: &'static str| {
        let turn = move |_| {
            let next = match (key, sorted(key)) {
                ("name", Some("ascending")) => "-name",
                ("size", Some("descending")) => "size",
                ("size", _) => "-size", // the largest first is what one looks for
                _ => "",
            };
            here.go(|link| link.sort = next.to_owned());
        };
        let arrow = move || match sorted(key) {
            Some("ascending") => "▴",
            Some(_) => "▾",
            None => "",
        };
        // Beside the word, on the side that the column doesn't line up with.
        let arrow = view! { <span aria-hidden="true">{arrow}</span> };
        match key {
            "size" => view! { <button on:click=turn>{arrow}" "{words}</button> }.into_any(),
            _ => view! { <button on:click=turn>{words}" "{arrow}</button> }.into_any(),
        }
    };
    view! {
        <div class="th tr" role="row" aria-rowindex="1">
            <div role="columnheader" aria-sort=move || sorted("name")>{button("name", "Name")}</div>
            <div role="columnheader" class="num" aria-sort=move || sorted("size")>
                {button("size", "Size")}
            </div>
            <div role="columnheader" class="c-md">"Mode"</div>
            <div role="columnheader" class="c-own">"Owner"</div>
            <div role="columnheader" class="c-mod">"Modified"</div>
            <div role="columnheader">"Layer"</div>
        </div>
    }
}

/// One row, wherever it is; bones until the session has sent it. As little of it as can be is reactive
/// by itself: this is what scrolling costs.
fn row_view(index: u32, tree: TreeModel, place: Memo<(f64, f64)>) -> impl IntoView {
    let row = Memo::new(move |_| tree.row(index));
    let at = move || {
        let (origin, height) = place.get();
        format!("translateY({}px)", (origin + f64::from(index) * height).max(0.0) as u32)
    };
    let on = move || row.read().as_ref().is_some_and(|row| row.path == *tree.path.read());
    let tab = move || if tree.cursor.get() == index { "0" } else { "-1" };
    move || {
        let row = row.get();
        let text = |number: fn(&TreeRow) -> u32| row.as_ref().map(|row| number(row).to_string());
        // Leptos knows every attribute of ARIA but this one.
        let level = custom_attribute("aria-level", text(|row| row.level));
        let open = row.as_ref().and_then(|row| row.expanded);
        view! {
            <div
                class="tr"
                class:on=on
                role="row"
                {..level}
                aria-rowindex=index + 2
                aria-setsize=text(|row| row.set_size)
                aria-posinset=text(|row| row.pos_in_set)
                aria-expanded=open.map(|open| if open { "true" } else { "false" })
                aria-selected=move || if on() { "true" } else { "false" }
                tabindex=tab
                style:transform=at
            >
                {row.as_ref().map(|row| cells(row, tree))}
            </div>
        }
    }
}

fn clicked(tree: TreeModel, event: &MouseEvent) {
    let Some(index) = index_of(event) else { return };
    let Some(row) = tree.row_untracked(index) else { return };
    let target = target_element(event);
    let within = |what: &str| {
        target.as_ref().and_then(|target| target.closest(what).ok().flatten()).is_some()
    };
    let twist = within(".tw.can");
    if !twist && !is_plain_click(event) {
        return; // a new tab, a selection of text
    }
    event.prevent_default();
    tree.go_to(index, true);
    if let Some(open) = row.expanded {
        tree.expand(row.node, !open, event.alt_key());
    }
    // Under a thumb a directory only opens: its facts would take the whole screen.
    let narrow = window().match_media("(max-width: 760px)").ok().flatten();
    let narrow = narrow.is_some_and(|media| media.matches());
    if !twist && !(narrow && row.kind == NodeKind::Directory) {
        tree.select(&row);
    }
}

/// Exact sizes and times, when the pointer asks for them: asking a browser for a time is slow.
fn explain(tree: TreeModel, event: &MouseEvent) {
    let Some(cell) = target_element(event).and_then(|t| t.closest("[role=gridcell]").ok()?) else {
        return;
    };
    let Some(row) = index_of(event).and_then(|index| tree.row_untracked(index)) else { return };
    let words = match cell.class_list() {
        class if class.contains("sz") => format::exact_size(row.size),
        class if class.contains("c-mod") => row.mtime.map_or(String::new(), locale::local_time),
        _ => return,
    };
    let _ = cell.set_attribute("title", &words); // a valid name
}

fn cells(row: &Arc<TreeRow>, tree: TreeModel) -> impl IntoView + use<> {
    let all = tree.state.read_untracked().as_ref().map_or(0, |state| state.size);
    let share = format::width(row.size, all);
    view! {
        <div role="gridcell">{name(row, tree)}</div>
        <div role="gridcell" class="sz">
            {format::size(row.size)}
            <span class="shr" aria-hidden="true"><i style:width=share></i></span>
        </div>
        <div role="gridcell" class="mono soft c-md">{row.mode.clone()}</div>
        <div role="gridcell" class="soft c-own">{row.owner.clone()}</div>
        <div role="gridcell" class="soft c-mod">{row.mtime.map(age)}</div>
        <div role="gridcell" class="lay">{chip(row.layer)}{row.layer}</div>
    }
}

/// The name, indented, with what opens it before and what it is a link to behind.
fn name(row: &Arc<TreeRow>, tree: TreeModel) -> impl IntoView + use<> {
    let indent = format!("calc(var(--indent) * {})", row.level.saturating_sub(1).min(40));
    let can = row.expanded.is_some();
    let filter = tree.spec.read_untracked().filter.clone();
    let class = match (row.kind, row.change) {
        (NodeKind::Directory, Change::Removed) => "nm dir gone",
        (_, Change::Removed) => "nm gone",
        (NodeKind::Directory, _) => "nm dir",
        _ => "nm",
    };
    let (sign, word) = match row.kind {
        NodeKind::HardLink => ("= ", "The same file as"),
        _ => ("→ ", "A link to"),
    };
    let target = (!row.target.is_empty()).then(|| {
        let title = format!("{word} {}", row.target);
        view! { <span class="to" title=title>{sign}{row.target.clone()}</span> }
    });
    let href = tree.href(row);
    view! {
        <div class=class style:padding-left=indent>
            <span class="tw" class:can=can aria-hidden="true">{can.then(|| small_icon("chev"))}</span>
            {change_tag(row.change, row.layer)}
            <a href=href tabindex="-1">{marked(&row.name, row.matched, &filter)}</a>
            {target}
        </div>
    }
}

/// The name with what the filter found in it marked.
fn marked(name: &str, matched: bool, filter: &str) -> AnyView {
    match format::found_in(name, filter).filter(|_| matched) {
        Some((from, to)) => view! {
            {name[..from].to_owned()}<mark>{name[from..to].to_owned()}</mark>{name[to..].to_owned()}
        }
        .into_any(),
        None => name.to_owned().into_any(),
    }
}

/// The boxed letter of a change, with its word for those who don't see it.
pub fn change_tag(change: Change, layer: u32) -> Option<AnyView> {
    let (letter, class, word) = match change {
        Change::None => return None,
        Change::Added => ("A", "tag a", "Added"),
        Change::Modified => ("M", "tag m", "Modified"),
        Change::Removed => ("D", "tag d", "Removed"),
        Change::Unchanged => ("U", "tag soft", "Written again unchanged"),
    };
    let title = format!("{word} in layer {layer}");
    Some(
        view! { <span class=class role="img" aria-label=title.clone() title=title>{letter}</span> }
            .into_any(),
    )
}
