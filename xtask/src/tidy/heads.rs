//! Rule: every Rust file starts with a comment that says what it is for (`//!`).

use super::{Finding, Source};

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let bare = |source: &&Source| {
        let first = source.text.lines().next().unwrap_or_default();
        source.is_rust() && first.strip_prefix("//!").is_none_or(|head| head.trim().is_empty())
    };
    let find = |source: &Source| {
        let message = "expected a head comment (`//! what this file is for`) on line 1";
        Finding::failure(source, 1, message.into())
    };
    sources.iter().filter(bare).map(find).collect()
}

#[test]
fn cases() {
    let found = super::found(
        check,
        &[
            ("src/a.rs", "//! What it is for.\n"),
            ("src/b.rs", "use std::fmt;\n//! Too late.\n"),
            ("src/c.rs", ""),
            ("src/d.rs", "//!\n"),
            ("docs/e.md", "no Rust"),
        ],
    );
    let paths: Vec<_> = found.iter().map(|line| &line[..8]).collect();
    assert_eq!(paths, ["src/b.rs", "src/c.rs", "src/d.rs"]);
}
