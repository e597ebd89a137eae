//! The picture of an image: one bar, in which each layer is as wide as its bytes.
//!
//! - Hatched: what the final tree no longer shows. An outline instead of a fill: under 1 %, not to scale.
//! - Neighbours under 1 % are drawn together, in proportion to their sum, so that many small layers do not
//!   make the large ones look small.
//! - A part's number is always beside its colour, in text or in the part's name.

use crate::format;
use crate::link::View;
use crate::protocol::{LayerFacts, LayerTable};
use crate::selection::LayerSelection;
use crate::ui::app::{use_facts, use_layer_choice, use_navigation};
use crate::ui::widgets::layer_class;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// From so many parts on they are narrower on a phone, then everywhere.
const MANY: usize = 9;
const DENSE: usize = 25;

/// So many small neighbours are drawn as one part.
const GROUP: usize = 3;

/// A part of the bar: a layer, or small layers side by side.
#[derive(Clone, Debug, PartialEq)]
struct BarPart {
    first: LayerNumber,
    last: LayerNumber,
    /// Its size, or, while that is not known, the bytes of its blob.
    bytes: u64,
    /// All sizes in it are known.
    known: bool,
    /// Bytes of it that the final tree does not show.
    hidden: u64,
    /// Each layer in it is under 1 % of the image.
    small: bool,
}

impl BarPart {
    fn of(layer: &LayerFacts, whole: u64) -> BarPart {
        let bytes = layer.size.or(layer.blob_size).unwrap_or(0);
        BarPart {
            first: layer.number,
            last: layer.number,
            bytes,
            known: layer.size.is_some(),
            hidden: hidden(layer),
            small: layer.size.is_some() && u128::from(bytes) * 100 < u128::from(whole.max(1)),
        }
    }

    fn is_group(&self) -> bool {
        self.first < self.last
    }

    fn layers(&self) -> u32 {
        self.last.get() - self.first.get() + 1
    }

    /// `Layer 2, 47.0 MB, 8.60 MB of it wasted`.
    fn name(&self) -> String {
        let who = match self.is_group() {
            true => format!(
                "Layers {}–{}, {} layers under 1 %",
                self.first,
                self.last,
                format::count(self.layers().into())
            ),
            false => format!("Layer {}", self.first),
        };
        if !self.known {
            return who;
        }
        let wasted = match self.hidden {
            0 => String::new(),
            hidden if hidden == self.bytes => ", all of it wasted".to_owned(),
            hidden => format!(", {} of it wasted", format::size(hidden)),
        };
        format!("{who}, {}{wasted}", format::size(self.bytes))
    }

    fn is_in(&self, selection: LayerSelection) -> bool {
        match selection {
            LayerSelection::All => false,
            LayerSelection::UpTo(last) => self.first <= last,
            LayerSelection::Range(first, last) => self.first <= last && first <= self.last,
        }
    }
}

/// Bytes of a layer that the final tree does not show.
fn hidden(layer: &LayerFacts) -> u64 {
    layer.kept.map_or(0, |kept| layer.size.unwrap_or(0).saturating_sub(kept))
}

/// The parts of an image's bar, the base first.
fn bar_parts(table: &LayerTable) -> Vec<BarPart> {
    let layers = || table.rows.iter().filter_map(|row| row.layer.as_ref());
    let whole = layers()
        .fold(0u64, |sum, layer| sum.saturating_add(layer.size.or(layer.blob_size).unwrap_or(0)));
    let single: Vec<BarPart> = layers().map(|layer| BarPart::of(layer, whole)).collect();
    let mut parts = Vec::new();
    for run in single.chunk_by(|a, b| a.small && b.small) {
        match run {
            [first, .., last] if run.len() >= GROUP => parts.push(BarPart {
                last: last.last,
                bytes: run.iter().fold(0, |sum, part| sum.saturating_add(part.bytes)),
                hidden: run.iter().fold(0, |sum, part| sum.saturating_add(part.hidden)),
                ..first.clone()
            }),
            _ => parts.extend_from_slice(run),
        }
    }
    parts
}

/// The bar; each part is a link that selects its layer or layers.
#[component]
pub fn LayerBar() -> AnyView {
    let facts = use_facts();
    let parts = Memo::new(move |_| facts.layers.read().map(bar_parts).unwrap_or_default());
    let class = move || match parts.read().len() {
        MANY..DENSE => "stack many",
        DENSE.. => "stack dense",
        _ => "stack",
    };
    view! {
        <ul class=class role="list" aria-label="Layers by size">
            <For each=move || parts.get() key=|part| (part.first, part.last) let(part)>
                <Part first=part parts />
            </For>
        </ul>
    }
    .into_any()
}

/// One part. `first` is how it was drawn first; its numbers are followed in `parts`.
#[component]
fn Part(first: BarPart, parts: Memo<Vec<BarPart>>) -> AnyView {
    let (choice, navigation) = (use_layer_choice(), use_navigation());
    let (number, last) = (first.first, first.last);
    let part = Memo::new(move |_| {
        let now = parts.read().iter().find(|p| (p.first, p.last) == (number, last)).cloned();
        now.unwrap_or_else(|| first.clone())
    });
    let href = move || match part.read().is_group() {
        true => navigation.href(|link| link.layers = LayerSelection::Range(number, last)),
        false => choice.href(number),
    };
    let name = move || part.read().name();
    let selected = move || part.read().is_in(navigation.layers()).then_some("true");
    let hatch = move || {
        let part = part.read();
        let hatched = part.hidden > 0 && (!part.small || part.is_group());
        hatched.then(|| view! { <u style:width=format::width(part.hidden, part.bytes)></u> })
    };
    let label = move || {
        let part = part.read();
        match (part.is_group(), part.small, part.known) {
            (true, ..) => (format!("{}–{}", part.first, part.last), format::size(part.bytes)),
            (false, false, true) => (part.first.to_string(), format::size(part.bytes)),
            _ => (part.first.to_string(), String::new()),
        }
    };
    view! {
        <li
            class=layer_class(number)
            class:tiny=move || part.read().small && !part.read().is_group()
            class:group=move || part.read().is_group()
            style:flex-grow=move || part.read().bytes.max(1).to_string()
        >
            <a href=href aria-current=selected aria-label=name title=name>
                {hatch}
                <b>{move || label().0}" "<span>{move || label().1}</span></b>
            </a>
        </li>
    }
    .into_any()
}

/// What hatching and outlines mean, with the bytes that are wasted.
#[component]
pub fn BarLegend() -> AnyView {
    let (facts, navigation) = (use_facts(), use_navigation());
    let waste = move || navigation.to_view(View::Waste).to_string();
    let numbers = Memo::new(move |_| {
        let layers = facts.layers.read();
        let wasted = layers.map(|table| {
            let layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
            layers.map(hidden).fold(0, u64::saturating_add)
        });
        let small = layers.map(|table| bar_parts(table).iter().any(|part| part.small));
        (wasted.unwrap_or(0), small == Some(true))
    });
    let visible = move || facts.overview.read().map(|facts| facts.tree_size).flatten();
    let wasted = move || {
        let (wasted, _) = numbers.get();
        (wasted > 0).then(|| {
            let visible =
                visible().map(|size| format!(", {} visible in a container", format::size(size)));
            let exact = format::exact_size(wasted);
            view! {
                <span class="legend">
                    <span class="hatch"></span>
                    <span>
                        <a href=waste title=exact>{format::size(wasted)}" wasted"</a>
                        <span class="soft">{visible}</span>
                    </span>
                </span>
            }
        })
    };
    let small = move || {
        numbers.get().1.then(|| {
            view! {
                <span class="legend">
                    <span class="outline"></span>
                    <span class="soft">"under 1 %, not to scale"</span>
                </span>
            }
        })
    };
    view! { {wasted}{small} }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LayerRow, Layers, Overview, OverviewFacts};
    use crate::ui::testing::layer_facts;
    use crate::ui::testing::{Rendered, TestPage};

    fn table(sizes: &[u64]) -> LayerTable {
        let row = |(at, size): (usize, &u64)| LayerRow {
            layer: Some(LayerFacts { size: Some(*size), ..layer_facts(at as u32 + 1) }),
            ..LayerRow::default()
        };
        LayerTable { rows: sizes.iter().enumerate().map(row).collect(), ..LayerTable::default() }
    }

    fn names(table: &LayerTable) -> Vec<String> {
        bar_parts(table).iter().map(BarPart::name).collect()
    }

    #[test]
    fn small_neighbours_are_one_part_in_proportion() {
        let sizes = [1_000_000, 500, 400, 300, 2_000_000, 0, 10];
        let parts = bar_parts(&table(&sizes));
        assert_eq!(
            names(&table(&sizes)),
            [
                "Layer 1, 1.00 MB",
                "Layers 2–4, 3 layers under 1 %, 1.20 kB",
                "Layer 5, 2.00 MB",
                "Layer 6, 0 B",
                "Layer 7, 10 B"
            ]
        );
        assert_eq!(parts[1].bytes, 1200);
        assert!(parts[1].small && parts[3].small && !parts[0].small);
    }

    #[test]
    fn eighty_layers_of_which_one_is_large_are_two_parts() {
        let mut sizes = vec![10; 80];
        sizes[0] = 10_000_000;
        assert_eq!(
            names(&table(&sizes)),
            ["Layer 1, 10.0 MB", "Layers 2–80, 79 layers under 1 %, 790 B"]
        );
    }

    #[test]
    fn sizes_beyond_any_image_do_not_overflow() {
        assert_eq!(bar_parts(&table(&[u64::MAX, u64::MAX, 1, 1, 1])).len(), 3);
        assert_eq!(bar_parts(&table(&[0, 0])).len(), 2);
        assert_eq!(bar_parts(&LayerTable::default()), []);
    }

    #[test]
    fn a_layer_that_is_not_read_is_as_wide_as_its_blob() {
        let mut table = table(&[1000, 1]);
        if let Some(layer) = &mut table.rows[1].layer {
            (layer.size, layer.blob_size) = (None, Some(5));
        }
        let parts = bar_parts(&table);
        assert_eq!((parts[1].bytes, parts[1].small), (5, false));
        assert_eq!(parts[1].name(), "Layer 2");
    }

    fn drawn(link: &str, table: LayerTable) -> Rendered {
        TestPage::at(link)
            .answers::<Layers>(table)
            .answers::<Overview>(OverviewFacts { tree_size: Some(2_000_000), ..Default::default() })
            .render(|| view! { <LayerBar /><BarLegend /> })
    }

    #[test]
    fn parts_select_their_layers() {
        let html = drawn("#/archive/a?layers=3", table(&[1_000_000, 5, 6, 7, 1_500_000]));
        assert!(html.has(r#"aria-label="Layers by size""#));
        assert!(html.has(r##"href="#/archive/a?layers=2..4""##), "{html}");
        assert!(html.has(r##"href="#/archive/a?layers=5""##));
        assert_eq!(html.count("aria-current"), 1, "the group that layer 3 is in");
        assert_eq!(html.text(), "1 1.00 MB 2–4 18 B 5 1.50 MB under 1 %, not to scale");
    }

    #[test]
    fn what_is_wasted_is_hatched() {
        let mut table = table(&[1_000_000, 3_000_000]);
        if let Some(layer) = &mut table.rows[1].layer {
            layer.kept = Some(1_000_000);
        }
        let html = drawn("#/", table);
        assert!(html.has("width:66.7%"), "{html}");
        assert!(html.has("Layer 2, 3.00 MB, 2.00 MB of it wasted"));
        assert!(
            html.text().ends_with("2.00 MB wasted , 2.00 MB visible in a container"),
            "{}",
            html.text()
        );
    }

    #[test]
    fn before_the_layers_are_known_there_is_an_empty_bar() {
        let html = TestPage::new().render(|| view! { <LayerBar /><BarLegend /> });
        assert!(html.has("Layers by size"));
        assert_eq!(html.text(), "");
    }
}
