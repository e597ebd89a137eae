//! The differences between two versions of the selected file, as layers left it.
//!
//! - The link says which: `diff=below` is what is shown against the layer below, `diff=2..4` the state after layer 2
//!   against the one after layer 4.

use crate::protocol::FileFacts;
use crate::selection::LayerSelection;
use crate::ui::app::{OpenSource, use_navigation};
use crate::ui::views::differences::{FileDifferences, FileVersion};
use crate::vocabulary::{ImagePosition, LayerNumber};
use leptos::prelude::*;

/// The value of `diff` that stands for what is shown against the layer below.
pub const BELOW: &str = "below";

/// The versions of a file whose content can be read, the oldest first.
pub fn versions_of(
    source: OpenSource,
    image: ImagePosition,
    facts: &FileFacts,
) -> Vec<FileVersion> {
    let version = |event: &crate::protocol::FileEvent| {
        let state = event.state.as_ref().filter(|state| state.readable)?;
        let layers = LayerSelection::UpTo(event.layer);
        let name = format!("layer {}", event.layer);
        Some(FileVersion::of_state(source, (image, facts.path.clone()), layers, name, state))
    };
    facts.history.iter().rev().filter_map(version).collect()
}

/// The layer that left a version.
fn layer_of(version: &FileVersion) -> Option<LayerNumber> {
    match version.layers {
        LayerSelection::UpTo(layer) => Some(layer),
        _ => None,
    }
}

/// The places of the two versions that a link names; `None`: there are no two. A link that names others than there are
/// counts as `below`.
fn chosen(
    diff: &str,
    versions: &[FileVersion],
    selection: LayerSelection,
) -> Option<(usize, usize)> {
    let place = |number: &str| {
        let number = number.parse().ok().and_then(LayerNumber::new)?;
        versions.iter().position(|version| layer_of(version) == Some(number))
    };
    let named = diff.split_once("..").and_then(|(a, b)| Some((place(a)?, place(b)?)));
    let below = || {
        let newest = versions.len().checked_sub(2)? + 1;
        let shown = match selection {
            LayerSelection::All => newest,
            LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => {
                let is_below =
                    |version: &FileVersion| layer_of(version).is_some_and(|at| at <= last);
                versions.iter().rposition(is_below).unwrap_or(0)
            }
        };
        // Nothing is below the oldest one: what became of it.
        Some(shown.checked_sub(1).map_or((0, 1), |before| (before, shown)))
    };
    named.or_else(below)
}

/// The differences, with a choice of both versions.
#[component]
pub fn VersionDifferences(
    /// The oldest first.
    versions: Vec<FileVersion>,
) -> AnyView {
    let navigation = use_navigation();
    let versions = StoredValue::new(versions);
    let pair = Memo::new(move |_| {
        versions.with_value(|all| chosen(&navigation.diff(), all, navigation.layers()))
    });
    let layer_at = move |at: usize| {
        versions.with_value(|all| all.get(at).and_then(layer_of)).unwrap_or(LayerNumber::FIRST)
    };
    let choose = move |before: bool, event: leptos::ev::Event| {
        let (Some((a, b)), Ok(at)) =
            (pair.get_untracked(), event_target_value(&event).parse::<usize>())
        else {
            return;
        };
        let (a, b) = if before { (at, b) } else { (a, at) };
        navigation.go(|link| link.diff = format!("{}..{}", layer_at(a), layer_at(b)));
    };
    let select = move |label: &'static str, before: bool| {
        let current = move || pair.get().map_or(0, |(a, b)| if before { a } else { b });
        let names = versions
            .with_value(|all| all.iter().map(|version| version.name.clone()).collect::<Vec<_>>());
        let options = names.into_iter().enumerate().map(|(at, name)| {
            view! { <option value=at.to_string() selected=move || current() == at>{name}</option> }
        });
        view! {
            <select
                class="field"
                aria-label=label
                on:change=move |event| choose(before, event)
                prop:value=move || current().to_string()
            >
                {options.collect_view()}
            </select>
        }
    };
    let drawn = move || {
        let (a, b) = pair.get()?;
        let (before, after) =
            versions.with_value(|all| Some((all.get(a)?.clone(), all.get(b)?.clone())))?;
        Some(view! { <FileDifferences before after /> })
    };
    view! {
        <div class="versions">
            {select("Version before", true)}" → "{select("Version after", false)}
        </div>
        {drawn}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{FileEvent, FileState, Instruction, LinkPath};
    use crate::ui::app::use_image;
    use crate::ui::testing::{Rendered, TestPage, layer};
    use crate::vocabulary::Change;

    /// A file that layers 1, 3 and 5 wrote and layer 4 removed.
    fn facts() -> FileFacts {
        let event = |number: u32, size: Option<u64>| FileEvent {
            layer: layer(number),
            instruction: Instruction::default(),
            change: Change::Modified,
            differences: Vec::new(),
            state: size.map(|size| FileState { size, readable: true, ..FileState::default() }),
        };
        let history = vec![
            event(5, Some(500)),
            event(4, None),
            event(3, Some(5_000_000)),
            event(1, Some(100)),
        ];
        FileFacts { path: LinkPath("/f".into()), history, ..FileFacts::default() }
    }

    fn drawn(link: &str) -> Rendered {
        TestPage::at(link).render(|| {
            let image = use_image();
            let versions = versions_of(image.source, image.position, &facts());
            view! { <VersionDifferences versions /> }
        })
    }

    #[test]
    fn the_link_says_which_versions_are_compared() {
        TestPage::new().render(|| {
            let versions = versions_of(use_image().source, ImagePosition(0), &facts());
            let names: Vec<&str> = versions.iter().map(|version| version.name.as_str()).collect();
            assert_eq!(names, ["layer 1", "layer 3", "layer 5"], "what was removed has no content");
            for (diff, layers, want) in [
                (BELOW, "", Some((1, 2))),
                (BELOW, "..4", Some((0, 1))),
                (BELOW, "3", Some((0, 1))),
                (BELOW, "..2", Some((0, 1))),
                ("1..5", "..2", Some((0, 2))),
                ("5..1", "", Some((2, 0))),
                ("1..4", "", Some((1, 2))),
                ("x", "", Some((1, 2))),
            ] {
                let selection = LayerSelection::parse(layers).unwrap();
                assert_eq!(chosen(diff, &versions, selection), want, "{diff} {layers}");
            }
            assert_eq!(chosen(BELOW, &versions[..1], LayerSelection::All), None);
            ().into_any()
        });
    }

    #[test]
    fn both_versions_can_be_chosen() {
        let html = drawn("#/archive/a?view=files&path=/f&diff=1..3");
        assert!(html.has(r#"aria-label="Version before""#), "{html}");
        assert!(html.has(r#"aria-label="Version after""#), "{html}");
        let text = html.text();
        assert!(text.contains("layer 1 layer 3 layer 5 → layer 1 layer 3 layer 5"), "{text}");
        assert!(text.contains("Too large to be compared"), "layer 3 has 5 MB: {text}");
    }
}
