//! Outlines of files that other programs wrote, and of files that are damaged.
//!
//! `tests/fixtures/README.md` says with what they were made. What is expected is what readelf, openssl, javap, sqlite3 and
//! file print about them.

use super::*;
use crate::protocol::{
    ItemCount, OutlineItem, OutlineName as Name, OutlineValue, OutlinedFormat, RelroKind,
};

macro_rules! fixture {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/fixtures/outline/", $name))
    };
}

const ALL: &[(&[u8], OutlinedFormat)] = &[
    (fixture!("program.elf"), OutlinedFormat::Elf),
    (fixture!("weak.elf"), OutlinedFormat::Elf),
    (fixture!("go-testdata.exe"), OutlinedFormat::Pe),
    (fixture!("go-testdata.macho"), OutlinedFormat::MachO),
    (fixture!("go-testdata-fat.macho"), OutlinedFormat::MachO),
    (fixture!("ec.pem"), OutlinedFormat::Certificates),
    (fixture!("rsa.der"), OutlinedFormat::Certificates),
    (fixture!("tables.db"), OutlinedFormat::Sqlite),
    (fixture!("rows.db"), OutlinedFormat::Sqlite),
    (fixture!("A.class"), OutlinedFormat::JavaClass),
    (fixture!("m.pyc"), OutlinedFormat::PythonBytecode),
    (fixture!("d.mo"), OutlinedFormat::Gettext),
    (fixture!("go-testdata.jpeg"), OutlinedFormat::Jpeg),
    (fixture!("go-testdata.gif"), OutlinedFormat::Gif),
    (include_bytes!("../../www/icons/app-192.png"), OutlinedFormat::Png),
    (fixture!("z.zip"), OutlinedFormat::Zip),
    (include_bytes!("../../tests/fixtures/inside/app.pyz"), OutlinedFormat::Zip),
    (fixture!("t.tar"), OutlinedFormat::Tar),
    (fixture!("x.a"), OutlinedFormat::Ar),
];

fn read(bytes: &[u8]) -> FileOutline {
    outline(bytes, bytes.len() as u64)
}

/// The facts of a group as texts.
fn facts(outline: &FileOutline) -> Vec<(Name, String)> {
    let value = |value: &OutlineValue| match value {
        OutlineValue::Text(text) => text.to_string(),
        OutlineValue::Number(number) | OutlineValue::Bytes(number) => number.to_string(),
        OutlineValue::Time(seconds) => seconds.to_string(),
        OutlineValue::YesNo(yes) => yes.to_string(),
        OutlineValue::Pixels(width, height) => format!("{width}×{height}"),
        OutlineValue::Relro(kind) => format!("{kind:?}"),
    };
    outline.groups.iter().flatten().map(|fact| (fact.name, value(&fact.value))).collect()
}

fn value(outline: &FileOutline, name: Name) -> String {
    let found = facts(outline).into_iter().find(|(other, _)| *other == name);
    found.map(|(_, value)| value).unwrap_or_default()
}

fn items(outline: &FileOutline) -> Vec<String> {
    let text = |item: &OutlineItem| match item.bytes {
        Some(bytes) => format!("{} {bytes}", item.text),
        None => item.text.to_string(),
    };
    outline.lists.iter().flat_map(|list| list.items.iter().map(text)).collect()
}

#[test]
fn every_format_is_known_by_its_first_bytes() {
    for (bytes, format) in ALL {
        assert!(is_known(&bytes[..bytes.len().min(HEAD as usize)]), "{format:?}");
        assert_eq!(read(bytes).format, Some(*format));
    }
    for other in [&b"#!/bin/sh\n"[..], b"", b"{\"a\": 1}", b"MZ", b"\x7fELF", b"root:x:0:0\n"] {
        assert_eq!(read(other), FileOutline::default());
    }
}

#[test]
fn a_program_says_what_readelf_says() {
    let program = read(fixture!("program.elf"));
    assert_eq!(value(&program, Name::Kind), "program, 64-bit, little-endian");
    assert_eq!(value(&program, Name::Machine), "x86_64");
    assert_eq!(value(&program, Name::Interpreter), "/lib64/ld-linux-x86-64.so.2");
    assert_eq!(value(&program, Name::Runpath), "/opt/lib");
    assert_eq!(value(&program, Name::BuildId), "015bb76d445f73aa5bea87390453f8e1020d1e40");
    assert_eq!(items(&program), ["libm.so.6", "libc.so.6"]);
    let hardened = |outline: &FileOutline| {
        let names = [
            Name::PositionIndependent,
            Name::Relro,
            Name::NonExecutableStack,
            Name::StackProtector,
            Name::Stripped,
        ];
        names.map(|name| value(outline, name))
    };
    assert_eq!(hardened(&program), ["true", "Full", "true", "true", "false"]);
    let weak = read(fixture!("weak.elf"));
    assert_eq!(hardened(&weak), ["false", "None", "false", "false", "true"]);
    let none = OutlineValue::Relro(RelroKind::None);
    assert!(weak.groups[0].iter().any(|fact| fact.value == none));
}

/// This test is a program that rustc made.
#[cfg(target_os = "linux")]
#[test]
fn the_version_of_rust_is_in_what_it_compiles() {
    use std::io::Read;
    let mut bytes = Vec::new();
    let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
    file.take(1 << 30).read_to_end(&mut bytes).unwrap();
    let version = value(&read(&bytes), Name::RustVersion);
    assert!(version.starts_with("1."), "{version}");
}

#[test]
fn programs_of_other_systems_name_their_libraries() {
    let windows = read(fixture!("go-testdata.exe"));
    assert_eq!(value(&windows, Name::Machine), "i386");
    assert_eq!(items(&windows), ["KERNEL32.dll", "msvcrt.dll"]);
    let mac = read(fixture!("go-testdata.macho"));
    assert_eq!(value(&mac, Name::Machine), "x86_64");
    assert_eq!(value(&mac, Name::Kind), "program, 64-bit");
}

#[test]
fn a_program_for_several_architectures_names_each() {
    let bytes = fixture!("go-testdata-fat.macho");
    let of_each = |outline: &FileOutline| {
        let values: Vec<String> = facts(outline).into_iter().map(|(_, value)| value).collect();
        values.join(", ")
    };
    let all = read(bytes);
    assert_eq!(all.groups.len(), 2);
    let want = "program, 32-bit, i386, 12588, program, 64-bit, x86_64, 8512";
    assert_eq!(of_each(&all), want);
    let cut = outline(&bytes[..20_000], bytes.len() as u64);
    assert_eq!(of_each(&cut), "program, 32-bit, i386, 12588, x86_64, 8512");
    assert!(!crate::outline::java::is(bytes));
}

#[test]
fn a_certificate_says_what_openssl_says() {
    let ec = read(fixture!("ec.pem"));
    let name = "C=DE, O=Example, CN=a.example.com";
    for (fact, want) in [
        (Name::Subject, name),
        (Name::Issuer, name),
        (Name::Names, "a.example.com, 10.0.0.1, fe80::1, x@example.com"),
        (Name::ValidFrom, "1796005082"),
        (Name::ValidUntil, "1798597082"),
        (Name::Key, "EC P-256"),
        (Name::Authority, "true"),
        (Name::Serial, "1234"),
    ] {
        assert_eq!(value(&ec, fact), want, "{fact:?}");
    }
    let rsa = read(fixture!("rsa.der"));
    assert_eq!(
        (value(&rsa, Name::Key), value(&rsa, Name::Serial)),
        ("RSA 2048".into(), "01".into())
    );
    let many = fixture!("ec.pem").repeat(9);
    let many = read(&many);
    assert!(many.groups.is_empty() && many.lists[0].total == 9, "a store of authorities is a list");
}

#[test]
fn of_a_private_key_nothing_but_its_kind_is_said() {
    let secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC";
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{secret}\n-----END RSA PRIVATE KEY-----\n");
    let outline = read(key.as_bytes());
    assert_eq!(outline.format, Some(OutlinedFormat::PrivateKey));
    assert_eq!(facts(&outline), [(Name::Kind, "rsa private key".to_owned())]);
}

#[test]
fn a_database_has_its_tables_over_several_pages() {
    let database = read(fixture!("tables.db"));
    assert_eq!(value(&database, Name::PageSize), "512");
    let names = items(&database);
    assert_eq!(names[..3], ["files", "odd name", "v"]);
    assert_eq!((names.len(), database.lists[0].total), (33, 33));
    assert_eq!(names[32], "t30");
}

/// Each table with what is said about its rows.
fn counts(outline: &FileOutline) -> Vec<(String, Option<ItemCount>)> {
    let tables = outline.lists.iter().flat_map(|list| &list.items);
    tables.map(|table| (table.text.to_string(), table.count)).collect()
}

#[test]
fn a_table_has_as_many_rows_as_sqlite_counts() {
    let bytes = fixture!("rows.db");
    let counted = include_str!("../../tests/fixtures/outline/rows.txt");
    let mut found = counts(&read(bytes));
    // Where the schema's row goes on in another page, the place of the table is not read.
    let is_long = |name: &str| name == "with a long text";
    let without = |name: &str| matches!(name, "few" | "found") || is_long(name);
    assert!(found.iter().all(|(name, count)| count.is_none() == without(name)), "{found:?}");
    found.retain(|(name, _)| !without(name));
    let want: Vec<_> = counted
        .lines()
        .filter_map(|line| line.split_once('|'))
        .filter(|(name, _)| !is_long(name))
        .map(|(name, rows)| (name.to_owned(), Some(ItemCount::Rows(rows.parse().unwrap()))))
        .collect();
    assert!(want.len() > 8);
    assert_eq!(found, want);
}

#[test]
fn of_a_database_that_was_read_in_part_rows_are_at_least_so_many() {
    let bytes = fixture!("rows.db");
    let all = counts(&read(bytes));
    for end in (512..bytes.len()).step_by(512) {
        let cut = counts(&outline(&bytes[..end], bytes.len() as u64));
        for (name, count) in cut {
            let whole = all.iter().find(|(other, _)| *other == name).and_then(|(_, count)| *count);
            match (count, whole) {
                (Some(ItemCount::RowsAtLeast(count)), Some(ItemCount::Rows(whole))) => {
                    assert!(count < whole, "{name} of {end} bytes");
                }
                (count, whole) => assert!(count.is_none() || count == whole, "{name}, {end}"),
            }
        }
    }
}

#[test]
fn pages_that_lead_to_each_other_are_not_counted() {
    let mut bytes = fixture!("rows.db").to_vec();
    let count = |bytes: &[u8]| counts(&read(bytes)).into_iter().find(|(name, _)| name == "many");
    assert!(count(&bytes).unwrap().1.is_some());
    let root = 3 * 512;
    assert_eq!(bytes[root], 5, "an inner page");
    bytes[root + 8..][..4].copy_from_slice(&4u32.to_be_bytes()); // the last page below is itself
    assert_eq!(count(&bytes).unwrap().1, None);
}

#[test]
fn compiled_code_and_translations_say_for_what_they_are() {
    let class = read(fixture!("A.class"));
    assert_eq!(value(&class, Name::Version), "Java 17");
    assert_eq!(value(&class, Name::Class), "org.example.A");
    assert_eq!(value(&class, Name::Extends), "java.util.ArrayList");
    let python = read(fixture!("m.pyc"));
    assert_eq!(value(&python, Name::Version), "Python 3.11");
    assert_eq!(value(&python, Name::Compiled), "1714979289");
    assert_eq!(value(&python, Name::SourceSize), "6");
    let messages = read(fixture!("d.mo"));
    assert_eq!(value(&messages, Name::Messages), "2");
    assert_eq!(value(&messages, Name::Names), "de");
    assert_eq!(value(&messages, Name::Encoding), "text/plain; charset=UTF-8");
}

#[test]
fn pictures_have_their_sizes() {
    let pixels = |bytes: &[u8]| value(&read(bytes), Name::Pixels);
    assert_eq!(pixels(include_bytes!("../../www/icons/app-192.png")), "192×192");
    assert_eq!(pixels(fixture!("go-testdata.jpeg")), "150×103");
    assert_eq!(pixels(fixture!("go-testdata.gif")), "150×103");
    // Figure 8 of RFC 9649: width and height less one, 14 bits each.
    let lossless = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\x0a\x40\x01\0";
    assert_eq!(pixels(lossless), "11×6");
}

#[test]
fn archives_are_listed() {
    assert_eq!(items(&read(fixture!("z.zip"))), ["h 5", "d/i 3"]);
    assert_eq!(items(&read(fixture!("t.tar"))), ["h 5", "d/ 0", "d/i 3"]);
    assert_eq!(items(&read(fixture!("x.a"))), ["h 5", "i 3"]);
}

#[test]
fn models_name_their_tensors_and_metadata() {
    let text = |text: &str| [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat();
    let head = [&b"GGUF\x03\0\0\0"[..], &7u64.to_le_bytes(), &2u64.to_le_bytes()].concat();
    let architecture =
        [text("general.architecture"), 8u32.to_le_bytes().into(), text("llama")].concat();
    let array =
        [text("a"), [9, 8u32, 2, 0].map(u32::to_le_bytes).concat(), text("x"), text("y")].concat();
    let gguf = [head, architecture, array].concat();
    let outline = read(&gguf);
    assert_eq!(
        (value(&outline, Name::Tensors), value(&outline, Name::Architecture)),
        ("7".into(), "llama".into())
    );
    assert_eq!(outline.lists[0].items[1].detail.to_string(), "[2]");
    let json =
        r#"{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
    let model = [text(json), vec![0; 24]].concat();
    let outline = read(&model);
    assert_eq!(outline.format, Some(OutlinedFormat::Safetensors));
    assert_eq!(items(&outline), ["w 24"]);
    assert_eq!(outline.lists[0].items[0].detail.to_string(), "F32 [2, 3]");
}

#[test]
fn damaged_files_end_without_harm() {
    for (bytes, format) in ALL {
        let step = (bytes.len() / 300).max(1);
        for end in (0..bytes.len()).step_by(step) {
            let outline = outline(&bytes[..end], bytes.len() as u64);
            assert!(outline.format.is_none() || outline.cut, "{format:?} cut at {end}");
        }
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 0xff;
            drop(read(&changed));
        }
    }
}

#[test]
fn claims_of_huge_numbers_take_neither_time_nor_memory() {
    let gguf = [&b"GGUF\x03\0\0\0"[..], &[0xff; 16], &[0xff; 64]].concat();
    assert_eq!(read(&gguf).lists[0].items.len(), 0);
    let mut database = fixture!("tables.db").to_vec();
    database[103..105].fill(0xff); // the number of cells of page 1
    drop(read(&database));
    let zip = [&b"PK\x03\x04"[..], &[0; 100], b"PK\x05\x06", &[0xff; 18]].concat();
    assert_eq!(read(&zip), FileOutline::default());
}
