//! The menu of a path that writes the filter, as a dialog: of a row of the tree, or of the selected path.

use super::find_menu::{has, toggled};
use super::row_terms::{CellTerm, PathCells};
use super::tree_model::TreeModel;
use crate::browser::page::dom;
use crate::ui::app::use_navigation;
use crate::ui::widgets::{Button, Dialog};
use leptos::ev::{KeyboardEvent, MouseEvent};
use leptos::prelude::*;

/// Whether a key opens the menu: as in file managers, that of the menu, or Shift and F10.
pub(super) fn is_menu_key(event: &KeyboardEvent) -> bool {
    event.key() == "ContextMenu" || event.key() == "F10" && event.shift_key()
}

/// A right click on a cell, or a long touch, opens the menu of its row. A name is a link, and has the browser's own.
pub(super) fn asked_for_menu(tree: TreeModel, event: &MouseEvent) {
    let Some(index) = dom::line_of(event) else { return };
    if event.shift_key() || dom::is_from(event, "a") {
        return;
    }
    if let Some(row) = tree.row_untracked(index) {
        event.prevent_default();
        tree.go_to(index, true);
        tree.filtered_by.set(Some(PathCells::of_row(&row)));
    }
}

/// The dialog, while a row's menu is open.
#[component]
pub(super) fn RowFilterDialog() -> AnyView {
    let tree = expect_context::<TreeModel>();
    let close = move || {
        tree.filtered_by.try_set(None); // the view may be gone by then
    };
    let drawn = move || {
        let cells = tree.filtered_by.get()?;
        let label = format!("Filter by {}", cells.shown());
        Some(view! {
            <Dialog label on_close=close>
                <div class="cell-terms" on:click=move |event| {
                    if dom::is_from(&event, "a") {
                        request_animation_frame(close); // once the link was followed
                    }
                }>
                    <CellTerms cells />
                </div>
                <p class="bt"><Button label="Close" on_press=close /></p>
            </Dialog>
        })
    };
    view! { {drawn} }.into_any()
}

/// The button that opens it for the selected path.
#[component]
pub(super) fn PathFilterButton(cells: PathCells) -> AnyView {
    let tree = expect_context::<TreeModel>();
    let open = move || tree.filtered_by.set(Some(cells.clone()));
    view! { <Button label="Filter by this" on_press=open /> }.into_any()
}

/// The terms, each a link that writes them, or takes them out if they are in the filter.
#[component]
fn CellTerms(cells: PathCells) -> AnyView {
    let navigation = use_navigation();
    let item = move |CellTerm { name, terms }: CellTerm| {
        let terms = StoredValue::new(terms);
        let on = move || terms.with_value(|terms| has(&navigation.find(), terms).then_some("true"));
        let href = move || {
            navigation.href(|link| terms.with_value(|terms| link.find = written(&link.find, terms)))
        };
        view! {
            <li>
                <a href=href aria-current=on>
                    <span>{name}</span>
                    <code class="mono soft">{terms.get_value()}</code>
                </a>
            </li>
        }
    };
    view! { <ul>{cells.terms().into_iter().map(item).collect_view()}</ul> }.into_any()
}

/// The find with these terms and without their opposite, or without them if it has them.
fn written(find: &str, terms: &str) -> String {
    let opposite = terms.strip_prefix('-').map_or_else(|| format!("-{terms}"), str::to_owned);
    match has(find, &opposite) {
        true => toggled(&toggled(find, &opposite), terms),
        false => toggled(find, terms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::LinkPath;
    use crate::ui::testing::{TestPage, layer};

    #[test]
    fn the_menu_of_a_row_writes_the_filter_and_takes_it_out() {
        let cells = PathCells {
            path: LinkPath("/a/b.so".into()),
            layer: Some(layer(2)),
            ..PathCells::default()
        };
        let html = TestPage::at("#/?view=files&find=x%20layer%3A2").render(move || {
            let tree = TreeModel::new();
            tree.filtered_by.set(Some(cells));
            provide_context(tree);
            view! { <RowFilterDialog /> }
        });
        assert!(html.has(r#"aria-label="Filter by /a/b.so""#), "{html}");
        assert!(html.has("find=x%20layer%3A2%20-%2A.so"), "{html}");
        assert!(html.has(r##"href="#/?view=files&amp;find=x" aria-current="true""##), "{html}");
    }

    #[test]
    fn what_is_written_takes_its_opposite_out() {
        assert_eq!(written("x layer:2", "-layer:2"), "x -layer:2");
        assert_eq!(written("-*.so x", "*.so"), "x *.so");
        assert_eq!(written("*.so x", "*.so"), "x");
        assert_eq!(written("", r#"-"a b/"**"#), r#"-"a b/"**"#);
        assert_eq!(written(r#"x -"a b/"**"#, r#"-"a b/"**"#), "x");
    }

    #[test]
    fn no_menu_is_open_at_first() {
        let html = TestPage::at("#/?view=files").render(|| {
            provide_context(TreeModel::new());
            view! { <RowFilterDialog /> }
        });
        assert!(!html.has("<dialog"));
    }
}
