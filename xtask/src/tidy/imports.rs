//! Rule: data flows one way through `src/`: a module imports only modules that it builds on.
//!
//! - Read from the text: paths that start with `crate` or `super`. Tests count like code, comments don't.
//! - The web's crates are used in `browser/`, `ui/` and lib.rs only, the UI framework in `ui/` only.

use std::collections::BTreeSet;

use super::modules::module_path;
use super::paths::{self, Token, tokens};
use super::rust::{Keep, line_at, strip};
use super::{Finding, Source};

/// Each module of `src/` and the ones that it builds on. It may import these and everything that they
/// may import. A module only builds on modules above it, which a test checks.
const BUILDS_ON: &[(&str, &[&str])] = &[
    // Shared words.
    ("vocabulary", &[]),
    ("text", &[]),
    ("time", &[]),
    ("base64", &[]),
    ("json", &[]),
    ("host", &[]),
    ("http", &["text"]),
    ("problem", &["text", "vocabulary"]),
    ("selection", &["problem"]),
    ("find", &["selection"]),
    ("member_path", &[]),
    ("expression", &[]),
    ("pictures", &[]),
    ("content_type", &["text"]),
    ("grep", &["expression", "problem"]),
    ("oci", &["base64", "json", "problem"]),
    // From bytes to reports.
    ("codec", &["oci", "time"]),
    ("registry", &["base64", "http", "oci", "time"]),
    ("entry", &["base64", "codec"]),
    ("archive", &["entry"]), // most archives are tars
    ("layer", &["archive", "time"]),
    ("extract", &["layer"]),
    ("tree", &["layer", "find"]),
    ("analysis", &["http", "tree"]),
    ("report", &["analysis"]),
    ("link", &["oci", "find"]),
    ("protocol", &["expression", "find", "member_path", "oci"]),
    ("inside", &["entry", "protocol"]),
    ("outline", &["analysis", "inside", "pictures"]),
    ("verify", &["base64", "protocol"]),
    ("session", &["host", "report", "registry", "verify", "grep", "extract", "outline"]),
    ("format", &["session"]),
    ("cli", &["session", "format"]),
    // The page. Features keep the engine out of it: only what the page compiles is there to import.
    ("highlight", &[]),
    ("browser", &["session", "link", "protocol"]),
    ("ui", &["browser", "content_type", "format", "highlight", "pictures"]),
];

/// Prefixes of crate names and the modules that may use them (lib.rs may use all).
const OUTSIDE: &[(&str, &[&str])] = &[
    ("web_sys", &["browser", "ui"]),
    ("js_sys", &["browser", "ui"]),
    ("wasm_bindgen", &["browser", "ui"]),
    ("gloo", &["browser", "ui"]),
    ("leptos", &["ui"]),
];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let files: Vec<_> = sources
        .iter()
        .filter_map(|source| {
            Some((source, module_path(&source.path)?, strip(&source.text, Keep::Code)))
        })
        .collect();
    let modules: BTreeSet<&str> =
        files.iter().filter_map(|(_, path, _)| path.first().map(String::as_str)).collect();
    let mut findings = Vec::new();
    let mut unlisted = modules.clone();
    for (source, path, code) in &files {
        let Some(module) = path.first() else { continue }; // lib.rs may import all
        match may_import(module) {
            Some(allowed) => {
                for named in paths::all(code) {
                    let absolute = named.absolute(path).unwrap_or_default();
                    let Some(name) = absolute.first().map(String::as_str) else { continue };
                    if name != module && modules.contains(name) && !allowed.contains(name) {
                        let message = format!("{module} must not import {name}: {TABLE}");
                        let line = line_at(code, named.offset);
                        findings.push(Finding::failure(source, line, message));
                    }
                }
            }
            None if unlisted.remove(module.as_str()) => {
                let message = format!("what does {module} build on? {TABLE}");
                findings.push(Finding::failure(source, 1, message));
            }
            None => {}
        }
        findings.extend(outside(source, module, code));
    }
    findings
}

const TABLE: &str = "the table is BUILDS_ON in xtask/src/tidy/imports.rs";

/// `None` for a module that the table doesn't have.
fn may_import(module: &str) -> Option<BTreeSet<&'static str>> {
    let (_, direct) = BUILDS_ON.iter().find(|(name, _)| *name == module)?;
    let mut all: BTreeSet<_> = direct.iter().copied().collect();
    all.extend(direct.iter().filter_map(|name| may_import(name)).flatten());
    Some(all)
}

fn outside(source: &Source, module: &str, code: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (offset, token) in tokens(code) {
        let Token::Word(word) = token else { continue };
        let rule = OUTSIDE.iter().find(|(name, _)| word.starts_with(name));
        if let Some((_, places)) = rule.filter(|(_, places)| !places.contains(&module)) {
            let places = places.join(" and ");
            let message = format!("{word} belongs to {places} (and lib.rs), not to {module}");
            findings.push(Finding::failure(source, line_at(code, offset), message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::found;
    use super::*;

    #[test]
    fn the_table_only_points_down() {
        for (at, (module, direct)) in BUILDS_ON.iter().enumerate() {
            for name in *direct {
                let above = BUILDS_ON[..at].iter().any(|(above, _)| above == name);
                assert!(above, "{module} builds on {name}, which is not above it");
            }
        }
    }

    /// What is found when `code` is in src/layer/index.rs, beside a file of every module.
    fn in_layer(code: &str) -> Vec<String> {
        let text = format!("{code}\n");
        let mut files: Vec<(String, &str)> =
            BUILDS_ON.iter().map(|(name, _)| (format!("src/{name}/mod.rs"), "")).collect();
        files.push(("src/layer/index.rs".into(), &text));
        let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
        let short = |line: String| line.split(": the table").next().unwrap_or_default().to_owned();
        found(check, &files).into_iter().map(short).collect()
    }

    #[test]
    fn a_module_imports_only_what_it_builds_on() {
        let bad = "src/layer/index.rs:1: layer must not import tree";
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
        assert!(
            found[0].starts_with("src/newcomer.rs:1: what does newcomer build on?"),
            "{found:?}"
        );
    }
}
