//! One row of the file tree: an element that takes on whatever row it is given.
//!
//! - This is what scrolling costs. Every cell follows the row by itself and touches its own text or
//!   attribute alone; nothing is made or thrown away when the row becomes another.
//! - Rows have no listeners: the grid hears for them.

use super::dom::{is_plain_click, target_element};
use super::parts::{age, change_tag, holds, layer_class, live, says, small_icon, view};
use super::state::{Memo, RwSignal};
use super::tree::{Span, index_of};
use super::tree_rows::TreeModel;
use crate::browser::locale;
use crate::format;
use crate::session::query::{Change, NodeKind, TreeRow};
use leptos::attr::custom::custom_attribute;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use std::sync::Arc;

/// What an element shows; `None` until the session has sent something.
type Held = Memo<Option<Arc<TreeRow>>>;

/// The element in `slot`.
pub fn row_view(
    slot: u32,
    tree: TreeModel,
    span: Memo<Span>,
    rushing: RwSignal<bool>,
) -> impl IntoView {
    let index = Memo::new(move |_| span.read().row_of(slot));
    // Until its row is here the element keeps the last one, unseen: one change of the document, not two.
    let held = Memo::new(move |last: Option<&Option<(u32, Arc<TreeRow>)>>| {
        let index = index.get();
        let row = if rushing.get() { None } else { tree.row(index) };
        row.map(|row| (index, row)).or_else(|| last.cloned().flatten())
    });
    let late = move || held.read().as_ref().is_none_or(|(of, _)| *of != index.get());
    let row: Held = Memo::new(move |_| held.read().as_ref().map(|(_, row)| row.clone()));
    let place = move || format!("translateY({}px)", span.read().place_of(index.get()));
    let number = move |of: fn(&TreeRow) -> u32| row.read().as_ref().map(|row| of(row).to_string());
    // Leptos knows every attribute of ARIA but this one.
    let level = custom_attribute("aria-level", says(move || number(|row| row.level)));
    let open =
        move || row.read().as_ref()?.expanded.map(|open| if open { "true" } else { "false" });
    let on = move || row.read().as_ref().is_some_and(|row| row.path == *tree.path.read());
    let cursor = move || if tree.cursor.get() == index.get() { "0" } else { "-1" };
    let is = move |what: fn(&TreeRow) -> bool| row.read().as_ref().is_some_and(|row| what(row));
    view! {
        <div
            class="tr"
            class:on=holds(on)
            class:late=holds(late)
            class:dir=holds(move || is(|row| row.kind == NodeKind::Directory))
            class:gone=holds(move || is(|row| row.change == Change::Removed))
            role="row"
            {..level}
            aria-rowindex=says(move || (index.get() + 2).to_string())
            aria-setsize=says(move || number(|row| row.set_size))
            aria-posinset=says(move || number(|row| row.pos_in_set))
            aria-expanded=says(open)
            aria-selected=says(move || Some(if on() { "true" } else { "false" }))
            tabindex=says(cursor)
            style:transform=says(place)
        >
            {name(row, tree)}
            {numbers(row, tree)}
        </div>
    }
}

/// The name, indented, with what opens it before and what it is a link to behind.
fn name(row: Held, tree: TreeModel) -> impl IntoView {
    let indent = move || {
        let level = row.read().as_ref().map_or(1, |row| row.level);
        format!("calc(var(--indent) * {})", level.saturating_sub(1).min(40))
    };
    let can = move || row.read().as_ref().is_some_and(|row| row.expanded.is_some());
    let change = Memo::new(move |_| {
        row.read().as_ref().map_or((Change::None, 0), |row| (row.change, row.layer))
    });
    let href = move || row.read().as_ref().map(|row| tree.href(row));
    // Before, within and after what the filter found.
    let parts = Memo::new(move |_| {
        row.read()
            .as_ref()
            .map_or_else(Default::default, |row| marked(row, &tree.spec.read().filter))
    });
    let found = move || Some(parts.read().1.clone()).filter(|found| !found.is_empty());
    let target = move || {
        let row = row.read();
        row.as_ref().map_or_else(String::new, |row| match row.kind {
            _ if row.target.is_empty() => String::new(),
            NodeKind::HardLink => format!("= {}", row.target),
            _ => format!("→ {}", row.target),
        })
    };
    view! {
        <div role="gridcell">
            <div class="nm" style:padding-left=says(indent)>
                <span class="tw" class:can=holds(can) aria-hidden="true">{small_icon("chev")}</span>
                {live(move || change_tag(change.get().0, change.get().1))}
                <a href=says(href) tabindex="-1">
                    {says(move || Some(parts.read().0.clone()))}
                    {live(move || found().map(|found| view! { <mark>{found}</mark> }))}
                    {says(move || Some(parts.read().2.clone()))}
                </a>
                <span class="to">{says(move || Some(target()))}</span>
            </div>
        </div>
    }
}

/// The columns behind the name.
fn numbers(row: Held, tree: TreeModel) -> impl IntoView {
    let text = move |of: fn(&TreeRow) -> String| row.read().as_ref().map(|row| of(row));
    let share = move || {
        let all = tree.size.get();
        row.read().as_ref().map_or_else(|| "0".to_owned(), |row| format::width(row.size, all))
    };
    let layer = move || row.read().as_ref().map_or(0, |row| row.layer);
    let chip = move || format!("chip {}", layer_class(layer()));
    view! {
        <div role="gridcell" class="sz">
            {says(move || text(|row| format::size(row.size)))}
            <span class="shr" aria-hidden="true"><i style:width=says(share)></i></span>
        </div>
        <div role="gridcell" class="mono soft c-md">{says(move || text(|row| row.mode.clone()))}</div>
        <div role="gridcell" class="soft c-own">{says(move || text(|row| row.owner.clone()))}</div>
        <div role="gridcell" class="soft c-mod">
            {says(move || text(|row| row.mtime.map_or_else(String::new, age)))}
        </div>
        <div role="gridcell" class="lay">
            <span class=says(chip) aria-hidden="true"></span>
            {says(move || text(|row| row.layer.to_string()))}
        </div>
    }
}

/// The name in three parts, the second of them what the filter found.
fn marked(row: &TreeRow, filter: &str) -> (String, String, String) {
    let name = &row.name;
    match format::found_in(name, filter).filter(|_| row.matched) {
        Some((from, to)) => (name[..from].into(), name[from..to].into(), name[to..].into()),
        None => (name.clone(), String::new(), String::new()),
    }
}

/// A click anywhere in a row: opens, closes, selects.
pub fn clicked(tree: TreeModel, event: &MouseEvent) {
    let Some(index) = index_of(event) else { return };
    let Some(row) = tree.row_untracked(index) else { return };
    let target = target_element(event);
    let within = |what: &str| {
        target.as_ref().and_then(|target| target.closest(what).ok().flatten()).is_some()
    };
    let twist = within(".tw.can");
    if !twist && !is_plain_click(event) {
        return; // a new tab, a selection of text
    }
    event.prevent_default();
    tree.go_to(index, true);
    if let Some(open) = row.expanded {
        tree.expand(row.node, !open, event.alt_key());
    }
    // Under a thumb a directory only opens: its facts would take the whole screen.
    let narrow = window().match_media("(max-width: 760px)").ok().flatten();
    let narrow = narrow.is_some_and(|media| media.matches());
    if !(twist || narrow && row.kind == NodeKind::Directory) {
        tree.select(&row);
    }
}

/// Whole names, exact sizes and times, when the pointer asks for them: asking a browser for a time is slow.
pub fn explain(tree: TreeModel, event: &MouseEvent) {
    let Some(cell) = target_element(event).and_then(|t| t.closest("[role=gridcell]").ok()?) else {
        return;
    };
    let Some(row) = index_of(event).and_then(|index| tree.row_untracked(index)) else { return };
    let words = match cell.class_list() {
        class if class.contains("sz") => format::exact_size(row.size),
        class if class.contains("c-mod") => row.mtime.map_or(String::new(), locale::local_time),
        class if class.length() > 0 => return,
        _ if row.target.is_empty() => row.name.clone(),
        _ => format!("{} → {}", row.name, row.target),
    };
    let _ = cell.set_attribute("title", &words); // a valid name
}
