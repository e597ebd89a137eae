//! The view drawn natively: loading, full, empty, failed, odd names.

use super::PackagesView;
use crate::problem::Problem;
use crate::protocol::{
    LayerCell, LinkPath, PackageCounts, PackageDetails, PackageFacts, PackageFile, PackageNumbers,
    PackagePlace, PackageRow, PackageState, Packages, SbomComparison, SbomComparisonPart,
    SbomDifference, SbomRow, SbomSummary, SeverityCell, TableLine, TablePart, UnownedFiles,
    UnownedRow, VulnerabilityLink,
};
use crate::ui::app::Loaded;
use crate::ui::testing::{Rendered, TestPage, layer};
use crate::vocabulary::{LayerOrigin, Severity};
use leptos::prelude::*;

fn row(name: &str, removed: bool) -> PackageRow {
    PackageRow {
        key: format!("pkg:apk/{name}"),
        name: name.into(),
        version: "1.2.5-r0".into(),
        kind: "apk".into(),
        licences: "MIT".into(),
        size: Some(667_648),
        layer: LayerCell { number: layer(2), origin: LayerOrigin::Own },
        place: "/lib/apk/db/installed".into(),
        removed,
        stopped_at: "".into(),
        own: false,
        part_of: "".into(),
    }
}

fn part<R>(rows: Vec<R>) -> TablePart<R> {
    let total = rows.len() as u64;
    TablePart {
        lines: rows.into_iter().map(TableLine::Row).collect(),
        total_lines: total,
        total_rows: total,
    }
}

fn page(link: &str, rows: Vec<PackageRow>) -> TestPage {
    let installed = rows.iter().filter(|row| !row.removed).count() as u64;
    let removed = rows.len() as u64 - installed;
    let numbers = PackageNumbers { installed, removed, ..PackageNumbers::default() };
    TestPage::at(link).answers::<PackageCounts>(numbers).answers::<Packages>(part(rows))
}

fn draw(page: TestPage) -> Rendered {
    page.render(|| view! { <PackagesView /> })
}

#[test]
fn packages_are_listed_with_what_was_removed() {
    let html = draw(page("#/?view=packages", vec![row("git", true), row("musl", false)]));
    assert!(html.has(r#"aria-label="Packages""#) && html.count("<h1") == 1);
    let text = html.text();
    assert!(text.contains("All 2 Installed 1 Removed 1"), "{text}");
    assert!(
        text.contains("D git 1.2.5-r0 apk MIT 668 kB 2 /lib/apk/db/installed musl 1.2.5-r0"),
        "{text}"
    );
    assert!(html.has(r#"aria-label="Removed in layer 2""#));
    assert!(text.contains("2 packages Export CycloneDX SPDX Table"), "{text}");
    assert!(html.has(r##"href="#/?view=packages&amp;item=pkg%3Aapk/git""##), "{html}");
}

#[test]
fn the_question_is_what_the_link_says() {
    let link = "#/?view=packages&layers=2&filter=jq&sort=-size&group=layer&show=installed";
    let html = draw(TestPage::at(link).answers_with::<Packages>(|question| {
        let table = &question.table;
        assert_eq!(table.layers.to_string(), "2");
        assert_eq!((&table.filter[..], &table.sort.to_link()[..]), ("jq", "-size"));
        assert_eq!(format!("{:?} {:?}", table.group, table.show), "Some(Layer) Installed");
        Loaded::of(part(vec![row("jq", false)]))
    }));
    assert!(html.text().contains("jq 1.2.5-r0"));
}

#[test]
fn while_packages_are_read_it_says_so() {
    let html = draw(TestPage::at("#/?view=packages"));
    assert!(html.text().contains("Reading packages…"), "{}", html.text());
}

#[test]
fn an_image_without_packages_says_what_was_looked_for() {
    let html = draw(page("#/?view=packages", Vec::new()));
    assert!(html.text().contains("No package database was found"), "{}", html.text());
}

#[test]
fn layers_that_were_not_read_are_never_passed_over() {
    let numbers = PackageNumbers { unread: vec![layer(3)], ..PackageNumbers::default() };
    let html = draw(
        TestPage::at("#/?view=packages")
            .answers::<PackageCounts>(numbers)
            .answers::<Packages>(part(Vec::new())),
    );
    let text = html.text();
    assert!(text.contains("Layer 3 was not read: its packages are not known."), "{text}");
    assert!(text.contains("No packages in the layers that were read."), "{text}");
    assert!(!text.contains("No package database"));
}

#[test]
fn a_failure_is_an_alert() {
    let problem = Problem::new("session-failed", "The engine failed.");
    let html = draw(TestPage::at("#/?view=packages").fails::<Packages>(problem));
    assert!(html.has(r#"role="alert""#) && html.text().contains("The engine failed."));
}

#[test]
fn odd_names_are_text() {
    let mut odd = row("x", false);
    odd.name = "<b>\u{202e}evil".into();
    odd.licences = "a".repeat(300).as_str().into();
    let html = draw(page("#/?view=packages", vec![odd]));
    assert!(html.has("&lt;b&gt;\\u{202e}evil"), "{html}");
}

#[test]
fn files_that_no_package_owns_lead_to_the_file() {
    let row = UnownedRow {
        path: LinkPath("/opt/made%FF".into()),
        shown: "/opt/made\\xff".into(),
        size: 14,
        layer: LayerCell { number: layer(2), origin: LayerOrigin::Base },
    };
    let html = draw(
        TestPage::at("#/?view=packages&show=unowned").answers::<UnownedFiles>(part(vec![row])),
    );
    assert!(html.has("view=files&amp;path=/opt/made%FF"), "{html}");
    assert!(html.text().contains("/opt/made\\xff 14 B base 2 1 file"), "{}", html.text());
}

#[test]
fn an_attached_sbom_is_compared_and_called_a_claim() {
    let answer = SbomComparisonPart {
        sbom: SbomSummary { key: "sbom-ab".into(), ..SbomSummary::default() },
        same: 12,
        without_purl: 0,
        table: part(vec![SbomRow {
            package: "pkg:deb/debian/bash".into(),
            difference: SbomDifference::OtherVersion,
            claimed: vec!["5.1".into()],
            found: vec!["5.2".into()],
        }]),
    };
    let html =
        draw(TestPage::at("#/?view=packages&show=sbom-ab").answers::<SbomComparison>(answer));
    let text = html.text();
    assert!(text.contains("12 packages are the same here and in the SBOM. The SBOM is a claim"));
    assert!(text.contains("pkg:deb/debian/bash Another version 5.1 5.2"), "{text}");
}

#[test]
fn each_table_without_rows_says_what_that_means() {
    let unowned =
        |link: &str| draw(TestPage::at(link).answers::<UnownedFiles>(part(Vec::new()))).text();
    let text = unowned("#/?view=packages&show=unowned");
    assert!(text.contains("Every file belongs to a package."), "{text}");
    let text = unowned("#/?view=packages&show=unowned&layers=2");
    assert!(text.contains("No files in this selection."), "{text}");
    let text = unowned("#/?view=packages&show=unowned&filter=x");
    assert!(text.contains("No files match “x”."), "{text}");
    let sbom = |link: &str| {
        let answer = SbomComparisonPart {
            sbom: SbomSummary::default(),
            same: 12,
            without_purl: 0,
            table: part(Vec::new()),
        };
        draw(TestPage::at(link).answers::<SbomComparison>(answer)).text()
    };
    for layers in ["", "&layers=2"] {
        let text = sbom(&format!("#/?view=packages&show=sbom-ab{layers}"));
        assert!(text.contains("list the same packages."), "{text}");
    }
    let text = sbom("#/?view=packages&show=sbom-ab&filter=x");
    assert!(text.contains("No differences match “x”."), "{text}");
}

#[test]
fn a_row_says_where_the_package_manager_stopped_and_what_is_the_projects_own() {
    let stopped = PackageRow { stopped_at: "unpacked".into(), ..row("musl", false) };
    let own = PackageRow { own: true, ..row("app", false) };
    let text = draw(page("#/?view=packages", vec![stopped, own, row("zlib", false)])).text();
    assert!(text.contains("musl unpacked") && text.contains("app own"), "{text}");
    assert!(!text.contains("zlib own") && !text.contains("zlib unpacked"), "{text}");
}

#[test]
fn a_program_of_a_package_says_whose_file_it_is() {
    let program = PackageRow { part_of: "bash".into(), ..row("bash", false) };
    let text = draw(page("#/?view=packages", vec![program])).text();
    assert!(text.contains("bash file of bash 1.2.5-r0"), "{text}");
}

fn musl() -> PackageFacts {
    PackageFacts {
        key: "pkg:apk/musl".into(),
        name: "musl".into(),
        version: "1.2.5-r0".into(),
        kind: "apk".into(),
        state: PackageState::Removed,
        stopped_at: "".into(),
        own: false,
        purl: "pkg:apk/alpine/musl@1.2.5-r0".into(),
        architecture: "x86_64".into(),
        source: None,
        licences: vec!["MIT".into()],
        spdx_licences: Vec::new(),
        size: Some(667_648),
        layer: LayerCell { number: layer(1), origin: LayerOrigin::Own },
        supplier: "".into(),
        homepage: "javascript:alert(1)".into(),
        digests: Vec::new(),
        places: vec![PackagePlace {
            path: LinkPath("/lib/apk/db/installed".into()),
            shown: "/lib/apk/db/installed".into(),
            layer: LayerCell { number: layer(1), origin: LayerOrigin::Own },
            removed_by: Some(layer(3)),
        }],
        vulnerabilities: vec![VulnerabilityLink {
            key: "CVE-1 pkg:apk/musl".into(),
            id: "CVE-1".into(),
            severity: SeverityCell { severity: Severity::High, score_tenths: Some(81) },
            applies: true,
        }],
        files: vec![PackageFile {
            path: LinkPath("/lib/ld-musl".into()),
            shown: "/lib/ld-musl".into(),
            size: 4,
        }],
        file_count: 2000,
    }
}

#[test]
fn a_package_shows_places_files_and_vulnerabilities() {
    let html = draw(
        page("#/?view=packages&item=pkg%3Aapk/musl", vec![row("musl", true)])
            .answers::<PackageDetails>(musl()),
    );
    assert!(html.has(r#"role="region" aria-label="Package""#));
    let text = html.text();
    assert!(text.contains("State Removed: not in the final image"), "{text}");
    assert!(text.contains("removed in layer 3"), "{text}");
    assert!(text.contains("Vulnerabilities 1 CVE-1 High 8.1"), "{text}");
    assert!(text.contains("Files the first 1 of 2,000 /lib/ld-musl 4 B"), "{text}");
    // Where it was, as it was before it was removed.
    assert!(html.has("view=files&amp;layers=..2&amp;path=/lib/apk/db/installed"), "{html}");
    assert!(!html.has("href=\"javascript"), "only https addresses are links");
}

#[test]
fn of_endless_vulnerabilities_and_digests_some_are_drawn_and_the_others_counted() {
    let mut facts = musl();
    facts.vulnerabilities = vec![facts.vulnerabilities[0].clone(); 5_000];
    facts.digests = vec!["sha256:ab".into(); 5_000];
    facts.licences = vec!["x".repeat(1_000_000).as_str().into()];
    let html = draw(
        page("#/?view=packages&item=pkg%3Aapk/musl", vec![row("musl", true)])
            .answers::<PackageDetails>(facts),
    );
    let text = html.text();
    assert!(text.contains("Vulnerabilities the first 1,000 of 5,000"), "{}", text.len());
    assert!(text.contains("4,000 more digests are not listed."));
    assert_eq!(text.matches("CVE-1 High 8.1").count(), 1_000);
    assert!(!text.contains(&"x".repeat(100_000)));
}
