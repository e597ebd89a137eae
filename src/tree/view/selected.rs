//! The first step of a view: which paths a selection of layers shows, by which event, and how large.

use super::settings::ViewSettings;
use crate::selection::LayerSelection;
use crate::tree::children::Children;
use crate::tree::event::{NONE, NodeState, PathEvent, ROOT};
use crate::tree::file_tree::FileTree;
use crate::tree::unchanged::unchanged;
use crate::vocabulary::Change;

/// Counts of a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TreeSummary {
    /// Paths under the selection, invisible ones included, removed ones not.
    pub paths: u32,
    /// Those of them that the find matches; all without a find.
    pub matches: u32,
    /// Sum of the sizes under the selection, in bytes.
    pub size: u64,
    /// Bytes of what the find matches; `size` without a find.
    pub matched_size: u64,
    /// Bytes of the files that match and that the selection removed.
    pub removed_size: u64,
    /// Paths that match, not directories, by what the selection did to them.
    pub added: u32,
    pub modified: u32,
    pub removed: u32,
    pub unchanged: u32,
}

/// What a node counts as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PathCount {
    /// It is a path under the selection.
    pub is_path: bool,
    /// Not a directory, and this was done to it. A file that became a directory is removed, and a path.
    pub change: Change,
}

impl TreeSummary {
    /// Counts a path that matches.
    pub fn count_match(&mut self, count: PathCount) {
        self.matches += u32::from(count.is_path);
        match count.change {
            Change::Added => self.added += 1,
            Change::Modified => self.modified += 1,
            Change::Removed => self.removed += 1,
            Change::Unchanged => self.unchanged += 1,
            Change::None => {}
        }
    }
}

/// What a selection shows: one value per node in each column.
pub struct Selected {
    /// The event by which a node is shown; `NONE` if it is not part of the selection.
    pub events: Vec<u32>,
    pub changes: Vec<Change>,
    /// A file's own size, or the sum of what is below a directory.
    pub sizes: Vec<u64>,
    /// Bytes of the files that were removed, at the node or below it: an inode counts once, and not at all while it has
    /// another name under the selection.
    pub removed_sizes: Vec<u64>,
    /// Paths that are not directories: 1 for such a path, the number of those below for a directory.
    pub files: Vec<u32>,
    pub included: Vec<bool>,
    pub children: Children,
    /// What each node counts as.
    pub counts: Vec<PathCount>,
    /// Without a find.
    pub summary: TreeSummary,
    /// Number of layers of the tree that changes are counted from.
    pub below: u32,
}

/// The trees that a selection compares.
struct Compared {
    /// Number of layers of the lower tree.
    below: u32,
    /// Number of layers of the upper tree.
    top: u32,
    /// All of the upper tree is shown, not only what changed.
    whole: bool,
}

impl Compared {
    fn of(selection: LayerSelection, whole: bool, all: u32) -> Compared {
        let (below, top, whole) = match selection {
            LayerSelection::All => (all, all, true),
            LayerSelection::UpTo(last) => (last.position().0, last.get(), true),
            LayerSelection::Range(first, last) => (first.position().0, last.get(), whole),
        };
        Compared { below: below.min(all), top: top.min(all), whole }
    }
}

impl Selected {
    /// Shows a selection of a tree, of a range whole or only what it changed, or what is below one directory.
    pub fn new(tree: &FileTree, settings: &ViewSettings) -> Selected {
        let ViewSettings { selection, whole, directory, .. } = settings;
        let count = tree.node_count();
        let compared = Compared::of(*selection, *whole, tree.layers().len() as u32);
        let mut selected = Selected {
            events: vec![NONE; count],
            changes: vec![Change::None; count],
            sizes: vec![0; count],
            removed_sizes: vec![0; count],
            files: vec![0; count],
            included: vec![false; count],
            children: Children::group(tree, &vec![false; count]),
            counts: vec![PathCount::default(); count],
            summary: TreeSummary::default(),
            below: compared.below,
        };
        selected.choose(tree, &compared, &tree.below(tree.find(directory).as_slice()));
        selected.size_removed(tree, &compared);
        selected.sum_up(tree);
        selected.summary.paths = selected.summary.matches;
        selected.summary.size = selected.sizes[ROOT as usize];
        selected.summary.matched_size = selected.summary.size;
        selected.summary.removed_size = selected.removed_sizes[ROOT as usize];
        selected.children = Children::group(tree, &selected.included);
        selected.show_own_sizes(tree);
        selected
    }

    /// Decides for each node whether it is included, by which event it is shown, and its own size.
    fn choose(&mut self, tree: &FileTree, compared: &Compared, inside: &[bool]) {
        let mut counted = vec![false; tree.inode_count()];
        for node in 1..tree.node_count() as u32 {
            let at = node as usize;
            let before = tree.state_number(node, compared.below);
            let after = tree.state_number(node, compared.top);
            let change = compare(tree, before, after);
            let there = tree.event(after).is_some_and(PathEvent::is_there);
            self.changes[at] = change;
            self.included[at] = if compared.whole {
                there || change == Change::Removed
            } else {
                change != Change::None
            };
            self.included[at] &= inside[at];
            self.events[at] = if change == Change::Removed { before } else { after };
            if !self.included[at] {
                continue;
            }
            self.counts[at] = count(change, tree.event(before), tree.event(after));
            self.summary.count_match(self.counts[at]);
            let Some(event) = tree.event(self.events[at]) else { continue };
            self.files[at] = u32::from(event.state == NodeState::Leaf);
            self.sizes[at] = match tree.inode(event) {
                // An inode with several names counts where it is met first.
                Some(inode)
                    if change != Change::Removed
                        && !std::mem::replace(&mut counted[event.inode as usize], true) =>
                {
                    inode.size
                }
                _ => 0,
            };
        }
    }

    /// Sizes of files that were removed, or that became something else.
    fn size_removed(&mut self, tree: &FileTree, compared: &Compared) {
        if self.summary.removed == 0 {
            return; // as in every view of all layers
        }
        let mut counted = vec![false; tree.inode_count()];
        for node in 1..tree.node_count() as u32 {
            let after = tree.event(tree.state_number(node, compared.top));
            if let Some(event) = after.filter(|event| event.is_there())
                && let Some(counted) = counted.get_mut(event.inode as usize)
            {
                *counted = true;
            }
        }
        for node in 1..tree.node_count() {
            if !self.included[node] || self.counts[node].change != Change::Removed {
                continue;
            }
            let before = tree.event(tree.state_number(node as u32, compared.below));
            let Some((event, inode)) = before.and_then(|event| Some((event, tree.inode(event)?)))
            else {
                continue;
            };
            if !std::mem::replace(&mut counted[event.inode as usize], true) {
                self.removed_sizes[node] = inode.size;
                if self.changes[node] == Change::Removed {
                    self.sizes[node] = inode.size;
                }
            }
        }
    }

    /// Adds sizes and numbers of files to the directories above, and includes these. What was removed counts in directories
    /// that were removed too; those that still exist have only `removed_sizes` for it.
    fn sum_up(&mut self, tree: &FileTree) {
        for node in (1..tree.node_count()).rev() {
            if !self.included[node] {
                continue;
            }
            let parent = tree.parent(node as u32) as usize;
            self.included[parent] = true;
            if self.events[parent] == NONE {
                // A directory that the range did not touch is shown as it is in the final tree.
                self.events[parent] = tree.state_number(parent as u32, tree.layers().len() as u32);
            }
            let removed = |at: usize| self.changes[at] == Change::Removed;
            if removed(node) == removed(parent) {
                self.sizes[parent] = self.sizes[parent].saturating_add(self.sizes[node]);
                self.files[parent] += self.files[node];
            }
            self.removed_sizes[parent] =
                self.removed_sizes[parent].saturating_add(self.removed_sizes[node]);
        }
    }

    /// Gives every name of a file the file's size, though only the first counts in sums.
    fn show_own_sizes(&mut self, tree: &FileTree) {
        for node in 1..tree.node_count() {
            if let Some(event) = tree.event(self.events[node])
                && event.state == NodeState::Leaf
            {
                self.sizes[node] = tree.inode(event).map_or(0, |inode| inode.size);
            }
        }
    }
}

/// Counts as `LayerChange` does, with the paths that are not directories as sets: a file that becomes a directory
/// is one path less.
fn count(change: Change, before: Option<&PathEvent>, after: Option<&PathEvent>) -> PathCount {
    let is_leaf =
        |event: Option<&PathEvent>| event.is_some_and(|event| event.state == NodeState::Leaf);
    let counted = match (is_leaf(before), is_leaf(after), change) {
        (false, true, Change::Added | Change::Modified) => Change::Added,
        (true, false, _) => Change::Removed,
        (true, true, Change::Modified | Change::Unchanged) => change,
        _ => Change::None,
    };
    PathCount { is_path: change != Change::Removed, change: counted }
}

/// What changed between two events of a node, given by their numbers.
fn compare(tree: &FileTree, before: u32, after: u32) -> Change {
    if before == after {
        return Change::None;
    }
    let there = |number| tree.event(number).filter(|event| event.is_there());
    match (there(before), there(after)) {
        (None, None) => Change::None,
        (None, Some(_)) => Change::Added,
        (Some(_), None) => Change::Removed,
        (Some(old), Some(new)) => match unchanged(tree, old, new) {
            // Every tar lists the directories above a change: that alone is no change.
            Some(true) if new.is_directory() => Change::None,
            Some(true) => Change::Unchanged,
            _ => Change::Modified,
        },
    }
}

#[test]
fn removed_bytes_are_summed_up_to_the_root_apart_from_what_is_there() {
    use crate::tree::drawn::drawn;
    use crate::tree::view::{OrderKey, RowLayout, TreeOrder, TreeView};
    let tree = drawn("1: a/b/c=40 a/b/d/e=9 a/k=1 z=7 2: a/b/.wh.c a/b/.wh.d a/n=3 .wh.z");
    let mut view = TreeView::new(&tree);
    let order = TreeOrder { by: OrderKey::Size, down: true };
    let layout = RowLayout { order, join: false };
    let selection = LayerSelection::parse("2").unwrap();
    view.set(&tree, ViewSettings { selection, layout, ..ViewSettings::default() });
    let sums = |path: &str| {
        let node = tree.find(path.as_bytes()).unwrap();
        (view.size(node), view.removed_size(node))
    };
    assert_eq!((sums("a"), sums("a/b")), ((3, 49), (0, 49)));
    assert_eq!(sums("a/b/d"), (9, 0), "itself removed: its size says it");
    let summary = view.summary();
    assert_eq!((summary.size, summary.removed_size), (3, 56));
    let first = view.rows().first().map(|row| tree.path(row.node));
    assert_eq!(first, Some(b"a".to_vec()), "sorted by what is there and what was removed");
}

#[test]
fn removed_bytes_are_those_that_no_other_name_keeps() {
    use crate::tree::drawn::drawn;
    use crate::tree::view::TreeView;
    let removed = |second: &str| {
        let tree = drawn(&format!("1: d/a=7 d/b->d/a d/c->d/a e=2 2: {second}"));
        let mut view = TreeView::new(&tree);
        let selection = LayerSelection::parse("2").unwrap();
        view.set(&tree, ViewSettings { selection, ..ViewSettings::default() });
        view.summary().removed_size
    };
    assert_eq!(removed("d/.wh.b"), 0, "two names are left");
    assert_eq!(removed("d/.wh.a d/.wh.b d/.wh.c"), 7, "once");
    assert_eq!(removed("e/x=1"), 2, "the file became a directory");
    assert_eq!(removed(".wh.d"), 7);
}

#[test]
fn removed_bytes_of_a_find_are_those_of_its_matches() {
    use crate::tree::drawn::drawn;
    use crate::tree::find::Find;
    use crate::tree::view::TreeView;
    let tree = drawn("1: a/x=40 a/y=9 2: a/.wh.x a/.wh.y");
    let mut view = TreeView::new(&tree);
    let selection = LayerSelection::parse("2").unwrap();
    let find = Find::parse("y").terms;
    view.set(&tree, ViewSettings { selection, find, ..ViewSettings::default() });
    assert_eq!(view.summary().removed_size, 9);
}
