//! A link to an open source, as it was last shown.

use crate::browser::page::dom;
use crate::ui::app::{OpenSource, use_sources};
use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// The link. A plain click shows the source even where the address stays the same.
#[component]
pub fn SourceLink(source: OpenSource, children: Children) -> AnyView {
    let sources = use_sources();
    let href = move || sources.link_to(source).to_string();
    let clicked = move |event: MouseEvent| {
        if dom::is_plain_click(&event) {
            event.prevent_default();
            sources.show(source);
        }
    };
    let current = move || (sources.front.get() == Some(source)).then_some("true");
    view! { <a href=href aria-current=current on:click=clicked>{children()}</a> }.into_any()
}
