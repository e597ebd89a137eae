//! Files of layers that no path of the final tree leads to, and what hid them.
//!
//! - A file is hidden if none of its names is left. What hid it is the first that later happened to the path under
//!   which its layer has it: a member of the same layer can do so, too.

use super::order::largest_first;
use crate::layer::Entry;
use crate::tree::{FileTree, Inode, NodeState, PathEvent, ROOT};
use crate::vocabulary::{HiddenClass, LayerPosition, RewriteChange};

/// A file of a layer that the final tree does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HiddenFile {
    /// Its path.
    pub node: u32,
    /// Its number among the tree's files.
    pub inode: u32,
    /// The layer that hid it.
    pub by: LayerPosition,
    pub class: HiddenClass,
    /// Whether the same content was written again is not known: it counts as overwritten.
    pub uncompared: bool,
}

impl HiddenFile {
    /// Its bytes.
    pub fn size(&self, tree: &FileTree) -> u64 {
        tree.inode_at(self.inode).map_or(0, |inode| inode.size)
    }

    /// The layer that has it.
    pub fn layer(&self, tree: &FileTree) -> LayerPosition {
        tree.inode_at(self.inode).map_or(self.by, |inode| inode.layer)
    }
}

/// All hidden files, the largest first.
pub(super) fn find(tree: &FileTree) -> Vec<HiddenFile> {
    let mut hidden = Vec::new();
    for node in ROOT + 1..tree.node_count() as u32 {
        let mut later: Option<&PathEvent> = None;
        for event in tree.history(node) {
            if let (Some(later), Some(inode)) = (later, own_file(tree, event))
                && !inode.is_visible()
            {
                let known = class(tree, event, later);
                hidden.push(HiddenFile {
                    node,
                    inode: event.inode,
                    by: later.layer,
                    class: known.unwrap_or(HiddenClass::Overwritten),
                    uncompared: known.is_none(),
                });
            }
            later = Some(event);
        }
    }
    let order = largest_first(hidden.iter().map(|file: &HiddenFile| file.size(tree)));
    order.map(|at| hidden[at]).collect()
}

/// The file that an event's own member holds; `None` for links to files and for all else.
fn own_file<'a>(tree: &'a FileTree, event: &PathEvent) -> Option<&'a Inode> {
    let inode = tree.inode(event)?;
    (inode.layer == event.layer && inode.entry == event.entry).then_some(inode)
}

/// What an event did to the file that was there. `None` if that depends on contents that are not hashed.
fn class(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> Option<HiddenClass> {
    if after.state != NodeState::Leaf {
        return Some(HiddenClass::Removed);
    }
    let (Some(old), Some(new)) = (tree.inode(before), tree.inode(after)) else {
        return Some(HiddenClass::Overwritten);
    };
    Some(match tree.content_entry(old).same_bytes(tree.content_entry(new))? {
        true => HiddenClass::Rewritten(rewrite_change(tree, before, after)),
        false => HiddenClass::Overwritten,
    })
}

/// The first that differs between two members of the same content.
fn rewrite_change(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> RewriteChange {
    let (Some(old), Some(new)) = (tree.entry(before), tree.entry(after)) else {
        return RewriteChange::Nothing;
    };
    let owner = |entry: Entry<'_>| (entry.owner().uid, entry.owner().gid);
    if old.mode() != new.mode() {
        RewriteChange::Mode
    } else if owner(old) != owner(new) {
        RewriteChange::Owner
    } else if !old.same_xattrs(new) {
        RewriteChange::Xattrs
    } else if old.mtime().0 != new.mtime().0 {
        RewriteChange::Times
    } else {
        RewriteChange::Nothing
    }
}
