//! The merge: one layer after another, by the OCI rules.
//!
//! Source: OCI image-spec, layer.md. Where that leaves a choice:
//! - a layer's markers act first, on what lower layers left, wherever they are in the tar;
//! - then its entries in tar order, the last of a name winning; a directory over a directory keeps the
//!   children, anything else over anything replaces the subtree;
//! - paths are literal: links in the middle of a path are not followed. Container engines follow them, so
//!   that is warned of.

mod living;

use super::event::{Inode, LayerChange, NONE, NodeState, PathEvent, ROOT};
use super::file_tree::FileTree;
use crate::entry::path;
use crate::layer::whiteout::{Marker, classify};
use crate::layer::{Entry, LayerIndex};
use crate::problem::Problem;
use crate::text::byte_count;
use crate::vocabulary::{LayerPosition, NodeKind};
use living::Living;
use std::sync::Arc;

/// A tree keeps at most this many warnings: a hostile layer could cause a million.
const MAX_WARNINGS: usize = 100;
/// At most this many entries are merged: a manifest can name one large layer a thousand times.
const MAX_ENTRIES: usize = 60_000_000;
/// No layer is merged once the paths of all nodes have so many bytes together: a path of 4 KiB may be two thousand
/// nodes, each with a path of its own.
const MAX_PATH_BYTES: u64 = 4 << 30;

/// Merges layers, the base first.
pub fn merge(layers: Vec<Arc<LayerIndex>>) -> FileTree {
    let mut merge = Merge {
        tree: FileTree::new(layers.clone()),
        layer: LayerPosition(0),
        stamps: vec![0],
        touched: Vec::new(),
        last_directory: (Vec::new(), ROOT),
        living: Living::default(),
        path_lengths: vec![0],
        path_bytes: 0,
    };
    merge.living.grow();
    // The root exists from the start, below every layer.
    merge.set(ROOT, NodeState::Implied, NONE, NONE);
    let mut entries = 0;
    for (position, layer) in layers.iter().enumerate() {
        merge.layer = LayerPosition(position as u32);
        entries += layer.len();
        if entries > MAX_ENTRIES || merge.path_bytes > MAX_PATH_BYTES {
            merge.leave_out();
            entries -= layer.len();
        }
        let layer = Arc::clone(&merge.tree.layers[position]);
        merge.apply(&layer);
    }
    for inode in merge.tree.inodes.iter().filter(|inode| inode.links > 0) {
        let kept = &mut merge.tree.changes[inode.layer.index()].kept;
        *kept = kept.saturating_add(inode.size);
    }
    merge.tree.count_unchanged();
    merge.tree
}

struct Merge {
    tree: FileTree,
    layer: LayerPosition,
    /// For each node, the number (from 1) of the last layer that touched it; 0: none. With it, `touched`
    /// lists each node once.
    stamps: Vec<u32>,
    touched: Vec<u32>,
    /// Path and node of the last entry's directory: most entries have the same as the one before.
    last_directory: (Vec<u8>, u32),
    living: Living,
    /// Bytes of each node's path, and of all paths.
    path_lengths: Vec<u32>,
    path_bytes: u64,
}

impl Merge {
    fn apply(&mut self, layer: &LayerIndex) {
        let size_below = self.tree.size;
        self.touched.clear();
        self.apply_markers(layer);
        self.last_directory = (Vec::new(), ROOT);
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
                    let parent = self.directory_of(above, entry);
                    let node = self.node(parent, base);
                    self.place(node, entry);
                }
            }
        }
        self.count_changes(size_below);
    }

    /// Treats a layer that exceeds the limit as empty.
    fn leave_out(&mut self) {
        self.tree.layers[self.layer.index()] = Arc::default();
        self.tree.warnings.push(
            Problem::new("tree-limit", "The layers have more entries than one tree can hold.")
                .expected(format!(
                    "at most {MAX_ENTRIES} entries, and paths of {}",
                    byte_count(MAX_PATH_BYTES)
                ))
                .found("more with this layer, which is left out")
                .in_layer(self.layer),
        );
    }

    /// Applies whiteouts and opaque markers to what lower layers left.
    fn apply_markers(&mut self, layer: &LayerIndex) {
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

    /// The directory with these parts, if it exists at the moment.
    fn find_directory(&self, parts: &[&[u8]]) -> Option<u32> {
        let mut node = ROOT;
        for part in parts {
            node = self.tree.child(node, part)?;
            self.tree.current(node).filter(|event| event.is_directory())?;
        }
        Some(node)
    }

    /// The directory with these parts, which is that of an entry; missing ones become implied directories.
    fn directory_of(&mut self, parts: &[&[u8]], entry: Entry<'_>) -> u32 {
        let joined = parts.join(&b'/');
        let (last, node) = &self.last_directory;
        if joined == *last && self.tree.current(*node).is_some_and(PathEvent::is_directory) {
            return *node;
        }
        let mut node = ROOT;
        for part in parts {
            node = self.node(node, part);
            if !self.tree.current(node).is_some_and(PathEvent::is_directory) {
                self.warn_of_link(node, entry);
                self.set(node, NodeState::Implied, NONE, NONE);
            }
        }
        self.last_directory = (joined, node);
        node
    }

    /// The node of a name, added if no layer named it before.
    fn node(&mut self, parent: u32, name: &[u8]) -> u32 {
        self.tree.child(parent, name).unwrap_or_else(|| {
            self.living.grow();
            self.stamps.push(0);
            let above = self.path_lengths[parent as usize];
            let length = above.saturating_add(name.len() as u32 + 1);
            self.path_lengths.push(length);
            self.path_bytes = self.path_bytes.saturating_add(length.into());
            self.tree.add_node(parent, name)
        })
    }

    /// Puts an entry at a node, by its kind.
    fn place(&mut self, node: u32, entry: Entry<'_>) {
        let position = entry.position() as u32;
        if entry.kind() == NodeKind::Directory {
            self.set(node, NodeState::Directory, position, NONE);
            return;
        }
        if node == ROOT {
            return; // "." as a file: nothing can replace the root
        }
        // A hard link's target is looked up first: the link may replace its own target.
        let inode = match entry.kind() {
            NodeKind::HardLink => self.link_target(entry, position),
            NodeKind::File => {
                let (size, layer) = (entry.size(), self.layer);
                self.tree.inodes.push(Inode { size, layer, entry: position, links: 0 });
                self.tree.inodes.len() as u32 - 1
            }
            _ => NONE,
        };
        self.remove_children(node);
        self.set(node, NodeState::Leaf, position, inode);
    }

    /// The file that a hard link names; `NONE` if that is not a file, and with a warning if there is nothing.
    fn link_target(&mut self, entry: Entry<'_>, position: u32) -> u32 {
        let node = self.tree.find(entry.link());
        let number = node.map_or(NONE, |node| self.tree.last_event[node as usize]);
        match self.tree.event(number) {
            Some(event) if event.state == NodeState::Leaf => {
                let inode = event.inode;
                if inode == NONE {
                    // A link to such a link is what that is.
                    let target = self.tree.hard_targets.get(&(event.layer, event.entry)).copied();
                    let target = target.unwrap_or(number);
                    self.tree.hard_targets.insert((self.layer, position), target);
                }
                inode
            }
            _ => {
                if self.tree.warnings.len() < MAX_WARNINGS {
                    self.tree.warnings.push(
                        Problem::new("hard-link-target", "The target of a hard link is missing.")
                            .expected(entry.link())
                            .found("no file with this name in this layer or below it")
                            .in_layer(self.layer)
                            .on_path(entry.name()),
                    );
                }
                NONE
            }
        }
    }

    /// Warns if an entry's path leads through a symbolic link, which gives way to a directory here.
    fn warn_of_link(&mut self, node: u32, entry: Entry<'_>) {
        let there = self.tree.current(node).filter(|event| event.state == NodeState::Leaf);
        let there = there.and_then(|event| self.tree.entry(event));
        let Some(link) = there.filter(|there| there.kind() == NodeKind::Symlink) else { return };
        let message =
            "A path leads through a symbolic link: unpacking would write through the link.";
        let problem = Problem::new("path-through-link", message)
            .expected("a directory")
            .found([link.name(), b" -> ", link.link()].concat())
            .in_layer(self.layer)
            .on_path(entry.name())
            .advice("Paths are shown as the layer names them.");
        if self.tree.warnings.len() < MAX_WARNINGS {
            self.tree.warnings.push(problem);
        }
    }

    /// Records the state in which the layer leaves a node. The state before is replaced.
    fn set(&mut self, node: u32, state: NodeState, entry: u32, inode: u32) {
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
        let is_there = state != NodeState::Removed;
        if let Some(new) = tree.inodes.get_mut(inode as usize) {
            new.links += 1;
            if new.links == 1 {
                tree.size += u128::from(new.size);
            }
        }
        match (was_there, is_there) {
            _ if node == ROOT => {}
            (false, true) => self.living.enter(tree.parent(node), node),
            (true, false) => self.living.leave(tree.parent(node), node),
            _ => {}
        }
        let previous = tree.last_event[at];
        let below = match tree.event(previous) {
            Some(last) if last.layer == self.layer => last.below,
            _ => previous,
        };
        tree.last_event[at] = tree.events.len() as u32;
        tree.events.push(PathEvent { layer: self.layer, state, entry, inode, previous, below });
    }

    /// Removes a node and everything below it.
    fn remove(&mut self, node: u32) {
        if self.tree.current(node).is_some_and(PathEvent::is_there) {
            self.remove_children(node);
            self.set(node, NodeState::Removed, NONE, NONE);
        }
    }

    /// Removes everything below a node. A node that does not exist has nothing below it.
    fn remove_children(&mut self, node: u32) {
        for child in self.living.below(node) {
            self.set(child, NodeState::Removed, NONE, NONE);
        }
    }

    fn touch(&mut self, node: u32) {
        let stamp = self.layer.number().get();
        if self.stamps[node as usize] != stamp {
            self.stamps[node as usize] = stamp;
            self.touched.push(node);
        }
    }

    /// Counts what the layer did: compares each touched node before and after it.
    fn count_changes(&mut self, size_below: u128) {
        let grown = self.tree.size as i128 - size_below as i128;
        let mut change = LayerChange {
            contribution: grown.clamp(i64::MIN.into(), i64::MAX.into()) as i64,
            ..LayerChange::default()
        };
        let is_leaf =
            |event: Option<&PathEvent>| event.is_some_and(|event| event.state == NodeState::Leaf);
        for &node in &self.touched {
            let before = is_leaf(self.tree.state(node, self.layer.0));
            let after = is_leaf(self.tree.current(node));
            match (before, after) {
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
