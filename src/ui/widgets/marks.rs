//! Small marks: layers, changes, severities, badges, bars.

use crate::format;
use crate::protocol::{LayerCell, LayerChanges};
use crate::ui::words;
use crate::vocabulary::{Change, LayerNumber, LayerOrigin, Severity};
use leptos::prelude::*;

/// The class that gives a layer its colour. Beyond six, colours repeat from the second; the number, which
/// is always beside the colour, distinguishes layers.
pub fn layer_class(number: LayerNumber) -> &'static str {
    const CLASSES: [&str; 6] = ["l0", "l1", "l2", "l3", "l4", "l5"];
    let index = number.position().index();
    CLASSES[if index < 6 { index } else { 1 + (index - 1) % 5 }]
}

/// A layer's colour, hidden from screen readers: its number is beside it.
#[component]
pub fn LayerChip(number: LayerNumber) -> AnyView {
    view! { <span class=format!("chip {}", layer_class(number)) aria-hidden="true"></span> }
        .into_any()
}

/// A layer's colour and number; "base" where it is the base image's.
#[component]
pub fn LayerMark(
    layer: LayerCell,
    /// Where its number leads; nowhere without it. A signal, so that a row is not drawn again with every link.
    #[prop(optional, into)]
    href: Option<Signal<String>>,
) -> impl IntoView {
    let number = layer.number;
    let title = match layer.origin {
        LayerOrigin::Own => None,
        LayerOrigin::Base => Some("From the base image"),
        LayerOrigin::GuessedBase => Some("From the base image, guessed from the history"),
    };
    let base = title.map(|title| view! { <span class="soft" title=title>"base "</span> });
    let mark = view! { <LayerChip number />{number.get()} };
    match href {
        Some(href) => {
            let title = format!("Show what layer {number} changed");
            view! { {base}<a href=move || href.get() title=title class="quiet">{mark}</a> }
                .into_any()
        }
        None => view! { {base}{mark} }.into_any(),
    }
}

/// The letter of a change in its box, with its word on hover and for screen readers.
#[component]
pub fn ChangeTag(
    change: Change,
    /// The layer that made it.
    #[prop(optional)]
    layer: Option<LayerNumber>,
) -> impl IntoView {
    let words = words::change(change)?;
    let title = match layer {
        Some(layer) => format!("{} in layer {layer}", words.word),
        None => words.word.to_owned(),
    };
    let class = format!("tag {}", words.class);
    Some(
        view! { <span class=class role="img" aria-label=title.clone() title=title>{words.letter}</span> },
    )
}

/// `+12 ~3 −1 =8`: paths that a layer added, modified, removed, and rewrote without a change. Zeros are left out.
#[component]
pub fn ChangeCounts(changes: LayerChanges) -> impl IntoView {
    let counts = [
        (changes.added, "+", Change::Added),
        (changes.modified, "~", Change::Modified),
        (changes.removed, "−", Change::Removed),
        (changes.unchanged, "=", Change::Unchanged),
    ];
    counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, sign, change)| view! { <ChangeCount count sign change /> " " })
        .collect_view()
}

/// `+12` in the colour of what it counts, with its word on hover and for screen readers.
#[component]
pub fn ChangeCount(count: u32, sign: &'static str, change: Change) -> impl IntoView {
    let words = words::change(change)?;
    let text = format::count(count.into());
    let title = format!("{text} {}", words.word.to_lowercase());
    Some(
        view! { <span class=words.class role="img" aria-label=title.clone() title=title>{sign}{text}</span> },
    )
}

/// The classes that give a severity its shape and colour.
pub fn severity_class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "sev d full",
        Severity::High => "sev d",
        Severity::Medium => "sev m",
        Severity::Low => "sev soft",
        Severity::None => "sev ok",
        Severity::Unrated => "sev soft unchecked",
    }
}

/// How severe: the word says it, shape and colour repeat it.
#[component]
pub fn SeverityMark(
    severity: Severity,
    /// CVSS score in tenths.
    #[prop(optional)]
    score_tenths: Option<u8>,
) -> AnyView {
    let class = severity_class(severity);
    let score = score_tenths.map(|tenths| {
        view! { " "<span class="soft n">{format!("{}.{}", tenths / 10, tenths % 10)}</span> }
    });
    view! { <span class=class>{words::severity(severity)}</span>{score} }.into_any()
}

/// A word in a box: what something is beside what it looks like.
#[component]
pub fn Badge(
    #[prop(into)] text: String,
    /// An explanation on hover.
    #[prop(optional, into)]
    title: Option<String>,
) -> AnyView {
    view! { <span class="badge" title=title>{text}</span> }.into_any()
}

/// A bar that is filled as far as a part is of the whole. Hidden from screen readers: the number is beside it.
#[component]
pub fn Meter(
    #[prop(into)] part: Signal<u64>,
    #[prop(into)] whole: Signal<u64>,
    /// What is there at all is seen, however small.
    #[prop(optional)]
    visible: bool,
) -> AnyView {
    let width = move || match visible {
        true => format::seen_width(part.get(), whole.get()),
        false => format::width(part.get(), whole.get()),
    };
    view! { <div class="meter" aria-hidden="true"><i style:width=width></i></div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{Rendered, TestPage, layer};

    fn render<V: IntoView + 'static>(view: impl FnOnce() -> V) -> Rendered {
        TestPage::new().render(view)
    }

    #[test]
    fn colours_repeat_from_the_second() {
        let classes: Vec<_> = (1..=13).map(|n| layer_class(layer(n))).collect();
        assert_eq!(classes.join(" "), "l0 l1 l2 l3 l4 l5 l1 l2 l3 l4 l5 l1 l2");
    }

    #[test]
    fn a_layer_has_its_number_beside_its_colour() {
        let cell = LayerCell { number: layer(3), origin: LayerOrigin::GuessedBase };
        let html = render(move || view! { <LayerMark layer=cell href="#/?layers=3" /> });
        assert_eq!(html.text(), "base 3");
        assert!(html.has("guessed from the history"));
        assert!(html.has(r##"href="#/?layers=3""##) && html.has("chip l2"));
        let cell = LayerCell { number: layer(3), origin: LayerOrigin::Base };
        let html = render(move || view! { <LayerMark layer=cell /> });
        assert!(html.text() == "base 3" && !html.has("guessed"));
    }

    #[test]
    fn changes_have_words() {
        let html = render(|| view! { <ChangeTag change=Change::Removed layer=layer(2) /> });
        assert_eq!(html.text(), "D");
        assert!(html.has(r#"role="img" aria-label="Removed in layer 2""#));
        assert_eq!(render(|| view! { <ChangeTag change=Change::None /> }).text(), "");
        let changes = LayerChanges { added: 1200, modified: 0, removed: 3, unchanged: 8 };
        let html = render(move || view! { <ChangeCounts changes /> });
        assert_eq!(html.text(), "+1,200 −3 =8");
        assert!(html.has(r#"aria-label="1,200 added" title="1,200 added""#));
        assert!(html.has(r#"aria-label="8 rewritten, unchanged""#));
    }

    #[test]
    fn severities_are_words() {
        let html = render(|| view! { <SeverityMark severity=Severity::High score_tenths=81 /> });
        assert_eq!(html.text(), "High 8.1");
        let html = render(|| view! { <SeverityMark severity=Severity::Unrated /> });
        assert_eq!(html.text(), "Not rated");
    }

    #[test]
    fn a_meter_is_as_wide_as_its_share() {
        let html = render(|| view! { <Meter part=25u64 whole=100u64 /> });
        assert!(html.has("width:25.0%"), "{html}");
        let html = render(|| view! { <Meter part=1u64 whole=1_000_000u64 visible=true /> });
        assert!(html.has("width:1.0%"), "{html}");
    }
}
