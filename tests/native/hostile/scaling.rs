//! Work and memory grow with the input, and not with its square: each kind of input is read at three sizes.
//!
//! - No absolute time is used. Time is the thread's own, the least of several runs, and is compared with that of
//!   a quarter of the input: linear work takes four times as long, quadratic work sixteen times. The allocator
//!   counts memory, so that it needs no margin for others.
//! - Sizes are such that the test runs in seconds without optimisation, and below all limits: a limit hides
//!   quadratic work.

use super::counting::{Cost, cost};
use super::inspection;
use crate::made::{docker, tar, texts};
use crate::sessions;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, HEAD};
use layerscope::analysis::sbom::read;
use layerscope::analysis::vulnerabilities::ecosystem::OsvQuery;
use layerscope::analysis::vulnerabilities::matching::vulnerabilities;
use layerscope::analysis::vulnerabilities::offline::ExportMatcher;
use layerscope::analysis::vulnerabilities::vulnerability::AffectedPackage;
use layerscope::codec::{BlobPart, Checkpoints, Compression};
use layerscope::layer::{ScanOptions, scan};
use layerscope::session::native::Memory;
use serde_json::{Value, json};
use std::io::{Cursor, Read};
use std::sync::Arc;

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
    wanting.map(|cataloger| (cataloger.read)(&file, bytes).packages.len()).sum()
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

/// An ELF file of `sections` sections, whose names are all the same long text without an end.
fn elf(sections: usize) -> Vec<u8> {
    let table = 64 * sections;
    let mut out = b"\x7fELF\x02\x01\x01".to_vec();
    out.resize(16, 0);
    out.extend([3, 0, 62, 0, 1, 0, 0, 0]);
    out.extend([0; 16]); // entry and program headers
    out.extend(64u64.to_le_bytes());
    out.extend([0, 0, 0, 0, 64, 0, 56, 0, 0, 0, 64, 0]);
    // Their number is too large for its field, and is in the first section.
    out.extend([0, 0, 1, 0]);
    for number in 0..sections {
        let (kind, at, size) = match number {
            0 => (0u32, 0, sections as u64),
            1 => (3, 64 + table as u64, 8 * sections as u64),
            _ => (1, 0, 0),
        };
        out.extend([(number as u32 % 64).to_le_bytes(), kind.to_le_bytes()].concat());
        out.extend([0u64, 0, at, size, 0, 0, 0].map(u64::to_le_bytes).concat());
    }
    out.extend(vec![b'n'; 8 * sections]);
    out
}

/// Streams of nothing, as the formats' own tools write them.
fn empty_streams(count: usize) -> [(Compression, Vec<u8>); 4] {
    const GZIP: &[u8] = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd\x24\0\x01\0\0\x99\xe9\xd8\x51";
    const XZ: &[u8] = b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\0\0\0\0\x1c\xdf\x44\x21\x1f\xb6\xf3\x7d\x01\0\0\0\0\x04YZ";
    const BZIP2: &[u8] = b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0";
    [
        (Compression::Gzip, GZIP),
        (Compression::Zstd, ZSTD),
        (Compression::Xz, XZ),
        (Compression::Bzip2, BZIP2),
    ]
    .map(|(form, stream)| (form, stream.repeat(count)))
}

fn query(number: usize) -> OsvQuery {
    OsvQuery { ecosystem: "npm".into(), name: format!("p{number}"), version: "1.5.0".into() }
}

/// A record with so many aliases, about as many packages.
fn record(count: usize) -> Value {
    let affected = |number: usize| {
        json!({
            "package": {"ecosystem": "npm", "name": format!("p{number}")},
            "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}],
        })
    };
    let aliases: Vec<String> = (0..count).map(|number| format!("A-{number}")).collect();
    json!({
        "id": "T-1", "aliases": aliases, "modified": "2026-01-01T00:00:00Z",
        "affected": (0..count).map(affected).collect::<Vec<_>>(),
    })
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

/// Records that each apply to one package.
fn many_records(count: usize) -> (usize, Vec<u8>) {
    let record = |number: usize| {
        json!({
            "id": format!("T-{number}"), "aliases": [format!("CVE-{number}")],
            "modified": "2026-01-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "npm", "name": "p0"}, "versions": ["1.5.0"]}],
        })
    };
    (1, Value::from((0..count).map(record).collect::<Vec<_>>()).to_string().into_bytes())
}

#[test]
fn packages_in_files_cost_no_more_than_their_bytes() {
    let many = |line: fn(usize) -> String| move |size| (0..size).map(line).collect::<String>();
    let status = |n| format!("Package: p{n}\nStatus: install ok installed\nVersion: 1.{n}\n\n");
    for (path, line, size) in [
        ("var/lib/dpkg/status", status as fn(usize) -> String, 1000),
        ("lib/apk/db/installed", |n| format!("P:p{n}\nV:1.{n}\nF:d{n}\nR:f\n\n"), 1000),
        ("s/a-1.dist-info/RECORD", |n| format!("a/f{n},sha256=x,1\n"), 4000),
        ("app/requirements.txt", |n| format!("p{n}==1.{n}\n"), 1000),
        ("app/go.sum", |n| format!("example.test/m{n} v1.0.{n} h1:x=\n"), 1000),
        (
            "app/Cargo.lock",
            |n| format!("[[package]]\nname = \"p{n}\"\nversion = \"1.0.{n}\"\n\n"),
            1000,
        ),
        ("app/yarn.lock", |n| format!("p{n}@^1:\n  version \"1.0.{n}\"\n\n"), 1000),
        ("app/Gemfile.lock", |n| format!("    p{n} (1.0.{n})\n"), 1000),
        ("usr/share/doc/a/copyright", |n| format!("Files: f{n}\nLicense: L{n}\n\n"), 1000),
        ("var/db/pkg/c/p-1/CONTENTS", |n| format!("obj /usr/f{n} 0 1\n"), 1000),
    ] {
        grows_with_its_input(path, size, many(line), |text| catalog(path, text.as_bytes()));
    }
}

#[test]
fn programs_cost_no_more_than_their_bytes() {
    grows_with_its_input("sections", 2000, elf, |bytes| catalog("bin/program", bytes));
    let nearly =
        |text: &'static str| move |size| [b"\x7fELF\0", text.repeat(size).as_bytes()].concat();
    for (path, text) in [
        ("usr/lib/libsqlite3.so.0", "\x003.\x003."),
        ("usr/bin/mongod", "1.1.tcmalloc"),
        ("usr/bin/python3.11", "\x003.11.\x003.11."),
        ("opt/go", "\u{ff} Go buildinf:"),
    ] {
        grows_with_its_input(path, 2000, nearly(text), |bytes| catalog(path, bytes));
    }
}

#[test]
fn archives_in_files_cost_no_more_than_their_bytes() {
    // The packages of a jar share the names of what is around them.
    let nested = |size: usize| {
        let poms: Vec<String> =
            (0..size).map(|n| format!("META-INF/maven/{n}/pom.properties")).collect();
        let entries: Vec<(&str, &[u8])> = poms
            .iter()
            .map(|name| (&name[..], &b"groupId=a\nartifactId=b\nversion=1\n"[..]))
            .collect();
        let long = "n".repeat(500) + ".jar";
        (0..3).fold(super::zip(&entries), |inner, _| super::zip(&[(&long, &inner)]))
    };
    grows_with_its_input("a jar", 200, nested, |bytes| catalog("srv/a.jar", bytes));
}

#[test]
fn streams_of_nothing_cost_no_more_than_their_bytes() {
    for at in 0..4 {
        let make = |size: usize| empty_streams(size).into_iter().nth(at).unwrap();
        let read = |(form, bytes): &(Compression, Vec<u8>)| {
            let mut out = Vec::new();
            form.decode(Cursor::new(bytes)).read_to_end(&mut out).unwrap();
            assert!(out.is_empty());
        };
        grows_with_its_input(empty_streams(0)[at].0.name(), 1000, make, read);
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
        let names: Vec<String> = (0..size).map(name).collect();
        tar(&names.iter().map(|name| (&name[..], &b"x"[..])).collect::<Vec<_>>()).into()
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
    let one = |size: usize| (size, record(size).to_string().into_bytes());
    grows_with_its_input("a record about many packages", 500, one, advisories);
    let each = |(_, json): &(usize, Vec<u8>)| {
        let mut matcher = ExportMatcher::new([query(0)]);
        matcher.add(b"r.json", json);
        let matched = matcher.finish("r.json");
        let (query, records) = &matched.answers[0];
        let records = records.iter().map(|at| (query, &matched.records[*at]));
        vulnerabilities(&AffectedPackage::default(), records).len()
    };
    grows_with_its_input("many records about one package", 500, many_records, each);
    let versions = |size: usize| {
        let range = |n: usize| {
            let events = [json!({"introduced": "0"}), json!({"fixed": format!("2.0.{n}")})];
            json!({"type": "SEMVER", "events": events})
        };
        let versions: Vec<String> = (0..size).map(|n| format!("3.0.{n}")).collect();
        let affected = json!({
            "package": {"ecosystem": "npm", "name": "p0"}, "versions": versions,
            "ranges": (0..size / 4).map(range).collect::<Vec<_>>(),
        });
        let record =
            json!({"id": "T-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]});
        (1, record.to_string().into_bytes())
    };
    grows_with_its_input("versions and ranges", 2000, versions, each);
}

#[test]
fn bills_of_materials_cost_no_more_than_they_list() {
    let make = |size: usize| {
        let component = |n: usize| {
            let purl = format!("pkg:npm/p{n}@1.0.0");
            json!({"type": "library", "bom-ref": purl, "name": format!("p{n}"), "purl": purl})
        };
        let components: Vec<Value> = (0..size).map(component).collect();
        let bom = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components});
        bom.to_string().into_bytes()
    };
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
