//! Finds the SPDX identifier of one licence's name, however the name is spelled.
//!
//! A name is reduced to a key without what does not distinguish licences (case, `the`, `License`,
//! `version`). The key is looked up first by the rules for GNU licences, then among the keys of the listed
//! identifiers, then among names that do not resemble an identifier (`SYNONYMS`).

use std::sync::LazyLock;

/// Prefix of a name that is valid in an expression without being listed.
pub const REFERENCE: &str = "LicenseRef-";

const IDS: &str = include_str!("ids.txt");

/// Keys and identifiers, sorted by key: of licences, and of exceptions.
static TABLES: LazyLock<[Vec<(String, &'static str)>; 2]> = LazyLock::new(|| {
    let (licences, exceptions) = IDS.split_once("\n\n").unwrap_or((IDS, ""));
    [licences, exceptions].map(|list| {
        let mut table: Vec<_> = list.lines().filter_map(|id| Some((key(id)?, id))).collect();
        table.sort_unstable();
        table
    })
});

/// Keys of names that mean exactly one identifier.
const SYNONYMS: &[(&str, &str)] = &[
    ("0-clause-bsd", "0BSD"),
    ("2-clause-bsd", "BSD-2-Clause"),
    ("3-clause-bsd", "BSD-3-Clause"),
    ("apache-2.0-mit", "Apache-2.0 OR MIT"),
    ("asl-1.1", "Apache-1.1"),
    ("asl-2.0", "Apache-2.0"),
    ("boost", "BSL-1.0"),
    ("boost-1.0", "BSL-1.0"),
    ("bsd-2", "BSD-2-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("bsd-4", "BSD-4-Clause"),
    ("cc0", "CC0-1.0"),
    ("cc0-1.0-universal", "CC0-1.0"),
    ("expat", "MIT"),
    ("iscl", "ISC"),
    ("mit-apache-2.0", "MIT OR Apache-2.0"),
    ("modified-bsd", "BSD-3-Clause"),
    ("new-bsd", "BSD-3-Clause"),
    ("perl-5", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("revised-bsd", "BSD-3-Clause"),
    ("simplified-bsd", "BSD-2-Clause"),
    ("upl", "UPL-1.0"),
    ("wtfpl-2", "WTFPL"),
    ("wtfpl-2.0", "WTFPL"),
    ("zlib-libpng", "Zlib"),
];

/// Full names that identifiers abbreviate; a longer one before those that it contains.
const FULL_NAMES: &[(&str, &str)] = &[
    ("lesser-general-public", "lgpl"),
    ("library-general-public", "lgpl"),
    ("affero-general-public", "agpl"),
    ("general-public", "gpl"),
    ("free-documentation", "gfdl"),
    ("mozilla-public", "mpl"),
    ("eclipse-public", "epl"),
    ("european-union-public", "eupl"),
    ("common-development-and-distribution", "cddl"),
    ("universal-permissive", "upl"),
    ("apache-software", "apache"),
    ("boost-software", "bsl"),
    ("sil-open-font", "ofl"),
];

/// Prefixes that a version may follow directly: `MPLv2.0`, `Apache2`.
const GLUED: &[&str] =
    &["apache", "artistic", "asl", "cddl", "epl", "eupl", "mpl", "ofl", "psf", "zpl"];

/// GNU licences: prefix of the key, the identifier before and after the version, the versions.
const GNU: &[(&str, &str, &str, &[&str])] = &[
    ("agpl", "AGPL", "", &["1.0", "3.0"]),
    ("lgpl", "LGPL", "", &["2.0", "2.1", "3.0"]),
    ("gpl", "GPL", "", &["1.0", "2.0", "3.0"]),
    ("gfdl-niv", "GFDL", "-no-invariants", &["1.1", "1.2", "1.3"]),
    ("gfdl", "GFDL", "", &["1.1", "1.2", "1.3"]),
];

/// The identifier of a licence, or an expression where one name stands for a choice of two.
pub fn licence(name: &str) -> Option<String> {
    let name = name.trim();
    if is_reference(name) {
        return Some(name.to_owned());
    }
    if let Some(rest) = name.strip_prefix("License :: ") {
        return classifier(rest.strip_prefix("OSI Approved :: ").unwrap_or(rest));
    }
    // A full name followed by its short form: both must mean the same.
    if let Some((full, short)) = name.strip_suffix(')').and_then(|name| name.rsplit_once(" (")) {
        let id = plain(full)?;
        return (plain(short)? == id).then_some(id);
    }
    plain(name)
}

/// The identifier of an exception.
pub fn exception(name: &str) -> Option<&'static str> {
    let [_, exceptions] = &*TABLES;
    let key = key(name)?;
    // Debian: `with Linux-syscall-note exception`.
    find(exceptions, &key).or_else(|| find(exceptions, key.strip_suffix("-exception")?))
}

/// Whether this is the identifier of a listed licence.
pub fn listed(id: &str) -> bool {
    let [licences, _] = &*TABLES;
    key(id).and_then(|key| find(licences, &key)) == Some(id)
}

/// Source: PyPI's list of classifiers, most of which have a short form in parentheses.
fn classifier(name: &str) -> Option<String> {
    let short = |name: &str| {
        let (_, rest) = name.split_once(" (")?;
        plain(rest.split_once(')')?.0)
    };
    licence(name).or_else(|| short(name))
}

fn plain(name: &str) -> Option<String> {
    // A plus that stands apart belongs to the version: `LGPL v2 +` is as ambiguous as `LGPL v2+`.
    let base = name.strip_suffix('+').map(|base| base.trim_end_matches([' ', '-', '_']));
    let joined = base.map(|base| format!("{base}+"));
    let name = joined.as_deref().unwrap_or(name);
    let (base, plus) = match name.strip_suffix('+') {
        Some(base) => (base, "+"),
        None => (name, ""),
    };
    let whole = key(name)?;
    match gnu(name, &whole) {
        GnuName::Id(id) => return Some(id),
        GnuName::Ambiguous => return None,
        GnuName::Other => {}
    }
    // A slash or space may separate two names; then only the whole name is looked up.
    let choice = name.contains('/') || !name.contains(' ');
    let is = |(synonym, id): &&(&str, &str)| *synonym == whole && (choice || !id.contains(' '));
    if let Some((_, id)) = SYNONYMS.iter().find(is) {
        return Some((*id).to_owned());
    }
    let joins = base.contains('/') || base.contains(' ') && !has_digit(base) && !is_called(base);
    let id = if joins { None } else { search(&key(base)?) }?;
    let found = format!("{id}{plus}");
    // `gpl-1.0.+` is `GPL-1.0+`, which the rules for GNU licences read.
    match gnu(&found, &key(&found)?) {
        GnuName::Id(id) => Some(id),
        GnuName::Ambiguous => None,
        GnuName::Other => Some(found),
    }
}

fn has_digit(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether the name calls itself a licence.
fn is_called(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["licence", "license"].iter().any(|word| name.contains(word))
}

/// Looks up a key, also with other forms of its version.
fn search(key: &str) -> Option<&'static str> {
    let [licences, _] = &*TABLES;
    let synonym = |key: &str| {
        let found = SYNONYMS.iter().find(|(synonym, _)| *synonym == key);
        found.map(|(_, id)| *id).filter(|id| !id.contains(' '))
    };
    let look = |key: &str| find(licences, key).or_else(|| synonym(key));
    let whole_version = |key: &str| {
        let last = key.rsplit('-').next().unwrap_or("");
        (last.len() == 1 && has_digit(last)).then(|| format!("{key}.0"))
    };
    if let Some(id) = look(key).or_else(|| look(&whole_version(key)?)) {
        return Some(id);
    }
    let (prefix, version) = key.split_at(key.find(|c: char| c.is_ascii_digit())?);
    let prefix = prefix.trim_end_matches('-').trim_end_matches('v');
    if !GLUED.contains(&prefix) {
        return None;
    }
    let parted = format!("{prefix}-{version}");
    look(&parted).or_else(|| look(&whole_version(&parted)?))
}

fn find(table: &[(String, &'static str)], key: &str) -> Option<&'static str> {
    let at = table.binary_search_by(|(other, _)| other.as_str().cmp(key)).ok()?;
    table.get(at).map(|(_, id)| *id)
}

/// What the rules for GNU licences make of a name.
enum GnuName {
    Id(String),
    /// It names a GNU licence, but two versions are possible.
    Ambiguous,
    /// The rules do not apply.
    Other,
}

/// `GPL-2+`, `LGPLv2.1`, `GPL-3.0-or-later`, `GNU General Public License v2 or later`.
fn gnu(name: &str, key: &str) -> GnuName {
    let family = GNU.iter().find_map(|family| Some((family, key.strip_prefix(family.0)?)));
    let Some(((_, id, middle, versions), rest)) = family else { return GnuName::Other };
    if *id == "GPL" && rest == "+" {
        return GnuName::Id("GPL-1.0-or-later".to_owned()); // Fedora: any version
    }
    let rest = rest.trim_start_matches('-');
    let rest = rest.strip_prefix('v').unwrap_or(rest);
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (version, suffix) = rest.split_at(end);
    let suffix = match suffix {
        "" | "-only" => "only",
        "+" | "-or-later" | "-or-newer" => "or-later",
        _ => return GnuName::Other,
    };
    // Fedora's LGPLv2 is 2.0 or 2.1; Debian's LGPL-2 is 2.0.
    if *id == "LGPL" && version == "2" && !name.to_ascii_lowercase().starts_with("lgpl-2") {
        return GnuName::Ambiguous;
    }
    let version = match version.contains('.') {
        true => version.to_owned(),
        false => format!("{version}.0"),
    };
    match versions.contains(&version.as_str()) {
        true => GnuName::Id(format!("{id}-{version}{middle}-{suffix}")),
        false => GnuName::Other,
    }
}

/// The distinguishing part of a name; `None` if the text has characters that no name has.
fn key(name: &str) -> Option<String> {
    let mut key = String::with_capacity(name.len());
    let comma = |rest: &str| {
        let rest = rest.trim_start().to_ascii_lowercase();
        rest.starts_with("version") || rest.starts_with('v')
    };
    if name.split_once(',').is_some_and(|(_, rest)| !comma(rest)) {
        return None;
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || " \t\n-_.+,/".contains(c);
    if !name.chars().all(allowed) {
        return None;
    }
    for word in name.split([' ', '\t', '\n', '-', '_', ',', '/']) {
        let mut word = word.to_ascii_lowercase();
        if word.len() > 1 && word.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
            word = word.strip_prefix('v').map(str::to_owned).unwrap_or(word);
        }
        let word = word.trim_end_matches('.');
        if matches!(word, "" | "the" | "license" | "licence" | "version" | "gnu") {
            continue;
        }
        if !key.is_empty() {
            key.push('-');
        }
        key.push_str(word);
    }
    for (full, short) in FULL_NAMES {
        if key.contains(full) {
            key = key.replacen(full, short, 1);
            break;
        }
    }
    (!key.is_empty()).then_some(key)
}

fn is_reference(name: &str) -> bool {
    let sound = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'.';
    name.strip_prefix(REFERENCE).is_some_and(|id| !id.is_empty() && id.bytes().all(sound))
}

#[test]
fn no_two_identifiers_have_one_key() {
    for table in &*TABLES {
        assert!(table.windows(2).all(|pair| pair[0].0 != pair[1].0));
    }
    assert_eq!(TABLES[0].len() + TABLES[1].len(), IDS.lines().count() - 1);
}
