//! A button with a list that opens below it.
//!
//! It closes on Escape, on a click elsewhere, when the focus leaves it, and when something in it is chosen.
//! Escape and a choice give the focus back to the button.

use super::icon::{Glyph, Icon};
use crate::browser::page::dom;
use crate::ui::app::on_window;
use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::html::{Button, Div};
use leptos::prelude::*;

/// A menu. A click on a link, a button or the label of an input within `children` is a choice. Where the style sheet
/// shows the list without its button (`.actions`), it is never open.
#[component]
pub fn Menu(
    /// The button's name, and its text unless `button` draws something else.
    #[prop(into)]
    label: Signal<String>,
    /// What the button shows in place of its label.
    #[prop(optional, into)]
    button: Option<ViewFn>,
    /// Further classes of the whole.
    #[prop(optional)]
    class: &'static str,
    /// Nothing in it is a choice: it stays open while things in it are set.
    #[prop(optional)]
    stays: bool,
    children: Children,
) -> AnyView {
    let open = RwSignal::new(false);
    let root = NodeRef::<Div>::new();
    let opener = NodeRef::<Button>::new();
    let close_and_return = move || {
        open.set(false);
        if let Some(opener) = opener.get_untracked() {
            dom::focus_in_place(&opener);
        }
    };
    let holds = move |target| root.get_untracked().is_some_and(|root| dom::contains(&root, target));
    on_window(leptos::ev::pointerdown, move |event| {
        if open.get_untracked() && !holds(event.target()) {
            open.set(false);
        }
    });
    let left = move |event: FocusEvent| {
        let to = event.related_target();
        if to.is_some() && !holds(to) {
            open.set(false);
        }
    };
    let key = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation(); // it closes nothing else
            close_and_return();
        }
    };
    let chosen = move |event: MouseEvent| {
        if open.get_untracked() && !stays && dom::is_from(&event, "a, button, label") {
            close_and_return();
        }
    };
    let name = button.is_some().then_some(label);
    view! {
        <div class=format!("menu {class}") node_ref=root on:focusout=left on:keydown=key>
            <button
                type="button"
                class="btn q"
                node_ref=opener
                aria-label=move || name.map(|name| name.get())
                title=move || name.map(|name| name.get())
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {match button {
                    Some(button) => button.run(),
                    None => view! { {move || label.get()}<Glyph icon=Icon::ChevronDown /> }.into_any(),
                }}
            </button>
            <div class="list" hidden=move || !open.get() on:click=chosen>{children()}</div>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn a_menu_is_closed_at_first() {
        let html = TestPage::new().render(|| {
            view! { <Menu label="Open images"><a href="#/">"one"</a></Menu> }
        });
        assert!(html.has(r#"aria-expanded="false""#));
        assert!(html.has("<div hidden"), "{html}");
    }

    #[test]
    fn a_button_that_shows_something_else_has_a_name() {
        let html = TestPage::new().render(|| {
            view! {
                <Menu label="Open images" button=|| view! { "2" }><a href="#/">"one"</a></Menu>
            }
        });
        assert!(html.has(r#"aria-label="Open images""#));
        assert_eq!(html.text(), "2 one");
    }
}
