//! The final trees of two images, walked side by side.
//!
//! - In the order of `each_path`: all paths of both trees, sorted bytewise. Only the children of one directory
//!   are in memory beside the trees, so the time is linear in the paths, except for sorting each directory.

use super::children::Children;
use super::event::{PathEvent, ROOT};
use super::file_tree::FileTree;
use super::paths::compare_names;
use std::cmp::Ordering;

/// One path in two trees: its node in each of them where it exists; at least in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathPair {
    pub a: Option<u32>,
    pub b: Option<u32>,
}

/// A step of the walk: a path itself, or the paths below it.
struct PairStep {
    pair: PathPair,
    below: bool,
}

/// A tree with the children of its directories.
struct SortedTree<'a> {
    tree: &'a FileTree,
    children: Children,
}

impl<'a> SortedTree<'a> {
    fn new(tree: &'a FileTree) -> SortedTree<'a> {
        let there = |node| tree.current(node).is_some_and(PathEvent::is_there);
        let included: Vec<bool> = (0..tree.node_count() as u32).map(there).collect();
        SortedTree { tree, children: Children::group(tree, &included) }
    }

    /// The children of a node, sorted by name.
    fn below(&mut self, node: Option<u32>) -> &[u32] {
        let tree = self.tree;
        let by_name = |a: &u32, b: &u32| tree.name(*a).cmp(tree.name(*b));
        node.map_or(&[], |node| self.children.of(node, by_name))
    }

    fn has_children(&self, node: Option<u32>) -> bool {
        node.is_some_and(|node| self.children.any(node))
    }
}

/// Calls `visit` with every path of two final trees, without their roots, sorted bytewise.
pub fn each_pair(a: &FileTree, b: &FileTree, visit: &mut dyn FnMut(PathPair)) {
    let (mut a, mut b) = (SortedTree::new(a), SortedTree::new(b));
    // A directory is two steps, because what is below it sorts as `name/`.
    let root = PathPair { a: Some(ROOT), b: Some(ROOT) };
    let mut stack = vec![PairStep { pair: root, below: true }];
    while let Some(PairStep { pair, below }) = stack.pop() {
        if !below {
            visit(pair);
            continue;
        }
        let first = stack.len();
        for pair in joined(&mut a, &mut b, pair) {
            stack.push(PairStep { pair, below: false });
            if a.has_children(pair.a) || b.has_children(pair.b) {
                stack.push(PairStep { pair, below: true });
            }
        }
        let name = |step: &PairStep| match (step.pair.a, step.pair.b) {
            (Some(node), _) => a.tree.name(node),
            (None, Some(node)) => b.tree.name(node),
            (None, None) => &[],
        };
        stack[first..].sort_unstable_by(|one, other| {
            compare_names((name(other), other.below), (name(one), one.below))
        });
    }
}

/// The children of both directories, those of one name together.
fn joined(a: &mut SortedTree<'_>, b: &mut SortedTree<'_>, directory: PathPair) -> Vec<PathPair> {
    let (tree_a, tree_b) = (a.tree, b.tree);
    let (mut of_a, mut of_b) = (a.below(directory.a), b.below(directory.b));
    let mut joined = Vec::with_capacity(of_a.len().max(of_b.len()));
    loop {
        let order = match (of_a.first(), of_b.first()) {
            (Some(&one), Some(&other)) => tree_a.name(one).cmp(tree_b.name(other)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return joined,
        };
        let pair = PathPair {
            a: of_a.first().copied().filter(|_| order != Ordering::Greater),
            b: of_b.first().copied().filter(|_| order != Ordering::Less),
        };
        of_a = &of_a[usize::from(pair.a.is_some())..];
        of_b = &of_b[usize::from(pair.b.is_some())..];
        joined.push(pair);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Member;
    use crate::layer::LayerIndex;
    use crate::tree::merge;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::sync::Arc;

    fn tree(names: &[String]) -> FileTree {
        let mut index = LayerIndex::default();
        for name in names {
            index.push(&Member::file(name, 0));
        }
        merge(vec![Arc::new(index)])
    }

    fn paths(tree: &FileTree) -> BTreeSet<Vec<u8>> {
        let mut paths = BTreeSet::new();
        tree.each_path(|path| {
            paths.insert(path.to_vec());
        });
        paths
    }

    proptest! {
        #[test]
        fn every_path_of_both_trees_is_met_once_and_in_order(
            a in prop::collection::vec("[a-c!](/[a-c!]{1,2}){0,3}", 0..12),
            b in prop::collection::vec("[a-c!](/[a-c!]{1,2}){0,3}", 0..12),
        ) {
            let (a, b) = (tree(&a), tree(&b));
            let mut met = Vec::new();
            each_pair(&a, &b, &mut |pair| {
                let (in_a, in_b) = (pair.a.map(|node| a.path(node)), pair.b.map(|node| b.path(node)));
                assert!(in_a.is_none() || in_b.is_none() || in_a == in_b);
                met.push((in_a.clone().or(in_b.clone()).unwrap(), in_a.is_some(), in_b.is_some()));
            });
            let (of_a, of_b) = (paths(&a), paths(&b));
            let all = of_a.union(&of_b).map(|path| (path.clone(), of_a.contains(path), of_b.contains(path)));
            prop_assert_eq!(met, all.collect::<Vec<_>>());
        }
    }
}
