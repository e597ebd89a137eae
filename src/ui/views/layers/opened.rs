//! Which rows of the layer table are open, and the button that opens one.

use crate::ui::widgets::{Glyph, Icon};
use leptos::prelude::*;

/// Which rows are open, by their positions in the history.
#[derive(Clone, Copy)]
pub(super) struct OpenedRows(RwSignal<Vec<u32>>);

impl OpenedRows {
    pub(super) fn new() -> OpenedRows {
        OpenedRows(RwSignal::new(Vec::new()))
    }

    /// Tracked.
    pub(super) fn contains(self, at: u32) -> bool {
        self.0.read().contains(&at)
    }

    fn toggle(self, at: u32) {
        self.0.update(|rows| match rows.iter().position(|other| *other == at) {
            Some(position) => {
                rows.swap_remove(position);
            }
            None => rows.push(at),
        });
    }
}

/// The button that opens a row.
#[component]
pub(super) fn Twist(name: String, at: u32, opened: OpenedRows) -> AnyView {
    view! {
        <button
            type="button"
            class="twist"
            aria-label=name.clone()
            title=name
            aria-expanded=move || if opened.contains(at) { "true" } else { "false" }
            on:click=move |_| opened.toggle(at)
        >
            <Glyph icon=Icon::ChevronRight />
        </button>
    }
    .into_any()
}
