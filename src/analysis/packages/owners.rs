//! Which package owns each file of the final tree.
//!
//! - A listed file is owned by the package that lists it. Everything below a directory that a package owns
//!   is owned by that package unless another lists it; the nearest such directory wins (a library within a
//!   library).
//! - Listed paths are resolved through links to directories, as the kernel does: where `/bin` links to
//!   `usr/bin`, package managers may list `/bin/sh`.

use super::found_package::FoundPackage;

use crate::tree::{FileTree, NONE, ROOT, Resolver, StepBudget};

/// The owner of each node, as an index into the list of packages.
#[derive(Default)]
pub struct Owners {
    by_node: Vec<u32>,
}

impl Owners {
    /// Finds the owners, and sets the number and size of each package's files.
    /// Paths beyond the budget have none.
    pub fn find(tree: &FileTree, packages: &mut [FoundPackage], steps: &StepBudget) -> Owners {
        let mut claims = Claims::new(tree);
        let mut resolver = Resolver::new(tree, steps);
        // Current packages come before removed ones: an upgrade has the same files.
        claims.add_listed(&mut resolver, packages, false);
        claims.add_listed(&mut resolver, packages, true);
        claims.add_naming_files(tree, packages);
        let owners = Owners { by_node: claims.spread(tree) };
        owners.count_files(tree, packages);
        owners
    }

    /// The index of the package that owns a node.
    pub fn of(&self, node: u32) -> Option<usize> {
        self.by_node.get(node as usize).copied().filter(|owner| *owner != NONE).map(|o| o as usize)
    }

    fn count_files(&self, tree: &FileTree, packages: &mut [FoundPackage]) {
        let all = tree.layers().len() as u32;
        let mut sizes = vec![0u64; packages.len()];
        let mut counted = vec![false; tree.inode_count()];
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
                && !std::mem::replace(&mut counted[event.inode as usize], true)
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
}

/// Claims of packages on nodes, by node; the first claim on a node counts.
struct Claims {
    /// The node itself.
    own: Vec<u32>,
    /// The directory with everything below.
    below: Vec<u32>,
}

impl Claims {
    fn new(tree: &FileTree) -> Claims {
        let count = tree.node_count();
        Claims { own: vec![NONE; count], below: vec![NONE; count] }
    }

    fn claim(&mut self, node: u32, with_children: bool, package: u32) {
        let claims = if with_children { &mut self.below } else { &mut self.own };
        let claim = &mut claims[node as usize];
        if *claim == NONE {
            *claim = package;
        }
    }

    /// The files that installed packages list; `removed` selects those without a current location.
    fn add_listed(
        &mut self,
        resolver: &mut Resolver<'_>,
        packages: &[FoundPackage],
        removed: bool,
    ) {
        let installed = |found: &FoundPackage| !found.package.declared;
        let selected = |found: &FoundPackage| installed(found) && found.removed() == removed;
        for (number, found) in (0..).zip(packages).filter(|(_, found)| selected(found)) {
            for listed in &found.package.files {
                let directory = listed.strip_suffix('/');
                let path = directory.unwrap_or(listed).as_bytes();
                let node = match resolver.node(path) {
                    None if removed => resolver.removed(path),
                    node => node,
                };
                if let Some(node) = node {
                    self.claim(node, directory.is_some(), number);
                }
            }
        }
    }

    /// The file that names a package, where the package lists no files.
    fn add_naming_files(&mut self, tree: &FileTree, packages: &[FoundPackage]) {
        let all = tree.layers().len() as u32;
        let lists_none =
            |found: &FoundPackage| !found.package.declared && found.package.files.is_empty();
        for (number, found) in (0..).zip(packages).filter(|(_, found)| lists_none(found)) {
            for location in found.locations.iter().filter(|location| location.until.is_none()) {
                let state = tree.state(location.node, all);
                let is_directory = state.is_some_and(|event| event.is_directory());
                self.claim(location.node, is_directory, number);
            }
        }
    }

    /// Extends claims on directories to the nodes below that nobody else claimed.
    fn spread(mut self, tree: &FileTree) -> Vec<u32> {
        // Parents have smaller numbers than their children.
        for node in ROOT as usize + 1..self.own.len() {
            if self.below[node] == NONE {
                self.below[node] = self.below[tree.parent(node as u32) as usize];
            }
            if self.own[node] == NONE {
                self.own[node] = self.below[node];
            }
        }
        self.own
    }
}
