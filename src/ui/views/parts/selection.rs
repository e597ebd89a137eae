//! The selection of layers, which filters views: what is selected, and what choosing a layer means.

use super::cells::instruction_text;
use super::compare_links::CompareLayerMenu;
use crate::browser::page::dom;
use crate::selection::LayerSelection;
use crate::ui::app::{ChoiceMode, ImageFacts, use_facts, use_layer_choice, use_navigation};
use crate::ui::widgets::{LayerChip, Segment, Segments};
use crate::ui::words;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// The ID of the strip: it takes the focus when its button goes.
const STRIP: &str = "layer-selection";

const OWN_LAYERS: &str = "What the layers above the base image changed";

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
    let own = Memo::new(move |_| own_layers(facts).filter(|own| *own != selection()));
    let compared = Memo::new(move |_| last_of(selection()).filter(|_| is_an_image(selection())));
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
            {move || compared.get().map(|number| view! { <CompareLayerMenu number /> })}
            {move || own.get().map(|own| {
                let href = navigation.href(|link| link.layers = own);
                view! { <a class="btn own" href=href title=OWN_LAYERS>"Own layers"</a> }
            })}
            <Show when=is_on>
                <a class="btn clear" href=all on:click=return_focus>"Clear selection"</a>
            </Show>
        </div>
    }
    .into_any()
}

/// Whether a selection is about one layer, so that the image up to it can be compared.
fn is_an_image(selection: LayerSelection) -> bool {
    match selection {
        LayerSelection::All => false,
        LayerSelection::UpTo(_) => true,
        LayerSelection::Range(first, last) => first == last,
    }
}

/// The layers that are not the base image's, where both have some; tracked.
fn own_layers(facts: ImageFacts) -> Option<LayerSelection> {
    let count = facts.layer_count()?;
    let is_base = |number: &u32| {
        let row = LayerNumber::new(*number).and_then(|number| facts.layer_row(number));
        row.and_then(|row| row.layer).is_some_and(|layer| layer.origin.is_base())
    };
    let first = (1..=count).find(|number| !is_base(number)).filter(|first| *first > 1)?;
    Some(LayerSelection::Range(LayerNumber::new(first)?, LayerNumber::new(count)?))
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
    use crate::vocabulary::LayerOrigin;

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
            "Up to layer 2 : the image after this layer · RUN <two> Compare with… Up to layer 1 RUN one \
             Up to layer 3 RUN three Clear selection"
        );
        assert_eq!(
            strip("#/?layers=2"),
            "Layer 2 : changes of this layer · RUN <two> Compare with… Up to layer 1 RUN one \
             Up to layer 3 RUN three Clear selection"
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
    fn layers_above_the_base_image_can_be_selected_together() {
        let origin = |number: u32| match number {
            1 => LayerOrigin::Base,
            2 => LayerOrigin::GuessedBase,
            _ => LayerOrigin::Own,
        };
        let row = |number: u32| LayerRow {
            layer: Some(LayerFacts { origin: origin(number), ..layer_facts(number) }),
            ..LayerRow::default()
        };
        let strip = |link: &str, layers: u32| {
            let rows = (1..=layers).map(row).collect();
            let table = LayerTable { rows, ..Default::default() };
            TestPage::at(link).answers::<Layers>(table).render(|| view! { <SelectionStrip /> })
        };
        assert!(strip("#/archive/sha256:a", 5).has(r##"href="#/archive/sha256:a?layers=3..5""##));
        assert!(!strip("#/archive/sha256:a?layers=3..5", 5).text().contains("Own layers"));
        assert!(
            !strip("#/archive/sha256:a", 2).text().contains("Own layers"),
            "all are the base's"
        );
    }

    #[test]
    fn a_selected_layer_can_be_compared_with_others() {
        let strip = |link: &str| {
            let rows = (1..=3)
                .map(|number| LayerRow { layer: Some(layer_facts(number)), ..LayerRow::default() });
            let table = LayerTable { rows: rows.collect(), ..Default::default() };
            TestPage::at(link).answers::<Layers>(table).render(|| view! { <SelectionStrip /> })
        };
        assert!(strip("#/archive/sha256:a?layers=..2").text().contains("Compare with…"));
        assert!(!strip("#/archive/sha256:a?layers=1..2").text().contains("Compare with…"));
        assert!(!strip("#/archive/sha256:a").text().contains("Compare with…"));
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
