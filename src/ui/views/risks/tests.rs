//! The view drawn natively: loading, full, empty, failed, odd names.

use super::RisksView;
use crate::problem::Problem;
use crate::protocol::{
    LayerCell, LinkPath, RiskCheckNumbers, RiskCounts, RiskDetails, RiskFacts, RiskNumbers,
    RiskRow, Risks, TableLine, TablePart,
};
use crate::ui::app::Loaded;
use crate::ui::testing::{Rendered, TestPage, layer};
use crate::vocabulary::{LayerOrigin, RiskSeverity};
use leptos::prelude::*;

fn row(path: &str) -> RiskRow {
    RiskRow {
        key: format!("setuid-file:2:{path}"),
        check: "setuid-file".into(),
        title: "Program runs as its owner (setuid)".into(),
        severity: RiskSeverity::High,
        path: Some((LinkPath(path.into()), path.into())),
        layer: Some(LayerCell { number: layer(2), origin: LayerOrigin::Own }),
        message: "It runs as user 0 for anyone who starts it.".into(),
        ignored: false,
    }
}

fn of_configuration() -> RiskRow {
    RiskRow {
        key: "no-healthcheck:0".into(),
        check: "no-healthcheck".into(),
        title: "No health check".into(),
        severity: RiskSeverity::Info,
        path: None,
        layer: None,
        message: "HEALTHCHECK is not set.".into(),
        ignored: false,
    }
}

fn part(rows: Vec<RiskRow>) -> TablePart<RiskRow> {
    let total = rows.len() as u64;
    let lines = rows.into_iter().map(TableLine::Row).collect();
    TablePart { lines, total_lines: total, total_rows: total }
}

fn numbers(high: u32, info: u32) -> RiskNumbers {
    let (check, title) = ("setuid-file".into(), "Setuid".into());
    let check = RiskCheckNumbers { check, title, high, info, ..RiskCheckNumbers::default() };
    RiskNumbers { checks: vec![check], ..RiskNumbers::default() }
}

fn page(link: &str, rows: Vec<RiskRow>) -> TestPage {
    let info = rows.iter().filter(|row| row.severity == RiskSeverity::Info).count() as u32;
    let numbers = numbers(rows.len() as u32 - info, info);
    TestPage::at(link).answers::<RiskCounts>(numbers).answers::<Risks>(part(rows))
}

#[test]
fn a_link_to_ignored_risks_shows_all_where_no_list_is_open() {
    let text = draw(page("#/?view=risks&show=ignored", vec![row("/a")])).text();
    assert!(text.contains("no ignore list is open: all are shown."), "{text}");
    assert!(text.contains("Program runs as its owner"), "{text}");
}

fn draw(page: TestPage) -> Rendered {
    page.render(|| view! { <RisksView /> })
}

#[test]
fn risks_are_listed_with_severity_place_and_layer() {
    let html = draw(page("#/?view=risks", vec![row("/opt/x"), of_configuration()]));
    assert!(html.has(r#"aria-label="Risks""#) && html.count("<h1") == 1);
    let text = html.text();
    assert!(text.contains("All 2 High 1 Information 1 Open ignore list"), "{text}");
    assert!(
        text.contains(
            "High Program runs as its owner (setuid) /opt/x It runs as user 0 for anyone who starts it. 2 \
             Information No health check HEALTHCHECK is not set."
        ),
        "{text}"
    );
    assert!(text.ends_with("2 risks Export SARIF Table"), "{text}");
}

#[test]
fn the_question_is_what_the_link_says() {
    let link = "#/?view=risks&layers=2&filter=root&sort=-path&group=check&show=high";
    let html = draw(TestPage::at(link).answers_with::<Risks>(|question| {
        let table = &question.table;
        assert_eq!(table.layers.to_string(), "2");
        assert_eq!((&table.filter[..], &table.sort.to_link()[..]), ("root", "-path"));
        assert_eq!(format!("{:?} {:?}", table.group, table.show), "Some(Check) High");
        Loaded::of(part(vec![row("/a")]))
    }));
    assert!(html.text().contains("/a"));
}

#[test]
fn nothing_found_is_said_about_what_was_read() {
    let html = draw(page("#/?view=risks", Vec::new()));
    assert!(html.text().contains("1 check found nothing."), "{}", html.text());
    let numbers = RiskNumbers { unread: vec![layer(3)], ..numbers(0, 0) };
    let html = draw(
        TestPage::at("#/?view=risks")
            .answers::<RiskCounts>(numbers)
            .answers::<Risks>(part(Vec::new())),
    );
    let text = html.text();
    assert!(text.contains("Layer 3 was not searched."), "{text}");
    assert!(text.contains("Nothing was found in what was read."), "{text}");
}

#[test]
fn while_files_are_read_it_says_so_and_a_failure_is_an_alert() {
    let html = draw(TestPage::at("#/?view=risks"));
    assert!(html.text().contains("Looking for risks…"), "{}", html.text());
    let problem = Problem::new("session-failed", "The engine failed.");
    let html = draw(TestPage::at("#/?view=risks").fails::<Risks>(problem));
    assert!(html.has(r#"role="alert""#) && html.text().contains("The engine failed."));
}

fn details(row: RiskRow) -> Rendered {
    let facts = RiskFacts {
        why: "Anyone becomes root.".into(),
        advice: "chmod u-s".into(),
        aliases: vec!["CIS Docker 4.8".into()],
        instruction: None,
        fingerprint: "3f9a1c0e5b7d2468".into(),
        row: row.clone(),
    };
    let link = format!("#/?view=risks&item={}", row.key);
    draw(page(&link, vec![row]).answers::<RiskDetails>(facts))
}

#[test]
fn details_say_why_and_what_to_do_and_lead_to_the_file() {
    let html = details(row("/opt/<b>"));
    let text = html.text();
    for part in [
        "Why it matters Anyone becomes root.",
        "What to do chmod u-s",
        "Also known as CIS Docker 4.8",
        "Check setuid-file",
        "In an ignore list finding:3f9a1c0e5b7d2468",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(html.has(r##"href="#/?view=files&amp;path=/opt/"##), "{html}");
    assert!(!html.has("<b>/") && html.has("/opt/&lt;b&gt;"), "{html}");
}

#[test]
fn a_risk_of_the_configuration_has_no_place() {
    let text = details(of_configuration()).text();
    // Nothing comes between what was found and the check's name: neither a place nor a layer.
    assert!(text.contains("Found HEALTHCHECK is not set. Check no-healthcheck"), "{text}");
}
