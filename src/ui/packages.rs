//! Packages: what is installed, what was removed again, what is only declared, and files that belong to none.

use super::facts::Facts;
use super::opened::Opened;
use super::raw::{El, button, el, icon, raw};
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
    let note = move |into: El| {
        let Some(Ok(table)) = facts.packages.get() else { return into };
        if table.note.is_empty() {
            return into;
        }
        let made = el("p", "note").add(icon("medium")).add(el("span", "sp").text(&table.note));
        let lacking = opened.pulling.read().as_ref().is_some_and(|pulling| !pulling.done);
        into.add(match lacking {
            true => made.add(button("", "bring").text("Bring the layers")),
            false => made,
        })
    };
    PACKAGES.view(opened, raw("", note, move |_, _| opened.wish_layers(LayersWish::Agreed)))
}
