//! The tree: a treegrid of which only the rows near the screen are in the document.
//!
//! - There are as many elements as rows fit the pane and some more, and each shows another row when its own is
//!   scrolled away: scrolling makes no element (`widgets/window.rs` has the arithmetic). One that has the focus
//!   then gives it to the grid, whose keys go on from the cursor.
//! - Roles and keys: ARIA Authoring Practices, "Treegrid".

use super::grid_state::GridState;
use super::heads::Heads;
use super::keys;
use super::row::tree_line;
use super::row_filter::asked_for_menu;
use super::tree_model::{TreeModel, WantedRow};
use super::type_ahead::TypeAhead;
use crate::browser::page::dom;
use crate::protocol::{RowRange, TreeRow};
use crate::ui::widgets::{Pane, RowWindow, measured, on_measure};
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::Div;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::tachys::html::style::style;
use std::time::Duration;

/// After a jump of more than a page the rows wait this long for another jump: what only flies past is not drawn.
const CALM: Duration = Duration::from_millis(50);

/// The grid over the tree of the context.
#[component]
pub fn TreeGrid() -> AnyView {
    let tree = expect_context::<TreeModel>();
    let root = NodeRef::<Div>::new();
    let pane = RwSignal::new(Pane::default());
    let jumping = RwSignal::new(false);
    let calm = StoredValue::new(None::<TimeoutHandle>);
    on_measure(root, move |element| {
        pane.try_set(below_heads(element));
        tree.columns.pane.try_set(Some(dom::inner_width(element)));
    });
    let rows = Memo::new(move |_| tree.state.read().map_or(0, |state| state.rows));
    let window = Memo::new(move |_| pane.read().window(rows.get()));
    let count = Memo::new(move |_| window.read().count);
    provide_context(GridState { window, jumping });
    Effect::new(move || {
        let RowWindow { first, count, .. } = window.get();
        if !jumping.get() {
            tree.want(RowRange { first, count });
        }
    });
    let cursor_is_drawn = Memo::new(move |_| window.read().rows().contains(&tree.cursor.get()));
    Effect::new(move || {
        if !cursor_is_drawn.get() {
            keep_focus(root);
        }
    });
    Effect::new(move || {
        if let Some(wanted) = tree.wanted.get() {
            bring_into_view(root, pane, wanted, rows.get_untracked());
        }
    });
    let typing = StoredValue::new(TypeAhead::default());
    let pressed = move |event: KeyboardEvent| {
        keys::pressed(tree, &event, pane.read_untracked().page(), typing);
    };
    let focused = move |event: FocusEvent| {
        if let Some(row) = row_at(&event) {
            tree.cursor.set(row);
        }
    };
    // While the cursor is out of sight, Tab leads to the grid itself.
    let tab = move || if cursor_is_drawn.get() { "-1" } else { "0" };
    let space = move || format!("{}px", pane.read().space(rows.get()) as u32);
    let widths = style(("--cols", move || tree.columns.template()));
    view! {
        <div
            {..widths}
            class="treegrid"
            class:empty=move || rows.get() == 0
            node_ref=root
            role="treegrid"
            aria-label="Files"
            aria-multiselectable="true"
            class:marking=move || tree.marks.by_tap.get() || tree.marks.any()
            aria-rowcount=move || (rows.get() + 1).to_string()
            tabindex=tab
            on:scroll=move |_| scrolled(root, pane, jumping, calm)
            on:keydown=pressed
            on:focusin=focused
            on:mousedown=move |event| {
                if event.shift_key() && row_at(&event).is_some() {
                    event.prevent_default(); // it selects rows, not their text
                }
            }
            on:click=move |event| clicked(tree, &event)
            on:contextmenu=move |event| asked_for_menu(tree, &event)
        >
            <Heads />
            <div class="space" role="rowgroup" style:height=space>
                <For each=move || 0..count.get() key=|slot| *slot let:slot>
                    {tree_line(slot)}
                </For>
            </div>
        </div>
    }
    .into_any()
}

/// The row of the tree that an event is in.
fn row_at(event: &leptos::ev::Event) -> Option<u32> {
    dom::line_of(event)
}

/// A click anywhere in a row: expands or collapses, selects. The name is a link, so it opens in a new tab.
fn clicked(tree: TreeModel, event: &MouseEvent) {
    let Some(index) = dom::line_of(event) else { return };
    let Some(row) = tree.row_untracked(index) else { return };
    let twist = dom::is_from(event, ".tw.can");
    let plain = dom::is_plain_click(event);
    if plain && dom::ends_selection(event) {
        event.prevent_default(); // nor is the name's link followed
        return;
    }
    if clicked_to_mark(tree, event, index, &row) {
        event.prevent_default();
        return;
    }
    if !(twist || plain) {
        return;
    }
    event.prevent_default();
    tree.go_to(index, true);
    if let Some(open) = row.expanded {
        tree.expand(row.node, !open, event.alt_key());
    }
    // On a phone a directory only opens: its facts would take the whole screen.
    let narrow = dom::matches_media("(max-width: 760px)");
    if !(twist || narrow && row.expanded.is_some()) {
        tree.select(&row);
    }
}

/// Ctrl, Cmd or Shift with a click selects, and so does a tap where taps select.
fn clicked_to_mark(tree: TreeModel, event: &MouseEvent, index: u32, row: &TreeRow) -> bool {
    if event.button() != 0 || event.alt_key() {
        return false;
    }
    let taps = tree.marks.by_tap.get_untracked() && !dom::is_from(event, ".tw.can");
    match (event.shift_key(), event.ctrl_key() || event.meta_key() || taps) {
        (true, _) => tree.mark_to(index),
        (false, true) => {
            tree.go_to(index, true);
            tree.marks.toggle(index, row);
        }
        (false, false) => return false,
    }
    true
}

/// What is seen below the heads.
fn below_heads(element: &web_sys::Element) -> Pane {
    let pane = measured(element, "--row", 26.0);
    let heads = dom::css_pixels(element, "--heads").unwrap_or(0.0);
    Pane { height: (pane.height - heads).max(0.0), ..pane }
}

/// Notes where the pane is, and whether it jumps.
fn scrolled(
    root: NodeRef<Div>,
    pane: RwSignal<Pane>,
    jumping: RwSignal<bool>,
    calm: StoredValue<Option<TimeoutHandle>>,
) {
    let Some(element) = root.get_untracked() else { return };
    let (top, last) = (dom::scroll_state(&element).top, pane.get_untracked());
    if (top - last.top).abs() > last.height {
        calm.with_value(|calm| calm.as_ref().map(TimeoutHandle::clear));
        let calmed = move || {
            jumping.try_set(false); // the view may be gone by then
        };
        calm.set_value(set_timeout_with_handle(calmed, CALM).ok());
        jumping.set(true);
    }
    pane.set(Pane { top, ..last });
}

/// The focused row is scrolled away: the grid takes the focus before the element shows another row.
fn keep_focus(root: NodeRef<Div>) {
    let Some(element) = root.get_untracked() else { return };
    let within = dom::focused().is_some_and(|focused| {
        dom::contains(&element, Some(focused.clone().into())) && focused != *element
    });
    if within {
        dom::focus_in_place(&element);
    }
}

fn bring_into_view(root: NodeRef<Div>, pane: RwSignal<Pane>, wanted: WantedRow, rows: u32) {
    let Some(element) = root.get_untracked() else { return };
    if let Some(top) = below_heads(&element).scroll_to(wanted.row, rows) {
        dom::scroll_to(&element, top);
    }
    pane.set(below_heads(&element));
    if wanted.focus {
        request_animation_frame(move || dom::focus_line(&element, wanted.row));
    }
}
