//! What images waste, compared with what an independent program found (`../shared/fixtures/waste.json`), and
//! properties that hold for every image.
//!
//! - The facts have sums, the ten largest hidden files, and a SHA-256 over all of them: path, layer and class, each
//!   followed by a NUL, sorted by path and layer.

use crate::{made, sessions};
use layerscope::oci::Hasher;
use layerscope::protocol::*;
use layerscope::selection::LayerSelection;
use layerscope::session::Session;
use layerscope::session::native::{Disk, Memory};
use layerscope::vocabulary::{FileTally, ImagePosition, Remedy};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The path's bytes: without its first slash, escapes undone. A name with a backslash of its own would be misread; no
/// archive has one.
fn bytes(shown: &Value) -> Vec<u8> {
    let mut rest = shown.as_str().unwrap().strip_prefix('/').unwrap();
    let mut bytes = Vec::new();
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let (escaped, left) = match after.as_bytes()[0] {
            b'n' => (vec![b'\n'], &after[1..]),
            b't' => (vec![b'\t'], &after[1..]),
            b'r' => (vec![b'\r'], &after[1..]),
            b'x' => (vec![u8::from_str_radix(&after[1..3], 16).unwrap()], &after[3..]),
            _ => {
                let (digits, left) = after[2..].split_once('}').unwrap();
                let c = char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap();
                (c.to_string().into_bytes(), left)
            }
        };
        bytes.extend(escaped);
        rest = left;
    }
    bytes.extend(rest.bytes());
    bytes
}

/// The report's hidden files as the facts hash them.
fn digest(waste: &Value) -> String {
    let number = |value: &Value| value.as_u64().unwrap();
    let record =
        |file: &Value| (bytes(&file["path"]), number(&file["layer"]), file["class"].clone());
    let mut records: Vec<_> = list(&waste["paths"]).iter().map(record).collect();
    records.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut hasher = Hasher::sha256();
    for (path, layer, class) in records {
        hasher.update(&path);
        hasher.update(format!("\0{layer}\0{}\0", class.as_str().unwrap()).as_bytes());
    }
    hasher.finish().encoded().to_owned()
}

/// What holds for the waste of every image.
fn is_consistent(name: &str, image: &Value) {
    let waste = &image["waste"];
    let sum = |files: &mut dyn Iterator<Item = &Value>, field: &str| -> u64 {
        files.map(|file| file[field].as_u64().unwrap()).sum()
    };
    let hidden = &waste["hidden"];
    let paths = list(&waste["paths"]);
    assert_eq!(hidden["files"], paths.len(), "{name}");
    assert_eq!(hidden["bytes"], sum(&mut paths.iter(), "size"), "{name}");
    assert_eq!(hidden["bytes"], sum(&mut list(&waste["byLayer"]).iter(), "bytes"), "{name}");
    let classes = ["removed", "overwritten", "rewritten"];
    for field in ["files", "bytes"] {
        let all = sum(&mut classes.iter().map(|class| &hidden[class]), field);
        assert_eq!(hidden[field], all, "{name}");
    }
    let groups = list(&waste["duplicates"]["paths"]);
    let copies = groups.iter().map(|group| {
        let files = list(&group["paths"]).len() as u64;
        assert!(files > 1, "{name}: {group}");
        (files - 1) * group["size"].as_u64().unwrap()
    });
    assert_eq!(waste["duplicates"]["bytes"], copies.sum::<u64>(), "{name}");
    // What the merge leaves out is neither hidden nor visible.
    let (size, visible) = (image["size"].as_u64(), image["tree"]["size"].as_u64());
    if let (Some(size), Some(visible), Some(bytes)) = (size, visible, hidden["bytes"].as_u64()) {
        assert!(bytes + visible <= size, "{name}: {bytes} + {visible}, of {size}");
    }
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn what_is_wasted_is_what_an_independent_program_found() {
    let text = std::fs::read_to_string(fixtures().join("waste.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for (name, images) in all.as_object().unwrap() {
        let places = [fixtures().join(name), fixtures().join("third-party").join(name)];
        let path = places.iter().find(|path| path.exists());
        let path = path.unwrap_or_else(|| panic!("{name} is not among the fixtures"));
        let report = sessions::report(&Disk::open(path).unwrap());
        assert_eq!(facts::check_waste(&report, images), Vec::<String>::new(), "{name}");
        for (image, facts) in list(&report["images"]).iter().zip(list(images)) {
            assert_eq!(digest(&image["waste"]), facts["hidden"]["sha256"], "{name}: all paths");
            is_consistent(name, image);
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} images were compared");
}

/// The waste of an image of these layers.
fn waste_of(layers: &[Vec<u8>]) -> Value {
    let source = Memory(vec![("a.tar".to_owned(), Arc::from(made::docker(layers)))]);
    let report = sessions::report(&source);
    let image = &report["images"][0];
    is_consistent("made by hand", image);
    image["waste"].clone()
}

/// `path layer→by class changed` of each hidden file.
fn hidden(waste: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let line = |file: &Value| {
        let (class, changed) = (text(&file["class"]), text(&file["changed"]));
        format!("{} {}→{} {class} {changed}", text(&file["path"]), file["layer"], file["by"])
    };
    list(&waste["paths"]).iter().map(line).collect()
}

#[test]
fn the_first_that_happened_to_a_file_is_its_class() {
    let waste = waste_of(&[
        made::tar(&[("a", b"one"), ("b/c", b"two"), ("d", b"three"), ("e", b"four!!")]),
        made::tar_with(
            &[("a", b"one"), ("b", b"a file in place of the directory")],
            |at, header| {
                header.set_mode(if at == 0 { 0o755 } else { 0o644 });
            },
        ),
        made::tar(&[(".wh.a", b""), ("d", b"->a"), ("e", b"other"), ("e", b"another")]),
    ]);
    assert_eq!(
        hidden(&waste),
        [
            "/e 0→2 overwritten -",
            "/d 0→2 overwritten -",
            "/e 2→2 overwritten -",
            "/a 0→1 rewritten mode",
            "/a 1→2 removed -",
            "/b/c 0→1 removed -",
        ]
    );
}

#[test]
fn a_file_whose_other_name_is_left_is_not_hidden() {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_mode(0o644);
    builder.append_data(&mut header, "a", &b"bytes"[..]).unwrap();
    let mut link = tar::Header::new_gnu();
    link.set_entry_type(tar::EntryType::Link);
    link.set_size(0);
    builder.append_link(&mut link, "b", "a").unwrap();
    let base = builder.into_inner().unwrap();
    let waste = waste_of(&[base.clone(), made::tar(&[(".wh.a", b"")])]);
    assert_eq!(hidden(&waste), [""; 0]);
    let waste = waste_of(&[base, made::tar(&[(".wh.a", b"")]), made::tar(&[(".wh.b", b"")])]);
    assert_eq!(hidden(&waste), ["/a 0→1 removed -"], "told of the path under which it was brought");
}

#[test]
fn equal_contents_are_duplicates_and_names_of_one_file_are_not() {
    let waste = waste_of(&[
        made::tar(&[("a", b"same"), ("b", b"same"), ("empty", b""), ("void", b"")]),
        made::tar(&[("c", b"same"), ("d", b"else")]),
    ]);
    let duplicates = &waste["duplicates"];
    assert_eq!(duplicates["bytes"], 8);
    assert_eq!(duplicates["paths"], json!([{"size": 4, "paths": ["/a", "/b", "/c"]}]));
}

const FIRST: ImagePosition = ImagePosition(0);

fn tally(files: u64, bytes: u64) -> FileTally {
    FileTally { files, bytes }
}

/// The image in which `waste-public.docker20.docker.tar` shows every class: layers 1 to 10 each do one thing.
fn public() -> Session {
    sessions::read(&Disk::open(&fixtures().join("waste-public.docker20.docker.tar")).unwrap())
}

/// Paths of the rows of hidden files.
fn rows(session: &Session, table: WasteTable) -> Vec<String> {
    let rows = RowRange { first: 0, count: 100 };
    let part = session.hidden_files(HiddenFiles { table: WasteTable { rows, ..table } }).unwrap();
    let row = |line: &TableLine<WasteRow>| match line {
        TableLine::Row(row) => format!("{} {}", row.shown, row.size),
        TableLine::Head(head) => format!("[{} files, {} bytes]", head.rows, head.size),
    };
    part.lines.iter().map(row).collect()
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn figures_name_the_instruction_and_what_to_write_instead() {
    let session = public();
    let facts = session.waste(Waste { image: FIRST, layers: LayerSelection::All }).unwrap();
    assert_eq!(facts.hidden.all(), tally(25, 358_485));
    let saving = |remedy| {
        let of = facts.savings.iter().filter(move |saving| saving.remedy == remedy);
        of.map(|saving| (saving.by.number.get(), saving.files)).collect::<Vec<_>>()
    };
    // The Dockerfile's `RUN` instructions, of which the base image has the first layer: `chown` is in layer 10,
    // `chmod` in 8 and 4, `mv`, `rm -rf` and `rm` in 5, 9 and 3, a second `dd` in 6.
    assert_eq!(
        saving(Remedy::ChangeInSameRun),
        [(10, tally(1, 61_440)), (8, tally(9, 46_080)), (4, tally(1, 40_960))]
    );
    assert_eq!(
        saving(Remedy::CleanInSameRun),
        [(5, tally(1, 61_440)), (9, tally(9, 46_080)), (3, tally(1, 20_480))]
    );
    assert_eq!(saving(Remedy::ChangedByRun), [(6, tally(1, 81_920))]);
    assert_eq!(saving(Remedy::ChangesBase), [(10, tally(2, 85))], "/etc of the base image");
    let all: u64 = facts.savings.iter().map(|saving| saving.files.bytes).sum();
    assert_eq!(all, 358_485, "every hidden byte has its remedy");
    let ImageWeights { now, visible, without_copies } = facts.weights;
    assert_eq!((now.bytes, visible.bytes), (Some(2_484_190), Some(2_125_705)));
    assert_eq!((without_copies.bytes, now.compressed), (visible.bytes, None));
    let kept: u64 = facts.layers.iter().map(|layer| layer.kept).sum();
    assert_eq!(Some(kept), visible.bytes);
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn rows_of_hidden_files_are_selected_by_layer_class_and_path() {
    let session = public();
    let layer = |number| LayerSelection::parse(number).unwrap();
    let all = rows(&session, WasteTable::default());
    assert_eq!((all.len(), &all[0][..]), (25, "/data4.bin 81920"));
    let by_five = WasteTable { layers: layer("5"), ..WasteTable::default() };
    assert_eq!(rows(&session, by_five), ["/data3.bin 61440"]);
    let up_to_five = WasteTable { layers: layer("..5"), ..WasteTable::default() };
    assert_eq!(rows(&session, up_to_five).len(), 3);
    let show = vec![WasteShow::Brought, WasteShow::Overwritten];
    let brought = WasteTable { layers: layer("2"), show, ..WasteTable::default() };
    assert_eq!(rows(&session, brought), ["/data4.bin 81920"]);
    let filter = WasteTable { filter: "MOVED3".to_owned(), ..WasteTable::default() };
    assert_eq!(rows(&session, filter), ["/moved3.bin 61440"]);
    let grouped = WasteTable { group: Some(WasteGroup::Class), ..WasteTable::default() };
    let heads: Vec<String> =
        rows(&session, grouped).into_iter().filter(|row| row.starts_with('[')).collect();
    assert_eq!(
        heads,
        [
            "[11 files, 128000 bytes]",
            "[1 files, 81920 bytes]",
            "[10 files, 87040 bytes]",
            "[3 files, 61525 bytes]"
        ]
    );
    let one = session.waste(Waste { image: FIRST, layers: layer("10") }).unwrap();
    assert_eq!(one.hidden.all(), tally(3, 61_525), "what layer 10 hid");
}

#[test]
fn duplicates_are_rows_with_their_paths_and_layers() {
    let layers = [
        made::tar(&[("a", b"same"), ("b/c", b"same")]),
        made::tar(&[("d", b"same"), ("e", b"twice"), ("f", b"twice")]),
    ];
    let source = Memory(vec![("a.tar".to_owned(), Arc::from(made::docker(&layers)))]);
    let session = sessions::read(&source);
    let rows = |layers: &str, filter: &str| {
        let table = DuplicateTable {
            image: FIRST,
            layers: LayerSelection::parse(layers).unwrap(),
            filter: filter.to_owned(),
            rows: RowRange { first: 0, count: 10 },
        };
        let part = session.duplicate_files(DuplicateFiles { table }).unwrap();
        let row = |line: TableLine<DuplicateRow>| match line {
            TableLine::Row(row) => {
                let path = |one: &DuplicatePath| format!("{} {}", one.shown, one.layer.number);
                let paths: Vec<String> = row.paths.iter().map(path).collect();
                format!("{} of {}, {} wasted: {}", row.files, row.size, row.bytes, paths.join(", "))
            }
            TableLine::Head(_) => panic!("not grouped"),
        };
        part.lines.into_iter().map(row).collect::<Vec<_>>()
    };
    let same = "3 of 4, 8 wasted: /a 1, /b/c 1, /d 2";
    assert_eq!(rows("", ""), [same, "2 of 5, 5 wasted: /e 2, /f 2"]);
    assert_eq!(rows("1", ""), [same]);
    assert_eq!(rows("", "B/"), [same]);
}

#[test]
fn savings_beyond_those_that_are_listed_are_counted() {
    let names: Vec<String> = (0..203).map(|n| format!("f{n}")).collect();
    let base: Vec<(&str, &[u8])> = names.iter().map(|name| (&name[..], &b"1234567"[..])).collect();
    let removed = |name: &String| made::tar(&[(&format!(".wh.{name}"), b"")]);
    let above: Vec<Vec<u8>> = names.iter().map(removed).collect();
    let mut layers = vec![made::tar(&base)];
    layers.extend(above);
    let session = sessions::read(&Memory::one(made::docker(&layers)));
    let facts = |layers| session.waste(Waste { image: ImagePosition(0), layers }).unwrap();
    let all = facts(LayerSelection::All);
    assert_eq!((all.savings.len(), all.more_savings), (200, 3));
    assert_eq!(all.more_saved, FileTally { files: 3, bytes: 21 });
    let few = facts(LayerSelection::parse("..101").unwrap());
    assert_eq!((few.savings.len(), few.more_savings), (100, 0));
}
