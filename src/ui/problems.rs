//! Errors and warnings: what was expected, what was found, where, and what to do.

use super::opened::Opened;
use super::parts::{Views, clicks, holds, live, small_icon, view};
use super::state::RwSignal;
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
        <div class="warning">
            <p><span class=class>{small_icon(glyph)}</span>" "{problem.message.clone()}</p>
            {facts(problem)}
            {problem.advice.clone().map(|advice| view! { <p class="soft">{with_code(&advice)}</p> })}
        </div>
    }
}

/// What is wrong with the source as a whole, whatever image is shown; what was left out can be read.
pub fn source_warnings(opened: Opened) -> Option<AnyView> {
    let source = opened.source.get()?;
    let one = |problem| view! { <div class="note">{warning(problem, false)}</div> };
    let lift = source_limit(opened);
    Some(view! { {source.warnings.iter().map(one).views()} {lift} })
}

/// The way past a limit of the source as a whole, if it was met.
pub fn source_limit(opened: Opened) -> Option<AnyView> {
    opened.source.get()?.limited.then(|| limited(opened, 0))
}

/// Said where reading stopped at a limit, with the way past it. Layer 0 is the source as a whole.
pub fn limited(opened: Opened, layer: u32) -> AnyView {
    let asked = RwSignal::new(false);
    let lift = move |_| {
        asked.set(true);
        opened.lift(layer);
    };
    let words = match layer {
        0 => "Reading stopped at a limit: what comes after it is not shown.",
        _ => "Reading this layer stopped at a limit: what comes after it is not shown.",
    };
    view! {
        <div class="note limit">
            <p>{small_icon("medium")}" "{words}</p>
            <button on:click=clicks(lift) disabled=holds(move || asked.get())>
                {live(move || if asked.get() { "Reading it all…" } else { "Read it all" })}
            </button>
        </div>
    }
}

/// What stands between backticks is set as code.
fn with_code(text: &str) -> AnyView {
    let part = |(at, part): (usize, &str)| match at % 2 {
        1 => view! { <code class="mono">{part.to_owned()}</code> },
        _ => part.to_owned().into_any(),
    };
    text.split('`').enumerate().map(part).views()
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
    Some(view! { <dl>{lines.into_iter().map(line).views()}</dl> })
}
