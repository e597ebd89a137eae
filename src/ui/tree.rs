//! The file tree: a treegrid of which only what is visible is in the document.
//!
//! - Rows have one height, so a row's place is a product, and the scroll bar is true without any row
//!   being there. Browsers don't draw elements of more than some 17 million pixels: beyond `TALLEST` the
//!   way of the scroll bar is scaled.
//! - The row under the cursor is always in the document, so that the focus is never lost.

use super::parts::{age, chip};
use super::start::{is_plain_click, target_element};
use super::tree_keys::on_key;
use super::tree_rows::TreeModel;
use crate::browser::locale;
use crate::format;
use crate::session::query::{Change, NodeKind, TreeRow};
use leptos::ev::MouseEvent;
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
    head: f64,
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
        let row = row.and_then(|text| text.trim().strip_suffix("px")?.parse().ok());
        let head = element.first_element_child().map_or(0.0, |head| head.client_height().into());
        let height: f64 = element.client_height().into();
        Pane {
            top: element.scroll_top().into(),
            height: (height - head).max(0.0),
            row: row.unwrap_or(26.0),
            head,
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
    let measure = move || {
        if let Some(element) = element.get_untracked() {
            pane.set(Pane::measure(&element));
        }
    };
    follow_size(element, measure);
    let rows = Memo::new(move |_| tree.state.read().as_ref().map_or(0, |state| state.rows));
    let span = Memo::new(move |_| pane.read().span(rows.get()));
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
    let space = move || format!("{}px", pane.read().space(rows.get()));
    let page = move || (pane.read_untracked().height / pane.read_untracked().row) as u32;
    view! {
        <div
            class="treegrid"
            node_ref=element
            role="treegrid"
            aria-label="Files"
            aria-rowcount=move || rows.get() + 1
            on:scroll=move |_| measure()
            on:keydown=move |event| on_key(tree, &event, page())
        >
            <Heads tree />
            <div class="space" role="rowgroup" style:height=space>
                <For each=move || shown.get() key=|row| *row let:index>
                    <Row index tree pane=pane.into() span />
                </For>
            </div>
        </div>
    }
}

/// Measures when the pane is there, and whenever its size changes.
fn follow_size(element: NodeRef<Div>, measure: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        let Some(element) = element.get() else { return };
        measure();
        let changed = Closure::<dyn FnMut()>::new(measure);
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
            return; // then scrolling measures
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
        view! { <button on:click=turn>{words}" "<span aria-hidden="true">{arrow}</span></button> }
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

/// One row, wherever it is; bones until the session has sent it.
#[component]
fn Row(index: u32, tree: TreeModel, pane: Signal<Pane>, span: Memo<Span>) -> impl IntoView {
    let row = Memo::new(move |_| tree.row(index));
    let origin = Memo::new(move |_| span.read().origin);
    let height = Memo::new(move |_| pane.read().row);
    let place = move || {
        let y = origin.get() + f64::from(index) * height.get();
        format!("translateY({}px)", y.max(0.0))
    };
    let of = move |read: fn(&TreeRow) -> String| row.read().as_ref().map(|row| read(row));
    let on = move || row.read().as_ref().is_some_and(|row| row.path == *tree.path.read());
    let open =
        move || row.read().as_ref()?.expanded.map(|open| if open { "true" } else { "false" });
    view! {
        <div
            class="tr"
            class:on=on
            role="row"
            aria-rowindex=index + 2
            attr:aria-level=move || of(|row| row.level.to_string())
            aria-setsize=move || of(|row| row.set_size.to_string())
            aria-posinset=move || of(|row| row.pos_in_set.to_string())
            aria-expanded=open
            aria-selected=move || if on() { "true" } else { "false" }
            tabindex=move || if tree.cursor.get() == index { "0" } else { "-1" }
            style:transform=place
            on:focus=move |_| tree.cursor.set(index)
            on:click=move |event| clicked(tree, index, &event)
        >
            {move || match row.get() {
                Some(row) => cells(&row, tree),
                None => bones(),
            }}
        </div>
    }
}

fn clicked(tree: TreeModel, index: u32, event: &MouseEvent) {
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
    tree.cursor.set(index);
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

fn bones() -> AnyView {
    view! { <div role="gridcell"><span class="bone"></span></div> }.into_any()
}

fn cells(row: &Arc<TreeRow>, tree: TreeModel) -> AnyView {
    let share = move |size| {
        let all = tree.state.read_untracked().as_ref().map_or(0, |state| state.size);
        format!("{:.0}%", format::percent(size, all))
    };
    let size = row.size;
    let modified = row.mtime.map(|at| {
        view! { <span title=locale::local_time(at)>{age(at)}</span> }
    });
    view! {
        <div role="gridcell">{name(row, tree)}</div>
        <div role="gridcell" class="sz">
            <span title=format::exact_size(size)>{format::size(size)}</span>
            <span class="shr" aria-hidden="true"><i style:width=share(size)></i></span>
        </div>
        <div role="gridcell" class="mono soft c-md">{row.mode.clone()}</div>
        <div role="gridcell" class="soft c-own">{row.owner.clone()}</div>
        <div role="gridcell" class="soft c-mod">{modified}</div>
        <div role="gridcell" class="lay">{chip(row.layer)}{row.layer}</div>
    }
    .into_any()
}

/// The name, indented, with what opens it before and what it is a link to behind.
fn name(row: &Arc<TreeRow>, tree: TreeModel) -> AnyView {
    let indent = format!("calc(var(--indent) * {})", row.level.saturating_sub(1).min(40));
    let twist = match row.expanded {
        Some(_) => view! { <span class="tw can" aria-hidden="true">{super::parts::small_icon("chev")}</span> }
            .into_any(),
        None => view! { <span class="tw" aria-hidden="true"></span> }.into_any(),
    };
    let filter = tree.spec.read_untracked().filter.clone();
    let class = match (row.kind, row.change) {
        (NodeKind::Directory, Change::Removed) => "nm dir gone",
        (_, Change::Removed) => "nm gone",
        (NodeKind::Directory, _) => "nm dir",
        _ => "nm",
    };
    let target = (!row.target.is_empty())
        .then(|| view! { <span class="to">"→ "{row.target.clone()}</span> });
    let linked = row.clone();
    let href = move || tree.href(&linked);
    view! {
        <div class=class style:padding-left=indent>
            {twist}
            {change_tag(row.change, row.layer)}
            <a href=href tabindex="-1" title=row.name.clone()>{marked(&row.name, row.matched, &filter)}</a>
            {target}
        </div>
    }
    .into_any()
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
