//! Known vulnerabilities: only of packages for which a database answered may it be said that none is known, and
//! not where VEX documents leave out what is known: an image may bring one about itself.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::link::View;
use crate::protocol::{CheckFacts, CheckSource, CheckState, VexDocumentFacts};
use crate::ui::widgets::day;
use crate::ui::words;
use crate::vocabulary::Severity;

const TITLE: &str = "Vulnerabilities";

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let Some(check) = material.check else {
        let verdict = if material.situation.ready { Verdict::NotChecked } else { Verdict::Running };
        return vec![ImageFinding::new(verdict, TITLE, "The packages are not known yet.")];
    };
    let mut findings = Vec::new();
    findings.extend(found(check));
    findings.extend(left_out(check));
    findings.extend(standing(material, check));
    findings.extend(cannot_be_checked(check));
    findings
}

/// What was found: one finding, as severe as the worst vulnerability.
fn found(check: &CheckFacts) -> Option<ImageFinding> {
    let total = check.counts.total();
    let worst = Severity::ALL.into_iter().find(|severity| check.counts.of(*severity) > 0)?;
    let title = format::counted(total.into(), "known vulnerability", "known vulnerabilities");
    let detail =
        format!("{}. {}", words::sentence(&words::severity_counts(&check.counts)), basis(check));
    let found = ImageFinding::new(Verdict::Found(worst), title, detail);
    Some(found.then(NextStep::show_vulnerabilities()))
}

/// What only VEX documents call harmless: it was not found, but it is not clean either.
fn left_out(check: &CheckFacts) -> Option<ImageFinding> {
    if check.suppressed == 0 {
        return None;
    }
    let (one, many) = match check.counts.total() {
        0 => ("known vulnerability", "known vulnerabilities"),
        _ => ("further known vulnerability", "further known vulnerabilities"),
    };
    let title = format!("{} left out by VEX", format::counted(check.suppressed.into(), one, many));
    let by = check.vex.iter().filter(|document| document.suppressed.total() > 0);
    let sentence = |document: &VexDocumentFacts| {
        let speaker = document.origin.speaker(document.name.as_str());
        format!(
            "{} left out by {speaker}.",
            words::sentence(&words::severity_counts(&document.suppressed))
        )
    };
    let mut sentences: Vec<String> = by.map(sentence).collect();
    if check.counts.total() == 0 {
        sentences.push(basis(check)); // else `found` says it
    }
    Some(not_checked(&title, sentences.join(" ")).then(NextStep::show_vulnerabilities()))
}

/// The state of the check; `None` where `found` or `left_out` reports a complete one.
fn standing(material: Material<'_>, check: &CheckFacts) -> Option<ImageFinding> {
    match check.state {
        CheckState::Waiting if material.situation.ready => Some(
            not_checked(TITLE, "The packages of this image are not known.")
                .then_perhaps(material.download()),
        ),
        CheckState::Waiting => {
            Some(ImageFinding::new(Verdict::Running, TITLE, "The packages are being read."))
        }
        CheckState::NotChecked => Some(before_check(material, check)),
        CheckState::Running => {
            let (done, total) = (u64::from(check.done), u64::from(check.total));
            let detail = format!("{} of {} looked up.", format::count(done), format::count(total));
            let running = ImageFinding::new(Verdict::Running, TITLE, detail);
            Some(running.then(NextStep::show_vulnerabilities()))
        }
        CheckState::Interrupted if check.answered > 0 => {
            let detail = format!("The check was interrupted. {}", basis(check));
            let title = "Vulnerabilities: results are partial";
            Some(not_checked(title, detail).then(check_step(check, " again")))
        }
        CheckState::Interrupted | CheckState::Done => after_check(material, check),
    }
}

fn not_checked(title: &str, detail: impl Into<String>) -> ImageFinding {
    ImageFinding::new(Verdict::NotChecked, title, detail)
}

/// The way to the view that runs the check.
fn check_step(check: &CheckFacts, again: &str) -> NextStep {
    let label = format!("Check {}{again}", packages(check));
    NextStep::Check { view: View::Vulnerabilities, label }
}

/// `93 packages`: those that can be checked.
fn packages(check: &CheckFacts) -> String {
    format::counted(check.checkable.into(), "package", "packages")
}

fn before_check(material: Material<'_>, check: &CheckFacts) -> ImageFinding {
    match (check.packages, check.checkable) {
        (0, _) if material.is_part() => {
            not_checked(TITLE, "No package was found in the layers that were read.")
        }
        (0, _) => not_checked(TITLE, "No package was found, so there is nothing to look up."),
        (_, 0) => not_checked(TITLE, "None of the packages can be looked up.")
            .then(NextStep::show_vulnerabilities()),
        _ => {
            let detail = format!(
                "A check sends names and versions of {} to OSV, after you confirm.",
                packages(check)
            );
            not_checked(TITLE, detail).then(check_step(check, ""))
        }
    }
}

fn after_check(material: Material<'_>, check: &CheckFacts) -> Option<ImageFinding> {
    if check.answered == 0 {
        let reason = check.warnings.first().map(|problem| format!(" {}", problem.message));
        let detail = format!("{}{}", basis(check), reason.unwrap_or_default());
        return Some(not_checked(TITLE, detail).then(check_step(check, " again")));
    }
    let finding = if material.is_part() {
        let detail = format!("{} Layers that were not read may hold more.", basis(check));
        not_checked("Vulnerabilities of the other packages", detail)
    } else if check.answered < check.checkable {
        not_checked("Vulnerabilities of the other packages", basis(check))
    } else if check.counts.total() == 0 && check.suppressed == 0 {
        ImageFinding::new(Verdict::Clean, "No known vulnerabilities", basis(check))
    } else {
        return None;
    };
    Some(finding.then(NextStep::show_vulnerabilities()))
}

/// Packages that no database covers.
fn cannot_be_checked(check: &CheckFacts) -> Option<ImageFinding> {
    let count: u32 = check.unchecked.iter().fold(0, |sum, (_, count)| sum.saturating_add(*count));
    if count == 0 || matches!(check.state, CheckState::Waiting | CheckState::NotChecked) {
        return None;
    }
    let title = format!(
        "Vulnerabilities of {}",
        format::counted(count.into(), "further package", "further packages")
    );
    let detail = "No database that was asked covers their type, distribution or version.";
    let finding = ImageFinding::new(Verdict::NotChecked, title, detail);
    Some(finding.then(NextStep::show_vulnerabilities()))
}

/// `93 of 94 packages checked against api.osv.dev (28 Nov 2026).`
fn basis(check: &CheckFacts) -> String {
    let (answered, all) =
        (format::count(check.answered.into()), format::count(check.packages.into()));
    let source = match &check.source {
        Some(CheckSource::Database(host)) => format!(" against {host}"),
        Some(CheckSource::Files(names)) => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!(" against {}", names.join(", "))
        }
        None => String::new(),
    };
    let of = day(&check.as_of).filter(|_| check.answered > 0); // else no database answered
    let of = of.map(|day| format!(" ({day})")).unwrap_or_default();
    let noun = if check.packages == 1 { "package" } else { "packages" };
    format!("{answered} of {all} {noun} checked{source}{of}.")
}
