//! yarn.lock of Yarn 1 and of later versions.
//!
//! Source: Yarn's documentation, "yarn.lock"; berry's `parsers/syml`. An entry's first line, not indented,
//! has the ranges that it resolves; its fields are indented by two, `key value` or, later, `key: value`.
//!
//! - In Yarn 1 only the ranges have the name, after `npm:` if it is an alias. Later, `resolution` has it.
//! - Members of a workspace, and what `portal:`, `link:` and `file:` lead to, are the project's own folders.
//!   Most of them have a placeholder as their version.
//! - The `checksum` of later versions is that of Yarn's own archive, not of the published package.

use crate::analysis::packages::package::Package;
use crate::analysis::packages::reading::digests::add_integrity;
use crate::analysis::packages::reading::text::{is_folder, package, unquoted};

/// The version of a folder that need not have one.
const NO_VERSION: &str = "0.0.0-use.local";

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
            let range = unquoted(range).trim_matches('"');
            packages.push(Package { own: is_own(range), ..package("npm", name(range), "") });
            continue;
        }
        let (Some(package), Some(field)) = (packages.last_mut(), line.strip_prefix("  ")) else {
            continue;
        };
        let Some((key, value)) = field.split_once(' ') else { continue };
        let value = unquoted(value);
        match key.trim_end_matches(':') {
            "version" if value != NO_VERSION => package.version = value.to_owned(),
            "resolution" => (package.name, package.own) = (name(value).to_owned(), is_own(value)),
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

/// Whether a range, or what it resolves to, is a folder of the project.
fn is_own(range: &str) -> bool {
    let Some((_, place)) = split(range) else { return false };
    let path = place.split("::").next().unwrap_or_default();
    ["workspace:", "portal:", "link:"].iter().any(|scheme| place.starts_with(scheme))
        || path.starts_with("file:") && is_folder(path)
}

#[test]
fn members_of_a_workspace_and_linked_folders_are_the_projects_own() {
    for (entry, name, version) in [
        (
            "\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n",
            "app",
            "",
        ),
        (
            "\"@x/a@workspace:*, @x/a@workspace:packages/a\":\n  version: 0.0.0-use.local\n  \
             resolution: \"@x/a@workspace:packages/a\"\n",
            "@x/a",
            "",
        ),
        (
            "\"near@portal:../near::locator=app%40workspace%3A.\":\n  version: 0.0.0-use.local\n  \
             resolution: \"near@portal:../near::locator=app%40workspace%3A.\"\n",
            "near",
            "",
        ),
        ("\"near@link:../near::locator=a\":\n  version: 0.0.0-use.local\n", "near", ""),
        (
            "\"near@file:../near#../near::hash=0a&locator=a\":\n  version: 1.2.3\n  \
             resolution: \"near@file:../near#../near::hash=0a&locator=a\"\n",
            "near",
            "1.2.3",
        ),
        ("\"near@file:../near\":\n  version \"1.0.0\"\n", "near", "1.0.0"),
        ("\"near@link:../near\":\n  version \"0.0.0\"\n  uid \"\"\n", "near", "0.0.0"),
    ] {
        let package = yarn_lock(entry).remove(0);
        assert_eq!(
            (&package.name[..], &package.version[..], package.own),
            (name, version, true),
            "{entry}"
        );
    }
    for entry in [
        "\"a@npm:^1.0.0\":\n  version: 1.0.0\n  resolution: \"a@npm:1.0.0\"\n",
        "\"a@file:./a.tgz\":\n  version \"1.0.0\"\n",
        "\"a@patch:a@npm%3A^1.0.0#x\":\n  version: 1.0.0\n  resolution: \"a@patch:a@npm%3A1.0.0#x\"\n",
        "a@^1.0.0:\n  version \"1.0.0\"\n",
    ] {
        assert!(!yarn_lock(entry)[0].own, "{entry}");
    }
}
