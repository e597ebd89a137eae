//! What restricts the list of packages: layers that were not read, attached documents that cannot be read.

use crate::protocol::{DownloadRequest, PackageNumbers};
use crate::ui::app::{LayersWait, Loaded, use_image};
use crate::ui::widgets::{Button, Glyph, Icon, ProblemNote};
use crate::ui::words;
use crate::vocabulary::LayerNumber;
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
    let download = move || source.download(DownloadRequest::All);
    view! {
        <Show when=move || !unread.read().is_empty()>
            <p class="note">
                <Glyph icon=Icon::Medium />
                <span class="sp">{move || unread_text(&unread.read())}</span>
                <Show when=incomplete_download>
                    <Button label="Download layers" on_press=download />
                </Show>
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

/// `Layer 2 was not read: its packages are not known.`
fn unread_text(unread: &[LayerNumber]) -> String {
    let layers = words::layers(unread);
    let mut letters = layers.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase()).unwrap_or_default();
    let (verb, whose) = if unread.len() == 1 { ("was", "its") } else { ("were", "their") };
    format!("{first}{} {verb} not read: {whose} packages are not known.", letters.as_str())
}

#[test]
fn layers_that_were_not_read_are_named() {
    let layer = |number| LayerNumber::new(number).unwrap();
    assert_eq!(unread_text(&[layer(2)]), "Layer 2 was not read: its packages are not known.");
    assert_eq!(
        unread_text(&[layer(2), layer(4)]),
        "Layers 2 and 4 were not read: their packages are not known."
    );
}
