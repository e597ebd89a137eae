//! The choice of a platform: the same image as it was built for others.

use crate::link::LinkTarget;
use crate::protocol::{ImageLine, SourceInfo};
use crate::selection::LayerSelection;
use crate::ui::app::{OpenSource, use_navigation};
use crate::ui::words;
use crate::vocabulary::{ImagePosition, OtherKind};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Images that a menu offers: an archive or an index may have ten thousand. The report has all, and a link opens each.
pub(super) const MAX_CHOICES: usize = 200;

/// A platform: what the link is given, and its words.
#[derive(Clone, Debug, PartialEq)]
struct PlatformOption {
    /// The image ID; for an image in a registry the platform.
    value: String,
    words: String,
    is_shown: bool,
}

/// The choice; nothing where there is none. View and path stay; the layers are another image's.
#[component]
pub fn PlatformSelect(source: OpenSource, image: ImagePosition) -> AnyView {
    let navigation = use_navigation();
    let is_web = source.web_link().is_some();
    let choices = Memo::new(move |_| {
        let info = source.info.read();
        let info = info.as_deref();
        let of = if is_web { registry_choices } else { archive_choices };
        info.map(|info| of(info, image)).unwrap_or_default()
    });
    let choose = move |event| {
        let value = event_target_value(&event);
        navigation.go(|link| {
            match is_web {
                true => link.platform = value,
                false => link.target = LinkTarget::Archive { digest: value },
            }
            link.layers = LayerSelection::All;
        });
    };
    let option = |choice: PlatformOption| {
        let is_shown = choice.is_shown;
        view! {
            <option value=choice.value selected=is_shown prop:selected=is_shown>{choice.words}</option>
        }
    };
    view! {
        <Show when=move || !choices.read().is_empty()>
            <label class="platform">
                <span class="vh">"Platform"</span>
                <select class="field" on:change=choose>
                    {move || choices.get().into_iter().map(option).collect_view()}
                </select>
            </label>
        </Show>
    }
    .into_any()
}

/// The images with the names of the one that is shown, where they differ in platform.
fn archive_choices(info: &SourceInfo, shown: ImagePosition) -> Vec<PlatformOption> {
    let Some(line) = info.images.iter().find(|line| line.image == shown) else {
        return Vec::new();
    };
    let same = |other: &&ImageLine| other.names == line.names && !other.image_id.is_empty();
    let same: Vec<&ImageLine> = info.images.iter().filter(same).collect();
    if same.iter().all(|other| other.platform == line.platform) {
        return Vec::new();
    }
    let mut twins: BTreeMap<&str, u32> = BTreeMap::new();
    for other in &same {
        *twins.entry(other.platform.as_str()).or_default() += 1;
    }
    let choice = |other: &&ImageLine| {
        let words = match twins.get(other.platform.as_str()) {
            Some(1) => other.platform.to_string(),
            _ => format!(
                "{} · {}",
                other.platform,
                words::title(&ImageLine {
                    names: Vec::new(),
                    image_id: other.image_id.clone(),
                    ..ImageLine::default()
                })
            ),
        };
        PlatformOption { value: other.image_id.clone(), words, is_shown: other.image == shown }
    };
    let shown_or_early =
        |(at, other): &(usize, &&ImageLine)| *at < MAX_CHOICES || other.image == shown;
    same.iter().enumerate().filter(shown_or_early).map(|(_, other)| choice(other)).collect()
}

/// What a registry has for the image's reference.
fn registry_choices(info: &SourceInfo, shown: ImagePosition) -> Vec<PlatformOption> {
    let line = info.images.iter().find(|line| line.image == shown);
    let own = info.images.iter().map(|line| &line.platform);
    let absent = info.others.iter().filter(|other| other.kind == OtherKind::Absent);
    let all = own.chain(absent.filter_map(|other| other.platform.as_ref()));
    let mut all: Vec<String> = all.map(ToString::to_string).collect();
    all.sort();
    all.dedup();
    if all.len() < 2 {
        return Vec::new();
    }
    let choice = |(at, platform): (usize, String)| {
        let is_shown = line.is_some_and(|line| line.platform == platform.as_str());
        let words = platform.clone();
        (at < MAX_CHOICES || is_shown).then_some(PlatformOption {
            value: platform,
            words,
            is_shown,
        })
    };
    all.into_iter().enumerate().filter_map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ImageName, OtherLine};

    fn line(position: u32, platform: &str, name: &str) -> ImageLine {
        ImageLine {
            image: ImagePosition(position),
            image_id: format!("sha256:{}{position}", "0".repeat(63)),
            names: vec![ImageName { repository: name.into(), tag: None }],
            platform: platform.into(),
            ..ImageLine::default()
        }
    }

    fn words(choices: &[PlatformOption]) -> String {
        let word = |choice: &PlatformOption| {
            let mark = if choice.is_shown { "*" } else { "" };
            format!("{mark}{}", choice.words)
        };
        choices.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn only_the_same_image_for_other_platforms_is_a_choice() {
        let images = vec![
            line(0, "linux/amd64", "a"),
            line(1, "linux/arm64", "a"),
            line(2, "linux/arm64", "b"),
        ];
        let info = SourceInfo { images, ..SourceInfo::default() };
        let shown = archive_choices(&info, ImagePosition(1));
        assert_eq!(words(&shown), "linux/amd64, *linux/arm64");
        assert_eq!(archive_choices(&info, ImagePosition(2)), []);
    }

    #[test]
    fn twins_are_told_by_their_ids() {
        let images = vec![
            line(0, "linux/amd64", "a"),
            line(1, "windows/amd64", "a"),
            line(2, "windows/amd64", "a"),
        ];
        let info = SourceInfo { images, ..SourceInfo::default() };
        assert_eq!(
            words(&archive_choices(&info, ImagePosition(0))),
            "*linux/amd64, windows/amd64 · 000000000000, windows/amd64 · 000000000000"
        );
    }

    #[test]
    fn a_registry_has_platforms_that_are_not_here() {
        let other = OtherLine {
            kind: OtherKind::Absent,
            digest: String::new(),
            platform: Some("linux/s390x".into()),
            names: Vec::new(),
            subject: None,
            artifact_type: "".into(),
        };
        let info = SourceInfo {
            images: vec![line(0, "linux/amd64", "a")],
            others: vec![other],
            ..SourceInfo::default()
        };
        assert_eq!(words(&registry_choices(&info, ImagePosition(0))), "*linux/amd64, linux/s390x");
    }

    #[test]
    fn of_endless_platforms_some_are_choices_and_the_shown_one() {
        let other = |at: usize| OtherLine {
            kind: OtherKind::Absent,
            digest: String::new(),
            platform: Some(format!("linux/{at}").as_str().into()),
            names: Vec::new(),
            subject: None,
            artifact_type: "".into(),
        };
        let info = SourceInfo {
            images: vec![line(0, "windows/amd64", "a")],
            others: (0..10_000).map(other).collect(),
            ..SourceInfo::default()
        };
        let choices = registry_choices(&info, ImagePosition(0));
        assert_eq!(choices.len(), MAX_CHOICES + 1);
        assert!(choices.last().is_some_and(|choice| choice.is_shown));
    }
}
