//! A trie of path components.
//!
//! Compact, because it holds every path of an image: names are in one buffer, and a hash table finds the
//! child of a node by its name.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The node of the root.
pub const ROOT: usize = 0;

/// All paths as nodes, numbered in the order of their insertion.
pub struct NameTrie {
    buffer: Vec<u8>,
    /// Start and length of each node's name in the buffer.
    names: Vec<(u32, u32)>,
    parents: Vec<usize>,
    children: Vec<Vec<usize>>,
    lookup: HashTable<usize>,
    hasher: FixedState,
}

impl Default for NameTrie {
    fn default() -> NameTrie {
        NameTrie {
            buffer: Vec::new(),
            names: vec![(0, 0)],
            parents: vec![ROOT],
            children: vec![Vec::new()],
            lookup: HashTable::new(),
            hasher: FixedState::default(),
        }
    }
}

impl NameTrie {
    /// The number of nodes, including the root.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The last component of a node's path.
    pub fn name(&self, node: usize) -> &[u8] {
        let (start, length) = self.names[node];
        &self.buffer[start as usize..(start + length) as usize]
    }

    /// The parent of a node; of the root, the root.
    pub fn parent(&self, node: usize) -> usize {
        self.parents[node]
    }

    /// The children of a node, in the order of their insertion.
    pub fn children(&self, node: usize) -> &[usize] {
        &self.children[node]
    }

    /// The child with this name.
    pub fn child(&self, parent: usize, name: &[u8]) -> Option<usize> {
        let hash = self.hasher.hash_one((parent, name));
        let same = |&node: &usize| self.parents[node] == parent && self.name(node) == name;
        self.lookup.find(hash, same).copied()
    }

    /// The child with this name, inserted if it is new.
    pub fn child_or_insert(&mut self, parent: usize, name: &[u8]) -> usize {
        if let Some(node) = self.child(parent, name) {
            return node;
        }
        let node = self.names.len();
        self.names.push((self.buffer.len() as u32, name.len() as u32));
        self.buffer.extend_from_slice(name);
        self.parents.push(parent);
        self.children.push(Vec::new());
        self.children[parent].push(node);
        let hash = self.hasher.hash_one((parent, name));
        let NameTrie { hasher, parents, names, buffer, .. } = self;
        self.lookup.insert_unique(hash, node, |&node| {
            let (start, length) = names[node];
            hasher.hash_one((parents[node], &buffer[start as usize..(start + length) as usize]))
        });
        node
    }

    /// A node's path, without a leading slash.
    pub fn path(&self, node: usize) -> Vec<u8> {
        let mut parts = Vec::new();
        let mut at = node;
        while at != ROOT {
            parts.push(self.name(at));
            at = self.parents[at];
        }
        parts.reverse();
        parts.join(&b'/')
    }
}
