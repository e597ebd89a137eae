//! A database and its log that SQLite wrote: see tests/fixtures/packages/rpm/README.md.

use super::tests::{candidate, catalog, listed, own};
use super::*;

#[test]
fn the_committed_pages_of_a_log_are_laid_over_the_database() {
    let database = own("wal.sqlite.gz");
    assert_eq!(listed(&catalog(&database)), ["first\t1-1", "second\t1-1", "third\t1-1"]);
    let log = candidate("var/lib/rpm/rpmdb.sqlite-wal");
    assert!(wants(&log) && !wants(&Candidate { size: 0, ..log }));
    let bytes = own("wal.sqlite-wal.gz");
    let beside = base64::decode(read(&log, &bytes).log).unwrap();
    let file = Candidate { beside: &beside, ..candidate("var/lib/rpm/rpmdb.sqlite") };
    let found = read(&file, &database);
    assert_eq!(found.warnings, []);
    let mut want: Vec<String> = (0..60).map(|number| format!("new{number}\t1-1")).collect();
    want.extend(["first\t2-1".to_owned(), "third\t1-1".to_owned()]);
    want.sort();
    assert_eq!(listed(&found), want, "what was never committed does not count");
}

#[test]
fn a_log_counts_up_to_the_last_transaction_whose_checksums_are_right() {
    let log = candidate("var/lib/rpm/rpmdb.sqlite-wal");
    let bytes = own("wal.sqlite-wal.gz");
    let whole = read(&log, &bytes).log;
    // Ten frames of 24 and 1024 bytes after a header of 32.
    let transaction = 32 + 10 * 1048;
    for (end, want) in [(transaction, &whole[..]), (transaction - 1, ""), (32, "")] {
        let facts = read(&log, &bytes[..end]);
        assert_eq!((&facts.log[..], facts.warnings.len()), (want, 0), "{end} bytes");
    }
    for place in [40, 48, 100, transaction - 1] {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert_eq!(read(&log, &changed), CatalogFacts::default(), "byte {place}");
    }
    for header in [&b"7\x7f\x06\x82"[..], b"", &[0; 64]] {
        let found = read(&log, header);
        assert_eq!((&found.log[..], &found.warnings[0].code[..]), ("", "package-database-log"));
    }
}

#[test]
fn a_log_of_another_database_gives_a_warning() {
    let beside = base64::decode(
        read(&candidate("var/lib/rpm/rpmdb.sqlite-wal"), &own("wal.sqlite-wal.gz")).log,
    );
    let beside = beside.unwrap();
    let file = Candidate { beside: &beside, ..candidate("var/lib/rpm/rpmdb.sqlite") };
    let other = own("small-pages.sqlite.gz");
    let found = read(&file, &other);
    assert_eq!(listed(&found), listed(&catalog(&other)));
    assert_eq!(found.warnings[0].code, "package-database-log");
    let damaged = Candidate { beside: b"\xff\xff", ..file };
    assert_eq!(read(&damaged, &other).warnings[0].code, "package-database-log");
}
