//! The overview as a whole, drawn in each of its states.

use super::OverviewView;
use crate::problem::Problem;
use crate::protocol::{
    ConfigurationSecrets, LayerTable, Layers, MaskedValue, MaskedValues, Overview, OverviewFacts,
    RunFacts, SourceInfo,
};
use crate::ui::testing::layer_row;
use crate::ui::testing::{Rendered, TestPage};
use crate::vocabulary::SourceFormat;
use leptos::prelude::*;

fn facts() -> OverviewFacts {
    OverviewFacts {
        names: vec!["registry.example/team/<b>app:1".into(), "app:latest".into()],
        image_id: Some(format!("sha256:{}", "ab".repeat(32))),
        platform: "linux/amd64".into(),
        author: Some("Ann".into()),
        layers: 1,
        run: RunFacts {
            entrypoint: vec!["/srv/start.sh".into()],
            root: Some(true),
            ports: vec!["80/tcp".into(), "443/tcp".into()],
            ..RunFacts::default()
        },
        ..OverviewFacts::default()
    }
}

fn info() -> SourceInfo {
    SourceInfo {
        name: "image.tar".into(),
        size: 12_400_000,
        formats: vec![SourceFormat::DockerArchive],
        files: 1,
        images: vec![Default::default()],
        ..SourceInfo::default()
    }
}

fn page(facts: OverviewFacts) -> TestPage {
    let table = LayerTable { rows: vec![layer_row(1, "ADD", "x /")], ..LayerTable::default() };
    TestPage::at("#/archive/sha256:a")
        .source(info())
        .answers::<Overview>(facts)
        .answers::<Layers>(table)
        .answers::<ConfigurationSecrets>(MaskedValues::default())
}

fn drawn(page: TestPage) -> Rendered {
    page.render(|| view! { <OverviewView /> })
}

#[test]
fn it_begins_with_what_the_image_is() {
    let html = drawn(page(facts()));
    assert_eq!(html.count("<h1"), 1);
    assert!(
        html.text().starts_with(
            "registry.example/team/ <b>app:1 also app:latest Starts /srv/start.sh as root , listens on \
             80/tcp, 443/tcp . Author: Ann. From image.tar: docker save archive · 12.4 MB Signatures not \
             checked. Provenance Platform linux/amd64"
        ),
        "{}",
        html.text()
    );
    for heading in ["Layers", "Configuration", "In this file", "Findings"] {
        assert!(html.has(&format!("<h2>{heading}</h2>")), "{heading}: {html}");
    }
}

/// Every text of the configuration that the overview shows.
#[test]
fn secrets_of_the_configuration_are_masked_wherever_they_stand() {
    let secret = || "x-hunter2-x".into();
    let run = RunFacts {
        entrypoint: vec![secret()],
        cmd: vec![secret()],
        user: secret(),
        ports: vec![secret()],
        working_dir: secret(),
        volumes: vec![secret()],
        stop_signal: secret(),
        ..RunFacts::default()
    };
    let origin = vec![("org.opencontainers.image.title".into(), secret())];
    let facts = OverviewFacts { author: Some(secret()), run, origin, ..facts() };
    let value = MaskedValue { forms: vec!["hunter2".into()], masked: "…r2".into() };
    let known = MaskedValues { values: vec![value], cut: false };
    let page = page(facts).answers::<ConfigurationSecrets>(known);
    let html = drawn(page);
    assert!(!html.has("hunter2"), "{html}");
    assert!(html.count("x-…r2-x") > 6, "{html}");
    assert!(html.has("Show secret"));
}

#[test]
fn what_is_wrong_with_the_file_stands_before_everything_else() {
    let cut = Problem::new("archive-truncated", "The file ends within a layer.");
    let html = drawn(page(facts()).source(SourceInfo { warnings: vec![cut], ..info() }));
    assert!(
        html.text().starts_with("The file ends within a layer. registry.example"),
        "{}",
        html.text()
    );
}

#[test]
fn a_root_file_system_is_called_what_it_is() {
    let facts = OverviewFacts { layers: 1, ..OverviewFacts::default() };
    let html = drawn(page(facts));
    let words = "No image in this file (no manifest.json, index.json or oci-layout): \
                 a root file system or one layer.";
    assert!(html.text().contains(words), "{}", html.text());
    assert!(!html.text().contains("Starts"), "{}", html.text());
    assert!(!html.has("<h2>Configuration</h2>"));
}

#[test]
fn an_image_without_a_command_says_so() {
    let html = drawn(page(OverviewFacts { run: RunFacts::default(), ..facts() }));
    assert!(html.text().contains("No ENTRYPOINT and no CMD."));
}

#[test]
fn before_anything_is_known_its_parts_are_there() {
    let html = drawn(TestPage::at("#/archive/sha256:a"));
    let text = html.text();
    assert!(text.contains("Platform …") && text.contains("Reading the layers…"), "{text}");
    assert!(text.ends_with("Findings Reading the image…"), "{text}");
    let failed = TestPage::new().fails::<Overview>(Problem::new("odd", "It is odd."));
    assert!(drawn(failed).text().starts_with("It is odd."));
}
