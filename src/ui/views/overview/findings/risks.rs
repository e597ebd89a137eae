//! Risks, and what was checked and found clean. Where layers were not read, nothing that depends on files is called
//! clean. Running as root has a finding of its own (`user.rs`), which is known before the files are.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::link::View;
use crate::protocol::{RiskCheckNumbers, RiskNumbers};
use crate::ui::words;
use crate::vocabulary::{RiskSeverity, Severity};

const TITLE: &str = "Risks";

/// The check that `user.rs` tells.
const ROOT_USER: &str = "root-user";

/// Kinds of risks that are named.
const MAX_NAMED: usize = 3;

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let Some(numbers) = &material.facts.risks else {
        let (verdict, detail) = match material.situation.ready {
            true => (Verdict::NotChecked, "The files of this image were not read."),
            false => (Verdict::Running, "Known once all layers are read."),
        };
        return vec![ImageFinding::new(verdict, TITLE, detail).then_perhaps(material.download())];
    };
    let step = || NextStep::show(View::Risks, "Show risks");
    let mut findings = Vec::new();
    let others = || numbers.checks.iter().filter(|check| check.check != ROOT_USER);
    let count = others().fold(0u32, |sum, check| sum.saturating_add(check.found()));
    let gaps = words::search_gaps(&numbers.unread, &numbers.partial);
    let is_part = material.is_part() || !gaps.is_empty() || numbers.unchecked;
    if count > 0 {
        let least = if numbers.is_cut() { "At least " } else { "" };
        let title = format!("{least}{}", format::counted(count.into(), "risk", "risks"));
        let found = ImageFinding::new(Verdict::Found(worst(others())), title, kinds(others()));
        findings.push(found.then(step()));
    }
    if is_part && (material.situation.ready || material.situation.missing_bytes > 0) {
        let title = "Risks in what was not read";
        let detail = match gaps.is_empty() {
            true if numbers.unchecked => {
                "There are too many paths to look up: programs and accounts may have more."
                    .to_owned()
            }
            true => "Layers that were not read may hold more.".to_owned(),
            false => gaps,
        };
        findings.push(ImageFinding::new(Verdict::NotChecked, title, detail));
    } else if !is_part {
        let nothing = numbers.checks.iter().all(|check| check.found() == 0);
        let title = match (nothing, numbers.ignored) {
            (true, 0) => "No risks were found",
            _ => "No other risks were found",
        };
        findings.push(ImageFinding::new(Verdict::Clean, title, clean(numbers)).then(step()));
    }
    findings
}

fn worst<'a>(checks: impl Iterator<Item = &'a RiskCheckNumbers> + Clone) -> Severity {
    let any = |severity| checks.clone().any(|check| check.of(severity) > 0);
    match () {
        () if any(RiskSeverity::High) => Severity::High,
        () if any(RiskSeverity::Medium) => Severity::Medium,
        () => Severity::Low,
    }
}

/// `Git repository, world-writable file (3) and 2 other kinds.`
fn kinds<'a>(checks: impl Iterator<Item = &'a RiskCheckNumbers>) -> String {
    let mut found: Vec<&RiskCheckNumbers> = checks.filter(|check| check.found() > 0).collect();
    found.sort_by_key(|check| std::cmp::Reverse((check.high, check.medium, check.low)));
    let name = |check: &&RiskCheckNumbers| match check.found() {
        1 => check.title.clone(),
        count => format!("{} ({})", check.title, format::count(count.into())),
    };
    let named: Vec<String> = found.iter().take(MAX_NAMED).map(name).collect();
    match found.len().saturating_sub(MAX_NAMED) {
        0 => format!("{}.", named.join("; ")),
        1 => format!("{}; and 1 other kind.", named.join("; ")),
        more => format!("{}; and {more} other kinds.", named.join("; ")),
    }
}

/// What was checked and found clean.
fn clean(numbers: &RiskNumbers) -> String {
    let clean = numbers.checks.iter().filter(|check| check.is_clean()).count() as u64;
    let ignored = match numbers.ignored {
        0 => String::new(),
        count => {
            format!(" The ignore list names {}.", format::counted(count.into(), "risk", "risks"))
        }
    };
    format!(
        "{} of accounts, permissions, leftovers, settings, keys, programs and the distribution found nothing.{ignored}",
        format::counted(clean, "check", "checks")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::OverviewFacts;
    use crate::ui::testing::layer;
    use crate::ui::views::overview::findings::Situation;

    fn check(name: &str, high: u32, low: u32) -> RiskCheckNumbers {
        let (check, title) = (name.to_owned(), name.to_owned());
        RiskCheckNumbers { check, title, high, low, ..RiskCheckNumbers::default() }
    }

    fn said(risks: Option<RiskNumbers>, ready: bool) -> Vec<(Verdict, String, String)> {
        let facts = OverviewFacts { risks, ..OverviewFacts::default() };
        let situation = Situation { ready, ..Situation::default() };
        let material = Material { facts: &facts, check: None, situation };
        let found = findings(material).into_iter();
        found.map(|finding| (finding.verdict, finding.title, finding.detail)).collect()
    }

    #[test]
    fn the_worst_kinds_are_named_and_root_is_not_told_twice() {
        let checks = vec![
            check(ROOT_USER, 1, 0),
            check("a", 0, 2),
            check("b", 1, 0),
            check("c", 0, 1),
            check("d", 0, 1),
            check("e", 0, 0),
            // Information is something that was found.
            RiskCheckNumbers { info: 1, ..check("f", 0, 0) },
        ];
        let found = said(Some(RiskNumbers { checks, ..RiskNumbers::default() }), true);
        let (verdict, title, detail) = &found[0];
        assert_eq!((*verdict, &title[..]), (Verdict::Found(Severity::High), "5 risks"));
        assert_eq!(detail, "b; a (2); c; and 1 other kind.");
        let (verdict, title, detail) = &found[1];
        assert_eq!((*verdict, &title[..]), (Verdict::Clean, "No other risks were found"));
        assert!(detail.starts_with("1 check of accounts"), "{detail}");
    }

    #[test]
    fn what_is_cut_ignored_or_not_checked_is_said() {
        let cut = RiskCheckNumbers { cut: true, ..check("a", 3, 0) };
        let numbers = RiskNumbers { checks: vec![cut], ..RiskNumbers::default() };
        assert_eq!(said(Some(numbers), true)[0].1, "At least 3 risks");
        let checks = vec![check("a", 0, 0)];
        let numbers = RiskNumbers { checks, ignored: 2, ..RiskNumbers::default() };
        let (_, title, detail) = said(Some(numbers.clone()), true).remove(0);
        assert_eq!(title, "No other risks were found");
        assert!(detail.ends_with("The ignore list names 2 risks."), "{detail}");
        let numbers = RiskNumbers { unchecked: true, ..numbers };
        let (verdict, _, detail) = said(Some(numbers), true).remove(0);
        assert_eq!(verdict, Verdict::NotChecked);
        assert!(detail.starts_with("There are too many paths"), "{detail}");
    }

    #[test]
    fn nothing_is_clean_before_everything_was_read() {
        let verdict = |risks, ready| said(risks, ready).remove(0).0;
        assert_eq!(verdict(None, false), Verdict::Running);
        assert_eq!(verdict(None, true), Verdict::NotChecked);
        let clean = RiskNumbers { checks: vec![check("a", 0, 0)], ..RiskNumbers::default() };
        assert_eq!(verdict(Some(clean.clone()), true), Verdict::Clean);
        let part = RiskNumbers { partial: vec![layer(2)], ..clean };
        let (verdict, _, detail) = said(Some(part), true).remove(0);
        assert_eq!(verdict, Verdict::NotChecked);
        assert_eq!(detail, "Layer 2 was searched only in part.");
    }
}
