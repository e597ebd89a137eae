//! Paths of one node after another, each with its leading slash, in one buffer.
//!
//! - Nodes are requested in their order, in which a directory's children mostly follow each other: then only
//!   the name is written.
//! - At most the last `MAX_PATH` bytes of a path are given. No call of Linux takes a longer one, and a hostile
//!   chain of directories would cost the square of its length.

use super::fold::fold_onto;
use crate::tree::event::{NONE, ROOT};
use crate::tree::file_tree::FileTree;

/// `PATH_MAX` of Linux.
pub const MAX_PATH: usize = 4096;

/// The path of the node that was requested last.
pub struct PathText {
    /// Letters become lower case.
    folds: bool,
    node: u32,
    /// Its directory, whose path is the first `prefix` bytes.
    directory: u32,
    prefix: usize,
    bytes: Vec<u8>,
}

impl PathText {
    /// Of no node yet.
    pub fn new(folds: bool) -> PathText {
        PathText { folds, node: ROOT, directory: NONE, prefix: 0, bytes: Vec::new() }
    }

    /// The path of a node.
    pub fn of(&mut self, tree: &FileTree, node: u32) -> &[u8] {
        if node != self.node {
            let parent = tree.parent(node);
            if parent == self.node {
                (self.directory, self.prefix) = (parent, self.bytes.len());
            } else if parent != self.directory {
                self.write_directory(tree, parent);
            }
            self.bytes.truncate(self.prefix);
            self.append(tree.name(node));
            self.node = node;
        }
        &self.bytes[self.bytes.len().saturating_sub(MAX_PATH)..]
    }

    fn write_directory(&mut self, tree: &FileTree, directory: u32) {
        let mut parts = Vec::new();
        let mut at = directory;
        while at != ROOT {
            parts.push(at);
            at = tree.parent(at);
        }
        self.bytes.clear();
        for part in parts.into_iter().rev() {
            self.append(tree.name(part));
        }
        (self.directory, self.prefix) = (directory, self.bytes.len());
    }

    fn append(&mut self, name: &[u8]) {
        self.bytes.push(b'/');
        match self.folds {
            true => fold_onto(&mut self.bytes, name),
            false => self.bytes.extend_from_slice(name),
        }
    }
}
