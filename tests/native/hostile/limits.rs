//! Input that is made to take all time or memory: reading it ends at a limit, with a message, and takes no
//! more memory than its share.
//!
//! No test measures time: quadratic code would run for hours, which anyone who waits would notice.
//! Memory is measured in a separate process, which runs the test again by its name.

use super::{open, warnings};
use crate::made::{docker, estargz, gzip, tar};
use crate::sessions;
use layerscope::codec::{BlobPart, Checkpoints, ReadSeek};
use layerscope::layer::{LayerScan, Limits, ScanOptions, scan, soci};
use layerscope::oci::{Descriptor, Digest};
use layerscope::protocol::{
    Expand, FileDetails, Layers, LiftLimit, LinkPath, RowRange, SetTree, Sort, Source, TreeColumn,
    TreeRows, TreeSpec,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Driver, Memory};
use layerscope::session::schedule::ScheduleOptions;
use layerscope::vocabulary::{Change, ImagePosition, LayerNumber, SourceFormat};
use serde_json::Value;
use std::io::{Cursor, Write};
use std::sync::Arc;

const FIRST: ImagePosition = ImagePosition(0);

/// Runs `body` in a separate process, which must not take more than `most` MiB. `module` and `test` are the
/// caller's.
pub fn within(most: u64, module: &str, test: &str, body: fn()) {
    let (_crate, module) = module.split_once("::").expect("the caller is in a module");
    let test = &format!("{module}::{test}");
    if std::env::var("LAYERSCOPE_ALONE").is_ok_and(|name| name == *test) {
        body();
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = peak.and_then(|peak| peak.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        println!("{test}: {} MiB at most", kib.unwrap_or(0) >> 10);
        // Only Linux says how much it was.
        assert!(kib.is_some() || !cfg!(target_os = "linux"), "the memory was not measured");
        assert!(kib.is_none_or(|kib| kib >> 10 <= most), "{test} took {kib:?} KiB");
        return;
    }
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    alone.args(["--exact", test, "--nocapture"]);
    let out = alone.env("LAYERSCOPE_ALONE", test).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout) + String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{test} alone: {}\n{text}", out.status);
    assert!(text.contains("test result: ok. 1 passed;"), "{test} did not run alone:\n{text}");
}

macro_rules! alone {
    ($($(#[$doc:meta])* fn $test:ident within $most:literal MiB $body:block)*) => {
        $($(#[$doc])* #[test] fn $test() {
            fn body() $body
            within($most, module_path!(), stringify!($test), body);
        })*
    };
}

fn header(name: &str, kind: tar::EntryType, size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_path(name).unwrap();
    header.set_entry_type(kind);
    header.set_mode(0o644);
    header.set_size(size);
    header.set_cksum();
    header
}

/// A header and its data, padded to whole blocks.
fn member(name: &str, kind: u8, data: &[u8]) -> Vec<u8> {
    let mut out = header(name, tar::EntryType::new(kind), data.len() as u64).as_bytes().to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let mut data = Vec::new();
    for (key, value) in records {
        let rest = key.len() + value.len() + 3;
        let mut length = rest + 1;
        while rest + length.to_string().len() != length {
            length += 1;
        }
        write!(data, "{length} {key}=").unwrap();
        data.extend_from_slice(value);
        data.push(b'\n');
    }
    member("PaxHeaders", b'x', &data)
}

/// `head` and `mib` MiB of zeros, in gzip members of 16 MiB.
fn bomb(head: &[u8], mib: usize) -> Vec<u8> {
    let mut out = gzip(head);
    let zeros = gzip(&vec![0; 16 << 20]);
    (0..mib / 16).for_each(|_| out.extend_from_slice(&zeros));
    out
}

/// A SOCI table of a layer of 4 bytes: it claims `count` files and has `places` offsets, all of one file with
/// this name and link.
pub fn ztoc(count: u32, places: u32, name: &[u8], link: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let word = |out: &mut Vec<u8>, word: u32| out.extend(word.to_le_bytes());
    let fields = |out: &mut Vec<u8>, fields: &[u16]| {
        out.extend((fields.len() as u16 * 2 + 4).to_le_bytes());
        [&[0], fields].concat().iter().for_each(|field| out.extend(field.to_le_bytes()));
        out.resize(out.len().next_multiple_of(4), 0);
    };
    word(&mut out, 20);
    fields(&mut out, &[0, 0, 4, 0, 12]); // 16 bytes, up to the table at 20
    word(&mut out, 16);
    out.extend(4u64.to_le_bytes());
    word(&mut out, 12); // to 44
    fields(&mut out, &[4]); // 8 bytes
    word(&mut out, 8);
    word(&mut out, 4);
    word(&mut out, count);
    let file = 56 + places * 4 + 16;
    (0..places).for_each(|at| word(&mut out, file - (56 + at * 4)));
    fields(&mut out, &[4, 8, 0, 0, 12]); // 16 bytes
    word(&mut out, 16);
    let strings = [name, b"symlink", link];
    let mut at = 12;
    for (field, string) in strings.iter().enumerate() {
        word(&mut out, at - field as u32 * 4);
        at += 4 + string.len() as u32;
    }
    for string in strings {
        word(&mut out, string.len() as u32);
        out.extend(string);
    }
    out
}

fn read(layer: &[u8], limits: Limits) -> LayerScan {
    let source: Box<dyn ReadSeek> = Box::new(Cursor::new(Arc::<[u8]>::from(layer)));
    let part = BlobPart::plain(0, 0, layer.len() as u64);
    let options = ScanOptions { limits, diff_ids: vec!["sha256".into()], ..ScanOptions::default() };
    scan(source, part, &Checkpoints::default(), &options, None, None, &mut |_| {}).unwrap()
}

fn codes(scan: &LayerScan) -> Vec<&str> {
    scan.warnings.iter().map(|warning| &*warning.code).collect()
}

#[test]
fn a_layer_ends_at_its_limits_unless_they_are_raised() {
    let many: Vec<u8> = (0..100).flat_map(|n| member(&format!("f{n}"), b'0', b"")).collect();
    let huge = header("zeros", tar::EntryType::Regular, 64 << 20).as_bytes().to_vec();
    let entries = Limits { entries: 10, ..Limits::default() };
    let bytes = Limits { bytes: 1 << 20, ratio: 2, entries: 1000, ..Limits::default() };
    for (layer, limits, shown, all) in [
        (many.clone(), entries, 10, 100),
        (gzip(&many), entries, 10, 100),
        (bomb(&huge, 64), bytes, 1, 1),
        (bomb(&[member("small", b'0', b"x"), huge].concat(), 64), bytes, 2, 2),
        // Only zeros after the tar's end.
        (bomb(&member("small", b'0', b"x"), 64), bytes, 1, 1),
    ] {
        let limited = read(&layer, limits);
        assert_eq!(codes(&limited), ["layer-limit"]);
        assert!(limited.limited && limited.diff_ids.is_empty() && limited.tar_size.is_none());
        assert_eq!(limited.index.len(), shown);
        let lifted = read(&layer, Limits::LIFTED);
        assert!(!lifted.limited && lifted.tar_size.is_some(), "{:?}", lifted.warnings);
        assert_eq!(lifted.index.len(), all);
    }
}

/// Opens an archive, reads everything, and returns the report.
fn report(bytes: Vec<u8>) -> Value {
    open(bytes).unwrap_or_else(|problem| panic!("{problem:?}"))
}

/// A gzipped tar of members that `make` writes; the uncompressed tar is never in memory.
fn packed(make: impl FnOnce(&mut dyn Write)) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    make(&mut out);
    out.finish().unwrap()
}

/// A driver that reads each layer in one pass, on one thread.
fn one_pass(source: &Memory) -> Driver<'_> {
    let options = ScheduleOptions { cores: 1, thorough: true, ..ScheduleOptions::default() };
    sessions::with_options(source, options).unwrap()
}

alone! {
    /// Slightly more than 2 GiB of zeros: above the limit for reading without a question.
    fn a_bomb_is_read_on_request within 100 MiB {
        let head = header("zeros", tar::EntryType::Regular, 2112 << 20).as_bytes().to_vec();
        let source = Memory::one(docker(&[tar(&[("etc/passwd", b"root")]), bomb(&head, 2112)]));
        let mut driver = one_pass(&source);
        let layer = |driver: &mut Driver<'_>| {
            let rows = driver.ask(Layers { image: FIRST }).unwrap().rows;
            let layer = rows[1].layer.clone().unwrap();
            let codes: Vec<_> = layer.warnings.iter().map(|w| w.code.clone()).collect();
            (layer.limited, layer.size, codes.join(" "))
        };
        let (limited, size, codes) = layer(&mut driver);
        assert_eq!((limited, &*codes), (true, "layer-limit"));
        assert!(size.unwrap() < (2 << 30) + 1024, "{size:?}");
        driver.ask(LiftLimit { image: FIRST, layer: LayerNumber::new(2) }).unwrap();
        assert_eq!(layer(&mut driver), (false, Some(2112 << 20), String::new()));
    }

    /// The same for a whole archive whose manifest comes last.
    fn an_archive_that_is_a_bomb_is_read_when_the_user_says_so within 100 MiB {
        let padding = header("padding", tar::EntryType::Regular, (2112 << 20) + 512);
        let head = [padding.as_bytes(), &[b'x'; 512][..]].concat();
        let mut bytes = bomb(&head, 2112);
        bytes.extend(gzip(&docker(&[tar(&[("etc/passwd", b"root")])])));
        let source = Memory::one(bytes);
        let mut driver = one_pass(&source);
        let info = driver.ask(Source {}).unwrap();
        let codes: Vec<_> = info.warnings.iter().map(|warning| &*warning.code).collect();
        assert!(info.limited && codes.contains(&"archive-limit"), "{codes:?}");
        driver.ask(LiftLimit { image: FIRST, layer: None }).unwrap();
        let info = driver.ask(Source {}).unwrap();
        assert_eq!((info.limited, info.images.len()), (false, 1));
        assert_eq!(info.formats, [SourceFormat::DockerArchive]);
        sessions::assert_sound(&driver);
    }

    fn a_name_of_100_mb_is_passed_over within 60 MiB {
        let length = 100_000_000u64;
        for kind in [b'L', b'K', b'x', b'g'] {
            let layer = packed(|out| {
                let kind = tar::EntryType::new(kind);
                out.write_all(header("long", kind, length).as_bytes()).unwrap();
                let text = [b'n'; 1_000_000];
                (0..100).for_each(|_| out.write_all(&text).unwrap());
                out.write_all(&[0; 256]).unwrap();
                out.write_all(&member("short", b'0', b"data")).unwrap();
            });
            let scan = read(&layer, Limits::default());
            assert_eq!(codes(&scan), ["tar-record-too-long"]);
            assert_eq!(scan.index.entry(0).name(), b"short");
        }
    }

    fn a_million_hard_links_are_one_file within 700 MiB {
        let layer = packed(|out| {
            out.write_all(&member("file", b'0', b"data")).unwrap();
            for n in 0..1_000_000 {
                let mut link = header(&format!("d{}/l{n}", n % 100), tar::EntryType::Link, 0);
                link.set_link_name("file").unwrap();
                link.set_cksum();
                out.write_all(link.as_bytes()).unwrap();
            }
        });
        let tree = &report(layer)["images"][0]["tree"];
        assert_eq!((&tree["size"], &tree["entries"]), (&4.into(), &1_000_101.into()));
    }

    /// Written and removed in turns, with and without its content.
    fn a_directory_of_half_a_million_comes_and_goes within 900 MiB {
        let children = |out: &mut dyn Write| {
            for n in 0..500_000 {
                out.write_all(header(&format!("d/{n}"), tar::EntryType::Regular, 0).as_bytes()).unwrap();
            }
        };
        let turns = packed(|out| {
            children(out);
            for _ in 0..200_000 {
                out.write_all(&member("d", b'0', b"")).unwrap();
                out.write_all(&member("d/again", b'0', b"")).unwrap();
            }
        });
        let source = Memory::one(docker(&[
            turns,
            packed(children),
            packed(|out| (0..200_000).for_each(|n| {
                out.write_all(&member(&format!("d/.wh.{n}"), b'0', b"")).unwrap();
                out.write_all(&member("d/.wh..wh..opq", b'0', b"")).unwrap();
            })),
        ]));
        let mut driver = one_pass(&source);
        for layers in ["..1", "..2", "3", ""] {
            let layers = LayerSelection::parse(layers).unwrap();
            let sort = Sort { by: TreeColumn::Size, reversed: false };
            let spec = TreeSpec { layers, sort, ..TreeSpec::default() };
            driver.ask(SetTree { image: FIRST, spec }).unwrap();
            driver.ask(Expand { image: FIRST, node: 1, open: true, all: false }).unwrap();
            let rows = RowRange { first: 0, count: 100 };
            driver.ask(TreeRows { image: FIRST, rows }).unwrap();
        }
        let (path, layers) = (LinkPath("d/7".into()), LayerSelection::All);
        let removed = driver.ask(FileDetails { image: FIRST, path, layers }).unwrap();
        assert_eq!((removed.current, removed.history[0].change), (None, Change::Removed));
    }

    fn a_path_of_many_directories_is_shown_or_passed_over within 100 MiB {
        let path = |depth: usize| [&"d/".repeat(depth)[..], "file"].concat().into_bytes();
        let named = |name: &[u8]| [pax(&[("path", name)]), member("short", b'0', b"data")].concat();
        let layer = named(&path(300));
        assert_eq!(report(layer)["images"][0]["tree"]["entries"], 301);
        let report = report([named(&path(100_000)), member("next", b'0', b"")].concat());
        assert_eq!(report["images"][0]["tree"]["entries"], 2);
        assert!(warnings(&report).contains(&"tar-name-too-long".to_owned()));
        // A path within the limit is one entry of the tree, and many of them end the layer.
        let layer = packed(|out| (0..1000).for_each(|n| {
            out.write_all(&named(&[n.to_string().as_bytes(), b"/", &path(2000)].concat())).unwrap();
        }));
        let scan = read(&layer, Limits::default());
        assert_eq!((codes(&scan), scan.limited), (vec!["layer-limit"], true));
        assert!(scan.index.len() > 3, "{}", scan.index.len());
    }

    fn attributes_and_owners_are_no_more_than_their_bytes within 200 MiB {
        let names: Vec<String> = (0..40_000).map(|n| format!("SCHILY.xattr.{n}")).collect();
        let records: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b""[..])).collect();
        let record = pax(&records[..30_000]);
        let owner = [b'u'; 1_000_000];
        let mut global = pax(&[("uname", &owner)]);
        global[156] = b'g';
        let mut header = tar::Header::from_byte_slice(&global[..512]).clone();
        header.set_cksum();
        global[..512].copy_from_slice(header.as_bytes());
        let layer = packed(|out| {
            out.write_all(&global).unwrap();
            for n in 0..20 {
                (0..10).for_each(|_| out.write_all(&record).unwrap());
                out.write_all(&member(&format!("f{n}"), b'0', b"")).unwrap();
            }
            for n in 0..100_000 {
                out.write_all(&member(&format!("g{n}"), b'0', b"")).unwrap();
            }
        });
        let scan = read(&layer, Limits::default());
        assert_eq!(scan.index.len(), 100_020);
        assert_eq!(scan.index.entry(0).xattrs().count(), 30_000);
        assert_eq!(scan.index.entry(99).owner().user, b"");
    }

    fn sparse_maps_end_a_layer_before_they_fill_the_memory within 500 MiB {
        let map = "0,0,".repeat(250_000);
        let records = [("GNU.sparse.map", map.as_bytes()), ("GNU.sparse.size", b"0")];
        let one = [pax(&records), member("f", b'0', b"")].concat();
        let layer = packed(|out| (0..100).for_each(|_| out.write_all(&one).unwrap()));
        let scan = read(&layer, Limits::default());
        assert_eq!((codes(&scan), scan.limited), (vec!["layer-limit"], true));
    }

    fn small_bombs_in_a_packed_archive_share_one_limit within 250 MiB {
        let many: Vec<u8> = packed(|out| (0..50_000).for_each(|n| {
            out.write_all(header(&format!("f{n}"), tar::EntryType::Regular, 0).as_bytes()).unwrap();
        }));
        let names: Vec<String> = (0..100).map(|at| format!("l{at}")).collect();
        let members: Vec<(&str, &[u8])> =
            names.iter().map(|name| (&name[..], &many[..])).collect();
        let archive = gzip(&tar(&members));
        let size = archive.len() as u64;
        let source = Box::new(Cursor::new(Arc::<[u8]>::from(archive)));
        let gzip = layerscope::codec::Compression::Gzip;
        let limits = Limits { bytes: 1 << 30, ratio: 1, entries: 200_000, ..Limits::default() };
        let passed = layerscope::layer::pass_archive(source, size, gzip, limits, None, None, &mut |_| {});
        let limited = passed.layers.iter().filter(|(_, scan)| scan.limited).count();
        assert_eq!((passed.layers.len(), limited), (100, 96));
        let entries: usize = passed.layers.iter().map(|(_, scan)| scan.index.len()).sum();
        assert_eq!(entries, 200_000);
        let limits = Limits { bytes: 100 << 20, ratio: 1, entries: 3_000_000, ..Limits::default() };
        let source = Box::new(Cursor::new(Arc::<[u8]>::from(self::gzip(&tar(&members)))));
        let passed = layerscope::layer::pass_archive(source, size, gzip, limits, None, None, &mut |_| {});
        let limited = passed.layers.iter().filter(|(_, scan)| scan.limited).count();
        assert_eq!((passed.layers.len(), limited), (100, 96));
    }

    fn json_of_a_million_things_costs_no_more_than_its_bytes within 600 MiB {
        let manifest = |text: String| tar(&[
            ("c.json", b"{}"),
            ("l", &tar(&[("a", b"a")])),
            ("manifest.json", text.as_bytes()),
        ]);
        let one = |config: &str| format!(r#"{{"Config":"c.json","Layers":["l"]{config}}}"#);
        let list = |item: &str, count: usize| format!("[{}]", vec![item; count].join(","));
        for (text, images, code) in [
            ("[".repeat(1_000_000), 1, "json-invalid"),
            (list("{}", 4_000_000), 1, "config-missing"),
            (list(r#"{"Config":"gone"}"#, 800_000), 1, "config-missing"),
            (list(&one(""), 400_000), 1, "layer-count"),
            (list(&one(r#","RepoTags":["a"]"#), 300_000), 1, "layer-count"),
            (format!("[{}]", one(&format!(r#","RepoTags":{}"#, list("\"tag\"", 1_000_000)))), 1, "layer-count"),
            (format!(r#"[{{"Config":"c.json","Layers":{}}}]"#, list("\"l\"", 3_000_000)), 1, "too-many-layers"),
            (format!(r#"[{{"Config":"c.json","Layers":{}}}]"#, list("\"x\"", 3_000_000)), 1, "layer-missing"),
            (format!(r#"[{}]"#, one(&format!(r#","x":"{}""#, "y".repeat(17 << 20)))), 1, "json-too-large"),
        ] {
            let start = text[..text.len().min(60)].to_owned();
            let report = report(manifest(text));
            assert_eq!(report["images"].as_array().unwrap().len(), images, "{start}");
            let codes = warnings(&report);
            assert!(codes.iter().any(|there| there == code), "{start}: {codes:?}");
            assert!(codes.len() < 3000, "{start}: {} warnings", codes.len());
        }
    }

    fn a_configuration_of_a_million_things_costs_no_more_than_its_bytes within 400 MiB {
        let nested = |open: &str, close: &str| open.repeat(1_000_000) + &close.repeat(1_000_000);
        let count = &["layer-count"][..];
        // Of parts that cannot be read, the first twenty are named.
        let parts = &[&["json-part-invalid"; 20][..], count].concat()[..];
        for (config, codes) in [
            (format!(r#"{{"history":[{}]}}"#, vec!["{}"; 4_000_000].join(",")), &["layer-count", "history-count"][..]),
            (format!(r#"{{"rootfs":{{"diff_ids":[{}]}}}}"#, vec!["\"\""; 4_000_000].join(",")), parts),
            (format!(r#"{{"x":{}}}"#, nested("[", "]")), count),
            // The report leaves it out.
            (format!(r#"{{"config":{{"x":{}1{}}}}}"#, "[".repeat(100), "]".repeat(100)), &["layer-count", "json-part-invalid"]),
        ] {
            let text = br#"[{"Config":"c.json","Layers":["l"]}]"#;
            let layer = tar(&[("a", b"a")]);
            let archive = tar(&[("c.json", config.as_bytes()), ("l", &layer), ("manifest.json", text)]);
            let report = report(archive);
            assert_eq!(report["images"][0]["tree"]["files"], 1);
            assert_eq!(warnings(&report), codes);
        }
    }

    /// A table that claims too much is ignored, and the layer is read.
    fn tables_of_contents_cost_no_more_than_layers within 600 MiB {
        let list = |item: &str, count: usize| format!(r#"{{"entries":[{}]}}"#, vec![item; count].join(","));
        let file = |name: &str, time: &str| format!(r#"{{"type":"reg","name":"{name}","size":4,"mode":420,"modtime":"{time}"}}"#);
        let endless = "2000-01-9223372036854775807T9223372036854775807:00:00Z";
        for (json, claimed, code) in [
            (list(&file("file", "2000-01-01T00:00:00Z"), 1), true, None),
            (list(&file("file", endless), 1), true, None),
            (list(r#"{"size":18446744073709551615}"#, 1), true, Some("toc-mismatch")),
            (list("{}", 2_000_000), false, Some("toc-unreadable")),
            (list(&file(&"d/".repeat(1_000_000), ""), 1), false, Some("toc-mismatch")),
            (list(&file("other", ""), 1), true, Some("toc-mismatch")),
            ("[".repeat(1_000_000), false, Some("toc-unreadable")),
        ] {
            let blob: Arc<[u8]> = estargz("file", b"data", &json).into();
            let pass = |table| {
                let options = ScanOptions { table, ..ScanOptions::default() };
                let part = BlobPart::plain(0, 0, blob.len() as u64);
                let source = Box::new(Cursor::new(Arc::clone(&blob)));
                scan(source, part, &Checkpoints::default(), &options, None, None, &mut |_| {}).unwrap()
            };
            let start = &json[..json.len().min(60)];
            assert_eq!(pass(true).claimed, claimed, "{start}");
            let read = pass(false);
            assert_eq!(codes(&read), code.into_iter().collect::<Vec<_>>(), "{start}");
            assert_eq!(read.index.entry(0).name(), b"file");
        }
    }

    /// A list of offsets may name one file a million times.
    fn tables_beside_an_image_cost_no_more_than_their_bytes within 200 MiB {
        let long = "n".repeat(60_000);
        for (count, places, name, link, entries) in [
            (3, 3, "file", "target", Some(3)),
            (100_000, 100_000, "file", "", Some(100_000)),
            (2, 1, "file", "", None),
            (u32::MAX, 1, "file", "", None),
            (600_000, 600_000, "file", "", None),
            (100_000, 100_000, &*long, "", None),
            (100_000, 100_000, "file", &*long, None),
        ] {
            let table = ztoc(count, places, name.as_bytes(), link.as_bytes());
            let layer = Descriptor { size: 4, ..Descriptor::of(Digest::of(b"")) };
            let scan = soci::by_soci(&table, &layer, Limits::default());
            assert_eq!(scan.map(|scan| scan.index.len()), entries, "{count} {places}");
        }
    }

    fn indexes_that_lead_to_themselves_end within 500 MiB {
        let index = |digest: &str, count: usize, more: &str| {
            let kind = "application/vnd.oci.image.index.v1+json";
            let item = format!(r#"{{"mediaType":"{kind}","digest":"sha256:{digest}"{more}}}"#);
            format!(r#"{{"manifests":[{}]}}"#, vec![item; count].join(","))
        };
        let hex = |n: usize| format!("{n:064x}");
        // To itself, to each other, and each to the next, with an inherited name.
        let long = format!(r#","annotations":{{"org.opencontainers.image.ref.name":"{}"}}"#, "n".repeat(1 << 20));
        for (count, more) in [(1, ""), (2, ""), (10_000, ""), (1, &*long)] {
            let mut members = vec![("index.json".to_owned(), index(&hex(0), count, more))];
            for n in 0..30 {
                members.push((format!("blobs/sha256/{}", hex(n)), index(&hex((n + 1) % 30), count, "")));
            }
            members.push((format!("blobs/sha256/{}", hex(9)), index(&hex(99), 100_000, "")));
            let members: Vec<(&str, &[u8])> =
                members.iter().map(|(name, text)| (&name[..], text.as_bytes())).collect();
            let report = report(tar(&members));
            let codes = warnings(&report);
            assert!(codes.len() < 200 && !codes.is_empty(), "{} warnings", codes.len());
        }
    }

    fn a_chain_of_links_that_has_no_end_ends within 150 MiB {
        let mut members = Vec::new();
        for n in 0..300 {
            members.push((format!("{n}/json"), format!(r#"{{"id":"{n}","parent":"{}"}}"#, (n + 1) % 300)));
            members.push((format!("{n}/layer.tar"), String::new()));
        }
        let tops: Vec<String> = (0..20_000).map(|n| format!(r#""t{n}":"{}""#, n % 400)).collect();
        members.push(("repositories".to_owned(), format!(r#"{{"r":{{{}}}}}"#, tops.join(","))));
        let members: Vec<(&str, &[u8])> =
            members.iter().map(|(name, text)| (&name[..], text.as_bytes())).collect();
        let source = Memory::one(tar(&members));
        let count = sessions::session(one_pass(&source)).image_count();
        assert_eq!(count, 100);
    }
}

#[test]
fn sparse_files_of_eight_exbibytes_are_added_up() {
    let size = ((1u64 << 63) - 1024).to_string();
    let records = [("GNU.sparse.map", &b"0,4"[..]), ("GNU.sparse.size", size.as_bytes())];
    let file = |name: &str| [pax(&records), member(name, b'0', b"data")].concat();
    let layer: Vec<u8> = ["a", "b", "c", "d"].into_iter().flat_map(file).collect();
    let report = report(docker(&[layer.clone(), member("a", b'0', b""), layer]));
    let image = &report["images"][0];
    assert_eq!(image["tree"]["size"], u64::MAX);
    assert_eq!(image["layers"][0]["contribution"], i64::MAX);
    assert_eq!(image["layers"][1]["contribution"], -((1i128 << 63) - 1024) as i64);
}

#[test]
fn an_archive_as_large_as_its_limit_is_read_completely() {
    let archive = tar(&[("a", b"content")]);
    let packed = gzip(&archive);
    for (less, limited) in [(0, false), (1, true)] {
        let limits = Limits {
            bytes: archive.len() as u64 - less,
            ratio: 0,
            entries: 10,
            ..Limits::default()
        };
        let source = Box::new(Cursor::new(Arc::<[u8]>::from(packed.clone())));
        let form = layerscope::codec::Compression::Gzip;
        let size = packed.len() as u64;
        let passed =
            layerscope::layer::pass_archive(source, size, form, limits, None, None, &mut |_| {});
        assert_eq!((passed.limited, passed.size), (limited, archive.len() as u64 - less));
    }
}
