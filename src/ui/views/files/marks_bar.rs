//! What is selected in the tree, below it: how much that is, and what can be done with it.

use super::tree_model::TreeModel;
use crate::format;
use crate::ui::app::use_navigation;
use crate::ui::views::parts::SelectionMenu;
use crate::ui::widgets::{Button, ButtonKind};
use leptos::prelude::*;

/// The bar, while something is selected or taps select.
#[component]
pub fn MarksBar() -> AnyView {
    let (tree, navigation) = (expect_context::<TreeModel>(), use_navigation());
    let marks = tree.marks;
    let is_shown = Memo::new(move |_| marks.any() || marks.by_tap.get());
    let paths = Callback::new(move |()| marks.paths());
    let clear = move || {
        marks.clear();
        tree.go_to(tree.cursor.get_untracked(), true); // the focus stays in the tree
    };
    view! {
        <Show when=move || is_shown.get()>
            <div class="marks" role="group" aria-label="Selected paths">
                <span role="status">{move || marks_text(marks.count(), marks.size())}</span>
                <Show when=move || marks.any()>
                    <SelectionMenu paths layers=Signal::derive(move || navigation.layers()) />
                </Show>
                <Button label="Deselect all" kind=ButtonKind::Quiet on_press=clear />
            </div>
        </Show>
    }
    .into_any()
}

/// Turns on that a tap selects; shown where there is no mouse.
#[component]
pub fn TapButton() -> AnyView {
    let marks = expect_context::<TreeModel>().marks;
    view! {
        <button
            type="button"
            class="btn q touch"
            aria-pressed=move || marks.by_tap.get().to_string()
            on:click=move |_| match marks.by_tap.get_untracked() {
                true => marks.clear(),
                false => marks.by_tap.set(true),
            }
        >
            "Select"
        </button>
    }
    .into_any()
}

fn marks_text(count: usize, size: u64) -> String {
    match count {
        0 => "Tap what you want to select.".to_owned(),
        count => format!("{} selected · {}", format::count(count as u64), format::size(size)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LinkPath, TreeRow};
    use crate::ui::testing::TestPage;

    fn draw(count: u32, by_tap: bool) -> String {
        let page = TestPage::at("#/?view=files");
        let html = page.render(move || {
            let tree = TreeModel::new();
            tree.marks.by_tap.set(by_tap);
            for at in 0..count {
                let path = LinkPath(format!("/{at}"));
                tree.marks.toggle(at, &TreeRow { path, size: 1000, ..TreeRow::default() });
            }
            provide_context(tree);
            view! { <MarksBar /> }
        });
        html.text()
    }

    #[test]
    fn the_bar_says_what_is_selected_and_saves_it() {
        assert_eq!(draw(0, false), "");
        assert_eq!(draw(0, true), "Tap what you want to select. Deselect all");
        let text = draw(3, false);
        assert!(
            text.starts_with("3 selected · 3.00 kB Download selection As tar As zip"),
            "{text}"
        );
    }
}
