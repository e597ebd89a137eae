//! The merge: one layer after another, by the OCI rules.
//!
//! Source: OCI image-spec, layer.md; CONTRACTS.md, "The tree", where that leaves a choice:
//! - a layer's markers act first, on what lower layers gave, wherever they stand in the tar;
//! - then its entries in tar order, the last of a name winning; a directory over a directory keeps the
//!   children, anything else over anything takes the place of the subtree;
//! - paths are literal: links in the middle are not followed.

use super::{Event, FileTree, Inode, LayerChange, NONE, ROOT, What};
use crate::entry::path;
use crate::layer::whiteout::{Marker, classify};
use crate::layer::{Entry, LayerIndex};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::{LayerPosition, NodeKind};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::sync::Arc;

/// Warnings kept for a tree: a hostile layer could give a million.
const MAX_WARNINGS: usize = 100;
/// Entries merged for a tree: a manifest may name one large layer a thousand times.
const MAX_ENTRIES: usize = 60_000_000;

/// Merges layers, bottom first.
pub fn merge(layers: Vec<Arc<LayerIndex>>) -> FileTree {
    let mut merge = Merge {
        tree: FileTree {
            layers: layers.clone(),
            arena: Vec::new(),
            names: vec![(0, 0)],
            parents: vec![ROOT],
            last_event: vec![NONE],
            events: Vec::new(),
            inodes: Vec::new(),
            lookup: HashTable::new(),
            hasher: FixedState::default(),
            changes: Vec::new(),
            size: 0,
            warnings: Vec::new(),
        },
        layer: 0,
        stamps: vec![0],
        touched: Vec::new(),
        directory: (Vec::new(), ROOT),
        living: Living::default(),
    };
    merge.living.grow();
    // The root is there from the start, under every layer.
    merge.set(ROOT, What::Implied, NONE, NONE);
    let mut entries = 0;
    for (number, layer) in layers.iter().enumerate() {
        merge.layer = number as u32;
        entries += layer.len();
        if entries > MAX_ENTRIES {
            merge.leave_out();
            entries -= layer.len();
        }
        let layer = Arc::clone(&merge.tree.layers[number]);
        merge.apply(&layer);
    }
    for inode in merge.tree.inodes.iter().filter(|inode| inode.links > 0) {
        let kept = &mut merge.tree.changes[inode.layer as usize].kept;
        *kept = kept.saturating_add(inode.size);
    }
    merge.tree
}

/// True if an entry over another changes neither content nor metadata (times don't count); `None` if
/// that can't be known since contents were not hashed.
///
/// Source: CONTRACTS.md, "Layers", *Unchanged*.
pub fn unchanged(tree: &FileTree, before: &Event, after: &Event) -> Option<bool> {
    let (Some(old), Some(new)) = (tree.entry(before), tree.entry(after)) else {
        return Some(before.what == after.what);
    };
    let same = before.what == after.what
        && old.mode() == new.mode()
        && (old.owner().uid, old.owner().gid) == (new.owner().uid, new.owner().gid)
        && old.device() == new.device()
        && old.xattrs().eq(new.xattrs());
    if !same {
        return Some(false);
    }
    match (content(tree, before), content(tree, after)) {
        (Content::Link(a), Content::Link(b)) => Some(a == b),
        (Content::Other(a), Content::Other(b)) => Some(a == b),
        (Content::File(a), Content::File(b)) => {
            if a.size() != b.size() {
                return Some(false);
            }
            Some(a.hash()? == b.hash()?)
        }
        _ => Some(false),
    }
}

enum Content<'a> {
    File(Entry<'a>),
    Link(&'a [u8]),
    Other(NodeKind),
}

/// What an event's path holds, hard links followed to their file.
fn content<'a>(tree: &'a FileTree, event: &Event) -> Content<'a> {
    match (tree.inode(event), tree.entry(event)) {
        (Some(inode), _) => {
            Content::File(tree.layers[inode.layer as usize].entry(inode.entry as usize))
        }
        (None, Some(entry)) if entry.kind() == NodeKind::Symlink => Content::Link(entry.link()),
        (None, Some(entry)) => Content::Other(entry.kind()),
        (None, None) => Content::Other(NodeKind::Directory),
    }
}

struct Merge {
    tree: FileTree,
    layer: u32,
    /// Layer number + 1 that touched the node last, so that `touched` has each once.
    stamps: Vec<u32>,
    touched: Vec<u32>,
    /// The directory of the last entry: most entries have the same as the one before.
    directory: (Vec<u8>, u32),
    living: Living,
}

/// The children of each node that are there now, in lists that one enters and leaves at no cost: what a
/// removal costs is then paid by what was added, however many names have come and gone before.
#[derive(Default)]
struct Living {
    first: Vec<u32>,
    next: Vec<u32>,
    previous: Vec<u32>,
}

impl Living {
    /// Makes room for one more node.
    fn grow(&mut self) {
        for column in [&mut self.first, &mut self.next, &mut self.previous] {
            column.push(NONE);
        }
    }

    fn enter(&mut self, parent: u32, node: u32) {
        let next = std::mem::replace(&mut self.first[parent as usize], node);
        self.next[node as usize] = next;
        self.previous[node as usize] = NONE;
        if let Some(previous) = self.previous.get_mut(next as usize) {
            *previous = node;
        }
    }

    fn leave(&mut self, parent: u32, node: u32) {
        let (next, previous) = (self.next[node as usize], self.previous[node as usize]);
        match self.next.get_mut(previous as usize) {
            Some(before) => *before = next,
            None => self.first[parent as usize] = next,
        }
        if let Some(after) = self.previous.get_mut(next as usize) {
            *after = previous;
        }
    }

    /// Everything below a node, parents first.
    fn below(&self, node: u32) -> Vec<u32> {
        let mut found = vec![node];
        let mut at = 0;
        while let Some(&directory) = found.get(at) {
            let mut child = self.first[directory as usize];
            while child != NONE {
                found.push(child);
                child = self.next[child as usize];
            }
            at += 1;
        }
        found.split_off(1)
    }
}

impl Merge {
    fn apply(&mut self, layer: &LayerIndex) {
        let size_below = self.tree.size;
        self.touched.clear();
        self.markers(layer);
        self.directory = (Vec::new(), ROOT);
        let mut parts = Vec::new();
        for entry in layer.entries() {
            path::parts_into(entry.name(), &mut parts);
            if parts.iter().any(|part| matches!(classify(part), Marker::Reserved)) {
                continue;
            }
            match parts.split_last() {
                None => self.place(ROOT, entry),
                Some((base, _)) if classify(base) != Marker::None => {}
                Some((base, above)) => {
                    let parent = self.directory_of(above);
                    let node = self.node(parent, base);
                    self.place(node, entry);
                }
            }
        }
        self.count(size_below);
    }

    /// Takes a layer that is one too many as empty.
    fn leave_out(&mut self) {
        self.tree.layers[self.layer as usize] = Arc::default();
        self.tree.warnings.push(
            Problem::new("tree-limit", "The layers have more entries than one tree can hold.")
                .expected(format!("at most {MAX_ENTRIES} entries"))
                .found("more with this layer, which is left out")
                .in_layer(LayerPosition(self.layer)),
        );
    }

    /// Whiteouts and opaque markers, on what lower layers gave.
    fn markers(&mut self, layer: &LayerIndex) {
        let mut parts = Vec::new();
        for entry in layer.entries() {
            path::parts_into(entry.name(), &mut parts);
            let Some((base, above)) = parts.split_last() else { continue };
            let marker = classify(base);
            if matches!(marker, Marker::None | Marker::Reserved) {
                continue;
            }
            let Some(directory) = self.find_directory(above) else { continue };
            match marker {
                Marker::Whiteout(hidden) => {
                    if let Some(node) = self.tree.child(directory, hidden) {
                        self.remove(node);
                    }
                }
                _ => self.remove_children(directory),
            }
        }
    }

    /// The directory of these parts, if it is there now.
    fn find_directory(&self, parts: &[&[u8]]) -> Option<u32> {
        let mut node = ROOT;
        for part in parts {
            node = self.tree.child(node, part)?;
            self.current(node).filter(|event| event.is_directory())?;
        }
        Some(node)
    }

    /// The directory of these parts; what is missing of it is implied.
    fn directory_of(&mut self, parts: &[&[u8]]) -> u32 {
        let joined = parts.join(&b'/');
        if joined == self.directory.0
            && self.current(self.directory.1).is_some_and(Event::is_directory)
        {
            return self.directory.1;
        }
        let mut node = ROOT;
        for part in parts {
            node = self.node(node, part);
            if !self.current(node).is_some_and(Event::is_directory) {
                self.set(node, What::Implied, NONE, NONE);
            }
        }
        self.directory = (joined, node);
        node
    }

    /// The node of a name, made if no layer named it before.
    fn node(&mut self, parent: u32, name: &[u8]) -> u32 {
        if let Some(node) = self.tree.child(parent, name) {
            return node;
        }
        let tree = &mut self.tree;
        let node = tree.parents.len() as u32;
        tree.names.push((tree.arena.len() as u32, name.len() as u32));
        tree.arena.extend_from_slice(name);
        tree.parents.push(parent);
        tree.last_event.push(NONE);
        self.living.grow();
        self.stamps.push(0);
        let hash = self.tree.hash(parent, name);
        let (hasher, parents, names, arena) =
            (&self.tree.hasher, &self.tree.parents, &self.tree.names, &self.tree.arena);
        self.tree.lookup.insert_unique(hash, node, |&node| {
            let (start, len) = names[node as usize];
            let name = &arena[start as usize..start as usize + len as usize];
            std::hash::BuildHasher::hash_one(hasher, (parents[node as usize], name))
        });
        node
    }

    fn current(&self, node: u32) -> Option<&Event> {
        self.tree.event(self.tree.last_event[node as usize])
    }

    /// Puts an entry at a node, by its kind.
    fn place(&mut self, node: u32, entry: Entry<'_>) {
        let position = entry.position() as u32;
        if entry.kind() == NodeKind::Directory {
            self.set(node, What::Directory, position, NONE);
            return;
        }
        if node == ROOT {
            return; // "." as a file: nothing can take the root's place
        }
        // A hard link's target is looked up first: the link may stand in the target's own place.
        let inode = match entry.kind() {
            NodeKind::HardLink => self.link_target(entry),
            NodeKind::File => {
                self.tree.inodes.push(Inode {
                    size: entry.size(),
                    layer: self.layer,
                    entry: position,
                    links: 0,
                });
                self.tree.inodes.len() as u32 - 1
            }
            _ => NONE,
        };
        self.remove_children(node);
        self.set(node, What::Leaf, position, inode);
    }

    fn link_target(&mut self, entry: Entry<'_>) -> u32 {
        let target = self.tree.find(entry.link()).and_then(|node| self.current(node));
        match target {
            Some(event) if event.what == What::Leaf => event.inode,
            _ => {
                if self.tree.warnings.len() < MAX_WARNINGS {
                    self.tree.warnings.push(
                        Problem::new("hard-link-target", "A hard link's target is not there.")
                            .expected(text::show(entry.link()))
                            .found("no file of this name in this layer or below it")
                            .in_layer(LayerPosition(self.layer))
                            .on_path(text::show(entry.name())),
                    );
                }
                NONE
            }
        }
    }

    /// Records what the layer makes of a node. What was there gives way.
    fn set(&mut self, node: u32, what: What, entry: u32, inode: u32) {
        self.touch(node);
        let tree = &mut self.tree;
        let at = node as usize;
        let was_there = match tree.events.get(tree.last_event[at] as usize) {
            Some(event) if event.is_there() => {
                if let Some(old) = tree.inodes.get_mut(event.inode as usize) {
                    old.links -= 1;
                    if old.links == 0 {
                        tree.size -= u128::from(old.size);
                    }
                }
                true
            }
            _ => false,
        };
        let is_there = what != What::Removed;
        if let Some(new) = tree.inodes.get_mut(inode as usize) {
            new.links += 1;
            if new.links == 1 {
                tree.size += u128::from(new.size);
            }
        }
        match (was_there, is_there) {
            _ if node == ROOT => {}
            (false, true) => self.living.enter(tree.parents[at], node),
            (true, false) => self.living.leave(tree.parents[at], node),
            _ => {}
        }
        let previous = tree.last_event[at];
        tree.last_event[at] = tree.events.len() as u32;
        tree.events.push(Event { layer: self.layer, what, entry, inode, previous });
    }

    /// Removes a node and everything below it.
    fn remove(&mut self, node: u32) {
        if self.current(node).is_some_and(Event::is_there) {
            self.remove_children(node);
            self.set(node, What::Removed, NONE, NONE);
        }
    }

    /// Removes everything below a node. A node that is gone has nothing below it.
    fn remove_children(&mut self, node: u32) {
        for child in self.living.below(node) {
            self.set(child, What::Removed, NONE, NONE);
        }
    }

    fn touch(&mut self, node: u32) {
        if self.stamps[node as usize] != self.layer + 1 {
            self.stamps[node as usize] = self.layer + 1;
            self.touched.push(node);
        }
    }

    /// Counts what the layer did, by comparing each touched node below and after.
    fn count(&mut self, size_below: u128) {
        let grown = self.tree.size as i128 - size_below as i128;
        let mut change = LayerChange {
            contribution: grown.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
            ..LayerChange::default()
        };
        for &node in &self.touched {
            let leaf = |event: Option<&Event>| event.is_some_and(|event| event.what == What::Leaf);
            let below = leaf(self.tree.state(node, self.layer));
            let after = leaf(self.current(node));
            match (below, after) {
                (false, true) => change.added += 1,
                (true, true) => change.modified += 1,
                (true, false) => change.removed += 1,
                (false, false) => {}
            }
        }
        self.tree.changes.push(change);
    }
}

#[cfg(test)]
mod tests;
