//! The columns of the layer table, with their totals.

use super::line::LayerLine;
use super::opened::{OpenedRows, Twist};
use crate::protocol::{LayerChanges, LayerFacts, LayerTable};
use crate::ui::app::{use_facts, use_image};
use crate::ui::views::parts::{InstructionText, LayerCheck, LayerForms, absent_of, layer_check};
use crate::ui::widgets::{
    AbsentMark, ChangeCount, Column, DigestText, LayerChip, Meter, SizeChangeText, SizeText,
    layer_class,
};
use crate::vocabulary::Change;
use leptos::prelude::*;

/// The columns. `blobs`: the heading of the blobs' sizes, where they are shown.
pub(super) fn columns(opened: OpenedRows, blobs: Option<&'static str>) -> Vec<Column<LayerLine>> {
    let mut columns = vec![number(opened), instruction(), size()];
    columns.extend(blobs.map(blob_size));
    columns.extend([
        net_size(),
        share(),
        change("Added", "+", Change::Added, |changes| changes.added),
        change("Modified", "~", Change::Modified, |changes| changes.modified),
        change("Removed", "−", Change::Removed, |changes| changes.removed),
        change("Unchanged", "=", Change::Unchanged, |changes| changes.unchanged).rank(4),
        check(),
        digest("Digest", "Copy digest", |layer| layer.digest.clone()).rank(5),
        digest("Diff ID", "Copy diff ID", |layer| layer.diff_id.clone()).rank(5),
    ]);
    columns
}

/// A column about layers; its cells are empty for empty layers.
fn of_layer<V: IntoView + 'static>(
    name: &'static str,
    cell: impl Fn(&LayerFacts) -> V + Send + Sync + 'static,
) -> Column<LayerLine> {
    Column::new(name, move |line: &LayerLine| line.row.layer.as_ref().map(&cell))
}

/// A sum over all layers; `None` while one is not known, or where the sum is more than a size can be.
fn total<T: Into<i128> + TryFrom<i128>>(read: fn(&LayerFacts) -> Option<T>) -> Option<T> {
    let layers = use_facts().layers;
    let layers = layers.read();
    layers
        .map(|table| sum_of(table.rows.iter().filter_map(|row| row.layer.as_ref()), read))
        .flatten()
}

fn sum_of<'a, T: Into<i128> + TryFrom<i128>>(
    layers: impl Iterator<Item = &'a LayerFacts>,
    read: fn(&LayerFacts) -> Option<T>,
) -> Option<T> {
    let sum = layers.map(|layer| read(layer).map(Into::into)).sum::<Option<i128>>()?;
    T::try_from(sum).ok()
}

fn number(opened: OpenedRows) -> Column<LayerLine> {
    Column::new("#", move |line: &LayerLine| {
        let number = line.row.layer.as_ref().map(|layer| layer.number);
        let chip = number.map(|number| view! { <LayerChip number />{number.get()} });
        let name = match number {
            Some(number) => format!("Details of layer {number}"),
            None => "Details of an empty layer".to_owned(),
        };
        view! { <Twist name at=line.at opened />{chip} }
    })
    .fixed(76)
}

fn instruction() -> Column<LayerLine> {
    Column::new("Instruction", |line: &LayerLine| {
        let forms = line.row.layer.as_ref().map(|layer| view! { <LayerForms layer /> });
        view! { {forms}<InstructionText row=&line.row /> }
    })
    .share(8)
    .holds_link()
    .foot(|| "Total")
}

fn size() -> Column<LayerLine> {
    of_layer("Size", |layer| view! { <SizeText bytes=layer.size absent=absent_of(layer) /> })
        .number()
        .fixed(92)
        .explained("The sum of the layer's files, uncompressed")
        .foot(|| view! { <SizeText bytes=total(|layer| layer.size) /> })
}

fn blob_size(name: &'static str) -> Column<LayerLine> {
    of_layer(name, |layer| view! { <SizeText bytes=layer.blob_size absent=absent_of(layer) /> })
        .number()
        .fixed(96)
        .rank(1)
        .explained("The bytes of the layer as it is stored")
        .foot(|| view! { <SizeText bytes=total(|layer| layer.blob_size) /> })
}

fn net_size() -> Column<LayerLine> {
    of_layer("Net size", |layer| {
        view! { <SizeChangeText bytes=layer.contribution absent=absent_of(layer) /> }
    })
    .number()
    .fixed(100)
    .rank(1)
    .explained("What the layer adds to the size that is visible in a container")
    .foot(|| view! { <SizeChangeText bytes=total(|layer| layer.contribution) /> })
}

fn share() -> Column<LayerLine> {
    let facts = use_facts();
    of_layer("Share", move |layer| {
        let (size, class) = (layer.size.unwrap_or(0), layer_class(layer.number));
        let whole = Signal::derive(move || facts.size());
        view! { <div class=class><Meter part=size whole visible=true /></div> }
    })
    .fixed(88)
    .rank(3)
}

fn change(
    name: &'static str,
    sign: &'static str,
    change: Change,
    read: fn(&LayerChanges) -> u32,
) -> Column<LayerLine> {
    of_layer(name, move |layer| match &layer.changes {
        Some(changes) => match read(changes) {
            0 => view! { <span class="soft">"·"</span> }.into_any(),
            count => view! { <ChangeCount count sign change /> }.into_any(),
        },
        None => view! { <AbsentMark why=absent_of(layer) /> }.into_any(),
    })
    .number()
    .fixed(80)
    .rank(3)
    .explained(match change {
        Change::Added => "Paths that did not exist below",
        Change::Modified => "Paths that existed below, and have other content or metadata",
        Change::Unchanged => "Paths that existed below, and are written again as they were",
        _ => "Paths that existed below, and are gone",
    })
    .foot(move || {
        let layers = use_facts().layers;
        let layers = layers.read();
        let counts = |table: &LayerTable| {
            let layers = table.rows.iter().filter_map(|row| row.layer.as_ref());
            let changes = layers.map(|layer| layer.changes.as_ref().map(read));
            changes.reduce(|sum, count| Some(sum?.saturating_add(count?))).unwrap_or(Some(0))
        };
        let count = layers.map(counts).flatten().filter(|count| *count > 0);
        count.map(|count| view! { <ChangeCount count sign change /> })
    })
}

fn check() -> Column<LayerLine> {
    let (image, facts) = (use_image(), use_facts());
    of_layer("Check", move |layer| {
        let layer = layer.clone();
        let state = Memo::new(move |_| {
            let overview = facts.overview.read();
            let digests = overview.ready().map(|facts| &facts.digests);
            layer_check(&layer, digests, image.is_ready())
        });
        move || view! { <LayerCheck state=state.get() /> }
    })
    .fixed(116)
    .rank(1)
    .explained("Whether the layer matches its digests")
}

fn digest(
    name: &'static str,
    copy: &'static str,
    read: fn(&LayerFacts) -> Option<String>,
) -> Column<LayerLine> {
    of_layer(name, move |layer| read(layer).map(|digest| view! { <DigestText digest copy /> }))
        .code()
        .fixed(144)
}

#[test]
fn sizes_that_claim_everything_are_added_up() {
    let sizes = [50_000_000_000, u64::MAX >> 1, (u64::MAX >> 1) - 49_999_999_990];
    let layers: Vec<LayerFacts> = sizes
        .iter()
        .map(|size| LayerFacts { size: Some(*size), ..crate::ui::testing::layer_facts(1) })
        .collect();
    assert_eq!(sum_of(layers.iter().take(2), |layer| layer.size), Some(sizes[0] + sizes[1]));
    assert_eq!(sum_of(layers.iter(), |layer| layer.size), None);
}
