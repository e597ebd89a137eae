//! Java: archives of classes (jar, war, ear and similar), archives within them, and libraries unpacked into
//! them (shaded).
//!
//! Source: the JAR File Specification (manifest), Maven Archiver (`META-INF/maven/…/pom.properties`), and
//! what syft makes of both.
//!
//! - An archive is a package if it has a manifest, or its own Maven properties, or a version in its name.
//!   Every other pom.properties in it is a package too: the class files of that library are inside.
//! - Hostile input: nested archives are opened to depth `DEPTH`, and everything read of one file, at any
//!   depth, is limited by `BYTES` and `ENTRIES` together, and with the other files of its layer. The paths
//!   within a file are counted as they are made: each has the names of all archives around it.
//! - No digest is computed here. The digest of a published archive is that of the whole file, which the
//!   pass over the layer computes.

mod coordinates;
mod manifest;
#[cfg(test)]
mod tests;

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::analysis::packages::reading::facts_budget::FactsBudget;
use crate::codec::zip::{Zip, ZipPlace};
use crate::problem::Problem;
use crate::text::text_as_utf8;
use manifest::{FileName, JarManifest, Pom};
use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::sync::Arc;

pub const CATALOGER: Cataloger =
    Cataloger { name: "java-archive", wants, read: CatalogRead::Whole(read) };

/// Deepest archive that is opened; the file itself has depth 1.
const DEPTH: usize = 8;
/// Most bytes decompressed from one file.
const BYTES: u64 = 256 << 20;
/// Most entries read in one file.
const ENTRIES: u32 = 200_000;
/// Most bytes of a manifest or properties file.
const TEXT: u64 = 4 << 20;

/// File name extensions, all of ZIP archives. Not `.zip`: few of those hold classes, and many are large.
const ENDINGS: &[&str] =
    &[".jar", ".war", ".ear", ".par", ".sar", ".nar", ".kar", ".rar", ".jpi", ".hpi", ".lpkg"];

fn wants(file: &Candidate<'_>) -> bool {
    // An executable jar may begin with a script.
    is_archive(file.name())
        && file.may_begin(|head| head.starts_with(b"PK\x03\x04") || head.starts_with(b"#!"))
}

fn is_archive(name: &[u8]) -> bool {
    let ends = |ending: &&str| {
        let tail = name.len().checked_sub(ending.len()).and_then(|at| name.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(ending.as_bytes()))
    };
    ENDINGS.iter().any(ends)
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    let most = file.may_unpack(BYTES);
    let mut reader = JarReader {
        facts: CatalogFacts::default(),
        budget: FactsBudget::new(b""),
        inside: Vec::new(),
        bytes: most,
        entries: ENTRIES,
    };
    let name = String::from_utf8_lossy(file.name()).into_owned();
    reader.archive(bytes, &name);
    file.unpacked(most - reader.bytes);
    reader.budget.close(reader.facts)
}

/// Reads one file and the archives within it.
struct JarReader {
    facts: CatalogFacts,
    budget: FactsBudget<'static>,
    /// The paths of the archives around the place that is read, each within the one before. They are joined only for
    /// what is kept: a file may have thousands of archives, in archives with long names.
    inside: Vec<String>,
    /// What may still be read.
    bytes: u64,
    entries: u32,
}

/// The entries of an archive that matter here.
#[derive(Default)]
struct JarContents {
    manifest: Option<ZipPlace>,
    /// Maven properties and archives, each with its name.
    poms: Vec<(String, ZipPlace)>,
    archives: Vec<(String, ZipPlace)>,
}

impl JarReader {
    /// Reads the archive `name`, whose path within the file is `self.inside`.
    fn archive(&mut self, bytes: &[u8], name: &str) {
        let zip = match Zip::open(Cursor::new(bytes)) {
            Ok(zip) => zip,
            Err(error) => return self.warn(None, &error),
        };
        let contents = self.list(&zip);
        let text = |reader: &mut JarReader, place| {
            reader.take(&zip, place, TEXT).map(|bytes| text_as_utf8(&bytes).into_owned())
        };
        let manifest = contents.manifest.map(|place| text(self, place));
        let manifest = match manifest.transpose() {
            Ok(text) => text.map(|text| JarManifest::read(&text)),
            Err(error) => {
                self.warn(None, &error);
                None
            }
        };
        let mut poms = Vec::new();
        for (path, place) in contents.poms {
            match text(self, place) {
                Ok(text) => poms.extend(Pom::read(&text).map(|pom| (path, pom))),
                Err(error) => self.warn(Some(&path), &error),
            }
        }
        self.packages(name, manifest, poms);
        for (path, place) in contents.archives {
            if self.budget.is_full() {
                return;
            }
            if self.inside.len() + 1 == DEPTH {
                self.warn(Some(&path), &io::Error::other("archives are nested too deep"));
                continue;
            }
            match self.take(&zip, place, BYTES) {
                Ok(bytes) => {
                    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
                    self.inside.push(path);
                    self.archive(&bytes, &name);
                    self.inside.pop();
                }
                Err(error) => self.warn(Some(&path), &error),
            }
        }
    }

    fn list(&mut self, zip: &Zip<'_>) -> JarContents {
        let mut contents = JarContents::default();
        let walked = zip.walk(|entry| {
            let Some(left) = self.entries.checked_sub(1) else { return ControlFlow::Break(()) };
            self.entries = left;
            let path = || String::from_utf8_lossy(entry.name).into_owned();
            if entry.name.eq_ignore_ascii_case(b"META-INF/MANIFEST.MF") {
                contents.manifest.get_or_insert(entry.place);
            } else if entry.name.starts_with(b"META-INF/maven/")
                && entry.name.ends_with(b"/pom.properties")
            {
                contents.poms.push((path(), entry.place));
            } else if is_archive(entry.name) {
                contents.archives.push((path(), entry.place));
            }
            ControlFlow::Continue(())
        });
        if self.entries == 0 {
            self.warn(None, &io::Error::other(format!("more than {ENTRIES} entries")));
        }
        if let Err(error) = walked {
            self.warn(None, &error);
        }
        contents
    }

    /// An entry's content: at most `limit` bytes, and no more than may still be read of this file.
    fn take(&mut self, zip: &Zip<'_>, place: ZipPlace, limit: u64) -> io::Result<Vec<u8>> {
        let limit = limit.min(self.bytes);
        let content = zip.content(place, limit);
        // Bytes read before an error count too; the entry's size is the most they can be.
        let read = content.as_ref().map_or(limit.min(place.size()), |bytes| bytes.len() as u64);
        self.bytes = self.bytes.saturating_sub(read);
        content
    }

    /// Adds the packages of one archive: itself and what was unpacked into it.
    fn packages(
        &mut self,
        name: &str,
        manifest: Option<JarManifest>,
        mut poms: Vec<(String, Pom)>,
    ) {
        let file = FileName::of(name);
        let own = poms.iter().position(|(_, pom)| file.is_of(&pom.artifact)).or_else(|| {
            let only = poms.first().filter(|_| poms.len() == 1);
            only.filter(|(_, pom)| file.is_like(&pom.artifact)).map(|_| 0)
        });
        let own = own.map(|at| poms.remove(at).1);
        if own.is_some() || manifest.is_some() || !file.version.is_empty() {
            let package = coordinates::package(&file, own, &manifest.unwrap_or_default());
            if !package.name.is_empty() {
                let package = Package { inside: self.inside(None), ..package };
                self.budget.add(package, &mut self.facts);
            }
        }
        for (path, pom) in poms.into_iter().filter(|(_, pom)| !pom.version.is_empty()) {
            if self.budget.is_full() {
                return;
            }
            let package = Package { inside: self.inside(Some(&path)), ..pom.package() };
            self.budget.add(package, &mut self.facts);
        }
    }

    /// Notes what is wrong with the archive that is read, or with an entry of it.
    fn warn(&mut self, entry: Option<&str>, error: &io::Error) {
        // One warning is enough; a hostile file could cause thousands.
        if !self.facts.warnings.is_empty() {
            return;
        }
        let message = "A Java archive can be read only in part.";
        let inside = self.inside(entry);
        let found =
            if inside.is_empty() { error.to_string() } else { format!("{inside}: {error}") };
        let problem = Problem::new("package-database-damaged", message).found(found);
        self.facts.warnings.push(problem);
    }

    /// The path within the file of the archive that is read, or of an entry of it, as Java's `jar:` URLs write it.
    fn inside(&self, entry: Option<&str>) -> Arc<str> {
        let all = self.inside.iter().map(String::as_str).chain(entry);
        all.collect::<Vec<_>>().join("!/").into()
    }
}
