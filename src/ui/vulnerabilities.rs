//! Vulnerabilities: what would be sent to learn of them, and what was found. Nobody is asked unasked.

use super::check::{advisory_picker, ask_database, cancel};
use super::dialogs::modal;
use super::facts::{Answer, ask};
use super::network::{Net, net};
use super::opened::Opened;
use super::parts::{Views, clicks, day, live, meter, small_icon, view};
use super::problems::{ProblemAlert, warning};
use super::state::{Memo, RwSignal};
use super::table::SEVERITIES;
use super::tabled::{Tabled, waiting};
use crate::format;
use crate::session::query::{CheckState, Checked, Checks, Vulnerabilities, Vulnerability};
use leptos::prelude::*;
use std::sync::Arc;

const FINDINGS: Tabled = Tabled {
    label: "Vulnerabilities",
    filter: "Filter vulnerabilities",
    item: "Advisory",
    rows: |ask| Vulnerabilities { ask }.into(),
    details: |key| Vulnerability { key }.into(),
    several: true,
    counted: |_| ("finding", "findings"),
    none: "Nothing to list.",
    exports: &[("sarif", "SARIF"), ("vulnerabilities", "Table")],
};

/// The view.
pub fn vulnerabilities_view(opened: Opened) -> AnyView {
    let checks = ask(opened, || Some(Checks {}));
    let asking = RwSignal::new(false);
    // The table stays while a check goes on and ends.
    let state = Memo::new(move |_| match checks.get() {
        Some(Err(problem)) => Some(Err(problem)),
        None => None,
        Some(Ok(checked)) => match checked.state {
            CheckState::Waiting => None,
            CheckState::Ready if opened.checking.read().is_none() => Some(Ok(false)),
            _ => Some(Ok(true)),
        },
    });
    let shown = live(move || match state.get() {
        None => page(waiting(opened)),
        Some(Err(problem)) => page(view! { <ProblemAlert problem /> }),
        Some(Ok(false)) => page(live(move || panel(&known(checks), opened, asking))),
        Some(Ok(true)) => {
            FINDINGS.view(opened, live(move || summary(&known(checks), opened, asking)))
        }
    });
    let net = net();
    view! {
        {shown}
        {live(move || asking.get().then(|| dialog(&known(checks), net, opened, asking)))}
    }
}

fn page(inner: AnyView) -> AnyView {
    view! { <div class="view"><div class="page check">{inner}</div></div> }
}

fn known(checks: RwSignal<Answer<Checked>>) -> Arc<Checked> {
    checks.get().and_then(Result::ok).unwrap_or_default()
}

/// The database's host, as people know it.
fn host(net: Net) -> String {
    let osv = net.osv().unwrap_or_default();
    let rest = osv.split_once("://").map_or(&osv[..], |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

fn packages(count: u32) -> String {
    format::counted(count.into(), "package", "packages")
}

/// What leaves this machine, and for whom.
fn sent(checked: &Checked, net: Net) -> AnyView {
    let (packages, host) = (packages(checked.checkable), host(net));
    view! {
        <p>
            "Sent are the type, name and version of "<b>{packages}</b>" to "<b>{host}</b>
            ", and nothing else: no file, no path, no name of the image."
        </p>
    }
}

/// A list of how many of what.
fn tally(lines: &[(String, u32)]) -> AnyView {
    let line = |(words, count): &(String, u32)| {
        let count = format::count(u64::from(*count));
        view! { <dt class="num">{count}</dt><dd>{words.clone()}</dd> }
    };
    view! { <dl class="tallies">{lines.iter().map(line).views()}</dl> }
}

/// Nobody was asked yet.
fn panel(checked: &Checked, opened: Opened, asking: RwSignal<bool>) -> AnyView {
    let net = net();
    let unchecked = (!checked.unchecked.is_empty()).then(|| {
        view! { <h3>"Cannot be checked"</h3>{tally(&checked.unchecked)} }
    });
    let check = match checked.checkable {
        0 => view! { <p>"Nothing was found here that could be looked up."</p> },
        count => view! {
            {sent(checked, net)}
            {tally(&checked.ecosystems)}
            <p class="bt">
                <button class="btn p" on:click=clicks(move |_| asking.set(true))>
                    {format!("Check {}…", packages(count))}
                </button>
            </p>
        },
    };
    view! {
        <h2>"Vulnerabilities"</h2>
        <p class="soft">
            "Not checked. To know of vulnerabilities, a database has to be asked which of them concern these \
             packages. Nobody is asked unless you say so."
        </p>
        {check}
        {unchecked}
        <h3>"Without asking anybody"</h3>
        <p class="soft">
            "Files of advisories are matched here, in this tab: exports of osv.dev (zip or JSON), and VEX \
             documents that say which of them do not apply. Open them, or drop them here."
        </p>
        <p class="bt">{advisory_picker(opened)}</p>
        {failed(opened)}
    }
}

fn failed(opened: Opened) -> AnyView {
    live(move || opened.unchecked.get().map(|problem| view! { <ProblemAlert problem /> }))
}

/// The question before anything is sent. Escape is a no.
fn dialog(checked: &Checked, net: Net, opened: Opened, asking: RwSignal<bool>) -> AnyView {
    let agree = clicks(move |_| {
        asking.set(false);
        if let Some(endpoint) = net.osv() {
            ask_database(opened, endpoint);
        }
    });
    let inner = view! {
        {sent(checked, net)}
        <p class="soft">"Whoever runs that database can tell from it what the image is made of."</p>
        <p class="bt">
            <button on:click=clicks(move |_| asking.set(false))>"Cancel"</button>
            <button class="btn p" on:click=agree>"Send and check"</button>
        </p>
    };
    modal(format!("Check {}?", packages(checked.checkable)), move || asking.set(false), inner)
}

/// How far it is, or what came of it.
fn summary(checked: &Checked, opened: Opened, asking: RwSignal<bool>) -> AnyView {
    let goes_on = checked.state == CheckState::Asking || opened.checking.read().is_some();
    let warnings = checked.warnings.iter();
    let warnings = warnings.map(|one| view! { <div class="note">{warning(one, false)}</div> });
    let acts = match goes_on {
        true => {
            let (done, all) = (checked.done.into(), checked.all.into());
            let numbers =
                (all > 0).then(|| format!(" {} of {}", format::count(done), format::count(all)));
            let whom = (!checked.source.is_empty()).then(|| format!(" {}", checked.source));
            view! {
                <p class="bt" role="status">
                    <span>"Asking"{whom}"…"{numbers}</span>
                    {meter(format::width(done, all))}
                    <button on:click=clicks(move |_| cancel(opened))>"Cancel"</button>
                </p>
            }
        }
        false => view! {
            <p class="bt">
                {(checked.checkable > 0).then(|| view! {
                    <button on:click=clicks(move |_| asking.set(true))>"Check again"</button>
                })}
                {advisory_picker(opened)}
            </p>
        },
    };
    view! {
        <div class="check">
            {(!goes_on).then(|| outcome(checked))}
            {suppressed(checked)}
            {acts}
            {failed(opened)}
            {warnings.views()}
        </div>
    }
}

/// What is known: never that there is nothing.
fn outcome(checked: &Checked) -> AnyView {
    let of = format!(
        "{} of {} that could be checked",
        format::count(checked.checkable.into()),
        packages(checked.packages)
    );
    let stopped = (checked.state == CheckState::Stopped)
        .then(|| "The check did not end: what is here was found until then. ");
    let as_of = day(Some(&checked.as_of)).map(|day| format!(", as of {day}"));
    let source = (!checked.source.is_empty()).then(|| format!(", by {}", checked.source));
    let rank = |(rank, count): (usize, &u32)| {
        let (word, class) = SEVERITIES[rank];
        (*count > 0).then(|| {
            let count = format::count(u64::from(*count));
            view! { <span class=class>{word}" "{count}</span>" " }
        })
    };
    // The worst first; what nobody has rated last.
    let (rated, unrated) = checked.counts.split_at(5);
    let ranks =
        rated.iter().enumerate().rev().chain(unrated.iter().enumerate().map(|(at, n)| (at + 5, n)));
    let found = checked.counts.iter().any(|count| *count > 0);
    let words = match (found, stopped.is_some()) {
        (true, _) => view! { <span class="sevs">{ranks.filter_map(rank).views()}</span> },
        (false, true) => "None was found so far".into_any(),
        (false, false) => view! { {small_icon("fine")}" None known" },
    };
    view! { <p>{stopped}{words}" for the "{of}{as_of}{source}"."</p> }
}

/// What VEX documents say.
fn suppressed(checked: &Checked) -> Option<AnyView> {
    (!checked.vex.is_empty()).then(|| {
        let count = format::counted(checked.suppressed.into(), "finding", "findings");
        let by = checked.vex.join(", ");
        view! { <p class="soft">{count}" left out: "{by}" says that they do not apply."</p> }
    })
}
