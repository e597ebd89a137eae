//! The order of a directory's children.

use super::given::GivenColumns;
use super::selected::Selected;
use super::settings::{OrderKey, TreeOrder};
use crate::tree::file_tree::FileTree;
use crate::vocabulary::Change;
use std::cmp::Ordering;

/// The values that paths are compared by.
pub struct SortedBy<'a> {
    pub tree: &'a FileTree,
    pub events: &'a [u32],
    pub changes: &'a [Change],
    pub sizes: &'a [u64],
    pub removed_sizes: &'a [u64],
    pub files: &'a [u32],
    pub given: &'a GivenColumns,
    pub order: TreeOrder,
}

/// The value of any column, as numbers.
type Value = (i128, u64);

impl SortedBy<'_> {
    /// The order of two paths. One without a value comes behind, whichever way the others go.
    pub fn compare(&self, a: u32, b: u32) -> Ordering {
        let directed = |order: Ordering| if self.order.down { order.reverse() } else { order };
        let by_name = self.tree.name(a).cmp(self.tree.name(b));
        if self.order.by == OrderKey::Name {
            return directed(by_name);
        }
        let by_value = match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => directed(a.cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_value.then(by_name)
    }

    /// A path's value in the column that is sorted by.
    fn value(&self, node: u32) -> Option<Value> {
        let at = node as usize;
        let event = self.tree.event(self.events[at]);
        let entry = || event.and_then(|event| self.tree.entry(event));
        let number = |number: u64| Some((number.into(), 0));
        match self.order.by {
            OrderKey::Name => None,
            OrderKey::Size => number(match self.changes[at] {
                Change::Removed => self.sizes[at],
                _ => self.sizes[at].saturating_add(self.removed_sizes[at]),
            }),
            OrderKey::Files => event
                .filter(|event| event.is_directory())
                .and_then(|_| number(self.files[at].into())),
            OrderKey::Compressed => self.given.compressed(node).and_then(number),
            OrderKey::Mode => entry().and_then(|entry| number(entry.mode().into())),
            OrderKey::Owner => entry().map(|entry| (entry.owner().uid.into(), entry.owner().gid)),
            OrderKey::Modified => {
                let (seconds, nanoseconds) = entry()?.mtime();
                Some((seconds.into(), nanoseconds.into()))
            }
            OrderKey::Layer => number(self.tree.layer_of(node, event?, self.changes[at]).0.into()),
            OrderKey::Writes => event
                .filter(|event| !event.is_directory())
                .and_then(|_| number(self.tree.writes(node).into())),
            OrderKey::Change => rank(self.changes[at]),
            OrderKey::Package => self.given.package(node).and_then(|rank| number(rank.into())),
        }
    }
}

/// Changes as they are listed everywhere; a path without one comes last.
fn rank(change: Change) -> Option<Value> {
    let rank = match change {
        Change::Added => 0,
        Change::Modified => 1,
        Change::Removed => 2,
        Change::Unchanged => 3,
        Change::None => return None,
    };
    Some((rank, 0))
}

impl Selected {
    /// Sorts the children of a directory.
    pub fn sorted_children(
        &mut self,
        tree: &FileTree,
        given: &GivenColumns,
        order: TreeOrder,
        node: u32,
    ) -> &[u32] {
        let Selected { events, changes, sizes, removed_sizes, files, children, .. } = self;
        let by = SortedBy { tree, events, changes, sizes, removed_sizes, files, given, order };
        children.of(node, |&a, &b| by.compare(a, b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::Member;
    use crate::selection::LayerSelection;
    use crate::tree::drawn::{drawn, drawn_member, tree_of};
    use crate::tree::{NOT_KNOWN, RowLayout, TreeView, ViewSettings};

    fn names(tree: &FileTree, view: &TreeView) -> String {
        let name = |node| String::from_utf8_lossy(tree.name(node)).into_owned();
        view.rows().iter().map(|row| name(row.node)).collect::<Vec<_>>().join(" ")
    }

    fn sort(
        tree: &FileTree,
        view: &mut TreeView,
        by: OrderKey,
        down: bool,
        layers: &str,
    ) -> String {
        let selection = LayerSelection::parse(layers).unwrap();
        let layout = RowLayout { order: TreeOrder { by, down }, join: false };
        view.set(tree, ViewSettings { selection, layout, ..ViewSettings::default() });
        names(tree, view)
    }

    #[test]
    fn siblings_are_sorted_by_each_column_and_by_name_where_they_are_equal() {
        let member = |word: &str, uid, gid, mtime| Member { uid, gid, mtime, ..drawn_member(word) };
        let first = vec![
            member("a=5:4755", 0, 9, (30, 0)),
            member("b=9:644", 1000, 0, (10, 5)),
            member("c=1:1777", 0, 1, (10, 6)),
            drawn_member("implied/x"),
        ];
        let tree = tree_of(vec![first, vec![member("b=7:644", 1000, 0, (40, 0))]]);
        let mut view = TreeView::new(&tree);
        for (by, down, want) in [
            (OrderKey::Name, false, "a b c implied"),
            (OrderKey::Size, true, "b a c implied"),
            (OrderKey::Mode, true, "a c b implied"),
            (OrderKey::Owner, false, "c a b implied"),
            (OrderKey::Modified, true, "b a c implied"),
            (OrderKey::Modified, false, "c a b implied"),
            (OrderKey::Layer, true, "b a c implied"),
            (OrderKey::Files, true, "implied a b c"),
            (OrderKey::Writes, true, "b a c implied"),
            (OrderKey::Compressed, true, "a b c implied"),
        ] {
            assert_eq!(sort(&tree, &mut view, by, down, ""), want, "{by:?} {down}");
        }
    }

    #[test]
    fn changes_are_sorted_as_they_are_listed() {
        let tree = drawn("1: a=1 b=1 c=1 2: .wh.a b=1 c=2 d=1");
        let mut view = TreeView::new(&tree);
        assert_eq!(sort(&tree, &mut view, OrderKey::Change, false, "2"), "d c a b");
        assert_eq!(sort(&tree, &mut view, OrderKey::Change, true, "2"), "b a c d");
    }

    #[test]
    fn directories_count_the_files_below_and_sum_their_compressed_bytes() {
        let tree = drawn("1: d/a=4 d/e/b=4 d/h->d/a d/l@a f=9 2: .wh.f d/e/c=2");
        let mut view = TreeView::new(&tree);
        let node = |path: &str| tree.find(path.as_bytes()).unwrap();
        assert_eq!((view.files(node("d")), view.files(node("d/e"))), (5, 2));
        assert_eq!(view.compressed(node("d")), None, "not given");
        // Inodes are numbered as they come: a, b, f, c; the link counts no second time.
        view.give_compressed(&tree, vec![30, 20, 70, 1]);
        let compressed = |view: &TreeView, path: &str| view.compressed(node(path));
        assert_eq!((compressed(&view, "d"), compressed(&view, "d/h")), (Some(51), Some(30)));
        view.give_compressed(&tree, vec![30, NOT_KNOWN, 70, 1]);
        assert_eq!((compressed(&view, "d"), compressed(&view, "d/a")), (None, Some(30)));
        sort(&tree, &mut view, OrderKey::Name, false, "2");
        assert_eq!(
            (view.files(node("d")), compressed(&view, "d")),
            (1, Some(1)),
            "what layer 2 did"
        );
        assert_eq!(compressed(&view, "f"), Some(70), "it was removed");
    }

    #[test]
    fn packages_are_sorted_by_the_ranks_that_are_given() {
        let tree = drawn("1: a b c");
        let mut view = TreeView::new(&tree);
        assert_eq!(sort(&tree, &mut view, OrderKey::Package, false, ""), "a b c");
        view.give_packages(&tree, vec![u32::MAX, u32::MAX, 7, 3]);
        assert_eq!(names(&tree, &view), "c b a");
        assert_eq!(sort(&tree, &mut view, OrderKey::Package, true, ""), "b c a");
    }
}
