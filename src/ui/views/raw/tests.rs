//! The view Raw, drawn in each of its states.

use super::RawView;
use super::view::file_name;
use crate::problem::Problem;
use crate::protocol::{
    Document, DocumentContent, DocumentKind, DocumentLine, Documents, JsonLine, JsonValue,
    LayerTable, Layers,
};
use crate::ui::app::Loaded;
use crate::ui::testing::layer_row;
use crate::ui::testing::{Rendered, TestPage};
use leptos::prelude::*;

fn digest(byte: &str) -> String {
    format!("sha256:{}", byte.repeat(32))
}

fn document(kind: DocumentKind, byte: &str) -> DocumentLine {
    DocumentLine {
        kind,
        media_type: "application/vnd.oci.image.manifest.v1+json".into(),
        digest: digest(byte),
        size: 1200,
    }
}

fn content(byte: &str) -> DocumentContent {
    let text = |text: String, is_document| JsonValue::Text { text: text.into(), is_document };
    let line = |depth, name: &str, value| JsonLine { depth, name: Some(name.into()), value };
    DocumentContent {
        line: document(DocumentKind::Manifest, byte),
        bytes: b"{\"exact\": 1}".to_vec(),
        lines: vec![
            JsonLine { depth: 0, name: None, value: JsonValue::Object(4) },
            line(1, "config", text(digest("22"), true)),
            line(1, "layer", text(digest("33"), false)),
            line(1, "<b>", text("x\u{202e}".into(), false)),
            line(1, "list", JsonValue::List(1)),
            JsonLine { depth: 2, name: None, value: JsonValue::Bool(true) },
        ],
        problem: None,
    }
}

fn page(link: &str) -> TestPage {
    let mut row = layer_row(3, "RUN", "x");
    if let Some(layer) = &mut row.layer {
        layer.diff_id = Some(digest("33"));
    }
    TestPage::at(link)
        .answers::<Layers>(LayerTable { rows: vec![row], ..LayerTable::default() })
        .answers::<Documents>(vec![
            document(DocumentKind::Manifest, "11"),
            document(DocumentKind::Configuration, "22"),
        ])
        .answers_with::<Document>(|question| {
            let byte = if question.digest == digest("22") { "22" } else { "11" };
            Loaded::of(content(byte))
        })
}

fn drawn(page: TestPage) -> Rendered {
    page.render(|| view! { <RawView /> })
}

#[test]
fn the_first_document_is_open_and_lists_its_lines() {
    let html = drawn(page("#/archive/a?view=raw"));
    assert_eq!(html.count("<h1"), 1);
    let text = html.text();
    assert!(
        text.starts_with(
            "Documents Manifest 1.20 kB 111111111111 Configuration 1.20 kB 222222222222 Raw: Manifest \
             Copy document Save application/vnd.oci.image.manifest.v1+json 1.20 kB sha256: 111111111111"
        ),
        "{text}"
    );
    assert!(text.contains("<b> : x\\u{202e} list : […] 1 element true"), "{text}");
    assert_eq!(html.count(r#"role="treeitem""#), 6);
    assert!(html.has(r#"aria-setsize="1" aria-posinset="1" aria-level="3""#), "{html}");
    assert_eq!(html.count(r#"aria-expanded="true""#), 2);
    assert_eq!(html.count(r#"aria-current="true""#), 1);
}

#[test]
fn digests_lead_to_their_documents_and_layers() {
    let html = drawn(page("#/archive/a?view=raw"));
    let document = r##"href="#/archive/a?view=raw&amp;item=sha256%3A222"##;
    assert_eq!(html.count(document), 2, "in the list and in the tree: {html}");
    assert!(html.has(r##"href="#/archive/a?view=layers&amp;layers=3" title="Layer 3""##), "{html}");
}

#[test]
fn the_link_names_the_open_document() {
    let link = format!("#/archive/a?view=raw&item={}", digest("22"));
    let html = drawn(page(&link));
    assert!(html.has("title=\"sha256:2222"), "{html}");
}

#[test]
fn a_document_that_is_not_json_can_be_saved() {
    let broken = DocumentContent {
        lines: Vec::new(),
        bytes: vec![0xff, 0xfe],
        problem: Some(Problem::new("json-invalid", "It is not JSON.")),
        ..content("11")
    };
    let html = drawn(page("#/?view=raw").answers::<Document>(broken));
    assert!(
        html.text().ends_with("It is not JSON. This document is not JSON. Its bytes can be saved.")
    );
    assert!(!html.text().contains("Copy document"), "bytes that are no text are not copied");
}

#[test]
fn without_documents_it_says_why() {
    let text = |page: TestPage| drawn(page).text();
    assert_eq!(
        text(TestPage::at("#/?view=raw")),
        "Documents Reading the documents… Raw the documents that describe the image"
    );
    let none = TestPage::at("#/?view=raw").answers::<Documents>(Vec::new());
    assert!(text(none).ends_with("it is a root file system or a single layer."));
    let gone = Problem::new("no-such-document", "The image has no such document.");
    let html = text(page("#/?view=raw&item=sha256:x").fails::<Document>(gone));
    assert!(html.ends_with("The image has no such document."), "{html}");
}

#[test]
fn a_long_document_is_folded_and_only_what_is_seen_is_drawn() {
    let mut long = content("11");
    let name = |at: u32| Some(format!("k{at}").as_str().into());
    long.lines = vec![JsonLine { depth: 0, name: None, value: JsonValue::Object(50_000) }];
    for at in 0..50_000 {
        long.lines.push(JsonLine { depth: 1, name: name(at), value: JsonValue::List(1) });
        long.lines.push(JsonLine { depth: 2, name: None, value: JsonValue::Null });
    }
    let html = drawn(page("#/?view=raw").answers::<Document>(long));
    let rows = html.count(r#"role="treeitem""#);
    assert!((20..100).contains(&rows), "{rows}");
    assert_eq!(html.count(r#"aria-expanded="false""#), rows - 1);
}

#[test]
fn names_of_files_are_harmless() {
    let line =
        DocumentLine { digest: "sha256:../../etc".into(), ..document(DocumentKind::Index, "11") };
    assert_eq!(file_name(&line), "index-sha256etc.json");
    assert_eq!(file_name(&document(DocumentKind::Manifest, "ab")), "manifest-abababababab.json");
}
