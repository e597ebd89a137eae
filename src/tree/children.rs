//! Children of directories, sorted when they are first needed.

use super::event::{NONE, ROOT};
use super::file_tree::FileTree;
use std::cmp::Ordering;

/// For each node the run of its children that are part of a view. A run is sorted when it is first
/// needed: most directories of a large tree are never shown.
pub struct Children {
    /// Where each node's run starts in `list`; one more than there are nodes.
    starts: Vec<u32>,
    list: Vec<u32>,
    sorted: Vec<bool>,
}

impl Children {
    /// Groups the nodes that are `included` by their parents.
    pub fn group(tree: &FileTree, included: &[bool]) -> Children {
        let count = tree.node_count();
        let mut starts = vec![0u32; count + 1];
        let part = |node: &u32| included[*node as usize];
        for node in (ROOT + 1..count as u32).filter(part) {
            starts[tree.parent(node) as usize + 1] += 1;
        }
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut list = vec![NONE; starts[count] as usize];
        for node in (ROOT + 1..count as u32).filter(part) {
            let slot = &mut next[tree.parent(node) as usize];
            list[*slot as usize] = node;
            *slot += 1;
        }
        Children { starts, list, sorted: vec![false; count] }
    }

    /// The children of a node, sorted by `compare`.
    pub fn of(&mut self, node: u32, compare: impl FnMut(&u32, &u32) -> Ordering) -> &[u32] {
        let run = self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize;
        if !self.sorted[node as usize] {
            self.sorted[node as usize] = true;
            self.list[run.clone()].sort_unstable_by(compare);
        }
        &self.list[run]
    }

    /// The children of a node in any order.
    pub fn unsorted(&self, node: u32) -> &[u32] {
        &self.list[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// Whether a node has children in the view.
    pub fn any(&self, node: u32) -> bool {
        self.starts[node as usize] < self.starts[node as usize + 1]
    }

    /// Forgets the order: runs are sorted again when they are needed.
    pub fn resort(&mut self) {
        self.sorted.fill(false);
    }
}
