//! The columns behind the name, in the order that the user chose.

use super::grid_state::ShownRow;
use super::tree_model::TreeModel;
use super::values::{age, exact_time, owner_numbers, owner_text, owner_with_numbers};
use crate::format;
use crate::protocol::{TreeColumn, TreeRow};
use crate::ui::widgets::layer_class;
use crate::ui::words;
use crate::vocabulary::LayerNumber;
use leptos::prelude::*;

/// The cells that have room.
#[component]
pub fn OtherCells(row: ShownRow) -> AnyView {
    let columns = expect_context::<TreeModel>().columns;
    view! {
        <For each=move || columns.shown.get() key=|column| *column let:column>
            {cell(row, column)}
        </For>
    }
    .into_any()
}

/// The text of a row; `None` until there is one.
fn text(row: ShownRow, of: fn(&TreeRow) -> String) -> impl Fn() -> Option<String> + Copy {
    move || row.read().as_ref().map(|row| of(row))
}

fn cell(row: ShownRow, column: TreeColumn) -> AnyView {
    let plain =
        |class: &'static str, shown: fn(&TreeRow) -> String, title: fn(&TreeRow) -> String| {
            view! {
                <div role="gridcell" class=class title=text(row, title)>{text(row, shown)}</div>
            }
            .into_any()
        };
    let nothing = |_: &TreeRow| String::new();
    match column {
        TreeColumn::Name => ().into_any(),
        TreeColumn::Size => view! { <SizeCell row /> }.into_any(),
        TreeColumn::Compressed => view! { <CompressedCell row /> }.into_any(),
        TreeColumn::Layer => view! { <LayerCellOfRow row /> }.into_any(),
        TreeColumn::Owner => view! { <OwnerCell row /> }.into_any(),
        TreeColumn::Files => {
            let number = |row: &TreeRow| {
                row.files.map_or_else(String::new, |files| format::count(files.into()))
            };
            plain("num soft", number, nothing)
        }
        TreeColumn::Writes => {
            let number = |row: &TreeRow| {
                row.writes.map_or_else(String::new, |writes| format::count(writes.into()))
            };
            plain("num soft", number, nothing)
        }
        TreeColumn::Mode => {
            let mode =
                |row: &TreeRow| row.mode.map_or_else(absent, |mode| format::mode(row.kind, mode));
            let octal =
                |row: &TreeRow| row.mode.map_or_else(String::new, |mode| format!("{mode:04o}"));
            plain("mono soft", mode, octal)
        }
        TreeColumn::Modified => plain(
            "soft",
            |row| row.modified_at.map_or_else(absent, age),
            |row| exact_time(row.modified_at),
        ),
        TreeColumn::Change => plain(
            "soft",
            |row| words::change(row.change).map_or_else(absent, |words| words.word.to_owned()),
            nothing,
        ),
        TreeColumn::Package => plain(
            "soft",
            |row| if row.package.is_empty() { absent() } else { row.package.to_string() },
            |row| row.package.to_string(),
        ),
    }
}

/// The size, and its share of all that is shown as a bar, or what was removed below.
#[component]
fn SizeCell(row: ShownRow) -> AnyView {
    let tree = expect_context::<TreeModel>();
    let share = move || {
        let whole = tree.state.read().map_or(0, |state| state.size);
        row.read().as_ref().map_or_else(|| "0".to_owned(), |row| format::width(row.size, whole))
    };
    let removed = Memo::new(move |_| row.read().as_ref().and_then(|row| removed_beside(row)));
    let beside = move || match removed.get() {
        Some(removed) => view! { <span class="d">{removed}</span> }.into_any(),
        None => view! { <span class="shr" aria-hidden="true"><i style:width=share></i></span> }
            .into_any(),
    };
    let is_removed = move || row.read().as_ref().is_some_and(|row| is_removed_alone(row));
    view! {
        <div role="gridcell" class="sz" title=text(row, size_title)>
            {beside}
            <span class:d=is_removed>{text(row, main_size)}</span>
        </div>
    }
    .into_any()
}

/// A directory that is still there of which the selection shows nothing except what it removed.
fn is_removed_alone(row: &TreeRow) -> bool {
    row.size == 0 && row.removed_size > 0
}

/// `1.98 MB`, or `−233 MB` of a directory of which only that can be said.
fn main_size(row: &TreeRow) -> String {
    match is_removed_alone(row) {
        true => format!("−{}", format::size(row.removed_size)),
        false => format::size(row.size),
    }
}

/// `−233 MB` beside the size.
fn removed_beside(row: &TreeRow) -> Option<String> {
    let beside = row.removed_size > 0 && !is_removed_alone(row);
    beside.then(|| format!("−{}", format::size(row.removed_size)))
}

/// `1,980,000 bytes`, of a directory with the number of files below, and with what was removed.
fn size_title(row: &TreeRow) -> String {
    let size = format::exact_size(row.size);
    let size = match row.files {
        Some(files) => format!("{size} in {}", format::counted(files.into(), "file", "files")),
        None => size,
    };
    match row.removed_size {
        0 => size,
        removed => format!("{size}; {} removed", format::exact_size(removed)),
    }
}

/// The share of the image's compressed bytes.
#[component]
fn CompressedCell(row: ShownRow) -> AnyView {
    let tree = expect_context::<TreeModel>();
    let share = move || {
        let bytes = row.read().as_ref().and_then(|row| row.compressed);
        compressed_share(bytes, tree.compressed.get())
    };
    let title = move || {
        let bytes = row.read().as_ref().and_then(|row| row.compressed);
        let (bytes, whole) = bytes.zip(tree.compressed.get())?;
        let (bytes, whole) = (format::size(bytes), format::size(whole));
        Some(format!("about {bytes} of {whole} compressed"))
    };
    view! { <div role="gridcell" class="num soft" title=title>{share}</div> }.into_any()
}

/// `3.4 %`; a share too small for that is said to be.
fn compressed_share(bytes: Option<u64>, whole: Option<u64>) -> String {
    let Some((bytes, whole)) = bytes.zip(whole.filter(|whole| *whole > 0)) else {
        return absent();
    };
    match bytes as f64 * 100.0 / whole as f64 {
        _ if bytes == 0 => "0 %".to_owned(),
        share if share < 0.05 => "< 0.1 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

/// Names, then numbers; the whole of it on hover.
#[component]
fn OwnerCell(row: ShownRow) -> AnyView {
    let names = text(row, |row| row.owner.as_ref().map_or_else(absent, owner_text));
    let numbers = text(row, |row| row.owner.as_ref().map_or_else(String::new, owner_numbers));
    let title = text(row, |row| row.owner.as_ref().map_or_else(String::new, owner_with_numbers));
    view! {
        <div role="gridcell" class="own" title=title>
            {names}" "<span class="soft">{numbers}</span>
        </div>
    }
    .into_any()
}

#[component]
fn LayerCellOfRow(row: ShownRow) -> AnyView {
    let layer = move || row.read().as_ref().and_then(|row| row.layer);
    let chip = move || layer().map_or("chip", layer_chip);
    view! {
        <div role="gridcell" class="lay">
            <span class=chip aria-hidden="true"></span>
            {move || layer().map_or_else(absent, |layer: LayerNumber| layer.to_string())}
        </div>
    }
    .into_any()
}

/// Shown for a value that no layer gives.
fn absent() -> String {
    "–".to_owned()
}

fn layer_chip(number: LayerNumber) -> &'static str {
    match layer_class(number) {
        "l0" => "chip l0",
        "l1" => "chip l1",
        "l2" => "chip l2",
        "l3" => "chip l3",
        "l4" => "chip l4",
        _ => "chip l5",
    }
}

#[test]
fn shares_of_the_compressed_bytes_are_percentages() {
    let share = |bytes| compressed_share(bytes, Some(98_000_000));
    assert_eq!(share(Some(3_300_000)), "3.4 %");
    assert_eq!(
        (share(Some(1)), share(Some(0)), share(None)),
        ("< 0.1 %".into(), "0 %".into(), "–".into())
    );
    assert_eq!(
        (compressed_share(Some(1), None), compressed_share(Some(0), Some(0))),
        ("–".into(), "–".into())
    );
}

#[test]
fn the_size_of_a_directory_says_how_many_files_it_is_made_of() {
    let row = |files| size_title(&TreeRow { size: 1_980_000, files, ..TreeRow::default() });
    assert_eq!(row(Some(312)), "1,980,000 bytes in 312 files");
    assert_eq!(row(None), "1,980,000 bytes");
}

#[test]
fn what_was_removed_below_a_directory_stands_beside_its_size_or_for_it() {
    let row = |size, removed_size| TreeRow { size, removed_size, ..TreeRow::default() };
    let texts = |row: &TreeRow| (removed_beside(row), main_size(row));
    assert_eq!(texts(&row(0, 233_000_000)), (None, "−233 MB".into()));
    assert_eq!(texts(&row(12_000_000, 1000)), (Some("−1.00 kB".into()), "12.0 MB".into()));
    assert_eq!(texts(&row(0, 0)), (None, "0 B".into()));
    assert_eq!(size_title(&row(0, 1000)), "0 bytes; 1,000 bytes removed");
}
