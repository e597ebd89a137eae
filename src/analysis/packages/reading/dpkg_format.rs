//! The parts of dpkg's database format that opkg shares.
//!
//! Source: dpkg(1), deb-control(5).

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::control::Paragraph;
use crate::analysis::packages::reading::facts_budget::FactsBudget;

/// A package's state; empty if it is `installed`, or no state is given. `None`: nothing of the package is
/// there but its configuration.
fn state(paragraph: &Paragraph<'_>) -> Option<String> {
    if !paragraph.has("Status") {
        return Some(String::new());
    }
    // The fields are selection, error flag and state: `install ok installed`.
    let status = paragraph.line("Status");
    match status.split_ascii_whitespace().nth(2)? {
        "not-installed" | "config-files" => None,
        "installed" => Some(String::new()),
        // `unpacked`, `half-configured`: its files are there, or some of them.
        between => Some(between.to_owned()),
    }
}

/// The package that a paragraph describes, by the fields that dpkg and opkg share; `None` without a name, or
/// if it is not there.
pub fn package(paragraph: &Paragraph<'_>, kind: &str) -> Option<Package> {
    let state = state(paragraph)?;
    let name = paragraph.line("Package");
    if name.is_empty() {
        return None;
    }
    Some(Package {
        kind: kind.to_owned(),
        name,
        version: paragraph.line("Version"),
        architecture: paragraph.line("Architecture"),
        source: source(&paragraph.line("Source")),
        supplier: paragraph.line("Maintainer"),
        homepage: paragraph.line("Homepage"),
        state,
        ..Package::default()
    })
}

/// `NAME`, or `NAME (VERSION)` if the version differs.
fn source(text: &str) -> Option<(String, String)> {
    let (name, version) = text.split_once('(').unwrap_or((text, ""));
    let version = version.trim_end().trim_end_matches(')').trim();
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), version.to_owned()))
}

/// The paths in a list, without the directories that contain other paths of the list: packages share
/// those, and the list does not say which of its paths are directories.
pub fn listed_paths(budget: &mut FactsBudget<'_>, bytes: &[u8]) -> Vec<String> {
    let mut lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).peekable();
    let mut files = Vec::new();
    while let Some(line) = lines.next() {
        let inside = lines.peek().and_then(|next| next.strip_prefix(line));
        let is_directory = inside.is_some_and(|rest| rest.starts_with(b"/"));
        if !is_directory && !matches!(line, b"/" | b"/." | b".") {
            files.extend(budget.path(b"", line));
        }
    }
    files
}
