//! The third step of a view: its rows, in order, below expanded directories.

use super::filtered::Filtered;
use super::selected::Selected;
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

/// The rows of a view: everything selected and visible below the root and below expanded directories.
pub fn lay_out(
    tree: &FileTree,
    selected: &mut Selected,
    filtered: &Filtered,
    order: TreeOrder,
    is_expanded: impl Fn(u32) -> bool,
) -> Vec<VisibleRow> {
    let mut rows = Vec::new();
    let mut stack = vec![VisibleRow { node: ROOT, level: 0, position: 1, siblings: 1 }];
    while let Some(row) = stack.pop() {
        if row.node != ROOT {
            rows.push(row);
            if !is_expanded(row.node) {
                continue;
            }
        }
        let sizes = &selected.sizes;
        let children = selected.children.of(row.node, |&a, &b| compare(tree, sizes, order, a, b));
        let visible = |child: &&u32| filtered.visible[**child as usize];
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
    rows
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
