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

use super::control::{Paragraph, paragraphs};
use super::roots::{Room, root};
use super::{Candidate, Cataloger};
use crate::analysis::packages::{About, Facts, Package};
use crate::problem::Problem;

pub const CATALOGER: Cataloger =
    Cataloger { name: "dpkg", wants: |file| Part::of(file).is_some(), read };

const KIND: &str = "deb";

/// What a file of the database is; with the root that its paths are relative to, where it names some.
enum Part<'a> {
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

impl<'a> Part<'a> {
    fn of(file: &Candidate<'a>) -> Option<Part<'a>> {
        let (folder, name) = (file.folder(), file.name());
        if name == b"status" && root(folder, WHOLE).is_some() {
            return Some(Part::Status);
        }
        if name == b"copyright" {
            let mut up = folder.rsplitn(2, |&byte| byte == b'/');
            let (name, docs) = (up.next()?, up.next()?);
            return root(docs, &["usr/share/doc"]).map(|_| Part::Copyright { name });
        }
        if let Some(name) = name.strip_suffix(b".list") {
            return root(folder, INFO).map(|root| Part::List { root, name });
        }
        let root = root(folder, ONES)?;
        Some(match name.strip_suffix(b".md5sums") {
            Some(name) => Part::Sums { root, name },
            None => Part::One,
        })
    }
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> Facts {
    let mut room = Room::new(b"");
    let about = match Part::of(file) {
        Some(Part::Status) => return status(bytes),
        // Scripts lie beside them, and are no news.
        Some(Part::One) => return Facts { warnings: Vec::new(), ..status(bytes) },
        Some(Part::List { root, name }) => {
            room = Room::new(root);
            About { files: list(&mut room, bytes), ..about(name) }
        }
        Some(Part::Sums { root, name }) => {
            room = Room::new(root);
            About { files: sums(&mut room, bytes), ..about(name) }
        }
        Some(Part::Copyright { name }) => {
            About { licenses: copyright::licenses(bytes), ..about(name) }
        }
        None => return Facts::default(),
    };
    if about.files.is_empty() && about.licenses.is_empty() {
        return Facts::default();
    }
    room.close(Facts { about: vec![about], ..Facts::default() })
}

/// Of which package a file speaks, by its own name: `NAME` or, of several architectures,
/// `NAME:ARCHITECTURE`.
fn about(name: &[u8]) -> About {
    let name = String::from_utf8_lossy(name);
    let (name, architecture) = name.split_once(':').unwrap_or((&name, ""));
    About {
        kind: KIND.to_owned(),
        name: name.to_owned(),
        architecture: architecture.to_owned(),
        ..About::default()
    }
}

fn status(bytes: &[u8]) -> Facts {
    let mut facts = Facts::default();
    let mut room = Room::new(b"");
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
            room.add(package, &mut facts);
        }
    }
    if !named && !bytes.trim_ascii().is_empty() {
        facts.warnings.push(Problem::new(
            "package-database-damaged",
            "The database of dpkg has text, but names no package.",
        ));
    }
    room.close(facts)
}

/// Whether the state is `installed`, or nothing is said of one.
pub fn is_installed(paragraph: &Paragraph<'_>) -> bool {
    // What is wanted, whether that went wrong, and what is: `install ok installed`.
    !paragraph.has("Status")
        || paragraph.line("Status").split_ascii_whitespace().nth(2) == Some("installed")
}

/// What the fields that dpkg and opkg share say; `None`: no name.
pub fn package(paragraph: &Paragraph<'_>, kind: &str) -> Option<Package> {
    let name = paragraph.line("Package");
    if name.is_empty() {
        return None;
    }
    Some(Package {
        kind: kind.to_owned(),
        name,
        version: paragraph.line("Version"),
        architecture: paragraph.line("Architecture"),
        source: source(&paragraph.line("Source")),
        supplier: paragraph.line("Maintainer"),
        homepage: paragraph.line("Homepage"),
        ..Package::default()
    })
}

/// `NAME` or, where its version is another, `NAME (VERSION)`.
fn source(text: &str) -> Option<(String, String)> {
    let (name, version) = text.split_once('(').unwrap_or((text, ""));
    let version = version.trim_end().trim_end_matches(')').trim();
    let name = name.trim();
    (!name.is_empty()).then(|| (name.to_owned(), version.to_owned()))
}

/// The paths of a list, without directories that another path of it lies in: those are shared, and the
/// list doesn't say which of its paths are directories.
pub fn list(room: &mut Room<'_>, bytes: &[u8]) -> Vec<String> {
    let mut lines = bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).peekable();
    let mut files = Vec::new();
    while let Some(line) = lines.next() {
        let inside = lines.peek().and_then(|next| next.strip_prefix(line));
        let is_directory = inside.is_some_and(|rest| rest.starts_with(b"/"));
        if !is_directory && !matches!(line, b"/" | b"/." | b".") {
            files.extend(room.path(b"", line));
        }
    }
    files
}

/// Lines of a sum, two spaces and a path. Source: md5sum(1).
fn sums(room: &mut Room<'_>, bytes: &[u8]) -> Vec<String> {
    let path = |line: &[u8]| {
        let at = line.iter().position(|&byte| byte == b' ')?;
        let path = line.get(at..)?.trim_ascii_start();
        if path.is_empty() { None } else { room.path(b"", path) }
    };
    bytes.split(|&byte| byte == b'\n').filter_map(path).collect()
}

#[cfg(test)]
mod tests;
