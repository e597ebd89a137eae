//! What restricts the list of packages: layers that were not read, attached documents that cannot be read.

use crate::protocol::{DownloadRequest, PackageNumbers};
use crate::ui::app::{LayersWait, Loaded, use_image};
use crate::ui::widgets::{Button, Glyph, Icon, ProblemNote};
use crate::ui::words;
use leptos::prelude::*;

/// The notes; nothing where the list is complete.
#[component]
pub fn PackageNotes(counts: Signal<Loaded<PackageNumbers>>) -> AnyView {
    let source = use_image().source;
    let incomplete_download = move || source.layers_wait() == LayersWait::ForUser;
    let unread = Memo::new(move |_| {
        let mut unread = counts.read().map(|counts| counts.unread.clone()).unwrap_or_default();
        let coming = source.coming_layers();
        unread.retain(|layer| !coming.contains(layer)); // they are read when they are here
        unread
    });
    let problems =
        Memo::new(move |_| counts.read().map(|counts| counts.problems.clone()).unwrap_or_default());
    let partial =
        Memo::new(move |_| counts.read().map(|counts| counts.partial.clone()).unwrap_or_default());
    let download = move || source.download(DownloadRequest::All);
    view! {
        <Show when=move || !unread.read().is_empty()>
            <p class="note">
                <Glyph icon=Icon::Medium />
                <span class="sp">{move || words::unread_layers(&unread.read())}</span>
                <Show when=incomplete_download>
                    <Button label="Download layers" on_press=download />
                </Show>
            </p>
        </Show>
        <Show when=move || !partial.read().is_empty()>
            <p class="note">
                <Glyph icon=Icon::Medium />
                <span class="sp">{move || words::partial_layers(&partial.read())}</span>
            </p>
        </Show>
        {move || problems
            .get()
            .into_iter()
            .map(|problem| view! { <ProblemNote problem grave=false /> })
            .collect_view()}
    }
    .into_any()
}
