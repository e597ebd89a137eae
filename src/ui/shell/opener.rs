//! How users give files: two inputs, and a drop anywhere on the page.

use crate::browser::page::folder;
use crate::ui::app::{DropClaim, on_window, use_sources};
use crate::ui::widgets::{Glyph, Icon};
use leptos::attr::custom::custom_attribute;
use leptos::ev::{DragEvent, Event};
use leptos::prelude::*;

/// The two inputs; their labels are the buttons.
#[component]
pub fn FilePickers(
    /// On the start page: larger, the first one to press.
    #[prop(optional)]
    big: bool,
) -> AnyView {
    let sources = use_sources();
    let files = move |event: Event| sources.open_files(folder::from_input(&event_target(&event)));
    let folder = move |event: Event| {
        let (name, files) = folder::below(folder::from_input(&event_target(&event)));
        if !files.is_empty() {
            sources.open_folder(name, files); // an empty folder has no name
        }
    };
    let (first, second) = match big {
        true => ("btn p big open", "btn big open"),
        false => ("btn open compact", "btn open compact"),
    };
    view! {
        <label class=first title="Open image archive" data-short="Open">
            <input class="vh" type="file" multiple on:change=files />
            <Glyph icon=Icon::Open />
            <span>"Open image archive"</span>
        </label>
        <label class=second title="Open image folder" data-short="Folder">
            <input
                class="vh"
                type="file"
                {..custom_attribute("webkitdirectory", "")}
                on:change=folder
            />
            <Glyph icon=Icon::Folder />
            <span>"Open image folder"</span>
        </label>
    }
    .into_any()
}

/// Takes a drop anywhere on the page, and shows that it would.
#[component]
pub fn DropTarget() -> AnyView {
    let sources = use_sources();
    let claim = expect_context::<DropClaim>();
    let over = RwSignal::new(false);
    let dragged = move |event: DragEvent| {
        let Some(data) = event.data_transfer() else { return };
        if data.types().includes(&"Files".into(), 0) {
            event.prevent_default(); // a drop is welcome
            over.set(true);
        }
    };
    let left = move |event: DragEvent| {
        if event.related_target().is_none() {
            over.set(false); // it left the window, not one element for another
        }
    };
    let drop = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(data) = event.data_transfer() {
            sources.open_drop(claim, &data);
        }
    };
    on_window(leptos::ev::dragenter, dragged);
    on_window(leptos::ev::dragover, dragged);
    on_window(leptos::ev::dragleave, left);
    on_window(leptos::ev::drop, drop);
    view! {
        <Show when=move || over.get()>
            <div class="dropping" aria-hidden="true">
                <Glyph icon=Icon::Box big=true />
                "Drop to open"
            </div>
        </Show>
    }
    .into_any()
}
