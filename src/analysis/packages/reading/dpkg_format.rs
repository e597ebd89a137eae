//! The parts of dpkg's database format that opkg shares.
//!
//! Source: dpkg(1), deb-control(5).

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::control::Paragraph;
use crate::analysis::packages::reading::roots::FactsBudget;

/// Whether the state is `installed`, or nothing is said of one.
pub fn is_installed(paragraph: &Paragraph<'_>) -> bool {
    // What is wanted, whether that went wrong, and what is: `install ok installed`.
    !paragraph.has("Status")
        || paragraph.line("Status").split_ascii_whitespace().nth(2) == Some("installed")
}

/// What the fields that dpkg and opkg share say; `None`: no name.
pub fn package(paragraph: &Paragraph<'_>, kind: &str) -> Option<Package> {
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
        ..Package::default()
    })
}

/// `NAME` or, where its version is another, `NAME (VERSION)`.
fn source(text: &str) -> Option<(String, String)> {
    let (name, version) = text.split_once('(').unwrap_or((text, ""));
    let version = version.trim_end().trim_end_matches(')').trim();
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), version.to_owned()))
}

/// The paths of a list, without directories that another path of it lies in: those are shared, and the
/// list doesn't say which of its paths are directories.
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
