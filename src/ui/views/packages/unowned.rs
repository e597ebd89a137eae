//! The table of files that no package owns.

use crate::link::View;
use crate::protocol::{UnownedColumn, UnownedFiles, UnownedRow, UnownedTable};
use crate::ui::app::{set_path, use_image, use_navigation, use_table};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums};
use crate::ui::widgets::{Column, DataTable, LayerMark, RowTarget, SizeText, TableSort};
use leptos::prelude::*;

/// The table, and the sum below it. A row leads to its file.
#[component]
pub fn UnownedTableView() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let rows = use_table(move |rows| {
        Some(UnownedFiles {
            table: UnownedTable {
                image,
                layers: navigation.layers(),
                filter: navigation.filter(),
                sort: navigation.sort(),
                rows,
            },
        })
    });
    let href = move |row: &UnownedRow| {
        Some(navigation.href(|link| {
            link.turn_to(View::Files);
            set_path(link, &row.path);
        }))
    };
    view! {
        <DataTable
            label="Packages"
            rows
            columns=columns()
            sort={TableSort::of_link::<UnownedColumn>(navigation)}
            target=RowTarget::new(href, |_| false)
            waiting="Reading files…"
            empty=|| view! {
                <NoRows
                    many="files"
                    none="Every file belongs to a package."
                    chosen_by=RowChoice::Layers
                />
            }
        />
        <TableSums totals=rows.totals one="file" many="files" />
    }
    .into_any()
}

fn columns() -> Vec<Column<UnownedRow>> {
    vec![
        Column::text("Path", |row: &UnownedRow| row.shown.to_string())
            .code()
            .share(6)
            .sorts(UnownedColumn::Path),
        Column::new("Size", |row: &UnownedRow| view! { <SizeText bytes=row.size /> })
            .number()
            .fixed(92)
            .sorts_largest_first(UnownedColumn::Size),
        Column::new("Layer", |row: &UnownedRow| view! { <LayerMark layer=row.layer /> })
            .number()
            .fixed(84)
            .sorts(UnownedColumn::Layer),
    ]
}
