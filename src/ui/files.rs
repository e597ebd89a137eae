//! Files: the merged file system up to any layer, or what layers changed, and the file under the cursor.

use super::file::FilePane;
use super::filter::filter_box;
use super::here::here;
use super::layer_list::LayerList;
use super::opened::Opened;
use super::parts::{Views, holds, live, says, small_icon, view};
use super::problems::ProblemAlert;
use super::raw::el;
use super::selection;
use super::tree::TreeGrid;
use super::tree_rows::TreeModel;
use crate::format;
use crate::link::View;
use crate::selection::LayerSelection;
use crate::session::query::TreeState;
use leptos::prelude::*;

/// How long typing has to rest before it filters.
const REST_MILLIS: u64 = 80;

/// Layers, tree, file.
#[component]
pub fn FilesView() -> impl IntoView {
    let here = here();
    let tree = TreeModel::new(here, expect_context::<Opened>());
    let has_file = holds(move || !tree.path.read().is_empty());
    view! {
        <div class="files" class:has-file=has_file>
            <LayerList />
            <section class="browse" aria-label="File system">
                <div class="tools">{filter_box("Filter files", "Filter by name, or by path with a /", REST_MILLIS)}{scope_link()}<ChangesOnly tree /></div>
                {live(move || tree.problem.get().map(|problem| view! { <ProblemAlert problem /> }))}
                <TreeGrid tree />
                <Nothing tree />
                <div class="sums" role="status">{live(move || tree.state.get().map(|state| sums(&state, tree)))}</div>
            </section>
            <FilePane />
        </div>
    }
}

/// Under a thumb there is no list of layers beside the tree: the way to it.
pub fn scope_link() -> AnyView {
    let here = here();
    let words =
        live(move || selection::words(here.layers()).unwrap_or_else(|| "All layers".to_owned()));
    let href = says(move || here.href(|link| link.turn_to(View::Layers)));
    view! { <a class="btn phone" href=href>{words}{small_icon("chevd")}</a> }
}

/// Of a range of layers: only what it changed, or the whole tree around it.
#[component]
fn ChangesOnly(tree: TreeModel) -> impl IntoView {
    let here = here();
    let range = move || matches!(here.layers(), LayerSelection::Range(..));
    let toggle = move |_| tree.changes_only.update(|only| *only = !*only);
    live(move || {
        range().then(|| {
            view! {
                <label class="switch">
                    <input type="checkbox" prop:checked=holds(move || tree.changes_only.get()) on:change=toggle />
                    "Changes only"
                </label>
            }
        })
    })
}

/// What is said where there are no rows.
#[component]
fn Nothing(tree: TreeModel) -> impl IntoView {
    let here = here();
    live(move || {
        let state = tree.state.get()?;
        if state.rows > 0 {
            return None;
        }
        let filter = tree.spec.read().filter.clone();
        let none = el("div", "none");
        Some(match filter.is_empty() {
            true => none.text("No files here: these layers changed nothing."),
            false => {
                let href = here.href(|link| link.filter.clear());
                let words = format!("Nothing has “{filter}” in its name.");
                let clear = el("a", "btn").set("href", &href).text("Clear filter");
                none.add(el("p", "").text(&words)).add(clear)
            }
        })
    })
}

/// "9,412 paths · 167 MB · +198 ~3 −27".
fn sums(state: &TreeState, tree: TreeModel) -> AnyView {
    let filtered = !tree.spec.read().filter.is_empty();
    let paths = match filtered {
        true => format!(
            "{} of {}",
            format::count(state.matches.into()),
            format::counted(state.paths.into(), "path", "paths")
        ),
        false => format::counted(state.paths.into(), "path", "paths"),
    };
    let size = el("span", "").set("title", &format::exact_size(state.size));
    let mut made = vec![el("span", "").text(&paths), size.text(&format::size(state.size))];
    for (count, sign, class, word) in [
        (state.added, "+", "a", "added"),
        (state.modified, "~", "m", "modified"),
        (state.removed, "−", "d", "removed"),
        (state.unchanged, "=", "soft", "written again unchanged"),
    ] {
        if count > 0 {
            let count = format::count(count.into());
            let words = el("span", class).set("title", &format!("{count} {word}"));
            made.push(words.text(sign).text(&count));
        }
    }
    made.into_iter().views()
}
