//! Columns that can be made wider and narrower: by the edge of their heading, and by Shift with the arrow keys on it.
//!
//! A width that was set is kept in this browser, by table and column. A double click fits the column to what is
//! drawn of it.

use crate::browser::page::{dom, preferences};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Th;
use leptos::prelude::*;

/// Pixels, as are the following.
const KEY_STEP: f64 = 16.0;
const NARROWEST: f64 = 40.0;
const WIDEST: f64 = 1600.0;

/// The width of one column, if the user set one.
#[derive(Clone, Copy)]
pub(super) struct ColumnSize {
    pixels: RwSignal<Option<f64>>,
    /// Names the setting.
    key: StoredValue<String>,
    head: NodeRef<Th>,
}

impl ColumnSize {
    /// As it was kept.
    pub fn of(table: &str, column: &str, head: NodeRef<Th>) -> ColumnSize {
        let key = format!("column.{table}.{column}");
        let kept = preferences::get(&key).and_then(|text| text.parse::<f64>().ok());
        let kept = kept.filter(|width| width.is_finite()).map(within);
        ColumnSize { pixels: RwSignal::new(kept), key: StoredValue::new(key), head }
    }

    /// `120px`, or what the column has by itself. Tracked.
    pub fn css(self, by_itself: &str) -> String {
        self.pixels.get().map_or_else(|| by_itself.to_owned(), |width| format!("{width}px"))
    }

    fn now(self) -> f64 {
        self.head.get_untracked().map_or(NARROWEST, |head| dom::width(&head))
    }

    fn set(self, width: f64) {
        self.pixels.set(Some(within(width).round()));
    }

    fn keep(self) {
        if let Some(width) = self.pixels.get_untracked() {
            self.key.with_value(|key| preferences::set(key, &width.to_string()));
        }
    }

    /// Shift and an arrow key on the heading.
    pub fn pressed(self, event: &KeyboardEvent) {
        let step = match event.key().as_str() {
            "ArrowRight" if event.shift_key() => KEY_STEP,
            "ArrowLeft" if event.shift_key() => -KEY_STEP,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation(); // the arrows move no row
        self.set(self.now() + step);
        self.keep();
    }
}

fn within(width: f64) -> f64 {
    width.clamp(NARROWEST, WIDEST)
}

/// The edge of a heading, to drag. It takes the focus where other headings of the table do, and this one has
/// nothing else that does.
#[component]
pub(super) fn ColumnEdge(name: &'static str, size: ColumnSize, focusable: bool) -> AnyView {
    // Where the pointer went down, and the width then.
    let start = StoredValue::new(None::<(f64, f64)>);
    let pressed = move |event: PointerEvent| {
        event.prevent_default(); // no selection of text
        dom::capture_pointer(&event);
        start.set_value(Some((f64::from(event.client_x()), size.now())));
    };
    let moved = move |event: PointerEvent| {
        if let Some((x, width)) = start.get_value() {
            size.set(width + f64::from(event.client_x()) - x);
        }
    };
    let released = move |_: PointerEvent| {
        if start.try_update_value(Option::take).flatten().is_some() {
            size.keep();
        }
    };
    let fitted = move |_| {
        if let Some(head) = size.head.get_untracked() {
            size.set(dom::width_of_contents(&head));
            size.keep();
        }
    };
    view! {
        <span
            class="edge"
            role=focusable.then_some("separator")
            aria-hidden=(!focusable).then_some("true")
            aria-orientation=focusable.then_some("vertical")
            aria-label=focusable.then(|| format!("Width of {name}"))
            aria-valuenow=move || focusable.then(|| size.pixels.get().unwrap_or(NARROWEST))
            aria-valuemin=focusable.then_some(NARROWEST)
            aria-valuemax=focusable.then_some(WIDEST)
            tabindex=focusable.then_some("0")
            on:pointerdown=pressed
            on:pointermove=moved
            on:pointerup=released
            on:pointercancel=released
            on:dblclick=fitted
        ></span>
    }
    .into_any()
}

#[test]
fn widths_have_bounds() {
    assert_eq!((within(5.0), within(120.0), within(1e9)), (NARROWEST, 120.0, WIDEST));
}
