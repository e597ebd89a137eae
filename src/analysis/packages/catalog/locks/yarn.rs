//! yarn.lock, in the form of Yarn 1 and in that of later versions.
//!
//! Source: Yarn's documentation, "yarn.lock"; berry's `parsers/syml`. An entry's first line has the ranges
//! that it answers, unindented; its fields are indented by two, `key value` or, later, `key: value`.
//!
//! - Yarn 1 has the name in the ranges alone, behind `npm:` if it is an alias. Later `resolution` has it.
//! - `checksum` of later versions is that of Yarn's own archive, not of the package as published.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::text::{package, unquoted};

pub fn yarn_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if !line.starts_with(' ') {
            // `__metadata:` answers no range, has no name, and is dropped.
            let range = unquoted(line.trim_end_matches(':')).split(',').next().unwrap_or_default();
            packages.push(package("npm", name(unquoted(range).trim_matches('"')), ""));
            continue;
        }
        let (Some(package), Some(field)) = (packages.last_mut(), line.strip_prefix("  ")) else {
            continue;
        };
        let Some((key, value)) = field.split_once(' ') else { continue };
        let value = unquoted(value);
        match key.trim_end_matches(':') {
            "version" => package.version = value.to_owned(),
            "resolution" if value.contains("@workspace:") => package.name.clear(),
            "resolution" => package.name = name(value).to_owned(),
            "integrity" => add_integrity(package, value),
            _ => {}
        }
    }
    packages
}

/// The name in `NAME@RANGE`; in `ALIAS@npm:NAME@RANGE` the second.
fn name(range: &str) -> &str {
    let Some((name, rest)) = split(range) else { return "" };
    let real = rest.strip_prefix("npm:").and_then(split);
    real.map_or(name, |(name, _)| name)
}

/// At the first `@` that isn't a scope's.
fn split(range: &str) -> Option<(&str, &str)> {
    let scope = usize::from(range.starts_with('@'));
    let at = range.get(scope..)?.find('@')? + scope;
    Some((range.get(..at)?, range.get(at + 1..)?))
}
