//! What tables and lists show about a layer: its instruction, its special form, whether it matches its digests.

use crate::protocol::{DigestCheck, Instruction, LayerFacts, LayerPresence, LayerRow};
use crate::ui::widgets::{Absent, Badge, Glyph, Icon};
use crate::ui::words;
use crate::vocabulary::{Compression, LayerForm, LayerNumber};
use leptos::prelude::*;

/// Shown where no instruction was recorded.
pub const NO_INSTRUCTION: &str = "no instruction recorded";

/// A layer's instruction in one line, else its comment; empty where neither is recorded.
pub fn instruction_text(row: &LayerRow) -> String {
    let Instruction { keyword, text, .. } = &row.instruction;
    match (keyword.is_empty(), text.is_empty()) {
        (true, true) => row.comment.lines().next().unwrap_or_default().to_owned(),
        (true, false) => text.to_string(),
        (false, true) => keyword.to_string(),
        (false, false) => format!("{keyword} {text}"),
    }
}

/// A layer's instruction, its keyword in bold; its comment where no instruction is recorded.
#[component]
pub fn InstructionText<'a>(row: &'a LayerRow) -> AnyView {
    let Instruction { keyword, text, .. } = &row.instruction;
    if !keyword.is_empty() || !text.is_empty() {
        return view! { <b>{keyword.to_string()}</b>" "{text.to_string()} }.into_any();
    }
    let comment = instruction_text(row);
    let text = if comment.is_empty() { NO_INSTRUCTION.to_owned() } else { comment };
    view! { <span class="soft">{text}</span> }.into_any()
}

/// What a layer is beside a plain tar, and its compression where that is unusual, as badges.
#[component]
pub fn LayerForms<'a>(layer: &'a LayerFacts) -> AnyView {
    let forms = layer.forms.iter().map(|form| match form {
        LayerForm::EStargz => ("eStargz", "Has a table of contents: files can be read one by one"),
        LayerForm::ZstdChunked => {
            ("zstd:chunked", "Has a table of contents: files can be read one by one")
        }
        LayerForm::Soci => ("SOCI", "Has a table of contents: files can be read one by one"),
        LayerForm::Foreign => ("foreign", "Distributed by its maker only, not with the image"),
        LayerForm::Windows => ("Windows", "A layer of a Windows image"),
    });
    let chunked = layer.forms.contains(&LayerForm::ZstdChunked);
    let compression = match layer.compression {
        None | Some(Compression::None | Compression::Gzip) => None,
        Some(Compression::Zstd) if chunked => None,
        Some(other) => words::compression(other).map(|word| (word, "Compressed with it")),
    };
    let badge = |(text, title)| view! { <Badge text title />" " };
    forms.chain(compression).map(badge).collect_view().into_any()
}

/// Why numbers about a layer are missing.
pub fn absent_of(layer: &LayerFacts) -> Absent {
    match layer.presence {
        LayerPresence::Read | LayerPresence::Unread => Absent::Pending,
        LayerPresence::NotDownloaded | LayerPresence::Listed => Absent::NotDownloaded,
        LayerPresence::Missing | LayerPresence::Failed => Absent::Unknown,
    }
}

/// Whether a layer matches its digests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerCheckState {
    Verified,
    Mismatch,
    /// The check is still to come.
    Pending,
    /// Nothing is claimed of it that could be checked.
    NothingClaimed,
    NotDownloaded,
    Missing,
    /// It could not be read, or comes from a saved inspection.
    NotChecked,
}

/// The state of a layer's digests. `check`: of the whole image; `None` while it is on its way.
pub fn layer_check(
    layer: &LayerFacts,
    check: Option<&DigestCheck>,
    ready: bool,
) -> LayerCheckState {
    let is_in = |list: &dyn Fn(&DigestCheck) -> Vec<LayerNumber>| {
        check.is_some_and(|check| list(check).contains(&layer.number))
    };
    match (layer.verified, layer.presence) {
        (Some(true), _) => LayerCheckState::Verified,
        (Some(false), _) => LayerCheckState::Mismatch,
        (None, LayerPresence::Missing) => LayerCheckState::Missing,
        (None, LayerPresence::NotDownloaded | LayerPresence::Listed) => {
            LayerCheckState::NotDownloaded
        }
        (None, LayerPresence::Failed) => LayerCheckState::NotChecked,
        (None, LayerPresence::Read | LayerPresence::Unread) => {
            if check.is_some_and(|check| check.saved_inspection) {
                LayerCheckState::NotChecked
            } else if is_in(&|check| check.unclaimed.clone()) {
                LayerCheckState::NothingClaimed
            } else if ready && !is_in(&|check| check.pending.clone()) {
                LayerCheckState::NotChecked
            } else {
                LayerCheckState::Pending
            }
        }
    }
}

impl LayerCheckState {
    /// One or two words.
    pub fn word(self) -> &'static str {
        match self {
            LayerCheckState::Verified => "Verified",
            LayerCheckState::Mismatch => "Mismatch",
            LayerCheckState::Pending => "…",
            LayerCheckState::NothingClaimed => "No digest",
            LayerCheckState::NotDownloaded => "Not downloaded",
            LayerCheckState::Missing => "Missing",
            LayerCheckState::NotChecked => "Not checked",
        }
    }

    /// The same in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            LayerCheckState::Verified => "The bytes match the digests",
            LayerCheckState::Mismatch => "The bytes do not match a digest",
            LayerCheckState::Pending => "The digests are not checked yet",
            LayerCheckState::NothingClaimed => "There is no digest to check against",
            LayerCheckState::NotDownloaded => "The layer is not downloaded",
            LayerCheckState::Missing => "The layer is not in the file",
            LayerCheckState::NotChecked => "The digests were not checked",
        }
    }
}

/// Whether a layer matches its digests: a word with its mark.
#[component]
pub fn LayerCheck(
    state: LayerCheckState,
    /// Says it in a sentence.
    #[prop(optional)]
    long: bool,
) -> AnyView {
    let (class, icon) = match state {
        LayerCheckState::Verified => ("verified ok", Some(Icon::Check)),
        LayerCheckState::Mismatch => ("verified d", Some(Icon::High)),
        LayerCheckState::Missing => ("verified m", Some(Icon::Medium)),
        LayerCheckState::Pending => ("verified wait", None),
        _ => ("verified soft", None),
    };
    let text = if long { state.sentence() } else { state.word() };
    let title = (!long).then_some(state.sentence());
    view! { <span class=class title=title>{icon.map(|icon| view! { <Glyph icon /> })}{text}</span> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::testing::{TestPage, layer};
    use crate::ui::testing::{layer_facts, layer_row};

    #[test]
    fn a_layer_without_an_instruction_has_its_comment() {
        let text = |row: LayerRow| {
            let html = TestPage::new().render(move || view! { <InstructionText row=&row /> });
            html.text()
        };
        assert_eq!(text(layer_row(1, "RUN", "echo <b>\u{202e}")), "RUN echo <b>\\u{202e}");
        let without = LayerRow { comment: "imported\nfrom a tar".into(), ..LayerRow::default() };
        assert_eq!(instruction_text(&without), "imported");
        assert_eq!(text(without), "imported");
        assert_eq!(text(LayerRow::default()), "no instruction recorded");
        assert_eq!(instruction_text(&LayerRow::default()), "");
    }

    #[test]
    fn forms_are_badges() {
        let text = |forms, compression| {
            let layer = LayerFacts { forms, compression: Some(compression), ..layer_facts(1) };
            TestPage::new().render(move || view! { <LayerForms layer=&layer /> }).text()
        };
        assert_eq!(text(vec![], Compression::Gzip), "");
        assert_eq!(text(vec![LayerForm::EStargz], Compression::Gzip), "eStargz");
        assert_eq!(text(vec![LayerForm::ZstdChunked], Compression::Zstd), "zstd:chunked");
        assert_eq!(text(vec![LayerForm::Foreign], Compression::Xz), "foreign xz");
    }

    #[test]
    fn what_was_not_checked_says_why() {
        use LayerCheckState::*;
        let of = |presence, verified, check: Option<&DigestCheck>, ready| {
            let layer = LayerFacts { presence, verified, ..layer_facts(1) };
            layer_check(&layer, check, ready)
        };
        let pending = DigestCheck { pending: vec![layer(1)], ..DigestCheck::default() };
        let unclaimed = DigestCheck { unclaimed: vec![layer(1)], ..DigestCheck::default() };
        let saved = DigestCheck { saved_inspection: true, ..DigestCheck::default() };
        for (presence, verified, check, ready, want) in [
            (LayerPresence::Read, Some(true), None, false, Verified),
            (LayerPresence::Read, Some(false), None, true, Mismatch),
            (LayerPresence::Read, None, None, false, Pending),
            (LayerPresence::Unread, None, Some(&pending), false, Pending),
            (LayerPresence::Read, None, Some(&pending), true, Pending),
            (LayerPresence::Read, None, Some(&unclaimed), true, NothingClaimed),
            (LayerPresence::Read, None, Some(&saved), true, NotChecked),
            (LayerPresence::Failed, None, Some(&pending), false, NotChecked),
            (LayerPresence::Missing, None, None, false, Missing),
            (LayerPresence::Listed, None, None, true, NotDownloaded),
            (LayerPresence::NotDownloaded, None, None, false, NotDownloaded),
        ] {
            assert_eq!(of(presence, verified, check, ready), want, "{presence:?} {verified:?}");
        }
    }

    #[test]
    fn a_mark_has_its_word() {
        let text = |state, long| {
            TestPage::new().render(move || view! { <LayerCheck state long /> }).text()
        };
        assert_eq!(text(LayerCheckState::Verified, false), "Verified");
        assert_eq!(text(LayerCheckState::Mismatch, true), "The bytes do not match a digest");
    }
}
