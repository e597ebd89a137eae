//! Paths as the kernel resolves them in an image's tree.

use crate::entry::path;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::NodeKind;

/// Symbolic links followed for one path, as in Linux.
const MAX_LINKS: u32 = 40;

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    pub node: u32,
    /// How many parts of the path end in the last symbolic link that was followed; 0: there was none.
    pub link: usize,
}

/// Whether a link at the end of a path is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LastLink {
    Followed,
    /// It is the result itself.
    Kept,
}

/// The node that a path leads to in the final tree. Links to directories are followed; a link at the end
/// of the path is returned itself. `None` if the path does not exist.
pub fn resolve(tree: &FileTree, name: &[u8]) -> Option<u32> {
    let all = tree.layers().len() as u32;
    resolve_at(tree, name, all, LastLink::Kept).map(|resolved| resolved.node)
}

/// What a path leads to in the tree of the first `layers` layers; `None` if it does not exist there.
pub fn resolve_at(tree: &FileTree, name: &[u8], layers: u32, last: LastLink) -> Option<Resolved> {
    let mut left: Vec<Vec<u8>> = path::parts(name).iter().rev().map(|part| part.to_vec()).collect();
    let parts = left.len();
    let mut at: Vec<u32> = vec![ROOT];
    // How many parts of the path itself are left, and how many lead to the last link.
    let (mut own, mut link) = (parts, 0);
    let mut links = 0;
    while let Some(part) = left.pop() {
        own = own.min(left.len());
        match &part[..] {
            b"" | b"." => continue,
            b".." => {
                at.truncate(at.len().saturating_sub(1).max(1));
                continue;
            }
            _ => {}
        }
        let node = tree.child(*at.last()?, &part)?;
        let event = tree.state(node, layers).filter(|event| event.is_there())?;
        let entry = tree.entry(event);
        let follows = last == LastLink::Followed || !left.is_empty();
        if let Some(found) = entry.filter(|entry| entry.kind() == NodeKind::Symlink && follows) {
            links += 1;
            link = parts - own;
            if links > MAX_LINKS {
                return None;
            }
            if found.link().starts_with(b"/") {
                at.truncate(1);
            }
            left.extend(found.link().split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
            continue;
        }
        at.push(node);
    }
    Some(Resolved { node: at.pop()?, link })
}
