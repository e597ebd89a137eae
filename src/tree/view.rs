//! A tree as it is looked at: a selection of layers, a filter, an order, directories open or closed.
//!
//! - Each step keeps what the step before found: another filter needs no new sums, another open
//!   directory no new filter. All steps are single passes over columns, so that half a million paths
//!   answer within a key press.
//! - Rows are numbers until they are asked for.

use super::order::Children;
use super::{Event, FileTree, NONE, ROOT, What, unchanged};
use crate::selection::LayerSelection;
use crate::vocabulary::Change;
use std::cmp::Ordering;

/// Order of children.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Bytewise by name.
    #[default]
    Name,
    /// Bytewise by name, the last first.
    NameDown,
    /// By size, the smallest first.
    Size,
    /// By size, the largest first.
    SizeDown,
}

/// A visible row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub node: u32,
    /// 1 for children of the root.
    pub level: u32,
    /// Position among its visible siblings, from 1.
    pub position: u32,
    /// Number of visible siblings, itself included.
    pub siblings: u32,
}

/// Counts of a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub paths: u32,
    pub matches: u32,
    pub size: u64,
    pub added: u32,
    pub modified: u32,
    pub removed: u32,
    pub unchanged: u32,
}

/// A way of looking at a tree.
pub struct View {
    selection: LayerSelection,
    changes_only: bool,
    sort: Sort,
    filter: Vec<u8>,
    /// Event that a node is shown by; `NONE`: not part of the view.
    shown: Vec<u32>,
    changes: Vec<Change>,
    /// Own size, or the sum below.
    sizes: Vec<u64>,
    included: Vec<bool>,
    children: Children,
    matched: Vec<bool>,
    /// Part of the filtered view.
    visible: Vec<bool>,
    /// Something below was found by the filter.
    found_below: Vec<bool>,
    open: Vec<bool>,
    /// While a filter is set: directories that the user turned the other way.
    turned: Vec<bool>,
    rows: Vec<Row>,
    summary: Summary,
}

impl View {
    /// Looks at the whole tree, everything closed.
    pub fn new(tree: &FileTree) -> View {
        let count = tree.node_count();
        let mut view = View {
            selection: LayerSelection::All,
            changes_only: false,
            sort: Sort::Name,
            filter: Vec::new(),
            shown: Vec::new(),
            changes: Vec::new(),
            sizes: Vec::new(),
            included: Vec::new(),
            children: Children::group(tree, &vec![false; count]),
            matched: Vec::new(),
            visible: Vec::new(),
            found_below: Vec::new(),
            open: vec![false; count],
            turned: vec![false; count],
            rows: Vec::new(),
            summary: Summary::default(),
        };
        view.select(tree);
        view
    }

    /// The same look at another tree: what is open stays open where it is there.
    pub fn over(&self, old: &FileTree, tree: &FileTree) -> View {
        let mut view = View::new(tree);
        let open = (0u32..).zip(&self.open).filter(|(_, open)| **open);
        for node in open.filter_map(|(node, _)| tree.find(&old.path(node))) {
            view.open[node as usize] = true;
        }
        view.selection = self.selection;
        view.changes_only = self.changes_only;
        view.sort = self.sort;
        view.filter = self.filter.clone();
        view.refresh(tree);
        view
    }

    /// Looks at the tree in another way; what is the same is not done again.
    pub fn set(
        &mut self,
        tree: &FileTree,
        selection: LayerSelection,
        changes_only: bool,
        sort: Sort,
        filter: &[u8],
    ) {
        let selected = self.selection == selection && self.changes_only == changes_only;
        if selected && self.sort == sort && self.filter == filter {
            return;
        }
        if self.filter != filter {
            self.turned.fill(false);
        }
        let (sorted, filtered) = (self.sort == sort, self.filter == filter);
        self.selection = selection;
        self.changes_only = changes_only;
        self.sort = sort;
        self.filter = filter.to_vec();
        if !selected {
            self.select(tree);
            return;
        }
        if !sorted {
            self.children.resort();
        }
        if !filtered {
            self.apply_filter(tree);
        }
        self.lay_out(tree);
    }

    /// Looks again, after what the tree knows has grown (contents hashed).
    pub fn refresh(&mut self, tree: &FileTree) {
        self.select(tree);
    }

    /// Counts of the view.
    pub fn summary(&self) -> Summary {
        self.summary
    }

    /// Visible rows.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The event that a node is shown by.
    pub fn event<'a>(&self, tree: &'a FileTree, node: u32) -> Option<&'a Event> {
        tree.event(self.shown[node as usize])
    }

    /// What the selection did to a node.
    pub fn change(&self, node: u32) -> Change {
        self.changes[node as usize]
    }

    /// A node's size, or the sum below.
    pub fn size(&self, node: u32) -> u64 {
        self.sizes[node as usize]
    }

    /// Whether the filter found the node itself.
    pub fn matched(&self, node: u32) -> bool {
        !self.filter.is_empty() && self.matched[node as usize]
    }

    /// Whether a directory is open; `None` if nothing is below it.
    pub fn expanded(&self, node: u32) -> Option<bool> {
        self.children.any(node).then(|| self.is_open(node))
    }

    fn is_open(&self, node: u32) -> bool {
        let at = node as usize;
        if self.filter.is_empty() { self.open[at] } else { self.found_below[at] != self.turned[at] }
    }

    /// Opens or closes a directory, with everything below it if `all`.
    pub fn expand(&mut self, tree: &FileTree, node: u32, open: bool, all: bool) {
        if node as usize >= self.open.len() {
            return;
        }
        self.turn(node, open);
        if all {
            // A parent's number is smaller than its children's: one pass finds all that is below.
            let mut below = vec![false; tree.node_count()];
            below[node as usize] = true;
            for child in node + 1..tree.node_count() as u32 {
                if below[tree.parent(child) as usize] {
                    below[child as usize] = true;
                    if self.children.any(child) {
                        self.turn(child, open);
                    }
                }
            }
        }
        self.lay_out(tree);
    }

    fn turn(&mut self, node: u32, open: bool) {
        let at = node as usize;
        if self.filter.is_empty() {
            self.open[at] = open;
        } else {
            self.turned[at] = self.found_below[at] != open;
        }
    }

    /// Opens what is above a node; its row, if it is part of the view.
    pub fn reveal(&mut self, tree: &FileTree, node: u32) -> Option<usize> {
        if !*self.visible.get(node as usize)? {
            return None;
        }
        let mut above = tree.parent(node);
        while above != ROOT {
            self.turn(above, true);
            above = tree.parent(above);
        }
        self.lay_out(tree);
        self.rows.iter().position(|row| row.node == node)
    }

    /// Step one: what is part of the view, by which event, and how large.
    fn select(&mut self, tree: &FileTree) {
        let all = tree.layers().len() as u32;
        let (below, top, whole) = match self.selection {
            LayerSelection::All => (all, all, true),
            LayerSelection::UpTo(n) => {
                (n.position().0.min(all), n.get().min(all), !self.changes_only)
            }
            LayerSelection::Range(first, last) => {
                (first.position().0.min(all), last.get().min(all), false)
            }
        };
        let count = tree.node_count();
        self.shown = vec![NONE; count];
        self.changes = vec![Change::None; count];
        self.sizes = vec![0; count];
        self.included = vec![false; count];
        self.summary = Summary::default();
        let mut seen = vec![false; tree.inodes.len()];
        for node in 1..count as u32 {
            let at = node as usize;
            let (before, after) = (tree.state_number(node, below), tree.state_number(node, top));
            let change = compare(tree, before, after);
            let there = tree.event(after).is_some_and(Event::is_there);
            self.changes[at] = change;
            self.included[at] =
                if whole { there || change == Change::Removed } else { change != Change::None };
            self.shown[at] = if change == Change::Removed { before } else { after };
            if self.included[at] {
                self.count(change, tree.event(before), tree.event(after));
                self.sizes[at] =
                    tree.event(self.shown[at]).map_or(0, |event| match tree.inode(event) {
                        // An inode with several names counts where it is met first.
                        Some(inode) if change == Change::Removed => inode.size,
                        Some(inode)
                            if !std::mem::replace(&mut seen[event.inode as usize], true) =>
                        {
                            inode.size
                        }
                        _ => 0,
                    });
            }
        }
        self.sum_up(tree);
        self.summary.size = self.sizes[ROOT as usize];
        self.children = Children::group(tree, &self.included);
        self.show_own_sizes(tree);
        self.apply_filter(tree);
        self.lay_out(tree);
    }

    /// Counts as layers do (`LayerChange`), paths that are not directories as sets: a file that becomes a
    /// directory is one path less.
    fn count(&mut self, change: Change, before: Option<&Event>, after: Option<&Event>) {
        self.summary.paths += u32::from(change != Change::Removed);
        let leaf = |event: Option<&Event>| event.is_some_and(|event| event.what == What::Leaf);
        match (leaf(before), leaf(after), change) {
            (false, true, Change::Added | Change::Modified) => self.summary.added += 1,
            (true, false, _) => self.summary.removed += 1,
            (true, true, Change::Modified) => self.summary.modified += 1,
            (true, true, Change::Unchanged) => self.summary.unchanged += 1,
            _ => {}
        }
    }

    /// Adds sizes up from below; directories above something included are part of the view, too. What
    /// was removed counts in directories that are removed, not in those that are still there.
    fn sum_up(&mut self, tree: &FileTree) {
        for node in (1..tree.node_count()).rev() {
            if !self.included[node] {
                continue;
            }
            let parent = tree.parent(node as u32) as usize;
            self.included[parent] = true;
            if self.shown[parent] == NONE {
                // Directories that a range leaves alone are shown as they are at its end.
                self.shown[parent] = tree.state_number(parent as u32, tree.layers().len() as u32);
            }
            let gone = |at: usize| self.changes[at] == Change::Removed;
            if gone(node) == gone(parent) {
                self.sizes[parent] = self.sizes[parent].saturating_add(self.sizes[node]);
            }
        }
    }

    /// Every name of a file shows the file's size, though only the first counts in sums.
    fn show_own_sizes(&mut self, tree: &FileTree) {
        for node in 1..tree.node_count() {
            if let Some(event) = tree.event(self.shown[node])
                && event.what == What::Leaf
            {
                self.sizes[node] = tree.inode(event).map_or(0, |inode| inode.size);
            }
        }
    }

    /// Step two: what the filter finds, what is above it, and what is below it.
    fn apply_filter(&mut self, tree: &FileTree) {
        let count = tree.node_count();
        self.visible = self.included.clone();
        self.found_below = vec![false; count];
        self.matched = vec![false; count];
        self.summary.matches = self.summary.paths;
        if self.filter.is_empty() {
            return;
        }
        let exact = self.filter.iter().any(u8::is_ascii_uppercase);
        let needle = if exact { self.filter.clone() } else { self.filter.to_ascii_lowercase() };
        let by_path = needle.contains(&b'/');
        self.summary.matches = 0;
        let mut name = Vec::new();
        for node in 1..count {
            if !self.included[node] {
                continue;
            }
            name.clear();
            if by_path {
                name.push(b'/');
                name.extend(tree.path(node as u32));
            } else {
                name.extend_from_slice(tree.name(node as u32));
            }
            if !exact {
                name.make_ascii_lowercase();
            }
            self.matched[node] = contains(&name, &needle);
            self.summary.matches += u32::from(self.matched[node]);
        }
        for node in (1..count).rev() {
            if self.included[node] && (self.matched[node] || self.found_below[node]) {
                self.found_below[tree.parent(node as u32) as usize] = true;
            }
        }
        let mut inside = vec![false; count];
        for node in 1..count {
            inside[node] = self.matched[node] || inside[tree.parent(node as u32) as usize];
            self.visible[node] = self.included[node] && (inside[node] || self.found_below[node]);
        }
    }

    /// Step three: the rows of what is open.
    fn lay_out(&mut self, tree: &FileTree) {
        self.rows.clear();
        let mut stack = vec![Row { node: ROOT, level: 0, position: 1, siblings: 1 }];
        while let Some(row) = stack.pop() {
            if row.node != ROOT {
                self.rows.push(row);
                if !self.is_open(row.node) {
                    continue;
                }
            }
            let (sort, sizes) = (self.sort, &self.sizes);
            let children = self.children.of(row.node, |&a, &b| order(tree, sizes, sort, a, b));
            let visible = &self.visible;
            let siblings = children.iter().filter(|&&child| visible[child as usize]).count() as u32;
            let shown = children.iter().filter(|&&child| visible[child as usize]);
            let first = stack.len();
            stack.extend((1..).zip(shown).map(|(position, &node)| Row {
                node,
                level: row.level + 1,
                position,
                siblings,
            }));
            stack[first..].reverse();
        }
    }
}

fn order(tree: &FileTree, sizes: &[u64], sort: Sort, a: u32, b: u32) -> Ordering {
    let name = || tree.name(a).cmp(tree.name(b));
    let size = || sizes[a as usize].cmp(&sizes[b as usize]);
    match sort {
        Sort::Name => name(),
        Sort::NameDown => name().reverse(),
        Sort::Size => size().then_with(name),
        Sort::SizeDown => size().reverse().then_with(name),
    }
}

/// What lies between two states of a node.
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
            // Directories above a change are listed by every tar: that alone is no change.
            Some(true) if new.is_directory() => Change::None,
            Some(true) => Change::Unchanged,
            _ => Change::Modified,
        },
    }
}

fn contains(text: &[u8], needle: &[u8]) -> bool {
    let Some((&first, rest)) = needle.split_first() else { return true };
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|&b| b == first) {
        let start = from + at + 1;
        if text[start..].starts_with(rest) {
            return true;
        }
        from = start;
    }
    false
}
