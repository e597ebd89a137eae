//! Errors and warnings: what was expected, what was found, where, and what to do.

use super::opened::Opened;
use super::parts::{Views, clicks, holds, live, small_icon, view};
use super::raw::{El, big_icon, el, icon};
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
    let made = facts(el("div", "").add(el("h2", "").text(&problem.message)), &problem);
    let made = with_code(made, "advice", &problem);
    el("div", "err").set("role", "alert").add(big_icon("high")).add(made)
}

/// A warning within a table or a list.
pub fn warning(problem: &Problem, grave: bool) -> El {
    let (glyph, class) = if grave { ("high", "d") } else { ("medium", "m") };
    let mark = el("span", class).add(icon(glyph));
    let said = el("p", "").add(mark).text(" ").text(&problem.message);
    with_code(facts(el("div", "warning").add(said), problem), "soft", problem)
}

/// What is wrong with the source as a whole, whatever image is shown; what was left out can be read.
pub fn source_warnings(opened: Opened) -> Option<AnyView> {
    let source = opened.source.get()?;
    let one = |problem| el("div", "note").add(warning(problem, false));
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

/// The advice; what stands between backticks is set as code.
fn with_code(into: El, class: &str, problem: &Problem) -> El {
    let Some(advice) = &problem.advice else { return into };
    let mut made = el("p", class);
    for (at, part) in advice.split('`').enumerate() {
        made = match at % 2 {
            1 => made.add(el("code", "mono").text(part)),
            _ => made.text(part),
        };
    }
    into.add(made)
}

fn facts(into: El, problem: &Problem) -> El {
    let lines = [
        ("Expected", problem.expected.clone()),
        ("Found", problem.found.clone()),
        ("In", problem.blob.clone()),
        ("Layer", problem.layer.map(|layer| layer.number().to_string().into())),
        ("Path", problem.path.clone()),
        ("At byte", problem.offset.map(|at| format::count(at).into())),
    ];
    let mut made = el("dl", "");
    let mut some = false;
    for (name, value) in lines {
        if let Some(value) = value {
            some = true;
            made = made.add(el("dt", "").text(name)).add(el("dd", "").text(&value));
        }
    }
    if some { into.add(made) } else { into }
}
