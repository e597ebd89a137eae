//! The third step of a view: its rows, in order, below expanded directories.
//!
//! - Directories that hold nothing but one directory can be joined with it into one row, as editors do. The row
//!   is the last of them. The four highest levels stay as everybody knows them (`usr/lib/python3`), and none is
//!   joined that has something of its own to say: it matches the find, or the selection changed it otherwise than
//!   the next one.

use super::filtered::Filtered;
use super::given::GivenColumns;
use super::selected::Selected;
use super::settings::RowLayout;
use crate::tree::event::ROOT;
use crate::tree::file_tree::FileTree;
use crate::vocabulary::Change;

/// Levels whose directories are never joined with others.
const PLAIN_LEVELS: u32 = 4;

/// A visible row.
#[derive(Clone, Copy, Debug)]
pub struct VisibleRow {
    pub node: u32,
    /// How many directories above are joined with it.
    pub joined: u32,
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
    given: &GivenColumns,
    layout: RowLayout,
    is_expanded: impl Fn(u32) -> bool,
) -> Vec<VisibleRow> {
    let mut rows = Vec::new();
    let root = VisibleRow { node: ROOT, joined: 0, level: 0, position: 1, siblings: 1 };
    let mut stack = vec![root];
    while let Some(mut row) = stack.pop() {
        if row.node != ROOT {
            while let Some(next) = (layout.join && row.level > PLAIN_LEVELS)
                .then(|| joined_with(tree, selected, filtered, row.node))
                .flatten()
            {
                (row.node, row.joined) = (next, row.joined + 1);
            }
            rows.push(row);
            if !is_expanded(row.node) {
                continue;
            }
        }
        let children = selected.sorted_children(tree, given, layout.order, row.node);
        let visible = |child: &&u32| filtered.visible[**child as usize];
        let siblings = children.iter().filter(visible).count() as u32;
        let first = stack.len();
        let shown = children.iter().filter(visible);
        stack.extend((1..).zip(shown).map(|(position, &node)| VisibleRow {
            node,
            joined: 0,
            level: row.level + 1,
            position,
            siblings,
        }));
        stack[first..].reverse();
    }
    rows
}

/// The directory that a directory is joined with: the only thing in it.
fn joined_with(
    tree: &FileTree,
    selected: &Selected,
    filtered: &Filtered,
    node: u32,
) -> Option<u32> {
    let children = selected.children.unsorted(node).iter();
    let mut visible = children.copied().filter(|child| filtered.visible[*child as usize]);
    let only = visible.next().filter(|_| visible.next().is_none())?;
    let change = |node: u32| selected.changes[node as usize];
    let is_silent = !filtered.matched[node as usize]
        && (change(node) == Change::None || change(node) == change(only));
    let event = tree.event(selected.events[only as usize])?;
    (is_silent && event.is_directory()).then_some(only)
}

impl VisibleRow {
    /// The nodes of the row: its own, then the directories that are joined with it, upwards.
    pub fn nodes(self, tree: &FileTree) -> impl Iterator<Item = u32> {
        let above = |node: &u32| Some(tree.parent(*node));
        std::iter::successors(Some(self.node), above).take(self.joined as usize + 1)
    }

    /// The highest of its nodes, with whose name the row begins.
    pub fn first(self, tree: &FileTree) -> u32 {
        self.nodes(tree).last().unwrap_or(self.node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::LayerSelection;
    use crate::tree::drawn::drawn;
    use crate::tree::find::Find;
    use crate::tree::{TreeView, ViewSettings};

    /// The rows below four directories with everything expanded: levels and names.
    fn rows(drawing: &str, find: &str, layers: &str) -> String {
        let below = |word: &str| match word.ends_with(':') {
            true => word.to_owned(),
            false => format!("a1/a2/a3/a4/{word}"),
        };
        let tree = drawn(&drawing.split(' ').map(below).collect::<Vec<_>>().join(" "));
        let mut view = TreeView::new(&tree);
        let selection = LayerSelection::parse(layers).unwrap();
        let layout = RowLayout { join: true, ..RowLayout::default() };
        let find = Find::parse(find).terms;
        view.set(&tree, ViewSettings { selection, layout, find, ..ViewSettings::default() });
        view.expand(&tree, ROOT, true, true);
        let name = |node: u32| String::from_utf8_lossy(tree.name(node)).into_owned();
        let row = |row: &VisibleRow| {
            let names: Vec<_> = row.nodes(&tree).map(name).collect();
            let names: Vec<_> = names.into_iter().rev().collect();
            format!("{}:{}", row.level, names.join("/"))
        };
        let rows: Vec<_> = view.rows().iter().map(row).collect();
        assert_eq!(rows[..4], ["1:a1", "2:a2", "3:a3", "4:a4"], "these levels stay as they are");
        rows[4..].join(" ")
    }

    #[test]
    fn directories_that_hold_one_directory_are_joined_with_it() {
        assert_eq!(rows("1: b/n/doc/a b/n/doc/b x", "", ""), "5:b/n/doc 6:a 6:b 5:x");
        assert_eq!(rows("1: a/b/c/", "", ""), "5:a/b/c");
        assert_eq!(rows("1: a/b a/c/", "", ""), "5:a 6:b 6:c", "it holds a file too");
        assert_eq!(rows("1: a/link@b", "", ""), "5:a 6:link");
    }

    #[test]
    fn a_directory_that_says_something_of_its_own_is_not_joined() {
        assert_eq!(rows("1: a/shelf/doc", "shelf", ""), "5:a/shelf 6:doc");
        assert_eq!(rows("1: one/b/x/doc", "one", ""), "5:one 6:b/x 7:doc");
        assert_eq!(rows("1: a/b/x 2: a/c/y", "", "2"), "5:a/c 6:y");
    }

    #[test]
    fn a_joined_directory_is_revealed_by_its_row_and_found_by_its_first_name() {
        let tree = drawn("1: a1/a2/a3/a4/opt/x a1/a2/a3/a4/usr/share/doc/a");
        let mut view = TreeView::new(&tree);
        let layout = RowLayout { join: true, ..RowLayout::default() };
        view.set(&tree, ViewSettings { layout, ..ViewSettings::default() });
        for path in ["usr", "usr/share", "usr/share/doc"] {
            let node = tree.find(format!("a1/a2/a3/a4/{path}").as_bytes()).unwrap();
            assert_eq!(view.reveal(&tree, node), Some(5), "{path}");
        }
        assert_eq!(view.next_row(&tree, "us", 0), Some(5));
        assert_eq!(view.next_row(&tree, "doc", 0), None);
    }
}
