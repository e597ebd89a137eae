//! Paths as the kernel resolves them in an image's tree.
//!
//! - What a link leads to is found once and kept: a database may list a million files behind one link, and a
//!   link's target may have thousands of parts, with further links in them.
//! - Steps are counted, and end at a budget for all paths together. What is asked after that is not found, and
//!   `Resolver::is_spent` says so.

use super::event::ROOT;
use super::file_tree::FileTree;
use crate::entry::path;
use std::cell::Cell;
use std::collections::HashMap;

/// Symbolic links followed for one path, as in Linux.
const MAX_LINKS: u32 = 40;
/// Steps for all paths of an image together: a million files, twenty directories deep. A step is a part of a path.
const MAX_STEPS: u32 = 20_000_000;
/// A name of so many bytes costs one step more.
const NAME_OF_A_STEP: usize = 256;
/// So many later layers that wrote the same path cost one step more.
const LAYERS_OF_A_STEP: usize = 32;

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

/// Steps that may still be made, for all resolvers of an image.
pub struct StepBudget(Cell<u32>);

impl Default for StepBudget {
    fn default() -> StepBudget {
        StepBudget(Cell::new(MAX_STEPS))
    }
}

impl StepBudget {
    /// Of so many steps.
    #[cfg(test)]
    pub fn of(steps: u32) -> StepBudget {
        StepBudget(Cell::new(steps))
    }

    /// Whether paths may be missing because there were too many steps.
    pub fn is_spent(&self) -> bool {
        self.0.get() == 0
    }

    fn step(&self, name: &[u8]) -> Result<(), LostPath> {
        self.pay(1 + name.len() / NAME_OF_A_STEP)
    }

    fn pay(&self, cost: usize) -> Result<(), LostPath> {
        let left = u32::try_from(cost).ok().and_then(|cost| self.0.get().checked_sub(cost));
        self.0.set(left.unwrap_or(0));
        left.map(|_| ()).ok_or(LostPath::TooManySteps)
    }
}

/// Why a path leads to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostPath {
    Missing,
    /// As in a loop.
    TooManyLinks,
    /// The budget is spent.
    TooManySteps,
}

/// A node, and how many links lead to it.
type Reached = (u32, u32);

/// Resolves paths in the tree of the first layers of an image.
pub struct Resolver<'a> {
    tree: &'a FileTree,
    layers: u32,
    budget: &'a StepBudget,
    /// What links lead to, by their nodes.
    links: HashMap<u32, Result<Reached, LostPath>>,
}

impl<'a> Resolver<'a> {
    /// In the final tree.
    pub fn new(tree: &'a FileTree, budget: &'a StepBudget) -> Resolver<'a> {
        Resolver::after(tree, tree.layers().len() as u32, budget)
    }

    /// In the tree of the first `layers` layers.
    pub fn after(tree: &'a FileTree, layers: u32, budget: &'a StepBudget) -> Resolver<'a> {
        Resolver { tree, layers, budget, links: HashMap::new() }
    }

    /// The tree of all layers.
    pub fn tree(&self) -> &'a FileTree {
        self.tree
    }

    /// The node that a path leads to. Links to directories are followed; a link at the end of the path is
    /// returned itself. `None` if the path does not exist.
    pub fn node(&mut self, name: &[u8]) -> Option<u32> {
        self.resolve(name, LastLink::Kept).map(|resolved| resolved.node)
    }

    /// The node of a path that no longer exists, taken literally.
    pub fn removed(&mut self, name: &[u8]) -> Option<u32> {
        let mut node = ROOT;
        for part in path::parts(name) {
            self.budget.step(part).ok()?;
            node = self.tree.child(node, part)?;
        }
        Some(node)
    }

    /// The node that a path leads to, a link at its end followed, too; or why there is none.
    pub fn follow(&mut self, name: &[u8]) -> Result<u32, LostPath> {
        self.lead(name, LastLink::Followed).map(|resolved| resolved.node)
    }

    /// What a path leads to; `None` if it does not exist.
    pub fn resolve(&mut self, name: &[u8], last: LastLink) -> Option<Resolved> {
        self.lead(name, last).ok()
    }

    fn lead(&mut self, name: &[u8], last: LastLink) -> Result<Resolved, LostPath> {
        let mut resolved = Resolved { node: ROOT, link: 0 };
        let mut left = MAX_LINKS;
        let parts = path::parts(name);
        for (at, part) in parts.iter().enumerate() {
            let follows = last == LastLink::Followed || at + 1 < parts.len();
            let (node, links) = self.step(resolved.node, part, follows, left)?;
            left -= links;
            resolved.node = node;
            if links > 0 {
                resolved.link = at + 1;
            }
        }
        Ok(resolved)
    }

    /// One part of a path, from a directory on. At most `left` links are followed.
    fn step(
        &mut self,
        from: u32,
        part: &[u8],
        follows: bool,
        left: u32,
    ) -> Result<Reached, LostPath> {
        match part {
            b"" | b"." => return Ok((from, 0)),
            b".." => return Ok((self.tree.parent(from), 0)),
            _ => self.budget.step(part)?,
        }
        let node = self.tree.child(from, part).ok_or(LostPath::Missing)?;
        let mut passed = 0;
        let event = self.tree.layer_states(node).find(|event| {
            passed += 1;
            event.layer.0 < self.layers
        });
        self.budget.pay(passed / LAYERS_OF_A_STEP)?;
        let event = event.filter(|event| event.is_there());
        match self.tree.symlink(event.ok_or(LostPath::Missing)?).filter(|_| follows) {
            Some(target) => self.follow_link(from, node, target, left),
            None => Ok((node, 0)),
        }
    }

    /// What a link in a directory leads to.
    fn follow_link(
        &mut self,
        from: u32,
        node: u32,
        target: &[u8],
        left: u32,
    ) -> Result<Reached, LostPath> {
        if let Some(known) = self.links.get(&node) {
            return known.and_then(|(_, links)| match links <= left {
                true => *known,
                false => Err(LostPath::TooManyLinks),
            });
        }
        let reached = match left.checked_sub(1) {
            Some(left) => self.walk(from, target, left),
            None => Err(LostPath::TooManyLinks),
        };
        // Whether there are too many links is known only if none was followed before.
        let is_known = match reached {
            Ok(_) | Err(LostPath::Missing) => true,
            Err(LostPath::TooManyLinks) => left == MAX_LINKS,
            Err(LostPath::TooManySteps) => false,
        };
        if is_known {
            self.links.insert(node, reached);
        }
        reached
    }

    fn walk(&mut self, from: u32, target: &[u8], left: u32) -> Result<Reached, LostPath> {
        let mut at = if target.starts_with(b"/") { ROOT } else { from };
        let mut links = 0;
        for part in target.split(|byte| *byte == b'/') {
            let (node, more) = self.step(at, part, true, left - links)?;
            at = node;
            links += more;
        }
        Ok((at, links + 1))
    }
}

#[cfg(test)]
mod tests;
