//! The layers in short: all of a few, the largest of many; and what the selected one did.

use crate::format;
use crate::link::View;
use crate::protocol::{DigestCheck, LayerRow, LayerTable};
use crate::selection::LayerSelection;
use crate::ui::app::{TableRows, use_facts, use_image, use_layer_choice, use_navigation};
use crate::ui::views::parts::{InstructionText, LayerForms, absent_of, instruction_text};
use crate::ui::widgets::{
    Button, ButtonKind, ChangeCounts, Column, CopyButton, DataTable, Glyph, Icon, LayerChip, Meter,
    RowTarget, SizeText, layer_class,
};
use crate::ui::words;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// So many layers are listed here.
const LISTED: usize = 10;

/// The table. A row selects its layer.
#[component]
pub fn LargestLayers() -> AnyView {
    let (facts, navigation, choice) = (use_facts(), use_navigation(), use_layer_choice());
    let layers = facts.layers;
    let rows = TableRows::complete(Signal::derive(move || layers.read().turn(listed)));
    let count = move || facts.layer_count().unwrap_or(0) as usize;
    let is_cut = Memo::new(move |_| count() > LISTED);
    let number = |row: &LayerRow| row.layer.as_ref().map(|layer| layer.number);
    let href = move |row: &LayerRow| number(row).map(|number| choice.href(number));
    let is_open = move |row: &LayerRow| {
        let layers = navigation.layers();
        layers != LayerSelection::All && number(row).is_some_and(|number| layers.contains(number))
    };
    let all = move || navigation.to_view(View::Layers).to_string();
    view! {
        {move || {
            let label = if is_cut.get() { "Largest layers" } else { "Layers" };
            let target = RowTarget::new(href, is_open);
            view! {
                <DataTable
                    label
                    rows
                    columns=columns()
                    target
                    natural_rows=true
                    class="largest"
                    waiting="Reading the layers…"
                />
            }
        }}
        <Show when=move || is_cut.get()>
            <p>
                <a class="go" href=all>{move || format!("All {} layers", count())}</a>
            </p>
        </Show>
    }
    .into_any()
}

/// All layers, or the largest of many, the largest first.
fn listed(table: &LayerTable) -> Vec<LayerRow> {
    let mut rows: Vec<LayerRow> =
        table.rows.iter().filter(|row| row.layer.is_some()).cloned().collect();
    if rows.len() > LISTED {
        let bytes = |row: &LayerRow| {
            row.layer.as_ref().and_then(|layer| layer.size.or(layer.blob_size)).unwrap_or(0)
        };
        rows.sort_by_key(|row| std::cmp::Reverse(bytes(row))); // stable: the base first
        rows.truncate(LISTED);
    }
    rows
}

fn columns() -> Vec<Column<LayerRow>> {
    let facts = use_facts();
    vec![
        Column::new("#", |row: &LayerRow| {
            let number = row.layer.as_ref().map(|layer| layer.number);
            number.map(|number| view! { <LayerChip number />{number.get()} })
        })
        .fixed(68),
        Column::new("Instruction", |row: &LayerRow| {
            let forms = row.layer.as_ref().map(|layer| view! { <LayerForms layer /> });
            view! { {forms}<InstructionText row /> }
        })
        .share(8)
        .holds_link(),
        Column::new("Size", |row: &LayerRow| {
            row.layer.as_ref().map(|layer| {
                view! { <SizeText bytes=layer.size absent=absent_of(layer) /> }
            })
        })
        .number()
        .fixed(92),
        Column::new("Share", move |row: &LayerRow| {
            let layer = row.layer.as_ref()?;
            let (size, class) = (layer.size.unwrap_or(0), layer_class(layer.number));
            let whole = Signal::derive(move || facts.size());
            Some(view! { <div class=class><Meter part=size whole visible=true /></div> })
        })
        .fixed(104)
        .rank(2),
        Column::new("Changes", |row: &LayerRow| {
            let changes = row.layer.as_ref().and_then(|layer| layer.changes);
            changes.map(|changes| view! { <ChangeCounts changes /> })
        })
        .number()
        .fixed(168)
        .rank(1)
        .explained("Paths that the layer added, modified, removed, and rewrote unchanged"),
    ]
}

/// `6 of 6 digests verified`.
#[component]
pub fn DigestSummary() -> AnyView {
    let (image, facts) = (use_image(), use_facts());
    let summary = Memo::new(move |_| {
        let overview = facts.overview.read();
        overview.map(|facts| summary(&facts.digests, facts.layers, image.is_cancelled())).flatten()
    });
    (move || {
        let (icon, class, text) = summary.get()?;
        Some(view! { <span class=format!("verified {class}")><Glyph icon />{text}</span> })
    })
    .into_any()
}

fn summary(
    digests: &DigestCheck,
    layers: u32,
    cancelled: bool,
) -> Option<(Icon, &'static str, String)> {
    let all = u64::from(layers);
    let (right, wrong) = (digests.matching.len() as u64, digests.mismatching.len());
    let of = format::counted(all, "digest", "digests");
    Some(match wrong {
        _ if layers == 0 => return None,
        0 if right == all => (Icon::Check, "ok", format!("{right} of {of} verified")),
        0 if !digests.pending.is_empty() && !cancelled => {
            (Icon::Clock, "soft", format!("{right} of {of} verified so far"))
        }
        0 if digests.not_downloaded.len() as u64 == all => {
            (Icon::Unknown, "soft", "not downloaded, not verified".to_owned())
        }
        0 if right == 0 => (Icon::Unknown, "soft", "no digest verified".to_owned()),
        0 => (Icon::Unknown, "soft", format!("{right} of {of} verified")),
        1 => (Icon::High, "d", format!("1 of {of} does not match")),
        _ => (Icon::High, "d", format!("{wrong} of {of} do not match")),
    })
}

/// What is selected, below the table, so that no row moves when one is chosen.
#[component]
pub fn SelectedLayer() -> AnyView {
    let navigation = use_navigation();
    (move || match navigation.layers() {
        LayerSelection::All => view! {
            <p class="selected soft">"Select a layer to see its instruction and its files."</p>
        }
        .into_any(),
        LayerSelection::Range(first, last) if first == last => {
            view! { <OneLayer number=last /> }.into_any()
        }
        selection => view! { <SeveralLayers selection /> }.into_any(),
    })
    .into_any()
}

#[component]
fn OneLayer(number: LayerNumber) -> AnyView {
    let facts = use_facts();
    let row = Memo::new(move |_| facts.layer_row(number));
    let body = move || match row.get() {
        Some(row) => {
            let recorded = row.instruction.recorded.to_string();
            let text = if recorded.is_empty() { instruction_text(&row) } else { recorded.clone() };
            let copy = (!recorded.is_empty()).then(
                || view! { <CopyButton label="Copy instruction" text=recorded worded=true /> },
            );
            view! {
                <pre class="code">{text}</pre>
                <div class="do">
                    <FilesLink label="Files of this layer" />
                    {copy}
                    <ClearSelection />
                </div>
            }
            .into_any()
        }
        None => {
            let text = facts.layer_count().map(|count| {
                format!("This image has {}.", format::counted(count.into(), "layer", "layers"))
            });
            view! { <p class="soft">{text}</p><div class="do"><ClearSelection /></div> }.into_any()
        }
    };
    view! {
        <div class=format!("selected {}", layer_class(number)) role="group" aria-label="Selected layer">
            <h3><LayerChip number />{format!("Layer {number}")}</h3>
            {body}
        </div>
    }
    .into_any()
}

#[component]
fn SeveralLayers(selection: LayerSelection) -> AnyView {
    let title = words::selection(selection).unwrap_or_default();
    view! {
        <div class="selected" role="group" aria-label="Selected layers">
            <h3>{title}</h3>
            <div class="do">
                <FilesLink label="Files of this selection" />
                <ClearSelection />
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn FilesLink(label: &'static str) -> AnyView {
    let navigation = use_navigation();
    let href = move || {
        let mut link = navigation.to_view(View::Files);
        link.path.clear();
        link.to_string()
    };
    view! { <a class="btn" href=href><Glyph icon=Icon::Folder />{label}</a> }.into_any()
}

#[component]
fn ClearSelection() -> AnyView {
    let navigation = use_navigation();
    let clear = move || {
        navigation.go(|link| link.layers = LayerSelection::All);
        crate::browser::page::dom::focus_id(crate::ui::widgets::VIEW_HEADING); // the button is gone
    };
    view! { <Button label="Clear selection" kind=ButtonKind::Quiet on_press=clear /> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{LayerChanges, LayerFacts, Layers};
    use crate::ui::testing::{Rendered, TestPage, layer};
    use crate::ui::testing::{layer_facts, layer_row};

    fn table(sizes: &[u64]) -> LayerTable {
        let row = |(number, size): (u32, &u64)| {
            let mut row = layer_row(number, "RUN", &format!("step {number} <b>"));
            row.layer = Some(LayerFacts {
                size: Some(*size),
                changes: Some(LayerChanges { added: 1, modified: 2, removed: 0, unchanged: 0 }),
                ..layer_facts(number)
            });
            row
        };
        LayerTable { rows: (1..).zip(sizes).map(row).collect(), ..LayerTable::default() }
    }

    fn drawn(link: &str, table: LayerTable) -> Rendered {
        TestPage::at(link)
            .answers::<Layers>(table)
            .render(|| view! { <LargestLayers /><SelectedLayer /> })
    }

    #[test]
    fn a_few_layers_are_all_listed_in_their_order() {
        let html = drawn("#/archive/a", table(&[500, 2_000]));
        assert!(html.has(r#"aria-label="Layers""#));
        assert!(html.has(r##"href="#/archive/a?layers=2""##));
        assert_eq!(
            html.text(),
            "# Instruction Size Share Changes 1 RUN step 1 <b> 500 B +1 ~2 2 RUN step 2 <b> 2.00 kB \
             +1 ~2 Select a layer to see its instruction and its files."
        );
    }

    #[test]
    fn of_many_the_largest_are_listed() {
        let sizes: Vec<u64> = (1..=40).collect();
        let html = drawn("#/archive/a", table(&sizes));
        assert!(html.has(r#"aria-label="Largest layers""#));
        assert!(html.text().contains("Changes 40 RUN step 40"), "{}", html.text());
        assert!(html.text().contains("All 40 layers"), "{}", html.text());
        assert_eq!(html.count("row-link"), LISTED);
    }

    #[test]
    fn a_selected_layer_shows_its_instruction_and_the_way_to_its_files() {
        let html = drawn("#/archive/a?layers=2", table(&[500, 2_000]));
        assert!(html.has(r#"role="group" aria-label="Selected layer""#));
        assert!(html.has(r##"href="#/archive/a?view=files&amp;layers=2""##), "{html}");
        assert!(
            html.text().ends_with(
                "Layer 2 RUN step 2 <b> Files of this layer Copy instruction Clear selection"
            ),
            "{}",
            html.text()
        );
        let html = drawn("#/archive/a?layers=9", table(&[500, 2_000]));
        assert!(html.text().ends_with("Layer 9 This image has 2 layers. Clear selection"));
        let html = drawn("#/archive/a?layers=..2", table(&[500, 2_000]));
        assert!(html.text().ends_with("Up to layer 2 Files of this selection Clear selection"));
    }

    #[test]
    fn verified_digests_are_counted() {
        let text = |digests: DigestCheck, cancelled| {
            summary(&digests, 2, cancelled).map(|(_, _, text)| text)
        };
        let both = || vec![layer(1), layer(2)];
        let of = DigestCheck::default;
        for (digests, cancelled, want) in [
            (DigestCheck { matching: both(), ..of() }, false, "2 of 2 digests verified"),
            (
                DigestCheck { matching: vec![layer(1)], pending: vec![layer(2)], ..of() },
                false,
                "1 of 2 digests verified so far",
            ),
            (
                DigestCheck { matching: vec![layer(1)], pending: vec![layer(2)], ..of() },
                true,
                "1 of 2 digests verified",
            ),
            (
                DigestCheck { mismatching: vec![layer(1)], ..of() },
                false,
                "1 of 2 digests does not match",
            ),
            (DigestCheck { unclaimed: both(), ..of() }, false, "no digest verified"),
            (DigestCheck { not_downloaded: both(), ..of() }, false, "not downloaded, not verified"),
        ] {
            assert_eq!(text(digests, cancelled).as_deref(), Some(want));
        }
        assert_eq!(summary(&of(), 0, true), None);
    }

    #[test]
    fn while_layers_are_read_it_says_so() {
        let html = TestPage::new().render(|| view! { <LargestLayers /><DigestSummary /> });
        assert!(html.text().ends_with("Reading the layers…"), "{}", html.text());
    }
}
