//! Where facts are: the names of files that name packages, followed through the layers.
//!
//! - A file's packages are at each of its names that makes a difference. Names under which one file says the
//!   same are one place: the name that one of its packages has is preferred (`busybox` rather than `[`), else
//!   one that is in the final tree.
//! - What a file is asked by its content alone is at one of its names too.

use super::catalog::os_release;
use super::noted_facts::NotedFacts;
use super::package::{CatalogFacts, Package, Release};
use crate::analysis::names::{FurtherNames, InodeContent, is_further};
use crate::tree::{FileTree, NONE, PathEvent, ROOT};
use crate::vocabulary::LayerPosition;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// The packages that a name gives after each layer in which that may have changed, base first.
pub type PackageStates<'a> = Vec<(LayerPosition, Vec<&'a Package>)>;

/// The places of an image's facts.
pub struct FactPlaces<'a> {
    tree: &'a FileTree,
    facts: &'a NotedFacts,
    names: &'a FurtherNames,
    /// Nodes that are names of files with facts.
    nodes: BTreeSet<u32>,
    /// Nodes at which a file's facts do not count, because another of its names says the same: the node, and
    /// the file's number.
    repeated: HashSet<(u32, u32)>,
    /// Nodes at which what is known by a file's content counts: the node, and the file's number.
    content_at: HashSet<(u32, u32)>,
    /// What a file's name gives: the node, and the file's number.
    packages: HashMap<(u32, u32), &'a [Package]>,
    /// For each file, the node that holds its content.
    holders: Vec<u32>,
}

/// The nodes that are names of one file.
#[derive(Default)]
struct FileNodes {
    /// With facts by the name.
    named: BTreeSet<u32>,
    all: BTreeSet<u32>,
}

impl<'a> FactPlaces<'a> {
    pub fn find(
        tree: &'a FileTree,
        facts: &'a NotedFacts,
        names: &'a FurtherNames,
    ) -> FactPlaces<'a> {
        let mut places = FactPlaces {
            tree,
            facts,
            names,
            nodes: names.nodes().collect(),
            repeated: HashSet::new(),
            content_at: HashSet::new(),
            packages: HashMap::new(),
            holders: vec![NONE; tree.inode_count()],
        };
        for (inode, nodes) in places.files() {
            places.nodes.extend(&nodes.named);
            places.leave_out_repeated(inode, &nodes.named);
            let has_content = places.content(inode).and_then(|place| facts.of_content(place));
            let best = nodes.all.iter().max_by_key(|node| places.rank(**node, inode, &[]));
            if let (Some(best), Some(_)) = (best, has_content) {
                places.nodes.insert(*best);
                places.content_at.insert((*best, inode));
            }
        }
        places
    }

    /// The names of each file with facts. A path may have a million events, so they are gone through once.
    fn files(&mut self) -> BTreeMap<u32, FileNodes> {
        let tree = self.tree;
        let has_facts = |inode: u32| {
            let place = self.content(inode);
            place.is_some_and(|place| {
                self.facts.own(place).is_some() || self.facts.of_content(place).is_some()
            })
        };
        let of_interest: Vec<bool> = (0..tree.inode_count() as u32).map(has_facts).collect();
        let mut files: BTreeMap<u32, FileNodes> = BTreeMap::new();
        for node in ROOT + 1..tree.node_count() as u32 {
            for event in tree.history(node).filter(|event| event.is_there()) {
                let inode = event.inode;
                if let Some(holder) = self.holders.get_mut(inode as usize)
                    && !is_further(tree, event)
                {
                    *holder = node;
                }
                let facts = self.facts_of(node, event);
                let known = of_interest.get(inode as usize).is_some_and(|known| *known);
                if facts.is_none() && !known {
                    continue;
                }
                let nodes = files.entry(inode).or_default();
                nodes.all.insert(node);
                if let Some(facts) = facts {
                    nodes.named.insert(node);
                    self.packages.entry((node, inode)).or_insert(&facts.packages);
                }
            }
        }
        files
    }

    fn leave_out_repeated(&mut self, inode: u32, nodes: &BTreeSet<u32>) {
        // Most files have one name; one may have a hundred thousand, each with its own packages.
        let mut groups: HashMap<&[Package], Vec<u32>> = HashMap::new();
        for node in nodes.iter().filter(|_| nodes.len() > 1) {
            if let Some(packages) = self.packages.get(&(*node, inode)) {
                groups.entry(packages).or_default().push(*node);
            }
        }
        let mut repeated = Vec::new();
        for (packages, same) in groups {
            let best = same.iter().max_by_key(|node| self.rank(**node, inode, packages)).copied();
            repeated.extend(same.into_iter().filter(|node| Some(*node) != best));
        }
        self.repeated.extend(repeated.into_iter().map(|node| (node, inode)));
    }

    /// How well a node stands for a file: the largest is the best.
    fn rank(&self, node: u32, inode: u32, packages: &[Package]) -> impl Ord + use<> {
        let tree = self.tree;
        let current = tree.state(node, tree.layers().len() as u32);
        let is_there = current.is_some_and(|event| event.is_there() && event.inode == inode);
        let name = tree.name(node);
        let has_name = packages.iter().any(|package| package.name.as_bytes() == name);
        let holds_content = self.holders.get(inode as usize) == Some(&node);
        (is_there, has_name, holds_content, Reverse(node))
    }

    fn content(&self, inode: u32) -> Option<InodeContent> {
        self.tree.inode_at(inode).map(|inode| (inode.layer, inode.entry))
    }

    /// The facts by the name that an event gives a file.
    fn facts_of(&self, node: u32, event: &PathEvent) -> Option<&'a CatalogFacts> {
        self.facts_after(node, event, event.layer)
    }

    /// The same after a later layer, which may have changed what is beside the file.
    fn facts_after(
        &self,
        node: u32,
        event: &PathEvent,
        layer: LayerPosition,
    ) -> Option<&'a CatalogFacts> {
        let content = self.content(event.inode)?;
        match self.names.at(node, event, layer) {
            Some(asked) if asked.content == content => self.facts.named(asked),
            _ if is_further(self.tree, event) => None,
            _ => self.facts.own(content),
        }
    }

    /// Calls `visit` with each node that stands for a name, and its packages.
    pub fn each(&self, mut visit: impl FnMut(u32, PackageStates<'a>)) {
        for node in &self.nodes {
            visit(*node, self.states(*node));
        }
        for linked in &self.names.linked {
            let packages = |facts: Option<&'a CatalogFacts>| {
                facts.map_or(Vec::new(), |facts| facts.packages.iter().collect())
            };
            let states = linked.states.iter().map(|(layer, asked)| {
                let facts = asked.as_ref().and_then(|asked| self.facts.named(asked));
                (*layer, packages(facts))
            });
            let node = linked.states.iter().filter_map(|(_, asked)| asked.as_ref()).next_back();
            if let Some(asked) = node {
                visit(asked.node, states.collect());
            }
        }
    }

    fn states(&self, node: u32) -> PackageStates<'a> {
        let own = self.tree.layer_states(node).map(|event| event.layer);
        let layers: BTreeSet<LayerPosition> = own.chain(self.names.changes(node)).collect();
        // Only the last event of a layer decides what the layer made of the path.
        let mut events = self.tree.layer_states(node).peekable();
        let packages = layers.into_iter().rev().map(|layer| {
            while events.next_if(|event| event.layer > layer).is_some() {}
            (layer, self.packages_at(node, events.peek().copied(), layer))
        });
        let mut states: PackageStates<'a> = packages.collect();
        states.reverse();
        states
    }

    /// The packages that a node gives after a layer. `event` is its last one then.
    fn packages_at(
        &self,
        node: u32,
        event: Option<&PathEvent>,
        layer: LayerPosition,
    ) -> Vec<&'a Package> {
        let event = event.filter(|event| event.is_there());
        let Some(event) = event.filter(|event| event.inode != NONE) else { return Vec::new() };
        let mut packages = Vec::new();
        if !self.repeated.contains(&(node, event.inode)) {
            let facts = self.facts_after(node, event, layer);
            packages.extend(facts.iter().flat_map(|facts| &facts.packages));
        }
        if self.content_at.contains(&(node, event.inode)) {
            let facts = self.content(event.inode).and_then(|place| self.facts.of_content(place));
            packages.extend(facts.iter().flat_map(|facts| &facts.packages));
        }
        packages
    }

    /// The distribution of the final tree.
    pub fn release(&self) -> Option<Release> {
        let last = self.tree.layers().len().checked_sub(1)?;
        let last = LayerPosition(last as u32);
        let of_node = |node: &u32| {
            let event = self.tree.state(*node, last.0 + 1).filter(|event| event.is_there())?;
            let release = self.facts_of(*node, event)?.release.as_ref()?;
            Some((self.tree.path(*node), release))
        };
        let of_nodes = self.nodes.iter().filter_map(of_node);
        let linked = self.names.linked.iter().filter_map(|linked| {
            let asked = linked.states.last()?.1.as_ref()?;
            Some((linked.path.clone(), self.facts.named(asked)?.release.as_ref()?))
        });
        let releases: Vec<_> = of_nodes.chain(linked).collect();
        os_release::choose(releases.iter().map(|(path, release)| (&path[..], *release)))
    }
}
