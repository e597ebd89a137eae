//! The selection of layers, which filters views: what is selected, and what choosing a layer means.

use super::cells::instruction_text;
use crate::browser::page::dom;
use crate::selection::LayerSelection;
use crate::ui::app::{ChoiceMode, ImageFacts, use_facts, use_layer_choice, use_navigation};
use crate::ui::widgets::{LayerChip, Segment, Segments};
use crate::ui::words;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// The ID of the strip: it takes the focus when its button goes.
const STRIP: &str = "layer-selection";

const RANGE_HINT: &str = "choose the first and the last layer";

/// Up to, this layer, range.
#[component]
pub fn ModeButtons() -> AnyView {
    let choice = use_layer_choice();
    let choices =
        ChoiceMode::ALL.map(|mode| Segment::new(mode, mode.label()).explained(mode.explanation()));
    view! {
        <Segments
            label="What choosing a layer selects"
            choices=choices.to_vec()
            pressed=move |mode: &ChoiceMode| choice.shown_mode() == Some(*mode)
            on_choose=move |mode| choice.choose_mode(mode)
        />
    }
    .into_any()
}

/// What is selected. The strip is always there, so that nothing moves when a layer is chosen.
#[component]
pub fn SelectionStrip() -> AnyView {
    let (navigation, facts, choice) = (use_navigation(), use_facts(), use_layer_choice());
    let selection = move || navigation.layers();
    // A range of which only one end is chosen, or none.
    let range_hint = move || {
        let is_range = matches!(selection(), LayerSelection::Range(first, last) if first < last);
        let waits = choice.shown_mode() == Some(ChoiceMode::Range) && !is_range;
        waits.then(|| format!(": {RANGE_HINT}"))
    };
    let is_on = move || selection() != LayerSelection::All;
    let all = move || navigation.href(|link| link.layers = LayerSelection::All);
    let return_focus = move |_| request_animation_frame(|| dom::focus_id(STRIP));
    view! {
        <div
            id=STRIP
            class="scope"
            class:on=is_on
            role="group"
            aria-label="Selected layers"
            tabindex="-1"
        >
            {move || last_of(selection()).map(|number| view! { <LayerChip number /> })}
            <p>
                <b>{move || words::selection(selection()).unwrap_or_else(|| "All layers".to_owned())}</b>
                <span class="soft">{move || range_hint().unwrap_or_else(|| explanation(selection(), facts))}</span>
            </p>
            <span class="sp"></span>
            <Show when=is_on>
                <a class="btn" href=all on:click=return_focus>"Clear selection"</a>
            </Show>
        </div>
    }
    .into_any()
}

/// The last selected layer.
pub(super) fn last_of(selection: LayerSelection) -> Option<LayerNumber> {
    match selection {
        LayerSelection::All => None,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => Some(last),
    }
}

/// What the selection shows, and by which instructions; tracked.
fn explanation(selection: LayerSelection, facts: ImageFacts) -> String {
    let Some(last) = last_of(selection) else { return String::new() };
    if let Some(count) = facts.layer_count().filter(|count| last.get() > *count) {
        let layers = crate::format::counted(count.into(), "layer", "layers");
        return format!(": not in this image, which has {layers}");
    }
    let instruction =
        || Some(instruction_text(&facts.layer_row(last)?)).filter(|text| !text.is_empty());
    let by = |what: &str| match instruction() {
        Some(instruction) => format!(": {what} · {instruction}"),
        None => format!(": {what}"),
    };
    match selection {
        LayerSelection::All => String::new(),
        LayerSelection::UpTo(_) => by("the image after this layer"),
        LayerSelection::Range(first, last) if first == last => by("changes of this layer"),
        LayerSelection::Range(first, last) => {
            let count = last.get() - first.get() + 1;
            format!(": changes of {count} layers together")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Instruction, LayerFacts, LayerRow, LayerTable, Layers};
    use crate::ui::testing::{TestPage, layer, layer_facts};

    fn strip(link: &str) -> String {
        let row = |number: u32, text: &str| LayerRow {
            instruction: Instruction {
                keyword: "RUN".into(),
                text: text.into(),
                ..Instruction::default()
            },
            layer: Some(LayerFacts { number: layer(number), ..layer_facts(number) }),
            ..LayerRow::default()
        };
        let rows = vec![row(1, "one"), row(2, "<two>"), LayerRow::default(), row(3, "three")];
        let page = TestPage::at(link).answers::<Layers>(LayerTable { rows, ..Default::default() });
        page.render(|| view! { <SelectionStrip /> }).text()
    }

    #[test]
    fn the_strip_says_what_is_selected() {
        assert_eq!(strip("#/"), "All layers");
        assert_eq!(
            strip("#/?layers=..2"),
            "Up to layer 2 : the image after this layer · RUN <two> Clear selection"
        );
        assert_eq!(
            strip("#/?layers=2"),
            "Layer 2 : changes of this layer · RUN <two> Clear selection"
        );
        assert_eq!(
            strip("#/?layers=1..3"),
            "Layers 1–3 : changes of 3 layers together Clear selection"
        );
        assert_eq!(
            strip("#/?layers=9"),
            "Layer 9 : not in this image, which has 3 layers Clear selection"
        );
    }

    #[test]
    fn no_mode_is_pressed_while_nothing_is_selected() {
        let pressed = |link: &str| {
            let html = TestPage::at(link).render(|| view! { <ModeButtons /> });
            html.count(r#"aria-pressed="true""#)
        };
        assert_eq!(pressed("#/"), 0);
        assert_eq!(pressed("#/?layers=..2"), 1);
    }
}
