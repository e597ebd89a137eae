//! The lookup of the base image at deps.dev: the question before anything is sent, its progress, and what failed.

use crate::format;
use crate::protocol::{BaseLookupState, LookUpBase};
use crate::ui::app::{ShownImage, use_image, use_registries};
use crate::ui::views::parts::ConsentDialog;
use crate::ui::widgets::{Button, ProblemNote};
use leptos::prelude::*;

/// Asks the service at `endpoint`: the user agreed.
fn look_up(image: ShownImage, endpoint: String) {
    let Some(client) = image.client() else { return };
    let position = image.position;
    image
        .source
        .base_lookup(position)
        .start(async move { client.ask(LookUpBase { image: position, endpoint }).await });
}

/// The button, how far it is, or why it failed.
#[component]
pub fn BaseLookupPart(state: BaseLookupState) -> AnyView {
    let (image, registries) = (use_image(), use_registries());
    let endpoint = move || untrack(|| registries.deps_dev()).unwrap_or_default();
    let order = image.source.base_lookup(image.position);
    let asks = RwSignal::new(false);
    let problem = move || {
        order
            .problem()
            .map(|problem| view! { <div role="alert"><ProblemNote problem grave=false /></div> })
    };
    let shown = match state {
        BaseLookupState::Asking { done, total } => view! {
            <p class="bt" role="status">
                <Button label="Cancel" on_press=move || order.cancel() />
                <span class="soft">
                    {format!("Looking up the base image: {} of {}", format::count(done.into()), format::count(total.into()))}
                </span>
            </p>
        }
        .into_any(),
        BaseLookupState::NotAsked => view! {
            <p class="bt"><Button label="Look up the base image…" on_press=move || asks.set(true) /></p>
        }
        .into_any(),
        BaseLookupState::Known { .. } => ().into_any(),
    };
    view! {
        {shown}
        {problem}
        <Show when=move || asks.get()>
            <ConsentDialog
                label="Look up the base image?"
                endpoint=endpoint()
                sent=view! { "digests of this image’s layers" }.into_any()
                not_sent=", which knows the images on Docker Hub. No names, no paths, no contents."
                told="The service’s operator can tell from them which public image this one is built on."
                agreed="Send and look up"
                agree=move || look_up(image, endpoint())
                close=move || asks.set(false)
            />
        </Show>
    }
    .into_any()
}
