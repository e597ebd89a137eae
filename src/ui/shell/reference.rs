//! The box for an image reference, and the search that its text would make.

use crate::link::{Link, LinkTarget};
use crate::oci::split_registry;
use crate::ui::app::{place_of, registry_of, use_navigation, use_registries};
use crate::ui::widgets::{Glyph, Icon};
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;

/// The box and its button. What is typed there counts as the user's agreement to contact its registry.
#[component]
pub fn ReferenceForm() -> AnyView {
    let (registries, navigation) = (use_registries(), use_navigation());
    let input = NodeRef::<Input>::new();
    // The reference of the link stays in the box, so that a wrong tag is corrected and not typed again.
    let linked = move || match navigation.place() {
        LinkTarget::Image { reference, .. } | LinkTarget::Repository(reference) => reference,
        _ => String::new(),
    };
    let typed = RwSignal::new(None::<String>);
    let text = move || typed.get().unwrap_or_else(linked);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let place = place_of(&untrack(text));
        if place == LinkTarget::Start {
            return;
        }
        if let Some(registry) = registry_of(&place) {
            registries.know(&registry);
        }
        typed.set(None);
        navigation.go(|link| *link = Link::to(place));
    };
    view! {
        <form class="inspect" on:submit=submit>
            <label>
                <span class="vh">"Image reference"</span>
                <input
                    class="field mono"
                    node_ref=input
                    placeholder="alpine, ghcr.io/owner/name:tag"
                    autocapitalize="off"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=text
                    on:input=move |event| typed.set(Some(event_target_value(&event)))
                />
            </label>
            <button class="btn p">"Inspect"</button>
            {move || search_link(&text())}
        </form>
    }
    .into_any()
}

/// A search on Docker Hub for what is typed, where it could be a name there.
fn search_link(text: &str) -> Option<impl IntoView + use<>> {
    let term = text.trim();
    let of_docker_hub = split_registry(term).0 == crate::oci::DOCKER_HUB;
    if term.is_empty() || term.contains([' ', '@', ':']) || !of_docker_hub {
        return None;
    }
    let href = Link::to(LinkTarget::Search(term.to_owned())).to_string();
    let words = format!("Search Docker Hub for “{term}”");
    Some(view! {
        <p class="search-hub"><a href=href><Glyph icon=Icon::Search />{words}</a></p>
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn the_box_is_named_and_searched() {
        let html = TestPage::at("#/repository/nginx").render(|| view! { <ReferenceForm /> });
        assert!(html.text().starts_with("Image reference Inspect"), "{}", html.text());
        assert!(html.has(r##"href="#/search/nginx""##), "{html}");
    }

    #[test]
    fn only_names_on_docker_hub_are_searched() {
        let is_offered = |text: &str| search_link(text).is_some();
        assert!(is_offered("nginx") && is_offered(" grafana/grafana "));
        for text in ["", "nginx:1", "ghcr.io/a/b", "docker pull nginx", "localhost:5000/a"] {
            assert!(!is_offered(text), "{text}");
        }
    }
}
