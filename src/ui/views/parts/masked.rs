//! Texts of the configuration (environment, labels, history, documents) with the secrets in them masked, until the user
//! asks for one.
//!
//! - Nothing is drawn before it is known what is secret, and what is copied is masked as it is drawn.
//! - What was requested is masked again when the view is left; no link has it.

use super::drawn::drawn_text;
use crate::protocol::MaskedValues;
use crate::ui::app::{Loaded, use_facts};
use crate::ui::widgets::{Button, ButtonKind};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// Stands for a text in which there may be secrets that are not known.
const NOT_SHOWN: &str = "Not shown: it may hold secrets.";

/// What is masked in a view, and what the user asked to see.
#[derive(Clone, Copy)]
pub struct Masks {
    values: Signal<Loaded<MaskedValues>>,
    /// Positions of values; `ALL`: texts in which not all secrets are known.
    revealed: RwSignal<BTreeSet<usize>>,
}

/// Texts in which not all secrets are known.
const ALL: usize = usize::MAX;

/// For a view and what is in it: everything is masked at first.
pub fn provide_masks() -> Masks {
    let masks = Masks { values: use_facts().masked, revealed: RwSignal::new(BTreeSet::new()) };
    provide_context(masks);
    masks
}

/// The masks of the view.
pub fn use_masks() -> Masks {
    use_context().unwrap_or_else(provide_masks)
}

impl Masks {
    /// A text as it is shown now; tracked.
    pub fn text(self, text: &str) -> String {
        let values = self.values.read();
        match &*values {
            Loaded::Ready(known) => {
                let revealed = self.revealed.read();
                match known.cut && !revealed.contains(&ALL) && !text.is_empty() {
                    true => NOT_SHOWN.to_owned(),
                    false => known.mask(text, |value| revealed.contains(&value)),
                }
            }
            Loaded::Failed(_) if !text.is_empty() => NOT_SHOWN.to_owned(),
            _ => String::new(),
        }
    }

    /// The secrets in a text, by their positions; tracked.
    fn secrets_in(self, text: &str) -> Vec<usize> {
        let values = self.values.read();
        let Some(known) = values.ready().filter(|_| !text.is_empty()) else { return Vec::new() };
        if known.cut && !self.revealed.read().contains(&ALL) {
            return vec![ALL];
        }
        let found: BTreeSet<usize> =
            known.places(text).into_iter().map(|(_, value)| value).collect();
        found.into_iter().collect()
    }

    /// Whether a text has secrets, shown or not; tracked.
    pub fn has_secrets(self, text: &str) -> bool {
        !self.secrets_in(text).is_empty()
    }

    /// Whether something of a text is hidden; tracked.
    pub fn hides(self, text: &str) -> bool {
        let revealed = self.revealed.get();
        let is_known = self.values.read().ready().is_some();
        !is_known || self.secrets_in(text).iter().any(|value| !revealed.contains(value))
    }
}

/// A text with its secrets masked; of a very long one the beginning.
#[component]
pub fn MaskedText(text: String) -> AnyView {
    let masks = use_masks();
    (move || drawn_text(masks.text(&text))).into_any()
}

/// A button for each secret of a text, which shows it and masks it again; nothing where there is none.
#[component]
pub fn RevealButtons(text: String) -> AnyView {
    let masks = use_masks();
    let secrets = Memo::new(move |_| masks.secrets_in(&text));
    let button = move |number: usize| {
        let is_shown = move || masks.revealed.read().contains(&number);
        let label = move || if is_shown() { "Mask secret" } else { "Show secret" }.to_owned();
        let press = move || {
            masks.revealed.update(|revealed| {
                if !revealed.remove(&number) {
                    revealed.insert(number);
                }
            });
        };
        view! { " "<Button label=Signal::derive(label) kind=ButtonKind::Quiet on_press=press /> }
    };
    (move || secrets.get().into_iter().map(button).collect_view()).into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{ConfigurationSecrets, MaskedValue};
    use crate::ui::testing::TestPage;

    /// A value that is masked.
    fn value(value: &str) -> MaskedValue {
        MaskedValue { forms: vec![value.to_owned()], masked: "tok_…yz".into() }
    }

    fn draw(known: MaskedValues, text: &str) -> String {
        let text = text.to_owned();
        let page = TestPage::new().answers::<ConfigurationSecrets>(known);
        page.render(move || {
            provide_masks();
            view! { <MaskedText text=text.clone() /><RevealButtons text /> }
        })
        .text()
    }

    #[test]
    fn each_secret_of_a_text_is_masked_and_has_a_button() {
        let known = || MaskedValues { values: vec![value("abc"), value("abcdef")], cut: false };
        assert_eq!(draw(known(), "A=abcdef B=abc"), "A=tok_…yz B=tok_…yz Show secret Show secret");
        assert_eq!(draw(known(), "plain"), "plain");
        let cut = MaskedValues { values: Vec::new(), cut: true };
        assert_eq!(draw(cut, "plain"), format!("{NOT_SHOWN} Show secret"));
    }

    #[test]
    fn what_was_asked_for_is_shown_alone() {
        let known = MaskedValues { values: vec![value("abc"), value("xyz")], cut: false };
        let text =
            |revealed: &[usize]| known.mask("abc, xyz, abc.", |value| revealed.contains(&value));
        assert_eq!(text(&[]), "tok_…yz, tok_…yz, tok_…yz.");
        assert_eq!(text(&[0]), "abc, tok_…yz, abc.");
        assert_eq!(text(&[0, 1]), "abc, xyz, abc.");
    }

    #[test]
    fn nothing_is_shown_before_it_is_known_what_is_secret() {
        let draw = |page: TestPage| {
            page.render(|| {
                provide_masks();
                view! { <MaskedText text="A=abc".to_owned() /> }
            })
            .text()
        };
        let problem = crate::problem::Problem::new("session-failed", "The engine failed.");
        assert_eq!(draw(TestPage::new().fails::<ConfigurationSecrets>(problem)), NOT_SHOWN);
        let loading = TestPage::new().answers_with::<ConfigurationSecrets>(|_| Loaded::Loading);
        assert_eq!(draw(loading), "");
    }
}
