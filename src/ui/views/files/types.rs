//! Files by type: the table that takes the place of the tree while `show=types` is in the link and nothing is looked
//! for. A row leads to the files of its type, as a filter of the tree.

use super::tree_model::{TreeModel, shows, with_word};
use crate::format;
use crate::protocol::{FileTypeColumn, FileTypeRow, FileTypeTable, FileTypes, TreeSpec};
use crate::ui::app::{use_image, use_navigation, use_table};
use crate::ui::views::parts::{NoRows, RowChoice, TableSums};
use crate::ui::widgets::{Column, DataTable, RowTarget, SizeText, TableSort};
use crate::ui::words;
use crate::vocabulary::FileEnding;
use leptos::prelude::*;

/// The word of `show=` in the link.
pub(super) const TYPES: &str = "types";

/// The table.
#[component]
pub(super) fn TypesPart() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image());
    let tree = expect_context::<TreeModel>();
    let rows = use_table(move |rows| {
        image.tree()?;
        let TreeSpec { layers, directory, whole, .. } = tree.spec.get();
        let spec = TreeSpec { layers, directory, whole, ..TreeSpec::default() };
        let (image, sort) = (image.position, navigation.sort());
        Some(FileTypes { table: FileTypeTable { image, spec, sort, rows } })
    });
    let href = move |row: &FileTypeRow| {
        let find = row.find.clone()?;
        Some(navigation.href(|link| {
            link.find = find.clone();
            link.show = with_word(&link.show, TYPES, false);
            link.sort.clear();
        }))
    };
    let to_tree = move || {
        navigation.href(|link| {
            link.show = with_word(&link.show, TYPES, false);
            link.sort.clear();
        })
    };
    view! {
        <p class="bound">
            <span>"By name: what follows the last dot. Contents were not looked at."</span>
            " "
            <a href=to_tree>"Show the tree"</a>
        </p>
        <DataTable
            label="File types"
            rows
            columns=columns()
            sort={TableSort::of_link::<FileTypeColumn>(navigation)}
            target=RowTarget::new(href, |_| false)
            waiting="Reading files…"
            empty=|| view! {
                <NoRows many="files" none="The image has no files." chosen_by=RowChoice::Layers />
            }
        />
        <TableSums totals=rows.totals one="type" many="types" />
    }
    .into_any()
}

/// Whether the table is shown: a filter is about the tree.
pub(super) fn types_are_shown(show: &str, find: &str) -> bool {
    shows(show, TYPES) && find.is_empty()
}

fn columns() -> Vec<Column<FileTypeRow>> {
    vec![
        Column::text("Type", |row: &FileTypeRow| ending_text(&row.ending))
            .share(5)
            .sorts(FileTypeColumn::Type),
        Column::text("Mostly", |row: &FileTypeRow| words::file_family(row.family).to_owned())
            .share(4)
            .rank(1)
            .sorts(FileTypeColumn::Family),
        Column::text("Files", |row: &FileTypeRow| format::count(row.files))
            .number()
            .fixed(84)
            .sorts_largest_first(FileTypeColumn::Files),
        Column::new("Size", |row: &FileTypeRow| view! { <SizeText bytes=row.size /> })
            .number()
            .fixed(92)
            .sorts_largest_first(FileTypeColumn::Size),
        Column::text("Share", share_text).number().fixed(76),
    ]
}

/// `*.py`, `no ending, executable`.
fn ending_text(ending: &FileEnding) -> String {
    match ending {
        FileEnding::Of(text) => format!("*.{text}"),
        FileEnding::SharedLibrary => "*.so, *.so.1".to_owned(),
        FileEnding::Executable => "No ending, executable".to_owned(),
        FileEnding::None => "No ending".to_owned(),
        FileEnding::Odd => "Other endings".to_owned(),
    }
}

/// `12.3 %` of the bytes of all types.
fn share_text(row: &FileTypeRow) -> String {
    match row.size as f64 * 100.0 / row.whole.max(1) as f64 {
        _ if row.size == 0 => "0 %".to_owned(),
        share if share < 0.05 => "< 0.1 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{TableLine, TablePart};
    use crate::ui::testing::{Rendered, TestPage};
    use crate::vocabulary::FileFamily;

    fn row(ending: FileEnding, size: u64, find: Option<&str>) -> FileTypeRow {
        let (family, find) = (FileFamily::Code, find.map(str::to_owned));
        FileTypeRow { ending, family, files: 1200, size, whole: 10_000, find }
    }

    fn drawn(rows: Vec<FileTypeRow>) -> Rendered {
        let count = rows.len() as u64;
        let lines = rows.into_iter().map(TableLine::Row).collect();
        let part = TablePart { lines, total_lines: count, total_rows: count };
        let page = TestPage::at("#/?view=files&layers=..2&show=types&sort=kind");
        page.answers::<FileTypes>(part).ready().render(|| {
            provide_context(TreeModel::new());
            view! { <TypesPart /> }
        })
    }

    #[test]
    fn a_row_leads_to_the_files_of_its_type() {
        let python = row(FileEnding::Of("py".into()), 7_500, Some("type:file *.py"));
        let html = drawn(vec![python, row(FileEnding::Odd, 1, None)]);
        assert!(
            html.has(r##"href="#/?view=files&amp;layers=..2&amp;find=type%3Afile%20%2A.py""##),
            "{html}"
        );
        let text = html.text();
        assert!(text.contains("*.py Source and scripts 1,200 7.50 kB 75.0 %"), "{text}");
        assert!(text.contains("Other endings") && text.contains("< 0.1 %"), "{text}");
        assert!(text.contains("Contents were not looked at"), "{text}");
    }

    #[test]
    fn a_filter_is_about_the_tree() {
        assert!(types_are_shown("treemap,types", ""));
        assert!(!types_are_shown("types", "x") && !types_are_shown("treemap", ""));
    }
}
