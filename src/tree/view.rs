//! What a file tree shows: a selection of layers, a find, an order, expanded directories.
//!
//! - Three steps, each over what the step before found: which paths, by which event and how large
//!   (`selected.rs`); which of them a find matches (`filtered.rs`); which rows are visible (`rows.rs`). A
//!   new find needs no new sums, an expanded directory no new find.
//! - Each step is a few passes over columns, so that half a million paths answer within a key press.
//! - Rows are numbers until the caller asks for their names.

mod areas;
mod files;
mod filtered;
mod given;
mod order;
mod rows;
mod selected;
mod settings;
mod types;

use super::event::{PathEvent, ROOT};
use super::file_tree::FileTree;
use super::find::{Matcher, fold};
use crate::selection::LayerSelection;
use crate::vocabulary::{Change, LayerPosition};
pub use areas::{SizeTile, size_tiles};
pub use files::{ShownFile, files_shown};
use filtered::Filtered;
use given::GivenColumns;
pub use given::NOT_KNOWN;
pub use rows::VisibleRow;
use selected::Selected;
pub use selected::TreeSummary;
pub use settings::{OrderKey, RowLayout, TreeOrder, ViewSettings};
pub use types::{TypeTotal, types_shown};

/// Bytes of a path under a selection: a file's own, or the sum below a directory.
pub fn size_under(tree: &FileTree, selection: LayerSelection, node: u32) -> u64 {
    let settings = ViewSettings { selection, ..ViewSettings::default() };
    Selected::new(tree, &settings).sizes.get(node as usize).copied().unwrap_or(0)
}

/// A view of a tree.
pub struct TreeView {
    settings: ViewSettings,
    find: Matcher,
    selected: Selected,
    filtered: Filtered,
    given: GivenColumns,
    /// Expanded directories, while there is no find.
    expanded: Vec<bool>,
    /// While there is a find: directories that the user expanded or collapsed against the default,
    /// which expands what has matches below.
    toggled: Vec<bool>,
    rows: Vec<VisibleRow>,
}

impl TreeView {
    /// A view of the whole tree with everything collapsed.
    pub fn new(tree: &FileTree) -> TreeView {
        let count = tree.node_count();
        let settings = ViewSettings::default();
        let selected = Selected::new(tree, &settings);
        let find = Matcher::default();
        let filtered = Filtered::new(tree, &selected, &find);
        let (expanded, toggled) = (vec![false; count], vec![false; count]);
        let (given, rows) = (GivenColumns::default(), Vec::new());
        let mut view =
            TreeView { settings, find, selected, filtered, given, expanded, toggled, rows };
        view.lay_out(tree);
        view
    }

    /// The same view of another tree: what is expanded stays expanded where it exists.
    pub fn over(&self, old: &FileTree, tree: &FileTree) -> TreeView {
        let mut view = TreeView::new(tree);
        let expanded = (0u32..).zip(&self.expanded).filter(|(_, expanded)| **expanded);
        for node in expanded.filter_map(|(node, _)| tree.find(&old.path(node))) {
            view.expanded[node as usize] = true;
        }
        view.settings = self.settings.clone();
        view.find = Matcher::new(&view.settings.find);
        view.refresh(tree);
        view
    }

    /// Changes the settings; steps that do not depend on a change are not repeated.
    pub fn set(&mut self, tree: &FileTree, settings: ViewSettings) {
        let old = std::mem::replace(&mut self.settings, settings);
        if old == self.settings {
            return;
        }
        if old.find != self.settings.find {
            self.toggled.fill(false);
            self.find = Matcher::new(&self.settings.find);
        }
        if old.directory != self.settings.directory {
            self.expand_to_directory(tree);
        }
        let what = |settings: &ViewSettings| {
            (settings.selection, settings.whole, settings.directory.clone())
        };
        if what(&old) != what(&self.settings) {
            self.refresh(tree);
            return;
        }
        if old.layout.order != self.settings.layout.order {
            self.selected.children.resort();
        }
        if old.find != self.settings.find {
            self.filtered = Filtered::new(tree, &self.selected, &self.find);
        }
        self.lay_out(tree);
    }

    /// Expands the directory that the view is bound to, with those above it.
    fn expand_to_directory(&mut self, tree: &FileTree) {
        let mut at = tree.find(&self.settings.directory).unwrap_or(ROOT);
        while at != ROOT {
            self.expanded[at as usize] = true;
            at = tree.parent(at);
        }
    }

    /// Repeats all steps, after the tree has learnt more (content hashes).
    pub fn refresh(&mut self, tree: &FileTree) {
        self.selected = Selected::new(tree, &self.settings);
        self.filtered = Filtered::new(tree, &self.selected, &self.find);
        self.given.sum_up(tree, &self.selected);
        self.lay_out(tree);
    }

    /// Whether compressed bytes were given.
    pub fn has_compressed(&self) -> bool {
        self.given.has_compressed()
    }

    /// Takes the compressed bytes of each inode, `NOT_KNOWN` where they are not known.
    pub fn give_compressed(&mut self, tree: &FileTree, inodes: Vec<u64>) {
        self.given.set_compressed(tree, &self.selected, inodes);
        self.sort_again(tree, OrderKey::Compressed);
    }

    /// Takes the rank of each node's package among the names of packages; `u32::MAX`: it has none.
    pub fn give_packages(&mut self, tree: &FileTree, ranks: Vec<u32>) {
        if self.given.set_packages(ranks) {
            self.sort_again(tree, OrderKey::Package);
        }
    }

    fn sort_again(&mut self, tree: &FileTree, changed: OrderKey) {
        if self.settings.layout.order.by == changed {
            self.selected.children.resort();
            self.lay_out(tree);
        }
    }

    /// The layers whose paths it shows.
    pub fn selection(&self) -> LayerSelection {
        self.settings.selection
    }

    /// Counts of the view.
    pub fn summary(&self) -> TreeSummary {
        self.filtered.summary
    }

    /// The visible rows.
    pub fn rows(&self) -> &[VisibleRow] {
        &self.rows
    }

    /// The event by which a node is shown.
    pub fn event<'a>(&self, tree: &'a FileTree, node: u32) -> Option<&'a PathEvent> {
        tree.event(self.selected.events[node as usize])
    }

    /// What the selection did to a node.
    pub fn change(&self, node: u32) -> Change {
        self.selected.changes[node as usize]
    }

    /// A node's size in bytes; a directory's is the sum of what is below it.
    pub fn size(&self, node: u32) -> u64 {
        self.selected.sizes[node as usize]
    }

    /// Bytes of what was removed below a directory that is still there.
    pub fn removed_size(&self, node: u32) -> u64 {
        match self.change(node) {
            Change::Removed => 0, // its size says it
            _ => self.selected.removed_sizes[node as usize],
        }
    }

    /// Number of paths below a directory that are not directories.
    pub fn files(&self, node: u32) -> u32 {
        self.selected.files[node as usize]
    }

    /// Compressed bytes of a node, or of what is below it; `None`: not known, or not given.
    pub fn compressed(&self, node: u32) -> Option<u64> {
        self.given.compressed(node)
    }

    /// Whether the find matches the node itself.
    pub fn matched(&self, node: u32) -> bool {
        self.filtered.matched[node as usize]
    }

    /// The part of a node's name that the find's text matches: start and end in bytes.
    pub fn mark(&self, tree: &FileTree, node: u32) -> Option<(usize, usize)> {
        self.find.mark(tree.name(node)).filter(|_| self.matched(node))
    }

    /// The layer that brought what a node shows, or that removed it.
    pub fn layer(&self, tree: &FileTree, node: u32) -> Option<LayerPosition> {
        Some(tree.layer_of(node, self.event(tree, node)?, self.change(node)))
    }

    /// Whether a directory is expanded; `None` if nothing of the view is below it.
    pub fn expanded(&self, node: u32) -> Option<bool> {
        let any = match self.find.is_empty() {
            true => self.selected.children.any(node),
            false => self.filtered.visible_below[node as usize],
        };
        any.then(|| self.is_expanded(node))
    }

    /// The first row, from a row on and then from the top, whose name begins with a text in letters of either
    /// case.
    pub fn next_row(&self, tree: &FileTree, prefix: &str, from: usize) -> Option<usize> {
        let prefix = fold(prefix.as_bytes());
        let begins = |at: &usize| fold(tree.name(self.rows[*at].first(tree))).starts_with(&prefix);
        let from = from.min(self.rows.len());
        (from..self.rows.len()).chain(0..from).find(begins)
    }

    fn is_expanded(&self, node: u32) -> bool {
        let at = node as usize;
        if self.find.is_empty() {
            self.expanded[at]
        } else {
            self.filtered.matched_below[at] != self.toggled[at]
        }
    }

    /// Repeats the third step.
    fn lay_out(&mut self, tree: &FileTree) {
        let (filtered, layout) = (&self.filtered, self.settings.layout);
        let (expanded, toggled) = (&self.expanded, &self.toggled);
        let unfiltered = self.find.is_empty();
        self.rows =
            rows::lay_out(tree, &mut self.selected, filtered, &self.given, layout, |node| {
                let at = node as usize;
                if unfiltered { expanded[at] } else { filtered.matched_below[at] != toggled[at] }
            });
    }

    /// Expands or collapses a directory, together with everything below it if `all`.
    pub fn expand(&mut self, tree: &FileTree, node: u32, expanded: bool, all: bool) {
        if node as usize >= self.expanded.len() {
            return;
        }
        self.set_expanded(node, expanded);
        if all {
            // A parent's number is smaller than its children's: one pass finds all that is below.
            let mut below = vec![false; tree.node_count()];
            below[node as usize] = true;
            for child in node + 1..tree.node_count() as u32 {
                if below[tree.parent(child) as usize] {
                    below[child as usize] = true;
                    if self.selected.children.any(child) {
                        self.set_expanded(child, expanded);
                    }
                }
            }
        }
        self.lay_out(tree);
    }

    fn set_expanded(&mut self, node: u32, expanded: bool) {
        let at = node as usize;
        if self.find.is_empty() {
            self.expanded[at] = expanded;
        } else {
            self.toggled[at] = self.filtered.matched_below[at] != expanded;
        }
    }

    /// Expands the directories above a node; gives its row, or the one that it is joined in, if it is part of the
    /// view.
    pub fn reveal(&mut self, tree: &FileTree, node: u32) -> Option<usize> {
        if !*self.filtered.visible.get(node as usize)? {
            return None;
        }
        let mut above = tree.parent(node);
        while above != ROOT {
            self.set_expanded(above, true);
            above = tree.parent(above);
        }
        self.lay_out(tree);
        self.rows
            .iter()
            .position(|row| row.node == node || row.nodes(tree).any(|joined| joined == node))
    }
}
