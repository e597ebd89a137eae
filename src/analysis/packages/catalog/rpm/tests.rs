//! Databases that rpm made, compared with `rpm -qa` and syft.

use super::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

pub fn own(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packages/rpm");
    let mut bytes = std::fs::read(folder.join(name)).unwrap();
    if name.ends_with(".gz") {
        let packed = std::mem::take(&mut bytes);
        flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut bytes).unwrap();
    }
    bytes
}

fn shared(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures").join(name)
}

pub fn candidate(path: &'static str) -> Candidate<'static> {
    Candidate { size: 1, ..Candidate::at(path.as_bytes()) }
}

pub fn catalog(bytes: &[u8]) -> CatalogFacts {
    read(&candidate("var/lib/rpm/Packages"), bytes)
}

/// `NAME VERSION` of each.
pub fn listed(facts: &CatalogFacts) -> Vec<String> {
    let mut all: Vec<String> = facts
        .packages
        .iter()
        .map(|package| format!("{}\t{}", package.name, package.version))
        .collect();
    all.sort();
    all
}

/// The members of all layers of an OCI archive; a later layer's members replace those of earlier ones.
fn merged(archive: &Path) -> BTreeMap<String, Vec<u8>> {
    let members = |bytes: &mut dyn Read| {
        let mut archive = tar::Archive::new(bytes);
        let entries = archive.entries().unwrap().map(|entry| {
            let mut entry = entry.unwrap();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            (String::from_utf8_lossy(&entry.path_bytes()).into_owned(), bytes)
        });
        entries.collect::<BTreeMap<String, Vec<u8>>>()
    };
    let files = members(&mut std::fs::File::open(archive).unwrap());
    let blob = |digest: &Value| {
        let digest = digest["digest"].as_str().unwrap().replace(':', "/");
        files[&format!("blobs/{digest}")].as_slice()
    };
    let index: Value = serde_json::from_slice(&files["index.json"]).unwrap();
    let manifest: Value = serde_json::from_slice(blob(&index["manifests"][0])).unwrap();
    let layers = manifest["layers"].as_array().unwrap().iter();
    layers.flat_map(|layer| members(&mut flate2::read::GzDecoder::new(blob(layer)))).collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn databases_of_all_three_formats_have_what_syft_finds() {
    let facts = std::fs::read(shared("facts.json")).unwrap();
    let facts: Value = serde_json::from_slice(&facts).unwrap();
    for (name, path, count) in [
        ("rpm-sqlite.podman.oci.tar", "usr/lib/sysimage/rpm/rpmdb.sqlite", 4),
        ("rpm-ndb.podman.oci.tar", "usr/lib/sysimage/rpm/Packages.db", 35),
        ("rpm-bdb.podman.oci.tar", "var/lib/rpm/Packages", 1),
    ] {
        assert!(wants(&candidate(path)));
        let found = read(&candidate(path), &merged(&shared(name))[path]);
        assert_eq!(found.warnings, [], "{name}");
        let syft = facts["archives"][name]["syft"]["packages"].as_array().unwrap();
        let syft: Vec<&str> =
            syft.iter().map(|line| line.as_str().unwrap().strip_prefix("rpm\t").unwrap()).collect();
        assert_eq!(
            (listed(&found), syft.len()),
            (syft.iter().map(|l| (*l).to_owned()).collect(), count)
        );
        if let Some(installed) = facts["packages"][name]["rpm"]["installed"].as_array() {
            let lines = found
                .packages
                .iter()
                .map(|p| format!("{}\t{}\t{}", p.name, p.version, p.architecture));
            let mut lines: Vec<String> = lines.collect();
            lines.sort();
            assert_eq!(
                lines,
                installed.iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>()
            );
        }
    }
}

/// The output of `rpm -qa` for the packages in the fixtures, by column name.
const COLUMNS: [&str; 9] =
    ["name", "version", "architecture", "source", "size", "vendor", "packager", "license", "url"];

#[test]
fn every_database_gives_what_rpm_prints() {
    let qa = String::from_utf8(own("rpm-qa.txt")).unwrap();
    let ql = String::from_utf8(own("rpm-ql.txt.gz")).unwrap();
    for name in
        ["rpmdb.sqlite.gz", "small-pages.sqlite.gz", "Packages.big-endian.gz", "Packages.db.gz"]
    {
        let mut found = catalog(&own(name));
        assert_eq!(found.warnings, [], "{name}");
        found.packages.sort_by(|a, b| a.name.cmp(&b.name));
        assert_eq!(found.packages.len(), qa.lines().count(), "{name}");
        for (package, line) in found.packages.iter().zip(qa.lines()) {
            let fields = line.split('\t').map(|field| if field == "(none)" { "" } else { field });
            let reported: BTreeMap<&str, &str> = COLUMNS.into_iter().zip(fields).collect();
            let supplier = if reported["vendor"].is_empty() {
                reported["packager"]
            } else {
                reported["vendor"]
            };
            let size = package.size.unwrap_or(0).to_string();
            for (column, value) in [
                ("name", &package.name),
                ("version", &package.version),
                ("architecture", &package.architecture),
                ("size", &size),
                ("license", &package.licenses.concat()),
                ("url", &package.homepage),
            ] {
                assert_eq!(value, reported[column], "{name}: {column} of {line}");
            }
            assert_eq!(package.supplier, supplier, "{name}: {line}");
            let purl = crate::analysis::packages::purl::write(package, None);
            let upstream = purl.split_once("upstream=").map_or("", |(_, file)| file);
            assert_eq!(upstream.replace("%5E", "^"), reported["source"], "{name}: {line}");
        }
        let all = found.packages.iter();
        let paths = all.flat_map(|p| p.files.iter().map(|file| format!("{}\t/{file}", p.name)));
        let mut paths: Vec<String> = paths.collect();
        paths.sort();
        assert_eq!(
            paths,
            ql.lines().filter(|line| !line.ends_with("(none)")).collect::<Vec<_>>(),
            "{name}"
        );
    }
}

#[test]
fn a_package_is_what_syft_finds() {
    let found = catalog(&own("dive.Packages"));
    assert_eq!(found.warnings, []);
    let [package] = &found.packages[..] else { panic!("{:?}", found.packages) };
    assert_eq!(
        crate::analysis::packages::purl::write(package, None),
        "pkg:rpm/dive@0.9.2-1?arch=x86_64&upstream=dive-0.9.2-1.src.rpm"
    );
    assert_eq!(
        (package.size, &package.files[..]),
        (Some(12_406_784), &["usr/local/bin/dive".to_owned()][..])
    );
    assert_eq!(
        (&package.licenses[..], package.supplier.as_str()),
        (&["MIT".to_owned()][..], "Alex Goodman")
    );
}

#[test]
fn a_manifest_of_more_packages_than_are_read_gives_a_warning() {
    let line = "a\t1-1\t0\t0\tv\t(none)\t1\tx86_64\t0\ta\n";
    for (count, warnings) in [(100_000, 0), (100_001, 1)] {
        let found = read(&candidate(MANIFEST), line.repeat(count).as_bytes());
        assert_eq!((found.packages.len(), found.warnings.len()), (100_000, warnings));
    }
}

#[test]
fn a_manifest_instead_of_a_database_has_what_syft_finds() {
    let file = candidate(MANIFEST);
    assert!(wants(&file));
    let found = read(&file, &own("container-manifest-2"));
    let purls: Vec<String> =
        found.packages.iter().map(|p| crate::analysis::packages::purl::write(p, None)).collect();
    assert_eq!(
        purls,
        [
            "pkg:rpm/mariner-release@2.0-12.cm2?arch=noarch&upstream=mariner-release-2.0-12.cm2.src.rpm",
            "pkg:rpm/filesystem@1.1-9.cm2?arch=x86_64&upstream=filesystem-1.1-9.cm2.src.rpm",
            "pkg:rpm/glibc@2.35-2.cm2?arch=x86_64&upstream=glibc-2.35-2.cm2.src.rpm",
            "pkg:rpm/openssl-libs@1.1.1k-15.cm2?arch=x86_64&upstream=openssl-1.1.1k-15.cm2.src.rpm",
            "pkg:rpm/vim@9.0-1.cm2?arch=x86_64&epoch=2&upstream=vim-9.0-1.cm2.src.rpm",
        ]
    );
    assert_eq!(found.packages[4].version, "2:9.0-1.cm2");
}

#[test]
fn databases_are_where_syft_looks_for_them() {
    for folder in ["var/lib/rpm", "usr/share/rpm", "usr/lib/sysimage/rpm", "rootfs/var/lib/rpm"] {
        for name in ["Packages", "Packages.db", "rpmdb.sqlite"] {
            let path = format!("{folder}/{name}");
            assert!(wants(&Candidate { path: path.as_bytes(), ..candidate("") }), "{path}");
        }
    }
    for path in ["var/lib/rpm/Basenames", "rpm/Packages", "xvar/lib/rpm/Packages", "Packages"] {
        assert!(!wants(&candidate(path)), "{path}");
    }
}

/// Names in `all` that are not in `some`.
fn lost(all: &CatalogFacts, some: &CatalogFacts) -> Vec<String> {
    let some = listed(some);
    listed(all).into_iter().filter(|line| !some.contains(line)).collect()
}

#[track_caller]
fn damaged(found: &CatalogFacts) -> &Problem {
    let [problem] = &found.warnings[..] else { panic!("{:?}", found.warnings) };
    assert_eq!(problem.code, "package-database-damaged");
    assert!(problem.expected.is_some() && problem.found.is_some() && problem.offset.is_some());
    problem
}

/// Copies of the database, each with one page (of `size` bytes) overwritten by 0xff, except the first page.
fn overwritten(name: &str, page: usize) -> impl Iterator<Item = (usize, Vec<u8>)> {
    let bytes = own(name);
    (page..bytes.len()).step_by(page).map(move |start| {
        let mut bytes = bytes.clone();
        let end = bytes.len().min(start + page);
        bytes[start..end].fill(0xff);
        (start, bytes)
    })
}

#[test]
fn an_overwritten_page_costs_only_what_it_holds() {
    // The number of pages that locate the others: the root of the tree and the table of tables; the two
    // pages of the hash. Each other page holds part of a header, or a few whole ones. (The first page is
    // not overwritten.)
    for (name, above) in
        [("rpmdb.sqlite.gz", 2), ("Packages.big-endian.gz", 2), ("Packages.db.gz", 0)]
    {
        let whole = catalog(&own(name));
        let (mut some, mut many) = (0, 0);
        for (offset, bytes) in overwritten(name, 4096) {
            let found = catalog(&bytes);
            let lost = lost(&whole, &found).len();
            let warned =
                lost == 0 || damaged(&found).offset.is_some_and(|at| at < bytes.len() as u64);
            assert!(warned, "{name}, page at {offset}: {lost} lost");
            some += usize::from(lost > 0);
            many += usize::from(lost > 3);
        }
        assert!(many == above && some > 30, "{name}: {some} pages cost something, {many} much");
    }
}

#[test]
fn a_truncated_database_gives_what_is_there_and_a_warning() {
    for name in ["small-pages.sqlite.gz", "Packages.big-endian.gz", "Packages.db.gz"] {
        let bytes = own(name);
        let whole = catalog(&bytes);
        let found = catalog(&bytes[..bytes.len() / 2]);
        damaged(&found);
        assert!(
            !found.packages.is_empty() && found.packages.len() < whole.packages.len(),
            "{name}"
        );
    }
    damaged(&catalog(b"neither of the three"));
    assert_eq!(catalog(b""), CatalogFacts::default());
}

#[test]
fn a_chain_of_pages_that_loops_ends() {
    let mut sqlite = own("small-pages.sqlite.gz");
    let mut bdb = own("Packages.big-endian.gz");
    // Every page of a chain names itself as the next.
    for (number, page) in sqlite.chunks_mut(512).enumerate().filter(|(_, page)| page[0] == 0) {
        page[..4].copy_from_slice(&(number as u32 + 1).to_be_bytes());
    }
    for (number, page) in bdb.chunks_mut(4096).enumerate().filter(|(_, page)| page[25] == 7) {
        page[16..20].copy_from_slice(&(number as u32).to_be_bytes());
        // Otherwise the first page could hold the whole header.
        page[22..24].copy_from_slice(&10_u16.to_be_bytes());
    }
    for bytes in [sqlite, bdb] {
        damaged(&catalog(&bytes));
    }
}

/// An NDB database in which every slot points to the same blob.
fn ndb(slots: u32, blob: &[u8]) -> Vec<u8> {
    let pages = (slots + 2).div_ceil(256);
    let number = |value: u32| value.to_le_bytes();
    let mut bytes = [*b"RpmP", number(0), number(1), number(pages)].concat();
    bytes.resize(32, 0);
    let blocks = (16 + blob.len() as u32 + 12).div_ceil(16);
    for slot in 2..pages * 256 {
        let first = if slot < slots + 2 { pages * 256 } else { 0 };
        bytes.extend([*b"Slot", number(1), number(first), number(blocks)].concat());
    }
    bytes.extend([*b"BlbS", number(1), number(1), number(blob.len() as u32)].concat());
    bytes.extend(blob);
    bytes.resize((pages * 256 + blocks) as usize * 16, 0);
    bytes
}

/// A header of entries: tag, type, count and data.
fn header(entries: &[(u32, u32, u32, &[u8])]) -> Vec<u8> {
    let (mut index, mut store) = (Vec::new(), Vec::new());
    for &(tag, kind, count, data) in entries {
        let offset = store.len() as u32;
        index.extend([tag, kind, offset, count].map(u32::to_be_bytes).concat());
        store.extend(data);
    }
    [&(entries.len() as u32).to_be_bytes(), &(store.len() as u32).to_be_bytes(), &index[..], &store]
        .concat()
}

#[test]
fn a_header_with_many_slots_is_read_as_often_as_it_fits_into_the_file() {
    let bomb = header(&[(1000, 6, 1, b"a\0"), (1001, 6, 1, b"1\0"), (1014, 6, 1, &[b'x'; 30_000])]);
    let bytes = ndb(5000, &bomb);
    let found = catalog(&bytes);
    damaged(&found);
    assert!(found.packages.len() <= bytes.len() / bomb.len());
}

#[test]
fn a_directory_of_a_million_files_takes_no_more_than_the_file_allows() {
    let directory = [&[b'd'; 50_000][..], b"\0"].concat();
    let many = header(&[
        (1000, 6, 1, b"a\0"),
        (1001, 6, 1, b"1\0"),
        (1116, 4, 50_000, &[0; 200_000]),
        (1117, 8, 50_000, &b"f\0".repeat(50_000)),
        (1118, 8, 1, &directory),
    ]);
    let mut text = 4 * many.len();
    let (package, problem) = header::package(&many, &mut text).unwrap();
    assert!(problem.is_some_and(|problem| problem.contains("1117")));
    assert!((1..100).contains(&package.files.len()), "{}", package.files.len());
}

#[test]
fn the_installed_entry_of_a_repeated_tag_counts() {
    let twice = header(&[
        (1000, 6, 1, b"name\0"),
        (1001, 6, 1, b"1\0"),
        (1002, 6, 1, b"1.old\0"),
        (1002, 6, 1, b"1.new\0"),
    ]);
    let (package, problem) = header::package(&twice, &mut 1000).unwrap();
    assert_eq!((&package.version[..], problem), ("1-1.new", None));
}
