//! Documents are complete: reports satisfy their schema, docs/report.md has every problem code, and
//! docs/registries.md every registry that the proxy forwards to.

use crate::sessions;
use layerscope::session::native::Disk;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn report(path: &Path) -> Value {
    sessions::report(&Disk::open(path).unwrap())
}

#[test]
fn reports_satisfy_their_schema() {
    let schema = std::fs::read_to_string(root().join("docs/report.schema.json")).unwrap();
    let schema: Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for archive in ["www/sample.tar", "tests/fixtures/odd.docker20.docker.tar"] {
        let report = report(&root().join(archive));
        let errors: Vec<String> = validator
            .iter_errors(&report)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{archive}");
    }
    let mut wrong = report(&root().join("www/sample.tar"));
    wrong["images"][0]["invented"] = Value::Null;
    assert!(!validator.is_valid(&wrong), "the schema lets anything pass");
}

/// The texts of all source files below a folder, without their tests.
fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if !path.ends_with("tests.rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let tests = ["#[cfg(test)]\nmod tests {", "#[test]\n"];
            let end = tests.iter().filter_map(|start| text.find(start)).min();
            found.push(text[..end.unwrap_or(text.len())].to_owned());
        }
    }
}

/// The problem codes in the source: the first argument of `Problem::new` and of helpers that call it.
fn codes_in(text: &str) -> Vec<String> {
    let calls = ["Problem::new(", "refuse("].into_iter();
    let after = calls.flat_map(|call| text.match_indices(call).map(|(at, call)| at + call.len()));
    let code = |at: usize| text[at..].trim_start().strip_prefix('"')?.split('"').next();
    after.filter_map(code).map(str::to_owned).collect()
}

/// The codes in the table of docs/report.md.
fn documented_codes() -> Vec<String> {
    let document = std::fs::read_to_string(root().join("docs/report.md")).unwrap();
    let (_, table) = document.split_once("| code | meaning |").unwrap();
    let cells = table.lines().filter_map(|row| row.strip_prefix("| `")?.split(" | ").next());
    let cells: Vec<String> = cells.map(|cell| format!("`{cell}")).collect();
    let codes = cells.iter().flat_map(|cell| cell.split('`').skip(1).step_by(2));
    codes.map(str::to_owned).collect()
}

#[test]
fn every_code_of_a_problem_is_documented_and_every_documented_code_exists() {
    let mut texts = Vec::new();
    sources(&root().join("src"), &mut texts);
    let codes: BTreeSet<String> = texts.iter().flat_map(|text| codes_in(text)).collect();
    assert!(codes.len() > 30, "the codes were not found: {codes:?}");
    let documented = documented_codes();
    let missing: Vec<_> = codes.iter().filter(|code| !documented.contains(code)).collect();
    assert!(missing.is_empty(), "not in docs/report.md: {missing:?}");
    let is_in_source =
        |code: &&String| texts.iter().any(|text| text.contains(&format!("\"{code}\"")));
    let gone: Vec<_> = documented.iter().filter(|code| !is_in_source(code)).collect();
    assert!(gone.is_empty(), "only in docs/report.md: {gone:?}");
}

/// The archives that docs/formats.md names as examples: those of `tests/fixtures`, and the others.
fn examples_of_formats() -> (Vec<String>, Vec<String>) {
    let document = std::fs::read_to_string(root().join("docs/formats.md")).unwrap();
    let is_archive = |name: &&str| {
        let like_one = name.contains(".tar") || (name.contains('.') && name.ends_with("-dir"));
        like_one && !name.contains('*') && !name.contains("HEX") && !name.ends_with("layer.tar")
    };
    let names = document.split('`').skip(1).step_by(2).filter(is_archive).map(str::to_owned);
    names.partition(|name| name.starts_with("tests/fixtures/"))
}

fn examples_exist(folder: &Path, names: &[String]) {
    assert!(names.len() > 3, "no examples were found in docs/formats.md: {names:?}");
    for name in names {
        assert!(folder.join(name).exists(), "docs/formats.md names {name}, which does not exist");
    }
}

#[test]
fn every_example_of_a_format_among_our_own_archives_exists() {
    examples_exist(root(), &examples_of_formats().0);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_example_of_a_format_among_the_shared_archives_exists() {
    examples_exist(&root().join("../shared/fixtures"), &examples_of_formats().1);
}

#[test]
fn every_registry_of_the_proxy_is_documented() {
    let document = std::fs::read_to_string(root().join("docs/registries.md")).unwrap();
    let hosts = std::fs::read_to_string(root().join("proxy/hosts.json")).unwrap();
    let hosts: Value = serde_json::from_str(&hosts).unwrap();
    let requested = hosts["requested"].as_array().unwrap();
    assert!(requested.len() > 10);
    for entry in requested {
        let host = entry["host"].as_str().unwrap();
        // The document writes a word in capitals (`NAME.azurecr.io`) for a `*`.
        let parts: Vec<_> = host.split('*').collect();
        let said = document.split(['`', '/', ' ']).any(|word| match &parts[..] {
            [whole] => word == *whole,
            [first, middle @ .., last] => {
                word.len() > host.len() - parts.len()
                    && word.starts_with(first)
                    && word.ends_with(last)
                    && middle.iter().all(|part| word.contains(part))
            }
            [] => false,
        });
        assert!(said, "docs/registries.md does not name {host}");
    }
}
