//! What a search in contents finds is what `grep -c` counts in the layers that GNU tar unpacks.

use crate::sessions;
use crate::unpacked::{each_layer, files_in};
use layerscope::expression::Expression;
use layerscope::protocol::{
    GroupLabel, MatchCounts, MatchTable, Matches, RowRange, SearchContents, SearchSpec, TableLine,
};
use layerscope::selection::LayerSelection;
use layerscope::session::native::{Disk, Driver};
use layerscope::vocabulary::{ImagePosition, LayerNumber};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// A search, and how `grep` is told the same.
struct Case {
    text: &'static str,
    regex: bool,
    case: bool,
    word: bool,
    binary: bool,
    grep: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case { text: "lib", regex: false, case: true, word: false, binary: false, grep: &["-I", "-F"] },
    Case {
        text: "LIB",
        regex: false,
        case: false,
        word: false,
        binary: true,
        grep: &["-a", "-i", "-F"],
    },
    Case {
        text: "the",
        regex: false,
        case: true,
        word: true,
        binary: true,
        grep: &["-a", "-w", "-F"],
    },
    Case {
        text: "^[a-z]+:.*:[0-9]+",
        regex: true,
        case: true,
        word: false,
        binary: false,
        grep: &["-I", "-E"],
    },
    Case {
        text: "(error|warn)[a-z]*",
        regex: true,
        case: false,
        word: false,
        binary: true,
        grep: &["-a", "-i", "-E"],
    },
    Case {
        text: "[0-9]{2}",
        regex: true,
        case: true,
        word: true,
        binary: false,
        grep: &["-I", "-w", "-E"],
    },
    Case { text: "^$", regex: true, case: true, word: false, binary: true, grep: &["-a", "-E"] },
];

/// Lines by path, as we find them in a layer.
fn found(
    driver: &mut Driver<'_>,
    image: ImagePosition,
    layer: LayerNumber,
    case: &Case,
) -> BTreeMap<String, u64> {
    let expression = Expression {
        text: case.text.to_owned(),
        regex: case.regex,
        case: case.case,
        word: case.word,
    };
    let layers = LayerSelection::one(layer);
    let spec = SearchSpec { layers, expression, binary: case.binary, ..SearchSpec::default() };
    driver.ask(SearchContents { image, spec }).unwrap();
    let totals = driver.ask(MatchCounts { image }).unwrap();
    assert!(totals.complete && totals.problems.is_empty(), "{totals:?}");
    assert_eq!(totals.files, totals.searched);
    let mut lines = BTreeMap::new();
    let mut first = 0;
    loop {
        let rows = RowRange { first, count: 2000 };
        let part = driver.ask(Matches { table: MatchTable { image, rows } }).unwrap();
        if part.lines.is_empty() {
            break;
        }
        first += part.lines.len() as u32;
        for line in part.lines {
            if let TableLine::Head(head) = line
                && let GroupLabel::Text(path) = head.label
            {
                lines.insert(path.to_string(), head.rows);
            }
        }
    }
    assert_eq!(totals.lines, lines.values().sum::<u64>());
    lines
}

/// The same by grep, for each file of a folder.
fn counted(folder: &Path, case: &Case) -> BTreeMap<Vec<u8>, u64> {
    let output = Command::new("grep")
        .env("LC_ALL", "C")
        .args(["-r", "-c", "-Z"])
        .args(case.grep)
        .args(["-e", case.text, "."])
        .current_dir(folder)
        .output()
        .unwrap();
    let mut counts = BTreeMap::new();
    let mut rest = &output.stdout[..];
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let (path, after) = (&rest[..end], &rest[end + 1..]);
        let feed = after.iter().position(|byte| *byte == b'\n').unwrap();
        let count = std::str::from_utf8(&after[..feed]).unwrap().parse().unwrap();
        counts.insert(path.strip_prefix(b"./").unwrap_or(path).to_vec(), count);
        rest = &after[feed + 1..];
    }
    counts
}

/// Compares all searches in all layers of an archive; returns how many lines were found, and in how many files.
fn compare(archive: &Path) -> (u64, usize) {
    let disk = Disk::open(archive).unwrap();
    let mut driver = sessions::driver(&disk);
    let mut compared = (0, 0);
    each_layer(archive, &mut driver, "search", |driver, image, layer, folder| {
        let files = files_in(&folder.0);
        for case in CASES {
            let found = found(driver, image, layer, case);
            let counted = counted(&folder.0, case);
            for name in files.keys() {
                let shown = layerscope::text::show(&[b"/", &name[..]].concat());
                let (got, want) = (found.get(&shown).copied().unwrap_or(0), counted[name]);
                if got == want {
                    compared = (compared.0 + got, compared.1 + 1);
                } else {
                    // tar follows a link in the middle of a path, the tree takes paths literally.
                    assert!(
                        !is_there(driver, image, layer, name),
                        "{}, layer {layer}, {}: {shown}: {got}, not {want}",
                        archive.display(),
                        case.text
                    );
                }
            }
        }
    });
    assert_eq!((driver.defects(), driver.panics()), (0, 0));
    compared
}

fn is_there(
    driver: &mut Driver<'_>,
    image: ImagePosition,
    layer: LayerNumber,
    name: &[u8],
) -> bool {
    use layerscope::protocol::{FileDetails, LinkPath};
    let path = LinkPath(name.iter().map(|byte| format!("%{byte:02X}")).collect());
    let details = FileDetails { image, path, layers: LayerSelection::one(layer) };
    driver.ask(details).is_ok_and(|facts| facts.current.is_some_and(|state| state.readable))
}

/// Compares every archive of a folder that has facts.
fn compare_all(folder: &Path) -> (u64, usize) {
    let facts = facts::load_all(&folder.join("facts.json"));
    let names = facts["archives"].as_object().unwrap().keys();
    // The facts of the sample image are among those of the fixtures; the image is in `www/`.
    let names = names.filter(|name| *name != "sample.tar");
    let compared = names.map(|name| compare(&folder.join(name)));
    compared.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
}

#[test]
#[cfg_attr(not(has_decompressors), ignore = "needs bzip2, lz4, xz and zstd")]
fn lines_in_our_own_archives_are_what_grep_counts() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let (lines, files) = compare_all(&own);
    assert!(lines > 100 && files > 500, "only {lines} lines in {files} files were compared");
}

#[test]
#[cfg_attr(
    not(all(has_shared, has_decompressors)),
    ignore = "needs ../shared, bzip2, lz4, xz and zstd"
)]
fn lines_in_the_shared_archives_are_what_grep_counts() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    let (lines, files) = compare_all(&shared);
    assert!(lines > 100_000 && files > 20_000, "only {lines} lines in {files} files were compared");
}
