//! One image of a report against one image of the facts: names, configuration, history, layers, tree,
//! efficiency.
//!
//! - The facts leave out what is empty (`config`), leave out or empty what is absent (`comment`,
//!   `created_by`); the report may say either.
//! - Facts name the report's `size` of a layer `payload`.

use crate::{Differences, is_plain, list, same};
use serde_json::{Map, Value};

/// Floating point: dive adds in another order than we may.
const TOLERANCE: f64 = 1e-9;

pub(crate) fn check(seen: &mut Differences, report: &Value, facts: &Value, archive: &Value) {
    let layers = list(&report["layers"]);
    if facts["image_id"].is_string() {
        identity(seen, report, facts, archive);
        config(seen, &report["config"], &facts["config"]);
        history(seen, list(&report["history"]), list(&facts["history"]));
        seen.equal("size", &report["size"], &facts["total"]["payload"]);
        seen.equal("compressedSize", &report["compressedSize"], &facts["total"]["compressed"]);
        efficiency(seen, &report["efficiency"], &facts["dive"]);
    }
    let known = list(&facts["layers"]);
    seen.equal("number of layers", &layers.len().into(), &known.len().into());
    for (position, (report, facts)) in layers.iter().zip(known).enumerate() {
        seen.within(&format!("layer {position}"), |seen| layer(seen, report, facts));
    }
    if facts["diff_ids_match"] == true && facts["manifest_digest_ok"] != false {
        for (position, layer) in layers.iter().enumerate() {
            let what = format!("layer {position}: verified");
            seen.equal(&what, &layer["verified"], &true.into());
        }
    }
    tree(seen, &report["tree"], &facts["merged"]);
}

fn identity(seen: &mut Differences, report: &Value, facts: &Value, archive: &Value) {
    seen.equal("tags", &report["tags"], &tags(facts, archive));
    seen.equal("imageId", &report["imageId"], &facts["image_id"]);
    seen.equal("manifestDigest", &report["manifestDigest"], &facts["manifest_digest"]);
    seen.equal("platform", &report["platform"], &facts["platform"]);
    seen.equal("created", &report["created"], &facts["created"]);
    seen.equal("os", &report["os"], &facts["os"]);
    seen.equal("architecture", &report["architecture"], &facts["architecture"]);
    seen.equal("variant", &report["variant"], &facts["variant"]);
}

/// `RepoTags` as written, else the names that containerd gave, else the OCI references.
fn tags(facts: &Value, archive: &Value) -> Value {
    if facts["repo_tags"].is_array() {
        return facts["repo_tags"].clone();
    }
    let names = list(&facts["names"]);
    let containerd = list(&archive["oci"]["containerd_names"]);
    let by_containerd: Vec<Value> =
        names.iter().filter(|&name| containerd.contains(name)).cloned().collect();
    if by_containerd.is_empty() { names.into() } else { by_containerd.into() }
}

fn config(seen: &mut Differences, report: &Value, facts: &Value) {
    let none = Map::new();
    let report = report.as_object().unwrap_or(&none);
    let facts = facts.as_object().unwrap_or(&none);
    seen.within("config", |seen| {
        for (key, value) in facts {
            seen.equal(key, report.get(key).unwrap_or(&Value::Null), value);
        }
        for (key, value) in report.iter().filter(|(key, _)| !facts.contains_key(*key)) {
            if !is_empty(value) {
                seen.equal(key, value, &Value::Null);
            }
        }
    });
}

/// What the facts leave out.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn history(seen: &mut Differences, report: &[Value], facts: &[Value]) {
    seen.equal("entries of the history", &report.len().into(), &facts.len().into());
    for (position, (report, facts)) in report.iter().zip(facts).enumerate() {
        seen.within(&format!("history {position}"), |seen| {
            seen.equal("created", &report["created"], &facts["created"]);
            for (name, fact) in [("createdBy", "created_by"), ("comment", "comment")] {
                if !(is_empty(&report[name]) && is_empty(&facts[fact])) {
                    seen.equal(name, &report[name], &facts[fact]);
                }
            }
            seen.equal("emptyLayer", &report["emptyLayer"], &facts["empty_layer"]);
            seen.equal("layer", &report["layer"], &facts["layer"]);
            if facts["layer"].is_u64() {
                seen.equal("size", &report["size"], &facts["size_tar_payload"]);
            } else if !is_empty(&report["size"]) {
                seen.equal("size of an empty layer", &report["size"], &0.into());
            }
        });
    }
}

fn layer(seen: &mut Differences, report: &Value, facts: &Value) {
    for (name, fact) in [("digest", "digest"), ("diffId", "diff_id")] {
        seen.equal(name, &report[name], &facts[fact]);
    }
    seen.equal("compression", &report["compression"], &facts["compression"]);
    seen.equal("compressedSize", &report["compressedSize"], &facts["compressed"]);
    seen.equal("tarSize", &report["tarSize"], &facts["tar"]);
    if !facts["error"].is_null() {
        return; // it could not be read to its end: what was counted until then isn't defined
    }
    seen.equal("size", &report["size"], &facts["payload"]);
    seen.equal("entries", &report["entries"], &facts["entries"]);
    let types = &facts["types"];
    seen.equal("files", &report["files"], &(count(types, &["file"]) + unknown(types)).into());
    seen.equal("directories", &report["directories"], &count(types, &["dir"]).into());
    seen.equal("symlinks", &report["symlinks"], &count(types, &["symlink"]).into());
    seen.equal("hardLinks", &report["hardLinks"], &count(types, &["hardlink"]).into());
    seen.equal("whiteouts", &report["whiteouts"], &facts["whiteouts"]);
    seen.equal("opaqueDirectories", &report["opaqueDirectories"], &facts["opaque"]);
    for name in ["added", "modified", "removed", "contribution"] {
        if !facts[name].is_null() {
            seen.equal(name, &report[name], &facts[name]);
        }
    }
}

fn tree(seen: &mut Differences, report: &Value, facts: &Value) {
    if !facts.is_object() {
        return;
    }
    let types = &facts["by_type"];
    seen.within("tree", |seen| {
        seen.equal("entries", &report["entries"], &facts["paths"]);
        seen.equal("size", &report["size"], &facts["size"]);
        let digest = facts["paths_sha256"].as_str().unwrap_or("?");
        let reported = report["pathsSha256"].as_str().unwrap_or("?");
        if reported.trim_start_matches("sha256:") != digest {
            seen.equal("pathsSha256", &report["pathsSha256"], &facts["paths_sha256"]);
        }
        let files = count(types, &["file", "hardlink"]) + unknown(types);
        seen.equal("files", &report["files"], &files.into());
        seen.equal("directories", &report["directories"], &count(types, &["dir"]).into());
        seen.equal("symlinks", &report["symlinks"], &count(types, &["symlink"]).into());
    });
}

fn count(types: &Value, names: &[&str]) -> u64 {
    names.iter().filter_map(|name| types[name].as_u64()).sum()
}

/// Members of types that nobody defined: read as files, as POSIX says.
fn unknown(types: &Value) -> u64 {
    let types = types.as_object().into_iter().flatten();
    types.filter(|(name, _)| name.starts_with("other:")).filter_map(|(_, n)| n.as_u64()).sum()
}

fn efficiency(seen: &mut Differences, report: &Value, dive: &Value) {
    if !dive.is_object() || !dive["error"].is_null() {
        return;
    }
    seen.within("efficiency", |seen| {
        let score = report["score"].as_f64().unwrap_or(f64::NAN);
        let known = dive["efficiency"].as_f64().unwrap_or(f64::NAN);
        let near = (score - known).abs() <= TOLERANCE; // false where one is no number
        if !near {
            seen.equal("score", &report["score"], &dive["efficiency"]);
        }
        seen.equal("wastedBytes", &report["wastedBytes"], &dive["wasted_bytes"]);
        let paths = list(&report["paths"]);
        for top in list(&dive["top"]) {
            let Some(name) = top["path"].as_str().filter(|name| is_plain(name)) else { continue };
            let name = name.trim_start_matches('/');
            let is_it = |row: &&Value| {
                row["path"].as_str().is_some_and(|path| path.trim_start_matches('/') == name)
            };
            match paths.iter().find(is_it) {
                Some(row) if same(&row["bytes"], &top["size"]) => {}
                Some(row) => seen.equal(&format!("bytes of {name}"), &row["bytes"], &top["size"]),
                None => seen.say(format!("paths: {name} is not among them")),
            }
        }
    });
}
