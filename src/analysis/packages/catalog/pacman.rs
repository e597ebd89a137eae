//! pacman: Arch Linux and others. Two files per package in `var/lib/pacman/local/NAME-VERSION-RELEASE`.
//!
//! Source: alpm-db(7) and pacman's own database: `desc` and `files` have `%FIELD%` lines, each followed by
//! its values, one per line, up to an empty line.
//!
//! - `files` does not name its package; the folder does. Directories, which end in a slash, are left out
//!   because packages share them.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package, PackageSupplement};
use crate::analysis::packages::reading::facts_budget::{FactsBudget, MOST_LICENSES};
use crate::analysis::packages::reading::roots::root;

pub const CATALOGER: Cataloger = Cataloger {
    name: "pacman",
    wants: |file| place(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "alpm";

/// The root that paths are relative to, and the package's folder.
fn place<'a>(file: &Candidate<'a>) -> Option<(&'a [u8], &'a [u8])> {
    if !matches!(file.name(), b"desc" | b"files") {
        return None;
    }
    let mut up = file.folder().rsplitn(2, |&byte| byte == b'/');
    let (folder, local) = (up.next()?, up.next()?);
    root(local, &["var/lib/pacman/local"]).map(|root| (root, folder))
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let Some((root, folder)) = place(file) else { return CatalogFacts::default() };
    if file.name() == b"desc" {
        return desc(bytes).map(CatalogFacts::of).unwrap_or_default();
    }
    let mut budget = FactsBudget::new(root);
    let files: Vec<String> = values(bytes)
        .filter(|(field, path)| *field == b"FILES" && !path.ends_with(b"/"))
        .filter_map(|(_, path)| budget.path(b"", path))
        .collect();
    if files.is_empty() {
        return CatalogFacts::default();
    }
    let supplement = PackageSupplement {
        kind: KIND.to_owned(),
        name: name(folder),
        files,
        ..PackageSupplement::default()
    };
    budget.close(CatalogFacts { supplements: vec![supplement], ..CatalogFacts::default() })
}

/// `NAME-VERSION-RELEASE` without version and release, which have no hyphens.
fn name(folder: &[u8]) -> String {
    let name = folder.rsplitn(3, |&byte| byte == b'-').nth(2).unwrap_or(folder);
    String::from_utf8_lossy(name).into_owned()
}

fn desc(bytes: &[u8]) -> Option<Package> {
    let mut package = Package { kind: KIND.to_owned(), ..Package::default() };
    for (field, value) in values(bytes) {
        let value = String::from_utf8_lossy(value).into_owned();
        match field {
            b"NAME" => package.name = value,
            b"VERSION" => package.version = value,
            b"ARCH" => package.architecture = value,
            b"BASE" => package.source = Some((value, String::new())),
            b"LICENSE" if package.licenses.len() < MOST_LICENSES => package.licenses.push(value),
            b"PACKAGER" => package.supplier = value,
            b"URL" => package.homepage = value,
            b"SIZE" => package.size = value.parse().ok(),
            _ => {}
        }
    }
    (!package.name.is_empty()).then_some(package)
}

/// Every value with the name of its field.
fn values(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut field: &[u8] = b"";
    bytes.split(|&byte| byte == b'\n').filter_map(move |line| {
        match line.strip_suffix(b"\r").unwrap_or(line) {
            [] => field = b"",
            [b'%', name @ .., b'%'] if field.is_empty() => field = name,
            value if !field.is_empty() => return Some((field, value)),
            _ => {}
        }
        None
    })
}

#[cfg(test)]
mod tests {
    //! The files were written by pacman itself: see tests/fixtures/packages/README.md.

    use super::*;

    const FOLDER: &str = "var/lib/pacman/local/lab-tools-1:2.3.4-1";

    fn of(name: &str, text: &[u8]) -> CatalogFacts {
        let path = [FOLDER, "/", name].concat();
        let file = Candidate::at(path.as_bytes());
        assert!((CATALOGER.wants)(&file));
        read(&file, text)
    }

    #[test]
    fn desc_is_a_package() {
        let text = include_bytes!("../../../../tests/fixtures/packages/pacman/desc");
        let facts = of("desc", text);
        let package = &facts.packages[0];
        assert_eq!((&*package.name, &*package.version), ("lab-tools", "1:2.3.4-1"));
        assert_eq!(package.licenses, ["GPL-2.0-or-later", "MIT"]);
        assert_eq!(package.source, Some(("lab".to_owned(), String::new())));
        assert_eq!((&*package.architecture, package.size), ("any", Some(12)));
        assert_eq!(package.homepage, "https://example.test/lab");
    }

    #[test]
    fn files_does_not_list_directories() {
        let text = include_bytes!("../../../../tests/fixtures/packages/pacman/files");
        let supplement = &of("files", text).supplements[0];
        assert_eq!(supplement.name, "lab-tools");
        assert_eq!(supplement.files, ["etc/lab.conf", "usr/bin/lab"]);
    }
}
