//! Crates that are compiled in more than one version.
//!
//! Followed from each crate of ours over normal and build dependencies, for one platform. Development
//! dependencies don't count.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, PackageId};

/// Crates that may have two versions (not three), with the reason.
const REASONS: &[(&str, &str)] = &[
    ("base16ct", "as crypto-bigint"),
    ("base64", "sigstore's crates are at 0.23, leptos' server_fn, which shares ours, at 0.22"),
    ("block-buffer", "as sha2"),
    ("const-oid", "as sha2; sigstore's crates are at 0.9"),
    ("convert_case", "leptos: its configuration (config) and its macros; only at build time"),
    ("crypto-bigint", "rsa without its advisory is at 0.7, the curves that share our sha2 at 0.5"),
    ("crypto-common", "as sha2"),
    ("digest", "as sha2"),
    ("embedded-io", "postcard names two optional ones; neither is compiled, only listed"),
    ("getrandom", "as rand_core; leptos' macros are at 0.4"),
    (
        "gimli",
        "walrus, which wasm-bindgen uses, is behind what splits the page's module; only at build time",
    ),
    ("hashbrown", "walrus, which wasm-bindgen uses, depends on an older wasmparser"),
    ("hmac", "as crypto-bigint"),
    ("rand_core", "the curves that share our sha2 (p256, p384, ed25519-dalek) are at 0.6"),
    ("sha2", "lzma-rust2 compares an xz block's SHA-256 with 0.11, leptos' macros are at 0.10"),
    ("signature", "as crypto-bigint"),
    ("syn", "macros are moving from 2 to 3; only at build time"),
    ("thiserror", "gloo-net 0.6, which leptos' server_fn shares with us; it adds no code"),
    ("thiserror-impl", "as thiserror"),
    ("wasm-encoder", "as gimli"),
    ("wasmparser", "as gimli"),
];

/// Checks the dependencies of each named crate in its graph.
pub fn check(graphs: &[(&str, &Metadata)]) -> Vec<String> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (from, graph) in graphs {
        let doubles = doubles(versions(from, graph));
        seen.extend(doubles.keys().cloned());
        found.extend(unexplained(from, &doubles, REASONS));
    }
    found.extend(stale(&seen, REASONS));
    found
}

/// A failure for each reason that explains nothing any more.
fn stale(seen: &BTreeSet<String>, reasons: &[(&str, &str)]) -> Vec<String> {
    let gone = reasons.iter().filter(|(name, _)| !seen.contains(*name));
    gone.map(|(name, _)| {
        format!("{name} has one version again: remove it from xtask/src/audit/duplicates.rs")
    })
    .collect()
}

type Versions = BTreeMap<String, BTreeSet<String>>;

fn versions(from: &str, graph: &Metadata) -> Versions {
    let nodes = graph.resolve.iter().flat_map(|resolve| &resolve.nodes);
    let nodes: BTreeMap<_, _> = nodes.map(|node| (&node.id, node)).collect();
    let packages: BTreeMap<_, _> =
        graph.packages.iter().map(|package| (&package.id, package)).collect();
    let ours = |id: &&PackageId| packages.get(id).is_some_and(|package| *package.name == from);
    let mut open: Vec<&PackageId> = graph.workspace_members.iter().filter(ours).collect();
    let mut reached: BTreeSet<&PackageId> = open.iter().copied().collect();
    while let Some(id) = open.pop() {
        for dependency in nodes.get(id).iter().flat_map(|node| &node.deps) {
            let mut kinds = dependency.dep_kinds.iter();
            let compiled = kinds.any(|kind| kind.kind != DependencyKind::Development);
            if compiled && reached.insert(&dependency.pkg) {
                open.push(&dependency.pkg);
            }
        }
    }
    let mut versions = Versions::new();
    for package in reached.into_iter().filter_map(|id| packages.get(id)) {
        versions.entry(package.name.to_string()).or_default().insert(package.version.to_string());
    }
    versions
}

fn doubles(mut versions: Versions) -> Versions {
    versions.retain(|_, versions| versions.len() > 1);
    versions
}

fn unexplained(from: &str, doubles: &Versions, reasons: &[(&str, &str)]) -> Vec<String> {
    let excused = |name: &String| reasons.iter().any(|(excused, _)| excused == name);
    let unexplained = doubles.iter().filter(|(name, it)| it.len() > 2 || !excused(name));
    let tell = |(name, versions): (&String, &BTreeSet<String>)| {
        let versions = versions.iter().map(String::as_str).collect::<Vec<_>>().join(" and ");
        format!(
            "{from} depends on {name} {versions}: make it one version (cargo tree --target all -i \
             {name}@…), or give the reason in xtask/src/audit/duplicates.rs"
        )
    };
    unexplained.map(tell).collect()
}

#[test]
fn a_reason_without_a_duplicate_is_reported() {
    let reasons = [("two", "because"), ("one", "as two")];
    let found = stale(&BTreeSet::from(["two".to_owned(), "other".to_owned()]), &reasons);
    let lines = ["one has one version again: remove it from xtask/src/audit/duplicates.rs"];
    assert_eq!(found, lines);
    assert_eq!(stale(&BTreeSet::from(["one", "two"].map(str::to_owned)), &reasons), [""; 0]);
}

#[test]
fn only_unexplained_duplicates_are_reported() {
    let versions = |list: &[&str]| list.iter().map(|version| version.to_string()).collect();
    let all = Versions::from([
        ("one".to_owned(), versions(&["1.0.0"])),
        ("two".to_owned(), versions(&["1.0.0", "2.0.0"])),
        ("excused".to_owned(), versions(&["1.0.0", "2.0.0"])),
        ("three".to_owned(), versions(&["1.0.0", "2.0.0", "3.0.0"])),
    ]);
    let reasons = [("excused", "because"), ("three", "because")];
    let found = unexplained("layerscope", &doubles(all), &reasons);
    let heads: Vec<_> = found.iter().filter_map(|line| line.split(':').next()).collect();
    let want = ["three 1.0.0 and 2.0.0 and 3.0.0", "two 1.0.0 and 2.0.0"];
    assert_eq!(heads, want.map(|crates| format!("layerscope depends on {crates}")));
}
