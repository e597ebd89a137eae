//! The paths of two final trees, each with its class.
//!
//! - A hard link is what it links to, with the metadata of its own entry; one without a target is an empty file.
//! - A directory that is only implied has neither metadata nor a time: nothing of it differs from a directory.
//! - Bytes of a file with several hard links count at its first path, so the bytes of all paths are the size
//!   of the tree.

use crate::layer::{Entry, Owner};
use crate::tree::{FileTree, PathEvent, PathPair, each_pair};
use crate::vocabulary::{LeftOut, NodeKind, PathDifference};

/// All paths of two trees.
#[derive(Debug, Default, PartialEq)]
pub struct ComparedPaths {
    /// Number of paths that do not differ.
    pub equal: u64,
    /// Files of equal size that could not be compared, because the contents of one are not known. They are
    /// neither equal nor different.
    pub unknown: u64,
    /// Numbers of each class, in the order of `PathDifference::ALL`.
    pub totals: [DifferenceTotals; PathDifference::ALL.len()],
    /// Paths that differ, sorted bytewise.
    pub list: Vec<DifferentPath>,
}

/// Sums of the paths of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DifferenceTotals {
    pub paths: u64,
    /// Bytes of these paths in the first image.
    pub bytes_a: u64,
    /// Bytes of these paths in the second image.
    pub bytes_b: u64,
}

/// A path that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DifferentPath {
    pub difference: PathDifference,
    /// Its node in each tree; at least one is there.
    pub nodes: PathPair,
    /// Bytes of the file in the first image; 0 for what is not a file, and for a further name of a file.
    pub bytes_a: u64,
    /// The same in the second image.
    pub bytes_b: u64,
}

impl ComparedPaths {
    /// The sums of a class.
    pub fn of(&self, difference: PathDifference) -> DifferenceTotals {
        self.totals[difference as usize]
    }

    /// Whether no path differs, or only the times do.
    pub fn same_but_times(&self) -> bool {
        self.unknown == 0 && self.list.iter().all(|path| path.difference == PathDifference::Time)
    }
}

impl DifferentPath {
    /// The path, without a leading slash.
    pub fn path(&self, a: &FileTree, b: &FileTree) -> Vec<u8> {
        match (self.nodes.a, self.nodes.b) {
            (Some(node), _) => a.path(node),
            (None, node) => node.map_or(Vec::new(), |node| b.path(node)),
        }
    }
}

/// Compares two final trees.
pub fn compare(a: &FileTree, b: &FileTree, without: LeftOut) -> ComparedPaths {
    let mut paths = ComparedPaths::default();
    let (mut sizes_a, mut sizes_b) = (InodeSizes::new(a), InodeSizes::new(b));
    each_pair(a, b, &mut |nodes| {
        let of_a = nodes.a.and_then(|node| current(a, node));
        let of_b = nodes.b.and_then(|node| current(b, node));
        let bytes_a = of_a.map_or(0, |event| sizes_a.take(event));
        let bytes_b = of_b.map_or(0, |event| sizes_b.take(event));
        let verdict = match (of_a, of_b) {
            (None, _) => PathVerdict::Differs(PathDifference::Added),
            (Some(_), None) => PathVerdict::Differs(PathDifference::Removed),
            (Some(one), Some(other)) => judge((a, one), (b, other), without),
        };
        match verdict {
            PathVerdict::Equal => paths.equal += 1,
            PathVerdict::Unknown => paths.unknown += 1,
            PathVerdict::Differs(difference) => {
                let totals = &mut paths.totals[difference as usize];
                totals.paths += 1;
                totals.bytes_a = totals.bytes_a.saturating_add(bytes_a);
                totals.bytes_b = totals.bytes_b.saturating_add(bytes_b);
                paths.list.push(DifferentPath { difference, nodes, bytes_a, bytes_b });
            }
        }
    });
    paths
}

/// The sizes of a tree's files, each given out once.
struct InodeSizes<'a> {
    tree: &'a FileTree,
    taken: Vec<bool>,
}

impl<'a> InodeSizes<'a> {
    fn new(tree: &'a FileTree) -> InodeSizes<'a> {
        InodeSizes { tree, taken: vec![false; tree.inode_count()] }
    }

    fn take(&mut self, event: &PathEvent) -> u64 {
        let Some(inode) = self.tree.inode(event) else { return 0 };
        let taken = self.taken.get_mut(event.inode as usize);
        match taken.map(|taken| std::mem::replace(taken, true)) {
            Some(false) => inode.size,
            _ => 0,
        }
    }
}

enum PathVerdict {
    Equal,
    /// Contents of equal size, of which one is not hashed.
    Unknown,
    Differs(PathDifference),
}

/// What a path is.
enum PathType<'a> {
    Directory,
    /// With the entry that has its bytes; `None`: a hard link without a target.
    File(Option<Entry<'a>>),
    /// A symbolic link's target.
    Link(&'a [u8]),
    /// A device or a pipe, with its numbers.
    Special(NodeKind, (u32, u32)),
}

fn current(tree: &FileTree, node: u32) -> Option<&PathEvent> {
    tree.history(node).next().filter(|event| event.is_there())
}

/// Compares a path that both trees have.
fn judge(
    (a, of_a): (&FileTree, &PathEvent),
    (b, of_b): (&FileTree, &PathEvent),
    without: LeftOut,
) -> PathVerdict {
    let content = match (path_type(a, of_a), path_type(b, of_b)) {
        (PathType::Directory, PathType::Directory) => Some(true),
        (PathType::Link(one), PathType::Link(other)) => Some(one == other),
        (PathType::Special(kind, one), PathType::Special(other_kind, other))
            if kind == other_kind =>
        {
            Some(one == other)
        }
        (PathType::File(one), PathType::File(other)) => same_bytes(one, other),
        _ => return PathVerdict::Differs(PathDifference::Type),
    };
    match content {
        Some(true) => {}
        Some(false) => return PathVerdict::Differs(PathDifference::Content),
        None => return PathVerdict::Unknown,
    }
    let (Some(one), Some(other)) = (a.entry(of_a), b.entry(of_b)) else {
        return PathVerdict::Equal;
    };
    if !same_metadata(one, other, without) {
        return PathVerdict::Differs(PathDifference::Metadata);
    }
    match without.times || one.mtime().0 == other.mtime().0 {
        true => PathVerdict::Equal,
        false => PathVerdict::Differs(PathDifference::Time),
    }
}

fn path_type<'a>(tree: &'a FileTree, event: &PathEvent) -> PathType<'a> {
    if let Some(inode) = tree.inode(event) {
        return PathType::File(Some(tree.content_entry(inode)));
    }
    if event.is_directory() {
        return PathType::Directory;
    }
    let Some(entry) = tree.shown_entry(event) else { return PathType::File(None) };
    match entry.kind() {
        NodeKind::Symlink => PathType::Link(entry.link()),
        NodeKind::HardLink => PathType::File(None),
        kind => PathType::Special(kind, entry.device()),
    }
}

/// Whether two files have the same bytes; `None` if one is not hashed.
fn same_bytes(a: Option<Entry<'_>>, b: Option<Entry<'_>>) -> Option<bool> {
    match (a, b) {
        (Some(a), Some(b)) => a.same_bytes(b),
        (None, None) => Some(true),
        _ => Some(false),
    }
}

/// Permission bits, owner by number, extended attributes in any order.
fn same_metadata(a: Entry<'_>, b: Entry<'_>, without: LeftOut) -> bool {
    let owner = |owner: &Owner| (owner.uid, owner.gid);
    let same_owner = without.owners || owner(a.owner()) == owner(b.owner());
    a.mode() == b.mode() && same_owner && a.same_xattrs(b)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub use tests::file;
