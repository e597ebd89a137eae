//! Paths through symbolic links by which analyses ask for files that they do not ask for where those are.
//!
//! - Links may lead to files and to directories, through further links, and to each other. Paths are followed
//!   from every link on, a few parts deep and through a few further links: what catalogers ask for by more
//!   than its own name is near the link that makes the difference.
//! - A link whose path ends as its target's does (`lib` to `usr/lib`) makes none, and most links are such.
//! - The number of steps is bounded; links near the root come first.

use crate::analysis::contents::InspectedFile;
use crate::tree::{FileTree, LastLink, NONE, ROOT, Resolver};
use std::collections::BTreeSet;

/// Parts of a path below a link.
const MAX_DEPTH: usize = 5;
/// Further links below a link.
const MAX_LINKS: usize = 3;
/// Paths that are tried; links are tried for each layer as long as that is less than a tenth.
const MAX_STEPS: usize = 500_000;

/// The paths, and whether there may be more. The resolvers are those of the trees after each layer.
pub fn linked_paths<'a>(
    tree: &'a FileTree,
    resolvers: &mut [Resolver<'a>],
) -> (BTreeSet<Vec<u8>>, bool) {
    let links = symlinks(tree);
    if links.is_empty() {
        return (BTreeSet::new(), false);
    }
    let layers = tree.layers().len();
    let mut walk = LinkWalk {
        tree,
        resolvers,
        children: Siblings::of(tree),
        every_layer: links.len().saturating_mul(layers) < MAX_STEPS / 10,
        steps: MAX_STEPS,
        found: BTreeSet::new(),
        on_the_way: Vec::new(),
    };
    for link in links {
        walk.follow(link, &tree.path(link), MAX_DEPTH, MAX_LINKS);
    }
    (walk.found, walk.steps == 0)
}

/// Nodes that are symbolic links after any layer, those near the root first.
fn symlinks(tree: &FileTree) -> Vec<u32> {
    let is_link = |node: &u32| tree.history(*node).any(|event| tree.symlink(event).is_some());
    let depth = |node: u32| {
        let (mut at, mut depth) = (node, 0);
        while at != ROOT {
            (at, depth) = (tree.parent(at), depth + 1);
        }
        depth
    };
    let mut links: Vec<u32> = (ROOT + 1..tree.node_count() as u32).filter(is_link).collect();
    links.sort_by_key(|link| (depth(*link), *link));
    links
}

/// Follows links and collects the paths that matter.
struct LinkWalk<'a, 'b> {
    tree: &'a FileTree,
    resolvers: &'b mut [Resolver<'a>],
    children: Siblings,
    /// Whether a link is tried after every layer, not only after those that change it.
    every_layer: bool,
    /// How many paths may still be tried.
    steps: usize,
    found: BTreeSet<Vec<u8>>,
    /// Directories that the current path leads through, so that no path goes in circles.
    on_the_way: Vec<u32>,
}

impl LinkWalk<'_, '_> {
    /// Tries the paths that begin with `path`, which is that of the link in this walk. They may have
    /// `depth` more parts and `links` more links.
    fn follow(&mut self, link: u32, path: &[u8], depth: usize, links: usize) {
        for target in self.targets(link) {
            let real = self.tree.path(target);
            if self.is_file(target) {
                self.take(path, path.len(), &real);
            }
            let makes_no_difference = ends_alike(path, &real) || self.on_the_way.contains(&target);
            if makes_no_difference || self.children.first(target) == NONE {
                continue;
            }
            self.on_the_way.push(target);
            self.walk(target, path, path.len(), depth, links);
            self.on_the_way.pop();
        }
    }

    /// Tries the paths below a directory. `link` is how much of `path` leads to the last link.
    fn walk(&mut self, directory: u32, path: &[u8], link: usize, depth: usize, links: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let mut next = self.children.first(directory);
        while next != NONE && self.steps > 0 {
            let node = next;
            next = self.children.next(node);
            let path = [path, b"/", self.tree.name(node)].concat();
            if self.is_file(node) {
                self.take(&path, link, &self.tree.path(node));
            }
            if self.is_link(node) && links > 0 {
                self.follow(node, &path, depth, links - 1);
            }
            self.walk(node, &path, link, depth, links);
        }
    }

    /// Takes a path if an analysis asks for the file by it and not by its real path.
    fn take(&mut self, path: &[u8], link: usize, real: &[u8]) {
        self.steps = self.steps.saturating_sub(1);
        // A size that no cataloger refuses.
        let file = InspectedFile { path: Vec::new(), size: 1, mode: 0o755 };
        if file.is_asked_for_as(path, link, real) {
            self.found.insert(path.to_vec());
        }
    }

    /// The nodes that a link leads to, each once.
    fn targets(&mut self, link: u32) -> BTreeSet<u32> {
        let path = self.tree.path(link);
        let all = self.tree.layers().len() as u32;
        let mut layers: BTreeSet<u32> = match self.every_layer {
            true => (1..=all).collect(),
            false => self.tree.history(link).map(|event| event.layer.0 + 1).collect(),
        };
        layers.insert(all);
        let resolve = |layers: u32| {
            self.resolvers
                .get_mut(layers.checked_sub(1)? as usize)?
                .resolve(&path, LastLink::Followed)
        };
        let resolved = layers.into_iter().filter_map(resolve);
        let targets = resolved.filter(|resolved| resolved.link > 0);
        targets.map(|resolved| resolved.node).collect()
    }

    fn is_file(&self, node: u32) -> bool {
        self.tree.history(node).any(|event| self.tree.inode(event).is_some())
    }

    fn is_link(&self, node: u32) -> bool {
        self.tree.history(node).any(|event| self.tree.symlink(event).is_some())
    }
}

/// Whether two paths end in two equal parts, or the first is the end of the second.
fn ends_alike(path: &[u8], real: &[u8]) -> bool {
    let mut a = path.rsplit(|byte| *byte == b'/');
    let mut b = real.rsplit(|byte| *byte == b'/');
    for _ in 0..2 {
        match (a.next(), b.next()) {
            (Some(a), Some(b)) if a == b => {}
            (None, _) => return true,
            _ => return false,
        }
    }
    true
}

/// For each node its first child and its next sibling, whatever layers made of them.
struct Siblings {
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Siblings {
    fn of(tree: &FileTree) -> Siblings {
        let count = tree.node_count();
        let mut siblings = Siblings { first: vec![NONE; count], next: vec![NONE; count] };
        for node in (ROOT as usize + 1..count).rev() {
            let parent = tree.parent(node as u32) as usize;
            siblings.next[node] = siblings.first[parent];
            siblings.first[parent] = node as u32;
        }
        siblings
    }

    fn first(&self, node: u32) -> u32 {
        self.first[node as usize]
    }

    fn next(&self, node: u32) -> u32 {
        self.next[node as usize]
    }
}
