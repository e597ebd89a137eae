//! The state of a check: not started, in progress, interrupted, done. "None known" is said only about packages
//! that a database answered for.

use super::check::{AdvisoryPicker, CheckButton, packages};
use crate::format;
use crate::problem::Problem;
use crate::protocol::{CheckFacts, CheckSource, CheckState, SeverityCounts, VexDocumentFacts};
use crate::text::Shown;
use crate::ui::app::{Loaded, use_image, use_registries};
use crate::ui::views::parts::named_host;
use crate::ui::widgets::{
    Button, ButtonKind, Meter, ProblemAlert, ProblemNote, day, severity_class,
};
use crate::ui::words;
use crate::vocabulary::{Severity, UncheckedReason};
use leptos::prelude::*;

/// Nothing was checked yet: what a check sends, and what can be done without one.
#[component]
pub fn CheckPanel(check: Signal<Loaded<CheckFacts>>) -> AnyView {
    let registries = use_registries();
    let facts = Memo::new(move |_| check.read().map(CheckFacts::clone).unwrap_or_default());
    let host = move || named_host(&registries.osv().unwrap_or_default());
    let label = move || format!("Check {}…", packages(facts.read().checkable));
    view! {
        <div class="check panel">
            <p>"Not checked. A check sends package names and versions to OSV, after you confirm."</p>
            <Show
                when=move || facts.read().checkable != 0
                fallback=|| view! { <p>"No package that OSV covers was found."</p> }
            >
                <p>
                    "Sends type, name and version of "<b>{move || packages(facts.read().checkable)}</b>
                    " to "<b>{host}</b>". No paths, no image name."
                </p>
                {move || view! { <Tallies lines=facts.read().ecosystems.clone() /> }}
                <p class="bt">
                    <CheckButton check label=Signal::derive(label) kind=ButtonKind::Primary />
                </p>
            </Show>
            {move || unchecked(&facts.read())}
            <h2>"Offline"</h2>
            <p class="soft">
                "Open or drop exports of osv.dev (zip or JSON) and VEX documents. They are matched in this tab; \
                 nothing is sent."
            </p>
            <p class="bt"><AdvisoryPicker /></p>
            <OrderProblem />
        </div>
    }
    .into_any()
}

/// A running, interrupted or finished check.
#[component]
pub fn CheckSummary(check: Signal<Loaded<CheckFacts>>) -> AnyView {
    let image = use_image();
    let order = image.source.check(image.position);
    let facts = Memo::new(move |_| check.read().map(CheckFacts::clone).unwrap_or_default());
    let is_running = move || facts.read().state == CheckState::Running || order.is_running();
    // What stopped the order stands in its alert.
    let warnings = move || {
        let (warnings, told) = (facts.read().warnings.clone(), order.problem());
        let is_told = move |problem: &Problem| {
            told.as_ref().is_some_and(|told| {
                (&told.code, &told.message) == (&problem.code, &problem.message)
            })
        };
        warnings
            .into_iter()
            .filter(move |problem| !is_told(problem))
            .map(|problem| view! { <ProblemNote problem grave=false /> })
            .collect_view()
    };
    view! {
        <Show
            when=is_running
            fallback=move || view! {
                {move || view! { <Outcome facts=facts.get() /> }}
                <p class="bt">
                    <Show when=move || facts.read().checkable != 0>
                        <CheckButton check label="Check again…" />
                    </Show>
                    <AdvisoryPicker />
                </p>
                {move || unchecked(&facts.read())}
            }
        >
            <p class="bt">
                <span role="status">{move || progress_text(&facts.read())}</span>
                <Meter
                    part=Signal::derive(move || facts.read().done.into())
                    whole=Signal::derive(move || facts.read().total.into())
                />
                <Button label="Cancel" on_press=move || order.cancel() />
            </p>
        </Show>
        {move || vex_text(&facts.read()).map(|text| view! { <p class="soft">{text}</p> })}
        <OrderProblem />
        {warnings}
    }
    .into_any()
}

/// Why the last check could not be made.
#[component]
pub fn OrderProblem() -> AnyView {
    let image = use_image();
    let order = image.source.check(image.position);
    let drawn = move || order.problem().map(|problem| view! { <ProblemAlert problem /> });
    view! { {drawn} }.into_any()
}

/// The result in numbers and one sentence.
#[component]
fn Outcome(facts: CheckFacts) -> AnyView {
    let counts = facts.counts;
    let marks = Severity::ALL.into_iter().filter(move |severity| counts.of(*severity) > 0);
    let marks = marks.map(|severity| {
        let count = format::count(counts.of(severity).into());
        view! { <span class=severity_class(severity)>{words::severity(severity)}" "{count}</span> }
    });
    view! {
        <p class="sevs">{marks.collect_view()}</p>
        <p>{outcome_text(&facts)}</p>
    }
    .into_any()
}

/// `4 vulnerabilities. Checked 4 of 8 packages against Go-all.zip (28 Nov 2026).`
pub fn outcome_text(facts: &CheckFacts) -> String {
    let SeverityCounts { unrated, .. } = facts.counts;
    let total = facts.counts.total();
    let found = match (total, facts.answered) {
        (0, 0) => return "No package was checked.".to_owned(),
        (0, _) => format!("{} ", none_text(facts)),
        (n, _) => {
            let found = format::counted(n.into(), "vulnerability", "vulnerabilities");
            let rated = if unrated == n { ", severity not rated" } else { "" };
            format!("{found}{rated}. ")
        }
    };
    let against = match &facts.source {
        None => String::new(),
        Some(CheckSource::Database(host)) => format!(" against {host}"),
        Some(CheckSource::Files(names)) => {
            let names: Vec<&str> = names.iter().map(Shown::as_str).collect();
            format!(" against {}", names.join(", "))
        }
    };
    let as_of = day(&facts.as_of).filter(|_| facts.answered > 0); // else no database answered
    let as_of = as_of.map_or(String::new(), |day| format!(" ({day})"));
    let checked = format!(
        "Checked {} of {}{against}{as_of}.",
        format::count(facts.answered.into()),
        packages(facts.packages),
    );
    match facts.state {
        CheckState::Interrupted => {
            format!("The check was interrupted; results are partial. {found}{checked}")
        }
        _ => format!("{found}{checked}"),
    }
}

/// What is said instead of a list that is empty.
pub fn none_text(facts: &CheckFacts) -> &'static str {
    match (facts.answered, facts.suppressed) {
        (0, _) => "No package was checked.",
        (_, 0) => "No known vulnerabilities.",
        _ => "All known vulnerabilities are left out by VEX documents.",
    }
}

/// `Checking against api.osv.dev: 12 of 93`.
fn progress_text(facts: &CheckFacts) -> String {
    let against = match &facts.source {
        Some(CheckSource::Database(host)) => format!(" against {host}"),
        _ => String::new(),
    };
    match facts.total {
        0 => format!("Checking{against}…"),
        total => format!(
            "Checking{against}: {} of {}",
            format::count(facts.done.into()),
            format::count(total.into())
        ),
    }
}

fn vex_text(facts: &CheckFacts) -> Option<String> {
    let speaker = |document: &VexDocumentFacts| document.origin.speaker(document.name.as_str());
    let names: Vec<String> = facts.vex.iter().map(speaker).collect();
    (!names.is_empty()).then(|| {
        let count = format::counted(facts.suppressed.into(), "vulnerability", "vulnerabilities");
        format!("{count} left out as not applicable, by {}", names.join(", "))
    })
}

/// Packages that cannot be checked, by reason; nothing where all can.
fn unchecked(facts: &CheckFacts) -> impl IntoView + use<> {
    let lines: Vec<(Shown, u32)> = facts
        .unchecked
        .iter()
        .map(|(reason, count)| (Shown::from(reason_text(*reason)), *count))
        .collect();
    (!lines.is_empty()).then(|| view! { <h2>"Cannot be checked"</h2><Tallies lines /> })
}

fn reason_text(reason: UncheckedReason) -> &'static str {
    match reason {
        UncheckedReason::NoVersion => "Version unknown",
        UncheckedReason::TypeNotCovered => "Package type not covered by OSV",
        UncheckedReason::DistributionNotCovered => "Distribution not covered by OSV",
        UncheckedReason::ReleaseNotCovered => {
            "Release of the distribution unknown or not covered by OSV"
        }
        UncheckedReason::NotInFiles => "Not covered by the opened files",
        UncheckedReason::ProjectsOwn => "The project's own, in no database",
    }
}

/// Numbers and what they count.
#[component]
fn Tallies(lines: Vec<(Shown, u32)>) -> AnyView {
    let lines = lines.into_iter().map(|(name, count)| {
        view! { <dt class="num">{format::count(count.into())}</dt><dd>{name.to_string()}</dd> }
    });
    view! { <dl class="tallies">{lines.collect_view()}</dl> }.into_any()
}
