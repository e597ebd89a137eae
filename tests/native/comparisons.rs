//! Two images compared: every pair of `../shared/fixtures/compare.json`, whose facts another program found.

use crate::made::{self, tar, texts};
use crate::sessions;
use layerscope::analysis::compare::{ComparedLayers, ImageComparison, compare};
use layerscope::oci::Hasher;
use layerscope::protocol::{
    AddInspection, Comparison, DifferenceGroup, DifferenceRow, DifferenceShow, DifferenceTable,
    Differences, RowRange, TableLine, TablePart,
};
use layerscope::session::native::{Disk, Driver, FileBeside, Memory};
use layerscope::session::schedule::{FirstShown, ScheduleOptions};
use layerscope::session::{Files, Session};
use layerscope::tree::FileTree;
use layerscope::vocabulary::{ImagePosition, LeftOut, PathDifference};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn shared() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures")
}

/// A session with this image read.
fn read(source: &(dyn Files + Sync), image: ImagePosition) -> Session {
    let first = FirstShown::Position(image);
    let options = ScheduleOptions { cores: 2, thorough: true, first, ..ScheduleOptions::default() };
    let driver = sessions::with_options(source, options);
    sessions::session(driver.unwrap_or_else(|problem| panic!("{problem:?}")))
}

/// The image that a fact names: `archive`, or `archive#1` for its second image.
fn side(name: &str) -> (Session, ImagePosition) {
    let (archive, position) = name.split_once('#').unwrap_or((name, "0"));
    let image = ImagePosition(position.parse().unwrap());
    (read(&Disk::open(&shared().join(archive)).unwrap(), image), image)
}

fn compared(
    (a, image_a): &(Session, ImagePosition),
    (b, image_b): &(Session, ImagePosition),
) -> ImageComparison {
    let (a, b) = (a.compared_image(*image_a).unwrap(), b.compared_image(*image_b).unwrap());
    compare(&a, &b, LeftOut::default())
}

/// A class as the facts have it: number, the first five, SHA-256 over all with a NUL after each.
fn class(
    compared: &ImageComparison,
    difference: PathDifference,
    a: &FileTree,
    b: &FileTree,
) -> Value {
    let mut hasher = Hasher::sha256();
    let mut first = Vec::new();
    for path in compared.paths.list.iter().filter(|path| path.difference == difference) {
        let path = path.path(a, b);
        hasher.update(&path);
        hasher.update(b"\0");
        if first.len() < 5 {
            first.push(String::from_utf8_lossy(&path).into_owned());
        }
    }
    let paths = compared.paths.of(difference).paths;
    json!({"first": first, "paths": paths, "sha256": hasher.finish().encoded()})
}

#[test]
#[cfg_attr(not(has_shared), ignore = "needs ../shared")]
fn every_pair_differs_as_the_facts_say() {
    let facts = std::fs::read_to_string(shared().join("compare.json")).unwrap();
    let facts: Value = serde_json::from_str(&facts).unwrap();
    let pairs = facts.as_object().unwrap();
    assert!(pairs.len() > 10);
    for (names, facts) in pairs {
        let (name_a, name_b) = names.split_once(' ').unwrap();
        let (a, b) = (side(name_a), side(name_b));
        let compared = compared(&a, &b);
        let trees = [&a, &b].map(|(session, image)| session.compared_image(*image).unwrap().tree);
        for (difference, field) in PathDifference::ALL
            .into_iter()
            .zip(["added", "removed", "type", "content", "metadata", "time"])
        {
            let found = class(&compared, difference, trees[0], trees[1]);
            assert_eq!(found, facts[field], "{names}: {field}");
        }
        assert_eq!(
            (compared.paths.equal, compared.paths.unknown),
            (facts["equal"].as_u64().unwrap(), 0)
        );
        let ComparedLayers { a, b, shared_prefix, shared } = compared.layers;
        let layers = json!({"a": a, "b": b, "shared": shared, "shared_prefix": shared_prefix});
        assert_eq!(layers, facts["layers"], "{names}: layers");
        let sizes = trees.map(|tree| tree.totals().size);
        assert_eq!(json!(sizes), facts["size"], "{names}: sizes");
        let grown: i128 = compared.paths.list.iter().map(grown).sum();
        assert_eq!(
            grown,
            i128::from(sizes[1]) - i128::from(sizes[0]),
            "{names}: classes explain the size"
        );
    }
}

fn grown(path: &layerscope::analysis::compare::DifferentPath) -> i128 {
    i128::from(path.bytes_b) - i128::from(path.bytes_a)
}

/// A docker archive of one image with these layers, built at a time.
fn image(layers: &[Vec<u8>], time: &str) -> Memory {
    let names: Vec<String> = (0..layers.len()).map(|at| format!("layer{at}")).collect();
    let manifest = json!([{"Config": "config", "Layers": names}]).to_string();
    let step = |at: usize| json!({"created": time, "created_by": format!("RUN {at}")});
    let history: Vec<Value> = (0..layers.len()).map(step).collect();
    let config = json!({"architecture": "amd64", "os": "linux", "created": time, "history": history,
        "config": {"Image": format!("sha256:{time}"), "Env": ["A=1"]}});
    let config = config.to_string();
    let mut members = vec![("manifest.json", manifest.as_bytes()), ("config", config.as_bytes())];
    members.extend(names.iter().map(String::as_str).zip(layers.iter().map(Vec::as_slice)));
    Memory::one(tar(&members))
}

fn compare_made(a: &Memory, b: &Memory) -> ImageComparison {
    let read = |source| (read(source, ImagePosition(0)), ImagePosition(0));
    compared(&read(a), &read(b))
}

#[test]
fn an_image_that_was_only_built_again_is_the_same_but_for_times() {
    let layer = |seconds| {
        made::tar_with(&[("etc/hosts", b"localhost")], |_, header| header.set_mtime(seconds))
    };
    let compared = compare_made(&image(&[layer(1)], "2024"), &image(&[layer(2)], "2025"));
    assert!(compared.same_but_times, "{compared:?}");
    assert_eq!(compared.paths.of(PathDifference::Time).paths, 1);
    assert_eq!((compared.layers.shared, compared.common_history), (0, 1));
    assert_eq!(compared.settings, []);
}

#[test]
fn a_layer_that_is_only_shifted_makes_no_path_differ() {
    let (one, two) = (texts(&[("a", "1")]), texts(&[("b", "2")]));
    let new = texts(&[("c", "3")]);
    let compared =
        compare_made(&image(&[one.clone(), two.clone()], "2024"), &image(&[new, one, two], "2024"));
    assert_eq!((compared.layers.shared_prefix, compared.layers.shared), (0, 2));
    assert_eq!((compared.paths.equal, compared.paths.list.len()), (2, 1));
    assert!(!compared.same_but_times);
}

#[test]
fn another_setting_alone_is_a_difference() {
    let layer = texts(&[("a", "1")]);
    let a = image(&[layer], "2024");
    let mut b = a.clone();
    let bytes = String::from_utf8_lossy(&b.0[0].1).replace("A=1", "A=2").into_bytes();
    b.0[0].1 = bytes.into();
    let compared = compare_made(&a, &b);
    assert!(!compared.same_but_times);
    assert_eq!(compared.settings.len(), 1, "{:?}", compared.settings);
    assert_eq!(compared.settings[0].field, "Env");
}

#[test]
fn a_saved_inspection_is_compared_like_its_image() {
    let source = image(&[texts(&[("a", "1"), ("d/b", "2")])], "2024");
    let session = read(&source, ImagePosition(0));
    let saved = Memory::one(session.save(ImagePosition(0)).unwrap());
    let compared = compare_made(&source, &saved);
    assert!(compared.same_but_times && compared.paths.list.is_empty(), "{compared:?}");
}

const FIRST: ImagePosition = ImagePosition(0);
const SECOND: ImagePosition = ImagePosition(1);

/// A docker archive of two images with a common base; the second was made of the first's next version.
fn two_images() -> Memory {
    let base = made::tar_with(
        &[("etc/hosts", b"localhost"), ("etc/same", b"same"), ("bin/tool", b"old tool")],
        |_, header| header.set_mtime(1),
    );
    let first = made::texts(&[("srv/gone", "123456")]);
    let second = made::tar_with(
        &[
            ("bin/tool", b"a new and larger tool"),
            ("etc/hosts", b"localhost"),
            ("srv/new<b>", b"12"),
        ],
        |at, header| {
            header.set_mtime(1);
            if at == 1 {
                header.set_mode(0o600);
                header.set_uid(7);
            }
        },
    );
    let config = |env: &str| json!({"config": {"Env": [env]}}).to_string();
    let (c1, c2) = (config("V=1"), config("V=2"));
    let item = |config: &str, own: &str| json!({"Config": config, "RepoTags": [format!("app:{own}")], "Layers": ["base", own]});
    let manifest = json!([item("c1", "first"), item("c2", "second")]).to_string();
    Memory::one(tar(&[
        ("manifest.json", manifest.as_bytes()),
        ("c1", c1.as_bytes()),
        ("c2", c2.as_bytes()),
        ("base", &base),
        ("first", &first),
        ("second", &second),
    ]))
}

/// A driver with both images read.
fn both(source: &Memory) -> Driver<'_> {
    let mut driver = sessions::driver(source);
    for image in [FIRST, SECOND] {
        driver.show(image).unwrap();
    }
    driver
}

fn rows(part: &TablePart<DifferenceRow>) -> String {
    let row = |line: &TableLine<DifferenceRow>| match line {
        TableLine::Head(head) => format!("[{}]", head.rows),
        TableLine::Row(row) => format!("{} {:?}", row.shown, row.difference),
    };
    part.lines.iter().map(row).collect::<Vec<_>>().join(", ")
}

fn table() -> DifferenceTable {
    let rows = RowRange { first: 0, count: 100 };
    DifferenceTable { a: FIRST, b: SECOND, rows, ..DifferenceTable::default() }
}

#[test]
fn two_images_of_a_session_are_compared_by_a_query() {
    let source = two_images();
    let mut driver = both(&source);
    let facts =
        driver.ask(Comparison { a: FIRST, b: SECOND, without: LeftOut::default() }).unwrap();
    assert_eq!((&*facts.a.name, &*facts.b.name), ("app:first", "app:second"));
    assert_eq!((facts.a.size, facts.b.size), (27, 36));
    let classes: Vec<_> =
        facts.classes.iter().map(|class| (class.difference, class.paths)).collect();
    assert_eq!(
        classes,
        [
            (PathDifference::Added, 1),
            (PathDifference::Removed, 1),
            (PathDifference::Content, 1),
            (PathDifference::Metadata, 1)
        ]
    );
    assert_eq!((facts.equal, facts.unknown, facts.same_but_times), (4, 0, false));
    assert_eq!((facts.shared_prefix, facts.shared), (1, 1));
    let others: Vec<_> =
        facts.b.layers.iter().map(|layer| layer.in_other.map(|n| n.get())).collect();
    assert_eq!(others, [Some(1), None]);
    let grown: i64 = facts.growth.directories.iter().map(|directory| directory.bytes).sum();
    assert_eq!((grown, facts.growth.unowned), (9, 9));
    assert_eq!(facts.settings.len(), 1);
    let setting = &facts.settings[0];
    assert_eq!(setting.a.as_ref().map(|text| text.as_str()), Some(r#"["V=1"]"#));
}

#[test]
fn paths_that_differ_are_a_table() {
    let source = two_images();
    let mut driver = both(&source);
    let mut ask = |table: DifferenceTable| driver.ask(Differences { table }).unwrap();
    let all = ask(table());
    assert_eq!(
        rows(&all),
        "/bin/tool Content, /etc/hosts Metadata, /srv/gone Removed, /srv/new<b> Added"
    );
    let TableLine::Row(hosts) = &all.lines[1] else { panic!("a row") };
    let metadata = hosts.metadata.unwrap();
    assert_eq!((metadata.mode, metadata.owner), (Some((0o644, 0o600)), Some(((0, 0), (7, 0)))));
    let shown = ask(DifferenceTable { show: DifferenceShow::Added, ..table() });
    assert_eq!((rows(&shown), shown.total_rows), ("/srv/new<b> Added".to_owned(), 1));
    let filtered = ask(DifferenceTable { filter: "SRV".into(), ..table() });
    assert_eq!(filtered.total_rows, 2);
    let grouped = ask(DifferenceTable { group: Some(DifferenceGroup::Directory), ..table() });
    assert_eq!(
        rows(&grouped),
        "[1], /bin/tool Content, [1], /etc/hosts Metadata, [2], /srv/gone Removed, /srv/new<b> Added"
    );
    let part = ask(DifferenceTable { rows: RowRange { first: 2, count: 1 }, ..table() });
    assert_eq!((rows(&part), part.total_lines), ("/srv/gone Removed".to_owned(), 4));
    let swapped = ask(DifferenceTable { a: SECOND, b: FIRST, ..table() });
    assert!(rows(&swapped).ends_with("/srv/gone Added, /srv/new<b> Removed"));
}

#[test]
fn an_image_that_is_not_ready_is_not_compared() {
    let source = two_images();
    let mut driver = sessions::driver(&source);
    let problem =
        driver.ask(Comparison { a: FIRST, b: SECOND, without: LeftOut::default() }).unwrap_err();
    assert_eq!(problem.code, "layers-not-read");
    let third = ImagePosition(2);
    assert_eq!(
        driver
            .ask(Comparison { a: FIRST, b: third, without: LeftOut::default() })
            .unwrap_err()
            .code,
        "no-such-image"
    );
}

#[test]
fn an_image_of_another_source_is_compared_once_its_inspection_is_taken_in() {
    let source = two_images();
    let saved = sessions::session(both(&source)).save(SECOND).unwrap();
    let file = FileBeside { bytes: saved.into(), modified: 0 };
    let mut driver = both(&source);
    let question = AddInspection { name: "other".into() };
    let (taken, _) = driver.ask_with(question, vec![file]).unwrap();
    driver.show(taken[0]).unwrap();
    let facts =
        driver.ask(Comparison { a: SECOND, b: taken[0], without: LeftOut::default() }).unwrap();
    assert!(facts.same_but_times && facts.classes.is_empty(), "{facts:?}");
    let of_first =
        driver.ask(Comparison { a: FIRST, b: taken[0], without: LeftOut::default() }).unwrap();
    assert_eq!(of_first.classes.len(), 4);
}
