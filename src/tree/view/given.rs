//! Columns of which the tree itself has no values: the session gives them.

use super::selected::Selected;
use crate::tree::event::{NodeState, ROOT};
use crate::tree::file_tree::FileTree;
use crate::vocabulary::Change;

/// Stands for a value that is not known.
pub const NOT_KNOWN: u64 = u64::MAX;

/// Values from outside the tree.
#[derive(Default)]
pub struct GivenColumns {
    /// Compressed bytes of each inode, `NOT_KNOWN` where they are not known; empty: nobody asked.
    inodes: Vec<u64>,
    /// The same by node, with sums of what is below directories.
    compressed: Vec<u64>,
    /// The rank of each node's package among the names of packages, `u32::MAX`: none; empty: nobody asked.
    packages: Vec<u32>,
}

impl GivenColumns {
    /// Whether compressed bytes are here.
    pub fn has_compressed(&self) -> bool {
        !self.inodes.is_empty()
    }

    /// Compressed bytes of a path, or of what is below a directory; `None`: not known of all of it.
    pub fn compressed(&self, node: u32) -> Option<u64> {
        self.compressed.get(node as usize).copied().filter(|bytes| *bytes != NOT_KNOWN)
    }

    /// The rank of a path's package.
    pub fn package(&self, node: u32) -> Option<u32> {
        self.packages.get(node as usize).copied().filter(|rank| *rank != u32::MAX)
    }

    /// Takes compressed bytes by inode.
    pub fn set_compressed(&mut self, tree: &FileTree, selected: &Selected, inodes: Vec<u64>) {
        self.inodes = inodes;
        self.sum_up(tree, selected);
    }

    /// Takes the ranks of packages by node; false if they are those that are here.
    pub fn set_packages(&mut self, packages: Vec<u32>) -> bool {
        let other = self.packages != packages;
        self.packages = packages;
        other
    }

    /// Sums compressed bytes as sizes are: an inode counts once, and what was removed only in what was removed too.
    pub fn sum_up(&mut self, tree: &FileTree, selected: &Selected) {
        self.compressed.clear();
        if self.inodes.is_empty() {
            return;
        }
        let count = tree.node_count();
        self.compressed.resize(count, 0);
        let mut own = vec![0; count];
        let mut counted = vec![false; tree.inode_count()];
        for node in ROOT + 1..count as u32 {
            let at = node as usize;
            let event = tree.event(selected.events[at]).filter(|_| selected.included[at]);
            let Some(event) = event.filter(|event| event.state == NodeState::Leaf) else {
                continue;
            };
            let Some(bytes) = self.inodes.get(event.inode as usize) else { continue };
            own[at] = *bytes;
            let is_removed = selected.changes[at] == Change::Removed;
            if is_removed || !std::mem::replace(&mut counted[event.inode as usize], true) {
                self.compressed[at] = *bytes;
            }
        }
        for node in (ROOT as usize + 1..count).rev().filter(|node| selected.included[*node]) {
            let parent = tree.parent(node as u32) as usize;
            let removed = |at: usize| selected.changes[at] == Change::Removed;
            if removed(node) == removed(parent) {
                // `NOT_KNOWN` is the highest number: a sum with it is not known either.
                self.compressed[parent] =
                    self.compressed[parent].saturating_add(self.compressed[node]);
            }
        }
        for (sum, own) in self.compressed.iter_mut().zip(own).filter(|(_, own)| *own > 0) {
            *sum = own;
        }
    }
}
