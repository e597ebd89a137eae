//! Two versions of a file compared, and two layers of one image: what `diff` and images of these layers alone say.

use crate::made::{self, docker, tar_with, texts};
use crate::sessions;
use layerscope::protocol::{
    CompareContent, ComparedLine, Comparison, ComparisonFacts, ContentComparison, DifferenceTable,
    Differences, LineChange, LinkPath, MAX_COMPARED_CONTENT, ReadContent, RowRange, Source,
    TakePart, TextComparison,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Driver, Memory};
use layerscope::vocabulary::{ImagePosition, LayerNumber, LeftOut};
use std::process::Command;

const IMAGE: ImagePosition = ImagePosition(0);

fn number(layer: u32) -> LayerNumber {
    LayerNumber::new(layer).unwrap()
}

/// Compares the file `f` as two layers left it, as the page does.
fn differences(driver: &mut Driver<'_>, before: u32, after: u32) -> ContentComparison {
    let up_to = |layer| LayerSelection::UpTo(number(layer));
    let (image, path) = (IMAGE, LinkPath("/f".into()));
    let content = ReadContent {
        image,
        path: path.clone(),
        layers: up_to(before),
        offset: 0,
        length: MAX_COMPARED_CONTENT,
    };
    let before = driver.content(content).unwrap();
    driver.ask(CompareContent { image, path, layers: up_to(after), before }).unwrap()
}

/// The lines that differ, as `diff` without context prints them.
fn signed(comparison: &TextComparison) -> Vec<String> {
    let line = |line: &ComparedLine| {
        let sign = match line.change {
            LineChange::Common => return None,
            LineChange::Removed => '-',
            LineChange::Added => '+',
        };
        let parts: String = line.parts.iter().map(|part| part.text.to_string()).collect();
        Some(format!("{sign}{parts}"))
    };
    comparison.hunks.iter().flat_map(|hunk| &hunk.lines).filter_map(line).collect()
}

/// What GNU diff says about two texts.
fn diff(before: &str, after: &str) -> Vec<String> {
    let folder = std::env::temp_dir().join(format!("layerscope-diff-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (a, b) = (file("a", before), file("b", after));
    let output = Command::new("diff").args(["-U0", "--minimal"]).args([a, b]).output().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    let lines = lines.lines().skip(2).filter(|line| !line.starts_with('@'));
    lines.map(str::to_owned).collect()
}

#[test]
fn lines_of_two_layers_differ_as_diff_says() {
    let text = include_str!("../../docs/compare.md");
    let paragraphs: Vec<&str> = text.split_inclusive("\n\n").collect();
    let shorter: String = paragraphs.iter().skip(2).copied().collect();
    let changed = text.replace("difference", "deviation").replace("| `times` |", "| `time` |");
    let versions = [text, &shorter, &changed];
    let layers = versions.map(|text| texts(&[("f", text)]));
    let source = Memory::one(docker(&layers));
    let mut driver = sessions::driver(&source);
    for (before, after) in [(1, 2), (2, 3), (3, 1)] {
        let ContentComparison::Text(comparison) = differences(&mut driver, before, after) else {
            panic!("these are texts");
        };
        let of = |layer: u32| versions[layer as usize - 1];
        let (mut own, mut other) = (signed(&comparison), diff(of(before), of(after)));
        assert!(own.len() > 3, "{before} to {after}");
        // Of equal lines beside each other either one can be called removed.
        own.sort_unstable();
        other.sort_unstable();
        assert_eq!(own, other, "{before} to {after}");
    }
}

#[test]
fn the_same_content_and_binary_content_are_told() {
    let layers: [Vec<u8>; 3] = [b"\x7fELF\0\x01", b"\x7fELF\0\x02", b"\x7fELF\0\x02"]
        .map(|bytes: &[u8; 6]| made::tar(&[("f", &bytes[..])]));
    let source = Memory::one(docker(&layers));
    let mut driver = sessions::driver(&source);
    assert_eq!(differences(&mut driver, 1, 2), ContentComparison::NotText);
    assert_eq!(differences(&mut driver, 2, 3), ContentComparison::Same);
}

#[test]
fn contents_that_are_too_large_or_not_here_are_refused() {
    let large = vec![b'x'; MAX_COMPARED_CONTENT as usize + 1];
    let source = Memory::one(docker(&[made::tar(&[("f", &large[..]), ("small", b"x")])]));
    let mut driver = sessions::driver(&source);
    let ask = |driver: &mut Driver<'_>, path: &str, before: Vec<u8>| {
        let (path, layers) = (LinkPath(path.into()), LayerSelection::All);
        let question = CompareContent { image: IMAGE, path, layers, before };
        driver.ask(question).unwrap_err().code
    };
    assert_eq!(ask(&mut driver, "/f", Vec::new()), "file-too-large");
    assert_eq!(ask(&mut driver, "/small", large), "file-too-large");
    assert_eq!(ask(&mut driver, "/none", Vec::new()), "no-such-path");
    let saved = Memory::one(sessions::session(driver).save(IMAGE).unwrap());
    assert_eq!(ask(&mut sessions::driver(&saved), "/small", Vec::new()), "no-content");
}

/// Three layers: a file is changed, then another one is removed.
fn three_layers() -> [Vec<u8>; 3] {
    let layer = |members: &[(&str, &[u8])]| tar_with(members, |_, header| header.set_mtime(1));
    [
        layer(&[("etc/motd", b"one\n"), ("srv/old", b"1234567"), ("same", b"s")]),
        layer(&[("etc/motd", b"two and more\n")]),
        layer(&[("srv/.wh.old", b""), ("srv/new", b"12")]),
    ]
}

fn compared(driver: &mut Driver<'_>, a: ImagePosition, b: ImagePosition) -> ComparisonFacts {
    driver.ask(Comparison { a, b, without: LeftOut::default() }).unwrap()
}

#[test]
fn an_image_up_to_a_layer_is_what_these_layers_alone_are() {
    let layers = three_layers();
    let source = Memory::one(docker(&layers));
    let mut driver = sessions::driver(&source);
    for last in [1, 2] {
        let part = driver.ask(TakePart { image: IMAGE, last: number(last) }).unwrap();
        driver.show(part).unwrap();
        let alone = Memory::one(docker(&layers[..last as usize]));
        let alone = sessions::read(&alone);
        let (of_part, of_alone) =
            (compared(&mut driver, part, IMAGE).a, alone.compared_side(IMAGE).unwrap());
        assert_eq!((of_part.size, of_part.layers.len()), (of_alone.size, last as usize));
        let again = driver.ask(TakePart { image: IMAGE, last: number(last) }).unwrap();
        assert_eq!(again, part, "it is made once");
    }
    let whole = driver.ask(TakePart { image: IMAGE, last: number(3) }).unwrap();
    assert_eq!(whole, IMAGE, "up to its last layer it is the image");
    let beyond = driver.ask(TakePart { image: IMAGE, last: number(4) }).unwrap_err();
    assert_eq!(beyond.code, "no-such-layer");
    assert_eq!(driver.ask(Source {}).unwrap().images.len(), 1, "parts are no images of the source");
    let report = sessions::report_of(&mut driver);
    assert_eq!(report["images"].as_array().unwrap().len(), 1);
}

#[test]
fn two_layers_of_one_image_are_compared() {
    let source = Memory::one(docker(&three_layers()));
    let mut driver = sessions::driver(&source);
    let mut up_to = |last| {
        let part = driver.ask(TakePart { image: IMAGE, last: number(last) }).unwrap();
        driver.show(part).unwrap();
        part
    };
    let (a, b) = (up_to(1), up_to(2));
    let facts = compared(&mut driver, a, b);
    let shared = (facts.shared_prefix, facts.shared, facts.b.layers.len());
    assert_eq!(shared, (1, 1, 2));
    assert_eq!((facts.a.size, facts.b.size), (12, 21));
    let rows = RowRange { first: 0, count: 9 };
    let table = DifferenceTable { a, b, rows, ..DifferenceTable::default() };
    let part = driver.ask(Differences { table }).unwrap();
    assert_eq!(part.total_rows, 1, "only layer 2 counts: {part:?}");
    let facts = compared(&mut driver, b, IMAGE);
    let classes: Vec<_> = facts.classes.iter().map(|class| class.paths).collect();
    assert_eq!(classes, [1, 1], "one is added, one removed");
}
