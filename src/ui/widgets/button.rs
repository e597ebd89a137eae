//! Buttons: plain, copying, one of a few, and switches.

use super::icon::{Glyph, Icon};
use crate::browser::page::clipboard;
use crate::ui::app::{spawn, use_notices};
use leptos::prelude::*;
use std::time::Duration;

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    #[default]
    Plain,
    /// The one to press.
    Primary,
    /// Without an edge until it is met.
    Quiet,
}

impl ButtonKind {
    fn class(self) -> &'static str {
        match self {
            ButtonKind::Plain => "btn",
            ButtonKind::Primary => "btn p",
            ButtonKind::Quiet => "btn q",
        }
    }
}

/// A button.
#[component]
pub fn Button(
    /// What it does: its text, or its name where only the icon is shown.
    #[prop(into)]
    label: Signal<String>,
    on_press: impl Fn() + Send + 'static,
    #[prop(optional, into)] icon: Option<Icon>,
    /// Shows the icon alone; the label is its name and its hover text.
    #[prop(optional)]
    icon_only: bool,
    /// Shown in place of the label where there is little room, and a part of it; empty: the icon alone
    /// (`.compact` in shell.css).
    #[prop(optional, into)]
    short: Option<&'static str>,
    #[prop(optional)] kind: ButtonKind,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> AnyView {
    let name = move || icon_only.then(|| label.get());
    let hover = move || (icon_only || short.is_some()).then(|| label.get());
    view! {
        <button
            type="button"
            class=kind.class()
            class:compact=short.is_some()
            data-short=short
            aria-label=name
            title=hover
            disabled=move || disabled.get()
            on:click=move |_| on_press()
        >
            {icon.map(|icon| view! { <Glyph icon big=icon_only /> })}
            {(!icon_only).then(|| view! { <span>{move || label.get()}</span> })}
        </button>
    }
    .into_any()
}

/// How long a copy button shows that it has copied.
const COPIED_FOR: Duration = Duration::from_millis(1600);

/// A button that copies a text. Screen readers hear "Copied".
#[component]
pub fn CopyButton(
    /// What it does: `Copy digest`.
    #[prop(into)]
    label: String,
    #[prop(into)] text: Signal<String>,
    /// Shows the label beside the icon.
    #[prop(optional)]
    worded: bool,
) -> AnyView {
    let notices = use_notices();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text.get_untracked();
        spawn(async move {
            match clipboard::copy(&text).await {
                Ok(()) => {
                    notices.announce("Copied");
                    copied.try_set(true);
                    let over = move || {
                        copied.try_set(false); // the button may be gone by then
                    };
                    set_timeout(over, COPIED_FOR);
                }
                Err(problem) => notices.failed("Could not copy", problem),
            }
        });
    };
    let icon = move || if copied.get() { Icon::Check } else { Icon::Copy };
    let class = if worded { "btn" } else { "btn q" };
    let hidden_label = (!worded).then(|| label.clone());
    view! {
        <button
            type="button"
            class=class
            class:done=move || copied.get()
            aria-label=hidden_label.clone()
            title=hidden_label
            on:click=copy
        >
            {move || view! { <Glyph icon=icon() /> }}
            {worded.then_some(label)}
        </button>
    }
    .into_any()
}

/// One choice of `Segments`.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment<T> {
    pub value: T,
    pub label: String,
    /// Shown on hover.
    pub title: Option<&'static str>,
}

impl<T> Segment<T> {
    /// A choice without an explanation.
    pub fn new(value: T, label: impl Into<String>) -> Segment<T> {
        Segment { value, label: label.into(), title: None }
    }

    /// With an explanation on hover.
    pub fn explained(self, title: &'static str) -> Segment<T> {
        Segment { title: Some(title), ..self }
    }
}

/// Buttons of which one or several are pressed.
#[component]
pub fn Segments<T>(
    /// What is chosen: the name of the group.
    label: &'static str,
    #[prop(into)] choices: Signal<Vec<Segment<T>>>,
    /// Whether a choice is pressed.
    pressed: impl Fn(&T) -> bool + Copy + Send + Sync + 'static,
    on_choose: impl Fn(T) + Copy + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let button = move |segment: Segment<T>| {
        let value = StoredValue::new(segment.value);
        let is_pressed = move || value.with_value(pressed);
        view! {
            <button
                type="button"
                title=segment.title
                aria-pressed=move || if is_pressed() { "true" } else { "false" }
                on:click=move |_| on_choose(value.get_value())
            >
                {segment.label}
            </button>
        }
    };
    view! {
        <span class="seg" role="group" aria-label=label>
            {move || choices.get().into_iter().map(button).collect_view()}
        </span>
    }
    .into_any()
}

/// A check box with its words; the whole of it is a target.
#[component]
pub fn Switch(
    label: &'static str,
    #[prop(into)] on: Signal<bool>,
    on_change: impl Fn(bool) + Send + 'static,
) -> AnyView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                prop:checked=move || on.get()
                checked=on.get_untracked()
                on:change=move |event| on_change(event_target_checked(&event))
            />
            {label}
        </label>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::TestPage;

    #[test]
    fn a_button_with_an_icon_alone_has_a_name() {
        let html = TestPage::new().render(|| {
            view! {
                <Button label="Close file" icon=Icon::Close icon_only=true kind=ButtonKind::Quiet on_press=|| () />
            }
        });
        assert!(html.has(r#"aria-label="Close file""#) && html.has(r#"title="Close file""#));
        assert_eq!(html.text(), "");
        let html = TestPage::new().render(|| view! { <Button label="Save" on_press=|| () /> });
        assert!(!html.has("aria-label"));
        assert_eq!(html.text(), "Save");
    }

    #[test]
    fn a_disabled_button_says_so() {
        let html = TestPage::new().render(|| {
            view! { <Button label="Read all" disabled=true on_press=|| () /> }
        });
        assert!(html.has("disabled"));
    }

    #[test]
    fn what_is_copied_is_named() {
        let html =
            TestPage::new().render(|| view! { <CopyButton label="Copy digest" text="sha256:a" /> });
        assert!(html.has(r#"aria-label="Copy digest""#));
        let html = TestPage::new()
            .render(|| view! { <CopyButton label="Copy as text" text="a" worded=true /> });
        assert_eq!(html.text(), "Copy as text");
    }

    #[test]
    fn segments_tell_which_is_pressed() {
        let html = TestPage::new().render(|| {
            let choices = vec![Segment::new(1, "Text"), Segment::new(2, "Hex").explained("Bytes")];
            view! {
                <Segments
                    label="Show as"
                    choices=choices
                    pressed=|value| *value == 2
                    on_choose=|_| ()
                />
            }
        });
        assert!(html.has(r#"role="group" aria-label="Show as""#));
        assert!(html.has(r#"aria-pressed="false">Text"#));
        assert!(html.has(r#"title="Bytes" aria-pressed="true">Hex"#));
    }

    #[test]
    fn a_switch_is_labelled() {
        let html = TestPage::new().render(|| {
            view! { <Switch label="Changes only" on=true on_change=|_| () /> }
        });
        assert!(html.has("checked"));
        assert_eq!(html.text(), "Changes only");
    }
}
