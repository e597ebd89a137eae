//! Inputs of a chosen size whose cost is in their size, for the test of growth (`tests/native/hostile/scaling.rs`) and
//! for the fuzz target `sized`. Each is sound: what is hostile about it is how much of something it has.

use flate2::Crc;
use layerscope::codec::Compression;
use serde_json::{Value, json};

/// An ELF file of `sections` sections, whose names are all the same long text without an end.
pub fn elf(sections: usize) -> Vec<u8> {
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

/// Texts in programs that nearly have a version's form, with the paths at which they are looked for.
pub const NEAR_VERSIONS: [(&str, &str); 4] = [
    ("usr/lib/libsqlite3.so.0", "\x003.\x003."),
    ("usr/bin/mongod", "1.1.tcmalloc"),
    ("usr/bin/python3.11", "\x003.11.\x003.11."),
    ("opt/go", "\u{ff} Go buildinf:"),
];

/// A program with so many of such a text.
pub fn near_versions(text: &str, count: usize) -> Vec<u8> {
    [b"\x7fELF\0", text.repeat(count).as_bytes()].concat()
}

/// Streams of nothing, as the formats' own tools write them.
pub fn empty_streams(count: usize) -> [(Compression, Vec<u8>); 4] {
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

/// A file that names packages, one on a line or paragraph: path, how one is written, and how many make a test.
type PackageList = (&'static str, fn(usize) -> String, usize);

/// Files that name packages.
pub const PACKAGE_LISTS: [PackageList; 10] = [
    (
        "var/lib/dpkg/status",
        |n| format!("Package: p{n}\nStatus: install ok installed\nVersion: 1.{n}\n\n"),
        1000,
    ),
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
];

/// A zip of stored entries.
pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(entries, false)
}

/// A zip of entries, stored or packed.
pub fn zip_of(entries: &[(&str, &[u8])], packed: bool) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let at = out.len() as u32;
        let mut crc = Crc::new();
        crc.update(content);
        let data = if packed { deflated(content) } else { content.to_vec() };
        let mut fields = vec![20, 0, 0, 0, 8 * u8::from(packed), 0, 0, 0, 0, 0];
        fields.extend(crc.sum().to_le_bytes());
        [data.len(), content.len()].iter().for_each(|n| fields.extend((*n as u32).to_le_bytes()));
        fields.extend((name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), &data].concat());
        directory.extend([&b"PK\x01\x02\x14\0"[..], &fields, &[0; 10], &at.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let (size, at) = ((directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &size, &at, &[0, 0]].concat());
    out
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::read::DeflateEncoder::new(bytes, flate2::Compression::fast());
    let mut packed = Vec::new();
    let read = std::io::Read::read_to_end(&mut out, &mut packed);
    assert!(read.is_ok(), "memory can be read");
    packed
}

/// A jar with so many libraries, within others that have long names.
pub fn nested_jar(libraries: usize) -> Vec<u8> {
    let poms: Vec<String> =
        (0..libraries).map(|n| format!("META-INF/maven/{n}/pom.properties")).collect();
    let properties = &b"groupId=a\nartifactId=b\nversion=1\n"[..];
    let entries: Vec<(&str, &[u8])> = poms.iter().map(|name| (&name[..], properties)).collect();
    let long = "n".repeat(500) + ".jar";
    (0..3).fold(zip(&entries), |inner, _| zip(&[(&long, &inner)]))
}

/// A tar of files with the names that `name` gives for 0, 1, …
pub fn layer(count: usize, name: &dyn Fn(usize) -> String) -> Vec<u8> {
    let mut out = Vec::new();
    for number in 0..count {
        let name = name(number);
        let mut head = [0u8; 512];
        let mut put = |at: usize, text: &[u8]| head[at..at + text.len()].copy_from_slice(text);
        put(124, b"00000000001");
        put(156, b"0");
        put(257, b"ustar\x0000");
        if name.len() <= 100 {
            put(0, name.as_bytes());
        } else {
            put(124, format!("{:011o}", name.len()).as_bytes());
            put(156, b"L");
        }
        let long = name.len() > 100;
        put(148, b"        ");
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(head);
        out.extend(if long { name.as_bytes() } else { b"x" });
        out.resize(out.len().next_multiple_of(512), 0);
        if long {
            out.extend(layer(1, &|_| format!("f{number}"))[..1024].to_vec());
        }
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// An OSV record with so many aliases, and as many packages.
pub fn record(count: usize) -> Value {
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

/// OSV records that each apply to one package.
pub fn many_records(count: usize) -> Value {
    let record = |number: usize| {
        json!({
            "id": format!("T-{number}"), "aliases": [format!("CVE-{number}")],
            "modified": "2026-01-01T00:00:00Z",
            "affected": [{"package": {"ecosystem": "npm", "name": "p0"}, "versions": ["1.5.0"]}],
        })
    };
    Value::from((0..count).map(record).collect::<Vec<_>>())
}

/// An OSV record with so many versions, and a quarter as many ranges.
pub fn versions_and_ranges(count: usize) -> Value {
    let range = |n: usize| {
        let events = [json!({"introduced": "0"}), json!({"fixed": format!("2.0.{n}")})];
        json!({"type": "SEMVER", "events": events})
    };
    let versions: Vec<String> = (0..count).map(|n| format!("3.0.{n}")).collect();
    let affected = json!({
        "package": {"ecosystem": "npm", "name": "p0"}, "versions": versions,
        "ranges": (0..count / 4).map(range).collect::<Vec<_>>(),
    });
    json!({"id": "T-1", "modified": "2026-01-01T00:00:00Z", "affected": [affected]})
}

/// A bill of materials with so many components.
pub fn bill_of_materials(count: usize) -> Value {
    let component = |n: usize| {
        let purl = format!("pkg:npm/p{n}@1.0.0");
        json!({"type": "library", "bom-ref": purl, "name": format!("p{n}"), "purl": purl})
    };
    let components: Vec<Value> = (0..count).map(component).collect();
    json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components})
}
