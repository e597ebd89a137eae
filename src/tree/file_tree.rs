//! The merged tree of an image: nodes, their events, and the files behind them.

use super::event::{Inode, LayerChange, NONE, NodeState, PathEvent, ROOT, TreeTotals};
use crate::entry::path;
use crate::layer::{Entry, LayerIndex};
use crate::problem::Problem;
use crate::vocabulary::{Change, LayerPosition, NodeKind};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The merged tree of an image.
pub struct FileTree {
    pub(super) layers: Vec<Arc<LayerIndex>>,
    /// Names of all nodes, one after another.
    arena: Vec<u8>,
    /// Start and length of each node's name in `arena`.
    names: Vec<(u32, u32)>,
    parents: Vec<u32>,
    pub(super) last_event: Vec<u32>,
    pub(super) events: Vec<PathEvent>,
    pub(super) inodes: Vec<Inode>,
    /// Nodes by parent and name.
    lookup: HashTable<u32>,
    hasher: FixedState,
    pub(super) changes: Vec<LayerChange>,
    /// What hard links are that are no name of a file, by layer and entry: the event of a symbolic link, a device or a
    /// pipe, as it was when the link was made.
    pub(super) hard_targets: HashMap<(LayerPosition, u32), u32>,
    /// Sum of the sizes of all inodes with names. A few sparse files of 8 EiB exceed 64 bits.
    pub(super) size: u128,
    pub(super) warnings: Vec<Problem>,
}

impl FileTree {
    /// A root without events.
    pub(super) fn new(layers: Vec<Arc<LayerIndex>>) -> FileTree {
        FileTree {
            layers,
            arena: Vec::new(),
            names: vec![(0, 0)],
            parents: vec![ROOT],
            last_event: vec![NONE],
            events: Vec::new(),
            inodes: Vec::new(),
            lookup: HashTable::new(),
            hasher: FixedState::default(),
            changes: Vec::new(),
            hard_targets: HashMap::new(),
            size: 0,
            warnings: Vec::new(),
        }
    }

    /// Number of nodes, including the root and paths that no longer exist.
    pub fn node_count(&self) -> usize {
        self.parents.len()
    }

    /// The indexes that were merged, the base first.
    pub fn layers(&self) -> &[Arc<LayerIndex>] {
        &self.layers
    }

    /// Replaces a layer's index by one of the same entries with more in it (content hashes).
    pub fn replace_layer(&mut self, layer: usize, index: Arc<LayerIndex>) {
        if self.layers.get(layer).is_some_and(|there| there.len() == index.len()) {
            self.layers[layer] = index;
        }
    }

    /// What each layer did.
    pub fn changes(&self) -> &[LayerChange] {
        &self.changes
    }

    /// Sets how many of each layer's modified paths are the same as before.
    pub(super) fn set_unchanged(&mut self, counts: &[u32]) {
        for (change, count) in self.changes.iter_mut().zip(counts) {
            change.unchanged = *count;
        }
    }

    /// Problems met while merging.
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

    /// The same, unless it has more than `most` bytes: no more than those are looked at.
    pub fn short_path(&self, node: u32, most: usize) -> Option<Vec<u8>> {
        let (mut at, mut length) = (node, 0);
        while at != ROOT {
            length += self.name(at).len() + 1;
            if length > most {
                return None;
            }
            at = self.parent(at);
        }
        Some(self.path(node))
    }

    /// The node of a path, whether or not the path still exists.
    pub fn find(&self, path: &[u8]) -> Option<u32> {
        let mut node = ROOT;
        for part in path::parts(path) {
            node = self.child(node, part)?;
        }
        Some(node)
    }

    /// The node with this name in a directory, whether or not the path still exists.
    pub fn child(&self, parent: u32, name: &[u8]) -> Option<u32> {
        let same = |&node: &u32| self.parents[node as usize] == parent && self.name(node) == name;
        self.lookup.find(self.hasher.hash_one((parent, name)), same).copied()
    }

    /// Which nodes these are or have below them; all, of the root.
    pub fn below(&self, tops: &[u32]) -> Vec<bool> {
        let mut inside = vec![false; self.node_count()];
        tops.iter().for_each(|top| inside[*top as usize] = true);
        // A parent's number is smaller than its children's.
        for node in 1..self.node_count() {
            inside[node] |= inside[self.parent(node as u32) as usize];
        }
        inside
    }

    /// Adds a node without events. No node with this parent and name may exist.
    pub(super) fn add_node(&mut self, parent: u32, name: &[u8]) -> u32 {
        let node = self.parents.len() as u32;
        self.names.push((self.arena.len() as u32, name.len() as u32));
        self.arena.extend_from_slice(name);
        self.parents.push(parent);
        self.last_event.push(NONE);
        let (hasher, parents, names, arena) =
            (&self.hasher, &self.parents, &self.names, &self.arena);
        self.lookup.insert_unique(hasher.hash_one((parent, name)), node, |&node| {
            let (start, len) = names[node as usize];
            let name = &arena[start as usize..start as usize + len as usize];
            hasher.hash_one((parents[node as usize], name))
        });
        node
    }

    /// Events of a node, the newest first.
    pub fn history(&self, node: u32) -> impl Iterator<Item = &PathEvent> {
        let mut at = self.last_event[node as usize];
        std::iter::from_fn(move || {
            let event = self.events.get(at as usize)?;
            at = event.previous;
            Some(event)
        })
    }

    /// The states in which layers left a node, the newest first: of each layer that touched it, its newest event.
    pub fn layer_states(&self, node: u32) -> impl Iterator<Item = &PathEvent> {
        let mut at = self.last_event[node as usize];
        std::iter::from_fn(move || {
            let event = self.event(at)?;
            at = event.below;
            Some(event)
        })
    }

    /// How many layers wrote a node, or made it a directory.
    pub fn writes(&self, node: u32) -> u32 {
        let mut last = None;
        let mut count = 0;
        for event in self.history(node).filter(|event| event.is_there()) {
            count += u32::from(last != Some(event.layer));
            last = Some(event.layer);
        }
        count
    }

    /// The last event of a node among the first `layers` layers; `None` if none of them named it.
    pub fn state(&self, node: u32, layers: u32) -> Option<&PathEvent> {
        self.layer_states(node).find(|event| event.layer.0 < layers)
    }

    /// The number of that event, or `NONE`. Equal numbers are the same event.
    pub(super) fn state_number(&self, node: u32, layers: u32) -> u32 {
        let mut at = self.last_event[node as usize];
        while let Some(event) = self.event(at) {
            if event.layer.0 < layers {
                return at;
            }
            at = event.below;
        }
        NONE
    }

    /// The event with this number; `None` for `NONE`.
    pub(super) fn event(&self, number: u32) -> Option<&PathEvent> {
        self.events.get(number as usize)
    }

    /// A node's last event of all layers.
    pub(super) fn current(&self, node: u32) -> Option<&PathEvent> {
        self.event(self.last_event[node as usize])
    }

    /// The member behind an event; `None` for removed paths and implied directories.
    pub fn entry(&self, event: &PathEvent) -> Option<Entry<'_>> {
        (event.entry != NONE).then(|| self.layers[event.layer.index()].entry(event.entry as usize))
    }

    /// The member that says what an event shows: a hard link to a symbolic link, a device or a pipe is that under
    /// another name. `None` for removed paths, implied directories, and hard links without a target.
    pub fn shown_entry(&self, event: &PathEvent) -> Option<Entry<'_>> {
        let entry = self.entry(event)?;
        if entry.kind() != NodeKind::HardLink || event.inode != NONE {
            return Some(entry);
        }
        let target = self.hard_targets.get(&(event.layer, event.entry))?;
        self.entry(self.event(*target)?)
    }

    /// Where the symbolic link behind an event leads.
    pub fn symlink(&self, event: &PathEvent) -> Option<&[u8]> {
        let entry = self.shown_entry(event)?;
        (entry.kind() == NodeKind::Symlink).then(|| entry.link())
    }

    /// The member that holds a file's content.
    pub fn content_entry(&self, inode: &Inode) -> Entry<'_> {
        self.layers[inode.layer.index()].entry(inode.entry as usize)
    }

    /// The layer that brought what an event shows, or that removed it.
    pub fn layer_of(&self, node: u32, event: &PathEvent, change: Change) -> LayerPosition {
        let later = |next: &&PathEvent| !next.is_there() && next.layer > event.layer;
        let remover = match change {
            Change::Removed => self.history(node).filter(later).last(),
            _ => None,
        };
        remover.unwrap_or(event).layer
    }

    /// Number of files, including those without a name in the final tree.
    pub fn inode_count(&self) -> usize {
        self.inodes.len()
    }

    /// The file behind an event.
    pub fn inode(&self, event: &PathEvent) -> Option<&Inode> {
        self.inodes.get(event.inode as usize)
    }

    /// The file with this number; `None` for `NONE`.
    pub fn inode_at(&self, number: u32) -> Option<&Inode> {
        self.inodes.get(number as usize)
    }

    /// Number of names of an event's file in the tree of the first `layers` layers; 1 without a file.
    pub fn link_count(&self, event: &PathEvent, layers: u32) -> u32 {
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
    pub fn totals(&self) -> TreeTotals {
        let size = u64::try_from(self.size).unwrap_or(u64::MAX);
        let mut totals = TreeTotals { size, ..TreeTotals::default() };
        for node in 1..self.node_count() as u32 {
            let Some(event) = self.current(node).filter(|event| event.is_there()) else { continue };
            totals.entries += 1;
            match event.state {
                NodeState::Leaf => match self.entry(event).map(Entry::kind) {
                    Some(NodeKind::File | NodeKind::HardLink) => totals.files += 1,
                    Some(NodeKind::Symlink) => totals.symlinks += 1,
                    _ => {}
                },
                _ => totals.directories += 1,
            }
        }
        totals
    }
}
