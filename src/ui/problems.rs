//! Errors and warnings: what was expected, what was found, where, and what to do.

use super::parts::small_icon;
use crate::format;
use crate::problem::Problem;
use leptos::prelude::*;

/// An error that stops something: an alert.
#[component]
pub fn ProblemAlert(
    /// What went wrong.
    problem: Problem,
) -> impl IntoView {
    view! {
        <div class="err" role="alert">
            {super::parts::icon("high")}
            <div>
                <h2>{problem.message.clone()}</h2>
                {facts(&problem)}
                {problem.advice.clone().map(|advice| view! { <p class="advice">{with_code(&advice)}</p> })}
            </div>
        </div>
    }
}

/// A warning within a table or a list.
pub fn warning(problem: &Problem, grave: bool) -> AnyView {
    let (glyph, class) = if grave { ("high", "d") } else { ("medium", "m") };
    view! {
        <div class="warning" role=grave.then_some("alert")>
            <p><span class=class>{small_icon(glyph)}</span>" "{problem.message.clone()}</p>
            {facts(problem)}
            {problem.advice.clone().map(|advice| view! { <p class="soft">{with_code(&advice)}</p> })}
        </div>
    }
    .into_any()
}

/// What stands between backticks is set as code.
fn with_code(text: &str) -> AnyView {
    let part = |(at, part): (usize, &str)| match at % 2 {
        1 => view! { <code class="mono">{part.to_owned()}</code> }.into_any(),
        _ => part.to_owned().into_any(),
    };
    text.split('`').enumerate().map(part).collect_view().into_any()
}

fn facts(problem: &Problem) -> Option<AnyView> {
    let lines: Vec<(&'static str, String)> = [
        ("Expected", problem.expected.clone()),
        ("Found", problem.found.clone()),
        ("In", problem.blob.clone()),
        ("Layer", problem.layer.map(|layer| (layer + 1).to_string())),
        ("Path", problem.path.clone()),
        ("At byte", problem.offset.map(format::count)),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    if lines.is_empty() {
        return None;
    }
    let line = |(name, value): (&'static str, String)| view! { <dt>{name}</dt><dd>{value}</dd> };
    Some(view! { <dl>{lines.into_iter().map(line).collect_view()}</dl> }.into_any())
}
