//! The table of duplicates: groups of files of equal content, the costliest first.

use super::files::WAITING;
use super::links;
use crate::format;
use crate::protocol::{
    DuplicateFiles, DuplicatePath, DuplicateRow, DuplicateTable, RowRange, TableLine,
};
use crate::ui::app::{TableRows, use_image, use_navigation, use_query};
use crate::ui::views::parts::{NoRows, RowChoice};
use crate::ui::widgets::{Column, DataTable, LayerMark, RowTarget, SizeText};
use leptos::prelude::*;

/// So many groups are on the summary, and in the whole table.
const COSTLIEST: u32 = 5;
const MANY: u32 = 500;
/// So many paths of a group are shown before the rest is unfolded.
const PATHS: usize = 3;

const NO_DUPLICATES: &str = "No two files of the final tree have the same content.";

/// The same of an image that was read in part.
const NONE_IN_PART: &str = "No two files of what was read have the same content.";

/// The table. `whole`: as many groups as a page can show, else the costliest.
#[component]
pub(super) fn DuplicateList(
    #[prop(optional)] whole: bool,
    /// Not all layers were read to their ends.
    is_part: Signal<bool>,
) -> AnyView {
    let none = move || if is_part.get() { NONE_IN_PART } else { NO_DUPLICATES }.to_owned();
    let none = Signal::derive(none);
    let (navigation, image) = (use_navigation(), use_image().position);
    let part = use_query(move || {
        let rows = RowRange { first: 0, count: if whole { MANY } else { COSTLIEST } };
        let filter = if whole { navigation.filter() } else { String::new() };
        let layers = navigation.layers();
        Some(DuplicateFiles { table: DuplicateTable { image, layers, filter, rows } })
    });
    let rows = Signal::derive(move || {
        part.read().turn(|part| {
            let row = |line: &TableLine<DuplicateRow>| match line {
                TableLine::Row(row) => Some(row.clone()),
                TableLine::Head(_) => None,
            };
            part.lines.iter().filter_map(row).collect::<Vec<_>>()
        })
    });
    let counts = Memo::new(move |_| {
        part.read().map(|part| (part.lines.len() as u64, part.total_rows)).unwrap_or_default()
    });
    let more = move || {
        let (shown, total) = counts.get();
        (shown < total).then(|| match whole {
            true => {
                let text = format!(
                    "The {} costliest of {}. The filter finds the others.",
                    format::count(shown),
                    format::counted(total, "group", "groups")
                );
                view! { <p class="soft">{text}</p> }.into_any()
            }
            false => {
                let text = format!("All {}", format::counted(total, "group", "groups"));
                let href = move || links::duplicates(navigation);
                view! { <p><a class="go" href=href>{text}</a></p> }.into_any()
            }
        })
    };
    let href = move |row: &DuplicateRow| {
        row.paths.first().map(|first| links::file(navigation, &first.path))
    };
    view! {
        <DataTable
            label="Duplicates"
            rows=TableRows::complete(rows)
            columns=columns()
            target=RowTarget::new(href, |_| false)
            natural_rows=true
            class="duplicates"
            waiting=WAITING
            empty=move || view! { <NoRows many="files" none chosen_by=RowChoice::Layers /> }
        />
        {more}
    }
    .into_any()
}

fn columns() -> Vec<Column<DuplicateRow>> {
    let navigation = use_navigation();
    vec![
        Column::text("File", |row: &DuplicateRow| {
            row.paths.first().map(|first| first.shown.to_string()).unwrap_or_default()
        })
        .code()
        .share(5)
        .holds_link(),
        Column::new("Wasted", |row: &DuplicateRow| {
            view! { <span class="lab">"wasted "</span><SizeText bytes=row.bytes /> }
        })
        .number()
        .fixed(92)
        .explained("Bytes of all copies beyond the first"),
        Column::new("Each", |row: &DuplicateRow| {
            view! { <span class="lab">"each "</span><SizeText bytes=row.size /> }
        })
        .number()
        .fixed(84)
        .rank(1),
        Column::new("Also", move |row: &DuplicateRow| {
            let others = row.paths.get(1..).unwrap_or_default();
            let path = move |one: &DuplicatePath| {
                let (path, shown) = (one.path.clone(), one.shown.to_string());
                let href = move || links::file(navigation, &path);
                view! {
                    <li>
                        <a class="mono" href=href>{shown}</a>
                        " "
                        <span class="soft nw">"layer "<LayerMark layer=one.layer /></span>
                    </li>
                }
            };
            let first = others.iter().take(PATHS).map(path).collect_view();
            let left = row.files.saturating_sub(1 + others.len().min(PATHS) as u64);
            let rest = (left > 0).then(|| {
                let unlisted = row.files.saturating_sub(1 + others.len() as u64);
                let unlisted = (unlisted > 0).then(|| {
                    let text = format!("and {} more", format::count(unlisted));
                    view! { <li class="soft">{text}</li> }
                });
                // Five hundred groups may have a hundred paths each.
                let listed: Vec<_> = others.iter().skip(PATHS).cloned().collect();
                let is_opened = RwSignal::new(false);
                let listed = move || is_opened.get().then(|| listed.iter().map(path).collect_view());
                view! {
                    <details on:toggle=move |_| is_opened.set(true)>
                        <summary>{format!("{} more", format::counted(left, "file", "files"))}</summary>
                        <ul>{listed}{unlisted}</ul>
                    </details>
                }
            });
            view! { <ul>{first}</ul>{rest} }
        })
        .share(6),
    ]
}
