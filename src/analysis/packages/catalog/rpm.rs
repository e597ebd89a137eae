//! rpm: Fedora, Red Hat, SUSE, Azure Linux and others. One database of all installed packages in one of
//! three formats. All three store the same thing: a header for each package.
//!
//! Source: paths and package names as in syft, otherwise as `rpm -qa` prints them. That also lists the keys
//! that sign packages (`gpg-pubkey`).
//! - The first bytes decide the format, not the name: `Packages` may be one of two formats.
//! - A page, slot or header that cannot be read costs only what it holds. Each file gives at most one
//!   warning, about the first damage.
//! - The size of the file bounds the memory for its packages (`HeaderCollector`): headers must not overlap,
//!   and cannot repeat one name a million times.
//! - SQLite's write-ahead log is a separate file and is not read. rpm empties it when it closes the
//!   database, so a log that is not empty gives a warning.

mod bdb;
mod bytes;
mod collector;
mod header;
mod manifest;
mod ndb;
mod sqlite;

use crate::analysis::packages::cataloger::{Candidate, Cataloger};
use crate::analysis::packages::package::CatalogFacts;
use crate::problem::Problem;
use crate::text::byte_count;
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

fn read(file: &Candidate<'_>, bytes: &[u8]) -> CatalogFacts {
    if file.is_at(MANIFEST) {
        return CatalogFacts { packages: manifest::read(bytes), ..CatalogFacts::default() };
    }
    if file.name() == LOG.as_bytes() {
        let warning = Problem::new(
            "package-database-log",
            "The package database's write-ahead log is not read: changes that are only in the log are missing.",
        );
        let warning = warning.expected("an empty log beside the database");
        return CatalogFacts {
            warnings: vec![warning.found(byte_count(bytes.len() as u64))],
            ..CatalogFacts::default()
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
