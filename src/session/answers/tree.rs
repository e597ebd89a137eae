//! The file tree: what it shows, and its rows.

use crate::layer::Owner;
use crate::problem::Problem;
use crate::protocol::{
    Expand, FileOwner, FileTime, LinkPath, NextRow, Reveal, Revealed, RowRange, ShownTree, Sort,
    TreeColumn, TreePart, TreeRow, TreeSpec, TreeState,
};
use crate::session::paths::path_bytes;
use crate::session::state::{BuiltImage, Session};
use crate::text::{Shown, percent_encode};
use crate::tree::find::Find;
use crate::tree::{FileTree, PathEvent, RowLayout, TreeOrder, TreeView, ViewSettings, VisibleRow};
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
        let BuiltImage { tree, view, .. } = self.built_mut(image)?;
        let Find { terms, problems } = Find::parse(&spec.find);
        let settings = ViewSettings {
            selection: spec.layers,
            changes_only: spec.changes_only,
            layout: RowLayout { order: order(spec.sort), join: spec.join },
            find: terms.clone(),
        };
        view.set(tree, settings);
        Ok(ShownTree { state: tree_state(view), terms, problems })
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
        let BuiltImage { tree, view, .. } = self.built(image)?;
        let rows = view.rows().iter().skip(range.first as usize);
        let rows = rows.take(range.count.min(MAX_ROWS) as usize);
        Ok(TreePart { range, rows: rows.filter_map(|row| tree_row(tree, view, row)).collect() })
    }
}

impl Session {
    /// The next visible row whose name begins with a text.
    pub(super) fn row_that_begins(&self, question: &NextRow) -> Result<Option<u32>, Problem> {
        let BuiltImage { tree, view, .. } = self.built(question.image)?;
        let row = view.next_row(tree, &question.prefix, question.from as usize);
        Ok(row.map(|row| row as u32))
    }
}

/// The natural order begins with A, and with the largest.
fn order(sort: Sort<TreeColumn>) -> TreeOrder {
    match (sort.by, sort.reversed) {
        (TreeColumn::Name, false) => TreeOrder::Name,
        (TreeColumn::Name, true) => TreeOrder::NameDown,
        (TreeColumn::Size, false) => TreeOrder::SizeDown,
        (TreeColumn::Size, true) => TreeOrder::Size,
    }
}

fn tree_state(view: &TreeView) -> TreeState {
    let summary = view.summary();
    TreeState {
        rows: view.rows().len() as u32,
        paths: summary.paths,
        matches: summary.matches,
        size: summary.size,
        matched_size: summary.matched_size,
        added: summary.added,
        modified: summary.modified,
        removed: summary.removed,
        unchanged: summary.unchanged,
    }
}

fn tree_row(tree: &FileTree, view: &TreeView, row: &VisibleRow) -> Option<TreeRow> {
    let event = view.event(tree, row.node)?;
    let entry = tree.entry(event);
    let name = Shown::new(tree.name(row.node));
    let above: Vec<u32> = row.nodes(tree).skip(1).collect();
    let joined = above.iter().rev().map(|node| Shown::new(tree.name(*node))).collect();
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
        mode: entry.map(|entry| entry.mode()),
        owner: entry.map(|entry| file_owner(entry.owner())),
        modified_at: entry.map(|entry| file_time(entry.mtime())),
        target: entry.map_or_else(Shown::default, |entry| Shown::new(entry.link())),
        layer: view.layer(tree, row.node).map(LayerPosition::number),
        change: view.change(row.node),
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
