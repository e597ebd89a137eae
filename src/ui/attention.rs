//! What deserves attention: each finding with a shape, a word and a colour for how grave it is.
//!
//! "Not checked" is never drawn like "nothing found"; what was checked and found clean is listed.

use super::facts::Facts;
use super::here::here;
use super::opened::Opened;
use super::parts::{Views, icon, live, says, small_icon, view};
use crate::link::View;
use crate::session::query::{Finding, Severity};
use leptos::prelude::*;

/// The pane.
#[component]
pub fn Attention() -> impl IntoView {
    let facts = expect_context::<Facts>();
    let opened = expect_context::<Opened>();
    let findings = move || {
        let overview = facts.overview.get().and_then(Result::ok);
        overview.map_or(Vec::new(), |overview| overview.findings.clone())
    };
    view! {
        <aside class="attention" aria-label="Needs attention">
            <div class="bar2">
                "Needs attention"
                <span class="sp"></span>
                <span class="tally">{live(move || tally(&findings()))}</span>
            </div>
            {live(move || opened.note.get().map(|note| {
                view! { <article class="finding" role="alert">{icon("high")}<p>{note}</p></article> }
            }))}
            <div class="findings">
                {live(move || findings().iter().filter(|f| f.severity != Severity::Clean).map(finding).views())}
            </div>
            {live(move || calm(&findings()))}
            {live(move || clean(&findings()))}
        </aside>
    }
}

/// Icon, class and word of a severity.
fn looks(severity: Severity) -> (&'static str, &'static str, &'static str) {
    match severity {
        Severity::High => ("high", "d", "High"),
        Severity::Medium => ("medium", "m", "Medium"),
        Severity::Unchecked => ("unknown", "soft", "Not checked"),
        Severity::Clean => ("fine", "ok", "Nothing found"),
    }
}

fn tally(findings: &[Finding]) -> AnyView {
    [Severity::High, Severity::Medium, Severity::Unchecked]
        .into_iter()
        .filter_map(|severity| {
            let count = findings.iter().filter(|f| f.severity == severity).count();
            let (glyph, class, word) = looks(severity);
            (count > 0).then(|| {
                view! {
                    <span class=class>
                        {small_icon(glyph)}" "{count}<span class="vh">" "{word}</span>
                    </span>
                }
            })
        })
        .views()
}

fn finding(finding: &Finding) -> AnyView {
    let (glyph, class, word) = looks(finding.severity);
    let unchecked = finding.severity == Severity::Unchecked;
    let view = View::named(&finding.view);
    let here = here();
    let more = view.map(|view| {
        let href = says(move || here.href(|link| link.turn_to(view)));
        let words = format!("Show {}", view.name());
        view! { <a class="go" href=href>{words}</a> }
    });
    view! {
        <article class="finding">
            <span class=class>{icon(glyph)}</span>
            <div>
                <h3>
                    {finding.title.clone()}
                    <span class=format!("sev {class}") class:unchecked=unchecked>{word}</span>
                </h3>
                <p>{finding.detail.clone()}</p>
                {more}
            </div>
        </article>
    }
}

/// Said where nothing is listed, so that an empty pane is not taken for one that is still coming.
fn calm(findings: &[Finding]) -> Option<AnyView> {
    let all_clean = findings.iter().all(|finding| finding.severity == Severity::Clean);
    (all_clean && !findings.is_empty()).then(|| {
        view! { <p class="calm">{icon("fine")}"Nothing, as far as it is checked."</p> }
    })
}

fn clean(findings: &[Finding]) -> Option<AnyView> {
    let clean: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Clean).collect();
    if clean.is_empty() {
        return None;
    }
    let line = |finding: &Finding| {
        view! { <li>
            {icon("fine")}
            <span>{finding.title.clone()}<span class="soft">" · "{finding.detail.clone()}</span></span>
        </li> }
    };
    Some(view! {
        <div class="good">
            <h3>"Checked, nothing found"</h3>
            <ul>{clean.into_iter().map(line).views()}</ul>
        </div>
    })
}
