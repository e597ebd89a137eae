//! dive's efficiency and wasted bytes, its errors included, so that the two can be compared.
//!
//! Source: dive 0.13, as CONTRACTS.md, "Efficiency", defines it. Over the leaves of every layer's own
//! tree, whiteout markers among them: the smallest size of a path over the sum of its sizes. A whiteout
//! is looked up in the stack of the lower layers, which ignores opaque markers and changes of type; if
//! it isn't found there, the rest of its layer is not visited. dive stacks all lower layers anew for
//! each whiteout; here the stack grows by one layer after another.

use crate::layer::LayerIndex;
use crate::vocabulary::{LayerPosition, NodeKind};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;
use std::sync::Arc;

/// dive's figures for an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Efficiency {
    /// Σ smallest size ÷ Σ sizes; 1 if there is nothing.
    pub score: f64,
    /// Σ sizes of paths met twice or more: all copies, the needed one too.
    pub wasted_bytes: u64,
    /// `wasted_bytes` in percent of the layers above the first; `None` if these are empty.
    pub wasted_percent: Option<f64>,
    /// Paths met twice or more, the largest first.
    pub paths: Vec<WastedPath>,
}

/// A path met twice or more.
#[derive(Clone, Debug, PartialEq)]
pub struct WastedPath {
    /// Without a leading slash.
    pub path: Vec<u8>,
    /// Sum of its sizes.
    pub bytes: u64,
    /// The layers that it was met in.
    pub layers: Vec<LayerPosition>,
}

/// Computes the figures; layers bottom first.
pub fn efficiency(layers: &[Arc<LayerIndex>]) -> Efficiency {
    let mut run = Run::new();
    let sizes: Vec<u64> = layers.iter().map(|layer| run.layer_size(layer)).collect();
    for (number, layer) in layers.iter().enumerate() {
        run.number = number as u32;
        run.read_layer(layer);
        if number == 0 {
            run.copy_to_stack();
        }
        run.visit_layer();
        run.stack_layer();
    }
    let user = sizes.iter().skip(1).fold(0u64, |sum, size| sum.saturating_add(*size));
    run.finish(user)
}

const ROOT: usize = 0;

/// All names of all layers as one trie; columns hold what the current layer and the stack say.
struct Run {
    number: u32,
    arena: Vec<u8>,
    names: Vec<(u32, u32)>,
    parents: Vec<usize>,
    children: Vec<Vec<usize>>,
    lookup: HashTable<usize>,
    hasher: FixedState,
    /// Layer + 1 that names the node.
    stamps: Vec<u32>,
    data: Vec<Data>,
    /// Nodes of the current layer in the order that dive visits them: names sorted, children first.
    order: Vec<usize>,
    stack: Vec<Option<Data>>,
    keys: Vec<Key>,
    visits: Vec<(usize, u32)>,
}

/// What dive knows of a node.
#[derive(Clone, Copy, Default)]
struct Data {
    size: u64,
    directory: bool,
}

/// What was met under one path.
#[derive(Clone, Copy, Default)]
struct Key {
    smallest: Option<u64>,
    total: u64,
    count: u32,
    known: bool,
}

impl Run {
    fn new() -> Run {
        Run {
            number: 0,
            arena: Vec::new(),
            names: vec![(0, 0)],
            parents: vec![ROOT],
            children: vec![Vec::new()],
            lookup: HashTable::new(),
            hasher: FixedState::default(),
            stamps: vec![0],
            data: vec![Data::default()],
            order: Vec::new(),
            stack: vec![Some(Data::default())],
            keys: vec![Key::default()],
            visits: Vec::new(),
        }
    }

    fn layer_size(&self, layer: &LayerIndex) -> u64 {
        layer.entries().fold(0, |sum, entry| sum.saturating_add(entry.size()))
    }

    fn name(&self, node: usize) -> &[u8] {
        let (start, len) = self.names[node];
        &self.arena[start as usize..(start + len) as usize]
    }

    fn hidden_name(&self, node: usize) -> Option<&[u8]> {
        self.name(node).strip_prefix(b".wh.")
    }

    fn find(&self, parent: usize, name: &[u8]) -> Option<usize> {
        let hash = self.hasher.hash_one((parent, name));
        let same = |&node: &usize| self.parents[node] == parent && self.name(node) == name;
        self.lookup.find(hash, same).copied()
    }

    fn node(&mut self, parent: usize, name: &[u8]) -> usize {
        if let Some(node) = self.find(parent, name) {
            return node;
        }
        let node = self.parents.len();
        self.names.push((self.arena.len() as u32, name.len() as u32));
        self.arena.extend_from_slice(name);
        self.parents.push(parent);
        self.children.push(Vec::new());
        self.children[parent].push(node);
        self.stamps.push(0);
        self.data.push(Data::default());
        self.stack.push(None);
        self.keys.push(Key::default());
        let hash = self.hasher.hash_one((parent, name));
        let (hasher, parents, names, arena) =
            (&self.hasher, &self.parents, &self.names, &self.arena);
        self.lookup.insert_unique(hash, node, |&node| {
            let (start, len) = names[node];
            hasher.hash_one((parents[node], &arena[start as usize..(start + len) as usize]))
        });
        node
    }

    /// Builds the layer's own tree.
    fn read_layer(&mut self, layer: &LayerIndex) {
        let stamp = self.number + 1;
        for entry in layer.entries() {
            let directory = entry.kind() == NodeKind::Directory;
            let data = Data { size: entry.size(), directory };
            let mut node = ROOT;
            let mut whole = true;
            for part in clean(entry.name()) {
                let known = self.find(node, part).filter(|&child| self.stamps[child] == stamp);
                node = match known {
                    Some(child) => child,
                    None if part.starts_with(b".wh..wh.") => {
                        whole = false;
                        break;
                    }
                    None => {
                        let child = self.node(node, part);
                        self.stamps[child] = stamp;
                        self.data[child] = Data::default();
                        child
                    }
                };
            }
            if whole && node != ROOT {
                self.data[node] = data;
            }
        }
        self.sort_layer(stamp);
    }

    fn sort_layer(&mut self, stamp: u32) {
        self.order.clear();
        // (node, children pushed already)
        let mut stack = vec![(ROOT, false)];
        while let Some((node, open)) = stack.pop() {
            if open {
                if node != ROOT {
                    self.order.push(node);
                }
                continue;
            }
            stack.push((node, true));
            let mut below: Vec<usize> = self.layer_children(node, stamp).collect();
            below.sort_by(|&a, &b| self.name(b).cmp(self.name(a)));
            stack.extend(below.into_iter().map(|child| (child, false)));
        }
    }

    fn layer_children(&self, node: usize, stamp: u32) -> impl Iterator<Item = usize> {
        self.children[node].iter().copied().filter(move |&child| self.stamps[child] == stamp)
    }

    /// dive's stack begins as a copy of the lowest layer's tree, markers included.
    fn copy_to_stack(&mut self) {
        for &node in &self.order {
            self.stack[node] = Some(self.data[node]);
        }
    }

    fn visit_layer(&mut self) {
        let order = std::mem::take(&mut self.order);
        let stamp = self.number + 1;
        for &node in &order {
            if self.layer_children(node, stamp).next().is_some() {
                continue;
            }
            let hidden = self.hidden_name(node).map(<[u8]>::to_vec);
            let size = match &hidden {
                None => Some(self.data[node].size),
                Some(name) => self.hidden_size(self.parents[node], name),
            };
            let key = match hidden {
                None => node,
                Some(name) if name.is_empty() => self.parents[node],
                Some(name) => self.node(self.parents[node], &name),
            };
            self.keys[key].known = true;
            let Some(size) = size else { break };
            self.meet(key, size);
        }
        self.order = order;
    }

    fn meet(&mut self, key: usize, size: u64) {
        let data = &mut self.keys[key];
        data.total = data.total.saturating_add(size);
        data.smallest = Some(data.smallest.map_or(size, |smallest| smallest.min(size)));
        data.count += 1;
        self.visits.push((key, self.number));
    }

    /// What a whiteout hides: the sum below a directory, 0 for a file, `None` if it isn't there.
    fn hidden_size(&self, parent: usize, name: &[u8]) -> Option<u64> {
        let node = if name.is_empty() { parent } else { self.find(parent, name)? };
        let data = self.stack[node]?;
        if !data.directory {
            return Some(0);
        }
        let mut sum = 0u64;
        let mut below = vec![node];
        while let Some(node) = below.pop() {
            if let Some(data) = self.stack[node] {
                sum = sum.saturating_add(data.size);
                below.extend(&self.children[node]);
            }
        }
        Some(sum)
    }

    /// Puts the layer on the stack, children first, names sorted.
    fn stack_layer(&mut self) {
        for at in 0..self.order.len() {
            let node = self.order[at];
            match self.hidden_name(node).map(<[u8]>::to_vec) {
                Some(name) => {
                    if let Some(hidden) = self.find(self.parents[node], &name) {
                        self.remove(hidden);
                    }
                }
                None => {
                    let mut above = self.parents[node];
                    while above != ROOT && self.stack[above].is_none() {
                        self.stack[above] = Some(Data::default());
                        above = self.parents[above];
                    }
                    self.stack[node] = Some(self.data[node]);
                }
            }
        }
    }

    fn remove(&mut self, node: usize) {
        let mut below = vec![node];
        while let Some(node) = below.pop() {
            if self.stack[node].take().is_some() {
                below.extend(&self.children[node]);
            }
        }
    }

    fn finish(self, user: u64) -> Efficiency {
        let (mut smallest, mut total, mut wasted) = (0i128, 0i128, 0u64);
        for key in self.keys.iter().filter(|key| key.known) {
            // A key that was entered and never met has dive's initial −1.
            smallest += key.smallest.map_or(-1, i128::from);
            total += i128::from(key.total);
            if key.count >= 2 {
                wasted = wasted.saturating_add(key.total);
            }
        }
        let mut paths: Vec<WastedPath> = Vec::new();
        let mut visits: Vec<_> =
            self.visits.iter().filter(|(key, _)| self.keys[*key].count >= 2).collect();
        visits.sort();
        for group in visits.chunk_by(|a, b| a.0 == b.0) {
            let key = group[0].0;
            let mut layers: Vec<_> = group.iter().map(|visit| LayerPosition(visit.1)).collect();
            layers.dedup();
            paths.push(WastedPath { path: self.path(key), bytes: self.keys[key].total, layers });
        }
        paths.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        Efficiency {
            score: if total == 0 { 1.0 } else { smallest as f64 / total as f64 },
            wasted_bytes: wasted,
            wasted_percent: (user > 0).then(|| wasted as f64 / user as f64 * 100.0),
            paths,
        }
    }

    fn path(&self, node: usize) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = node;
        while at != ROOT {
            parts.push(self.name(at));
            at = self.parents[at];
        }
        parts.reverse();
        parts.join(&b'/')
    }
}

/// Go's `path.Clean`, then split: unlike our own paths, `..` at the start of a relative name stays.
fn clean(name: &[u8]) -> Vec<&[u8]> {
    let rooted = name.starts_with(b"/");
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in name.split(|&b| b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(&last) if last != b".." => {
                    parts.pop();
                }
                _ if !rooted => parts.push(part),
                _ => {}
            },
            part => parts.push(part),
        }
    }
    parts
}
