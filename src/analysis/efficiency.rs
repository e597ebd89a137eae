//! dive's efficiency score and wasted bytes, including dive's errors, so that the two can be compared.
//!
//! Source: dive 0.13, dive/filetree/efficiency.go. For each path over the leaves of every layer's own tree
//! (whiteout markers included): its smallest size divided by the sum of its sizes. A whiteout is looked up in the stack of the lower layers, which ignores opaque markers and changes of type.
//! If it is not found there, the rest of its layer is not visited. dive stacks all lower layers again for
//! each whiteout; here the stack grows by one layer at a time.

mod names;

use crate::layer::LayerIndex;
use crate::vocabulary::{LayerPosition, NodeKind};
use names::{NameTrie, ROOT};
use std::sync::Arc;

/// dive's figures for an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Efficiency {
    /// Σ smallest size ÷ Σ sizes; 1 if the image has no bytes.
    pub score: f64,
    /// Σ sizes of paths that occur twice or more: all copies, including the last one.
    pub wasted_bytes: u64,
    /// `wasted_bytes` in percent of the layers above the first; `None` if these have no bytes.
    pub wasted_percent: Option<f64>,
    /// Paths that occur twice or more, the largest first.
    pub paths: Vec<WastedPath>,
}

/// A path that occurs twice or more.
#[derive(Clone, Debug, PartialEq)]
pub struct WastedPath {
    /// Without a leading slash.
    pub path: Vec<u8>,
    /// Sum of its sizes.
    pub bytes: u64,
    /// The layers in which it occurs.
    pub layers: Vec<LayerPosition>,
}

/// Computes the figures of layers, base first.
pub fn efficiency(layers: &[Arc<LayerIndex>]) -> Efficiency {
    let mut run = EfficiencyRun::default();
    for (layer, index) in (0..).map(LayerPosition).zip(layers) {
        run.layer = layer;
        run.read_layer(index);
        if layer == LayerPosition(0) {
            run.copy_to_stack();
        }
        run.visit_layer();
        run.stack_layer();
    }
    let upper_size = layers.iter().skip(1).map(|layer| size(layer)).fold(0, u64::saturating_add);
    run.finish(upper_size)
}

/// Sum of the sizes in a layer.
fn size(layer: &LayerIndex) -> u64 {
    layer.entries().fold(0, |sum, entry| sum.saturating_add(entry.size()))
}

/// The state between layers. All names of all layers are one trie; its nodes index the other lists.
#[derive(Default)]
struct EfficiencyRun {
    layer: LayerPosition,
    names: NameTrie,
    nodes: Vec<PathNode>,
    /// Nodes of the current layer in dive's order: sorted by name, children before their parent.
    order: Vec<usize>,
    /// Nodes that were met, each with its layer.
    visits: Vec<(usize, LayerPosition)>,
}

/// What is known about a path.
#[derive(Clone, Copy, Default)]
struct PathNode {
    /// The last layer that names the path.
    named_by: Option<LayerPosition>,
    /// The path in that layer.
    current: DiveFile,
    /// The path in the stack of the lower layers.
    stacked: Option<DiveFile>,
    totals: PathTotals,
}

/// A file or directory as dive sees it.
#[derive(Clone, Copy, Default)]
struct DiveFile {
    size: u64,
    directory: bool,
}

/// What was met under a path.
#[derive(Clone, Copy, Default)]
struct PathTotals {
    smallest: Option<u64>,
    total: u64,
    count: u32,
    known: bool,
}

impl EfficiencyRun {
    fn node(&mut self, parent: usize, name: &[u8]) -> usize {
        let node = self.names.child_or_insert(parent, name);
        self.nodes.resize(self.names.len(), PathNode::default());
        node
    }

    fn is_in_layer(&self, node: usize) -> bool {
        self.nodes[node].named_by == Some(self.layer)
    }

    /// The name that a whiteout marker hides; `None` for other names.
    fn hidden_name(&self, node: usize) -> Option<&[u8]> {
        self.names.name(node).strip_prefix(b".wh.")
    }

    /// Builds the layer's own tree.
    fn read_layer(&mut self, layer: &LayerIndex) {
        self.nodes.resize(self.names.len(), PathNode::default());
        for entry in layer.entries() {
            let directory = entry.kind() == NodeKind::Directory;
            if let Some(node) = self.read_path(entry.name()) {
                self.nodes[node].current = DiveFile { size: entry.size(), directory };
            }
        }
        self.sort_layer();
    }

    /// The node of a path, added with its parents; `None` for the root and below special markers.
    fn read_path(&mut self, path: &[u8]) -> Option<usize> {
        let mut node = ROOT;
        for part in clean(path) {
            let known = self.names.child(node, part).filter(|&child| self.is_in_layer(child));
            node = match known {
                Some(child) => child,
                None if part.starts_with(b".wh..wh.") => return None,
                None => {
                    let child = self.node(node, part);
                    let (named_by, current) = (Some(self.layer), DiveFile::default());
                    self.nodes[child] = PathNode { named_by, current, ..self.nodes[child] };
                    child
                }
            };
        }
        (node != ROOT).then_some(node)
    }

    fn sort_layer(&mut self) {
        self.order.clear();
        // Nodes, and whether their children were pushed already.
        let mut pending = vec![(ROOT, false)];
        while let Some((node, expanded)) = pending.pop() {
            if expanded {
                if node != ROOT {
                    self.order.push(node);
                }
                continue;
            }
            pending.push((node, true));
            let mut below: Vec<usize> = self.layer_children(node).collect();
            below.sort_by(|&a, &b| self.names.name(b).cmp(self.names.name(a)));
            pending.extend(below.into_iter().map(|child| (child, false)));
        }
    }

    fn layer_children(&self, node: usize) -> impl Iterator<Item = usize> {
        self.names.children(node).iter().copied().filter(|&child| self.is_in_layer(child))
    }

    /// dive's stack starts as a copy of the lowest layer's tree, including markers.
    fn copy_to_stack(&mut self) {
        self.nodes[ROOT].stacked = Some(DiveFile::default());
        for &node in &self.order {
            self.nodes[node].stacked = Some(self.nodes[node].current);
        }
    }

    fn visit_layer(&mut self) {
        let order = std::mem::take(&mut self.order);
        for &node in &order {
            if self.layer_children(node).next().is_some() {
                continue;
            }
            let parent = self.names.parent(node);
            let (key, size) = match self.hidden_name(node).map(<[u8]>::to_vec) {
                None => (node, Some(self.nodes[node].current.size)),
                Some(name) => {
                    let size = self.hidden_size(parent, &name);
                    let key = if name.is_empty() { parent } else { self.node(parent, &name) };
                    (key, size)
                }
            };
            self.nodes[key].totals.known = true;
            let Some(size) = size else { break };
            self.meet(key, size);
        }
        self.order = order;
    }

    fn meet(&mut self, node: usize, size: u64) {
        let totals = &mut self.nodes[node].totals;
        totals.total = totals.total.saturating_add(size);
        totals.smallest = Some(totals.smallest.map_or(size, |smallest| smallest.min(size)));
        totals.count += 1;
        self.visits.push((node, self.layer));
    }

    /// The size that a whiteout hides: the sum below a directory, 0 for a file, `None` if it hides nothing.
    fn hidden_size(&self, parent: usize, name: &[u8]) -> Option<u64> {
        let node = if name.is_empty() { parent } else { self.names.child(parent, name)? };
        if !self.nodes[node].stacked?.directory {
            return Some(0);
        }
        let mut sum = 0u64;
        let mut below = vec![node];
        while let Some(node) = below.pop() {
            if let Some(file) = self.nodes[node].stacked {
                sum = sum.saturating_add(file.size);
                below.extend(self.names.children(node));
            }
        }
        Some(sum)
    }

    /// Puts the layer on the stack, sorted by name, children first.
    fn stack_layer(&mut self) {
        for at in 0..self.order.len() {
            let node = self.order[at];
            match self.hidden_name(node) {
                Some(name) => {
                    if let Some(hidden) = self.names.child(self.names.parent(node), name) {
                        self.remove(hidden);
                    }
                }
                None => {
                    let mut above = self.names.parent(node);
                    while above != ROOT && self.nodes[above].stacked.is_none() {
                        self.nodes[above].stacked = Some(DiveFile::default());
                        above = self.names.parent(above);
                    }
                    self.nodes[node].stacked = Some(self.nodes[node].current);
                }
            }
        }
    }

    fn remove(&mut self, node: usize) {
        let mut below = vec![node];
        while let Some(node) = below.pop() {
            if self.nodes[node].stacked.take().is_some() {
                below.extend(self.names.children(node));
            }
        }
    }

    /// `upper_size` is the sum of sizes in the layers above the first.
    fn finish(self, upper_size: u64) -> Efficiency {
        let (mut smallest, mut total, mut wasted) = (0i128, 0i128, 0u64);
        for totals in self.nodes.iter().map(|node| node.totals).filter(|totals| totals.known) {
            // A path that was entered but never met keeps dive's initial size of −1.
            smallest += totals.smallest.map_or(-1, i128::from);
            total += i128::from(totals.total);
            if totals.count >= 2 {
                wasted = wasted.saturating_add(totals.total);
            }
        }
        Efficiency {
            score: if total == 0 { 1.0 } else { smallest as f64 / total as f64 },
            wasted_bytes: wasted,
            wasted_percent: (upper_size > 0).then(|| wasted as f64 / upper_size as f64 * 100.0),
            paths: self.wasted_paths(),
        }
    }

    fn wasted_paths(&self) -> Vec<WastedPath> {
        let totals = |node: usize| self.nodes[node].totals;
        let mut visits: Vec<_> =
            self.visits.iter().filter(|(node, _)| totals(*node).count >= 2).collect();
        visits.sort();
        let path = |group: &[&(usize, LayerPosition)]| {
            let node = group[0].0;
            let mut layers: Vec<_> = group.iter().map(|(_, layer)| *layer).collect();
            layers.dedup();
            WastedPath { path: self.names.path(node), bytes: totals(node).total, layers }
        };
        let mut paths: Vec<_> = visits.chunk_by(|a, b| a.0 == b.0).map(path).collect();
        paths.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.path.cmp(&b.path)));
        paths
    }
}

/// Go's `path.Clean`, then split. Unlike in our own paths, a leading `..` of a relative name stays.
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
