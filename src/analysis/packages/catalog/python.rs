//! Python: distributions in `site-packages` and `dist-packages`, whatever installed them.
//!
//! Source: PyPA specifications, "Recording installed projects" and "Core metadata"; setuptools'
//! documentation, "The Internal Structure of Python Eggs"; distutils for `.egg-info` as a file.
//!
//! - Names are written as in METADATA; the folder's name may differ (`zope_interface` for
//!   `zope.interface`). RECORD has only the folder's name, so supplements are matched by normalised names.
//! - `direct_url.json` says where a distribution was installed from, if not by its name (PyPA, "Recording the
//!   Direct URL Origin"): one from a folder is the project's own.
//! - Distributions vendored by another one (`setuptools/_vendor`) are listed like any other.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, PackageSupplement};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::analysis::packages::reading::json::parse;
use crate::analysis::packages::reading::text::{
    damaged, field, fields, folder, folder_above, join, package,
};

pub const CATALOGER: Cataloger = Cataloger {
    name: "Python",
    wants: |file| metadata_file(file).is_some(),
    read: CatalogRead::Whole(read),
};

enum MetadataFile {
    /// Core metadata in a folder of the distribution, which is removed with it.
    Folder,
    /// Core metadata as a single file.
    Single,
    /// `RECORD`: paths relative to the parent folder, with digest and size.
    Record,
    /// `installed-files.txt`: paths relative to its own folder.
    InstalledFiles,
    /// `direct_url.json`.
    Origin,
}

fn metadata_file(file: &Candidate<'_>) -> Option<MetadataFile> {
    let folder_is = |end: &[u8]| {
        let folder = file.folder();
        let at = folder.len().checked_sub(end.len());
        at.and_then(|at| folder.get(at..)).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    };
    match file.name() {
        b"METADATA" if folder_is(b".dist-info") => Some(MetadataFile::Folder),
        b"RECORD" if folder_is(b".dist-info") => Some(MetadataFile::Record),
        b"direct_url.json" if folder_is(b".dist-info") => Some(MetadataFile::Origin),
        b"PKG-INFO" if folder_is(b"egg-info") => Some(MetadataFile::Folder),
        b"installed-files.txt" if folder_is(b".egg-info") => Some(MetadataFile::InstalledFiles),
        name if name.ends_with(b".egg-info") => Some(MetadataFile::Single),
        _ => None,
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let text = String::from_utf8_lossy(bytes);
    match metadata_file(file) {
        Some(MetadataFile::Folder) => metadata(folder(file), &text),
        Some(MetadataFile::Single) => {
            metadata(String::from_utf8_lossy(file.path).into_owned(), &text)
        }
        Some(MetadataFile::Record) => {
            owned(file, |budget| record(&folder_above(file), &text, budget))
        }
        Some(MetadataFile::InstalledFiles) => {
            let folder = folder(file);
            let path = |line: &str| join(&folder, line.trim());
            owned(file, |budget| kept(text.lines().map(path), budget))
        }
        Some(MetadataFile::Origin) => {
            let own = parse(bytes).is_some_and(|origin| origin["dir_info"].is_object());
            CatalogFacts::of_supplement(PackageSupplement { own, ..supplement(file) })
        }
        None => CatalogFacts::default(),
    }
}

fn metadata(place: String, text: &str) -> CatalogFacts {
    let fields = fields(text);
    let mut package = package("pypi", field(&fields, "Name"), field(&fields, "Version"));
    if package.name.is_empty() {
        return damaged("core metadata of a Python distribution");
    }
    // An egg is a folder that also has the distribution's code.
    let egg = place.strip_suffix("EGG-INFO/").filter(|egg| egg.ends_with(".egg/"));
    package.files = vec![egg.map_or_else(|| place.clone(), str::to_owned)];
    package.licenses = licenses(&fields);
    let value_of = |name: &str| Some(field(&fields, name)).filter(|&value| is_set(value));
    let people = ["Author", "Author-email", "Maintainer", "Maintainer-email"];
    package.supplier = people.into_iter().find_map(value_of).unwrap_or_default().to_owned();
    package.homepage =
        value_of("Home-page").or_else(|| project_url(&fields)).unwrap_or_default().to_owned();
    CatalogFacts::of(package)
}

/// Whether a field has a real value: old tools wrote a placeholder.
fn is_set(value: &str) -> bool {
    !value.is_empty() && value != "UNKNOWN" && value != "None"
}

fn project_url<'a>(fields: &'a [(&str, String)]) -> Option<&'a str> {
    let urls = fields.iter().filter(|(key, _)| *key == "Project-URL");
    let mut urls = urls.filter_map(|(_, value)| value.split_once(','));
    let is_home = |label: &str| label.replace(['-', ' '], "").eq_ignore_ascii_case("homepage");
    urls.find(|(label, _)| is_home(label)).map(|(_, url)| url.trim())
}

/// The licence expression; else the licence name; else the classifiers. `License` may also hold the full
/// text of a licence, which is not used.
fn licenses(fields: &[(&str, String)]) -> Vec<String> {
    for name in ["License-Expression", "License"] {
        let value = field(fields, name);
        if is_set(value) && !value.contains('\n') {
            return vec![value.to_owned()];
        }
    }
    let classifiers = fields.iter().filter(|(key, _)| *key == "Classifier");
    let licenses = classifiers.filter_map(|(_, value)| value.strip_prefix("License :: "));
    let last = licenses.filter_map(|license| license.rsplit(" :: ").next());
    last.filter(|name| *name != "OSI Approved").map(str::to_owned).collect()
}

/// The paths of a RECORD: the first of three values per line, quoted if it has a comma or quote.
fn record(base: &str, text: &str, budget: &mut FactsBudget<'_>) -> Vec<String> {
    let path = |line: &str| match line.strip_prefix('"').and_then(|rest| rest.split_once("\",")) {
        Some((quoted, _)) => join(base, &quoted.replace("\"\"", "\"")),
        None => join(base, line.split(',').next().unwrap_or_default()),
    };
    kept(text.lines().map(path), budget)
}

/// Paths until there are too many: a line of two bytes may stand for a path of thousands.
fn kept(paths: impl Iterator<Item = Option<String>>, budget: &mut FactsBudget<'_>) -> Vec<String> {
    let mut kept = Vec::new();
    for path in paths {
        kept.extend(budget.keep(path));
        if budget.is_full() {
            break;
        }
    }
    kept
}

/// The files of the distribution that this file's folder belongs to.
fn owned(
    file: &Candidate<'_>,
    read: impl FnOnce(&mut FactsBudget<'_>) -> Vec<String>,
) -> CatalogFacts {
    let mut budget = FactsBudget::new(b"");
    let files = read(&mut budget);
    budget.close(CatalogFacts::of_supplement(PackageSupplement { files, ..supplement(file) }))
}

/// A supplement for the distribution that this file's folder belongs to.
fn supplement(file: &Candidate<'_>) -> PackageSupplement {
    let folder = String::from_utf8_lossy(file.folder()).into_owned();
    let folder = folder.rsplit('/').next().unwrap_or_default();
    let stem = folder.rsplit_once('.').map_or(folder, |(stem, _)| stem);
    let name = stem.split('-').next().unwrap_or_default().to_owned();
    PackageSupplement { kind: "pypi".to_owned(), name, ..PackageSupplement::default() }
}

#[test]
fn a_distribution_from_a_folder_is_the_projects_own() {
    let file = Candidate::at(
        b"app/.venv/lib/python3.12/site-packages/a_b-0.1.0.dist-info/direct_url.json",
    );
    let own =
        |text: &[u8]| read(&file, text).supplements.first().map(|one| (one.name.clone(), one.own));
    let editable = br#"{"url": "file:///app/src/a", "dir_info": {"editable": true}}"#;
    assert_eq!(own(editable), Some(("a_b".to_owned(), true)));
    assert_eq!(
        own(br#"{"url": "file:///app/src/a", "dir_info": {}}"#),
        Some(("a_b".to_owned(), true))
    );
    let git =
        br#"{"url": "https://git.example.test/a", "vcs_info": {"vcs": "git"}, "dir_info": null}"#;
    assert_eq!(own(git), None);
    assert_eq!(own(b"{"), None);
}

#[test]
fn the_most_exact_licence_counts() {
    let of = |lines: &str| {
        let text = format!("Name: x\nVersion: 1\n{lines}\n\nLicense: body\n");
        metadata(String::new(), &text).packages.remove(0).licenses
    };
    assert_eq!(of("License: BSD\nLicense-Expression: BSD-3-Clause"), ["BSD-3-Clause"]);
    assert_eq!(of("License: BSD\nClassifier: License :: OSI Approved :: MIT License"), ["BSD"]);
    let whole = "License: Copyright (c) 2008\n        All rights reserved.\n";
    let classified = "Classifier: License :: OSI Approved :: BSD License";
    assert_eq!(of(&format!("{whole}{classified}")), ["BSD License"]);
    assert_eq!(of("License: UNKNOWN\nClassifier: License :: OSI Approved"), Vec::<String>::new());
}

#[test]
fn a_record_names_files_relative_to_its_parent_folder() {
    let text = "a/__init__.py,sha256=x,1\n../../../bin/a,,\n\"b, \"\"c\"\".py\",,\n/etc/a,,\n../../../../..,,\n";
    let want = ["usr/lib/py/s/a/__init__.py", "usr/bin/a", "usr/lib/py/s/b, \"c\".py", "etc/a"];
    assert_eq!(record("usr/lib/py/s/", text, &mut FactsBudget::new(b"")), want);
}
