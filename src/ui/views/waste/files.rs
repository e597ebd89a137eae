//! The table of hidden files: the largest on the summary, all of them on their own.

use super::links;
use crate::format;
use crate::protocol::{
    HiddenFiles, RowRange, TableLine, WasteColumn, WasteGroup, WasteRow, WasteShow, WasteTable,
};
use crate::selection::LayerSelection;
use crate::ui::app::{TableRows, use_image, use_navigation, use_query, use_table};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums};
use crate::ui::widgets::{
    Column, DataTable, EmptyState, LayerMark, RowTarget, SizeText, TableSort,
};
use crate::ui::words;
use leptos::prelude::*;

/// So many files are on the summary.
const LARGEST: u32 = 10;

/// Why there is no row where neither a filter nor a selection hides any.
pub(super) const NOTHING_HIDDEN: &str =
    "Nothing is wasted: every file of every layer is in the final tree.";

/// The same of an image that was read in part.
const NOTHING_IN_PART: &str = "Nothing is hidden in what was read.";

/// What is awaited.
pub(super) const WAITING: &str = "Known once all layers are read…";

/// The largest hidden files under the selection. `is_whole`: all layers were read to their ends.
#[component]
pub(super) fn LargestFiles(is_whole: bool) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let part = use_query(move || {
        let rows = RowRange { first: 0, count: LARGEST };
        let layers = navigation.layers();
        Some(HiddenFiles { table: WasteTable { image, layers, rows, ..WasteTable::default() } })
    });
    let rows = Signal::derive(move || {
        part.read().turn(|part| {
            let row = |line: &TableLine<WasteRow>| match line {
                TableLine::Row(row) => Some(row.clone()),
                TableLine::Head(_) => None,
            };
            part.lines.iter().filter_map(row).collect::<Vec<_>>()
        })
    });
    let total = Memo::new(move |_| part.read().map(|part| part.total_rows).unwrap_or(0));
    let is_cut = Memo::new(move |_| total.get() > LARGEST.into());
    view! {
        <DataTable
            label="Waste"
            rows=TableRows::complete(rows)
            columns=columns()
            target=target()
            natural_rows=true
            class="hidden-files"
            waiting=WAITING
            empty=move || view! { <EmptyState text=nothing(navigation.layers(), is_whole) /> }
        />
        <Show when=move || is_cut.get()>
            <p>
                <a class="go" href=move || links::hidden(navigation, &[WasteShow::Files])>
                    {move || format!("All {} files", format::count(total.get()))}
                </a>
            </p>
        </Show>
    }
    .into_any()
}

fn nothing(layers: LayerSelection, is_whole: bool) -> String {
    match words::selection(layers) {
        _ if !is_whole => NOTHING_IN_PART.to_owned(),
        Some(_) => "These layers hide nothing.".to_owned(),
        None => NOTHING_HIDDEN.to_owned(),
    }
}

/// All hidden files under selection, filter and `show`. `is_part`: not all layers were read to their ends.
#[component]
pub(super) fn AllFiles(is_part: Signal<bool>) -> AnyView {
    let none = move || if is_part.get() { NOTHING_IN_PART } else { NOTHING_HIDDEN }.to_owned();
    let none = Signal::derive(none);
    let (navigation, image) = (use_navigation(), use_image().position);
    let rows = use_table(move |rows| {
        Some(HiddenFiles {
            table: WasteTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                group: navigation.group::<WasteGroup>(),
                show: navigation.show_words(),
                rows,
            },
        })
    });
    view! {
        <DataTable
            label="Waste"
            rows
            columns=columns()
            sort={TableSort::of_link::<WasteColumn>(navigation)}
            target=target()
            class="hidden-files"
            waiting=WAITING
            empty=move || move || {
                let all = navigation.show_words::<WasteShow>() == [WasteShow::Files];
                let chosen_by = if all { RowChoice::Layers } else { RowChoice::LayersAndShow };
                view! { <NoRows many="files" none chosen_by /> }
            }
        />
        <TableSums totals=rows.totals one="file" many="files" />
    }
    .into_any()
}

/// A row leads to the file in the last layer in which it is seen.
fn target() -> RowTarget<WasteRow> {
    let navigation = use_navigation();
    let href =
        move |row: &WasteRow| Some(links::file_after(navigation, &row.path, row.from.number));
    RowTarget::new(href, |_| false)
}

fn columns() -> Vec<Column<WasteRow>> {
    let navigation = use_navigation();
    vec![
        Column::text("Path", |row: &WasteRow| row.shown.to_string())
            .code()
            .share(6)
            .sorts(WasteColumn::Path),
        Column::new("Size", |row: &WasteRow| view! { <SizeText bytes=row.size /> })
            .number()
            .fixed(92)
            .sorts_largest_first(WasteColumn::Size),
        Column::text("What happened", |row: &WasteRow| words::hidden_class(row.class).to_owned())
            .share(3)
            .sorts(WasteColumn::Class),
        Column::new("From", move |row: &WasteRow| {
            let (path, layer) = (row.path.clone(), row.from.number);
            let href = Signal::derive(move || links::file_in(navigation, &path, layer));
            view! { <span class="lab">"from layer "</span><LayerMark layer=row.from href /> }
        })
        .number()
        .fixed(84)
        .sorts(WasteColumn::From)
        .rank(1)
        .explained("The layer that has the file"),
        Column::new("Hidden by", move |row: &WasteRow| {
            let (path, layer) = (row.path.clone(), row.by.number);
            let href = Signal::derive(move || links::file_in(navigation, &path, layer));
            view! { <span class="lab">"hidden by layer "</span><LayerMark layer=row.by href /> }
        })
        .number()
        .fixed(92)
        .sorts(WasteColumn::By)
        .explained("The layer that removed, overwrote or rewrote it"),
    ]
}
