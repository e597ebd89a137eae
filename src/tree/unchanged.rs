//! Whether an entry that overwrites another changes anything.
//!
//! It changes nothing if all of these are equal: type, content, mode, uid, gid, link target and
//! extended attributes; times do not count.

use super::event::PathEvent;
use super::file_tree::FileTree;
use crate::layer::Entry;
use crate::vocabulary::NodeKind;

/// Whether content and metadata are equal after two events of a path; `None` if that is unknown because
/// contents are not hashed yet.
pub fn unchanged(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> Option<bool> {
    let (Some(old), Some(new)) = (tree.entry(before), tree.entry(after)) else {
        return Some(before.state == after.state);
    };
    let same = before.state == after.state
        && old.mode() == new.mode()
        && (old.owner().uid, old.owner().gid) == (new.owner().uid, new.owner().gid)
        && old.device() == new.device()
        && old.xattrs().eq(new.xattrs());
    if !same {
        return Some(false);
    }
    match (content(tree, before), content(tree, after)) {
        (PathContent::Link(a), PathContent::Link(b)) => Some(a == b),
        (PathContent::Other(a), PathContent::Other(b)) => Some(a == b),
        (PathContent::File(a), PathContent::File(b)) => {
            if a.size() != b.size() {
                return Some(false);
            }
            Some(a.hash()? == b.hash()?)
        }
        _ => Some(false),
    }
}

/// What a path holds.
enum PathContent<'a> {
    /// The entry with the file's bytes.
    File(Entry<'a>),
    /// A symbolic link's target.
    Link(&'a [u8]),
    Other(NodeKind),
}

/// What a path holds after an event; hard links hold their file's content.
fn content<'a>(tree: &'a FileTree, event: &PathEvent) -> PathContent<'a> {
    match (tree.inode(event), tree.entry(event)) {
        (Some(inode), _) => PathContent::File(tree.content_entry(inode)),
        (None, Some(entry)) if entry.kind() == NodeKind::Symlink => PathContent::Link(entry.link()),
        (None, Some(entry)) => PathContent::Other(entry.kind()),
        (None, None) => PathContent::Other(NodeKind::Directory),
    }
}
