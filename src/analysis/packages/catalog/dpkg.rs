//! dpkg: Debian, Ubuntu and their derivatives.
//!
//! Source: dpkg(1), dpkg-query(1), deb-control(5) and `/var/lib/dpkg` as dpkg writes it. Images without
//! dpkg (distroless, ko's base) have one file per package in `status.d`, with its checksums beside it.
//!
//! - A package is there in every state but `not-installed` and `config-files`: a build may end before dpkg has
//!   configured what it unpacked. A state other than `installed` is shown. Files in `status.d` have no state:
//!   all count.
//! - `NAME.list` has every path of a package, so checksums and configuration files add nothing. Where dpkg
//!   is missing, there are no lists, and the files of checksums name the paths.

mod copyright;

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, PackageSupplement};
use crate::analysis::packages::reading::control::paragraphs;
use crate::analysis::packages::reading::dpkg_format::{listed_paths, package};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::analysis::packages::reading::roots::root;
use crate::problem::Problem;

pub const CATALOGER: Cataloger = Cataloger {
    name: "dpkg",
    wants: |file| DpkgFile::of(file).is_some(),
    read: CatalogRead::Whole(read),
};

const KIND: &str = "deb";

/// A file of the database, with the root that its paths are relative to.
enum DpkgFile<'a> {
    /// All packages.
    Status,
    /// One package, in `status.d`.
    One,
    /// `NAME.list` or `NAME:ARCHITECTURE.list`.
    List { root: &'a [u8], name: &'a [u8] },
    /// `NAME.md5sums` in `status.d`.
    Sums { root: &'a [u8], name: &'a [u8] },
    /// `usr/share/doc/NAME/copyright`.
    Copyright { name: &'a [u8] },
}

const WHOLE: &[&str] = &["var/lib/dpkg", "usr/lib/dpkg", "lib/dpkg"];
const INFO: &[&str] = &["var/lib/dpkg/info", "usr/lib/dpkg/info", "lib/dpkg/info"];
const ONES: &[&str] = &["var/lib/dpkg/status.d", "usr/lib/dpkg/status.d", "lib/dpkg/status.d"];

impl<'a> DpkgFile<'a> {
    fn of(file: &Candidate<'a>) -> Option<DpkgFile<'a>> {
        let (folder, name) = (file.folder(), file.name());
        if name == b"status" && root(folder, WHOLE).is_some() {
            return Some(DpkgFile::Status);
        }
        if name == b"copyright" {
            let mut up = folder.rsplitn(2, |&byte| byte == b'/');
            let (name, docs) = (up.next()?, up.next()?);
            return root(docs, &["usr/share/doc"]).map(|_| DpkgFile::Copyright { name });
        }
        if let Some(name) = name.strip_suffix(b".list") {
            return root(folder, INFO).map(|root| DpkgFile::List { root, name });
        }
        let root = root(folder, ONES)?;
        Some(match name.strip_suffix(b".md5sums") {
            Some(name) => DpkgFile::Sums { root, name },
            None => DpkgFile::One,
        })
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let mut budget = FactsBudget::new(b"");
    let supplement = match DpkgFile::of(file) {
        Some(DpkgFile::Status) => return status(bytes),
        // The folder also has scripts, so a file without packages is no damage.
        Some(DpkgFile::One) => return CatalogFacts { warnings: Vec::new(), ..status(bytes) },
        Some(DpkgFile::List { root, name }) => {
            budget = FactsBudget::new(root);
            PackageSupplement { files: listed_paths(&mut budget, bytes), ..supplement_named(name) }
        }
        Some(DpkgFile::Sums { root, name }) => {
            budget = FactsBudget::new(root);
            PackageSupplement { files: sums(&mut budget, bytes), ..supplement_named(name) }
        }
        Some(DpkgFile::Copyright { name }) => {
            PackageSupplement { licenses: copyright::licenses(bytes), ..supplement_named(name) }
        }
        None => return CatalogFacts::default(),
    };
    if supplement.files.is_empty() && supplement.licenses.is_empty() {
        return CatalogFacts::default();
    }
    budget.close(CatalogFacts { supplements: vec![supplement], ..CatalogFacts::default() })
}

/// A supplement for the package that a file is named after: `NAME`, or `NAME:ARCHITECTURE` if several
/// architectures are installed.
fn supplement_named(name: &[u8]) -> PackageSupplement {
    let name = String::from_utf8_lossy(name);
    let (name, architecture) = name.split_once(':').unwrap_or((&name, ""));
    PackageSupplement {
        kind: KIND.to_owned(),
        name: name.to_owned(),
        architecture: architecture.to_owned(),
        ..PackageSupplement::default()
    }
}

fn status(bytes: &[u8]) -> CatalogFacts {
    let mut facts = CatalogFacts::default();
    let mut budget = FactsBudget::new(b"");
    let mut named = false;
    for paragraph in paragraphs(bytes) {
        named |= paragraph.has("Package");
        if let Some(mut package) = package(&paragraph, KIND) {
            // dpkg counts in units of 1024 bytes; some image builders write `4KB`.
            let size = paragraph.line("Installed-Size");
            let digits = size.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            package.size = digits.parse::<u64>().ok().and_then(|kib| kib.checked_mul(1024));
            budget.add(package, &mut facts);
        }
    }
    if !named && !bytes.trim_ascii().is_empty() {
        facts
            .warnings
            .push(Problem::new("package-database-damaged", "The dpkg database names no package."));
    }
    budget.close(facts)
}

/// Lines of a checksum, two spaces and a path. Source: md5sum(1).
fn sums(budget: &mut FactsBudget<'_>, bytes: &[u8]) -> Vec<String> {
    let path = |line: &[u8]| {
        let at = line.iter().position(|&byte| byte == b' ')?;
        let path = line.get(at..)?.trim_ascii_start();
        if path.is_empty() { None } else { budget.path(b"", path) }
    };
    bytes.split(|&byte| byte == b'\n').filter_map(path).collect()
}

#[cfg(test)]
mod tests;
