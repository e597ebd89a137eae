//! The menu of the tree's columns: which are shown, and in which order.

use super::column_list::facts;
use super::tree_model::TreeModel;
use crate::browser::page::dom;
use crate::protocol::{LinkWord, TreeColumn};
use crate::ui::widgets::Menu;
use leptos::html::Ul;
use leptos::prelude::*;

/// The menu. It stays open while columns are chosen.
#[component]
pub fn ColumnsMenu() -> AnyView {
    let columns = expect_context::<TreeModel>().columns;
    let list = NodeRef::<Ul>::new();
    let order = move || -> Vec<TreeColumn> {
        columns.choices.read().iter().map(|choice| choice.column).collect()
    };
    // A list whose order changes takes the focus from what is moved in it.
    let shift = move |column: TreeColumn, left: bool| {
        columns.shift(column, left);
        let selector = format!("[data-shift='{}-{left}']", column.word());
        request_animation_frame(move || {
            if let Some(list) = list.get_untracked() {
                dom::focus_within(&list, &selector);
            }
        });
    };
    let item = move |column: TreeColumn| {
        let name = facts(column)?.name;
        let chosen = move || columns.is_chosen(column);
        let lacks_room = move || chosen() && !columns.shown.read().contains(&column);
        let button = move |left: bool| {
            let (sign, where_to) = if left { ("↑", "left") } else { ("↓", "right") };
            let label = format!("Move {name} to the {where_to}");
            view! {
                <button
                    type="button"
                    class="btn q"
                    aria-label=label.clone()
                    title=label
                    data-shift=format!("{}-{left}", column.word())
                    on:click=move |_| shift(column, left)
                >
                    {sign}
                </button>
            }
        };
        Some(view! {
            <li>
                <label>
                    <input
                        type="checkbox"
                        prop:checked=chosen
                        checked=chosen
                        on:change=move |event| columns.choose(column, event_target_checked(&event))
                    />
                    <span>{name}</span>
                    <span class="soft">{move || lacks_room().then_some("no room")}</span>
                </label>
                {button(true)}
                {button(false)}
            </li>
        })
    };
    view! {
        <Menu label="Columns" class="columns-menu" stays=true>
            <ul node_ref=list>
                <For each=order key=|column| *column let:column>{item(column)}</For>
            </ul>
            <button
                type="button"
                class="btn q"
                on:click=move |_| columns.reset()
            >
                "Default columns and widths"
            </button>
        </Menu>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn the_menu_has_a_checkbox_for_each_column_but_the_name() {
        let html = TestPage::at("#/?view=files").render(|| {
            provide_context(TreeModel::new());
            view! { <ColumnsMenu /> }
        });
        assert_eq!(html.count(r#"type="checkbox""#), 10);
        assert_eq!(html.count(r#"type="checkbox" checked"#), 6, "{html}");
        assert!(html.has(r#"aria-label="Move Owner to the left""#), "{html}");
        assert!(!html.text().contains("no room"), "nothing is measured yet");
    }
}
