//! Packages through the layers: which layer added or removed them, and which package owns each file. The
//! images are made by hand from lines of real databases, as no tool creates all of these cases.

use layerscope::session::query::{
    Answers, Cell, File, Leads, Package, Packages, Table, TableAsk, TableRow,
};
use layerscope::session::{Session, drive, memory::Memory};
use serde_json::Value;

type Members<'a> = &'a [(&'a str, &'a str)];

/// A tar of these files; one whose content begins with `->` is a symbolic link.
fn tar(members: Members<'_>) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        if let Some(target) = content.strip_prefix("->") {
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            builder.append_link(&mut header, name, target).unwrap();
        } else {
            header.set_size(content.len() as u64);
            builder.append_data(&mut header, name, content.as_bytes()).unwrap();
        }
    }
    builder.into_inner().unwrap()
}

fn session(layers: &[Members<'_>]) -> Session {
    let names: Vec<String> = (0..layers.len()).map(|at| format!("l{at}")).collect();
    let manifest = format!(r#"[{{"Config":"c","Layers":{}}}]"#, Value::from(names.clone()));
    let mut builder = tar::Builder::new(Vec::new());
    let mut add = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        builder.append_data(&mut header, name, bytes).unwrap();
    };
    add("c", b"{}");
    add("manifest.json", manifest.as_bytes());
    for (name, members) in names.iter().zip(layers) {
        add(name, &tar(members));
    }
    let source = Memory::one(builder.into_inner().unwrap());
    let mut session = drive::open("x", &source).unwrap();
    drive::finish_image(&mut session, &source, 1).unwrap();
    session
}

fn table(session: &mut Session, layers: &str, show: &str, group: &str) -> Table {
    let ask = TableAsk {
        layers: layers.into(),
        show: show.into(),
        group: group.into(),
        count: 100,
        ..TableAsk::default()
    };
    session.packages(Packages { ask }).unwrap()
}

/// Name, version and layer of each row, with a `-` before removed packages.
fn rows(session: &mut Session, layers: &str) -> Vec<String> {
    let line = |row: &TableRow| {
        let [Cell::Text(name), Cell::Code(version), .., Cell::Layer(layer, _), _] = &row.cells[..]
        else {
            panic!("{row:?}")
        };
        let gone = if row.gone { "-" } else { "" };
        format!("{gone}{name} {version} {layer}")
    };
    table(session, layers, "", "").rows.iter().map(line).collect()
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
fn a_package_has_the_layer_that_added_it() {
    let mut session = upgraded();
    let want = ["-curl 8.5.0-r0 3", "musl 1.2.4-r2 1", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&mut session, ""), want);
}

#[test]
fn up_to_a_layer_packages_are_those_installed_then() {
    let mut session = upgraded();
    assert_eq!(rows(&mut session, "..1"), ["musl 1.2.4-r2 1", "zlib 1.2.13-r1 1"]);
    let want = ["curl 8.5.0-r0 2", "musl 1.2.4-r2 1", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&mut session, "..2"), want);
}

#[test]
fn a_layer_alone_shows_what_it_installed_and_removed() {
    let mut session = upgraded();
    let want = ["curl 8.5.0-r0 2", "-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"];
    assert_eq!(rows(&mut session, "2"), want);
    assert_eq!(rows(&mut session, "3"), ["-curl 8.5.0-r0 3"]);
    assert_eq!(rows(&mut session, "2..3"), ["-zlib 1.2.13-r1 2", "zlib 1.3.1-r0 2"]);
}

#[test]
fn the_report_says_which_packages_are_removed() {
    let mut session = upgraded();
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
    let mut session = upgraded();
    let rows = table(&mut session, "2", "unowned", "").rows;
    let paths: Vec<_> = rows.iter().map(|row| &row.cells[0]).collect();
    // No package owns the database, which the next layer wrote again.
    assert_eq!(
        paths,
        [&Cell::Code("/lib/apk/db/installed".into()), &Cell::Code("/srv/app".into())]
    );
    let all = table(&mut session, "", "unowned", "").rows.len();
    assert_eq!(all, 2);
}

#[test]
fn a_package_links_to_its_files_and_a_file_to_its_package() {
    let mut session = upgraded();
    let key = "pkg:apk/zlib@1.3.1-r0?arch=x86_64".to_owned();
    let details = session.package(Package { key: key.clone() }).unwrap();
    let files = details.lists.iter().find(|list| list.name == "Files").unwrap();
    assert_eq!(files.rows[0].leads, Leads::File("/lib/libz.so".into(), 0));
    assert_eq!(files.total, 1);
    let facts = session.file(File { path: "/lib/libz.so".into(), layers: String::new() }).unwrap();
    assert_eq!((&facts.packages[0].key, facts.packages[0].owns), (&key, true));
}

#[test]
fn a_file_has_an_owner_under_any_path_that_its_package_uses() {
    let curl = "P:curl\nV:8.5.0-r0\nA:x86_64\nF:bin\nR:curl\n\n";
    let members: Members<'_> = &[(DB, curl), ("bin", "->usr/bin"), ("usr/bin/curl", "12")];
    let mut session = session(&[members]);
    let facts = session.file(File { path: "/usr/bin/curl".into(), layers: String::new() }).unwrap();
    assert_eq!(facts.packages[0].name, "curl 8.5.0-r0");
}

#[test]
fn a_group_has_a_head_with_the_number_of_its_rows() {
    let mut session = upgraded();
    let table = table(&mut session, "", "installed", "layer");
    let heads: Vec<_> = table.rows.iter().filter(|row| row.head).collect();
    assert_eq!(heads.len(), 2);
    assert_eq!(heads[0].cells[1], Cell::Count(1));
    assert_eq!(table.rows.len(), 4);
}

#[test]
fn one_package_found_twice_is_one_row_with_two_places() {
    let lists: Members<'_> = &[(DB, MUSL), ("srv/root/lib/apk/db/installed", MUSL)];
    let mut session = session(&[lists]);
    assert_eq!(rows(&mut session, ""), ["musl 1.2.4-r2 1"]);
    let key = "pkg:apk/musl@1.2.4-r2?arch=x86_64".to_owned();
    let details = session.package(Package { key }).unwrap();
    assert_eq!(details.lists[0].total, 2);
}

#[test]
fn a_package_whose_file_is_overlaid_by_another_is_removed() {
    let mut session = session(&[&[(DB, MUSL)], &[(DB, "")]]);
    assert_eq!(rows(&mut session, ""), ["-musl 1.2.4-r2 2"]);
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
    let mut session = session(&[members]);
    assert_eq!(rows(&mut session, ""), ["musl 1.2.4-r2 1"]);
}

#[test]
fn a_large_file_in_a_compressed_layer_is_found() {
    use flate2::write::GzEncoder;
    use std::io::Write;
    let database = large();
    let mut layer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    layer.write_all(&tar(&[("etc/first", "1"), (DB, &database)])).unwrap();
    let source = Memory::one(layer.finish().unwrap());
    let mut session = drive::open("layer.tar.gz", &source).unwrap();
    drive::finish_image(&mut session, &source, 1).unwrap();
    assert_eq!(rows(&mut session, ""), ["musl 1.2.4-r2 1"]);
}
