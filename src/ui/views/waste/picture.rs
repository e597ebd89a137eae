//! The picture: each layer's size, and what of it is kept, overwritten, removed, or rewritten by later layers.
//!
//! - Shapes repeat what colours say, and the numbers stand beside the bar.

use super::links;
use crate::format;
use crate::protocol::{LayerWaste, WasteFacts, WasteShow};
use crate::selection::LayerSelection;
use crate::ui::app::{Loaded, TableRows, use_facts, use_navigation};
use crate::ui::views::parts::InstructionText;
use crate::ui::widgets::{Column, DataTable, LayerMark, RowTarget, SizeText};
use crate::vocabulary::{FileTally, LayerNumber};
use leptos::prelude::*;

/// What became of a layer's bytes, in the order in which it is drawn: its class and its words.
const PARTS: [(&str, &str); 4] = [
    ("kept", "kept"),
    ("over", "overwritten later"),
    ("gone", "removed later"),
    ("again", "rewritten later"),
];

/// Bytes of each of `PARTS`.
fn shares(layer: &LayerWaste) -> [u64; 4] {
    let lost = &layer.lost;
    [layer.kept, lost.overwritten.bytes, lost.removed.bytes, lost.rewritten().bytes]
}

/// The layers with their bars. A row leads to the layer's files.
#[component]
pub(super) fn SizePicture<'a>(facts: &'a WasteFacts) -> AnyView {
    let navigation = use_navigation();
    let largest = facts.layers.iter().filter_map(|layer| layer.size).max().unwrap_or(0);
    let layers = Signal::stored(Loaded::of(facts.layers.clone()));
    let href = move |row: &LayerWaste| Some(links::layer_files(navigation, row.layer.number));
    let is_selected = move |row: &LayerWaste| {
        let layers = navigation.layers();
        layers != LayerSelection::All && layers.contains(row.layer.number)
    };
    let legend = PARTS.iter().map(|(class, word)| {
        view! { <span class="legend"><span class=format!("share-key {class}")></span>{*word}</span> }
    });
    view! {
        <p class="legends">{legend.collect_view()}</p>
        <DataTable
            label="Size layer by layer"
            rows=TableRows::complete(layers)
            columns=columns(largest)
            target=RowTarget::new(href, is_selected)
            natural_rows=true
            class="shares"
        />
    }
    .into_any()
}

fn columns(largest: u64) -> Vec<Column<LayerWaste>> {
    let facts = use_facts();
    let mut columns = vec![
        Column::new("Layer", move |row: &LayerWaste| {
            let (layer, number) = (row.layer, row.layer.number);
            let instruction = Memo::new(move |_| facts.layer_row(number));
            view! {
                <LayerMark layer />
                " "
                {move || instruction.get().map(|row| view! { <InstructionText row=&row /> })}
            }
        })
        .share(5)
        .holds_link(),
        Column::new("Share", move |row: &LayerWaste| view! { <ShareBar layer=*row largest /> })
            .share(4)
            .explained("Its width is the layer's size, compared with the largest layer"),
        Column::new("Size", |row: &LayerWaste| view! { <SizeText bytes=row.size /> })
            .number()
            .fixed(84),
    ];
    columns.extend([
        number("Overwritten", &[WasteShow::Overwritten, WasteShow::Brought], |row| {
            row.lost.overwritten
        })
        .explained("Bytes of this layer that later layers overwrite"),
        number("Removed", &[WasteShow::Removed, WasteShow::Brought], |row| row.lost.removed)
            .explained("Bytes of this layer that later layers remove"),
        number("Rewritten", &[WasteShow::Rewritten, WasteShow::Brought], |row| {
            row.lost.rewritten()
        })
        .explained("Bytes of this layer that later layers write again with the same content"),
        number("Hides", &[WasteShow::Files], |row| row.hid).explained(
            "Files of the layers below, or of its own, that it removes, overwrites or rewrites",
        ),
    ]);
    columns
}

/// Bytes that lead to their files.
fn number(
    name: &'static str,
    show: &'static [WasteShow],
    read: fn(&LayerWaste) -> FileTally,
) -> Column<LayerWaste> {
    let navigation = use_navigation();
    Column::new(name, move |row: &LayerWaste| {
        let (tally, layer): (FileTally, LayerNumber) = (read(row), row.layer.number);
        let href = move || links::hidden_of(navigation, show, layer);
        (tally.files > 0).then(|| {
            let label = format!("{} ", name.to_lowercase());
            view! { <a href=href><span class="lab">{label}</span><SizeText bytes=tally.bytes /></a> }
        })
    })
    .number()
    .fixed(96)
    .rank(1)
}

/// One layer's bar.
#[component]
fn ShareBar(layer: LayerWaste, largest: u64) -> AnyView {
    let shares = shares(&layer);
    let said = PARTS.iter().zip(shares).filter(|(_, bytes)| *bytes > 0);
    let name = said
        .map(|((_, word), bytes)| format!("{} {word}", format::size(bytes)))
        .collect::<Vec<_>>();
    let name = if name.is_empty() { "no files".to_owned() } else { name.join(", ") };
    let parts = PARTS.iter().zip(shares).filter(|(_, bytes)| *bytes > 0);
    let parts = parts.map(|((class, _), bytes)| {
        view! { <i class=*class style:width=format::seen_width(bytes, largest)></i> }
    });
    view! {
        <div class="share-bar" role="img" aria-label=name.clone() title=name>{parts.collect_view()}</div>
    }
    .into_any()
}
