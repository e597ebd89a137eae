//! Two panes side by side with a splitter between: by pointer, by keyboard, and remembered. A pane can be folded away
//! where the splitter has a button for it; Enter on the splitter does the same.
//!
//! Keys: the window splitter of the ARIA Authoring Practices.
//!
//! The size goes into the custom property `--pane` of the second (or first) pane; the style sheet uses it as a
//! width, or as a height where panes are below each other.

use super::icon::{Glyph, Icon};
use crate::browser::page::{dom, preferences};
use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::html::style::style;

/// Which pane has the size that is set; the other takes the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizedPane {
    First,
    Second,
}

/// The share of a wide window that the second pane has at first.
const SHARE: f64 = 0.25;

/// Pixels that an arrow key moves the splitter.
const KEY_STEP: f64 = 16.0;

/// Two panes.
#[component]
pub fn Split(
    /// Names the setting: `files-file`.
    id: &'static str,
    /// What the splitter resizes: `File pane`.
    label: &'static str,
    sized: SizedPane,
    /// Pixels, as are the following.
    default: f64,
    min: f64,
    max: f64,
    /// Whether the sized pane is shown.
    #[prop(optional, into, default = true.into())]
    shown: Signal<bool>,
    /// What the sized pane has, where it can be folded away: `layers`.
    #[prop(optional)]
    folds: Option<&'static str>,
    #[prop(into)] first: ViewFn,
    #[prop(into)] second: ViewFn,
) -> AnyView {
    let root = NodeRef::<Div>::new();
    let default = match sized {
        SizedPane::First => default,
        SizedPane::Second => default.max(dom::window_width() * SHARE).min(max),
    };
    let kept = preferences::get(id).and_then(|text| text.parse::<f64>().ok());
    let size =
        RwSignal::new(kept.filter(|size| size.is_finite()).unwrap_or(default).clamp(min, max));
    let folded_setting = format!("{id}-folded");
    let is_kept_folded = folds.is_some() && preferences::is_on(&folded_setting) == Some(true);
    let folded = RwSignal::new(is_kept_folded);
    let fold = StoredValue::new(move || {
        folded.update(|folded| *folded = !*folded);
        preferences::switch(&folded_setting, folded.get_untracked());
    });
    let fold = move || fold.with_value(|fold| fold());
    let dragging = RwSignal::new(false);
    let set = move |next: f64| size.set(next.clamp(min, max));
    let keep = move || preferences::set(id, &size.get_untracked().round().to_string());
    let moved = move |event: PointerEvent| {
        if dragging.get_untracked()
            && let Some(root) = root.get_untracked()
        {
            let point = (f64::from(event.client_x()), f64::from(event.client_y()));
            set(dom::distance_to_edge(&root, point, sized == SizedPane::Second));
        }
    };
    let pressed = move |event: PointerEvent| {
        event.prevent_default(); // no selection of text
        dom::capture_pointer(&event);
        dragging.set(true);
    };
    let released = move |_: PointerEvent| {
        if dragging.get_untracked() {
            dragging.set(false);
            keep();
        }
    };
    let key = move |event: KeyboardEvent| {
        let grow = if sized == SizedPane::First { KEY_STEP } else { -KEY_STEP };
        let now = size.get_untracked();
        match event.key().as_str() {
            "ArrowRight" | "ArrowDown" => set(now + grow),
            "ArrowLeft" | "ArrowUp" => set(now - grow),
            "Home" => set(min),
            "End" => set(max),
            "Enter" if folds.is_some() => fold(),
            "Enter" => set(default),
            _ => return,
        }
        event.prevent_default();
        keep();
    };
    let pane_size = style(("--pane", move || format!("{}px", size.get())));
    let class = move || match (shown.get(), sized) {
        (false, _) => "split single",
        (true, SizedPane::First) if folded.get() => "split first-sized folded",
        (true, SizedPane::First) => "split first-sized",
        (true, SizedPane::Second) => "split second-sized",
    };
    let fold_button = folds.map(|what| {
        let name = move || {
            let verb = if folded.get() { "Show" } else { "Hide" };
            format!("{verb} the {what}")
        };
        view! {
            <div class="fold">
                <button
                    type="button"
                    class="btn q"
                    aria-expanded=move || (!folded.get()).to_string()
                    aria-label=name
                    title=name
                    on:click=move |_| fold()
                >
                    <Glyph icon=Icon::ChevronRight />
                </button>
            </div>
        }
    });
    view! {
        <div {..pane_size} class=class node_ref=root>
            {first.run()}
            {fold_button}
            <div
                class="splitter"
                class:moving=move || dragging.get()
                role="separator"
                tabindex="0"
                aria-label=label
                aria-orientation="vertical"
                aria-valuemin=if folds.is_some() { 0.0 } else { min }
                aria-valuemax=max
                aria-valuenow=move || if folded.get() { 0.0 } else { size.get().round() }
                on:pointerdown=pressed
                on:pointermove=moved
                on:pointerup=released
                on:pointercancel=released
                on:dblclick=move |_| {
                    set(default);
                    keep();
                }
                on:keydown=key
            ></div>
            {second.run()}
        </div>
    }
    .into_any()
}

#[test]
fn the_splitter_is_a_named_separator() {
    let html = crate::ui::testing::TestPage::new().render(|| {
        view! {
            <Split
                id="files-file"
                label="File pane"
                sized=SizedPane::Second
                default=400.0
                min=240.0
                max=900.0
                first=|| "tree"
                second=|| "file"
            />
        }
    });
    assert!(html.has(r#"role="separator" tabindex="0" aria-label="File pane""#), "{html}");
    assert!(html.has(r#"aria-valuenow="400""#) && html.has("--pane:400px"), "{html}");
    assert_eq!(html.text(), "tree file");
}

#[test]
fn a_pane_that_folds_has_a_button_that_says_what_it_hides() {
    let html = crate::ui::testing::TestPage::new().render(|| {
        view! {
            <Split
                id="layers"
                label="Resize the layers"
                sized=SizedPane::First
                default=256.0
                min=160.0
                max=640.0
                folds="layers"
                first=|| "layers"
                second=|| "tree"
            />
        }
    });
    assert!(html.has(r#"aria-expanded="true" aria-label="Hide the layers""#), "{html}");
    assert!(
        html.has(r#"aria-valuemin="0""#),
        "the splitter's value is 0 while it is folded: {html}"
    );
}
