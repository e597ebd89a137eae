//! The head of a group of rows: what they have in common, how many they are, and their size.

use crate::format;
use crate::protocol::{GroupHead, GroupLabel};
use crate::ui::widgets::{LayerChip, SeverityMark, SizeText};
use crate::ui::words;
use leptos::prelude::*;

/// The head of a group, across all columns.
#[component]
pub(super) fn GroupHeadView(head: GroupHead, width: usize) -> AnyView {
    let label = match head.label {
        GroupLabel::Text(text) => text.to_string().into_any(),
        GroupLabel::Layer { number, instruction } => {
            let words = format!("Layer {number} · {} {}", instruction.keyword, instruction.text);
            view! { <LayerChip number />{words} }.into_any()
        }
        GroupLabel::Severity(severity) => view! { <SeverityMark severity /> }.into_any(),
        GroupLabel::Package { name, version } => format!("{name} {version}").into_any(),
        GroupLabel::Difference(difference) => words::sbom_difference(difference).into_any(),
        GroupLabel::PathDifference(difference) => words::path_difference(difference).into_any(),
        GroupLabel::Hidden(class) => words::hidden_class(class).into_any(),
        GroupLabel::None => view! { <span class="soft">"None"</span> }.into_any(),
    };
    let size = (head.size > 0).then(|| view! { <span><SizeText bytes=head.size /></span> });
    view! {
        <th colspan=width scope="rowgroup">
            <span>{label}</span>
            " "
            <span>{format::count(head.rows)}</span>
            " "
            {size}
        </th>
    }
    .into_any()
}
