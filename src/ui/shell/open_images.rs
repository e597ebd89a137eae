//! The menu of open images in the header: switch to one, or close it.

use super::source_link::SourceLink;
use crate::ui::app::{OpenImageAt, OpenSource, use_sources};
use crate::ui::views::parts::CompareLink;
use crate::ui::widgets::{Button, ButtonKind, Glyph, Icon, Menu};
use leptos::prelude::*;

/// A button with the list below it; nothing while nothing is open.
#[component]
pub fn OpenImages() -> AnyView {
    let sources = use_sources();
    let count = Memo::new(move |_| sources.list.read().len());
    let button = move || {
        // The number is drawn by the style sheet: the button's name is its words alone.
        view! { <Glyph icon=Icon::Sources big=true /><span class="num" data-count=move || count.get().to_string()></span> }
    };
    view! {
        <Show when={move || count.get() > 0}>
            <nav aria-label="Open images">
                <Menu label="Open images" class="sources" button=button>
                    <ul>
                        <For each=move || sources.list.get() key=|source| source.id let:source>
                            <OpenImageEntry source />
                        </For>
                    </ul>
                </Menu>
            </nav>
        </Show>
    }
    .into_any()
}

#[component]
fn OpenImageEntry(source: OpenSource) -> AnyView {
    let sources = use_sources();
    let before = Signal::derive(move || sources.compared_with());
    let after = Signal::derive(move || {
        let image = source.first_image().filter(|_| source.problem.read().is_none())?;
        Some(OpenImageAt::whole(source, image))
    });
    view! {
        <li>
            <SourceLink source>
                <span>{move || source.name().to_string()}</span>
                <span class="soft">{move || state_words(source)}</span>
            </SourceLink>
            <CompareLink before after />
            <Button
                label=Signal::derive(move || format!("Close {}", source.name()))
                icon=Icon::Close
                icon_only=true
                kind=ButtonKind::Quiet
                on_press=move || sources.close(source)
            />
        </li>
    }
    .into_any()
}

/// What a source holds, or how far it is.
fn state_words(source: OpenSource) -> String {
    if source.problem.read().is_some() {
        return "could not be opened".to_owned();
    }
    let Some(info) = source.info.get() else { return "opening…".to_owned() };
    match info.images.as_slice() {
        [] => "no image".to_owned(),
        [only] => source.title(only.image).to_string(),
        several => format!("{} images", several.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Problem;
    use crate::protocol::{Event, ImageLine, SourceInfo};
    use crate::ui::app::{Before, SourceId, SourceOrigin};
    use crate::vocabulary::ImagePosition;

    #[test]
    fn a_source_says_how_far_it_is() {
        Owner::new().with(|| {
            let origin = SourceOrigin::Files { required: None };
            let source = OpenSource::new(SourceId(1), "a.tar".into(), origin, Before::default());
            assert_eq!(state_words(source), "opening…");
            let open = |images| {
                let info = SourceInfo { images, ..SourceInfo::default() };
                source.hear(Event::Opened { source: info, first: ImagePosition(0) });
                state_words(source)
            };
            let line = ImageLine { image_id: "sha256:abc".into(), ..ImageLine::default() };
            assert_eq!(open(vec![]), "no image");
            assert_eq!(open(vec![line.clone()]), "sha256:abc");
            assert_eq!(open(vec![line.clone(), line]), "2 images");
            source.hear(Event::Failed(Problem::new("odd", "It is odd.")));
            assert_eq!(state_words(source), "could not be opened");
        });
    }
}
