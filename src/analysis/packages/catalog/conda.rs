//! conda: one JSON file for each package of an environment, `conda-meta/NAME-VERSION-BUILD.json`.
//!
//! Source: conda's documentation, "conda package specification" and "Managing environments"; PURL's type
//! `conda` for the qualifiers.
//!
//! - A Python package that conda installed is also in its environment's `site-packages`, and is listed a
//!   second time as a Python package. The files that conda lists connect the two.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::analysis::packages::reading::digests::add_hex;
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::analysis::packages::reading::json::{parse, text, texts};
use crate::analysis::packages::reading::text::{damaged, folder_above, folder_is, join, package};

pub const CATALOGER: Cataloger = Cataloger {
    name: "conda",
    wants: |file| folder_is(file, "conda-meta") && file.name().ends_with(b".json"),
    read: CatalogRead::Whole(read),
};

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(value) = parse(bytes) else { return damaged("a package's JSON in conda-meta") };
    let mut package = package("conda", text(&value, "name"), text(&value, "version"));
    // The folder also has files of conda itself: `state`, `pinned`, `initial-state.explicit.txt`.
    if package.name.is_empty() || package.version.is_empty() {
        return CatalogFacts::default();
    }
    let prefix = folder_above(file);
    let mut budget = FactsBudget::new(b"");
    for path in texts(value.get("files")) {
        package.files.extend(budget.keep(join(&prefix, &path)));
        if budget.is_full() {
            break;
        }
    }
    package.files.extend(join("", &String::from_utf8_lossy(file.path)));
    package.licenses = texts(value.get("license"));
    add_hex(&mut package, "sha256", text(&value, "sha256"));
    add_hex(&mut package, "md5", text(&value, "md5"));
    // A channel is given as its URL if conda has no name for it.
    let channel = text(&value, "channel").trim_end_matches('/');
    let subdir = text(&value, "subdir");
    let channel = channel.strip_suffix(subdir).map_or(channel, |rest| rest.trim_end_matches('/'));
    let channel = channel.rsplit('/').next().unwrap_or_default();
    for (key, value) in [("build", text(&value, "build")), ("channel", channel), ("subdir", subdir)]
    {
        if !value.is_empty() {
            package.qualifiers.push((key.to_owned(), value.to_owned()));
        }
    }
    budget.close(CatalogFacts::of(package))
}
