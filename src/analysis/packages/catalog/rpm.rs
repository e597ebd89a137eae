//! rpm: Fedora, Red Hat, SUSE, Azure Linux and others. One database of all installed packages, in one of
//! three formats, each of which keeps the same thing: a header for each package.
//!
//! Source: where they lie and what a package is called, as syft has it; otherwise as `rpm -qa` prints it,
//! which also lists the keys that packages are signed with (`gpg-pubkey`).
//! - The first bytes say which format it is, not the name: `Packages` has been two of them.
//! - A page, slot or header that cannot be read costs what it holds. There is one warning a file, about the
//!   first that was met.
//! - What packages take in memory is bounded by the file (`HeaderCollector`): headers may neither overlap nor say
//!   the same name a million times.
//! - SQLite's write-ahead log is another file, and is not read. rpm empties it whenever it closes the
//!   database, so one that is not empty gets a warning.

mod bdb;
mod bytes;
mod collector;
mod header;
mod manifest;
mod ndb;
mod sqlite;

use crate::analysis::packages::cataloger::{Candidate, Cataloger};
use crate::analysis::packages::package::FileFacts;
use crate::problem::Problem;
use collector::HeaderCollector;

pub const CATALOGER: Cataloger = Cataloger { name: "rpm", wants, read };

const MANIFEST: &str = "var/lib/rpmmanifest/container-manifest-2";
const LOG: &str = "rpmdb.sqlite-wal";

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

fn read(file: &Candidate<'_>, bytes: &[u8]) -> FileFacts {
    if file.is_at(MANIFEST) {
        return FileFacts { packages: manifest::read(bytes), ..FileFacts::default() };
    }
    if file.name() == LOG.as_bytes() {
        let warning = Problem::new(
            "package-database-log",
            "The package database's write-ahead log is not read: changes that only it holds are not shown.",
        );
        let warning = warning.expected("an empty log beside the database");
        return FileFacts {
            warnings: vec![warning.found(format!("{} bytes", bytes.len()))],
            ..FileFacts::default()
        };
    }
    let mut found = HeaderCollector::new(bytes.len());
    match bytes {
        [b'S', b'Q', b'L', ..] => sqlite::read(bytes, &mut found),
        [b'R', b'p', b'm', b'P', ..] => ndb::read(bytes, &mut found),
        [] => {}
        _ => bdb::read(bytes, &mut found),
    }
    found.facts()
}

#[cfg(test)]
mod tests;
