//! The view drawn natively: loading, full, empty, failed, odd names.

use super::SecretsView;
use crate::problem::Problem;
use crate::protocol::{
    LayerCell, LinkPath, SecretCounts, SecretDetails, SecretFacts, SecretLocation, SecretNumbers,
    SecretRow, SecretShow, Secrets, TableLine, TablePart,
};
use crate::ui::app::Loaded;
use crate::ui::testing::{Rendered, TestPage, layer};
use crate::vocabulary::LayerOrigin;
use leptos::prelude::*;

fn row(path: &str, removed: bool) -> SecretRow {
    SecretRow {
        key: format!("npm-token:2:1:{path}"),
        rule: "npm-token".into(),
        service: "npm".into(),
        location: SecretLocation::File {
            path: LinkPath(path.into()),
            shown: path.into(),
            line: Some(1),
        },
        layer: Some(LayerCell { number: layer(2), origin: LayerOrigin::Own }),
        removed,
        package: None,
        ignored: false,
        masked: "npm_…ho".into(),
    }
}

fn part(rows: Vec<SecretRow>) -> TablePart<SecretRow> {
    let total = rows.len() as u64;
    let lines = rows.into_iter().map(TableLine::Row).collect();
    TablePart { lines, total_lines: total, total_rows: total }
}

fn page(link: &str, rows: Vec<SecretRow>) -> TestPage {
    let removed = rows.iter().filter(|row| row.removed).count() as u32;
    let in_files = rows.len() as u32 - removed;
    let numbers = SecretNumbers { in_files, removed, ..SecretNumbers::default() };
    TestPage::at(link).answers::<SecretCounts>(numbers).answers::<Secrets>(part(rows))
}

fn draw(page: TestPage) -> Rendered {
    page.render(|| view! { <SecretsView /> })
}

#[test]
fn secrets_are_listed_masked_with_what_was_removed() {
    let html = draw(page("#/?view=secrets", vec![row("/root/.npmrc", false), row("/a", true)]));
    assert!(html.has(r#"aria-label="Secrets""#) && html.count("<h1") == 1);
    let text = html.text();
    assert!(text.contains("All 2 In the image 1 Removed later 1"), "{text}");
    assert!(
        text.contains("In the image npm /root/.npmrc:1 npm_…ho 2 removed later npm /a:1 npm_…ho 2"),
        "{text}"
    );
    assert!(text.ends_with("2 secrets Export SARIF Table"), "{text}");
}

#[test]
fn the_question_is_what_the_link_says() {
    let link = "#/?view=secrets&layers=2&filter=npm&sort=-path&show=removed";
    let html = draw(TestPage::at(link).answers_with::<Secrets>(|question| {
        let table = &question.table;
        assert_eq!(table.layers.to_string(), "2");
        assert_eq!((&table.filter[..], &table.sort.to_link()[..]), ("npm", "-path"));
        assert_eq!(format!("{:?}", table.show), "Removed");
        Loaded::of(part(vec![row("/a", true)]))
    }));
    assert!(html.text().contains("/a:1"));
}

#[test]
fn while_files_are_searched_it_says_so() {
    let html = draw(TestPage::at("#/?view=secrets"));
    assert!(html.text().contains("Searching for secrets…"), "{}", html.text());
}

#[test]
fn none_found_is_said_of_what_was_searched() {
    let html = draw(page("#/?view=secrets", Vec::new()));
    assert!(html.text().contains("were searched: no secrets were found."), "{}", html.text());
    let numbers = SecretNumbers { unsearched: vec![layer(3)], ..SecretNumbers::default() };
    let html = draw(
        TestPage::at("#/?view=secrets")
            .answers::<SecretCounts>(numbers)
            .answers::<Secrets>(part(Vec::new())),
    );
    let text = html.text();
    assert!(text.contains("Layer 3 was not searched."), "{text}");
    assert!(text.contains("No secrets were found in what was searched."), "{text}");
}

#[test]
fn what_the_ignore_list_names_is_apart_and_the_list_can_be_removed() {
    let numbers = SecretNumbers { list: Some("ours".into()), ignored: 2, ..Default::default() };
    let page = TestPage::at("#/?view=secrets").answers::<SecretCounts>(numbers);
    let text = draw(page.answers::<Secrets>(part(Vec::new()))).text();
    assert!(text.contains("All 0 Ignored 2 2 ignored by ours Remove ignore list"), "{text}");
    assert!(text.contains("No secrets were found but those that the ignore list names."), "{text}");
    let row = SecretRow { ignored: true, ..row("/root/.npmrc", false) };
    let text = details(row).text();
    assert!(text.contains("Ignored: the ignore list names it."), "{text}");
}

#[test]
fn a_link_to_ignored_secrets_shows_all_where_no_list_is_open_and_says_so() {
    let link = "#/?view=secrets&show=ignored";
    let answers = |list: Option<&str>| {
        let numbers = SecretNumbers { list: list.map(Into::into), ..SecretNumbers::default() };
        let page = TestPage::at(link).answers::<SecretCounts>(numbers);
        page.answers_with::<Secrets>(|question| {
            let ignored = question.table.show == SecretShow::Ignored;
            Loaded::of(part(vec![row(if ignored { "/ignored" } else { "/found" }, false)]))
        })
    };
    let html = draw(answers(None));
    let text = html.text();
    assert!(text.contains("no ignore list is open: all are shown."), "{text}");
    assert!(text.contains("/found:1") && html.has(r#"aria-pressed="true""#), "{html}");
    assert!(!text.contains("Ignored 0"), "{text}");
    let text = draw(answers(Some("ours"))).text();
    assert!(text.contains("/ignored:1") && !text.contains("all are shown"), "{text}");
    let text = draw(TestPage::at(link)).text();
    assert!(text.contains("Searching for secrets…"), "{text}");
}

#[test]
fn a_failure_is_an_alert() {
    let problem = Problem::new("session-failed", "The engine failed.");
    let html = draw(TestPage::at("#/?view=secrets").fails::<Secrets>(problem));
    assert!(html.has(r#"role="alert""#) && html.text().contains("The engine failed."));
}

fn details(row: SecretRow) -> Rendered {
    let facts = SecretFacts {
        access: "publishing packages as the user".into(),
        revoke: "npm token revoke".into(),
        instruction: None,
        package_key: None,
        fingerprint: "3f9a1c0e5b7d2468".into(),
        row: row.clone(),
    };
    let link = format!("#/?view=secrets&item={}", row.key);
    draw(page(&link, vec![row]).answers::<SecretDetails>(facts))
}

#[test]
fn details_say_what_it_gives_and_how_to_revoke_it_and_lead_to_the_file_in_its_layer() {
    let html = details(row("/root/.npmrc", true));
    let text = html.text();
    assert!(text.contains("Not in the final image: a later layer removes"), "{text}");
    assert!(text.contains("Gives access to publishing packages as the user"), "{text}");
    assert!(text.contains("Revoke npm token revoke"), "{text}");
    assert!(text.contains("Show line 1"), "{text}");
    assert!(text.contains("In an ignore list finding:3f9a1c0e5b7d2468"), "{text}");
    assert!(text.contains("RUN --mount=type=secret"), "{text}");
    assert!(html.has(r##"href="#/?view=files&amp;layers=2&amp;path=/root/.npmrc""##), "{html}");
}

#[test]
fn a_variable_leads_to_the_configuration() {
    let variable = SecretRow {
        location: SecretLocation::Env("<b>\u{202e}".into()),
        layer: None,
        ..row("/a", false)
    };
    let html = details(variable);
    assert!(html.has("environment variable &lt;b&gt;\\u{202e}"), "{html}");
    assert!(html.has(r##"href="#/?view=config""##), "{html}");
    assert!(!html.text().contains("Show line"));
}
