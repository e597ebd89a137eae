//! The tree under a keyboard.
//!
//! Source: ARIA Authoring Practices, "Treegrid", with the selection of several rows; `*` expands everything below, Backspace goes to the parent and
//! letters go to a name that begins with them, as in file managers.

use super::row_filter::is_menu_key;
use super::row_terms::PathCells;
use super::tree_model::TreeModel;
use super::type_ahead::TypeAhead;
use crate::browser::page::dom;
use crate::protocol::LinkPath;
use crate::ui::widgets::row_after;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// Moves the cursor, expands, collapses, selects. `page`: rows that fit.
pub fn pressed(tree: TreeModel, event: &KeyboardEvent, page: u32, typing: StoredValue<TypeAhead>) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return; // the browser's
    }
    if dom::is_from(event, "button, [role=separator]") {
        return; // a heading's: it sorts
    }
    let rows = tree.state.read_untracked().map_or(0, |state| state.rows);
    if rows == 0 {
        return;
    }
    let cursor = tree.cursor.get_untracked();
    if is_menu_key(event) {
        event.prevent_default();
        let row = tree.row_untracked(cursor);
        tree.filtered_by.set(row.map(|row| PathCells::of_row(&row)));
        return;
    }
    let key = event.key();
    if event.shift_key()
        && let Some(target) = row_after(&key, cursor, rows, page)
    {
        event.prevent_default();
        tree.mark_to(target);
        return;
    }
    if key == "ArrowUp" && cursor == 0 {
        event.prevent_default();
        tree.filter_box.get_untracked().iter().for_each(|input| dom::focus(input));
        return;
    }
    let typed = typing
        .try_update_value(|typing| typing.press(&key, event.time_stamp(), cursor, rows))
        .flatten();
    if let Some((prefix, from)) = typed {
        event.prevent_default();
        tree.go_to_name(prefix, from);
        return;
    }
    match row_after(&key, cursor, rows, page) {
        Some(target) => {
            event.prevent_default();
            tree.go_to(target, true);
        }
        None if key == "Escape" && tree.marks.any_untracked() => {
            event.prevent_default();
            event.stop_propagation(); // it closes nothing else
            tree.marks.clear();
        }
        None if act(tree, &key, cursor, rows) => event.prevent_default(),
        None => {}
    }
}

/// Keys that need the row; `false` for keys without a meaning here.
fn act(tree: TreeModel, key: &str, cursor: u32, rows: u32) -> bool {
    let Some(row) = tree.row_untracked(cursor) else { return false };
    let to_parent = || {
        if let Some(parent) = parent(&row.path, row.joined.len()) {
            tree.reveal(parent, true);
        }
    };
    match (key, row.expanded) {
        ("ArrowRight", Some(false)) => tree.expand(row.node, true, false),
        ("ArrowRight", Some(true)) => tree.go_to((cursor + 1).min(rows - 1), true),
        ("ArrowLeft", Some(true)) => tree.expand(row.node, false, false),
        ("ArrowLeft" | "Backspace", _) => to_parent(),
        (" ", _) => tree.marks.toggle(cursor, &row),
        ("*", Some(_)) => tree.expand(row.node, true, true),
        ("Enter", _) => tree.select(&row),
        ("ArrowRight", None) => {}
        _ => return false,
    }
    true
}

/// The directory of a row with this path, with which so many directories are joined; `None` at the top.
fn parent(path: &LinkPath, joined: usize) -> Option<LinkPath> {
    let mut slashes = path.0.rmatch_indices('/');
    let (at, _) = slashes.nth(joined).filter(|(at, _)| *at > 0)?;
    Some(LinkPath(path.0[..at].to_owned()))
}

#[test]
fn the_parent_of_a_path_at_the_top_is_none() {
    let parent = |path: &str, joined| parent(&LinkPath(path.into()), joined).map(|path| path.0);
    assert_eq!(parent("/a/b%2Fc", 0).as_deref(), Some("/a"));
    assert_eq!(parent("/a", 0), None);
    assert_eq!(parent("/a/b/c/d", 2).as_deref(), Some("/a"), "b and c are joined with d");
    assert_eq!(parent("/a/b", 1), None);
}
