//! Which package each file of the final tree belongs to.
//!
//! - A listed file belongs to who lists it; below a directory that a package has as its own, all that nobody
//!   lists belongs to it, the nearest such directory winning (a library within a library).
//! - Paths are followed through links of directories, as the kernel does: a file has one place in the tree,
//!   and package managers name it by others.

use super::found_package::FoundPackage;
use crate::entry::path;
use crate::tree::{FileTree, NONE, ROOT};
use crate::vocabulary::NodeKind;

/// Links that are followed for one path, as in Linux.
const MAX_LINKS: u32 = 40;

/// The package of each node, by its position among the packages.
#[derive(Default)]
pub struct Owners {
    by_node: Vec<u32>,
}

impl Owners {
    /// Finds them, and counts what each package has.
    pub fn find(tree: &FileTree, packages: &mut [FoundPackage]) -> Owners {
        let count = tree.node_count();
        let mut own = vec![NONE; count];
        let mut below = vec![NONE; count];
        // What is there comes before what was there: an upgrade has the same files.
        let installed = |found: &&FoundPackage| !found.package.declared;
        for removed in [false, true] {
            let numbered = (0..).zip(packages.iter());
            for (number, found) in numbered.filter(|(_, f)| installed(f) && f.removed() == removed)
            {
                for file in &found.package.files {
                    let (file, marks) = match file.strip_suffix('/') {
                        Some(directory) => (directory, &mut below),
                        None => (&file[..], &mut own),
                    };
                    let there = resolve(tree, file.as_bytes());
                    let node = there.or_else(|| tree.find(file.as_bytes()).filter(|_| removed));
                    if let Some(node) = node
                        && marks[node as usize] == NONE
                    {
                        marks[node as usize] = number;
                    }
                }
            }
        }
        // The file that names a package is its own where nobody lists it.
        for (number, found) in (0..).zip(packages.iter()) {
            let there = found.locations.iter().filter(|place| place.until.is_none());
            let alone = !found.package.declared && found.package.files.is_empty();
            for place in there.filter(|_| alone) {
                let all = tree.layers().len() as u32;
                let directory = tree.state(place.node, all).is_some_and(|e| e.is_directory());
                let marks = if directory { &mut below } else { &mut own };
                if marks[place.node as usize] == NONE {
                    marks[place.node as usize] = number;
                }
            }
        }
        // Parents have smaller numbers than their children.
        for node in ROOT as usize + 1..count {
            if below[node] == NONE {
                below[node] = below[tree.parent(node as u32) as usize];
            }
            if own[node] == NONE {
                own[node] = below[node];
            }
        }
        let owners = Owners { by_node: own };
        owners.count(tree, packages);
        owners
    }

    fn count(&self, tree: &FileTree, packages: &mut [FoundPackage]) {
        let all = tree.layers().len() as u32;
        let mut sizes = vec![0u64; packages.len()];
        let mut seen = vec![false; tree.inode_count()];
        for node in ROOT + 1..tree.node_count() as u32 {
            let Some(owner) = self.of(node) else { continue };
            let Some(event) = tree.state(node, all).filter(|event| event.is_there()) else {
                continue;
            };
            if event.is_directory() {
                continue;
            }
            packages[owner].files += 1;
            if let Some(inode) = tree.inode(event)
                && !std::mem::replace(&mut seen[event.inode as usize], true)
            {
                sizes[owner] = sizes[owner].saturating_add(inode.size);
            }
        }
        for (found, size) in packages.iter_mut().zip(sizes) {
            found.size = match found.files {
                0 => found.package.size,
                _ => Some(size),
            };
        }
    }

    /// The package that a node belongs to.
    pub fn of(&self, node: u32) -> Option<usize> {
        self.by_node.get(node as usize).copied().filter(|owner| *owner != NONE).map(|o| o as usize)
    }
}

/// The node that a path leads to in the final tree, links of directories followed; a link at its end is
/// itself. `None`: nothing is there.
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
