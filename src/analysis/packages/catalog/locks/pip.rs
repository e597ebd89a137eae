//! Python's requirements: pip's files, and the lock files of Poetry, uv, PDM and Pipenv.
//!
//! Source: pip's documentation, "Requirements File Format"; PEP 440 and PEP 508; each tool's own files.
//!
//! - A requirement counts if it pins one version, by `==` without a wildcard or by `===`; further bounds
//!   (`==3.0.0,!=3.0.1`) do not change which.
//! - A line that is not a requirement gives a warning, if the file has others: `requirements.txt` may also be
//!   prose.
//! - These files have digests of all archives of a version. They do not say which was installed, so no
//!   digest is returned.
//! - Members of a workspace and other folders are the project's own.

use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::json::{members, text as text_at};
use crate::analysis::packages::reading::text::{is_folder, package};
use crate::analysis::packages::reading::toml::{TomlPackage, package_tables};
use crate::problem::Problem;
use serde_json::Value;

/// What a line of a requirements file is.
enum RequirementLine {
    Pinned(Box<Package>),
    /// A range, an option, a place, a comment: it names no version.
    Other,
    /// No form that pip reads.
    Unreadable,
}

/// Reads the pinned requirements of a requirements file.
pub fn requirements(text: &str) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    let mut unread: Vec<(usize, &str)> = Vec::new();
    let mut continued = false;
    for (number, line) in (1..).zip(text.lines()) {
        // A line may continue after a backslash, with options; the requirement comes first.
        let starts = !std::mem::replace(&mut continued, line.trim_end().ends_with('\\'));
        match requirement(line) {
            _ if !starts => {}
            RequirementLine::Pinned(package) => facts.packages.push(*package),
            RequirementLine::Other => {}
            RequirementLine::Unreadable => unread.push((number, line)),
        }
    }
    if let (Some((number, line)), false) = (unread.first(), facts.packages.is_empty()) {
        let message = match unread.len() {
            1 => "A line of a requirements file cannot be read.".to_owned(),
            count => format!("{count} lines of a requirements file cannot be read."),
        };
        let problem = Problem::new("package-database-damaged", message);
        let problem = problem.expected("a requirement such as `flask==3.0.0`");
        facts.warnings.push(problem.found(format!("line {number}: {line}")));
    }
    facts
}

/// `name[extra] == 1.2, != 1.3 ; marker  # comment`
fn requirement(line: &str) -> RequirementLine {
    let line = without_comment(line).trim().trim_end_matches('\\').trim_end();
    let is_place = line.starts_with(['-', '.', '/', '\\']) || line.contains("://");
    if line.is_empty() || is_place {
        return RequirementLine::Other;
    }
    let line = line.split(';').next().unwrap_or_default();
    // Options follow a space and two dashes.
    let line = line.split(" --").next().unwrap_or_default();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let (name, rest) = line.split_at(line.find(|c| !is_name(c)).unwrap_or(line.len()));
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("]", |(_, rest)| rest).trim(),
        None => rest.trim(),
    };
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return RequirementLine::Unreadable;
    }
    if rest.is_empty() || rest.starts_with('@') || is_path(line) {
        return RequirementLine::Other;
    }
    match bounds(rest) {
        None => RequirementLine::Unreadable,
        Some(bounds) => {
            match bounds.iter().find_map(|(operator, version)| exact(operator, version)) {
                Some(version) => RequirementLine::Pinned(Box::new(package("pypi", name, version))),
                None => RequirementLine::Other,
            }
        }
    }
}

/// A comment starts the line, or follows white space.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| {
        line.get(..*at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
    };
    let at = line.match_indices('#').find(starts).map_or(line.len(), |(at, _)| at);
    line.get(..at).unwrap_or(line)
}

/// Whether a line is a path, which needs no scheme: `dir/archive.whl`.
fn is_path(line: &str) -> bool {
    line.contains(['/', '\\']) && !line.contains('=') || !is_folder(line)
}

/// The bounds of a version, each operator with its version; `None` if one is no bound.
fn bounds(text: &str) -> Option<Vec<(&str, &str)>> {
    let each = text.split(',').map(str::trim).filter(|bound| !bound.is_empty());
    each.map(|one| {
        let operators = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
        let operator = operators.into_iter().find(|operator| one.starts_with(operator))?;
        let version = one.get(operator.len()..)?.trim();
        let is_version = |c: char| c.is_ascii_alphanumeric() || ".!+-_*".contains(c);
        let sound = !version.is_empty() && version.chars().all(is_version);
        sound.then_some((operator, version))
    })
    .collect()
}

/// The version that a bound pins.
fn exact<'a>(operator: &str, version: &'a str) -> Option<&'a str> {
    let pins = operator == "===" || operator == "==" && !version.contains('*');
    pins.then_some(version)
}

/// poetry.lock, uv.lock, pdm.lock. They list the project's own folders too.
pub fn toml_lock(text: &str) -> Vec<Package> {
    let described = |table: TomlPackage<'_>| {
        let own = is_own(&table);
        Package { own, ..package("pypi", table.name, table.version) }
    };
    package_tables(text).into_iter().map(described).collect()
}

/// Whether a package is a folder: uv's `{ editable = "src/a" }`, `{ virtual = "." }` and
/// `{ directory = "../b" }`, Poetry's type `directory`, PDM's path.
fn is_own(table: &TomlPackage<'_>) -> bool {
    let inline = table.source.strip_prefix('{').and_then(|fields| fields.split_once('='));
    let by_uv = inline.is_some_and(|(key, _)| {
        matches!(key.trim().trim_matches('"'), "editable" | "virtual" | "directory")
    });
    let by_pdm = !table.path.is_empty() && is_folder(table.path);
    by_uv || by_pdm || table.source_type == "directory"
}

/// The sections `default`, `develop` and user-defined ones list packages with `version: ==1.2`.
pub fn pipfile_lock(lock: &Value) -> Vec<Package> {
    let sections = lock.as_object().into_iter().flatten().filter(|(name, _)| *name != "_meta");
    let sections = sections.map(|(name, _)| name.as_str());
    let packages = sections.flat_map(|section| members(lock, section));
    let pinned = packages.filter_map(|(name, value)| {
        let version = text_at(value, "version").strip_prefix("==")?;
        Some(package("pypi", name, version.trim_start_matches('=')))
    });
    pinned.collect()
}

#[test]
fn a_requirement_counts_if_it_pins_one_version() {
    // Forms of pip's documentation, "Requirements File Format", and of PEP 508.
    let text = "pytest==8.0.1 # why\nbeautifulsoup4\ndocopt == 0.6.1 ; python_version < '3'\n\
                requests [security]==2.8.1 \\\n    --hash=sha256:0a\nkeyring >= 4.1.1\nx==1.*\n\
                Mopidy-Dirble ~= 1.1\nold===2004d\n-r other.txt\n./folder\nurllib3 @ https://a/b==c\n\
                flask==3.0.0,!=3.0.1\ndjango >= 4 , == 4.2.1 , < 5\nparens (==1.0)\nwheels/a-1.0.whl\n\
                attrs==23.1.0 --hash=sha256:0a --hash=sha256:0b\nlocal==1.0+cu118\n# x==1\n";
    let facts = requirements(text);
    let got: Vec<_> =
        facts.packages.iter().map(|package| (&package.name[..], &package.version[..])).collect();
    let want = [
        ("pytest", "8.0.1"),
        ("docopt", "0.6.1"),
        ("requests", "2.8.1"),
        ("old", "2004d"),
        ("flask", "3.0.0"),
        ("django", "4.2.1"),
        ("parens", "1.0"),
        ("attrs", "23.1.0"),
        ("local", "1.0+cu118"),
    ];
    assert_eq!(got, want);
    assert_eq!(facts.warnings, []);
}

#[test]
fn a_line_that_cannot_be_read_is_warned_of_unless_the_file_is_prose() {
    for line in
        ["flask=3.0.0", "flask==", "flask==3.0.0 and more", "==1.0", "a\u{fffd}b==1", "x[y==1"]
    {
        let facts = requirements(&format!("requests==2.31.0\n{line}\n"));
        assert_eq!(facts.packages.len(), 1, "{line}");
        let found = facts.warnings[0].found.clone().unwrap_or_default();
        assert!(found.starts_with("line 2: "), "{line}: {found}");
    }
    let prose = requirements("This program requires a Python of 3.9.\nAnd patience!\n");
    assert!(prose.is_empty(), "{prose:?}");
}

#[test]
fn folders_in_a_lock_are_the_projects_own() {
    let own = |text: &str| {
        let packages = toml_lock(text);
        let own = packages.iter().filter(|package| package.own);
        own.map(|package| package.name.clone()).collect::<Vec<_>>().join(" ")
    };
    let uv = "[[package]]\nname = \"a\"\nversion = \"1\"\nsource = { editable = \"src/a\" }\n\
              [[package]]\nname = \"b\"\nsource = { virtual = \".\" }\n\
              [[package]]\nname = \"c\"\nversion = \"1\"\nsource = { directory = \"../c\" }\n\
              [[package]]\nname = \"d\"\nversion = \"1\"\nsource = { registry = \"https://x/simple\" }\n\
              [[package]]\nname = \"e\"\nversion = \"1\"\nsource = { git = \"https://x/e?rev=0a#0a\" }\n\
              [[package]]\nname = \"f\"\nversion = \"1\"\nsource = { path = \"f-1.whl\" }\n";
    assert_eq!(own(uv), "a b c");
    let poetry = "[[package]]\nname = \"a\"\nversion = \"1\"\n\n[package.source]\ntype = \"directory\"\n\
                  url = \"../a\"\n\n[[package]]\nname = \"b\"\nversion = \"1\"\n\n[package.source]\n\
                  type = \"git\"\n";
    assert_eq!(own(poetry), "a");
    let pdm = "[[package]]\nname = \"a\"\nversion = \"1\"\neditable = true\npath = \"./a\"\n\
               [[package]]\nname = \"b\"\nversion = \"1\"\npath = \"./b-1.tar.gz\"\n";
    assert_eq!(own(pdm), "a");
}
