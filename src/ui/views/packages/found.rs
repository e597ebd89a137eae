//! The table of packages.

use crate::protocol::{
    PackageColumn, PackageNumbers, PackageRow, PackageShow, PackageTable, Packages,
};
use crate::selection::LayerSelection;
use crate::ui::app::{Loaded, Navigation, use_image, use_navigation, use_table};
use crate::ui::views::parts::{NoRows, TableSums};
use crate::ui::widgets::{
    Absent, Badge, ChangeTag, Column, DataTable, LayerMark, RowTarget, SizeText, TableSort,
};
use crate::vocabulary::Change;
use leptos::prelude::*;

/// The table, and the sum below it.
#[component]
pub fn FoundTable(
    show: PackageShow,
    counts: Signal<Loaded<PackageNumbers>>,
    /// What can be done with the rows.
    children: Children,
) -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let rows = use_table(move |rows| {
        Some(Packages {
            table: PackageTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                group: navigation.group(),
                show,
                rows,
            },
        })
    });
    let href = move |row: &PackageRow| Some(navigation.href(|link| link.item = row.key.clone()));
    let is_open = move |row: &PackageRow| navigation.item() == row.key;
    view! {
        <DataTable
            label="Packages"
            rows
            columns=columns(navigation)
            sort={TableSort::of_link::<PackageColumn>(navigation)}
            target=RowTarget::new(href, is_open)
            row_class=|row: &PackageRow| if row.removed { "gone" } else { "" }
            waiting="Reading packages…"
            empty=move || view! { <NoRows many="packages" none=Signal::derive(move || none(counts)) /> }
        />
        <TableSums totals=rows.totals one="package" many="packages">{children()}</TableSums>
    }
    .into_any()
}

/// Why the image has no packages at all: an image that was not read may have some.
fn none(counts: Signal<Loaded<PackageNumbers>>) -> String {
    let unread = counts.read().map(|counts| !counts.unread.is_empty()) == Some(true);
    match unread {
        true => "No packages in the layers that were read.",
        false => "No package database was found, and nothing else that names packages.",
    }
    .to_owned()
}

fn columns(navigation: Navigation) -> Vec<Column<PackageRow>> {
    vec![
        Column::new("Name", |row: &PackageRow| {
            let removed = row.removed.then(|| {
                view! { <ChangeTag change=Change::Removed layer=row.layer.number />" " }
            });
            let name = row.name.to_string();
            let stopped_at = (!row.stopped_at.is_empty()).then(|| {
                view! { " "<Badge text=row.stopped_at.to_string() title="Not installed completely" /> }
            });
            let own = row.own.then(|| {
                view! { " "<Badge text="own" title="A part of the project itself" /> }
            });
            let part_of = (!row.part_of.is_empty()).then(|| {
                let title = "The file that it was found in belongs to this package";
                view! { " "<span class="soft" title=title>{format!("file of {}", row.part_of)}</span> }
            });
            view! { {removed}<span title=name.clone()>{name.clone()}</span>{stopped_at}{own}{part_of} }
        })
        .share(3)
        .sorts(PackageColumn::Name),
        Column::text("Version", |row: &PackageRow| row.version.to_string())
            .code()
            .share(3)
            .sorts(PackageColumn::Version),
        Column::new("Type", |row: &PackageRow| view! { <Badge text=row.kind.to_string() /> })
            .fixed(84)
            .sorts(PackageColumn::Type)
            .rank(1),
        Column::text("Licence", |row: &PackageRow| row.licences.to_string())
            .share(2)
            .sorts(PackageColumn::Licence)
            .rank(2),
        Column::new("Size", |row: &PackageRow| {
            view! { <SizeText bytes=row.size absent=Absent::Unknown /> }
        })
        .number()
        .fixed(84)
        .sorts_largest_first(PackageColumn::Size),
        Column::new("Layer", move |row: &PackageRow| {
            let layers = LayerSelection::one(row.layer.number);
            let href = Signal::derive(move || navigation.href(|link| link.layers = layers));
            view! { <LayerMark layer=row.layer href /> }
        })
        .number()
        .fixed(84)
        .sorts(PackageColumn::Layer),
        Column::text("Found in", |row: &PackageRow| row.place.to_string()).code().share(3).rank(3),
    ]
}
