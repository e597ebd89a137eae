//! Secrets in files and in the configuration. Where layers were not searched, nothing is called clean.

use super::finding::{ImageFinding, NextStep, Verdict};
use super::material::Material;
use crate::format;
use crate::link::View;
use crate::protocol::SecretNumbers;
use crate::ui::words;
use crate::vocabulary::Severity;

const TITLE: &str = "Secrets";

pub(super) fn findings(material: Material<'_>) -> Vec<ImageFinding> {
    let Some(numbers) = &material.facts.secrets else {
        let (verdict, detail) = match material.situation.ready {
            true => (Verdict::NotChecked, "The files of this image were not searched."),
            false => (Verdict::Running, "Known once all layers are read."),
        };
        return vec![ImageFinding::new(verdict, TITLE, detail).then_perhaps(material.download())];
    };
    let step = || NextStep::show(View::Secrets, "Show secrets");
    let mut findings = Vec::new();
    let gaps = words::search_gaps(&numbers.unsearched, &numbers.partial);
    let is_part = material.is_part() || !gaps.is_empty();
    if numbers.found() > 0 {
        let least = if numbers.cut { "At least " } else { "" };
        let title =
            format!("{least}{}", format::counted(numbers.found().into(), "secret", "secrets"));
        let found = ImageFinding::new(Verdict::Found(Severity::High), title, places(numbers));
        findings.push(found.then(step()));
    }
    if is_part && (material.situation.ready || material.situation.missing_bytes > 0) {
        let title = "Secrets in what was not searched";
        let detail = match gaps.is_empty() {
            true => "Layers that were not read may hold more.".to_owned(),
            false => gaps,
        };
        findings.push(ImageFinding::new(Verdict::NotChecked, title, detail));
    }
    if numbers.found() == 0 && numbers.cut && !is_part {
        let detail = "A text takes too long to search, or there are more than are kept.";
        findings.push(ImageFinding::new(Verdict::NotChecked, TITLE, detail).then(step()));
    } else if numbers.found() == 0 && !is_part {
        let count = |count: u32| format::count(count.into());
        let of_packages = (numbers.of_packages > 0).then(|| {
            let count = count(numbers.of_packages);
            format!("{count} in unchanged files of packages, which everyone has.")
        });
        let ignored = (numbers.ignored > 0)
            .then(|| format!("The ignore list names {}.", count(numbers.ignored)));
        let title =
            if ignored.is_some() { "No other secrets were found" } else { "No secrets were found" };
        let mut detail = of_packages.into_iter().chain(ignored).collect::<Vec<_>>().join(" ");
        if detail.is_empty() {
            detail = "Text files of all layers and the configuration were searched.".to_owned();
        }
        let clean = ImageFinding::new(Verdict::Clean, title, detail);
        findings.push(clean.then(step()));
    }
    findings
}

/// `2 in files of the image, 1 in a file that a later layer removes.`
fn places(numbers: &SecretNumbers) -> String {
    let count = |count: u32| format::count(count.into());
    let mut places = Vec::new();
    if numbers.in_files > 0 {
        places.push(format!("{} in files of the image", count(numbers.in_files)));
    }
    if numbers.in_configuration > 0 {
        let number = count(numbers.in_configuration);
        places.push(format!("{number} in environment, labels or history"));
    }
    if numbers.removed > 0 {
        let number = count(numbers.removed);
        places.push(format!("{number} in files that a later layer removes, but a layer still has"));
    }
    format!("{}.", places.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::OverviewFacts;
    use crate::ui::testing::layer;
    use crate::ui::views::overview::findings::Situation;

    fn verdicts(secrets: Option<SecretNumbers>, ready: bool) -> Vec<(Verdict, String, String)> {
        let facts = OverviewFacts { secrets, ..OverviewFacts::default() };
        let situation = Situation { ready, ..Situation::default() };
        let material = Material { facts: &facts, check: None, situation };
        let found = findings(material).into_iter();
        found.map(|finding| (finding.verdict, finding.title, finding.detail)).collect()
    }

    #[test]
    fn places_are_counted_and_the_view_has_the_rest() {
        let numbers = SecretNumbers { in_files: 2, removed: 1, ..SecretNumbers::default() };
        let (verdict, title, detail) = verdicts(Some(numbers), true).remove(0);
        assert_eq!((verdict, &title[..]), (Verdict::Found(Severity::High), "3 secrets"));
        assert_eq!(
            detail,
            "2 in files of the image, 1 in files that a later layer removes, but a layer still has."
        );
    }

    #[test]
    fn what_is_cut_or_ignored_is_said() {
        let cut = SecretNumbers { in_files: 2, cut: true, ..SecretNumbers::default() };
        assert_eq!(verdicts(Some(cut), true)[0].1, "At least 2 secrets");
        let cut = SecretNumbers { cut: true, ..SecretNumbers::default() };
        assert_eq!(verdicts(Some(cut), true)[0].0, Verdict::NotChecked);
        let ignored = SecretNumbers { ignored: 3, ..SecretNumbers::default() };
        let (verdict, title, detail) = verdicts(Some(ignored), true).remove(0);
        assert_eq!((verdict, &title[..]), (Verdict::Clean, "No other secrets were found"));
        assert_eq!(detail, "The ignore list names 3.");
    }

    #[test]
    fn nothing_is_clean_before_everything_was_searched() {
        let verdict = |secrets, ready| verdicts(secrets, ready).remove(0).0;
        assert_eq!(verdict(None, false), Verdict::Running);
        assert_eq!(verdict(None, true), Verdict::NotChecked);
        assert_eq!(verdict(Some(SecretNumbers::default()), true), Verdict::Clean);
        let part = SecretNumbers { unsearched: vec![layer(2)], ..SecretNumbers::default() };
        let (verdict, _, detail) = verdicts(Some(part), true).remove(0);
        assert_eq!((verdict, &detail[..]), (Verdict::NotChecked, "Layer 2 was not searched."));
    }
}
