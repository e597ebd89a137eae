//! Rule: no file names a package registry's host or a path of one machine, because neither is true
//! elsewhere.

use super::{Finding, Source};

/// Split in two, so that this file passes its own rule.
const WORDS: &[(&str, &str)] = &[
    ("crates", ".io"),
    ("registry", ".npmjs"),
    ("pypi", ".org"),
    ("proxy", ".golang"),
    ("repo1", ".maven"),
    ("deb.", "debian.org"),
    ("/work", "/"),
];

/// cargo writes the registry's address into its lock file.
fn exempt(path: &str) -> bool {
    path.rsplit('/').next() == Some("Cargo.lock")
}

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in sources.iter().filter(|source| !exempt(&source.path)) {
        for (number, line) in source.text.lines().enumerate() {
            for word in WORDS.iter().map(|(left, right)| format!("{left}{right}")) {
                if line.contains(&word) {
                    let message = format!("{word:?} names a registry or a machine: remove it");
                    findings.push(Finding::failure(source, number + 1, message));
                }
            }
        }
    }
    findings
}

#[test]
fn cases() {
    let host = ["index.cra", "tes.io"].concat();
    let path = format!("a\nsee {}{}main\n", WORDS[6].0, WORDS[6].1);
    let files = [("README.md", host.as_str()), ("Cargo.lock", &host), ("src/a.rs", &path)];
    let found = super::found(check, &files);
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with("README.md:1: ") && found[1].starts_with("src/a.rs:2: "));
}
