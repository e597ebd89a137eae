//! The view: layers, tree, file.

use super::file_pane::FilePane;
use super::grid::TreeGrid;
use super::tree_model::{TreeModel, WHOLE_TREE};
use crate::format;
use crate::link::View;
use crate::protocol::TreeState;
use crate::selection::LayerSelection;
use crate::ui::app::{LayersWait, use_facts, use_image, use_navigation};
use crate::ui::views::parts::Workbench;
use crate::ui::widgets::{
    EmptyState, FilterBox, Glyph, Icon, LoadingState, ProblemAlert, Switch, ViewHead,
};
use crate::ui::words;
use leptos::prelude::*;
use std::time::Duration;

/// The view.
#[component]
pub fn FilesView() -> AnyView {
    let navigation = use_navigation();
    provide_context(TreeModel::new());
    let has_details = Signal::derive(move || !navigation.path().0.is_empty());
    view! {
        <Workbench
            id="files"
            main=|| view! { <TreePane /> }
            details=|| view! { <FilePane /> }
            has_details
        />
    }
    .into_any()
}

#[component]
fn TreePane() -> AnyView {
    let tree = expect_context::<TreeModel>();
    let problem = move || tree.problem.get().map(|problem| view! { <ProblemAlert problem /> });
    view! {
        <section class="browse" aria-label="File system">
            <ViewHead title="Files" />
            <div class="tools">
                <FilterBox
                    label="Filter files"
                    hint="Filter by name, or by path with a /"
                    rest=Duration::from_millis(80)
                />
                <LayersLink />
                <ChangesOnly />
            </div>
            {problem}
            <TreeGrid />
            <NoPaths />
            <div class="sums" role="status">
                {move || tree.state.get().map(|state| {
                    let filtered = !tree.spec.read().filter.is_empty();
                    view! { <Sums state filtered /> }
                })}
            </div>
        </section>
    }
    .into_any()
}

/// On a phone there is no list of layers beside the tree: the way to it.
#[component]
fn LayersLink() -> AnyView {
    let navigation = use_navigation();
    let text =
        move || words::selection(navigation.layers()).unwrap_or_else(|| "All layers".to_owned());
    let href = move || navigation.href(|link| link.turn_to(View::Layers));
    view! { <a class="btn phone" href=href>{text}<Glyph icon=Icon::ChevronDown /></a> }.into_any()
}

/// Of layers: only what they changed, or the whole tree around it.
#[component]
fn ChangesOnly() -> AnyView {
    let navigation = use_navigation();
    let on = Signal::derive(move || navigation.show() != WHOLE_TREE);
    let choose = move |on: bool| {
        navigation.go(|link| link.show = if on { String::new() } else { WHOLE_TREE.to_owned() });
    };
    view! {
        <Show when=move || matches!(navigation.layers(), LayerSelection::Range(..))>
            <Switch label="Changes only" on on_change=choose />
        </Show>
    }
    .into_any()
}

/// What the tree shows if it has no rows.
#[component]
fn NoPaths() -> AnyView {
    let (tree, navigation) = (expect_context::<TreeModel>(), use_navigation());
    let (source, facts) = (use_image().source, use_facts());
    let cleared = move || navigation.href(|link| link.filter.clear());
    let drawn = move || match tree.state.get() {
        Some(state) if state.rows > 0 => None,
        Some(_) => {
            let filter = tree.spec.read().filter.clone();
            let text = no_paths_text(&filter, navigation.layers(), facts.layer_count());
            let clear = (!filter.is_empty())
                .then(|| view! { <a class="btn" href=cleared>"Clear filter"</a> });
            Some(view! { <EmptyState text>{clear}</EmptyState> }.into_any())
        }
        None if tree.problem.read().is_some() => None,
        None => {
            let text = match source.layers_wait() {
                LayersWait::ForUser => "Not downloaded",
                LayersWait::Downloading => "Downloading layers…",
                LayersWait::Reading => "Reading layers…",
            };
            Some(view! { <LoadingState text /> }.into_any())
        }
    };
    view! { {drawn} }.into_any()
}

/// Why there is no path to show.
fn no_paths_text(filter: &str, layers: LayerSelection, layer_count: Option<u32>) -> String {
    if !filter.is_empty() {
        return format!("No path matches “{filter}”.");
    }
    let last = match layers {
        LayerSelection::All => None,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => Some(last.get()),
    };
    match (last, layer_count) {
        (Some(last), Some(count)) if last > count => {
            format!("This image has {}.", format::counted(count.into(), "layer", "layers"))
        }
        (Some(_), _) => "No files: these layers changed nothing.".to_owned(),
        (None, _) => "The image has no files.".to_owned(),
    }
}

/// `9,412 paths · 167 MB · +198 ~3 −27`.
#[component]
pub(super) fn Sums(state: TreeState, filtered: bool) -> AnyView {
    let paths = format::counted(state.paths.into(), "path", "paths");
    let paths = match filtered {
        true => format!("{} of {paths}", format::count(state.matches.into())),
        false => paths,
    };
    let changes = [
        (state.added, "+", "a", "added"),
        (state.modified, "~", "m", "modified"),
        (state.removed, "−", "d", "removed"),
        (state.unchanged, "=", "soft", "rewritten, unchanged"),
    ];
    let changes =
        changes.into_iter().filter(|(count, ..)| *count > 0).map(|(count, sign, class, word)| {
            let count = format::count(count.into());
            view! { <span class=class title=format!("{count} {word}")>{sign}{count.clone()}</span> }
        });
    view! {
        <span>{paths}</span>
        <span title=format::exact_size(state.size)>{format::size(state.size)}</span>
        {changes.collect_view()}
    }
    .into_any()
}

#[test]
fn a_tree_without_paths_says_why() {
    let layers = |text: &str| LayerSelection::parse(text).unwrap();
    assert_eq!(no_paths_text("*.conf", layers(""), Some(4)), "No path matches “*.conf”.");
    assert_eq!(no_paths_text("", layers("9"), Some(4)), "This image has 4 layers.");
    assert_eq!(no_paths_text("", layers("2"), Some(4)), "No files: these layers changed nothing.");
    assert_eq!(no_paths_text("", layers(""), Some(0)), "The image has no files.");
}
