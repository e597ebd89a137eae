//! The view: layers, tree, file.

use super::columns_menu::ColumnsMenu;
use super::file_pane::FilePane;
use super::find_menu::FindMenu;
use super::find_words::{find_hint, find_words};
use super::grid::TreeGrid;
use super::lists_menu::ListsMenu;
use super::marks_bar::{MarksBar, TapButton};
use super::matches::MatchList;
use super::row_filter::RowFilterDialog;
use super::search::SearchModel;
use super::search_bar::{SearchBar, SearchSums};
use super::tree_model::{TreeModel, WHOLE_TREE, shows, with_word};
use super::treemap::{TREEMAP, TreemapPart};
use super::types::{TypesPart, types_are_shown};
use crate::find::FindTerm;
use crate::format;
use crate::problem::Problem;
use crate::protocol::{LayerChanges, TreeState};
use crate::selection::LayerSelection;
use crate::text::{Shown, percent_decode};
use crate::ui::app::{LayersWait, use_facts, use_image, use_navigation};
use crate::ui::views::parts::{LayerPane, RootMenu, Workbench};
use crate::ui::widgets::{
    Button, ButtonKind, ChangeCounts, EmptyState, FilterBox, FilterParameter, Icon, LoadingState,
    Menu, ProblemAlert, Switch, ViewHead,
};
use crate::ui::words;
use leptos::prelude::*;
use std::time::Duration;

/// The view.
#[component]
pub fn FilesView() -> AnyView {
    let navigation = use_navigation();
    provide_context(TreeModel::new());
    provide_context(SearchModel::new());
    let has_details = Signal::derive(move || !navigation.path().0.is_empty());
    view! {
        <Workbench
            id="files"
            main=|| view! { <TreePane /> }
            details=|| view! { <FilePane /> }
            has_details
        />
        <RowFilterDialog />
    }
    .into_any()
}

#[component]
fn TreePane() -> AnyView {
    let tree = expect_context::<TreeModel>();
    let search = expect_context::<SearchModel>();
    let is_searching = Memo::new(move |_| search.is_open());
    let navigation = use_navigation();
    let lists_types = Memo::new(move |_| types_are_shown(&navigation.show(), &navigation.find()));
    let problem = move || tree.problem.get().map(|problem| view! { <ProblemAlert problem /> });
    view! {
        <section class="browse" aria-label="File system">
            <ViewHead title="Files">
                <TapButton />
                <Show when=move || !is_searching.get()>
                    <Button
                        label="Search contents"
                        short=""
                        icon=Icon::Search
                        kind=ButtonKind::Quiet
                        on_press=move || search.open()
                    />
                </Show>
                <RootMenu />
            </ViewHead>
            <div class="tools">
                <FilterBox
                    label="Filter files"
                    hint="Name, path/, *.so, size:>1M, -type:dir…"
                    rest=Duration::from_millis(80)
                    parameter=FilterParameter::Find
                    input=tree.filter_box
                    on_down=move |()| tree.enter()
                />
                <FindMenu />
                <ListsMenu />
                <ColumnsMenu />
                <LayersMenu />
                <ChangesOnly />
                <TreemapSwitch />
            </div>
            <BoundTo />
            <div class="unread" role="status">{move || unread_terms(&tree.unread.read())}</div>
            {problem}
            {move || match is_searching.get() {
                true => view! { <SearchBar /><MatchList /><SearchSums /> }.into_any(),
                false if lists_types.get() => view! { <TypesPart /> }.into_any(),
                false => view! { <TreePart /> }.into_any(),
            }}
        </section>
    }
    .into_any()
}

/// The tree, and what it counts.
#[component]
fn TreePart() -> AnyView {
    let tree = expect_context::<TreeModel>();
    let navigation = use_navigation();
    let has_map = Memo::new(move |_| shows(&navigation.show(), TREEMAP));
    let sums = move || {
        tree.state.get().map(|state| {
            let filtered = !tree.terms.read().is_empty();
            view! { <Sums state filtered /> }
        })
    };
    view! {
        <Show when=move || has_map.get()><TreemapPart /></Show>
        <TreeGrid />
        <NoPaths />
        <MarksBar />
        <div class="sums" role="status">{sums}</div>
    }
    .into_any()
}

/// The directory that tree, filter and search are bound to.
#[component]
fn BoundTo() -> AnyView {
    let navigation = use_navigation();
    let freed = move || navigation.href(|link| link.directory.clear());
    let shown = move || {
        let path = percent_decode(&navigation.directory().0).unwrap_or_default();
        format!("Only in {}", Shown::new(path))
    };
    view! {
        <Show when=move || !navigation.directory().0.is_empty()>
            <p class="bound"><span>{shown}</span>" "<a href=freed>"Show everything"</a></p>
        </Show>
    }
    .into_any()
}

/// Terms of the find that could not be read: a line each.
fn unread_terms(problems: &[Problem]) -> AnyView {
    let line = |problem: &Problem| {
        let found = problem
            .found
            .as_ref()
            .map(|found| view! { <code class="mono">{found.to_string()}</code>": " });
        let expected = problem.expected.as_ref().map(|expected| format!(" Expected {expected}."));
        view! { <p>{found}{problem.message.to_string()}{expected}</p> }
    };
    problems.iter().map(line).collect_view().into_any()
}

/// On a phone there is no list of layers beside the tree: it opens from a button.
#[component]
fn LayersMenu() -> AnyView {
    let navigation = use_navigation();
    let text =
        move || words::selection(navigation.layers()).unwrap_or_else(|| "All layers".to_owned());
    let label = Signal::derive(text);
    view! { <Menu label class="phone layers-menu"><LayerPane /></Menu> }.into_any()
}

/// Of layers: only what they changed, or the whole tree around it.
#[component]
fn ChangesOnly() -> AnyView {
    let navigation = use_navigation();
    let on = Signal::derive(move || !shows(&navigation.show(), WHOLE_TREE));
    let choose = move |on: bool| {
        navigation.go(|link| link.show = with_word(&link.show, WHOLE_TREE, !on));
    };
    view! {
        <Show when=move || matches!(navigation.layers(), LayerSelection::Range(..))>
            <Switch label="Changes only" on on_change=choose />
        </Show>
    }
    .into_any()
}

/// Sizes as areas, above the tree.
#[component]
fn TreemapSwitch() -> AnyView {
    let navigation = use_navigation();
    let on = Signal::derive(move || shows(&navigation.show(), TREEMAP));
    let choose = move |on: bool| {
        navigation.go(|link| link.show = with_word(&link.show, TREEMAP, on));
    };
    view! { <Switch label="Treemap" on on_change=choose /> }.into_any()
}

/// What the tree shows if it has no rows.
#[component]
fn NoPaths() -> AnyView {
    let (tree, navigation) = (expect_context::<TreeModel>(), use_navigation());
    let (source, facts) = (use_image().source, use_facts());
    let cleared = move || navigation.href(|link| link.find.clear());
    let drawn = move || match tree.state.get() {
        Some(state) if state.rows > 0 => None,
        Some(_) => {
            let terms = tree.terms.get();
            let text = no_paths_text(&terms, navigation.layers(), facts.layer_count());
            let clear = (!terms.is_empty())
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
fn no_paths_text(terms: &[FindTerm], layers: LayerSelection, layer_count: Option<u32>) -> String {
    if !terms.is_empty() {
        return format!("No path matches {}.{}", find_words(terms), find_hint(terms));
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

/// `9,412 paths · 167 MB · −2.1 MB · +198 ~3 −27`; with a find `3 of 9,412 paths · 48.0 kB of 167 MB · ~3`.
#[component]
pub(super) fn Sums(state: TreeState, filtered: bool) -> AnyView {
    let paths = format::counted(state.paths.into(), "path", "paths");
    let paths = match filtered {
        true => format!("{} of {paths}", format::count(state.matches.into())),
        false => paths,
    };
    let size = match filtered {
        true => format!("{} of {}", format::size(state.matched_size), format::size(state.size)),
        false => format::size(state.size),
    };
    let exact = if filtered { state.matched_size } else { state.size };
    let changes = LayerChanges {
        added: state.added,
        modified: state.modified,
        removed: state.removed,
        unchanged: state.unchanged,
    };
    let removed = (state.removed_size > 0).then(|| {
        let title = format!("{} removed", format::exact_size(state.removed_size));
        let text = format!("−{}", format::size(state.removed_size));
        view! { <span class="d" title=title>{text}</span> }
    });
    view! {
        <span>{paths}</span>
        <span title=format::exact_size(exact)>{size}</span>
        {removed}
        <ChangeCounts changes />
    }
    .into_any()
}

#[cfg(test)]
use crate::find::FindTest;

#[test]
fn a_tree_without_paths_says_why() {
    let layers = |text: &str| LayerSelection::parse(text).unwrap();
    let test = FindTest::Text("<b>".into());
    let terms = [FindTerm { negated: false, test }];
    assert_eq!(no_paths_text(&terms, layers(""), Some(4)), "No path matches name “<b>”.");
    let test = FindTest::Text("size>1MB".into());
    let terms = [FindTerm { negated: false, test }];
    let want = "No path matches name “size>1MB”. A colon makes it a size: “size:>1M”.";
    assert_eq!(no_paths_text(&terms, layers(""), Some(4)), want);
    assert_eq!(no_paths_text(&[], layers("9"), Some(4)), "This image has 4 layers.");
    assert_eq!(no_paths_text(&[], layers("2"), Some(4)), "No files: these layers changed nothing.");
    assert_eq!(no_paths_text(&[], layers(""), Some(0)), "The image has no files.");
}

#[test]
fn a_term_that_was_not_read_is_named_with_what_can_be() {
    let problem = Problem::new("find-term", "A term of the filter cannot be read.")
        .expected("layer:3 or layer:2..4")
        .found("layer:<b>");
    let html = crate::ui::testing::TestPage::new().render(move || unread_terms(&[problem]));
    let want = "layer:<b> : A term of the filter cannot be read. Expected layer:3 or layer:2..4.";
    assert_eq!(html.text(), want);
}
