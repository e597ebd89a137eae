//! Situations in which other tools were wrong, by public bug reports: `../shared/cases`, each file as the
//! collection's README.md says that it is right. Further members of the same kinds are in `lenient.rs`,
//! `incomplete.rs` and the modules concerned.

use crate::sessions;
use layerscope::session::native::Disk;
use layerscope::session::schedule::ScheduleOptions;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// What a file's report has, in short.
#[derive(Debug, PartialEq)]
struct Shape<'a> {
    /// Tags of each image.
    tags: Vec<Vec<&'a str>>,
    /// Layers that were read, and paths of the tree, of each image.
    layers: Vec<(usize, u64)>,
    /// Every layer's digests were compared and hold.
    verified: bool,
    /// Digests of what is not an image.
    others: Vec<&'a str>,
    /// Codes of all warnings.
    codes: Vec<&'a str>,
}

/// A file, and what is right for it.
struct Row {
    file: &'static str,
    /// Tags, layers and paths of each image.
    images: &'static [(&'static [&'static str], usize, u64)],
    /// What cannot be said is `None`.
    verified: bool,
    others: &'static [&'static str],
    codes: &'static [&'static str],
}

const fn row(
    file: &'static str,
    images: &'static [(&'static [&'static str], usize, u64)],
    codes: &'static [&'static str],
) -> Row {
    Row { file, images, verified: true, others: &[], codes }
}

const CAPITALS: &str = "sha256:8541ED63BCFCF78B8AE86D708B10CED03B95145B2A0EE592F7D162B4DDDA84B6";

const ROWS: [Row; 15] = [
    row("a01-folder.tar", &[(&[], 1, 2)], &[]),
    row("a02-index.tar", &[(&["latest", "stable"], 1, 1)], &[]),
    row("a04-nested-bare.tar", &[(&[], 1, 1)], &[]),
    row("a05-x.tar", &[(&["lab/hello:latest"], 1, 1)], &["manifests-disagree"]),
    row("a07-root.tar", &[(&["lab/linked:1"], 3, 2)], &[]),
    row("a09-config-and-layer.tar", &[(&[], 1, 1)], &[]),
    Row { verified: false, ..row("a13-x.tar", &[], &["archive-not-a-tar"]) },
    row("a15-annotation.tar", &[(&["latest"], 1, 1)], &[]),
    row("a16-save.tar", &[(&["lab/bom:1"], 1, 1)], &[]),
    Row { others: &[CAPITALS], ..row("a17-x.tar", &[(&[], 1, 1)], &["json-part-invalid"]) },
    row("b06-one-layer.tar", &[(&["lab/case:1"], 1, 4)], &["path-through-link"]),
    Row {
        verified: false,
        ..row("b10-gzip-cut.tar", &[(&["lab/case:1"], 1, 3)], &["layer-damaged"])
    },
    row("b13-size.tar", &[(&[], 1, 1)], &["descriptor-size"]),
    row("c03-zstd-zeros.tar", &[(&["lab/case:1"], 1, 1)], &["trailing-bytes"]),
    row("c05-twice.tar.gz", &[(&[], 1, 1)], &["compressed-again"]),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases")
}

fn array<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The report over a file; of one that is refused, the report that the command prints.
fn report(file: &str) -> Value {
    let disk = Disk::open(&folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    match sessions::try_driver(&disk) {
        Ok(_) => sessions::report(&disk),
        Err(problem) => {
            let found = problem.found.map(String::from).unwrap_or_default();
            serde_json::json!({ "warnings": [{ "code": problem.code, "found": found }] })
        }
    }
}

fn shape(report: &Value) -> Shape<'_> {
    let images = array(report, "images");
    let warnings = images.iter().flat_map(|image| array(image, "warnings"));
    let layers = || images.iter().flat_map(|image| array(image, "layers"));
    let tags = |image| array(image, "tags").iter().filter_map(Value::as_str).collect();
    let read = |image| {
        let read = array(image, "layers").iter().filter(|layer| layer["entries"].is_u64());
        (read.count(), image["tree"]["entries"].as_u64().unwrap_or_default())
    };
    Shape {
        tags: images.iter().map(tags).collect(),
        layers: images.iter().map(read).collect(),
        verified: !images.is_empty() && layers().all(|layer| layer["verified"] == true),
        others: array(report, "others").iter().map(|other| text(other, "digest")).collect(),
        codes: warnings.chain(array(report, "warnings")).map(|one| text(one, "code")).collect(),
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_case_is_as_its_row_says() {
    for Row { file, images, verified, others, codes } in ROWS {
        let report = report(file);
        let want = Shape {
            tags: images.iter().map(|(tags, ..)| tags.to_vec()).collect(),
            layers: images.iter().map(|(_, layers, paths)| (*layers, *paths)).collect(),
            verified,
            others: others.to_vec(),
            codes: codes.to_vec(),
        };
        assert_eq!(shape(&report), want, "{file}: {report:#}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn one_pass_over_a_layer_and_two_give_one_report() {
    for Row { file, .. } in ROWS {
        let disk = Disk::open(&folder().join(file)).unwrap();
        let options = ScheduleOptions { cores: 2, thorough: false, ..ScheduleOptions::default() };
        // The page's way: an index first, digests later.
        if let Ok(mut driver) = sessions::with_options(&disk, options) {
            assert_eq!(sessions::report_of(&mut driver), report(file), "{file}");
        }
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn what_the_warnings_of_cases_name_is_what_a_reader_needs() {
    for (file, found) in [
        ("a13-x.tar", "text in UTF-16, as `>` of Windows PowerShell writes it"),
        ("a17-x.tar", CAPITALS),
        ("b06-one-layer.tar", "lib -> usr/lib"),
        ("b10-gzip-cut.tar", "gzip: the stream is cut short"),
        ("c03-zstd-zeros.tar", "10,141 zeros"),
    ] {
        let report = report(file);
        let images = array(&report, "images").iter().flat_map(|image| array(image, "warnings"));
        let told: Vec<_> =
            images.chain(array(&report, "warnings")).map(|one| text(one, "found")).collect();
        assert_eq!(told, [found], "{file}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_file_of_the_collection_has_a_test() {
    let mut missing = Vec::new();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        // Those about packages have their tests in case_packages.rs.
        let of_packages = name.starts_with("b08-") || name.starts_with('d');
        let known = ROWS.iter().any(|row| row.file == name);
        if name != "README.md" && !of_packages && !known {
            missing.push(name);
        }
    }
    assert_eq!(missing, Vec::<String>::new());
}
