//! The file tree: a treegrid of which only what is visible is in the document.
//!
//! - Rows have one height, so a row's place is a product, and the scroll bar is true without any row
//!   being there. Browsers don't draw elements of more than some 17 million pixels: beyond `TALLEST` the
//!   way of the scroll bar is scaled.
//! - There are as many elements as rows fit the pane and some more, and each takes on another row when
//!   its own is scrolled away: to scroll makes no element. One that has the focus then gives it to the
//!   grid, whose keys go on from the cursor.

use super::dom::target_element;
use super::parts::{clicks, effect, says, view};
use super::state::{Memo, RwSignal, StoredValue};
use super::tree_keys::on_key;
use super::tree_row::{clicked, explain, row_view};
use super::tree_rows::TreeModel;
use leptos::ev::FocusEvent;
use leptos::html::Div;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast, prelude::Closure};

/// Pixels.
const TALLEST: f64 = 15_000_000.0;
/// Rows beyond either edge, and the step in which they come.
const BEYOND: f64 = 8.0;
const STEP: f64 = 4.0;

/// After a jump of more than a page rows wait so long for another: what flies past isn't drawn.
const CALM: Duration = Duration::from_millis(50);

/// What is seen of the scroll pane, in pixels.
#[derive(Clone, Copy, PartialEq, Default)]
struct Pane {
    top: f64,
    height: f64,
    row: f64,
}

/// What is in the document: `count` rows from `first` on; row 0 would lie at `origin`.
#[derive(Clone, Copy, PartialEq, Default)]
pub struct Span {
    first: u32,
    count: u32,
    origin: f64,
    row: f64,
}

impl Span {
    /// The row that an element takes on: always the same while it is in the span.
    pub fn row_of(&self, slot: u32) -> u32 {
        let turn = self.first % self.count.max(1);
        self.first + (slot + self.count - turn) % self.count.max(1)
    }

    /// Pixels from the top.
    pub fn place_of(&self, row: u32) -> u32 {
        (self.origin + f64::from(row) * self.row).max(0.0) as u32
    }

    fn holds(&self, row: u32) -> bool {
        (self.first..self.first + self.count).contains(&row)
    }
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
        let count = ((self.height / self.row + 2.0 * BEYOND + STEP) as u32).min(rows);
        let first = ((offset / self.row - BEYOND) / STEP).floor() * STEP;
        Span {
            first: (first.max(0.0) as u32).min(rows - count),
            count,
            origin: self.top - offset, // exactly 0 where nothing is scaled
            row: self.row,
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
    let rushing = RwSignal::new(false);
    let calmed = StoredValue::new(None::<TimeoutHandle>);
    follow_size(element, pane);
    let rows = Memo::new(move |_| tree.state.read().as_ref().map_or(0, |state| state.rows));
    let span = Memo::new(move |_| pane.read().span(rows.get()));
    let count = Memo::new(move |_| span.read().count);
    effect(move || {
        let Span { first, count, .. } = span.get();
        if !rushing.get() {
            tree.want(first, first + count);
        }
    });
    let cursor_shown = Memo::new(move |_| span.read().holds(tree.cursor.get()));
    effect(move || {
        if !cursor_shown.get() {
            keep_focus(element);
        }
    });
    effect(move || {
        if let Some((row, focus)) = tree.wanted.get() {
            bring_into_view(element, pane, row, rows.get_untracked(), focus);
        }
    });
    let space = move || format!("{}px", pane.read().space(rows.get()) as u32);
    let page = move || (pane.read_untracked().height / pane.read_untracked().row) as u32;
    let focused = move |event: FocusEvent| {
        if let Some(index) = index_of(&event) {
            tree.cursor.set(index);
        }
    };
    // With the cursor out of sight, Tab leads to the grid itself.
    let tab = says(move || if cursor_shown.get() { "-1" } else { "0" });
    view! {
        <div
            class="treegrid"
            node_ref=element
            role="treegrid"
            aria-label="Files"
            aria-rowcount=says(move || (rows.get() + 1).to_string())
            tabindex=tab
            on:scroll=move |_| scrolled(element, pane, rushing, calmed)
            on:keydown=move |event| on_key(tree, &event, page())
            on:focusin=focused
            on:click=clicks(move |event| clicked(tree, &event))
            on:mouseover=move |event| explain(tree, &event)
        >
            <Heads tree />
            <div class="space" role="rowgroup" style:height=says(space)>
                <For each=move || 0..count.get() key=|slot| *slot let:slot>
                    {row_view(slot, tree, span, rushing)}
                </For>
            </div>
        </div>
    }
}

/// The row that an event is in.
pub fn index_of(event: &web_sys::Event) -> Option<u32> {
    let row = target_element(event)?.closest(".space [role=row]").ok()??;
    row.get_attribute("aria-rowindex")?.parse::<u32>().ok()?.checked_sub(2)
}

/// Takes note of where the pane is, and of a jump.
fn scrolled(
    element: NodeRef<Div>,
    pane: RwSignal<Pane>,
    rushing: RwSignal<bool>,
    calmed: StoredValue<Option<TimeoutHandle>>,
) {
    let Some(element) = element.get_untracked() else { return };
    let (top, last) = (f64::from(element.scroll_top()), pane.get_untracked());
    if (top - last.top).abs() > last.height {
        calmed.get_value().inspect(TimeoutHandle::clear);
        let calm = move || {
            rushing.set(false); // the view may be gone by then
        };
        calmed.set_value(set_timeout_with_handle(calm, CALM).ok());
        rushing.set(true);
    }
    pane.set(Pane { top, ..last });
}

/// Measures when the pane is there, and whenever its size changes.
fn follow_size(element: NodeRef<Div>, pane: RwSignal<Pane>) {
    effect(move || {
        let Some(element) = element.get() else { return };
        pane.set(Pane::measure(&element));
        let observed = element.clone();
        let changed = Closure::<dyn FnMut()>::new(move || pane.set(Pane::measure(&observed)));
        let Ok(observer) = web_sys::ResizeObserver::new(changed.as_ref().unchecked_ref()) else {
            return; // then what was measured first has to do
        };
        observer.observe(&element);
        let kept = leptos::prelude::StoredValue::new_local((observer, changed));
        on_cleanup(move || {
            kept.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
}

/// The focused row is scrolled away: the grid takes the focus before the element shows another row.
fn keep_focus(element: NodeRef<Div>) {
    let Some(element) = element.get_untracked() else { return };
    let active = document().active_element();
    if active.is_some_and(|active| active.closest(".space").is_ok_and(|space| space.is_some())) {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        let _ = element.focus_with_options(&options);
    }
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
    // A sign turns the order: of names it begins with the first, of sizes with the largest.
    let sorted = move |key: &'static str| {
        let sort = tree.spec.read().sort.clone();
        let by = match sort.strip_prefix('-').unwrap_or(&sort) {
            "" => "name",
            by => by,
        };
        let down = sort.starts_with('-') != (by == "size");
        (by == key).then_some(if down { "descending" } else { "ascending" })
    };
    let button = move |key: &'static str, words: &'static str| {
        let turn = move |_| {
            let next = match (key, sorted(key)) {
                ("name", Some("ascending")) => "-name",
                ("size", Some("descending")) => "-size",
                ("size", _) => "size",
                _ => "",
            };
            here.go(|link| link.sort = next.to_owned());
        };
        view! { <button on:click=clicks(turn)>{words}</button> }
    };
    view! {
        <div class="th tr" role="row" aria-rowindex="1">
            <div role="columnheader" aria-sort=says(move || sorted("name"))>{button("name", "Name")}</div>
            <div role="columnheader" class="num" aria-sort=says(move || sorted("size"))>
                {button("size", "Size")}
            </div>
            <div role="columnheader" class="c-md">"Mode"</div>
            <div role="columnheader" class="c-own">"Owner"</div>
            <div role="columnheader" class="c-mod">"Modified"</div>
            <div role="columnheader">"Layer"</div>
        </div>
    }
}
