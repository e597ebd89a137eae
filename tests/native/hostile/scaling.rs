//! Work and memory grow with the input, and not with its square: each kind of input is read at three sizes.
//!
//! - No absolute time is used. Time is the thread's own, the least of several runs, and is compared with that of
//!   a quarter of the input: linear work takes four times as long, quadratic work sixteen times. The allocator
//!   counts memory, so that it needs no margin for others.
//! - Sizes are such that the test runs in seconds without optimisation, and below all limits: a limit hides
//!   quadratic work.

use super::counting::{Cost, cost};
use super::inspection;
use crate::fuzzing::generators;
use crate::made::{docker, tar_with, texts};
use crate::made_images::{INDEX, MANIFEST, Members, descriptor, index};
use crate::sessions;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, HEAD};
use layerscope::analysis::sbom::read;
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::matching::vulnerabilities;
use layerscope::analysis::vulnerabilities::offline::ExportMatcher;
use layerscope::analysis::vulnerabilities::vulnerability::AffectedPackage;
use layerscope::codec::{BlobPart, Checkpoints, Compression, ReadSeek};
use layerscope::layer::{FilePlace, ScanOptions, scan};
use layerscope::protocol::ContentComparison;
use layerscope::session::jobs::{self, FileRange, Job, Work};
use layerscope::session::native::Memory;
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use std::sync::Arc;
use tar::EntryType;

/// Growth that is allowed where the input is four times as large, in tenths: n log n, and what small sizes do not
/// show. Quadratic work is 160.
const TIME: u64 = 90;
const MEMORY: u64 = 55;
/// Below so much, costs that do not depend on the input decide.
const LITTLE_TIME: u64 = 4_000_000;
const LITTLE_MEMORY: u64 = 256 << 10;

/// Fails if the cost of `work` on inputs of `size`, twice and four times as much grows like a square.
fn grows_with_its_input<T, R>(
    what: &str,
    size: usize,
    make: impl Fn(usize) -> T,
    work: impl Fn(&T) -> R,
) {
    let costs: Vec<Cost> = [size, size * 2, size * 4]
        .into_iter()
        .map(|size| {
            let input = make(size);
            let runs: Vec<Cost> = (0..3).map(|_| cost(|| work(&input))).collect();
            let least = runs.iter().map(|run| run.time).min().unwrap_or(0);
            Cost { time: least, ..runs[0] }
        })
        .collect();
    let [small, _, large] = costs[..] else { unreachable!("three sizes") };
    println!("{what}: {costs:?}");
    let exceeds = |small: u64, large: u64, tenths: u64, little: u64| {
        large > little && large > small.max(little / 4) * tenths / 10
    };
    for (of, small, large, tenths, little) in [
        ("time", small.time, large.time, TIME, LITTLE_TIME),
        ("memory", small.peak, large.peak, MEMORY, LITTLE_MEMORY),
        ("allocations", small.allocated, large.allocated, MEMORY, LITTLE_MEMORY),
    ] {
        assert!(!exceeds(small, large, tenths, little), "{of} of {what}: {costs:#?}");
    }
}

/// Has the catalogers read a file that want it.
fn catalog(path: &str, bytes: &[u8]) -> usize {
    let head = Some(&bytes[..bytes.len().min(HEAD)]);
    let size = bytes.len() as u64;
    let file = Candidate { size, mode: 0o755, head, ..Candidate::at(path.as_bytes()) };
    let wanting = CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&file));
    wanting.map(|cataloger| cataloger.read(&file, bytes).packages.len()).sum()
}

/// Reads a layer whole.
fn layer(bytes: &Arc<[u8]>) -> usize {
    let source = Box::new(Cursor::new(Arc::clone(bytes)));
    let part = BlobPart::plain(0, 0, bytes.len() as u64);
    let options = ScanOptions { diff_ids: vec!["sha256".into()], ..ScanOptions::default() };
    let none = Checkpoints::default();
    scan(source, part, &none, &options, None, None, &mut |_| {}).unwrap().index.len()
}

/// Opens an image, reads everything and writes the report.
fn image(source: &Memory) -> usize {
    sessions::report(source).to_string().len()
}

fn bytes(json: Value) -> Vec<u8> {
    json.to_string().into_bytes()
}

fn query(number: usize) -> OsvQuery {
    OsvQuery { ecosystem: "npm".into(), name: format!("p{number}"), version: "1.5.0".into() }
}

/// Matches a record with a query for each of its packages, and then the packages one by one.
fn advisories((count, json): &(usize, Vec<u8>)) -> usize {
    let mut matcher = ExportMatcher::new((0..*count).map(query));
    matcher.add(b"r.json", json);
    let matched = matcher.finish("r.json");
    let found = matched.answers.iter().map(|(query, records)| {
        let package = AffectedPackage { name: query.name.clone(), ..AffectedPackage::default() };
        let records = records.iter().map(|at| (query, &matched.records[*at]));
        vulnerabilities(&package, records).len()
    });
    let found = found.sum();
    assert_eq!(found, *count);
    found
}

#[test]
fn packages_in_files_cost_no_more_than_their_bytes() {
    let many = |line: fn(usize) -> String| move |size| (0..size).map(line).collect::<String>();
    for (path, line, size) in generators::PACKAGE_LISTS {
        grows_with_its_input(path, size, many(line), |text| catalog(path, text.as_bytes()));
    }
}

/// A program of so many segments of data, each of which is the whole file.
fn elf_segments(count: usize) -> Vec<u8> {
    let long = |number: u64| number.to_le_bytes();
    let mut elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".to_vec();
    for number in [0, 64, 0] {
        elf.extend(long(number)); // entry, segments, sections
    }
    elf.extend([0, 0, 0, 0, 64, 0, 56, 0]);
    elf.extend((count as u16).to_le_bytes());
    elf.extend([64, 0, 0, 0, 0, 0]);
    let size = (64 + 56 * count) as u64;
    for _ in 0..count {
        elf.extend([1, 0, 0, 0, 6, 0, 0, 0]); // loaded, writable
        for number in [0, 4096, 4096, size, size, 8] {
            elf.extend(long(number));
        }
    }
    elf
}

#[test]
fn programs_cost_no_more_than_their_bytes() {
    let sections = |bytes: &Vec<u8>| catalog("bin/program", bytes);
    grows_with_its_input("sections", 2000, generators::elf, sections);
    grows_with_its_input("segments", 4000, elf_segments, sections);
    for (path, text) in generators::NEAR_VERSIONS {
        let nearly = |size| generators::near_versions(text, size);
        grows_with_its_input(path, 2000, nearly, |bytes| catalog(path, bytes));
    }
}

#[test]
fn archives_in_files_cost_no_more_than_their_bytes() {
    // The packages of a jar share the names of what is around them.
    let read = |bytes: &Vec<u8>| catalog("srv/a.jar", bytes);
    grows_with_its_input("a jar", 200, generators::nested_jar, read);
    // So many files that are named like archives, in archives with names as long: what is wrong with one is kept.
    let jars = |size: usize| {
        let names: Vec<String> = (0..size).map(|n| format!("{n}.jar")).collect();
        let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b""[..])).collect();
        let long = "n".repeat(16 * size) + ".jar";
        (0..2).fold(generators::zip(&entries), |inner, _| generators::zip(&[(&long, &inner)]))
    };
    grows_with_its_input("jars in a jar", 1000, jars, read);
}

#[test]
fn streams_of_nothing_cost_no_more_than_their_bytes() {
    for at in 0..4 {
        let make = |size: usize| generators::empty_streams(size).into_iter().nth(at).unwrap();
        let read = |(form, bytes): &(Compression, Vec<u8>)| {
            let mut out = Vec::new();
            form.decode(Cursor::new(bytes)).read_to_end(&mut out).unwrap();
            assert!(out.is_empty());
        };
        grows_with_its_input(generators::empty_streams(0)[at].0.name(), 1000, make, read);
        // One costs little, whatever the form takes for a real stream.
        let input = make(2000);
        let each = cost(|| read(&input)).allocated / 2000;
        assert!(each < 40_000, "{}: {each} bytes are allocated for a stream", input.0.name());
    }
}

#[test]
fn frames_of_nothing_that_cost_megabytes_are_few() {
    // Blocks of 4 MiB.
    const LZ4: &[u8] = b"\x04\x22\x4d\x18\x64\x70\xb9\0\0\0\0\x05\x5d\xcc\x02";
    let read = |count: usize| {
        let mut out = Vec::new();
        Compression::Lz4.decode(Cursor::new(LZ4.repeat(count))).read_to_end(&mut out).map(|_| out)
    };
    assert_eq!(read(3).unwrap(), b"");
    assert!(read(501).unwrap_err().to_string().contains("too many frames are empty"));
}

#[test]
fn layers_cost_no_more_than_their_entries() {
    let deep = "d/".repeat(300);
    let named = |name: &dyn Fn(usize) -> String, size: usize| -> Arc<[u8]> {
        generators::layer(size, name).into()
    };
    let flat = |size| named(&|n| format!("f{n}"), size);
    grows_with_its_input("entries", 1000, flat, layer);
    grows_with_its_input(
        "deep entries",
        250,
        |size| named(&|n| format!("{deep}f{n}"), size),
        layer,
    );
    let source = |bytes: Arc<[u8]>| Memory::one(docker(&[&bytes[..]]));
    grows_with_its_input("an image", 250, |size| source(flat(size)), image);
    let deep = |size| source(named(&|n| format!("{deep}f{n}"), size));
    grows_with_its_input("an image of deep paths", 100, deep, image);
    let links = |size: usize| {
        let links = (0..size).map(|n| (format!("l{n}"), format!("->l{}", n + 1)));
        let links: Vec<(String, String)> = links.collect();
        let members: Vec<(&str, &str)> = links.iter().map(|(a, b)| (&a[..], &b[..])).collect();
        Memory::one(docker(&[texts(&members)]))
    };
    grows_with_its_input("links to links", 250, links, image);
}

#[test]
fn names_of_one_file_cost_no_more_than_they_are() {
    let make = |size: usize| {
        // Each name is another package.
        let names: Vec<String> = (0..size).map(|n| format!("rocks/{n}/1/x.rockspec")).collect();
        let mut members: Vec<(&str, &[u8])> =
            names.iter().map(|name| (&name[..], &b""[..])).collect();
        members[0].1 = b"package = 'x'";
        let layer = tar_with(&members, |at, header| {
            if at > 0 {
                header.set_entry_type(EntryType::Link);
                header.set_link_name(&names[0]).unwrap();
            }
        });
        Memory::one(docker(&[layer]))
    };
    grows_with_its_input("hard links", 1000, make, image);
}

#[test]
fn a_path_that_layers_name_often_costs_no_more_than_their_entries() {
    let make = |size: usize| {
        let layer = texts(&vec![("a/package.json", ""); size]);
        Memory::one(docker(&[&layer, &layer]))
    };
    grows_with_its_input("one path", 2000, make, image);
}

#[test]
fn an_index_that_is_named_often_costs_no_more_than_its_names() {
    for name in ["", "org.opencontainers.image.ref.name"] {
        let make = |size: usize| {
            let absent = (0..size * 2).map(|n| descriptor(MANIFEST, n.to_string().as_bytes()));
            let nested = index(&absent.collect::<Vec<_>>()).to_string();
            let mut members = Members::default();
            let first = members.image();
            let nested = members.blob(INDEX, nested.as_bytes());
            let again = (0..size).map(|n| {
                let mut nested = nested.clone();
                nested["annotations"] = json!({ name: n.to_string() });
                nested
            });
            members.index(&[first].into_iter().chain(again).collect::<Vec<_>>()).archive()
        };
        grows_with_its_input("an index that is named often", 100, make, image);
    }
}

#[test]
fn files_behind_a_long_link_cost_no_more_than_they_are() {
    let make = |size: usize| {
        let list: String = (0..size).map(|n| format!("/link/f{n}\n")).collect();
        let target = format!("->{}usr", "usr/../".repeat(500));
        let status = "Package: a\nStatus: install ok installed\nVersion: 1\n\n";
        let files: Vec<(String, &str)> = (0..size).map(|n| (format!("usr/f{n}"), "x")).collect();
        let mut members: Vec<(&str, &str)> = vec![
            ("link", &target),
            ("var/lib/dpkg/status", status),
            ("var/lib/dpkg/info/a.list", &list),
        ];
        members.extend(files.iter().map(|(name, text)| (&name[..], *text)));
        Memory::one(docker(&[texts(&members)]))
    };
    grows_with_its_input("a long link", 250, make, image);
}

#[test]
fn advisories_cost_no_more_than_they_list() {
    let one = |size: usize| (size, bytes(generators::record(size)));
    grows_with_its_input("a record about many packages", 500, one, advisories);
    let each = |(_, json): &(usize, Vec<u8>)| {
        let mut matcher = ExportMatcher::new([query(0)]);
        matcher.add(b"r.json", json);
        let matched = matcher.finish("r.json");
        let (query, records) = &matched.answers[0];
        let records = records.iter().map(|at| (query, &matched.records[*at]));
        vulnerabilities(&AffectedPackage::default(), records).len()
    };
    let many = |size: usize| (1, bytes(generators::many_records(size)));
    grows_with_its_input("many records about one package", 500, many, each);
    let versions = |size: usize| (1, bytes(generators::versions_and_ranges(size)));
    grows_with_its_input("versions and ranges", 2000, versions, each);
}

#[test]
fn bills_of_materials_cost_no_more_than_they_list() {
    let make = |size: usize| bytes(generators::bill_of_materials(size));
    grows_with_its_input("a bill of materials", 500, make, |json| {
        read::read(json).unwrap().packages.len()
    });
}

#[test]
fn inspections_cost_no_more_than_their_layers() {
    let make = |size: usize| {
        Memory::one(inspection::changed(|head| {
            let warning = json!({"code": "odd", "message": "It is odd."});
            head["warnings"] = vec![warning.clone(); size].into();
            head["image"]["warnings"] = vec![warning; size].into();
        }))
    };
    grows_with_its_input("warnings of an inspection", 500, make, image);
}

#[test]
fn differences_cost_no_more_than_their_lines() {
    let texts = |count: usize, line: &dyn Fn(usize, bool) -> String| {
        let text = |second| (0..count).map(|at| line(at, second)).collect::<String>();
        (text(false).into_bytes(), Arc::<[u8]>::from(text(true).into_bytes()))
    };
    let each_second = |at: usize, second: bool| match at.is_multiple_of(2) && second {
        true => format!("other {at}\n"),
        false => format!("line {at}\n"),
    };
    let repeated = |at: usize, second: bool| match second {
        true => format!("{}\n", at % 7),
        false => format!("{}\n", at * at % 5),
    };
    type Line<'a> = &'a dyn Fn(usize, bool) -> String;
    for (what, line) in [("each second line", &each_second as Line), ("few lines", &repeated)] {
        let make = |count| texts(count, line);
        grows_with_its_input(what, 5_000, make, |(before, after)| compare(before, after));
    }
}

/// Compares two contents, as a layer worker does.
fn compare(before: &[u8], after: &Arc<[u8]>) -> ContentComparison {
    let size = after.len() as u64;
    let range = FileRange {
        part: BlobPart::plain(0, 0, size),
        compression: Compression::None,
        points: Checkpoints::default(),
        place: FilePlace { data_offset: 0, stored: size, size, spans: None },
        offset: 0,
        length: size,
    };
    let work = Work::Compare { range, before: before.to_vec() };
    let job = Job { blob_bytes: size, layer: 1, work, outer: Checkpoints::default() };
    let mut open =
        |_| -> std::io::Result<Box<dyn ReadSeek>> { Ok(Box::new(Cursor::new(Arc::clone(after)))) };
    let result = jobs::run(&job, &mut open, None, &mut |_| {}).unwrap();
    result.into_comparison().expect("a comparison")
}
