//! Sizes as areas: the paths that a view shows as the tiles of a treemap.
//!
//! - Source: Bruls, Huizing, van Wijk, "Squarified Treemaps". The first level keeps the order of names, so that a
//!   directory stays where it is when sizes change; those below come by size.
//! - A tile has the share of the area that its bytes have. What is too small to be seen is one tile in each directory,
//!   so the number of tiles is bounded whatever the tree has.
//! - A file with several names counts at the first, and what the selection removed does not count.

use super::filtered::Filtered;
use super::selected::Selected;
use super::settings::ViewSettings;
use crate::tree::children::Children;
use crate::tree::event::{NONE, ROOT};
use crate::tree::file_tree::FileTree;
use crate::tree::find::Matcher;
use crate::vocabulary::{Change, LayerPosition, TileArea, TileKind};
use std::cmp::Reverse;
use std::collections::HashMap;

/// The least share of the area that a tile of its own has, as one part of so many.
const SMALLEST: u64 = 320;
/// A directory with a larger share, one part of so many, is divided into tiles.
const DIVIDED: u64 = 24;
/// Directories within each other that are divided.
const MAX_DEPTH: u8 = 4;
/// The room around the tiles of a divided directory, and above them for its name; in parts of the height.
const FRAME: f64 = 0.008;
const HEAD: f64 = 0.055;

/// A tile.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SizeTile {
    /// The path; of what is too small for tiles of their own, the directory that these are in.
    pub node: u32,
    pub kind: TileKind,
    pub area: TileArea,
    pub size: u64,
    /// The layer that brought most of it.
    pub layer: Option<LayerPosition>,
}

/// The tiles of what a view with these settings shows, and its bytes. `ratio`: the width of the treemap on the screen
/// divided by its height.
pub fn size_tiles(tree: &FileTree, settings: &ViewSettings, ratio: f64) -> (Vec<SizeTile>, u64) {
    let sizes = ShownSizes::new(tree, settings);
    let top = tree.find(&settings.directory).unwrap_or(ROOT);
    let total = sizes.bytes[top as usize];
    let ratio = if ratio.is_finite() { ratio.clamp(0.2, 8.0) } else { 1.0 };
    let children = Children::group(tree, &sizes.any);
    let mut layout = TileLayout {
        tree,
        sizes: &sizes,
        children,
        total,
        ratio,
        tiles: Vec::new(),
        rests: Vec::new(),
    };
    layout.divide(top, TileArea { x: 0.0, y: 0.0, width: 1.0, height: 1.0 }, 0);
    let TileLayout { mut tiles, rests, .. } = layout;
    name_layers(tree, &sizes, &rests, &mut tiles);
    (tiles, total)
}

/// Bytes of the paths that are shown.
struct ShownSizes {
    bytes: Vec<u64>,
    /// There are some.
    any: Vec<bool>,
    /// Of files: the layer that brought them.
    layers: Vec<Option<LayerPosition>>,
}

impl ShownSizes {
    fn new(tree: &FileTree, settings: &ViewSettings) -> ShownSizes {
        let selected = Selected::new(tree, settings);
        let filtered = Filtered::new(tree, &selected, &Matcher::new(&settings.find));
        let count = tree.node_count();
        let mut sizes = ShownSizes {
            bytes: vec![0; count],
            any: vec![false; count],
            layers: vec![None; count],
        };
        let mut counted = vec![false; tree.inode_count()];
        for node in 1..count {
            let is_shown = filtered.visible[node] && selected.changes[node] != Change::Removed;
            let Some(event) = tree.event(selected.events[node]).filter(|_| is_shown) else {
                continue;
            };
            if let Some(inode) = tree.inode(event)
                && !std::mem::replace(&mut counted[event.inode as usize], true)
            {
                sizes.bytes[node] = inode.size;
                sizes.layers[node] = Some(event.layer);
            }
        }
        // A parent's number is smaller than its children's.
        for node in (1..count).rev() {
            let parent = tree.parent(node as u32) as usize;
            sizes.bytes[parent] = sizes.bytes[parent].saturating_add(sizes.bytes[node]);
            sizes.any[node] = sizes.bytes[node] > 0;
        }
        sizes
    }
}

struct TileLayout<'a> {
    tree: &'a FileTree,
    sizes: &'a ShownSizes,
    children: Children,
    total: u64,
    ratio: f64,
    tiles: Vec<SizeTile>,
    /// Paths that are too small, with the position of the tile that stands for them.
    rests: Vec<(u32, u32)>,
}

impl TileLayout<'_> {
    /// Adds the tiles of a directory's children.
    fn divide(&mut self, directory: u32, area: TileArea, depth: u8) {
        let (sizes, total, ratio) = (self.sizes, self.total, self.ratio);
        let bytes = |node: u32| sizes.bytes[node as usize];
        // A directory has no bytes of its own, so no layer is named for it.
        let kind = |node: u32| match sizes.layers[node as usize] {
            Some(_) => TileKind::File,
            None => TileKind::Directory,
        };
        let mut children = self.children.unsorted(directory).to_vec();
        match depth {
            0 => children.sort_unstable_by(|a, b| self.tree.name(*a).cmp(self.tree.name(*b))),
            _ => children.sort_unstable_by_key(|node| (Reverse(bytes(*node)), *node)),
        }
        let share = |size: u64, parts: u64| u128::from(size) * u128::from(parts);
        let is_small = |node: &u32| share(bytes(*node), SMALLEST) < total.into();
        let small = children.iter().copied().filter(is_small).collect::<Vec<_>>();
        let mut items: Vec<(u32, TileKind, u64)> = children
            .into_iter()
            .filter(|node| small.len() < 2 || !is_small(node))
            .map(|node| (node, kind(node), bytes(node)))
            .collect();
        if small.len() > 1 {
            let rest = small.iter().fold(0u64, |sum, node| sum.saturating_add(bytes(*node)));
            items.push((directory, TileKind::Rest(small.len() as u32), rest));
        }
        let sizes: Vec<u64> = items.iter().map(|(.., size)| *size).collect();
        for ((node, kind, size), area) in items.into_iter().zip(squarified(&sizes, area, ratio)) {
            let inner = inside(area, ratio).filter(|_| {
                kind == TileKind::Directory
                    && depth < MAX_DEPTH
                    && share(size, DIVIDED) > total.into()
            });
            let kind = if inner.is_some() { TileKind::Around } else { kind };
            if let TileKind::Rest(_) = kind {
                let tile = self.tiles.len() as u32;
                self.rests.extend(small.iter().map(|node| (*node, tile)));
            }
            self.tiles.push(SizeTile { node, kind, area, size, layer: None });
            if let Some(inner) = inner {
                self.divide(node, inner, depth + 1);
            }
        }
    }
}

/// Finds the layer that brought most bytes of each tile.
fn name_layers(tree: &FileTree, sizes: &ShownSizes, rests: &[(u32, u32)], tiles: &mut [SizeTile]) {
    let mut tile_of = vec![NONE; tree.node_count()];
    let is_whole = |tile: &SizeTile| matches!(tile.kind, TileKind::File | TileKind::Directory);
    for (at, tile) in (0..).zip(tiles.iter()).filter(|(_, tile)| is_whole(tile)) {
        tile_of[tile.node as usize] = at;
    }
    rests.iter().for_each(|(node, tile)| tile_of[*node as usize] = *tile);
    let mut bytes = HashMap::<(u32, LayerPosition), u64>::new();
    for node in 1..tree.node_count() {
        if tile_of[node] == NONE {
            tile_of[node] = tile_of[tree.parent(node as u32) as usize];
        }
        if let Some(layer) = sizes.layers[node].filter(|_| tile_of[node] != NONE) {
            let sum = bytes.entry((tile_of[node], layer)).or_default();
            *sum = sum.saturating_add(sizes.bytes[node]);
        }
    }
    let mut most = vec![0u64; tiles.len()];
    let mut sums: Vec<_> = bytes.into_iter().collect();
    sums.sort_unstable_by_key(|(of, _)| *of);
    for ((tile, layer), sum) in sums {
        if sum > most[tile as usize] {
            (most[tile as usize], tiles[tile as usize].layer) = (sum, Some(layer));
        }
    }
}

/// The room for the tiles of a divided directory, if there is enough.
fn inside(place: TileArea, ratio: f64) -> Option<TileArea> {
    let side = FRAME / ratio;
    let inner = TileArea {
        x: place.x + side,
        y: place.y + HEAD,
        width: place.width - 2.0 * side,
        height: place.height - HEAD - FRAME,
    };
    (inner.width > 6.0 * side && inner.height > HEAD).then_some(inner)
}

/// Divides a rectangle among sizes, in their order, so that each part is nearly a square on the screen.
fn squarified(sizes: &[u64], place: TileArea, ratio: f64) -> Vec<TileArea> {
    let total = sizes.iter().map(|size| *size as f64).sum::<f64>();
    if total <= 0.0 {
        return vec![TileArea { width: 0.0, height: 0.0, ..place }; sizes.len()];
    }
    // As on the screen: the unit is the height.
    let mut left = TileArea { x: place.x * ratio, width: place.width * ratio, ..place };
    let scale = left.width * left.height / total;
    let areas: Vec<f64> = sizes.iter().map(|size| *size as f64 * scale).collect();
    let mut places = Vec::with_capacity(sizes.len());
    let mut at = 0;
    while at < areas.len() {
        let side = left.width.min(left.height);
        let row = row_length(&areas[at..], side);
        let sum: f64 = areas[at..at + row].iter().sum();
        let thick = if side > 0.0 { sum / side } else { 0.0 };
        let upright = left.width >= left.height;
        let mut along = 0.0;
        for area in &areas[at..at + row] {
            let length = if thick > 0.0 { area / thick } else { 0.0 };
            let (x, y) = if upright { (left.x, left.y + along) } else { (left.x + along, left.y) };
            let (width, height) = if upright { (thick, length) } else { (length, thick) };
            places.push(TileArea { x: x / ratio, y, width: width / ratio, height });
            along += length;
        }
        match upright {
            true => (left.x, left.width) = (left.x + thick, (left.width - thick).max(0.0)),
            false => (left.y, left.height) = (left.y + thick, (left.height - thick).max(0.0)),
        }
        at += row;
    }
    places
}

/// How many of these areas are laid along a side, so that the narrowest of them is as wide as it can be.
fn row_length(areas: &[f64], side: f64) -> usize {
    let worst = |sum: f64, least: f64, most: f64| {
        let square = side * side;
        (square * most / (sum * sum)).max(sum * sum / (square * least))
    };
    let (mut sum, mut least, mut most) = (0.0, f64::INFINITY, 0.0f64);
    let mut best = f64::INFINITY;
    for (at, area) in areas.iter().enumerate() {
        (sum, least, most) = (sum + area, least.min(*area), most.max(*area));
        let now = worst(sum, least, most);
        if now > best {
            return at;
        }
        best = now;
    }
    areas.len().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::LayerSelection;
    use crate::tree::drawn::drawn;
    use crate::tree::find::Find;

    fn tiles(tree: &FileTree, layers: &str, directory: &str, find: &str) -> (Vec<SizeTile>, u64) {
        let settings = ViewSettings {
            selection: LayerSelection::parse(layers).unwrap(),
            directory: directory.into(),
            find: Find::parse(find).terms,
            ..ViewSettings::default()
        };
        size_tiles(tree, &settings, 2.0)
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
            let first: u64 = found
                .iter()
                .filter(|tile| tree.parent(tile.node) == ROOT)
                .map(|tile| tile.size)
                .sum();
            assert!(directory == "a" || directory == "nowhere" || first == total);
        }
        let (found, _) = tiles(&tree, "", "", "");
        let layers: Vec<_> = found.iter().map(|tile| tile.layer.map(|layer| layer.0)).collect();
        assert_eq!(layers, [None, Some(0), Some(1), Some(1)]);
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
}
