//! The treemap over small trees.

use super::*;
use crate::selection::LayerSelection;
use crate::tree::drawn::drawn;
use crate::tree::find::Find;

fn settings(layers: &str, directory: &str, find: &str) -> ViewSettings {
    ViewSettings {
        selection: LayerSelection::parse(layers).unwrap(),
        directory: directory.into(),
        find: Find::parse(find).terms,
        ..ViewSettings::default()
    }
}

fn tiles(tree: &FileTree, layers: &str, directory: &str, find: &str) -> (Vec<SizeTile>, u64) {
    size_tiles(tree, &settings(layers, directory, find), TileColouring::Layer, 2.0)
}

fn named(tree: &FileTree, tiles: &[SizeTile]) -> String {
    let name = |tile: &SizeTile| {
        let path = String::from_utf8(tree.path(tile.node)).unwrap();
        match tile.kind {
            TileKind::Rest(count) => format!("{path}+{count}={}", tile.size),
            _ => format!("{path}={}", tile.size),
        }
    };
    tiles.iter().map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn tiles_are_what_the_view_shows_the_first_level_by_name() {
    let tree = drawn("1: b=300 a/x=100 a/y=200 2: .wh.b c=50 a/x=150");
    for (layers, directory, find, want) in [
        ("", "", "", "a=350 a/y=200 a/x=150 c=50"),
        ("..1", "", "", "a=300 a/y=200 a/x=100 b=300"),
        ("2", "", "", "a=150 a/x=150 c=50"),
        ("", "a", "", "a/x=150 a/y=200"),
        ("", "", "x", "a=150 a/x=150"),
        ("", "nowhere", "", ""),
    ] {
        let (found, total) = tiles(&tree, layers, directory, find);
        assert_eq!(named(&tree, &found), want, "{layers} {directory} {find}");
        let first: u64 =
            found.iter().filter(|tile| tree.parent(tile.node) == ROOT).map(|tile| tile.size).sum();
        assert!(directory == "a" || directory == "nowhere" || first == total);
    }
    let (found, _) = tiles(&tree, "", "", "");
    let layer = |tile: &SizeTile| match tile.colour {
        Some(TileColour::Layer(layer)) => layer.get(),
        _ => 0,
    };
    assert_eq!(found.iter().map(layer).collect::<Vec<_>>(), [0, 1, 2, 2]);
}

#[test]
fn colours_are_those_of_most_bytes_by_type_or_by_change() {
    let tree = drawn("1: a.py=300 d/b.so=100 d/c.png=90 2: a.py=310 e.so=50 d/new.png=20");
    let colours = |colouring| {
        let (found, _) = size_tiles(&tree, &settings("..2", "", ""), colouring, 2.0);
        let name = |tile: &SizeTile| {
            let path = String::from_utf8(tree.path(tile.node)).unwrap();
            match tile.colour {
                Some(TileColour::Family(family)) => format!("{path} {family:?}"),
                Some(TileColour::Change(change)) => format!("{path} {change:?}"),
                other => format!("{path} {other:?}"),
            }
        };
        found.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(
        colours(TileColouring::Family),
        "a.py Code, d None, d/b.so Programs, d/c.png Media, d/new.png Media, e.so Programs"
    );
    assert_eq!(
        colours(TileColouring::Change),
        "a.py Modified, d None, d/b.so None, d/c.png None, d/new.png Added, e.so Added"
    );
}

#[test]
fn what_was_a_directory_before_and_is_a_file_now_is_a_file() {
    let tree = drawn("1: a/x=100 c/y=1 2: a=50");
    let kinds = |layers: &str| {
        let (found, _) = tiles(&tree, layers, "", "");
        found.iter().find(|tile| tree.name(tile.node) == b"a").map(|tile| tile.kind)
    };
    assert_eq!(kinds(""), Some(TileKind::File));
    assert_eq!(kinds("..1"), Some(TileKind::Around));
}

#[test]
fn what_is_too_small_is_one_tile() {
    let small: Vec<String> = (0..500).map(|at| format!("s{at}=1")).collect();
    let tree = drawn(&format!("1: large=100000 {}", small.join(" ")));
    let (found, _) = tiles(&tree, "", "", "");
    assert_eq!(named(&tree, &found), "large=100000 +500=500");
}

#[test]
fn there_are_few_tiles_and_they_cover_the_area_without_touching_each_other() {
    let files: Vec<String> =
        (0..4_000).map(|at| format!("d{}/e{}/f{at}={}", at % 7, at % 31, at * at)).collect();
    let tree = drawn(&format!("1: {}", files.join(" ")));
    let (found, total) = tiles(&tree, "", "", "");
    assert!((50..=400).contains(&found.len()), "{}", found.len());
    let first = found.iter().filter(|tile| tree.parent(tile.node) == ROOT).collect::<Vec<_>>();
    for (at, tile) in first.iter().enumerate() {
        let TileArea { x, y, width, height } = tile.area;
        assert!(x >= 0.0 && y >= 0.0 && x + width < 1.000_001 && y + height < 1.000_001);
        let share = tile.size as f64 / total as f64;
        assert!((width * height - share).abs() < 1e-6, "{tile:?} of {total}");
        for other in &first[at + 1..] {
            let apart = other.area.x + 1e-9 >= x + width
                || x + 1e-9 >= other.area.x + other.area.width
                || other.area.y + 1e-9 >= y + height
                || y + 1e-9 >= other.area.y + other.area.height;
            assert!(apart, "{tile:?} {other:?}");
        }
    }
}
