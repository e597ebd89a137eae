//! Damaged and hostile archives lead to a clear problem or show what can be read, never to a panic or a wrong
//! digest that is called verified.

mod budgets;
mod catalogs;
pub mod counting;
mod forms;
mod gaps;
mod inspection;
pub mod limits;
mod scaling;

use crate::made::tar;
use crate::{fuzzing, sessions};
use layerscope::problem::Problem;
use layerscope::protocol::{RowRange, SetTree, Sort, TreeColumn, TreeRows, TreeSpec};
use layerscope::session::native::Memory;
use layerscope::session::schedule::ScheduleOptions;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

fn open(bytes: Vec<u8>) -> Result<Value, Problem> {
    open_all(&Memory::one(bytes))
}

/// Opens an archive, reads everything, shows the tree, and returns the report.
fn open_all(source: &Memory) -> Result<Value, Problem> {
    let options = ScheduleOptions { cores: 1, ..ScheduleOptions::default() };
    let mut driver = sessions::with_options(source, options)?;
    if driver.session().is_some_and(|session| session.image_count() > 0) {
        let image = driver.shown().expect("an image is shown");
        let sort = Sort { by: TreeColumn::Size, reversed: false };
        let spec = TreeSpec {
            find: "e -*.x** /[a-f]/ -change:removed".into(),
            sort,
            ..TreeSpec::default()
        };
        driver.ask(SetTree { image, spec })?;
        driver.ask(TreeRows { image, rows: RowRange { first: 0, count: 100 } })?;
    }
    Ok(sessions::report_of(&mut driver))
}

/// Diff IDs of the layers that a report calls verified.
fn verified(report: &Value) -> BTreeSet<String> {
    let images = report["images"].as_array().unwrap();
    let layers = images.iter().flat_map(|image| image["layers"].as_array().unwrap());
    let good = layers.filter(|layer| layer["verified"] == Value::Bool(true));
    good.map(|layer| layer["diffId"].as_str().unwrap().to_owned()).collect()
}

fn code(bytes: Vec<u8>) -> String {
    match open(bytes) {
        Ok(report) => panic!("opened: {}", report["source"]),
        Err(problem) => {
            assert!(!problem.message.is_empty() && problem.advice.is_some(), "{problem:?}");
            problem.code.into_owned()
        }
    }
}

/// Codes of the warnings of a report that opened.
fn warnings(report: &Value) -> Vec<String> {
    let images = report["images"].as_array().unwrap().iter();
    let all = images.map(|image| &image["warnings"]).chain([&report["warnings"]]);
    let all = all.flat_map(|list| list.as_array().unwrap());
    all.map(|warning| warning["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn fuzz_targets_ask_what_can_be_answered() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/sample.tar");
    let sample = std::fs::read(sample).unwrap();
    let report = fuzzing::open(&Memory::one(sample.clone())).unwrap();
    assert!(report.contains("\"images\""));
    assert_eq!(fuzzing::open(&Memory::one(&b"PNG"[..])).unwrap_err().code, "archive-not-a-tar");
    // One byte is changed: the third of these, from 3 to 1.
    let patch = [&[1, 2, 0, 0, 0, 2][..], &[9, 9]].concat();
    assert_eq!(fuzzing::damaged(&patch, |_| Some(vec![1, 2, 3])), Some(vec![1, 2, 1]));
}

#[test]
fn other_files_than_archives_are_refused_by_format() {
    for (bytes, want) in [
        (Vec::new(), "archive-empty"),
        (b"\x89PNG\r\n\x1a\n0000000000000000".repeat(40), "archive-not-a-tar"),
        (b"just some text, long enough to hold a header. ".repeat(40), "not-a-tar"),
    ] {
        assert_eq!(code(bytes), want);
    }
}

#[test]
fn a_tar_with_an_unreadable_index_is_shown_as_files_with_a_warning() {
    let config = br#"[{"Config":"c.json","RepoTags":null,"Layers":[]}]"#;
    for (members, files) in [
        (&[("manifest.json", &b"[{\"Config\": nonsense}]"[..])][..], 1),
        (&[("manifest.json", config), ("c.json", b"{{{")], 2),
        (&[("manifest.json", b"null")], 1),
    ] {
        let report = open(tar(members)).unwrap();
        let codes = warnings(&report);
        for code in ["json-invalid", "no-image-named"] {
            assert!(codes.contains(&code.to_owned()), "{codes:?}");
        }
        assert_eq!(report["source"]["format"], "tar");
        assert_eq!(report["images"][0]["tree"]["files"], files);
    }
}

#[test]
fn a_missing_layer_keeps_its_position() {
    let manifest = br#"[{"Config":"c.json","Layers":["a/layer.tar","gone/layer.tar"]}]"#;
    let layer = tar(&[("etc/passwd", b"root")]);
    let report = open(tar(&[
        ("manifest.json", manifest),
        ("c.json", br#"{"rootfs":{"diff_ids":[]}}"#),
        ("a/layer.tar", &layer),
    ]))
    .unwrap();
    assert!(warnings(&report).contains(&"layer-missing".to_owned()));
    let layers = report["images"][0]["layers"].as_array().unwrap();
    assert_eq!((layers.len(), &layers[1]["size"]), (2, &Value::Null));
    assert_eq!(report["images"][0]["tree"]["entries"], 2);
}

#[test]
fn a_layer_that_is_not_a_tar_leaves_the_others() {
    let manifest = br#"[{"Config":"c.json","Layers":["good","bad"]}]"#;
    let layer = tar(&[("etc/passwd", b"root")]);
    let report = open(tar(&[
        ("manifest.json", manifest),
        ("c.json", b"{}"),
        ("good", &layer),
        ("bad", &b"this is not a tar at all".repeat(50)),
    ]))
    .unwrap();
    assert!(warnings(&report).contains(&"not-a-tar".to_owned()), "{:?}", warnings(&report));
    assert_eq!(report["images"][0]["tree"]["entries"], 2);
}

#[test]
fn a_size_of_8_eib_ends_the_layer_with_a_warning() {
    let mut header = tar::Header::new_gnu();
    header.set_path("huge").unwrap();
    header.as_old_mut().size = *b"\x80\0\0\0\x80\0\0\0\0\0\0\0";
    header.set_cksum();
    let mut layer = tar(&[("small", b"x")]);
    layer.truncate(1024);
    layer.extend_from_slice(header.as_bytes());
    layer.extend_from_slice(&[0; 1024]);
    let report = open(tar(&[
        ("manifest.json", br#"[{"Config":"c.json","Layers":["l"]}]"#),
        ("c.json", b"{}"),
        ("l", &layer),
    ]))
    .unwrap();
    assert!(warnings(&report).contains(&"tar-size".to_owned()), "{:?}", warnings(&report));
    assert_eq!(report["images"][0]["tree"]["entries"], 1);
}

#[test]
fn a_claimed_size_is_cut_to_the_existing_bytes() {
    let mut header = tar::Header::new_gnu();
    header.set_path("claims").unwrap();
    header.set_size(1 << 30);
    header.set_cksum();
    let mut layer = header.as_bytes().to_vec();
    layer.extend_from_slice(&[7; 700]);
    let report = open(tar(&[
        ("manifest.json", br#"[{"Config":"c.json","Layers":["l"]}]"#),
        ("c.json", b"{}"),
        ("l", &layer),
    ]))
    .unwrap();
    assert!(warnings(&report).contains(&"tar-truncated".to_owned()));
    assert_eq!(report["images"][0]["tree"]["size"], 700);
}
