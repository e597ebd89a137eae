//! Files of the final tree that have the same content.
//!
//! - A file with several names counts once. Empty files do not count.

use super::order::largest_first;
use crate::layer::ContentHash;
use crate::tree::{FileTree, NONE, PathEvent, ROOT};
use crate::vocabulary::LayerPosition;
use std::ops::Range;

/// All duplicates of an image.
#[derive(Clone, Debug, Default)]
pub struct Duplicates {
    /// The costliest first.
    pub groups: Vec<DuplicateGroup>,
    /// One path for each file, those of a group side by side, the copy of the lowest layer first.
    nodes: Vec<u32>,
}

/// Files of one content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateGroup {
    /// Bytes of each.
    pub size: u64,
    /// Their places among all paths.
    places: Range<u32>,
}

impl DuplicateGroup {
    /// Number of files.
    pub fn files(&self) -> u64 {
        self.places.len() as u64
    }

    /// Bytes of all copies beyond the first.
    pub fn bytes(&self) -> u64 {
        self.size.saturating_mul(self.files().saturating_sub(1))
    }
}

impl Duplicates {
    /// A path for each file of a group, the copy of the lowest layer first.
    pub fn nodes(&self, group: &DuplicateGroup) -> &[u32] {
        let places = group.places.start as usize..group.places.end as usize;
        self.nodes.get(places).unwrap_or(&[])
    }

    /// Number of files in all groups.
    pub fn files(&self) -> u64 {
        self.nodes.len() as u64
    }

    /// Bytes of all copies beyond the first of each group.
    pub fn bytes(&self) -> u64 {
        self.groups.iter().fold(0, |sum, group| sum.saturating_add(group.bytes()))
    }

    /// The copies beyond the first of each group: the layer that has each, and its bytes.
    pub(super) fn copies<'a>(
        &'a self,
        tree: &'a FileTree,
    ) -> impl Iterator<Item = (LayerPosition, u64)> + 'a {
        self.groups.iter().flat_map(move |group| {
            let copies = self.nodes(group).iter().skip(1);
            copies.filter_map(move |node| Some((layer_of(tree, *node)?, group.size)))
        })
    }
}

/// The layer that has the content of the file at a path of the final tree.
fn layer_of(tree: &FileTree, node: u32) -> Option<LayerPosition> {
    tree.inode(tree.history(node).next()?).map(|inode| inode.layer)
}

/// Finds all duplicates.
pub(super) fn find(tree: &FileTree) -> Duplicates {
    let names = first_names(tree);
    let mut files: Vec<(ContentHash, u64, u32)> = Vec::new();
    for number in 0..tree.inode_count() as u32 {
        let Some(inode) = tree.inode_at(number).filter(|i| i.size > 0 && i.is_visible()) else {
            continue;
        };
        if let Some(hash) = tree.content_entry(inode).hash() {
            files.push((hash, inode.size, number));
        }
    }
    files.sort_unstable();
    let mut duplicates = Duplicates::default();
    for group in files.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|group| group.len() > 1) {
        let start = duplicates.nodes.len() as u32;
        // Files are numbered as layers bring them.
        duplicates.nodes.extend(group.iter().map(|(_, _, number)| names[*number as usize]));
        let places = start..duplicates.nodes.len() as u32;
        duplicates.groups.push(DuplicateGroup { size: group[0].1, places });
    }
    let order = largest_first(duplicates.groups.iter().map(DuplicateGroup::bytes));
    duplicates.groups = order.map(|at| duplicates.groups[at].clone()).collect();
    duplicates
}

/// For each file, one of its paths in the final tree: the one that a layer named first.
fn first_names(tree: &FileTree) -> Vec<u32> {
    let mut names = vec![NONE; tree.inode_count()];
    for node in ROOT + 1..tree.node_count() as u32 {
        let last = tree.history(node).next().filter(|event: &&PathEvent| event.is_there());
        let name = last.and_then(|event| names.get_mut(event.inode as usize));
        if let Some(name) = name.filter(|name| **name == NONE) {
            *name = node;
        }
    }
    names
}
