//! The view Layers, drawn in each of its states.

use super::LayersView;
use crate::problem::Problem;
use crate::protocol::{
    LayerChanges, LayerFacts, LayerPresence, LayerRow, LayerTable, Layers, PullRow, PullState,
    Pulling, RegistryInfo, SourceInfo,
};
use crate::ui::testing::{Rendered, TestPage};
use crate::ui::testing::{layer, layer_facts, layer_row};
use crate::vocabulary::Compression;
use leptos::prelude::*;

fn table() -> LayerTable {
    let mut first = layer_row(1, "ADD", "rootfs.tar /");
    first.layer = Some(LayerFacts {
        size: Some(1_000_000),
        blob_size: Some(400_000),
        compression: Some(Compression::Gzip),
        contribution: Some(1_000_000),
        changes: Some(LayerChanges { added: 114, modified: 0, removed: 0, unchanged: 0 }),
        digest: Some(format!("sha256:{}", "ab".repeat(32))),
        verified: Some(true),
        ..layer_facts(1)
    });
    let empty = LayerRow { layer: None, ..layer_row(1, "ENV", "A=b") };
    let mut second = layer_row(2, "RUN", "rm -rf /opt/<b>");
    second.layer = Some(LayerFacts {
        size: Some(0),
        blob_size: Some(200),
        compression: Some(Compression::Gzip),
        contribution: Some(-12_000),
        changes: Some(LayerChanges { added: 0, modified: 1, removed: 3, unchanged: 2 }),
        verified: Some(false),
        limited: true,
        warnings: vec![Problem::new("trailing-bytes", "Bytes follow.")],
        ..layer_facts(2)
    });
    LayerTable { rows: vec![first, empty, second], ..LayerTable::default() }
}

fn drawn(link: &str, table: LayerTable) -> Rendered {
    TestPage::at(link).answers::<Layers>(table).render(|| view! { <LayersView /> })
}

#[test]
fn a_row_for_each_layer_with_totals() {
    let html = drawn("#/archive/a?view=layers", table());
    assert!(html.has(r#"aria-label="Layers""#));
    assert_eq!(html.count("<h1"), 1);
    let text = html.text();
    assert!(
        text.contains(
            "# Instruction Size Compressed Net size Share Added Modified Removed Unchanged Check Digest Diff ID 1 \
             ADD rootfs.tar / 1.00 MB 400 kB +1.00 MB +114 · · · Verified sha256: abababababab 2 RUN rm -rf \
             /opt/<b> 0 B 200 B −12.0 kB · ~1 −3 =2 Mismatch"
        ),
        "{text}"
    );
    assert!(text.ends_with("Total 1.00 MB 400 kB +988 kB +114 ~1 −3 =2"), "{text}");
    assert!(html.has(r##"href="#/archive/a?view=layers&amp;layers=2""##));
    assert!(html.has(
        r#"aria-label="Details of layer 2" title="Details of layer 2" aria-expanded="false""#
    ));
}

#[test]
fn what_is_wrong_stands_below_its_row() {
    let html = drawn("#/archive/a?view=layers", table());
    let text = html.text();
    assert_eq!(html.count(r#"role="alert""#), 1);
    assert!(
        text.contains(
            "Mismatch A digest does not match: these are not the bytes that the image names. Bytes follow. \
             A limit was reached in this layer. What is beyond it is not shown. Read it all"
        ),
        "{text}"
    );
}

#[test]
fn empty_layers_are_shown_if_asked_for() {
    let html = drawn("#/archive/a?view=layers", table());
    assert!(html.text().contains("Show empty layers"));
    assert!(!html.text().contains("ENV A=b"));
    let html = drawn("#/archive/a?view=layers&show=empty", table());
    assert!(html.text().contains("ENV A=b"), "{}", html.text());
    assert!(html.has("Details of an empty layer"));
    assert_eq!(html.count("row-link"), 2, "an empty layer leads nowhere");
}

#[test]
fn selected_rows_are_marked() {
    let html = drawn("#/archive/a?view=layers&layers=..2", table());
    assert_eq!(html.count(r#"class="row-link""#), 2);
    assert!(html.count(r#"aria-current="true""#) >= 2, "{html}");
    assert!(html.has(r#"aria-pressed="true""#));
}

#[test]
fn without_compression_there_is_no_column_of_it() {
    let mut plain = table();
    for layer in plain.rows.iter_mut().filter_map(|row| row.layer.as_mut()) {
        layer.compression = Some(Compression::None);
    }
    assert!(!drawn("#/?view=layers", plain.clone()).text().contains("Compressed"));
    let info = SourceInfo {
        registry: Some(RegistryInfo::default()),
        images: vec![Default::default()],
        ..SourceInfo::default()
    };
    let html = TestPage::at("#/?view=layers")
        .source(info)
        .answers::<Layers>(plain)
        .render(|| view! { <LayersView /> });
    assert!(html.text().contains("Download"), "{}", html.text());
}

#[test]
fn a_layer_that_is_not_here_says_so() {
    let mut missing = table();
    let facts = LayerFacts { presence: LayerPresence::Missing, ..layer_facts(1) };
    missing.rows[0].layer = Some(facts);
    let text = drawn("#/?view=layers", missing).text();
    assert!(text.contains("ADD rootfs.tar / – – – – – – – Missing"), "{text}");
}

#[test]
fn a_layer_on_its_way_is_not_called_not_downloaded() {
    let text = |state: PullState| {
        let mut absent = table();
        let facts = LayerFacts { presence: LayerPresence::NotDownloaded, ..layer_facts(1) };
        absent.rows[0].layer = Some(facts);
        let row = PullRow {
            layers: vec![layer(1)],
            digest: String::new(),
            size: 9,
            done: 0,
            bytes_per_second: 0,
            state,
            problem: None,
        };
        let pulling =
            Pulling { rows: vec![row], missing: 9, needs_consent: true, ..Pulling::default() };
        let page = TestPage::at("#/?view=layers").answers::<Layers>(absent).pulling(pulling);
        page.render(|| view! { <LayersView /> }).text()
    };
    let waits = text(PullState::NotDownloaded);
    assert!(waits.contains("ADD rootfs.tar / – – – – – – – Not downloaded"), "{waits}");
    let coming = text(PullState::Downloading);
    assert!(coming.contains("ADD rootfs.tar / … … … … … … … …"), "{coming}");
}

#[test]
fn without_layers_it_says_why() {
    let at = || TestPage::at("#/?view=layers");
    let text = |page: TestPage| page.render(|| view! { <LayersView /> }).text();
    assert!(text(at()).ends_with("Reading the layers…"), "{}", text(at()));
    assert!(
        text(at().answers::<Layers>(LayerTable::default())).ends_with("The image has no layers.")
    );
    let failed = at().fails::<Layers>(Problem::new("odd", "It is odd."));
    assert!(text(failed).ends_with("It is odd."));
}

#[test]
fn long_and_odd_names_stay_text() {
    let mut table = table();
    table.rows[0] = layer_row(1, "RUN", &format!("{}\u{202e}<i>", "x".repeat(300)));
    let html = drawn("#/?view=layers", table);
    assert!(html.has("\\u{202e}&lt;i&gt;"), "{html}");
}

#[test]
fn of_endless_empty_layers_some_are_drawn_and_the_others_counted() {
    let empty = LayerRow { layer: None, ..layer_row(1, "ENV", "A=b") };
    let mut table = table();
    table.rows.splice(0..0, vec![empty; 9_000]);
    let html = drawn("#/archive/a?view=layers&show=empty", table.clone());
    let rows = html.count("<tr");
    assert!((1_002..1_020).contains(&rows), "{rows}");
    let text = html.text();
    assert!(text.contains("rm -rf /opt/<b>"), "no layer is left out");
    let note = "8,001 more empty layers are not listed. Raw has all.";
    assert!(text.ends_with(note), "{}", &text[text.len() - 100..]);
    assert!(!drawn("#/archive/a?view=layers", table).text().ends_with(note));
}
