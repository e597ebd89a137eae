//! Helpers for readers of text formats: folders, header fields, packages with only name and version.
//!
//! Source: RFC 822 header fields as Python's core metadata and R's DESCRIPTION use them: `Key: value`;
//! lines that begin with white space continue a value; an empty line ends the header.

use crate::analysis::packages::cataloger::Candidate;
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::problem::Problem;

/// A package with this type, name and version.
pub fn package(kind: &str, name: &str, version: &str) -> Package {
    Package {
        kind: kind.to_owned(),
        name: name.to_owned(),
        version: version.to_owned(),
        ..Package::default()
    }
}

/// A warning about a file that by its path belongs to a package manager and cannot be read.
pub fn damaged(expected: &str) -> CatalogFacts {
    let problem = Problem::new(
        "package-database-damaged",
        "A list of packages cannot be read; its packages are missing.",
    );
    CatalogFacts { warnings: vec![problem.expected(expected)], ..CatalogFacts::default() }
}

/// The folder of a file, with a trailing slash; empty for the root.
pub fn folder(file: &Candidate<'_>) -> String {
    with_slash(file.folder())
}

/// Whether the folder of a file has this name.
pub fn folder_is(file: &Candidate<'_>, name: &str) -> bool {
    file.folder().rsplit(|&byte| byte == b'/').next() == Some(name.as_bytes())
}

/// The parent of a file's folder, with a trailing slash; empty for the root.
pub fn folder_above(file: &Candidate<'_>) -> String {
    let folder = file.folder();
    let cut = folder.iter().rposition(|&byte| byte == b'/').unwrap_or(0);
    with_slash(folder.get(..cut).unwrap_or_default())
}

fn with_slash(folder: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(folder).into_owned();
    if !text.is_empty() {
        text.push('/');
    }
    text
}

/// The path that `path` means relative to `folder` (which ends in a slash or is empty), with `.` and `..`
/// resolved, without a leading slash. A trailing slash stays. `None` if it leaves the root or is the root.
pub fn join(folder: &str, path: &str) -> Option<String> {
    let base = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    if parts.is_empty() {
        return None;
    }
    let mut place = parts.join("/");
    if path.ends_with('/') {
        place.push('/');
    }
    Some(place)
}

/// Whether a reference of a lock file (`file:../near`, `./near`) leads to a folder, not to an archive.
pub fn is_folder(path: &str) -> bool {
    let path = path.split(['#', '?']).next().unwrap_or_default();
    let archives = [".tgz", ".tar.gz", ".tar", ".tar.bz2", ".zip", ".whl"];
    !archives.iter().any(|ending| path.ends_with(ending))
}

/// The fields of the header in order; continuation lines are joined by line feeds.
pub fn fields(text: &str) -> Vec<(&str, String)> {
    let mut fields: Vec<(&str, String)> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((key, value)) = line.split_once(':') {
            fields.push((key, value.trim().to_owned()));
        }
    }
    fields
}

/// The first field of this name, case-insensitive; empty if there is none.
pub fn field<'a>(fields: &'a [(&str, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map_or("", |(_, value)| value.as_str())
}

/// The text without its quotes. Tools write these files, so escapes are not handled.
pub fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

#[test]
fn a_path_is_resolved_relative_to_a_folder() {
    for (folder, path, want) in [
        ("usr/lib/python3/site-packages/", "../../../bin/x", Some("usr/bin/x")),
        ("a/", "./b//c", Some("a/b/c")),
        ("a/", "/etc/x", Some("etc/x")),
        ("a/", "b/", Some("a/b/")),
        ("a/", "../../x", None),
        ("a/", "..", None),
    ] {
        assert_eq!(join(folder, path).as_deref(), want, "{path} in {folder}");
    }
}
