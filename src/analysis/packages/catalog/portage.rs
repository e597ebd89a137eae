//! Portage: Gentoo. One folder per package, `var/db/pkg/CATEGORY/NAME-VERSION`, with one file per fact.
//!
//! Source: portage(5), "/var/db/pkg"; PMS (Package Manager Specification), 3, "Names and Versions", and
//! 8, "Dependencies", for the syntax of LICENSE.
//!
//! - Every package has `CONTENTS`, which is empty if it installed nothing. Its lines are `dir PATH`,
//!   `obj PATH MD5 TIME` and `sym PATH -> TARGET TIME`; paths may contain spaces.
//! - LICENSE was evaluated when the package was built. What remains of its syntax is a list of licences
//!   that all apply, and `|| ( )` for a choice. A choice becomes an expression.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package, PackageSupplement};
use crate::analysis::packages::reading::facts_budget::{FactsBudget, MOST_LICENSES};
use crate::analysis::packages::reading::roots::root;

pub const CATALOGER: Cataloger = Cataloger {
    name: "portage",
    wants: |file| ebuild_file(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "ebuild";

/// A file of the database: its root, `CATEGORY/NAME`, and the version.
struct EbuildFile<'a> {
    root: &'a [u8],
    name: String,
    version: &'a str,
}

fn ebuild_file<'a>(file: &Candidate<'a>) -> Option<EbuildFile<'a>> {
    if !matches!(file.name(), b"CONTENTS" | b"LICENSE") {
        return None;
    }
    let mut up = file.folder().rsplitn(3, |&byte| byte == b'/');
    let (package, category, database) = (up.next()?, up.next()?, up.next()?);
    let root = root(database, &["var/db/pkg"])?;
    let (name, version) = split(std::str::from_utf8(package).ok()?)?;
    let category = String::from_utf8_lossy(category);
    Some(EbuildFile { root, name: format!("{category}/{name}"), version })
}

/// Splits `NAME-VERSION`, where the version includes the revision: `glibc-2.38-r10`. The last part of a
/// name never looks like a version.
fn split(package: &str) -> Option<(&str, &str)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let revision =
        package.rsplit_once('-').filter(|(_, last)| last.strip_prefix('r').is_some_and(digits));
    let (name, version) = revision.map_or(package, |(before, _)| before).rsplit_once('-')?;
    if name.is_empty() || !version.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((name, package.get(name.len() + 1..)?))
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some(place) = ebuild_file(file) else { return CatalogFacts::default() };
    if file.name() == b"CONTENTS" {
        let mut budget = FactsBudget::new(place.root);
        let files = contents(&mut budget, bytes);
        return budget.close(CatalogFacts::of(Package {
            kind: KIND.to_owned(),
            name: place.name,
            version: place.version.to_owned(),
            files,
            ..Package::default()
        }));
    }
    let licenses = licenses(&String::from_utf8_lossy(bytes));
    if licenses.is_empty() {
        return CatalogFacts::default();
    }
    let supplement = PackageSupplement {
        kind: KIND.to_owned(),
        name: place.name,
        licenses,
        ..PackageSupplement::default()
    };
    CatalogFacts { supplements: vec![supplement], ..CatalogFacts::default() }
}

fn contents(budget: &mut FactsBudget<'_>, bytes: &[u8]) -> Vec<String> {
    let path = |line: &[u8]| {
        let line = String::from_utf8_lossy(line);
        let path = match line.split_once(' ')? {
            ("obj", rest) => rest.rsplitn(3, ' ').nth(2)?,
            ("sym", rest) => rest.split_once(" -> ")?.0,
            _ => return None,
        };
        budget.path(b"", path.as_bytes())
    };
    bytes.split(|&byte| byte == b'\n').filter_map(path).collect()
}

/// One item for each licence that always applies; a choice is one item: `A OR B`.
fn licenses(text: &str) -> Vec<String> {
    /// Deeper than in any real package.
    const DEPTH: usize = 16;
    // For each open `(`: whether it is a choice, and its licences so far.
    let mut groups = vec![(false, Vec::new())];
    let mut choice = false;
    for word in text.split_ascii_whitespace().take(MOST_LICENSES) {
        match word {
            "||" => choice = true,
            "(" if groups.len() < DEPTH => groups.push((std::mem::take(&mut choice), Vec::new())),
            ")" if groups.len() > 1 => close(&mut groups),
            "(" | ")" => {}
            // A condition that was not evaluated: its licences may apply, so they are listed.
            flag if flag.ends_with('?') => {}
            name => {
                if let Some((_, names)) = groups.last_mut() {
                    names.push(name.to_owned());
                }
            }
        }
    }
    while groups.len() > 1 {
        close(&mut groups);
    }
    groups.pop().map(|(_, names)| names).unwrap_or_default()
}

/// Moves the innermost group into the one around it.
fn close(groups: &mut Vec<(bool, Vec<String>)>) {
    let Some((choice, names)) = groups.pop() else { return };
    let outermost = groups.len() == 1;
    let Some((around_is_choice, around)) = groups.last_mut() else { return };
    match (choice, *around_is_choice) {
        (true, false) if names.len() > 1 && outermost => around.push(names.join(" OR ")),
        (true, false) if names.len() > 1 => around.push(format!("({})", names.join(" OR "))),
        (false, true) if names.len() > 1 => around.push(format!("({})", names.join(" AND "))),
        _ => around.extend(names),
    }
}

#[cfg(test)]
mod tests {
    //! The files were written by Portage itself: see tests/fixtures/packages/README.md.

    use super::*;

    #[test]
    fn versions_start_after_the_last_hyphen_before_a_digit() {
        // Names and versions of Gentoo's own tree.
        for (package, name, version) in [
            ("glibc-2.38-r10", "glibc", "2.38-r10"),
            ("openssl-3.0.13", "openssl", "3.0.13"),
            ("gtk+-2.24.33-r3", "gtk+", "2.24.33-r3"),
            ("font-adobe-100dpi-1.0.4", "font-adobe-100dpi", "1.0.4"),
            ("vim-core-9.1.0366", "vim-core", "9.1.0366"),
            ("openssh-9.7_p1-r6", "openssh", "9.7_p1-r6"),
            ("pam-r-1", "pam-r", "1"),
        ] {
            assert_eq!(split(package), Some((name, version)), "{package}");
        }
        assert_eq!(split("no-version"), None);
        assert_eq!(split("-1.0"), None);
    }

    #[test]
    fn a_choice_of_licences_is_one_expression() {
        // From sys-devel/gcc, dev-lang/perl and dev-libs/gmp, as their ebuilds have them.
        for (text, want) in [
            ("GPL-3+ LGPL-3+\n", &["GPL-3+", "LGPL-3+"][..]),
            ("|| ( Artistic GPL-1+ )\n", &["Artistic OR GPL-1+"]),
            ("|| ( LGPL-3+ GPL-2+ ) MIT", &["LGPL-3+ OR GPL-2+", "MIT"]),
            ("|| ( A ( B C ) ) )", &["A OR (B AND C)"]),
            ("doc? ( FDL-1.3 ) (", &["FDL-1.3"]),
        ] {
            assert_eq!(licenses(text), want, "{text}");
        }
    }

    fn of(name: &str, text: &[u8]) -> CatalogFacts {
        let path = ["var/db/pkg/sys-apps/lab-tools-2.3.4_p1-r1/", name].concat();
        let file = Candidate::at(path.as_bytes());
        assert!((CATALOGER.wants)(&file));
        read(&file, text)
    }

    #[test]
    fn contents_are_files_and_links_with_spaces_in_their_names() {
        let text = include_bytes!("../../../../tests/fixtures/packages/portage/CONTENTS");
        let package = &of("CONTENTS", text).packages[0];
        let (name, version) = (&*package.name, &*package.version);
        assert_eq!((name, version), ("sys-apps/lab-tools", "2.3.4_p1-r1"));
        assert_eq!(package.files, ["usr/bin/lab tool", "usr/bin/lab"]);
        // A package that installed no files is still installed.
        assert_eq!(of("CONTENTS", b"").packages.len(), 1);
        assert!(of("CONTENTS", b"obj /cut").packages[0].files.is_empty());
    }

    #[test]
    fn the_licence_belongs_to_the_package_that_the_folder_names() {
        let text = include_bytes!("../../../../tests/fixtures/packages/portage/LICENSE");
        let supplement = &of("LICENSE", text).supplements[0];
        assert_eq!(supplement.name, "sys-apps/lab-tools");
        assert_eq!(supplement.licenses, ["GPL-2+", "Artistic OR MIT"]);
    }
}
