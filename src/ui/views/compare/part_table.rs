//! A table of the summary.

use crate::format;
use leptos::prelude::*;

/// The heading of a column, and so how it is aligned.
#[derive(Clone, Copy)]
pub(super) enum Heading {
    Text(&'static str),
    Number(&'static str),
}

/// A table with its heading; nothing without rows.
pub(super) fn table(
    title: &'static str,
    heads: &[Heading],
    rows: Vec<AnyView>,
    left_out: u64,
) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let head = |heading: &Heading| match *heading {
        Heading::Text(name) => view! { <th scope="col">{name}</th> }.into_any(),
        Heading::Number(name) => view! { <th scope="col" class="num">{name}</th> }.into_any(),
    };
    let heads = heads.iter().map(head).collect_view();
    let more = (left_out > 0).then(|| {
        view! { <p class="soft">{format!("… {} more", format::count(left_out))}</p> }
    });
    let table = view! {
        <section>
            <div class="head"><h2>{title}</h2></div>
            <table class="t parts" aria-label=title>
                <thead><tr>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
            {more}
        </section>
    };
    Some(table.into_any())
}
