//! The file tree under a keyboard, as the ARIA Authoring Practices' treegrid has it.

use super::tree_rows::TreeModel;
use leptos::ev::KeyboardEvent;

/// Moves the cursor, opens, closes, selects. `page` is how many rows a page has.
pub fn on_key(tree: TreeModel, event: &KeyboardEvent, page: u32) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return; // the browser's
    }
    let rows = tree.state.read_untracked().as_ref().map_or(0, |state| state.rows);
    if rows == 0 {
        return;
    }
    let cursor = tree.cursor.get_untracked();
    let target = match event.key().as_str() {
        "ArrowDown" => cursor + 1,
        "ArrowUp" => cursor.saturating_sub(1),
        "PageDown" => cursor.saturating_add(page),
        "PageUp" => cursor.saturating_sub(page),
        "Home" => 0,
        "End" => rows - 1,
        key => {
            if act(tree, key, cursor, rows) {
                event.prevent_default();
            }
            return;
        }
    };
    event.prevent_default();
    tree.go_to(target.min(rows - 1), true);
}

/// Keys that need to know the row; false for those that mean nothing here.
fn act(tree: TreeModel, key: &str, cursor: u32, rows: u32) -> bool {
    let Some(row) = tree.row_untracked(cursor) else { return false };
    match (key, row.expanded) {
        ("ArrowRight", Some(false)) => tree.expand(row.node, true, false),
        ("ArrowRight", Some(true)) => tree.go_to((cursor + 1).min(rows - 1), true),
        ("ArrowLeft", Some(true)) => tree.expand(row.node, false, false),
        ("ArrowLeft", _) => match row.path.rfind('/') {
            Some(at) if at > 0 => tree.reveal(row.path[..at].to_owned(), true),
            _ => {}
        },
        (" ", Some(open)) => tree.expand(row.node, !open, false),
        ("*", Some(_)) => tree.expand(row.node, true, true),
        ("Enter", _) => tree.select(&row),
        ("ArrowRight" | " ", None) => {}
        _ => return false,
    }
    true
}
