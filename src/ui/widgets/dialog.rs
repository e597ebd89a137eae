//! A dialog that takes the keyboard until it is closed: the browser's own `<dialog>`.
//!
//! The focus goes back to what had it when the dialog opened. Escape closes it.

use crate::browser::page::dom;
use leptos::html;
use leptos::prelude::*;

/// A modal dialog, open for as long as it is drawn: put it into a `<Show>`.
#[component]
pub fn Dialog(
    /// Its heading and name.
    #[prop(into)]
    label: String,
    /// Escape was pressed. The owner stops drawing the dialog.
    on_close: impl Fn() + 'static,
    children: Children,
) -> AnyView {
    let dialog = NodeRef::<html::Dialog>::new();
    let before = StoredValue::new_local(None);
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            before.set_value(dom::open_modal(&dialog));
        }
    });
    on_cleanup(move || {
        if let Some(dialog) = dialog.get_untracked() {
            let before = before.try_with_value(Clone::clone).flatten();
            dom::close_modal(&dialog, before.as_ref());
        }
    });
    let cancelled = move |event: leptos::ev::Event| {
        event.prevent_default(); // the owner closes it
        on_close();
    };
    view! {
        <dialog node_ref=dialog aria-label=label.clone() on:cancel=cancelled>
            <h2>{label.clone()}</h2>
            {children()}
        </dialog>
    }
    .into_any()
}

#[test]
fn a_dialog_has_a_name() {
    let html = crate::ui::testing::TestPage::new().render(|| {
        view! { <Dialog label="Settings" on_close=|| ()><p>"Proxy"</p></Dialog> }
    });
    assert!(html.has(r#"<dialog aria-label="Settings""#));
    assert_eq!(html.text(), "Settings Proxy");
}
