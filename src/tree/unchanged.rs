//! Whether an entry that overwrites another changes anything.
//!
//! It changes nothing if all of these are equal: type, content, mode, uid, gid, link target and
//! extended attributes; times do not count.

use super::event::{NodeState, PathEvent};
use super::file_tree::FileTree;
use crate::layer::Entry;
use crate::vocabulary::NodeKind;

/// Whether content and metadata are equal after two events of a path; `None` if that is unknown because
/// contents are not hashed yet.
pub fn unchanged(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> Option<bool> {
    match same_metadata(tree, before, after) {
        true => same_content(tree, before, after),
        false => Some(false),
    }
}

/// Whether permissions, owner and extended attributes are equal. A directory that is only implied has none.
pub fn same_metadata(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> bool {
    match (tree.entry(before), tree.entry(after)) {
        (Some(old), Some(new)) => {
            old.mode() == new.mode()
                && (old.owner().uid, old.owner().gid) == (new.owner().uid, new.owner().gid)
                && old.xattrs().eq(new.xattrs())
        }
        (None, None) => true,
        _ => false,
    }
}

/// Whether type and content are equal: a file's bytes, a link's target, a device's numbers. `None` if that is
/// unknown because contents are not hashed yet.
pub fn same_content(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> Option<bool> {
    match (content(tree, before), content(tree, after)) {
        (PathContent::Link(a), PathContent::Link(b)) => Some(a == b),
        (PathContent::Other(a, numbers), PathContent::Other(b, others)) => {
            Some((a, numbers) == (b, others))
        }
        (PathContent::File(a), PathContent::File(b)) => a.same_bytes(b),
        _ => Some(false),
    }
}

impl FileTree {
    /// Counts the paths of each layer that it wrote again and that are the same, as far as that is known. To be
    /// repeated when a layer's contents are hashed.
    pub fn count_unchanged(&mut self) {
        let mut counts = vec![0; self.layers().len()];
        let is_leaf = |event: &&PathEvent| event.state == NodeState::Leaf;
        for node in 1..self.node_count() as u32 {
            let mut events = self.layer_states(node).peekable();
            // What the last layer left, and what the one below it left.
            while let Some(after) = events.next() {
                let before = events.peek().copied().filter(is_leaf);
                if let (Some(before), true) = (before, is_leaf(&after))
                    && unchanged(self, before, after) == Some(true)
                {
                    counts[after.layer.index()] += 1;
                }
            }
        }
        self.set_unchanged(&counts);
    }
}

/// What a path holds.
enum PathContent<'a> {
    /// The entry with the file's bytes.
    File(Entry<'a>),
    /// A symbolic link's target.
    Link(&'a [u8]),
    /// What has no content, with the numbers of a device.
    Other(NodeKind, (u32, u32)),
}

/// What a path holds after an event; hard links hold their file's content.
fn content<'a>(tree: &'a FileTree, event: &PathEvent) -> PathContent<'a> {
    match (tree.inode(event), tree.entry(event)) {
        (Some(inode), _) => PathContent::File(tree.content_entry(inode)),
        (None, Some(entry)) if entry.kind() == NodeKind::Symlink => PathContent::Link(entry.link()),
        (None, Some(entry)) => PathContent::Other(entry.kind(), entry.device()),
        (None, None) => PathContent::Other(NodeKind::Directory, (0, 0)),
    }
}
