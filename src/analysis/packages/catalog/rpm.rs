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
//! - SQLite's write-ahead log is a separate file with the newest pages. rpm empties it when it closes the
//!   database; one that is left is read together with the database (`wal.rs`).

mod bdb;
mod bytes;
mod collector;
mod header;
mod manifest;
mod ndb;
mod sqlite;
mod wal;

use crate::analysis::packages::cataloger::{Candidate, CatalogRead, Cataloger};
use crate::analysis::packages::package::{CatalogFacts, Package};
use crate::base64;
use crate::problem::Problem;
use crate::vocabulary::RecordedDigest;
use collector::HeaderCollector;

pub const CATALOGER: Cataloger = Cataloger { name: "rpm", wants, read: CatalogRead::Whole(read) };

/// The package of the header of a package file, without the header's magic number.
pub fn of_package_file(header: &[u8]) -> Option<Package> {
    header::package(header, &mut MAX_TEXTS.clone()).ok().map(|(package, _)| package)
}

/// Bytes of texts of a package file's header.
const MAX_TEXTS: usize = 16 << 20;
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
        return manifest::read(bytes);
    }
    if file.name() == LOG.as_bytes() {
        return log(bytes);
    }
    let newest = match file.beside {
        [] => None,
        log => wal::with_log(bytes, log),
    };
    let mut found = database(newest.as_deref().unwrap_or(bytes));
    if newest.is_none() && !file.beside.is_empty() {
        found.warnings.push(unread_log("a log of another database"));
    }
    found
}

/// The pages of a log, for the database that it belongs to.
fn log(bytes: &[u8]) -> CatalogFacts {
    match wal::CommittedPages::read(bytes) {
        Some(pages) if pages.is_empty() => CatalogFacts::default(),
        Some(pages) => {
            CatalogFacts { log: base64::encode(&pages.noted()), ..CatalogFacts::default() }
        }
        None => {
            let warnings = vec![unread_log("another header")];
            CatalogFacts { warnings, ..CatalogFacts::default() }
        }
    }
}

fn unread_log(found: &str) -> Problem {
    Problem::new(
        "package-database-log",
        "The package database's write-ahead log cannot be read: changes that are only in the log are missing.",
    )
    .expected("the log of the SQLite database beside it")
    .found(found)
}

fn database(bytes: &[u8]) -> CatalogFacts {
    let mut found = HeaderCollector::new(bytes.len());
    read_headers(bytes, &mut found);
    found.facts()
}

/// The digest that a database has of a package's file. It must have no write-ahead log: that has newer headers.
pub fn digest_of(bytes: &[u8], package: &str, path: &[u8]) -> Option<RecordedDigest> {
    let mut found = HeaderCollector::of_digest(bytes.len(), package, path);
    read_headers(bytes, &mut found);
    found.digest()
}

fn read_headers(bytes: &[u8], found: &mut HeaderCollector) {
    match bytes {
        [b'S', b'Q', b'L', ..] => sqlite::read(bytes, found),
        [b'R', b'p', b'm', b'P', ..] => ndb::read(bytes, found),
        [] => {}
        _ => bdb::read(bytes, found),
    }
}

#[cfg(test)]
mod log_tests;
#[cfg(test)]
mod tests;
