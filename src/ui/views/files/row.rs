//! One row of the tree: an element that shows whatever row it is given.
//!
//! - Scrolling costs no more than this: each cell changes only its own text or attribute;
//!   no element is created or removed when the row becomes another.
//! - Rows have no listeners: the grid listens for them.

use super::grid_state::{FIRST_ROW_INDEX, GridState, ShownRow};
use super::row_cells::OtherCells;
use super::tree_model::TreeModel;
use crate::protocol::{LinkPath, TreeRow};
use crate::ui::app::use_navigation;
use crate::ui::widgets::{ChangeTag, Glyph, Icon};
use crate::vocabulary::{Change, NodeKind};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use std::sync::Arc;

/// The element in a slot.
pub fn tree_line(slot: u32) -> AnyView {
    let (tree, grid) = (expect_context::<TreeModel>(), expect_context::<GridState>());
    let navigation = use_navigation();
    let index = Memo::new(move |_| grid.row_of(slot));
    // Until its row has arrived the element keeps the last one, unseen: one change of the document, not two.
    let held = Memo::new(move |last: Option<&Option<(u32, Arc<TreeRow>)>>| {
        let index = index.get();
        let row = if grid.jumping.get() { None } else { tree.row(index) };
        row.map(|row| (index, row)).or_else(|| last.cloned().flatten())
    });
    let late = move || held.read().as_ref().is_none_or(|(of, _)| *of != index.get());
    let row: ShownRow = Memo::new(move |_| held.read().as_ref().map(|(_, row)| row.clone()));
    let place = move || format!("translateY({}px)", grid.window.read().top_of(index.get()) as u32);
    let selected =
        Memo::new(move |_| row.read().as_ref().is_some_and(|row| shows(row, &navigation.path())));
    let marked = Memo::new(move |_| row.read().as_ref().is_some_and(|row| tree.marks.has(row)));
    // While entries are selected together, the one whose file is shown is not said to be.
    let is_selected = move || if tree.marks.any() { marked.get() } else { selected.get() };
    let number = move |of: fn(&TreeRow) -> u32| row.read().as_ref().map(|row| of(row).to_string());
    let is = move |what: fn(&TreeRow) -> bool| row.read().as_ref().is_some_and(|row| what(row));
    let expanded =
        move || row.read().as_ref()?.expanded.map(|open| if open { "true" } else { "false" });
    let tab = move || if tree.cursor.get() == index.get() { "0" } else { "-1" };
    // Leptos knows every attribute of ARIA but this one.
    let level = custom_attribute("aria-level", move || number(|row| row.level));
    let line = custom_attribute("data-line", move || index.get().to_string());
    view! {
        <div
            class="tr"
            class:on=move || selected.get()
            class:marked=move || marked.get()
            class:late=late
            class:dir=move || is(|row| row.kind == NodeKind::Directory)
            class:gone=move || is(|row| row.change == Change::Removed)
            role="row"
            {..level}
            {..line}
            aria-rowindex=move || (index.get() + FIRST_ROW_INDEX).to_string()
            aria-setsize=move || number(|row| row.set_size)
            aria-posinset=move || number(|row| row.position_in_set)
            aria-expanded=expanded
            aria-selected=move || is_selected().to_string()
            tabindex=tab
            style:transform=place
        >
            <NameCell row />
            <OtherCells row />
        </div>
    }
    .into_any()
}

/// The name, indented, with what expands it before and the target of a link behind.
#[component]
fn NameCell(row: ShownRow) -> AnyView {
    let tree = expect_context::<TreeModel>();
    let indent = move || {
        let level = row.read().as_ref().map_or(1, |row| row.level);
        format!("calc(var(--indent) * {})", level.saturating_sub(1).min(40))
    };
    let can = move || row.read().as_ref().is_some_and(|row| row.expanded.is_some());
    let change = Memo::new(move |_| {
        row.read().as_ref().map_or((Change::None, None), |row| (row.change, row.layer))
    });
    let tag = move || {
        let (change, layer) = change.get();
        layer.map(|layer| view! { <ChangeTag change layer /> })
    };
    let href = move || row.read().as_ref().map(|row| tree.href(row));
    // Before, within and after what text of the find matched.
    let parts = Memo::new(move |_| {
        row.read().as_ref().map_or_else(Default::default, |row| marked_parts(row))
    });
    let matched = move || {
        let (_, matched, _) = parts.get();
        (!matched.is_empty()).then(|| view! { <mark>{matched}</mark> })
    };
    let target = move || row.read().as_ref().map_or_else(String::new, |row| target_text(row));
    let above = move || {
        let above = row.read().as_ref().map_or_else(String::new, |row| joined_text(row));
        (!above.is_empty()).then(|| view! { <span class="soft">{above}</span> })
    };
    let title = move || row.read().as_ref().map(|row| row_title(row));
    view! {
        <div role="gridcell" title=title>
            <div class="nm" style:padding-left=indent>
                <span class="pick" aria-hidden="true"></span>
                <span class="tw" class:can=can aria-hidden="true">
                    <Glyph icon=Icon::ChevronRight />
                </span>
                {tag}
                <a draggable="false" href=href tabindex="-1">
                    {above}
                    <span>
                        {move || parts.get().0}
                        {matched}
                        {move || parts.get().2}
                    </span>
                </a>
                <span class="to">{target}</span>
            </div>
        </div>
    }
    .into_any()
}

/// `→ target` of a symbolic link, `= target` of a hard link.
fn target_text(row: &TreeRow) -> String {
    match row.kind {
        _ if row.target.is_empty() => String::new(),
        NodeKind::HardLink => format!("= {}", row.target),
        _ => format!("→ {}", row.target),
    }
}

/// Whether a path is the row's, or that of a directory that is joined with it.
fn shows(row: &TreeRow, path: &LinkPath) -> bool {
    match row.path.0.strip_prefix(&path.0) {
        Some("") => true,
        Some(below) => below.starts_with('/') && below.matches('/').count() <= row.joined.len(),
        None => false,
    }
}

/// The directories that are joined with the row: `usr/share/`.
fn joined_text(row: &TreeRow) -> String {
    row.joined.iter().map(|name| format!("{name}/")).collect()
}

/// The whole name, for one that is cut.
fn row_title(row: &TreeRow) -> String {
    format!("{}{} {}", joined_text(row), row.name, target_text(row)).trim_end().to_owned()
}

/// The name in three parts, the second of them what text of the find matched.
fn marked_parts(row: &TreeRow) -> (String, String, String) {
    let name = row.name.as_str();
    let (from, to) = row.mark.unwrap_or_default();
    let part = |from: usize, to: usize| name.get(from..to).unwrap_or_default().to_owned();
    match part(from as usize, to as usize) {
        empty if empty.is_empty() => (name.to_owned(), empty, String::new()),
        marked => (part(0, from as usize), marked, part(to as usize, name.len())),
    }
}

#[test]
fn names_show_what_the_find_matched() {
    let row = |mark| TreeRow { name: "libssl.so.3".into(), mark, ..TreeRow::default() };
    let parts = |mark| marked_parts(&row(mark));
    assert_eq!(parts(Some((3, 6))), ("lib".into(), "ssl".into(), ".so.3".into()));
    assert_eq!(parts(None), ("libssl.so.3".into(), "".into(), "".into()));
    assert_eq!(parts(Some((3, 99))).0, "libssl.so.3", "beyond its end");
}

#[test]
fn a_row_shows_its_own_path_and_those_of_joined_directories() {
    let path = LinkPath("/a/usr/share/doc".into());
    let row = TreeRow { path, joined: vec!["usr".into(), "share".into()], ..TreeRow::default() };
    let shown = |path: &str| shows(&row, &LinkPath(path.into()));
    assert!(shown("/a/usr/share/doc") && shown("/a/usr/share") && shown("/a/usr"));
    assert!(!shown("/a") && !shown("/a/us") && !shown("/a/usr/share/doc/x") && !shown(""));
    assert_eq!(joined_text(&row), "usr/share/");
}

#[test]
fn links_in_words() {
    let mut row =
        TreeRow { target: "../lib".into(), kind: NodeKind::Symlink, ..TreeRow::default() };
    assert_eq!(target_text(&row), "→ ../lib");
    row.kind = NodeKind::HardLink;
    assert_eq!(target_text(&row), "= ../lib");
}
