//! What deserves attention: each finding with a shape, a word and a colour for how grave it is.
//!
//! "Not checked" is never drawn like "nothing found"; what was checked and found clean is listed.

use super::facts::Facts;
use super::here::{Here, here};
use super::opened::Opened;
use super::parts::view;
use super::raw::{El, big_icon, el, raw};
use crate::link::View;
use crate::session::query::{Finding, Severity};
use leptos::prelude::*;

/// The pane.
#[component]
pub fn Attention() -> impl IntoView {
    let (facts, opened, here) = (expect_context::<Facts>(), expect_context::<Opened>(), here());
    let fill = move |into: El| {
        let overview = facts.overview.get().and_then(Result::ok).unwrap_or_default();
        drawn(into, &overview.findings, opened.note.get(), here)
    };
    view! { <aside class="attention" aria-label="Needs attention">{raw("", fill, |_, _| ())}</aside> }
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

fn drawn(into: El, findings: &[Finding], note: Option<String>, here: Here) -> El {
    let mut tally = el("span", "tally");
    for severity in [Severity::High, Severity::Medium, Severity::Unchecked] {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        if count > 0 {
            let (glyph, class, word) = looks(severity);
            let glyph = super::raw::icon(glyph);
            let count = el("span", class).add(glyph).text(&format!(" {count}"));
            tally = tally.add(count.add(el("span", "vh").text(&format!(" {word}"))));
        }
    }
    let bar = el("div", "bar2").text("Needs attention").add(el("span", "sp")).add(tally);
    let mut made = into.add(bar);
    if let Some(note) = note {
        let note = el("p", "").text(&note);
        let alert = el("article", "finding").set("role", "alert");
        made = made.add(alert.add(big_icon("high")).add(note));
    }
    let mut listed = el("div", "findings");
    let mut clean = el("ul", "");
    let (mut grave, mut fine) = (0, 0);
    for one in findings {
        if one.severity == Severity::Clean {
            fine += 1;
            let detail = el("span", "soft").text(" · ").text(&one.detail);
            let words = el("span", "").text(&one.title).add(detail);
            clean = clean.add(el("li", "").add(big_icon("fine")).add(words));
        } else {
            grave += 1;
            listed = listed.add(finding(one, here));
        }
    }
    made = made.add(listed);
    // Said where nothing is listed, so that an empty pane is not taken for one that is still coming.
    if grave == 0 && fine > 0 {
        let calm = el("p", "calm").add(big_icon("fine"));
        made = made.add(calm.text("Nothing, as far as it is checked."));
    }
    match fine {
        0 => made,
        _ => {
            let heading = el("h3", "").text("Checked, nothing found");
            made.add(el("div", "good").add(heading).add(clean))
        }
    }
}

fn finding(finding: &Finding, here: Here) -> El {
    let (glyph, class, word) = looks(finding.severity);
    let unchecked = if finding.severity == Severity::Unchecked { " unchecked" } else { "" };
    let severity = el("span", &format!("sev {class}{unchecked}")).text(word);
    let title = el("h3", "").text(&finding.title).add(severity);
    let mut said = el("div", "").add(title).add(el("p", "").text(&finding.detail));
    if let Some(view) = View::named(&finding.view) {
        let href = here.href(|link| link.turn_to(view));
        let words = format!("Show {}", view.name());
        said = said.add(el("a", "go").set("href", &href).text(&words));
    }
    el("article", "finding").add(el("span", class).add(big_icon(glyph))).add(said)
}
