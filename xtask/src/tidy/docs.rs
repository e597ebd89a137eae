//! Rule: a path that a document or a comment names in backticks exists, in this repository. Documents beside it
//! are not cited: readers don't have them.
//!
//! Checked: Markdown at the root and in docs/, and comments of Rust files, for paths that start with one
//! of our folders. A path with a wildcard or a placeholder (`*`, `…`, capitals) is skipped.

use std::collections::BTreeSet;

use super::{Finding, Source};

const FOLDERS: &[&str] =
    &["src/", "xtask/", "www/", "tests/", "docs/", "proxy/", "benches/", "fuzz/"];

/// Documents that planned Layerscope.
const BESIDE: &[&str] = &["CONTRACTS.md", "DESIGN.md", "UX.md", "ATTACKS.md"];

pub fn check(sources: &[Source]) -> Vec<Finding> {
    let mut exists = BTreeSet::new();
    for source in sources {
        exists.insert(source.path.as_str());
        exists.extend(source.path.match_indices('/').map(|(at, _)| &source.path[..at]));
    }
    let mut findings = Vec::new();
    for source in sources {
        let document = source.path.ends_with(".md")
            && (!source.path.contains('/') || source.path.starts_with("docs/"));
        for (number, line) in source.text.lines().enumerate() {
            let comment = source.is_rust() && line.trim_start().starts_with("//");
            if !document && !comment {
                continue;
            }
            for name in cited(line) {
                let message = format!("{name} is not in this repository: say the rule itself");
                findings.push(Finding::failure(source, number + 1, message));
            }
            for path in named(line) {
                // Files that are not text are not among the sources, but on the disk.
                let there = exists.contains(path.trim_end_matches('/'))
                    || crate::shell::root().join(path).exists();
                if !there {
                    let message = format!("`{path}` doesn't exist");
                    findings.push(Finding::failure(source, number + 1, message));
                }
            }
        }
    }
    findings
}

/// The documents beside the repository that a line cites.
fn cited(line: &str) -> impl Iterator<Item = &'static str> {
    BESIDE.iter().copied().filter(|name| line.contains(name))
}

/// The paths in backticks on a line, without a `:LINE` at their end.
fn named(line: &str) -> impl Iterator<Item = &str> {
    let quoted = line.split('`').skip(1).step_by(2);
    quoted.map(|text| text.split(':').next().unwrap_or_default()).filter(|text| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
        let placeholder =
            |part: &str| part.len() > 1 && part.bytes().all(|b| b.is_ascii_uppercase());
        FOLDERS.iter().any(|folder| text.starts_with(folder))
            && text.chars().all(plain)
            && !text.split(['/', '.', '-']).any(placeholder)
    })
}

#[test]
fn cases() {
    let found = super::found(
        check,
        &[
            (
                "src/oci/digest.rs",
                "//! As `src/oci/nowhere.rs` has it.\nlet x = \"`src/no.rs`\";\n",
            ),
            (
                "ARCHITECTURE.md",
                "`src/oci/digest.rs:12`, `src/oci/`, `src/none.rs`\n`src/*.rs` `tests/x y`\n",
            ),
            ("src/oci/index.rs", "//! Source: CONTRACTS.md, \"Index\"; ARCHITECTURE.md.\n"),
            ("docs/report.md", "`benches/runs/DATE-MACHINE.csv`, `elsewhere/a.rs`\n"),
            ("tests/notes.md", "`src/none.rs`\n"),
        ],
    );
    assert_eq!(
        found,
        [
            "src/oci/digest.rs:1: `src/oci/nowhere.rs` doesn't exist",
            "ARCHITECTURE.md:1: `src/none.rs` doesn't exist",
            "src/oci/index.rs:1: CONTRACTS.md is not in this repository: say the rule itself",
        ]
    );
}
