//! Vulnerabilities: what would be sent to learn of them, and what was found. Nobody is asked unasked.

use super::check::{advisory_picker, ask_database, cancel, picked};
use super::dialogs::modal;
use super::facts::{Answer, ask};
use super::network::{Net, net};
use super::opened::Opened;
use super::parts::{day, live, view};
use super::raw::{El, button, el, icon, meter, raw};
use super::state::{Memo, RwSignal};
use super::table::SEVERITIES;
use super::tabled::{Tabled, waiting};
use crate::format;
use crate::session::query::{CheckState, Checked, Checks, Vulnerabilities, Vulnerability};
use leptos::prelude::*;

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

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Checking {
    opened: Opened,
    net: Net,
    checks: RwSignal<Answer<Checked>>,
    /// The question before anything is sent is shown.
    asks: RwSignal<bool>,
}

/// The view.
pub fn vulnerabilities_view(opened: Opened) -> AnyView {
    let checks = ask(opened, || Some(Checks {}));
    let checking = Checking { opened, net: net(), checks, asks: RwSignal::new(false) };
    // The table stays while a check goes on and ends.
    let asked = Memo::new(move |_| match checks.get() {
        Some(Ok(checked)) => match checked.state {
            CheckState::Waiting => false,
            CheckState::Ready => opened.checking.read().is_some(),
            _ => true,
        },
        _ => false,
    });
    let shown = live(move || match asked.get() {
        false => {
            let panel = checking.drawn(Checking::panel);
            view! { <div class="view"><div class="page">{panel}</div></div> }
        }
        true => FINDINGS.view(opened, checking.drawn(Checking::summary)),
    });
    view! {
        {shown}
        {live(move || checking.asks.get().then(|| checking.dialog()))}
    }
}

impl Checking {
    fn drawn(self, draw: fn(Checking, El, &Checked) -> El) -> AnyView {
        let fill = move |into: El| match self.checks.get() {
            Some(Ok(checked)) if checked.state != CheckState::Waiting => draw(self, into, &checked),
            Some(Err(problem)) if problem.code != "layers-not-read" => {
                into.add(el("p", "d").set("role", "alert").text(&problem.to_string()))
            }
            _ => waiting(into, self.opened),
        };
        raw("check", fill, move |key, event| self.heard(key, event))
    }

    fn heard(self, key: &str, event: &web_sys::Event) {
        match key {
            "check" => self.asks.set(true),
            "cancel" => cancel(self.opened),
            "advisories" => picked(self.opened, event),
            "send" => {
                self.asks.set(false);
                if let Some(endpoint) = self.net.osv() {
                    ask_database(self.opened, endpoint);
                }
            }
            _ => self.asks.set(false),
        }
    }

    /// What leaves this machine, and for whom.
    fn sent(self, checked: &Checked) -> El {
        let osv = self.net.osv().unwrap_or_default();
        let rest = osv.split_once("://").map_or(&osv[..], |(_, rest)| rest);
        let host = rest.split('/').next().unwrap_or_default();
        paragraph("Sent are the type, name and version of ")
            .add(el("b", "").text(&packages(checked.checkable)))
            .text(" to ")
            .add(el("b", "").text(host))
            .text(", and nothing else: no file, no path, no name of the image.")
    }

    /// Nobody was asked yet.
    fn panel(self, into: El, checked: &Checked) -> El {
        let soft = |words| paragraph(words).set("class", "soft");
        let heading = |words| el("h3", "").text(words);
        let mut made = into.add(el("h2", "").text("Vulnerabilities")).add(soft(
            "Not checked. To know of vulnerabilities, a database has to be asked which of them concern \
             these packages. Nobody is asked unless you say so.",
        ));
        if checked.checkable > 0 {
            let words = format!("Check {}…", packages(checked.checkable));
            made = made.add(self.sent(checked)).add(tally(&checked.ecosystems));
            made = made.add(el("p", "bt").add(button("btn p", "check").text(&words)));
        } else {
            made = made.add(paragraph("Nothing was found here that could be looked up."));
        }
        if !checked.unchecked.is_empty() {
            made = made.add(heading("Cannot be checked")).add(tally(&checked.unchecked));
        }
        made = made.add(heading("Without asking anybody")).add(soft(
            "Files of advisories are matched here, in this tab: exports of osv.dev (zip or JSON), and VEX \
             documents that say which of them do not apply. Open them, or drop them here.",
        ));
        self.failed(made.add(el("p", "bt").add(advisory_picker())))
    }

    /// How far it is, or what came of it.
    fn summary(self, into: El, checked: &Checked) -> El {
        let goes_on = checked.state == CheckState::Asking || self.opened.checking.read().is_some();
        let mut made = into;
        let mut acts = el("p", "bt");
        if goes_on {
            let (done, all) = (u64::from(checked.done), u64::from(checked.all));
            let numbers = match all {
                0 => String::new(),
                _ => format!(" {} of {}", format::count(done), format::count(all)),
            };
            let words = format!("Asking {}…{numbers}", checked.source);
            acts = acts
                .add(el("span", "").set("role", "status").text(&words))
                .add(meter(&format::width(done, all)))
                .add(button("", "cancel").text("Cancel"));
        } else {
            made = made.add(outcome(checked));
            if checked.checkable > 0 {
                acts = acts.add(button("", "check").text("Check again"));
            }
            acts = acts.add(advisory_picker());
        }
        if !checked.vex.is_empty() {
            let count = format::counted(checked.suppressed.into(), "finding", "findings");
            let words = format!("{count} left out, which do not apply: {}", checked.vex.join(", "));
            made = made.add(el("p", "soft").text(&words));
        }
        made = self.failed(made.add(acts));
        for problem in &checked.warnings {
            let words = el("span", "").text(&problem.to_string());
            made = made.add(el("p", "note").add(icon("medium")).add(words));
        }
        made
    }

    fn failed(self, into: El) -> El {
        let Some(problem) = self.opened.unchecked.get() else { return into };
        let words = format!("{problem} {}", problem.advice.as_deref().unwrap_or_default());
        into.add(el("p", "d").set("role", "alert").text(&words))
    }

    /// The question before anything is sent. Escape is a no.
    fn dialog(self) -> AnyView {
        let inner = self.drawn(|checking, into, checked| {
            let words = "Whoever runs that database can tell from it what the image is made of.";
            let no = button("", "no").text("Cancel");
            let yes = button("btn p", "send").text("Send and check");
            into.add(checking.sent(checked))
                .add(paragraph(words).set("class", "soft"))
                .add(el("p", "bt").add(no).add(yes))
        });
        let checked = self.checks.get().and_then(Result::ok).unwrap_or_default();
        let label = format!("Check {}?", packages(checked.checkable));
        modal(label, move || self.asks.set(false), inner)
    }
}

fn paragraph(words: &str) -> El {
    el("p", "").text(words)
}

fn packages(count: u32) -> String {
    format::counted(count.into(), "package", "packages")
}

/// A list of how many of what.
fn tally(lines: &[(String, u32)]) -> El {
    let mut made = el("dl", "tallies");
    for (words, count) in lines {
        let count = format::count(u64::from(*count));
        made = made.add(el("dt", "num").text(&count)).add(el("dd", "").text(words));
    }
    made
}

/// What is known: never that there is nothing.
fn outcome(checked: &Checked) -> El {
    let stopped = checked.state == CheckState::Stopped;
    let mut made = el("p", "sevs");
    if stopped {
        made = made.text("The check did not end: what was found until then is here. ");
    }
    // The worst first; what nobody has rated last.
    for rank in [4, 3, 2, 1, 0, 5] {
        let (word, class) = SEVERITIES[rank];
        if checked.counts[rank] > 0 {
            let count = format::count(checked.counts[rank].into());
            made = made.add(el("span", class).text(&format!("{word} {count}")));
        }
    }
    let none = match (checked.counts.iter().all(|count| *count == 0), stopped) {
        (false, _) => "",
        (true, true) => "None known so far ",
        (true, false) => "None known ",
    };
    let by = match checked.source.as_str() {
        "" => String::new(),
        source => format!(", by {source}"),
    };
    let as_of = day(Some(&checked.as_of)).map_or(String::new(), |day| format!(", as of {day}"));
    made.text(&format!(
        "{none}for the {} of {} that could be checked{by}{as_of}.",
        format::count(checked.checkable.into()),
        packages(checked.packages),
    ))
}
