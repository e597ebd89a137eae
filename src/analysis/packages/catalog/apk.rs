//! apk: Alpine, Wolfi, Chainguard and others. One text database lists all installed packages.
//!
//! Source: Alpine's wiki, "Apk spec", the installed database: paragraphs of `X:value` lines; `F:` names a
//! directory, and `R:` a file in the directory named last.
//!
//! - `C:` is left out: it is the digest of the package's control part (`Q1` and a SHA-1 in Base64), not of
//!   the package.
//! - `o:` names the source package; its version is the package's own.

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::analysis::packages::reading::roots::root;
use crate::problem::Problem;

pub const CATALOGER: Cataloger = Cataloger {
    name: "apk",
    wants: |file| root(file.path, PLACES).is_some(),
    read: CatalogRead::Whole(read),
};

/// The first is used where `/lib` links to `usr/lib`.
const PLACES: &[&str] = &["usr/lib/apk/db/installed", "lib/apk/db/installed"];

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let mut budget = FactsBudget::new(root(file.path, PLACES).unwrap_or_default());
    let mut facts = CatalogFacts::default();
    let mut package = Package::default();
    let mut directory: &[u8] = b"";
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            finish(&mut package, &mut budget, &mut facts);
            directory = b"";
        }
        let [field, b':', value @ ..] = line else { continue };
        if value.is_empty() && *field != b'F' {
            continue;
        }
        let text = || String::from_utf8_lossy(value).into_owned();
        match field {
            b'P' => package.name = text(),
            b'V' => package.version = text(),
            b'A' => package.architecture = text(),
            b'L' => package.licenses = vec![text()],
            b'o' => package.source = Some((text(), String::new())),
            b'm' => package.supplier = text(),
            b'U' => package.homepage = text(),
            b'I' => package.size = text().parse().ok(),
            b'F' => directory = value,
            b'R' => package.files.extend(budget.path(directory, value)),
            _ => {}
        }
    }
    finish(&mut package, &mut budget, &mut facts);
    if facts.packages.is_empty() && !bytes.trim_ascii().is_empty() {
        facts
            .warnings
            .push(Problem::new("package-database-damaged", "The apk database names no package."));
    }
    budget.close(facts)
}

fn finish(package: &mut Package, budget: &mut FactsBudget<'_>, facts: &mut CatalogFacts) {
    let mut done = std::mem::take(package);
    if !done.name.is_empty() {
        done.kind = "apk".to_owned();
        budget.add(done, facts);
    }
}

#[cfg(test)]
fn at<'a>(path: &'a str) -> Candidate<'a> {
    Candidate::at(path.as_bytes())
}

#[test]
fn a_paragraph_is_a_package_with_its_files() {
    let text =
        b"P:musl\nV:1.2.4-r2\nA:x86_64\nI:622592\nL:MIT\no:musl\nF:lib\nR:ld-musl-x86_64.so.1\n\
                 R:libc.musl-x86_64.so.1\nF:\nR:.pre\n\nP:zlib\nV:1.2.13-r1\nL:\n";
    let file = at("lib/apk/db/installed");
    assert!((CATALOGER.wants)(&file));
    let packages = read(&file, text).packages;
    assert_eq!(packages.len(), 2);
    let files = ["lib/ld-musl-x86_64.so.1", "lib/libc.musl-x86_64.so.1", ".pre"];
    assert_eq!(packages[0].files, files);
    assert_eq!(packages[0].size, Some(622592));
    assert_eq!((&packages[1].name[..], &packages[1].version[..]), ("zlib", "1.2.13-r1"));
    assert!(packages[1].licenses.is_empty() && packages[1].files.is_empty());
}

#[test]
fn line_ends_of_windows_are_no_part_of_values() {
    let packages = read(&at("lib/apk/db/installed"), b"P:a\r\nV:1\r\n\r\nP:b\r\nV:2\r\n").packages;
    let versions: Vec<&str> = packages.iter().map(|package| &*package.version).collect();
    assert_eq!(versions, ["1", "2"]);
}

#[test]
fn paths_of_a_root_in_a_folder_are_below_that_folder() {
    let text = b"P:musl\nV:1\nF:lib\nR:libc.so\n";
    let packages = read(&at("srv/root/usr/lib/apk/db/installed"), text).packages;
    assert_eq!(packages[0].files, ["srv/root/lib/libc.so"]);
}

#[test]
fn a_database_without_packages_is_damaged_but_an_empty_one_is_not() {
    let file = at("lib/apk/db/installed");
    assert_eq!(read(&file, b"\0\0garbage").warnings[0].code, "package-database-damaged");
    assert!(read(&file, b"\n").is_empty());
}
