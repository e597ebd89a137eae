//! The head of a view: its heading and what can be done with the whole of it.

use leptos::prelude::*;

/// The ID of a view's heading. It takes the focus when what had it is gone.
pub const VIEW_HEADING: &str = "view-heading";

/// The heading of a view, the only `h1` on the page; tools are at its right.
#[component]
pub fn ViewHead(
    #[prop(into)] title: String,
    /// In a few words, what is shown.
    #[prop(optional, into)]
    subtitle: Option<String>,
    #[prop(optional)] children: Option<Children>,
) -> AnyView {
    view! {
        <div class="head">
            <h1 id=VIEW_HEADING tabindex="-1">{title}</h1>
            {subtitle.map(|subtitle| view! { <span class="soft">{subtitle}</span> })}
            <span class="sp"></span>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}
