//! The second step of a view: which of the selected paths the find matches.
//!
//! - A match makes visible what is above it. Where the find names a place (text, a glob, an expression), a
//!   directory that matches stands for what is below it: that is visible and its bytes count, as far as it
//!   satisfies the other terms (`FindVerdict::others`).
//! - Bytes are those of regular files that match or for which a directory stands. A file counts once, however
//!   many names and directories lead to it; what was removed has a sum of its own.

use super::selected::{Selected, TreeSummary};
use crate::tree::event::NodeState;
use crate::tree::file_tree::FileTree;
use crate::tree::find::{FindVerdict, Matcher, PathCandidate, Workspace};
use crate::vocabulary::Change;

/// What a find shows: one value per node in each column.
pub struct Filtered {
    /// The find matches the node itself.
    pub matched: Vec<bool>,
    /// It matches something below the node.
    pub matched_below: Vec<bool>,
    /// The node is part of the view.
    pub visible: Vec<bool>,
    /// Something below the node is part of the view.
    pub visible_below: Vec<bool>,
    /// Counts of the view.
    pub summary: TreeSummary,
}

impl Filtered {
    /// Applies a find to what a selection shows; an empty one matches everything.
    pub fn new(tree: &FileTree, selected: &Selected, find: &Matcher) -> Filtered {
        let count = tree.node_count();
        let mut filtered = Filtered {
            matched: vec![false; count],
            matched_below: vec![false; count],
            visible: selected.included.clone(),
            visible_below: vec![false; count],
            summary: selected.summary,
        };
        if !find.is_empty() {
            let shown = filtered.look(tree, selected, find);
            let (there, removed) = sizes_of(tree, selected, &shown);
            filtered.summary.matched_size = there;
            filtered.summary.removed_size = removed;
            filtered.visible = shown;
            filtered.show_above(tree);
        }
        filtered
    }

    /// Finds and counts what matches; returns that and what matching directories stand for.
    fn look(&mut self, tree: &FileTree, selected: &Selected, find: &Matcher) -> Vec<bool> {
        let TreeSummary { paths, size, .. } = selected.summary;
        self.summary = TreeSummary { paths, size, ..TreeSummary::default() };
        let count = tree.node_count();
        let mut space = Workspace::default();
        let mut shown = vec![false; count];
        let mut inside = vec![false; count];
        for node in 1..count {
            let Some(event) = tree.event(selected.events[node]).filter(|_| selected.included[node])
            else {
                continue;
            };
            let candidate = PathCandidate {
                tree,
                node: node as u32,
                event,
                change: selected.changes[node],
                size: selected.sizes[node],
                below: selected.below,
            };
            let FindVerdict { all, others } = find.verdict(&candidate, &mut space);
            let above = inside[tree.parent(node as u32) as usize];
            self.matched[node] = all;
            inside[node] = above || all && find.names_place();
            shown[node] = all || above && others;
            if all {
                self.summary.count_match(selected.counts[node]);
            }
        }
        shown
    }

    /// Makes visible what is above matches and what else is shown.
    fn show_above(&mut self, tree: &FileTree) {
        for node in (1..tree.node_count()).rev() {
            let parent = tree.parent(node as u32) as usize;
            self.visible[node] |= self.visible_below[node];
            self.visible_below[parent] |= self.visible[node];
            self.matched_below[parent] |= self.matched[node] || self.matched_below[node];
        }
    }
}

/// Bytes of the files that are shown, each once, and of those that were removed.
fn sizes_of(tree: &FileTree, selected: &Selected, shown: &[bool]) -> (u64, u64) {
    let mut counted = vec![false; tree.inode_count()];
    let (mut there, mut removed) = (0u64, 0u64);
    for node in (1..tree.node_count()).filter(|node| shown[*node]) {
        let event = tree.event(selected.events[node]);
        let Some(event) = event.filter(|event| event.state == NodeState::Leaf) else { continue };
        if selected.changes[node] == Change::Removed {
            removed = removed.saturating_add(selected.removed_sizes[node]);
        } else if let Some(counted) = counted.get_mut(event.inode as usize)
            && !std::mem::replace(counted, true)
        {
            there = there.saturating_add(selected.sizes[node]);
        }
    }
    (there, removed)
}
