//! The table of lines that match, by file; a line leads to its place in the file.

use super::search::SearchModel;
use crate::format;
use crate::protocol::{MatchRow, MatchTable, Matches};
use crate::ui::app::{set_path, use_image, use_navigation, use_table_of};
use crate::ui::widgets::{Column, DataTable, EmptyState, LoadingState, RowTarget};
use leptos::prelude::*;

/// The table.
#[component]
pub fn MatchList() -> AnyView {
    let (navigation, image) = (use_navigation(), use_image().position);
    let search = expect_context::<SearchModel>();
    let rows = use_table_of(search.answerer(), move |rows| {
        search.spec.read().as_ref()?;
        Some(Matches { table: MatchTable { image, rows } })
    });
    let href = move |row: &MatchRow| {
        Some(navigation.href(|link| {
            set_path(link, &row.path);
            link.line = u32::try_from(row.number).unwrap_or(0);
        }))
    };
    let is_open = move |row: &MatchRow| {
        navigation.path() == row.path && navigation.line().map(u64::from) == Some(row.number)
    };
    let empty = move || {
        if search.is_running() {
            return view! { <LoadingState text="Searching…" /> }.into_any();
        }
        let text = match search.problem() {
            Some(_) => "Nothing was searched.",
            None => "No line matches.",
        };
        view! { <EmptyState text /> }.into_any()
    };
    let is_asked = move || search.spec.read().is_some();
    let hint = || {
        view! { <EmptyState text="Type what to search the files for." /> }
    };
    view! {
        <Show when=is_asked fallback=hint>
            <DataTable
                label="Matches"
                rows
                columns=columns()
                target=RowTarget::new(href, is_open)
                row_class=|row: &MatchRow| if row.around { "around" } else { "" }
                class="matches"
                waiting="Searching…"
                empty
            />
        </Show>
    }
    .into_any()
}

fn columns() -> Vec<Column<MatchRow>> {
    vec![
        Column::text("Line", |row: &MatchRow| format::count(row.number)).number().fixed(84),
        Column::new("Text", |row: &MatchRow| {
            let parts = row.parts.iter().map(|part| {
                let text = part.text.to_string();
                match part.matches {
                    true => view! { <mark>{text}</mark> }.into_any(),
                    false => text.into_any(),
                }
            });
            parts.collect_view()
        })
        .code()
        .share(1)
        .holds_link(),
    ]
}
