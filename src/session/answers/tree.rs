//! The file tree: what it shows, and its rows.

use super::accounts::AccountNames;
use crate::analysis::packages::Inventory;
use crate::layer::Owner;
use crate::problem::Problem;
use crate::protocol::{
    Expand, FileOwner, FileTime, LinkPath, NextRow, Reveal, Revealed, RowRange, ShownTree, Sort,
    TreeColumn, TreePart, TreeRow, TreeSpec, TreeState,
};
use crate::session::paths::{last_layers, path_bytes};
use crate::session::state::{BuiltImage, Session};
use crate::text::{Shown, percent_encode};
use crate::tree::find::Find;
use crate::tree::{
    FileTree, OrderKey, PathEvent, RowLayout, TreeOrder, TreeView, ViewSettings, VisibleRow,
};
use crate::vocabulary::{ImagePosition, LayerPosition, NodeKind};

/// Rows answered at once at most: no screen shows more.
const MAX_ROWS: u32 = 2000;

impl Session {
    /// Sets what an image's tree shows.
    pub(super) fn set_view(
        &mut self,
        image: ImagePosition,
        spec: TreeSpec,
    ) -> Result<ShownTree, Problem> {
        let directory = path_bytes(&spec.directory)?;
        self.give_columns(image, &spec)?;
        let BuiltImage { tree, view, .. } = self.built_mut(image)?;
        let Find { terms, problems } = Find::parse(&spec.find);
        let settings = ViewSettings {
            selection: spec.layers,
            whole: spec.whole,
            layout: RowLayout { order: order(spec.sort), join: spec.join },
            directory,
            find: terms.clone(),
        };
        view.set(tree, settings);
        let state = tree_state(view);
        let compressed = match spec.compressed {
            true => super::compressed::image_bytes(self, image)?,
            false => None,
        };
        Ok(ShownTree { state, terms, problems, compressed })
    }

    pub(super) fn expand_node(&mut self, question: &Expand) -> Result<TreeState, Problem> {
        let BuiltImage { tree, view, .. } = self.built_mut(question.image)?;
        view.expand(tree, question.node, question.open, question.all);
        Ok(tree_state(view))
    }

    pub(super) fn reveal_path(&mut self, question: &Reveal) -> Result<Revealed, Problem> {
        let path = path_bytes(&question.path)?;
        let BuiltImage { tree, view, .. } = self.built_mut(question.image)?;
        let row = tree.find(&path).and_then(|node| view.reveal(tree, node));
        Ok(Revealed { row: row.map(|row| row as u32), state: tree_state(view) })
    }

    /// Visible rows of an image's tree.
    pub(super) fn tree_part(
        &self,
        image: ImagePosition,
        range: RowRange,
    ) -> Result<TreePart, Problem> {
        let built = self.built(image)?;
        let layers = last_layers(&built.tree, built.view.selection());
        let names = AccountNames::of(self, image, &built.tree, layers)?;
        let rows = built.view.rows().iter().skip(range.first as usize);
        let rows = rows.take(range.count.min(MAX_ROWS) as usize);
        Ok(TreePart { range, rows: rows.filter_map(|row| tree_row(built, &names, row)).collect() })
    }

    /// Gives the view what columns need that the tree does not have.
    fn give_columns(&mut self, image: ImagePosition, spec: &TreeSpec) -> Result<(), Problem> {
        let is_asked = spec.compressed || spec.sort.by == TreeColumn::Compressed;
        if is_asked && !self.built(image)?.view.has_compressed() {
            let inodes = super::compressed::bytes_by_inode(self, image)?;
            let BuiltImage { tree, view, .. } = self.built_mut(image)?;
            view.give_compressed(tree, inodes);
        }
        if spec.sort.by == TreeColumn::Package {
            let BuiltImage { tree, view, inventory, .. } = self.built_mut(image)?;
            view.give_packages(tree, package_ranks(tree, inventory.as_ref()));
        }
        Ok(())
    }
}

/// The rank of each node's package among the names of packages; `u32::MAX`: it has none.
fn package_ranks(tree: &FileTree, inventory: Option<&Inventory>) -> Vec<u32> {
    let none = Inventory::default();
    let inventory = inventory.unwrap_or(&none);
    let name = |at: &usize| inventory.packages[*at].package.name.as_str();
    let mut sorted: Vec<usize> = (0..inventory.packages.len()).collect();
    sorted.sort_by_key(name);
    let mut ranks = vec![0; sorted.len()];
    let mut rank = 0;
    for (position, at) in sorted.iter().enumerate() {
        let is_next = position > 0 && name(&sorted[position - 1]) != name(at);
        rank += u32::from(is_next);
        ranks[*at] = rank;
    }
    let rank = |node| inventory.owners.of(node).and_then(|at| ranks.get(at).copied());
    (0..tree.node_count() as u32).map(|node| rank(node).unwrap_or(u32::MAX)).collect()
}

impl Session {
    /// The next visible row whose name begins with a text.
    pub(super) fn row_that_begins(&self, question: &NextRow) -> Result<Option<u32>, Problem> {
        let BuiltImage { tree, view, .. } = self.built(question.image)?;
        let row = view.next_row(tree, &question.prefix, question.from as usize);
        Ok(row.map(|row| row as u32))
    }
}

/// The natural order begins with A, with the largest, and with the newest.
fn order(sort: Sort<TreeColumn>) -> TreeOrder {
    let (by, down) = match sort.by {
        TreeColumn::Name => (OrderKey::Name, false),
        TreeColumn::Size => (OrderKey::Size, true),
        TreeColumn::Files => (OrderKey::Files, true),
        TreeColumn::Compressed => (OrderKey::Compressed, true),
        TreeColumn::Mode => (OrderKey::Mode, true),
        TreeColumn::Owner => (OrderKey::Owner, false),
        TreeColumn::Modified => (OrderKey::Modified, true),
        TreeColumn::Layer => (OrderKey::Layer, false),
        TreeColumn::Writes => (OrderKey::Writes, true),
        TreeColumn::Change => (OrderKey::Change, false),
        TreeColumn::Package => (OrderKey::Package, false),
    };
    TreeOrder { by, down: down != sort.reversed }
}

fn tree_state(view: &TreeView) -> TreeState {
    let summary = view.summary();
    TreeState {
        rows: view.rows().len() as u32,
        paths: summary.paths,
        matches: summary.matches,
        size: summary.size,
        matched_size: summary.matched_size,
        removed_size: summary.removed_size,
        added: summary.added,
        modified: summary.modified,
        removed: summary.removed,
        unchanged: summary.unchanged,
    }
}

fn tree_row(built: &BuiltImage, names: &AccountNames, row: &VisibleRow) -> Option<TreeRow> {
    let BuiltImage { tree, view, inventory, .. } = built;
    let event = view.event(tree, row.node)?;
    let entry = tree.entry(event);
    let name = Shown::new(tree.name(row.node));
    let above: Vec<u32> = row.nodes(tree).skip(1).collect();
    let joined = above.iter().rev().map(|node| Shown::new(tree.name(*node))).collect();
    let package = inventory.as_ref().and_then(|inventory| {
        inventory.owners.of(row.node).and_then(|at| inventory.packages.get(at))
    });
    let mark = mark(view.mark(tree, row.node), &name, tree.name(row.node));
    Some(TreeRow {
        node: row.node,
        path: link_path(tree, row.node),
        name,
        joined,
        level: row.level,
        set_size: row.siblings,
        position_in_set: row.position,
        kind: node_kind(tree, event),
        expanded: view.expanded(row.node),
        size: view.size(row.node),
        removed_size: view.removed_size(row.node),
        files: event.is_directory().then(|| view.files(row.node)),
        compressed: view.compressed(row.node),
        mode: entry.map(|entry| entry.mode()),
        owner: entry.map(|entry| names.name(file_owner(entry.owner()))),
        modified_at: entry.map(|entry| file_time(entry.mtime())),
        target: entry.map_or_else(Shown::default, |entry| Shown::new(entry.link())),
        layer: view.layer(tree, row.node).map(LayerPosition::number),
        change: view.change(row.node),
        writes: (!event.is_directory()).then(|| tree.writes(row.node)),
        package: package.map(|found| Shown::new(&found.package.name)).unwrap_or_default(),
        mark,
    })
}

/// The part of a name that is marked, where the name is shown as it is: escapes would move it.
fn mark(part: Option<(usize, usize)>, shown: &Shown, name: &[u8]) -> Option<(u32, u32)> {
    let (from, to) = part.filter(|_| shown.as_str().as_bytes() == name)?;
    shown.get(from..to).map(|_| (from as u32, to as u32))
}

/// The kind of the path that an event leaves.
pub(super) fn node_kind(tree: &FileTree, event: &PathEvent) -> NodeKind {
    tree.entry(event).map_or(NodeKind::Directory, |entry| entry.kind())
}

/// A node's absolute path for links.
pub(super) fn link_path(tree: &FileTree, node: u32) -> LinkPath {
    LinkPath(format!("/{}", percent_encode(&tree.path(node))))
}

/// A node's absolute path for display.
pub(super) fn shown_path(tree: &FileTree, node: u32) -> Shown {
    Shown::new([b"/", &tree.path(node)[..]].concat())
}

pub(super) fn file_owner(owner: &Owner) -> FileOwner {
    FileOwner {
        uid: owner.uid,
        gid: owner.gid,
        user: Shown::new(&owner.user),
        group: Shown::new(&owner.group),
    }
}

pub(super) fn file_time((seconds, nanoseconds): (i64, u32)) -> FileTime {
    FileTime { seconds, nanoseconds }
}
