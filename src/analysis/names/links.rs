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
/// Steps that are made. A link that is followed, a node behind it, and a path that is tried are a step each.
pub const MAX_STEPS: usize = 1_000_000;
/// So many layers for which a link is tried cost one step more.
const LAYERS_OF_A_STEP: usize = 16;
/// Links are tried for each layer as long as they are fewer than this together.
const MAX_FOR_EACH_LAYER: usize = 50_000;

/// The paths, and whether there may be more. The resolvers are those of the trees after each layer.
pub fn linked_paths<'a>(
    tree: &'a FileTree,
    resolvers: &mut [Resolver<'a>],
    steps: usize,
) -> (BTreeSet<Vec<u8>>, bool) {
    let kinds = NodeKinds::of(tree);
    let links = kinds.symlinks(tree);
    if links.is_empty() {
        return (BTreeSet::new(), false);
    }
    let layers = tree.layers().len();
    let mut walk = LinkWalk {
        tree,
        resolvers,
        children: Siblings::of(tree),
        kinds,
        every_layer: links.len().saturating_mul(layers) < MAX_FOR_EACH_LAYER,
        steps,
        found: BTreeSet::new(),
        on_the_way: Vec::new(),
    };
    for link in links {
        walk.follow(link, &tree.path(link), MAX_DEPTH, MAX_LINKS);
    }
    (walk.found, walk.steps == 0)
}

/// What nodes are after any layer. Known before the walk, which may meet a path with many events often.
struct NodeKinds {
    files: Vec<bool>,
    links: Vec<bool>,
}

impl NodeKinds {
    fn of(tree: &FileTree) -> NodeKinds {
        let nodes = tree.node_count();
        let mut kinds = NodeKinds { files: vec![false; nodes], links: vec![false; nodes] };
        for node in 0..nodes {
            for event in tree.history(node as u32) {
                kinds.files[node] |= tree.inode(event).is_some();
                kinds.links[node] |= tree.symlink(event).is_some();
            }
        }
        kinds
    }

    /// The symbolic links, those near the root first.
    fn symlinks(&self, tree: &FileTree) -> Vec<u32> {
        let depth = |node: u32| {
            let (mut at, mut depth) = (node, 0);
            while at != ROOT {
                (at, depth) = (tree.parent(at), depth + 1);
            }
            depth
        };
        let nodes = ROOT + 1..tree.node_count() as u32;
        let mut links: Vec<u32> = nodes.filter(|node| self.links[*node as usize]).collect();
        links.sort_by_cached_key(|link| (depth(*link), *link));
        links
    }
}

/// Follows links and collects the paths that matter.
struct LinkWalk<'a, 'b> {
    tree: &'a FileTree,
    resolvers: &'b mut [Resolver<'a>],
    children: Siblings,
    kinds: NodeKinds,
    /// Whether a link is tried after every layer, not only after those that change it.
    every_layer: bool,
    /// How many steps may still be made.
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
            if self.kinds.files[target as usize] {
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
            self.spend(1);
            let path = [path, b"/", self.tree.name(node)].concat();
            if self.kinds.files[node as usize] {
                self.take(&path, link, &self.tree.path(node));
            }
            if self.kinds.links[node as usize] && links > 0 {
                self.follow(node, &path, depth, links - 1);
            }
            self.walk(node, &path, link, depth, links);
        }
    }

    fn spend(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(steps);
    }

    /// Takes a path if an analysis asks for the file by it and not by its real path.
    fn take(&mut self, path: &[u8], link: usize, real: &[u8]) {
        self.spend(1);
        // A size that no cataloger refuses.
        let file = InspectedFile { path: Vec::new(), size: 1, mode: 0o755 };
        if file.is_asked_for_as(path, link, real) {
            self.found.insert(path.to_vec());
        }
    }

    /// The nodes that a link leads to, each once; none without steps.
    fn targets(&mut self, link: u32) -> BTreeSet<u32> {
        if self.steps == 0 {
            return BTreeSet::new();
        }
        let path = self.tree.path(link);
        let all = self.tree.layers().len() as u32;
        let mut layers: BTreeSet<u32> = match self.every_layer {
            true => (1..=all).collect(),
            false => self.tree.layer_states(link).map(|event| event.layer.0 + 1).collect(),
        };
        layers.insert(all);
        self.spend(1 + layers.len() / LAYERS_OF_A_STEP);
        let resolve = |layers: u32| {
            self.resolvers
                .get_mut(layers.checked_sub(1)? as usize)?
                .resolve(&path, LastLink::Followed)
        };
        let resolved = layers.into_iter().filter_map(resolve);
        let targets = resolved.filter(|resolved| resolved.link > 0);
        targets.map(|resolved| resolved.node).collect()
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
