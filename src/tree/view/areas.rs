//! Sizes as areas: the paths that a view shows as the tiles of a treemap.
//!
//! - Source: Bruls, Huizing, van Wijk, "Squarified Treemaps". The first level keeps the order of names, so that a
//!   directory stays where it is when sizes change; those below come by size.
//! - A tile has the share of the area that its bytes have, and the colour of most of them. What is too small to be seen is
//!   one tile in each directory, so the number of tiles is bounded whatever the tree has.
//! - A file with several names counts at the first, and what the selection removed does not count.

use super::filtered::Filtered;
use super::selected::Selected;
use super::settings::ViewSettings;
use super::types::family_of;
use crate::tree::children::Children;
use crate::tree::event::{NONE, ROOT};
use crate::tree::file_tree::FileTree;
use crate::tree::find::Matcher;
use crate::vocabulary::{Change, TileArea, TileColour, TileColouring, TileKind};
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
    /// What most of its bytes have in common.
    pub colour: Option<TileColour>,
}

/// The tiles of what a view with these settings shows, and its bytes. `ratio`: the width of the treemap on the screen
/// divided by its height.
pub fn size_tiles(
    tree: &FileTree,
    settings: &ViewSettings,
    colouring: TileColouring,
    ratio: f64,
) -> (Vec<SizeTile>, u64) {
    let sizes = ShownSizes::new(tree, settings, colouring);
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
    choose_colours(tree, &sizes, &rests, &mut tiles);
    (tiles, total)
}

/// Bytes of the paths that are shown.
struct ShownSizes {
    bytes: Vec<u64>,
    /// There are some.
    any: Vec<bool>,
    /// Of files.
    colours: Vec<Option<TileColour>>,
}

impl ShownSizes {
    fn new(tree: &FileTree, settings: &ViewSettings, colouring: TileColouring) -> ShownSizes {
        let selected = Selected::new(tree, settings);
        let filtered = Filtered::new(tree, &selected, &Matcher::new(&settings.find));
        let count = tree.node_count();
        let mut sizes = ShownSizes {
            bytes: vec![0; count],
            any: vec![false; count],
            colours: vec![None; count],
        };
        let mut name = Vec::new();
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
                sizes.colours[node] = Some(match colouring {
                    TileColouring::Layer => TileColour::Layer(event.layer.number()),
                    TileColouring::Change => TileColour::Change(selected.changes[node]),
                    TileColouring::Family => {
                        TileColour::Family(family_of(tree, node as u32, event, &mut name))
                    }
                });
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
        // A directory has no bytes of its own, so it has no colour.
        let kind = |node: u32| match sizes.colours[node as usize] {
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
            self.tiles.push(SizeTile { node, kind, area, size, colour: None });
            if let Some(inner) = inner {
                self.divide(node, inner, depth + 1);
            }
        }
    }
}

/// Finds the colour of most bytes of each tile.
fn choose_colours(
    tree: &FileTree,
    sizes: &ShownSizes,
    rests: &[(u32, u32)],
    tiles: &mut [SizeTile],
) {
    let mut tile_of = vec![NONE; tree.node_count()];
    let is_whole = |tile: &SizeTile| matches!(tile.kind, TileKind::File | TileKind::Directory);
    for (at, tile) in (0..).zip(tiles.iter()).filter(|(_, tile)| is_whole(tile)) {
        tile_of[tile.node as usize] = at;
    }
    rests.iter().for_each(|(node, tile)| tile_of[*node as usize] = *tile);
    let mut bytes = HashMap::<(u32, TileColour), u64>::new();
    for node in 1..tree.node_count() {
        if tile_of[node] == NONE {
            tile_of[node] = tile_of[tree.parent(node as u32) as usize];
        }
        if let Some(colour) = sizes.colours[node].filter(|_| tile_of[node] != NONE) {
            let sum = bytes.entry((tile_of[node], colour)).or_default();
            *sum = sum.saturating_add(sizes.bytes[node]);
        }
    }
    let mut most = vec![0u64; tiles.len()];
    let mut sums: Vec<_> = bytes.into_iter().collect();
    sums.sort_unstable_by_key(|(of, _)| *of);
    for ((tile, colour), sum) in sums {
        if sum > most[tile as usize] {
            (most[tile as usize], tiles[tile as usize].colour) = (sum, Some(colour));
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
mod tests;
