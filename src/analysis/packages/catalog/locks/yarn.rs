//! yarn.lock of Yarn 1 and of later versions.
//!
//! Source: Yarn's documentation, "yarn.lock"; berry's `parsers/syml`. An entry's first line, not indented,
//! has the ranges that it resolves; its fields are indented by two, `key value` or, later, `key: value`.
//!
//! - In Yarn 1 only the ranges have the name, after `npm:` if it is an alias. Later, `resolution` has it.
//! - The `checksum` of later versions is that of Yarn's own archive, not of the published package.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::text::{package, unquoted};

/// Reads yarn.lock.
pub fn yarn_lock(text: &str) -> Vec<Package> {
    let mut packages: Vec<Package> = Vec::new();
    for line in text.lines() {
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if !line.starts_with(' ') {
            // `__metadata:` is no range, gets no name, and is dropped.
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

/// The name in `NAME@RANGE`; in `ALIAS@npm:NAME@RANGE` the second name.
fn name(range: &str) -> &str {
    let Some((name, rest)) = split(range) else { return "" };
    let real = rest.strip_prefix("npm:").and_then(split);
    real.map_or(name, |(name, _)| name)
}

/// Splits at the first `@` that does not start a scope.
fn split(range: &str) -> Option<(&str, &str)> {
    let scope = usize::from(range.starts_with('@'));
    let at = range.get(scope..)?.find('@')? + scope;
    Some((range.get(..at)?, range.get(at + 1..)?))
}
