//! The third step of a view: its rows, in order, below expanded directories.

use super::TreeView;
use crate::tree::event::ROOT;
use crate::tree::file_tree::FileTree;
use std::cmp::Ordering;

/// The order of a directory's children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TreeOrder {
    /// Bytewise by name.
    #[default]
    Name,
    /// Bytewise by name, the last first.
    NameDown,
    /// By size, the smallest first; equal sizes by name.
    Size,
    /// By size, the largest first; equal sizes by name.
    SizeDown,
}

/// A visible row.
#[derive(Clone, Copy, Debug)]
pub struct VisibleRow {
    pub node: u32,
    /// 1 for children of the root.
    pub level: u32,
    /// Position among its visible siblings, from 1.
    pub position: u32,
    /// Number of visible siblings, itself included.
    pub siblings: u32,
}

impl TreeView {
    /// Makes the rows anew.
    pub(super) fn lay_out(&mut self, tree: &FileTree) {
        self.rows.clear();
        let mut stack = vec![VisibleRow { node: ROOT, level: 0, position: 1, siblings: 1 }];
        while let Some(row) = stack.pop() {
            if row.node != ROOT {
                self.rows.push(row);
                if !self.is_expanded(row.node) {
                    continue;
                }
            }
            let (order, sizes) = (self.settings.order, &self.selected.sizes);
            let compare = |&a: &u32, &b: &u32| compare(tree, sizes, order, a, b);
            let children = self.selected.children.of(row.node, compare);
            let visible = |child: &&u32| self.filtered.visible[**child as usize];
            let siblings = children.iter().filter(visible).count() as u32;
            let first = stack.len();
            let shown = children.iter().filter(visible);
            stack.extend((1..).zip(shown).map(|(position, &node)| VisibleRow {
                node,
                level: row.level + 1,
                position,
                siblings,
            }));
            stack[first..].reverse();
        }
    }
}

fn compare(tree: &FileTree, sizes: &[u64], order: TreeOrder, a: u32, b: u32) -> Ordering {
    let name = || tree.name(a).cmp(tree.name(b));
    let size = || sizes[a as usize].cmp(&sizes[b as usize]);
    match order {
        TreeOrder::Name => name(),
        TreeOrder::NameDown => name().reverse(),
        TreeOrder::Size => size().then_with(name),
        TreeOrder::SizeDown => size().reverse().then_with(name),
    }
}
