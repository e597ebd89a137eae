//! Paths as the kernel resolves them in an image's tree.

use super::event::ROOT;
use super::file_tree::FileTree;
use crate::entry::path;

/// Symbolic links followed for one path, as in Linux.
const MAX_LINKS: u32 = 40;

/// Parts of a path and of all links in it; real ones have a few dozen.
const MAX_PARTS: usize = 10_000;

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
    let (mut links, mut seen) = (0, 0);
    while let Some(part) = left.pop() {
        seen += 1;
        if seen > MAX_PARTS {
            return None;
        }
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
        let follows = last == LastLink::Followed || !left.is_empty();
        if let Some(target) = tree.symlink(event).filter(|_| follows) {
            links += 1;
            link = parts - own;
            if links > MAX_LINKS {
                return None;
            }
            if target.starts_with(b"/") {
                at.truncate(1);
            }
            left.extend(target.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
            continue;
        }
        at.push(node);
    }
    Some(Resolved { node: at.pop()?, link })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;
    use crate::tree::drawn::drawn;

    #[test]
    fn a_hard_link_to_a_symbolic_link_leads_where_that_leads() {
        for (layers, path, want) in [
            ("1: z/x l@z/x p->l", "p", Some("z/x")),
            ("1: z/x z/l@x 2: p->z/l", "p", None), // counted from where the name is
            ("1: z/x z/l@/z/x 2: d/p->z/l 3: z/.wh.l", "d/p", Some("z/x")),
            ("1: z/x l@z a->l b->a", "b/x", Some("z/x")),
            ("1: l@l a->l", "a", None),
        ] {
            let tree = drawn(layers);
            let all = tree.layers().len() as u32;
            let found = resolve_at(&tree, path.as_bytes(), all, LastLink::Followed);
            let found = found.map(|found| text::show(&tree.path(found.node)).to_string());
            assert_eq!(found.as_deref(), want, "{layers}");
        }
    }
}
