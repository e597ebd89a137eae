//! Every cataloger, and what notes risks, reads every file of `tests/fixtures/packages/` that it wants under one
//! of the paths of `paths.txt`: whole, truncated, with changed bytes. It must neither panic nor hang nor take much memory.
//!
//! - `paths.txt` has the paths that each cataloger distinguishes, to be extended with each new one. The fuzz
//!   target `catalog` uses the same file.
//! - `LAYERSCOPE_HOSTILE=all` cuts at and changes every byte: hours instead of seconds.

use super::limits::within;
use layerscope::analysis::file_bytes::FileBytes;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, HEAD};
use layerscope::analysis::risks::NotedRisks;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

const PATHS: &str = include_str!("paths.txt");

/// Has every cataloger read a file under every path that it wants; returns their names. Where the content alone is
/// wanted, the path changes nothing: it is read once.
fn show(bytes: &[u8]) -> BTreeSet<&'static str> {
    let mut shown = BTreeSet::new();
    drop(NotedRisks::program(FileBytes::Held(bytes)));
    for path in PATHS.lines() {
        let head = &bytes[..bytes.len().min(HEAD)];
        let size = bytes.len() as u64;
        let file =
            Candidate { size, mode: 0o755, head: Some(head), ..Candidate::at(path.as_bytes()) };
        for cataloger in CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&file)) {
            let by_name = (cataloger.wants)(&Candidate { head: None, ..file });
            if !by_name && shown.contains(cataloger.name) {
                continue;
            }
            cataloger.read(&file, bytes);
            if cataloger.name == "rpm" {
                cataloger.read(&Candidate { beside: bytes, ..file }, bytes);
            }
            shown.insert(cataloger.name);
        }
        drop(NotedRisks::of(&file, bytes));
    }
    shown
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The files, decompressed where necessary, without documents and scripts.
fn material() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packages");
    files(&folder, &mut found);
    found.retain(|path| path.extension().is_none_or(|end| end != "sh" && end != "md"));
    found.sort();
    assert!(!found.is_empty());
    let load = |path: &PathBuf| {
        let mut bytes = std::fs::read(path).unwrap();
        if path.extension().is_some_and(|end| end == "gz") {
            let packed = std::mem::take(&mut bytes);
            flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
        }
        (path.display().to_string(), bytes)
    };
    found.iter().map(load).collect()
}

/// The offsets to cut and to change: for a long file mostly its beginning, which describes the rest, and some
/// everywhere.
fn places(bytes: &[u8]) -> Vec<usize> {
    let all = std::env::var_os("LAYERSCOPE_HOSTILE").is_some();
    let step = if all { 1 } else { (bytes.len() / 16).max(1) };
    let first = (0..bytes.len().min(60)).step_by(if all { 1 } else { 4 });
    first.chain((0..bytes.len()).step_by(step)).collect()
}

fn hostile() {
    let mut shown = BTreeSet::new();
    for (name, bytes) in material() {
        println!("{name}"); // so that a failure says where
        shown.extend(show(&bytes));
        for place in places(&bytes) {
            show(&bytes[..place]);
            let mut changed = bytes.clone();
            for value in [0, 0xff, bytes[place] ^ 1] {
                changed[place] = value;
                show(&changed);
            }
            let end = (place + 4).min(bytes.len());
            changed[place..end].fill(0xff);
            show(&changed);
        }
    }
    let all: BTreeSet<&str> = CATALOGERS.iter().map(|cataloger| cataloger.name).collect();
    let never: Vec<&&str> = all.difference(&shown).collect();
    assert!(never.is_empty(), "no path of paths.txt and no file lets these read: {never:?}");
}

#[test]
fn no_file_makes_a_cataloger_panic_or_take_too_much_memory() {
    let test = "no_file_makes_a_cataloger_panic_or_take_too_much_memory";
    within(256, module_path!(), test, hostile);
}
