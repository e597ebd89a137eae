//! Rule: data flows one way through `src/`, so a module knows only what stands before it.
//!
//! - Read from the text: `crate::x`, `crate::{x, y}` and `super::` chains that leave a module. Tests
//!   count like code, and so do comments not at all.
//! - The web stays at the edge: its crates in `browser/`, `ui/` and lib.rs, the UI framework in `ui/`.

use std::collections::BTreeSet;

use super::rust::{Keep, line_at, strip};
use super::{Finding, Source};

/// Each module of `src/` and those that it may know, in the order of the data's way: a module only
/// ever knows some that stand above it, which a test holds.
const MAY_KNOW: &[(&str, &[&str])] = &[
    // Words that all share.
    ("vocabulary", &[]),
    ("text", &[]),
    ("http", &["text"]),
    ("problem", &["text", "vocabulary"]),
    ("selection", &["problem", "text", "vocabulary"]),
    ("oci", &["problem", "text", "vocabulary"]),
    // The way from bytes to reports.
    ("codec", &["oci", "problem", "text", "vocabulary"]),
    ("registry", &["http", "oci", "problem", "text", "vocabulary"]),
    // Before archives, for most of them are tars themselves.
    ("entry", &["codec", "oci", "problem", "text", "vocabulary"]),
    ("archive", &["entry", "codec", "oci", "problem", "text", "vocabulary"]),
    ("layer", &["archive", "entry", "codec", "oci", "problem", "text", "vocabulary"]),
    ("tree", &["layer", "entry", "oci", "problem", "selection", "text", "vocabulary"]),
    (
        "analysis",
        &[
            "tree",
            "layer",
            "archive",
            "entry",
            "codec",
            "http",
            "oci",
            "problem",
            "selection",
            "text",
            "vocabulary",
        ],
    ),
    (
        "report",
        &[
            "analysis",
            "tree",
            "layer",
            "archive",
            "entry",
            "codec",
            "oci",
            "problem",
            "selection",
            "text",
            "vocabulary",
        ],
    ),
    ("link", &["oci", "problem", "selection", "text", "vocabulary"]),
    (
        "session",
        &[
            "report",
            "analysis",
            "tree",
            "layer",
            "entry",
            "archive",
            "registry",
            "codec",
            "http",
            "oci",
            "problem",
            "selection",
            "text",
            "vocabulary",
        ],
    ),
    ("format", &["session", "oci", "problem", "selection", "text", "vocabulary"]),
    // WebAssembly only; nobody but lib.rs knows these.
    (
        "browser",
        &[
            "session",
            "report",
            "analysis",
            "layer",
            "archive",
            "registry",
            "codec",
            "http",
            "link",
            "oci",
            "problem",
            "selection",
            "text",
            "vocabulary",
        ],
    ),
    (
        "ui",
        &[
            "browser",
            "format",
            "session",
            "link",
            "oci",
            "problem",
            "selection",
            "text",
            "vocabulary",
        ],
    ),
];

/// Beginnings of the names of crates, and the modules that may use them (lib.rs may use all).
const OUTSIDE: &[(&str, &[&str])] = &[
    ("web_sys", &["browser", "ui"]),
    ("js_sys", &["browser", "ui"]),
    ("wasm_bindgen", &["browser", "ui"]),
    ("gloo", &["browser", "ui"]),
    ("leptos", &["ui"]),
];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let in_src = |source: &&Source| source.is_rust() && module_path(&source.path).is_some();
    let modules: BTreeSet<String> = sources
        .iter()
        .filter(in_src)
        .filter_map(|source| module_path(&source.path)?.first().cloned())
        .collect();
    let mut findings = Vec::new();
    let mut unlisted = modules.clone();
    for source in sources.iter().filter(in_src) {
        let path = module_path(&source.path).unwrap_or_default();
        let Some(module) = path.first() else { continue }; // lib.rs knows all
        let code = strip(&source.text, Keep::Code);
        match MAY_KNOW.iter().find(|(name, _)| name == module) {
            Some((_, known)) => {
                for (offset, name) in references(&path, &code) {
                    if modules.contains(name) && name != module && !known.contains(&name) {
                        let message = format!("{module} must not know {name}: {TABLE}");
                        findings.push(Finding::failure(source, line_at(&code, offset), message));
                    }
                }
            }
            None if unlisted.remove(module) => {
                let message = format!("what may {module} know? Say so: {TABLE}");
                findings.push(Finding::failure(source, 1, message));
            }
            None => {}
        }
        findings.extend(outside(source, module, &code));
    }
    findings
}

const TABLE: &str = "the table is MAY_KNOW in xtask/src/tidy/imports.rs";

fn outside(source: &Source, module: &str, code: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (offset, word) in words(code) {
        let rule = OUTSIDE.iter().find(|(name, _)| word.starts_with(name));
        if let Some((_, places)) = rule.filter(|(_, places)| !places.contains(&module)) {
            let places = places.join(" and ");
            let message = format!("{word} belongs to {places} (and lib.rs), not to {module}");
            findings.push(Finding::failure(source, line_at(code, offset), message));
        }
    }
    findings
}

/// The files a/b.rs and a/b/mod.rs are `[a, b]`; `None` for what is not part of the library.
fn module_path(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut parts: Vec<_> = path.split('/').map(str::to_owned).collect();
    if parts[0] == "bin" {
        return None;
    }
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    Some(parts)
}

/// The top modules that a file's code names, each with its offset.
fn references<'a>(file: &[String], code: &'a str) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    let mut inline: Vec<i32> = Vec::new(); // the depths at which `mod x {` stand
    let (mut depth, mut scanned) = (0i32, 0);
    for (offset, word) in words(code) {
        for (at, brace) in code[scanned..offset].match_indices(['{', '}']) {
            if brace == "{" {
                let before = code[..scanned + at].trim_end();
                let mut last = before.rsplit(char::is_whitespace);
                if last.nth(1) == Some("mod") {
                    inline.push(depth);
                }
                depth += 1;
            } else {
                depth -= 1;
                if inline.last() == Some(&depth) {
                    inline.pop();
                }
            }
        }
        scanned = offset;
        let after = code[offset + word.len()..].trim_start();
        let inside = code[..offset].trim_end().ends_with("::");
        if inside || !after.starts_with("::") {
            continue;
        }
        let after = &after[2..];
        match word {
            "crate" => heads(after, 0, &mut |name| found.push((offset, name))),
            "super" => {
                let up = file.len() + inline.len() - 1;
                heads(after, up, &mut |name| found.push((offset, name)));
            }
            _ => {}
        }
    }
    found
}

/// The first names of a path, or of each path of a group, that lies `up` modules below the root.
fn heads<'a>(path: &'a str, up: usize, tell: &mut impl FnMut(&'a str)) {
    let path = path.trim_start();
    if let Some(group) = path.strip_prefix('{') {
        for item in items(group) {
            heads(item, up, tell);
        }
        return;
    }
    let Some((_, word)) = words(path).next().filter(|(offset, _)| *offset == 0) else { return };
    if word == "super" {
        let rest = path[word.len()..].trim_start();
        heads(rest.strip_prefix("::").unwrap_or_default(), up.saturating_sub(1), tell);
    } else if up == 0 && word != "self" {
        tell(word);
    }
}

/// The parts of a group between its commas, up to its closing brace.
fn items(group: &str) -> Vec<&str> {
    let (mut items, mut start, mut depth) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' if depth > 0 => {}
            ',' | '}' => {
                items.push(&group[start..at]);
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    items
}

/// Identifiers and keywords with their offsets.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + code[at..].find(is_word)?;
        let end = code[start..].find(|c| !is_word(c)).map_or(code.len(), |length| start + length);
        at = end;
        Some((start, &code[start..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn the_table_only_points_down() {
        for (at, (module, known)) in MAY_KNOW.iter().enumerate() {
            for name in *known {
                let above = MAY_KNOW[..at].iter().any(|(above, _)| above == name);
                assert!(above, "{module} knows {name}, which doesn't stand above it");
            }
        }
    }

    /// What is found when `code` is in src/layer/index.rs, beside a file of every module.
    fn in_layer(code: &str) -> Vec<String> {
        let text = format!("{code}\n");
        let mut files: Vec<(String, &str)> =
            MAY_KNOW.iter().map(|(name, _)| (format!("src/{name}/mod.rs"), "")).collect();
        files.push(("src/layer/index.rs".into(), &text));
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let short = |line: String| line.split(": the table").next().unwrap_or_default().to_owned();
        found(check, &files).into_iter().map(short).collect()
    }

    #[test]
    fn a_module_knows_only_what_stands_before_it() {
        let bad = "src/layer/index.rs:1: layer must not know tree";
        for code in [
            "use crate::tree::Node;",
            "use crate::{oci, tree};",
            "use crate::{oci::{Digest, DiffId}, tree::Node};",
            "fn f() -> crate :: tree::Node;",
            "use super::super::tree;",
            "use super::{super::tree};",
            "mod tests { use super::super::super::tree; }",
        ] {
            assert_eq!(in_layer(code), [bad], "{code}");
        }
        for code in [
            "use crate::oci::Digest;",
            "use crate::layer::tree;",
            "use crate::{oci::{tree}, codec};",
            "use super::tree;",
            "mod tests { use super::super::tree; }",
            "mod tests {} use super::tree;",
            "// crate::tree",
            "f(\"crate::tree\")",
            "pub(crate) fn tree() {}",
        ] {
            assert_eq!(in_layer(code), [""; 0], "{code}");
        }
    }

    #[test]
    fn the_web_stays_at_the_edge() {
        let at = |path: &str, code: &str| !found(check, &[(path, code)]).is_empty();
        assert!(at("src/layer/index.rs", "use web_sys::Blob;"));
        assert!(at("src/session/mod.rs", "#[wasm_bindgen]"));
        assert!(at("src/browser/mod.rs", "use leptos::prelude::*;"));
        assert!(!at("src/browser/mod.rs", "use web_sys::Blob; use gloo_net::http;"));
        assert!(!at("src/ui/mod.rs", "use leptos::prelude::*; use web_sys::Event;"));
        assert!(!at("src/lib.rs", "use wasm_bindgen::prelude::*; use leptos::mount;"));
        assert!(!at("src/layer/index.rs", "// web_sys"));
    }

    #[test]
    fn a_new_module_must_be_listed() {
        let found = found(check, &[("src/newcomer.rs", ""), ("src/newcomer/a.rs", "")]);
        assert_eq!(found.len(), 1);
        assert!(found[0].starts_with("src/newcomer.rs:1: what may newcomer know?"), "{found:?}");
    }
}
