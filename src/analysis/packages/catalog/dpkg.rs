//! dpkg: Debian, Ubuntu and their kin.
//!
//! Source: dpkg(1), dpkg-query(1), deb-control(5) and `/var/lib/dpkg` as dpkg leaves it. Images without
//! dpkg (distroless, ko's base) have a file a package in `status.d` instead, and its sums beside it.
//!
//! - A package counts while its state is `installed`; one that was removed and left its configuration
//!   does not, nor does one whose unpacking broke off. In `status.d` nothing says a state: all count.
//! - `NAME.list` has every path of a package, so that of its sums and its configuration files nothing is
//!   left to say. Where dpkg is missing, so are the lists, and the sums name the files.

mod copyright;

use crate::analysis::packages::cataloger::{Candidate, Cataloger};
use crate::analysis::packages::package::{FileFacts, PackageSupplement};
use crate::analysis::packages::reading::control::paragraphs;
use crate::analysis::packages::reading::dpkg_format::{is_installed, listed_paths, package};
use crate::analysis::packages::reading::roots::{FactsBudget, root};
use crate::problem::Problem;

pub const CATALOGER: Cataloger =
    Cataloger { name: "dpkg", wants: |file| DpkgFile::of(file).is_some(), read };

const KIND: &str = "deb";

/// What a file of the database is; with the root that its paths are relative to, where it names some.
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

fn read(file: &Candidate<'_>, bytes: &[u8]) -> FileFacts {
    let mut budget = FactsBudget::new(b"");
    let about = match DpkgFile::of(file) {
        Some(DpkgFile::Status) => return status(bytes),
        // Scripts lie beside them, and are no news.
        Some(DpkgFile::One) => return FileFacts { warnings: Vec::new(), ..status(bytes) },
        Some(DpkgFile::List { root, name }) => {
            budget = FactsBudget::new(root);
            PackageSupplement { files: listed_paths(&mut budget, bytes), ..about(name) }
        }
        Some(DpkgFile::Sums { root, name }) => {
            budget = FactsBudget::new(root);
            PackageSupplement { files: sums(&mut budget, bytes), ..about(name) }
        }
        Some(DpkgFile::Copyright { name }) => {
            PackageSupplement { licenses: copyright::licenses(bytes), ..about(name) }
        }
        None => return FileFacts::default(),
    };
    if about.files.is_empty() && about.licenses.is_empty() {
        return FileFacts::default();
    }
    budget.close(FileFacts { supplements: vec![about], ..FileFacts::default() })
}

/// Of which package a file speaks, by its own name: `NAME` or, of several architectures,
/// `NAME:ARCHITECTURE`.
fn about(name: &[u8]) -> PackageSupplement {
    let name = String::from_utf8_lossy(name);
    let (name, architecture) = name.split_once(':').unwrap_or((&name, ""));
    PackageSupplement {
        kind: KIND.to_owned(),
        name: name.to_owned(),
        architecture: architecture.to_owned(),
        ..PackageSupplement::default()
    }
}

fn status(bytes: &[u8]) -> FileFacts {
    let mut facts = FileFacts::default();
    let mut budget = FactsBudget::new(b"");
    let mut named = false;
    for paragraph in paragraphs(bytes) {
        named |= paragraph.has("Package");
        if is_installed(&paragraph)
            && let Some(mut package) = package(&paragraph, KIND)
        {
            // dpkg counts in units of 1024 bytes; some builders of images write `4KB`.
            let size = paragraph.line("Installed-Size");
            let digits = size.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            package.size = digits.parse::<u64>().ok().and_then(|kib| kib.checked_mul(1024));
            budget.add(package, &mut facts);
        }
    }
    if !named && !bytes.trim_ascii().is_empty() {
        facts.warnings.push(Problem::new(
            "package-database-damaged",
            "The database of dpkg has text, but names no package.",
        ));
    }
    budget.close(facts)
}

/// Lines of a sum, two spaces and a path. Source: md5sum(1).
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
