//! Packages: what is installed, what was removed again, what is only declared, and files that belong to none.

use super::facts::Facts;
use super::opened::Opened;
use super::parts::{clicks, live, small_icon, view};
use super::state::Memo;
use super::tabled::Tabled;
use crate::browser::client::LayersWish;
use crate::session::query::{Package, Packages};
use leptos::prelude::*;

const PACKAGES: Tabled = Tabled {
    label: "Packages",
    filter: "Filter packages",
    item: "Package",
    rows: |ask| Packages { ask }.into(),
    details: |key| Package { key }.into(),
    several: false,
    counted: |show| if show == "unowned" { ("file", "files") } else { ("package", "packages") },
    none: "No package database was found in this image, and nothing else that names packages.",
    exports: &[("cyclonedx", "CycloneDX"), ("spdx", "SPDX"), ("packages", "Table")],
};

/// The view.
pub fn packages_view(opened: Opened) -> AnyView {
    let facts = expect_context::<Facts>();
    let note = Memo::new(move |_| facts.package_note());
    let lacking =
        Memo::new(move |_| opened.pulling.read().as_ref().is_some_and(|pulling| !pulling.done));
    let bring = move || {
        let bring = clicks(move |_| opened.wish_layers(LayersWish::Agreed));
        lacking.get().then(|| view! { <button on:click=bring>"Bring the layers"</button> })
    };
    let above = live(move || {
        let note = note.get()?;
        Some(view! { <p class="note">{small_icon("medium")}<span>{note}</span>{live(bring)}</p> })
    });
    PACKAGES.view(opened, above)
}
