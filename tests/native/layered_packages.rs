//! Packages through the layers: which layer added or removed them, and which package owns each file. The
//! images are made by hand from lines of real databases, as no tool creates all of these cases.

use crate::{made, sessions};
use layerscope::protocol::{
    AnswersQueries, FileDetails, FileFacts, FileRelation, GroupHead, GroupLabel, LinkPath,
    PackageColumn, PackageCounts, PackageDetails, PackageFacts, PackageGroup, PackageRow,
    PackageShow, PackageTable, Packages, RowRange, SinceInstalled, Sort, TableLine, TablePart,
    UnownedFiles, UnownedRow, UnownedTable,
};
use layerscope::selection::LayerSelection;
use layerscope::session::{Session, native::Memory};
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use serde_json::Value;

const FIRST: ImagePosition = ImagePosition(0);

type Members<'a> = &'a [(&'a str, &'a str)];

fn session(layers: &[Members<'_>]) -> Session {
    let layers: Vec<Vec<u8>> = layers.iter().map(|members| made::texts(members)).collect();
    sessions::read(&Memory::one(made::docker(&layers)))
}

fn query(layers: &str) -> PackageTable {
    PackageTable {
        layers: LayerSelection::parse(layers).unwrap(),
        rows: RowRange { first: 0, count: 100 },
        ..PackageTable::default()
    }
}

fn part(session: &Session, table: PackageTable) -> TablePart<PackageRow> {
    session.packages(Packages { table }).unwrap()
}

/// Name, version and layer of each row; a `-` before what is removed.
fn shown(part: &TablePart<PackageRow>) -> Vec<String> {
    let line = |line: &TableLine<PackageRow>| match line {
        TableLine::Row(row) => {
            let removed = if row.removed { "-" } else { "" };
            format!("{removed}{} {} {}", row.name, row.version, row.layer.number)
        }
        TableLine::Head(head) => format!("{:?}: {}", head.label, head.rows),
    };
    part.lines.iter().map(line).collect()
}

fn rows(session: &Session, layers: &str) -> Vec<String> {
    shown(&part(session, query(layers)))
}

fn file(session: &Session, path: &str) -> FileFacts {
    let (path, layers) = (LinkPath(path.into()), LayerSelection::All);
    session.file_details(FileDetails { image: FIRST, path, layers }).unwrap()
}

fn details(session: &Session, key: &str) -> PackageFacts {
    session.package_details(PackageDetails { image: FIRST, key: key.into() }).unwrap()
}

fn unowned(session: &Session, layers: &str) -> Vec<String> {
    let layers = LayerSelection::parse(layers).unwrap();
    let rows = RowRange { first: 0, count: 100 };
    let table = UnownedTable { layers, rows, ..UnownedTable::default() };
    let part = session.unowned_files(UnownedFiles { table }).unwrap();
    let row = |line: TableLine<UnownedRow>| match line {
        TableLine::Row(row) => format!("{} {} {}", row.shown, row.size, row.layer.number),
        TableLine::Head(head) => panic!("{head:?}"),
    };
    part.lines.into_iter().map(row).collect()
}

const DB: &str = "lib/apk/db/installed";
const MUSL: &str = "P:musl\nV:1.2.4-r2\nA:x86_64\nF:lib\nR:libc.so\n\n";
const ZLIB_OLD: &str = "P:zlib\nV:1.2.13-r1\nA:x86_64\nF:lib\nR:libz.so\n\n";
const ZLIB_NEW: &str = "P:zlib\nV:1.3.1-r0\nA:x86_64\nF:lib\nR:libz.so\n\n";
const CURL: &str = "P:curl\nV:8.5.0-r0\nA:x86_64\nF:usr/bin\nR:curl\n\n";

/// A base, an upgrade with an addition, and a removal.
fn upgraded() -> Session {
    let first = [MUSL, ZLIB_OLD].concat();
    let second = [MUSL, ZLIB_NEW, CURL].concat();
    let third = [MUSL, ZLIB_NEW].concat();
    session(&[
        &[(DB, &first), ("lib/libc.so", "12345"), ("lib/libz.so", "123")],
        &[(DB, &second), ("lib/libz.so", "1234"), ("usr/bin/curl", "12"), ("srv/app", "1")],
        &[(DB, &third), ("usr/bin/.wh.curl", "")],
    ])
}

#[test]
fn a_package_stands_with_the_layer_that_brought_it() {
    let session = upgraded();
    let want = ["-curl 8.5.0-r0 3", "musl 1.2.4-r2 1", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&session, ""), want);
}

#[test]
fn a_program_found_by_its_version_names_the_package_that_owns_its_file() {
    let bash = "P:bash\nV:5.2.15-r0\nA:x86_64\nF:bin\nR:bash\n\n";
    let program = format!("\x7fELF{}\0@(#)Bash version 5.2.15(1) release GNU\0", "\0".repeat(60));
    let session = session(&[
        &[(DB, bash), ("bin/bash", &program), ("opt/bin/bash", &program)],
        &[("opt/.wh.bin", "")],
    ]);
    let row = |line| match line {
        TableLine::Row(PackageRow { kind, part_of, .. }) => format!("{kind} {part_of}"),
        TableLine::Head(head) => panic!("{head:?}"),
    };
    let rows: Vec<_> = part(&session, query("")).lines.into_iter().map(row).collect();
    assert_eq!(rows, ["apk ", "generic bash"]);
}

#[test]
fn up_to_a_layer_there_is_what_was_installed_then() {
    let session = upgraded();
    assert_eq!(rows(&session, "..1"), ["musl 1.2.4-r2 1", "zlib 1.2.13-r1 1"]);
    let want = ["curl 8.5.0-r0 2", "musl 1.2.4-r2 1", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&session, "..2"), want);
}

#[test]
fn a_layer_alone_shows_what_it_installed_and_removed() {
    let session = upgraded();
    let want = ["curl 8.5.0-r0 2", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&session, "2"), want);
    assert_eq!(rows(&session, "3"), ["-curl 8.5.0-r0 3"]);
    assert_eq!(rows(&session, "2..3"), ["-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"]);
}

#[test]
fn the_report_says_which_packages_are_removed() {
    let session = upgraded();
    let report: Value = serde_json::from_str(&session.report(None).unwrap()).unwrap();
    let packages = report["images"][0]["packages"].as_array().unwrap();
    let removed = packages.iter().filter(|package| package["removed"] == true);
    let removed: Vec<_> = removed.map(|package| package["purl"].as_str().unwrap()).collect();
    assert_eq!(
        removed,
        ["pkg:apk/curl@8.5.0-r0?arch=x86_64", "pkg:apk/zlib@1.2.13-r1?arch=x86_64"]
    );
}

#[test]
fn files_of_no_package_are_listed_with_their_layer() {
    let session = upgraded();
    // The database is nobody's, and was written again by the layer after.
    assert_eq!(unowned(&session, "2"), ["/lib/apk/db/installed 133 2", "/srv/app 1 2"]);
    assert_eq!(unowned(&session, "..1").len(), 1);
    assert_eq!(unowned(&session, "").len(), 2);
}

#[test]
fn a_package_leads_to_its_files_and_a_file_to_its_package() {
    let session = upgraded();
    let key = "pkg:apk/zlib@1.3.1-r0?arch=x86_64";
    let package = details(&session, key);
    assert_eq!((package.file_count, package.files[0].path.0.as_str()), (1, "/lib/libz.so"));
    assert_eq!(package.files[0].size, 4);
    let owner = &file(&session, "/lib/libz.so").packages[0];
    assert_eq!(owner.key, key);
    assert!(matches!(owner.relation, FileRelation::Owner { .. }), "{owner:?}");
    let database = file(&session, "/lib/apk/db/installed");
    let named = (database.named_packages, database.packages.len());
    assert_eq!(named, (4, 4), "{:?}", database.packages);
    assert!(database.packages.iter().all(|one| one.relation == FileRelation::Names));
}

/// What is said about a file that one layer removes and has again with the same content.
fn session_of_replaced() -> SinceInstalled {
    let session = session(&[
        &[(DB, MUSL), ("lib/libc.so", "12345")],
        &[("lib/.wh..wh..opq", ""), ("lib/libc.so", "12345"), (DB, MUSL)],
    ]);
    match file(&session, "/lib/libc.so").packages[0].relation {
        FileRelation::Owner { since } => since,
        FileRelation::Names => panic!("it is a file"),
    }
}

#[test]
fn a_file_says_whether_a_layer_changed_it_after_its_package_was_installed() {
    let database = [MUSL, ZLIB_OLD, CURL].concat();
    let session = session(&[
        &[
            (DB, &database),
            ("lib/libc.so", "12345"),
            ("lib/libz.so", "123"),
            ("usr/bin/curl", "12"),
        ],
        &[("lib/libc.so", "12345"), ("lib/libz.so", "abc"), ("usr/bin/.wh.curl", "")],
        &[("usr/bin/curl", "12")],
    ]);
    let since = |path: &str, layers: &str| {
        let (path, layers) = (LinkPath(path.into()), LayerSelection::parse(layers).unwrap());
        let facts = session.file_details(FileDetails { image: FIRST, path, layers }).unwrap();
        match facts.packages[0].relation {
            FileRelation::Owner { since } => since,
            FileRelation::Names => panic!("{facts:?}"),
        }
    };
    let number = |number| LayerNumber::new(number).unwrap();
    let installed = number(1);
    let unchanged = SinceInstalled::Unchanged { installed };
    let changed = |by| SinceInstalled::Changed { installed, by: number(by) };
    assert_eq!(since("/lib/libc.so", ""), unchanged, "written again as it was");
    assert_eq!(since("/lib/libz.so", ""), changed(2));
    assert_eq!(since("/lib/libz.so", "..1"), unchanged);
    assert_eq!(since("/usr/bin/curl", ""), changed(3), "removed, and then there again");
    assert_eq!(since("/usr/bin/curl", "..2"), SinceInstalled::NotTold);
    // A layer that removes a path and has it again leaves it as it was.
    let replaced = session_of_replaced();
    assert_eq!(replaced, unchanged);
    // The package of that version is a later layer's.
    let upgraded = upgraded();
    let layers = LayerSelection::parse("..1").unwrap();
    let question = FileDetails { image: FIRST, path: LinkPath("/lib/libz.so".into()), layers };
    let owner = &upgraded.file_details(question).unwrap().packages[0];
    assert_eq!(owner.relation, FileRelation::Owner { since: SinceInstalled::NotTold });
}

#[test]
fn a_file_has_an_owner_under_any_path_that_its_package_uses() {
    let curl = "P:curl\nV:8.5.0-r0\nA:x86_64\nF:bin\nR:curl\n\n";
    let members: Members<'_> = &[(DB, curl), ("bin", "->usr/bin"), ("usr/bin/curl", "12")];
    let session = session(&[members]);
    let owner = &file(&session, "/usr/bin/curl").packages[0];
    assert_eq!((&*owner.name, &*owner.version), ("curl", "8.5.0-r0"));
}

#[test]
fn a_group_has_a_head_with_the_number_of_its_rows() {
    let session = upgraded();
    let (group, show) = (Some(PackageGroup::Layer), PackageShow::Installed);
    let table = part(&session, PackageTable { group, show, ..query("") });
    assert_eq!((table.total_lines, table.total_rows), (4, 2));
    let heads = table.lines.iter().filter_map(|line| match line {
        TableLine::Head(GroupHead { label: GroupLabel::Layer { number, .. }, rows, .. }) => {
            Some((number.get(), *rows))
        }
        _ => None,
    });
    assert_eq!(heads.collect::<Vec<_>>(), [(1, 1), (2, 1)]);
    let group = Some(PackageGroup::Type);
    let table = part(&session, PackageTable { group, ..query("") });
    assert_eq!(shown(&table)[0], "Text(Shown(\"apk\")): 4");
}

#[test]
fn rows_are_filtered_sorted_and_paged() {
    let session = upgraded();
    let sorted = |by, reversed| {
        shown(&part(&session, PackageTable { sort: Sort { by, reversed }, ..query("") }))
    };
    let by_name = ["-curl 8.5.0-r0 3", "musl 1.2.4-r2 1", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(sorted(PackageColumn::Name, false), by_name);
    let by_size = sorted(PackageColumn::Size, false);
    assert_eq!(by_size[..2], ["musl 1.2.4-r2 1", "zlib 1.3.1-r0 2"], "the largest first");
    assert_eq!(sorted(PackageColumn::Layer, true)[0], "-curl 8.5.0-r0 3");
    assert_eq!(sorted(PackageColumn::Version, true)[0], "-curl 8.5.0-r0 3");
    for (filter, show, want) in [
        ("ZLIB", PackageShow::Found, &by_name[2..]),
        ("apk/musl@", PackageShow::Found, &by_name[1..2]),
        ("", PackageShow::Removed, &["-curl 8.5.0-r0 3", "-zlib 1.2.13-r1 2"]),
        ("db/installed", PackageShow::Installed, &["musl 1.2.4-r2 1", "zlib 1.3.1-r0 2"]),
        ("", PackageShow::Declared, &[]),
        ("nothing", PackageShow::Found, &[]),
    ] {
        let table = PackageTable { filter: filter.into(), show, ..query("") };
        assert_eq!(shown(&part(&session, table)), want, "{filter}, {show:?}");
    }
    let table = part(&session, PackageTable { rows: RowRange { first: 1, count: 2 }, ..query("") });
    assert_eq!(
        (shown(&table), table.total_rows),
        (Vec::from([by_name[1].to_owned(), by_name[2].to_owned()]), 4)
    );
}

#[test]
fn numbers_are_those_of_the_selection() {
    let session = upgraded();
    for (layers, want) in [("", [2, 2, 0, 2]), ("..1", [2, 0, 0, 1]), ("3", [0, 1, 0, 1])] {
        let layers = LayerSelection::parse(layers).unwrap();
        let numbers = session.package_counts(PackageCounts { image: FIRST, layers }).unwrap();
        let found = [numbers.installed, numbers.removed, numbers.declared, numbers.unowned_files];
        assert_eq!(found, want, "{layers}");
        assert_eq!((numbers.unread, numbers.problems, numbers.sboms), (vec![], vec![], vec![]));
    }
}

#[test]
fn an_unknown_package_is_an_error() {
    let session = upgraded();
    let question = PackageDetails { image: FIRST, key: "pkg:apk/nothing@1".into() };
    assert_eq!(session.package_details(question).unwrap_err().code, "no-such-package");
}

#[test]
fn one_package_found_twice_is_one_row_with_two_places() {
    let lists: Members<'_> = &[(DB, MUSL), ("srv/root/lib/apk/db/installed", MUSL)];
    let session = session(&[lists]);
    assert_eq!(rows(&session, ""), ["musl 1.2.4-r2 1"]);
    let package = details(&session, "pkg:apk/musl@1.2.4-r2?arch=x86_64");
    let places: Vec<&str> = package.places.iter().map(|place| place.shown.as_str()).collect();
    assert_eq!(places, ["/lib/apk/db/installed", "/srv/root/lib/apk/db/installed"]);
}

#[test]
fn a_package_whose_file_is_overlaid_by_another_is_removed() {
    let session = session(&[&[(DB, MUSL)], &[(DB, "")]]);
    assert_eq!(rows(&session, ""), ["-musl 1.2.4-r2 2"]);
}

/// A database that comments make larger than one pass reads.
fn large() -> String {
    let line = "# ".to_owned() + &"x".repeat(1020) + "\n";
    line.repeat(33 << 10) + "\n" + MUSL
}

#[test]
fn a_file_too_large_for_the_pass_is_read_by_itself() {
    let database = large();
    assert!(database.len() > 32 << 20);
    let members: Members<'_> = &[(DB, &database)];
    let session = session(&[members]);
    assert_eq!(rows(&session, ""), ["musl 1.2.4-r2 1"]);
}

#[test]
fn a_large_file_in_a_compressed_layer_is_found() {
    let layer = made::gzip(&made::texts(&[("etc/first", "1"), (DB, &large())]));
    let session = sessions::read(&Memory::one(layer));
    assert_eq!(rows(&session, ""), ["musl 1.2.4-r2 1"]);
}
