//! All paths of the final tree, sorted bytewise.
//!
//! Of these, each relative to the root and followed by a NUL, the report's `pathsSha256` is the SHA-256.
//!
//! - One path at a time: all paths of a deep tree together would take far more memory than the tree.

use super::children::Children;
use super::event::{PathEvent, ROOT};
use super::file_tree::FileTree;
use std::cmp::Ordering;

/// A step of the walk: a path itself, or the paths below it.
struct PathStep {
    node: u32,
    below: bool,
    /// Length of the parent's path, with its slash.
    parent_len: usize,
}

impl FileTree {
    /// Calls `visit` with every path of the final tree, sorted bytewise, without leading slashes.
    pub fn each_path(&self, mut visit: impl FnMut(&[u8])) {
        let there = |node| self.current(node).is_some_and(PathEvent::is_there);
        let included: Vec<bool> = (0..self.node_count() as u32).map(there).collect();
        let mut children = Children::group(self, &included);
        let mut path = Vec::new();
        // A directory is two steps, because what is below it sorts as `name/`.
        let mut stack = vec![PathStep { node: ROOT, below: true, parent_len: 0 }];
        while let Some(step) = stack.pop() {
            path.truncate(step.parent_len);
            path.extend_from_slice(self.name(step.node));
            if !step.below {
                visit(&path);
                continue;
            }
            if step.node != ROOT {
                path.push(b'/');
            }
            let first = stack.len();
            for child in children.of(step.node, |_, _| Ordering::Equal).to_vec() {
                stack.push(PathStep { node: child, below: false, parent_len: path.len() });
                if children.any(child) {
                    stack.push(PathStep { node: child, below: true, parent_len: path.len() });
                }
            }
            stack[first..].sort_unstable_by(|a, b| {
                compare_names((self.name(b.node), b.below), (self.name(a.node), a.below))
            });
        }
    }
}

/// Compares names; those that stand for what is below them continue with a slash.
pub(super) fn compare_names((a, a_below): (&[u8], bool), (b, b_below): (&[u8], bool)) -> Ordering {
    let shared = a.len().min(b.len());
    let next = |name: &[u8], below: bool| name.get(shared).copied().or(below.then_some(b'/'));
    a[..shared].cmp(&b[..shared]).then_with(|| next(a, a_below).cmp(&next(b, b_below)))
}
