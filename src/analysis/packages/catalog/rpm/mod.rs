//! rpm: Fedora, Red Hat, SUSE, Azure Linux and others. One database of all installed packages, in one of
//! three formats, each of which keeps the same thing: a header for each package.
//!
//! Source: where they lie and what a package is called, as syft has it; otherwise as `rpm -qa` prints it,
//! which also lists the keys that packages are signed with (`gpg-pubkey`).
//! - The first bytes say which format it is, not the name: `Packages` has been two of them.
//! - A page, slot or header that cannot be read costs what it holds. There is one warning a file, about the
//!   first that was met.
//! - What packages take in memory is bounded by the file (`Found`): headers may neither overlap nor say
//!   the same name a million times.
//! - SQLite's write-ahead log is another file, and is not read. rpm empties it whenever it closes the
//!   database, so one that is not empty gets a warning.

mod bdb;
mod header;
mod manifest;
mod ndb;
mod sqlite;
#[cfg(test)]
mod tests;

use super::{Candidate, Cataloger};
use crate::analysis::packages::{Facts, Package};
use crate::problem::Problem;

pub const CATALOGER: Cataloger = Cataloger { name: "rpm", wants, read };

const MANIFEST: &str = "var/lib/rpmmanifest/container-manifest-2";
const LOG: &str = "rpmdb.sqlite-wal";

/// Most packages of one database: ten times what the largest distribution has.
const PACKAGES: usize = 100_000;

fn wants(file: &Candidate<'_>) -> bool {
    match file.name() {
        b"Packages" | b"Packages.db" | b"rpmdb.sqlite" => is_in_database(file),
        name if name == LOG.as_bytes() => is_in_database(file) && file.size > 0,
        b"container-manifest-2" => file.is_at(MANIFEST),
        _ => false,
    }
}

fn is_in_database(file: &Candidate<'_>) -> bool {
    let folder = Candidate { path: file.folder(), ..*file };
    ["var/lib/rpm", "usr/share/rpm", "usr/lib/sysimage/rpm"].iter().any(|end| folder.is_at(end))
}

fn read(file: &Candidate<'_>, bytes: &[u8]) -> Facts {
    if file.is_at(MANIFEST) {
        return Facts { packages: manifest::read(bytes), ..Facts::default() };
    }
    if file.name() == LOG.as_bytes() {
        let warning = Problem::new(
            "package-database-log",
            "The package database's write-ahead log is not read: changes that only it holds are not shown.",
        );
        let warning = warning.expected("an empty log beside the database");
        return Facts {
            warnings: vec![warning.found(format!("{} bytes", bytes.len()))],
            ..Facts::default()
        };
    }
    let mut found = Found::new(bytes.len());
    match bytes {
        [b'S', b'Q', b'L', ..] => sqlite::read(bytes, &mut found),
        [b'R', b'p', b'm', b'P', ..] => ndb::read(bytes, &mut found),
        [] => {}
        _ => bdb::read(bytes, &mut found),
    }
    found.facts()
}

/// What a reader finds in a database: it hands headers on, and says what cannot be read.
struct Found {
    packages: Vec<Package>,
    damage: Option<Problem>,
    /// Damages, the first included.
    damages: u64,
    /// Bytes that further headers may have.
    headers: usize,
    /// Bytes of text that further packages may take.
    text: usize,
}

impl Found {
    /// For a database of so many bytes. Each header lies in it once. The paths of a package are longer than
    /// what the header holds for them (a directory's name is there once), but the header has some sixty
    /// bytes of other facts for each path.
    fn new(size: usize) -> Found {
        let text = size.saturating_mul(4);
        Found { packages: Vec::new(), damage: None, damages: 0, headers: size, text }
    }

    /// Whether a header of so many bytes can be there. To be asked before memory is taken for it.
    fn admits(&mut self, length: usize, offset: usize) -> bool {
        let rest = self.headers.checked_sub(length);
        if rest.is_none() {
            self.damaged(
                offset,
                "headers that lie beside each other",
                "more bytes than the file has",
            );
        }
        self.headers = rest.unwrap_or(self.headers);
        rest.is_some()
    }

    /// A header, which begins (or whose first part does) at this offset.
    fn header(&mut self, offset: usize, bytes: &[u8]) {
        if self.packages.len() >= PACKAGES {
            self.damaged(offset, "at most 100,000 packages", "more");
            return;
        }
        match header::package(bytes, &mut self.text) {
            Ok((package, problem)) => {
                self.packages.push(package);
                if let Some(found) = problem {
                    self.damaged(offset, "a header whose entries lie in it", found);
                }
            }
            Err(found) => self.damaged(offset, "an rpm header", found),
        }
    }

    /// Something that costs a part of the database.
    fn damaged(&mut self, offset: usize, expected: &str, found: impl AsRef<[u8]>) {
        self.damages = self.damages.saturating_add(1);
        if self.damage.is_none() {
            let problem = Problem::new("package-database-damaged", String::new());
            self.damage = Some(problem.at(offset as u64).expected(expected).found(found));
        }
    }

    fn facts(self) -> Facts {
        let mut facts = Facts { packages: self.packages, ..Facts::default() };
        if let Some(mut problem) = self.damage {
            problem.message = match self.damages {
                1 => "A part of the rpm database cannot be read: packages may be missing.".into(),
                n => format!(
                    "{n} parts of the rpm database cannot be read: packages may be missing."
                )
                .into(),
            };
            facts.warnings.push(problem);
        }
        facts
    }
}

/// The bytes of a number, if they are there.
fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

/// What was there instead of a magic number, escaped by being hexadecimal.
fn hex(bytes: Option<[u8; 4]>) -> String {
    bytes.map_or_else(
        || "the end of the file".to_owned(),
        |b| format!("0x{:08x}", u32::from_be_bytes(b)),
    )
}
