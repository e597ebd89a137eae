//! Children of directories, in the order in which they are shown.

use super::{FileTree, NONE, ROOT};

/// For each node a run of its children that are part of a view. A run is sorted when it is first shown:
/// most directories of a large tree never are.
pub struct Children {
    starts: Vec<u32>,
    list: Vec<u32>,
    sorted: Vec<bool>,
}

impl Children {
    /// Groups the nodes that `included` names by their parents.
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
            let place = &mut next[tree.parent(node) as usize];
            list[*place as usize] = node;
            *place += 1;
        }
        Children { starts, list, sorted: vec![false; count] }
    }

    /// The children of a node, sorted by `compare`.
    pub fn of(
        &mut self,
        node: u32,
        compare: impl FnMut(&u32, &u32) -> std::cmp::Ordering,
    ) -> &[u32] {
        let run = self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize;
        if !self.sorted[node as usize] {
            self.sorted[node as usize] = true;
            self.list[run.clone()].sort_unstable_by(compare);
        }
        &self.list[run]
    }

    /// Whether a node has children in the view.
    pub fn any(&self, node: u32) -> bool {
        self.starts[node as usize] < self.starts[node as usize + 1]
    }

    /// Forgets the order.
    pub fn resort(&mut self) {
        self.sorted.fill(false);
    }
}
