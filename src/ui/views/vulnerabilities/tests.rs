//! The view drawn natively, in each state of a check.

use super::VulnerabilitiesView;
use super::state::outcome_text;
use crate::problem::Problem;
use crate::protocol::{
    CheckFacts, CheckSource, CheckState, LayerCell, SeverityCell, SeverityCounts, TableLine,
    TablePart, Vulnerabilities, VulnerabilityCheck, VulnerabilityCounts, VulnerabilityDetails,
    VulnerabilityFacts, VulnerabilityNumbers, VulnerabilityRow,
};
use crate::ui::app::{DropClaim, use_image};
use crate::ui::testing::{Rendered, TestPage, layer};
use crate::vocabulary::{LayerOrigin, Severity, UncheckedReason};
use leptos::prelude::*;

fn facts(state: CheckState) -> CheckFacts {
    CheckFacts {
        state,
        packages: 8,
        checkable: 4,
        ecosystems: vec![("Go".into(), 3), ("npm".into(), 1)],
        unchecked: vec![(UncheckedReason::TypeNotCovered, 4)],
        ..CheckFacts::default()
    }
}

fn row() -> VulnerabilityRow {
    VulnerabilityRow {
        key: "GO-2022-1059 pkg:golang/x".into(),
        id: "GO-2022-1059".into(),
        severity: SeverityCell { severity: Severity::High, score_tenths: Some(75) },
        package: "golang.org/x/text".into(),
        version: "v0.3.7".into(),
        fixed: vec!["0.3.8".into()],
        layer: LayerCell { number: layer(2), origin: LayerOrigin::Own },
        summary: "Denial of service in <b>language</b> tags".into(),
        applies: true,
        uncertain: None,
    }
}

fn page(link: &str, check: CheckFacts) -> TestPage {
    let rows = TablePart { lines: vec![TableLine::Row(row())], total_lines: 1, total_rows: 1 };
    let numbers = VulnerabilityNumbers { counts: check.counts, fixable: 1, suppressed: 0 };
    TestPage::at(link)
        .answers::<VulnerabilityCheck>(check)
        .answers::<Vulnerabilities>(rows)
        .answers::<VulnerabilityCounts>(numbers)
}

fn draw(page: TestPage) -> Rendered {
    page.render(|| view! { <VulnerabilitiesView /> })
}

#[test]
fn before_a_check_it_says_what_would_be_sent_to_whom() {
    let html = draw(page("#/?view=vulnerabilities", facts(CheckState::NotChecked)));
    let text = html.text();
    assert!(
        text.contains("Not checked. A check sends package names and versions to OSV"),
        "{text}"
    );
    assert!(
        text.contains(
            "Sends type, name and version of 4 packages to osv.example . No paths, no image name."
        ),
        "{text}"
    );
    assert!(text.contains("3 Go 1 npm Check 4 packages…"), "{text}");
    assert!(text.contains("Cannot be checked 4 Package type not covered by OSV"), "{text}");
    assert!(html.has(r#"aria-label="Open OSV or VEX files""#));
    assert!(!html.has(r#"<table"#), "there is no list of nothing");
}

#[test]
fn without_a_package_that_can_be_checked_there_is_no_button() {
    let mut check = facts(CheckState::NotChecked);
    check.checkable = 0;
    let text = draw(page("#/?view=vulnerabilities", check)).text();
    assert!(text.contains("No package that OSV covers was found."), "{text}");
    assert!(!text.contains("Check 0"));
}

#[test]
fn a_finished_check_shows_counts_and_rows() {
    let mut check = facts(CheckState::Done);
    check.counts.high = 1;
    check.answered = 4;
    check.source = Some(CheckSource::Database("osv.example".into()));
    let html = draw(page("#/?view=vulnerabilities", check));
    let text = html.text();
    assert!(text.contains("High 1 1 vulnerability. Checked 4 of 8 packages against osv.example."));
    assert!(text.contains("All 1 Fixable 1 High 1"), "{text}");
    assert!(
        text.contains(
            "GO-2022-1059 High 7.5 golang.org/x/text v0.3.7 0.3.8 2 Denial of service in <b>"
        ),
        "{text}"
    );
    assert!(html.has("&lt;b&gt;language"));
    assert!(text.contains("1 vulnerability Export SARIF Table"), "{text}");
}

#[test]
fn a_running_check_shows_progress_and_can_be_cancelled() {
    let mut check = facts(CheckState::Running);
    (check.done, check.total) = (12, 93);
    check.source = Some(CheckSource::Database("osv.example".into()));
    let html = draw(page("#/?view=vulnerabilities", check));
    assert!(
        html.text().contains("Checking against osv.example: 12 of 93 Cancel"),
        "{}",
        html.text()
    );
    assert!(html.has(r#"role="status""#));
}

#[test]
fn none_known_is_said_only_of_packages_that_were_answered() {
    let mut check = facts(CheckState::Done);
    check.as_of = "2026-11-27T10:00:00Z".into();
    assert_eq!(outcome_text(&check), "No package was checked.");
    check.answered = 4;
    check.source = Some(CheckSource::Files(vec!["Go-all.zip".into()]));
    check.as_of = "2026-11-27T10:00:00Z".into();
    assert_eq!(
        outcome_text(&check),
        "No known vulnerabilities. Checked 4 of 8 packages against Go-all.zip (27 Nov 2026)."
    );
    check.counts = SeverityCounts { unrated: 4, ..SeverityCounts::default() };
    assert!(
        outcome_text(&check).starts_with("4 vulnerabilities, severity not rated. Checked 4 of 8")
    );
    check.state = CheckState::Interrupted;
    assert!(
        outcome_text(&check).starts_with("The check was interrupted; results are partial. 4 vul")
    );
}

#[test]
fn none_known_is_not_said_where_vex_documents_leave_all_out() {
    let check = CheckFacts { answered: 4, suppressed: 2, ..facts(CheckState::Done) };
    assert_eq!(
        outcome_text(&check),
        "All known vulnerabilities are left out by VEX documents. Checked 4 of 8 packages."
    );
    let html =
        page("#/?view=vulnerabilities", check).answers::<Vulnerabilities>(TablePart::default());
    assert!(!draw(html).text().contains("No known"));
}

#[test]
fn an_unreachable_database_is_one_error_with_nothing_known() {
    let problem = || Problem::new("vulnerabilities-unreachable", "The database cannot be reached.");
    for state in [CheckState::Interrupted, CheckState::Done] {
        let mut check = facts(state);
        check.warnings = vec![problem()];
        check.source = Some(CheckSource::Database("osv.example".into()));
        check.as_of = "2026-11-27T10:00:00Z".into();
        let html = page("#/?view=vulnerabilities", check)
            .answers::<Vulnerabilities>(TablePart::default())
            .render(move || {
                let image = use_image();
                image.source.check(image.position).fail(problem());
                view! { <VulnerabilitiesView /> }
            });
        let text = html.text();
        assert_eq!(text.matches("The database cannot be reached.").count(), 1, "{text}");
        assert_eq!(text.matches("No package was checked.").count(), 1, "{text}");
        for absent in ["No known", "0 vulnerabilities", "All 0", "Export", "Nov 2026", "partial"] {
            assert!(!text.contains(absent), "{absent}: {text}");
        }
        assert!(text.contains("Check again…"), "{text}");
    }
}

#[test]
fn files_that_are_dropped_on_the_view_are_its_own() {
    let is_claimed = |view: fn() -> AnyView| {
        let claimed = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let seen = claimed.clone();
        TestPage::at("#/?view=vulnerabilities").render(move || {
            let drawn = view();
            let is_claimed = expect_context::<DropClaim>().is_claimed();
            seen.store(is_claimed, std::sync::atomic::Ordering::Relaxed);
            drawn
        });
        claimed.load(std::sync::atomic::Ordering::Relaxed)
    };
    assert!(is_claimed(|| view! { <VulnerabilitiesView /> }.into_any()));
    assert!(!is_claimed(|| ().into_any()));
}

#[test]
fn files_that_are_dropped_too_early_are_not_lost_without_a_word() {
    let html = TestPage::at("#/?view=vulnerabilities").render(|| {
        let image = use_image();
        let problem = Problem::new("layers-not-read", "The layers are still being read.");
        image.source.check(image.position).fail(problem);
        view! { <VulnerabilitiesView /> }
    });
    assert!(html.text().ends_with("The layers are still being read."), "{}", html.text());
}

#[test]
fn while_packages_are_read_nothing_is_asked() {
    let text = draw(TestPage::at("#/?view=vulnerabilities")).text();
    assert!(text.contains("Reading packages…"), "{text}");
    let waiting = facts(CheckState::Waiting);
    assert!(draw(page("#/?view=vulnerabilities", waiting)).text().contains("Reading packages…"));
}

#[test]
fn a_finding_that_may_not_be_one_says_so_and_why() {
    use crate::vocabulary::Uncertainty;
    let mut check = facts(CheckState::Done);
    check.answered = 4;
    let rows = TablePart {
        lines: vec![TableLine::Row(VulnerabilityRow {
            uncertain: Some(Uncertainty::PseudoVersion),
            ..row()
        })],
        total_lines: 1,
        total_rows: 1,
    };
    let html =
        draw(page("#/?view=vulnerabilities", check.clone()).answers::<Vulnerabilities>(rows));
    assert!(html.text().contains("GO-2022-1059 uncertain"), "{}", html.text());
    assert!(html.has("title=\"The version is a commit without a release before it\""), "{html}");
    let certain = draw(page("#/?view=vulnerabilities", check));
    assert!(!certain.text().contains("uncertain"), "{}", certain.text());
}

#[test]
fn an_advisory_shows_its_facts_and_links_only_to_https() {
    let mut check = facts(CheckState::Done);
    check.answered = 4;
    let advisory = VulnerabilityFacts {
        key: "GO-2022-1059 pkg:golang/x".into(),
        id: "GO-2022-1059".into(),
        summary: "Denial of service".into(),
        severity: SeverityCell { severity: Severity::Unrated, score_tenths: None },
        rating: None,
        package: "golang.org/x/text".into(),
        version: "v0.3.7".into(),
        package_key: Some("pkg:golang/golang.org/x/text@v0.3.7".into()),
        fixed: Vec::new(),
        layer: None,
        aliases: vec!["CVE-2022-32149".into()],
        advisory: "https://osv.dev/GO-2022-1059".into(),
        published: "2022-10-11T00:00:00Z".into(),
        changed: "".into(),
        database: "Go".into(),
        uncertain: None,
        vex: None,
        details: "First line\n<script>".into(),
        references: vec![("http://plain.example/".into(), "web".into())],
    };
    let html = draw(
        page("#/?view=vulnerabilities&item=GO-2022-1059", check)
            .answers::<VulnerabilityDetails>(advisory),
    );
    let text = html.text();
    assert!(html.has(r#"role="region" aria-label="Advisory""#));
    assert!(text.contains("Severity Not rated") && text.contains("No fix is known"), "{text}");
    assert!(
        html.has(
            r#"href="https://osv.dev/GO-2022-1059" target="_blank" rel="noopener noreferrer""#
        )
    );
    assert!(!html.has(r#"href="http://plain"#), "{html}");
    assert!(html.has("&lt;script&gt;"), "{html}");
    assert!(html.has("view=packages&amp;item=pkg%3Agolang/golang.org/x/text%40v0.3.7"), "{html}");
}
