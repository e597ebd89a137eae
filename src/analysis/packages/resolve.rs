//! Paths as the kernel resolves them in an image's final tree.

use crate::entry::path;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::NodeKind;

/// Symbolic links followed for one path, as in Linux.
const MAX_LINKS: u32 = 40;

/// The node that a path leads to in the final tree. Links to directories are followed; a link at the end
/// of the path is returned itself. `None` if the path does not exist.
pub fn resolve(tree: &FileTree, name: &[u8]) -> Option<u32> {
    let all = tree.layers().len() as u32;
    let mut left: Vec<Vec<u8>> = path::parts(name).iter().rev().map(|part| part.to_vec()).collect();
    let mut at: Vec<u32> = vec![ROOT];
    let mut links = 0;
    while let Some(part) = left.pop() {
        match &part[..] {
            b"" | b"." => continue,
            b".." => {
                at.truncate(at.len().saturating_sub(1).max(1));
                continue;
            }
            _ => {}
        }
        let node = tree.child(*at.last()?, &part)?;
        let event = tree.state(node, all).filter(|event| event.is_there())?;
        let entry = tree.entry(event);
        if let Some(link) =
            entry.filter(|entry| entry.kind() == NodeKind::Symlink && !left.is_empty())
        {
            links += 1;
            if links > MAX_LINKS {
                return None;
            }
            if link.link().starts_with(b"/") {
                at.truncate(1);
            }
            left.extend(link.link().split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
            continue;
        }
        at.push(node);
    }
    at.pop()
}
