//! Ways to a comparison from wherever an image or a layer is listed.

use super::cells::instruction_text;
use crate::format;
use crate::ui::app::{OpenImageAt, comparison_link, use_facts, use_image};
use crate::ui::widgets::Menu;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// Layers that a menu lists at most: an image may have a thousand.
const MOST_LAYERS: u32 = 200;

/// A link that compares two images; nothing where no link can name one of them, or both are one.
#[component]
pub fn CompareLink(
    #[prop(into)] before: Signal<Option<OpenImageAt>>,
    #[prop(into)] after: Signal<Option<OpenImageAt>>,
) -> AnyView {
    let link = move || {
        let (before, after) = (before.get()?, after.get()?);
        let href = comparison_link(before, after).filter(|_| before != after)?.to_string();
        let title = format!("Compare {} with this image", before.source.title(before.image));
        Some(view! { <a class="btn q" href=href title=title>"Compare"</a> })
    };
    view! { {link} }.into_any()
}

/// The image up to a layer, compared with the image up to another one. The lower of the two is before.
#[component]
pub fn CompareLayerMenu(number: LayerNumber) -> AnyView {
    let (image, facts) = (use_image(), use_facts());
    let whole = OpenImageAt::whole(image.source, image.position);
    let others = Memo::new(move |_| {
        let count = facts.layer_count().filter(|count| number.get() <= *count).unwrap_or(0);
        let others = (1..=count).filter_map(LayerNumber::new).filter(|other| *other != number);
        let link = |other: LayerNumber| {
            let (before, after) = (number.min(other), number.max(other));
            let href = comparison_link(whole.up_to(before), whole.up_to(after))?.to_string();
            let row = facts.layer_row(other)?;
            Some((other, href, format::shorten(&instruction_text(&row), 60).to_string()))
        };
        // The nearest ones first: the layer below is what people compare with.
        let mut others: Vec<LayerNumber> = others.collect();
        others.sort_by_key(|other| (other.get().abs_diff(number.get()), *other));
        others.truncate(MOST_LAYERS as usize);
        others.into_iter().filter_map(link).collect::<Vec<_>>()
    });
    let links = move || {
        let link = |(other, href, instruction): (LayerNumber, String, String)| {
            view! {
                <a href=href>
                    <span>{format!("Up to layer {other}")}</span>
                    <span class="soft">{instruction}</span>
                </a>
            }
        };
        others.get().into_iter().map(link).collect_view()
    };
    view! {
        <Show when=move || !others.read().is_empty()>
            <Menu label="Compare with…" class="images-menu">
                {links}
            </Menu>
        </Show>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Instruction, LayerRow, LayerTable, Layers};
    use crate::ui::testing::{TestPage, layer, layer_facts};

    #[test]
    fn a_layer_is_compared_with_the_others_the_lower_one_first() {
        let row = |number: u32| LayerRow {
            instruction: Instruction {
                keyword: "RUN".into(),
                text: format!("<{number}>").into(),
                ..Instruction::default()
            },
            layer: Some(layer_facts(number)),
            ..LayerRow::default()
        };
        let rows = (1..=4).map(row).collect();
        let html = TestPage::at("#/archive/sha256:a?view=layers")
            .answers::<Layers>(LayerTable { rows, ..LayerTable::default() })
            .render(|| view! { <CompareLayerMenu number=layer(2) /> });
        let up_to = |number: u32| format!("archive%2Fsha256%3Aa%3Flayers%3D..{number}");
        for (a, b) in [(1, 2), (2, 3), (2, 4)] {
            let href = format!("#/compare?a={}&amp;b={}", up_to(a), up_to(b));
            assert!(html.has(&href), "{href} is not in {html}");
        }
        let text = html.text();
        assert!(
            text.ends_with("Up to layer 1 RUN <1> Up to layer 3 RUN <3> Up to layer 4 RUN <4>"),
            "{text}"
        );
    }

    #[test]
    fn an_image_is_not_compared_with_itself() {
        let html = TestPage::at("#/archive/sha256:a").render(|| {
            let image = use_image();
            let one = Some(OpenImageAt::whole(image.source, image.position));
            view! { <CompareLink before=one after=one /> }
        });
        assert_eq!(html.text(), "");
    }
}
