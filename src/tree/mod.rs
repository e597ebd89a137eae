//! Layer indexes merged bottom-up into one tree that remembers which layer did what to each path.
//!
//! - Every path that any layer ever names is one node; nodes are never removed. What layers do to a node
//!   is a chain of events, the newest first, so the tree "up to layer N" is the same nodes looked at
//!   through their last event below N.
//! - Columnar, like the indexes: a parent's number is smaller than its children's, so sums below a
//!   directory are one pass from the end.
//! - Layers count from 0 here; a number of layers `n` means layers `0..n`.

mod merge;
mod order;
mod view;

pub use merge::{merge, unchanged};
pub use view::{Row, Sort, Summary, View};

use crate::layer::{Entry, LayerIndex};
use crate::problem::Problem;
use crate::vocabulary::NodeKind;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use order::Children;
use std::cmp::Ordering;
use std::hash::BuildHasher;
use std::sync::Arc;

/// No node, no event, no inode.
pub const NONE: u32 = u32::MAX;
/// The root's node.
pub const ROOT: u32 = 0;

/// What an event makes of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Not there any more.
    Removed,
    /// A directory that no member names: the parent of something.
    Implied,
    /// A directory.
    Directory,
    /// Anything else.
    Leaf,
}

/// What one layer did to a path.
#[derive(Clone, Copy, Debug)]
pub struct Event {
    /// Layer index from 0.
    pub layer: u32,
    /// What it made of it.
    pub what: What,
    /// Position in the layer's index; `NONE` for `Removed` and `Implied`.
    pub entry: u32,
    /// The file behind the name; `NONE` for what has no bytes.
    pub inode: u32,
    /// The event before this one on the same path.
    previous: u32,
}

/// A file, however many names it has.
#[derive(Clone, Copy, Debug)]
pub struct Inode {
    /// Bytes.
    pub size: u64,
    /// The layer and entry that hold its content.
    pub layer: u32,
    /// See `layer`.
    pub entry: u32,
    /// Names that it has now.
    links: u32,
}

/// What a layer did to the tree below it. Source: CONTRACTS.md, "Layers".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerChange {
    /// Paths, not directories, that were not there.
    pub added: u32,
    /// Paths, not directories, that were there and were written again.
    pub modified: u32,
    /// Paths, not directories, that are gone.
    pub removed: u32,
    /// The tree's size with the layer less without it.
    pub contribution: i64,
    /// Bytes of this layer that the final tree still shows.
    pub kept: u64,
}

/// The tree's totals. Source: CONTRACTS.md, "The tree".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Paths, explicit and implied, without the root.
    pub entries: u64,
    /// Regular files, names made by hard links among them.
    pub files: u64,
    pub directories: u64,
    pub symlinks: u64,
    /// Bytes of regular files, an inode with several names once.
    pub size: u64,
}

/// The merged tree of an image.
pub struct FileTree {
    layers: Vec<Arc<LayerIndex>>,
    arena: Vec<u8>,
    names: Vec<(u32, u32)>,
    parents: Vec<u32>,
    last_event: Vec<u32>,
    events: Vec<Event>,
    inodes: Vec<Inode>,
    lookup: HashTable<u32>,
    hasher: FixedState,
    changes: Vec<LayerChange>,
    /// A few sparse files of eight exbibytes are more than 64 bits.
    size: u128,
    warnings: Vec<Problem>,
}

impl FileTree {
    /// Number of nodes, the root and paths that are gone among them.
    pub fn node_count(&self) -> usize {
        self.parents.len()
    }

    /// The indexes that were merged, bottom first.
    pub fn layers(&self) -> &[Arc<LayerIndex>] {
        &self.layers
    }

    /// Takes a layer's index with more in it (contents hashed) in the place of the one that was merged.
    pub fn replace_layer(&mut self, layer: usize, index: Arc<LayerIndex>) {
        if self.layers.get(layer).is_some_and(|there| there.len() == index.len()) {
            self.layers[layer] = index;
        }
    }

    /// What each layer did.
    pub fn changes(&self) -> &[LayerChange] {
        &self.changes
    }

    /// What was odd while merging.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The last part of a node's path.
    pub fn name(&self, node: u32) -> &[u8] {
        let (start, len) = self.names[node as usize];
        &self.arena[start as usize..start as usize + len as usize]
    }

    /// The directory of a node; the root is its own.
    pub fn parent(&self, node: u32) -> u32 {
        self.parents[node as usize]
    }

    /// The whole path, without a leading slash.
    pub fn path(&self, node: u32) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = node;
        while at != ROOT {
            parts.push(self.name(at));
            at = self.parent(at);
        }
        parts.reverse();
        parts.join(&b'/')
    }

    /// The node of a path, whatever has become of it.
    pub fn find(&self, path: &[u8]) -> Option<u32> {
        let mut node = ROOT;
        for part in crate::entry::path::parts(path) {
            node = self.child(node, part)?;
        }
        Some(node)
    }

    /// The node of this name in a directory, whatever has become of it.
    pub fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let hash = self.hash(parent, name);
        let same = |&node: &u32| self.parents[node as usize] == parent && self.name(node) == name;
        self.lookup.find(hash, same).copied()
    }

    fn hash(&self, parent: u32, name: &[u8]) -> u64 {
        self.hasher.hash_one((parent, name))
    }

    /// Events of a node, the newest first.
    pub fn history(&self, node: u32) -> impl Iterator<Item = &Event> {
        let mut at = self.last_event[node as usize];
        std::iter::from_fn(move || {
            let event = self.events.get(at as usize)?;
            at = event.previous;
            Some(event)
        })
    }

    /// What the first `layers` layers made of a node; `None` if none of them named it.
    pub fn state(&self, node: u32, layers: u32) -> Option<&Event> {
        self.history(node).find(|event| event.layer < layers)
    }

    /// Number of a state for comparison: equal numbers are the same event.
    fn state_number(&self, node: u32, layers: u32) -> u32 {
        let mut at = self.last_event[node as usize];
        while let Some(event) = self.events.get(at as usize) {
            if event.layer < layers {
                return at;
            }
            at = event.previous;
        }
        NONE
    }

    fn event(&self, number: u32) -> Option<&Event> {
        self.events.get(number as usize)
    }

    /// The member behind an event; `None` for implied and removed ones.
    pub fn entry(&self, event: &Event) -> Option<Entry<'_>> {
        (event.entry != NONE).then(|| self.layers[event.layer as usize].entry(event.entry as usize))
    }

    /// Number of files, those that are gone among them.
    pub fn inode_count(&self) -> usize {
        self.inodes.len()
    }

    /// The file behind an event.
    pub fn inode(&self, event: &Event) -> Option<&Inode> {
        self.inodes.get(event.inode as usize)
    }

    /// Names of an event's file in the tree of the first `layers` layers; 1 for what is no file.
    pub fn link_count(&self, event: &Event, layers: u32) -> u32 {
        if event.inode == NONE
            || self.inodes[event.inode as usize].links == 1 && layers as usize == self.layers.len()
        {
            return 1;
        }
        let named = |node: &u32| {
            let state = self.state(*node, layers);
            state.is_some_and(|state| state.is_there() && state.inode == event.inode)
        };
        (0..self.node_count() as u32).filter(named).count().max(1) as u32
    }

    /// Totals of the final tree.
    pub fn totals(&self) -> Totals {
        let size = u64::try_from(self.size).unwrap_or(u64::MAX);
        let mut totals = Totals { size, ..Totals::default() };
        for node in 1..self.node_count() as u32 {
            let Some(event) = self.event(self.last_event[node as usize]) else { continue };
            if !event.is_there() {
                continue;
            }
            totals.entries += 1;
            match event.what {
                What::Leaf => match self.entry(event).map(Entry::kind) {
                    Some(NodeKind::File | NodeKind::HardLink) => totals.files += 1,
                    Some(NodeKind::Symlink) => totals.symlinks += 1,
                    _ => {}
                },
                _ => totals.directories += 1,
            }
        }
        totals
    }

    /// Shows every path of the final tree, sorted bytewise, one at a time: together those of a deep
    /// tree would take far more than the tree.
    pub fn each_path(&self, mut see: impl FnMut(&[u8])) {
        let there = |&last: &u32| self.event(last).is_some_and(Event::is_there);
        let included: Vec<bool> = self.last_event.iter().map(there).collect();
        let mut children = Children::group(self, &included);
        let mut path = Vec::new();
        // A node is met twice: as the path itself, and as what is below it, which sorts as `name/`.
        let mut stack = vec![(ROOT, true, 0)];
        while let Some((node, below, above)) = stack.pop() {
            path.truncate(above);
            path.extend_from_slice(self.name(node));
            if !below {
                see(&path);
                continue;
            }
            if node != ROOT {
                path.push(b'/');
            }
            let first = stack.len();
            let names = children.of(node, |_, _| Ordering::Equal).to_vec();
            for child in names {
                stack.push((child, false, path.len()));
                if children.any(child) {
                    stack.push((child, true, path.len()));
                }
            }
            stack[first..].sort_unstable_by(|&(a, a_below, _), &(b, b_below, _)| {
                before((self.name(b), b_below), (self.name(a), a_below))
            });
        }
    }
}

/// Order of two names, of which those that stand for what is below them go on with a slash.
fn before((a, a_below): (&[u8], bool), (b, b_below): (&[u8], bool)) -> Ordering {
    let shared = a.len().min(b.len());
    let next = |name: &[u8], below: bool| name.get(shared).copied().or(below.then_some(b'/'));
    a[..shared].cmp(&b[..shared]).then_with(|| next(a, a_below).cmp(&next(b, b_below)))
}

impl Event {
    /// Whether the path is there after it.
    pub fn is_there(&self) -> bool {
        self.what != What::Removed
    }

    /// Whether the path is a directory after it.
    pub fn is_directory(&self) -> bool {
        matches!(self.what, What::Directory | What::Implied)
    }
}
