//! All packages of an image: what files say in each layer, put together on the tree.
//!
//! - A file that names packages has a history like any path: each time that a layer writes it, packages come
//!   and go. A package's place is the file that names it and the layer that first did; it ends at the layer
//!   that no longer does.
//! - A package found by several files, or in several versions of one, is one row with several places.
//! - Files are owned by who lists them; where nobody does, the file that names a package belongs to it.
//! - Package managers name files by the way that they were written, through links of directories, too
//!   (`/bin/sh` where `/bin` leads to `usr/bin`): owners are looked up as the kernel would.

use super::catalog::os_release;
use super::found_package::{FoundPackage, PackageLocation};
use super::owners::{Owners, resolve};
use super::{About, Facts, Package, Release, purl::purl};
use crate::analysis::contents::noted;
use crate::layer::Notes;
use crate::problem::Problem;
use crate::text;
use crate::tree::{FileTree, NONE, ROOT};
use crate::vocabulary::LayerPosition;
use std::collections::{BTreeMap, HashMap};

/// Packages of one image, at most: the largest real ones have some ten thousand.
const MAX_PACKAGES: usize = 300_000;

/// All that was found.
#[derive(Default)]
pub struct Inventory {
    /// The distribution of the final tree.
    pub release: Option<Release>,
    /// Installed and declared ones, by type, name and version.
    pub packages: Vec<FoundPackage>,
    /// What could not be read.
    pub warnings: Vec<Problem>,
    /// Layers whose contents were not read.
    pub unread: Vec<LayerPosition>,
    /// Who owns each node.
    pub owners: Owners,
}

/// Puts together what was noted in the layers of a tree, bottom first.
pub fn inventory(tree: &FileTree, notes: &[&Notes]) -> Inventory {
    let mut inventory = Inventory::default();
    let mut said = Said::default();
    for (layer, notes) in (0..).zip(notes) {
        let entries = tree.layers().get(layer as usize).map_or(0, |index| index.len());
        if !notes.looked && entries > 0 {
            inventory.unread.push(LayerPosition(layer));
        }
        said.take(layer, notes, tree, &mut inventory.warnings);
    }
    inventory.release = said.release(tree);
    let mut rows = Rows { release: inventory.release.clone(), ..Rows::default() };
    for node in said.by_best_name(tree) {
        said.walk(tree, node, &mut rows);
    }
    walk_directories(tree, &mut rows);
    let mut packages = rows.found;
    for found in &mut packages {
        said.tell_about(tree, found);
        found.locations.sort_by_key(|place| (place.layer, place.node));
    }
    packages.sort_by(|a, b| key(&a.package).cmp(&key(&b.package)));
    inventory.owners = Owners::find(tree, &mut packages);
    inventory.packages = packages;
    inventory
}

fn key(package: &Package) -> (&str, &str, &str, &str, bool) {
    let Package { kind, name, version, architecture, declared, .. } = package;
    (kind, name, version, architecture, *declared)
}

/// What files say, by layer and entry.
#[derive(Default)]
struct Said {
    by_entry: HashMap<(LayerPosition, u32), Facts>,
    /// By type, name and architecture.
    about: HashMap<(String, String, String), About>,
    /// By type, name and the directory in which the file lies that says it: a package that is there twice
    /// has its files twice.
    beside: HashMap<(String, String, u32), About>,
    /// Nodes of files that say something, in order.
    nodes: Vec<u32>,
}

impl Said {
    fn take(&mut self, layer: u32, notes: &Notes, tree: &FileTree, warnings: &mut Vec<Problem>) {
        let Some(index) = tree.layers().get(layer as usize) else { return };
        if notes.cut {
            let message = "A layer's files say more of packages than is kept.";
            warnings.push(Problem::new("packages-limit", message).in_layer(LayerPosition(layer)));
        }
        for note in notes.notes.iter().filter(|note| (note.entry as usize) < index.len()) {
            let mut facts = noted(note).packages;
            let path = index.entry(note.entry as usize).name();
            for warning in std::mem::take(&mut facts.warnings) {
                warnings.push(warning.in_layer(LayerPosition(layer)).on_path(text::show(path)));
            }
            let directory = tree.find(path).map(|node| tree.parent(node));
            for about in std::mem::take(&mut facts.about) {
                self.hear_about(about, directory);
            }
            if facts.is_empty() {
                continue;
            }
            self.by_entry.insert((LayerPosition(layer), note.entry), facts);
            if let Some(node) = tree.find(path) {
                self.nodes.push(node);
            }
        }
        self.nodes.sort_unstable();
        self.nodes.dedup();
    }

    /// A later layer's lists are those of its packages.
    fn hear_about(&mut self, about: About, directory: Option<u32>) {
        let name = compared(&about.kind, &about.name);
        let kind = about.kind.clone();
        let mut there = vec![
            self.about.entry((kind.clone(), name.clone(), about.architecture.clone())).or_default(),
        ];
        if let Some(directory) = directory {
            there.push(self.beside.entry((kind, name, directory)).or_default());
        }
        for there in there {
            if !about.files.is_empty() {
                there.files.clone_from(&about.files);
            }
            if !about.licenses.is_empty() {
                there.licenses.clone_from(&about.licenses);
            }
        }
    }

    /// What a node's file says once a layer has written it.
    fn facts(&self, tree: &FileTree, event: &crate::tree::PathEvent) -> Option<&Facts> {
        let inode = tree.inode(event).filter(|_| event.is_there())?;
        self.by_entry.get(&(inode.layer, inode.entry))
    }

    /// The files that say something: one of several names by that which a package in it has (`busybox`,
    /// not `[`).
    fn by_best_name(&self, tree: &FileTree) -> Vec<u32> {
        let all = tree.layers().len() as u32;
        let inode = |node: u32| {
            let event = tree.state(node, all).filter(|event| event.is_there())?;
            (event.inode != NONE).then_some(event.inode)
        };
        let mut best: HashMap<u32, u32> = HashMap::new();
        let named: HashMap<u32, u32> =
            self.nodes.iter().filter_map(|node| Some((inode(*node)?, *node))).collect();
        for node in ROOT + 1..tree.node_count() as u32 {
            let Some(noted) = inode(node).and_then(|inode| named.get(&inode)) else { continue };
            let facts = tree.state(node, all).and_then(|event| self.facts(tree, event));
            let packages = facts.map_or(&[][..], |facts| &facts.packages);
            if packages.iter().any(|package| package.name.as_bytes() == tree.name(node)) {
                best.entry(*noted).or_insert(node);
            }
        }
        self.nodes.iter().map(|node| best.get(node).copied().unwrap_or(*node)).collect()
    }

    /// The distribution of the final tree.
    fn release(&self, tree: &FileTree) -> Option<Release> {
        let all = tree.layers().len() as u32;
        let said: Vec<(Vec<u8>, Release)> = self
            .nodes
            .iter()
            .filter_map(|node| {
                let facts = self.facts(tree, tree.state(*node, all)?)?;
                Some((tree.path(*node), facts.release.clone()?))
            })
            .collect();
        os_release::choose(said.iter().map(|(path, release)| (&path[..], release)))
    }

    /// Follows a file through the layers.
    fn walk(&self, tree: &FileTree, node: u32, rows: &mut Rows) {
        let mut events: Vec<_> = tree.history(node).copied().collect();
        events.reverse();
        // Rows that the file names now, and the number of their place.
        let mut now: BTreeMap<(usize, String), usize> = BTreeMap::new();
        for (at, event) in events.iter().enumerate() {
            // The last event of a layer is what it made of the path.
            if events.get(at + 1).is_some_and(|next| next.layer == event.layer) {
                continue;
            }
            let said = self.facts(tree, event).map_or(&[][..], |facts| &facts.packages);
            let mut next = BTreeMap::new();
            for package in said {
                let Some(row) = rows.row(package) else { continue };
                let name = (row, package.inside.clone());
                let place = now.remove(&name).or_else(|| next.get(&name).copied());
                let place = place.unwrap_or_else(|| {
                    let places = &mut rows.found[row].locations;
                    let inside = package.inside.clone();
                    places.push(PackageLocation { node, inside, layer: event.layer, until: None });
                    places.len() - 1
                });
                next.insert(name, place);
            }
            for ((row, _), place) in now {
                rows.found[row].locations[place].until = Some(event.layer);
            }
            now = next;
        }
    }

    /// Adds what other files say of a package: those beside it, else those that name it.
    fn tell_about(&self, tree: &FileTree, found: &mut FoundPackage) {
        let FoundPackage { package, locations: places, .. } = found;
        let kind = || package.kind.clone();
        let name = compared(&package.kind, &package.name);
        let beside = places
            .iter()
            .filter_map(|place| self.beside.get(&(kind(), name.clone(), tree.parent(place.node))));
        let beside: Vec<&About> = beside.collect();
        let named =
            |architecture: &str| self.about.get(&(kind(), name.clone(), architecture.to_owned()));
        let about: Vec<&About> = match &beside[..] {
            [] => [named(&package.architecture), named("")].into_iter().flatten().collect(),
            _ => beside,
        };
        let (files, licenses) = (package.files.is_empty(), package.licenses.is_empty());
        for about in about {
            if files {
                package.files.extend(about.files.iter().cloned());
            }
            if licenses && package.licenses.is_empty() {
                package.licenses.clone_from(&about.licenses);
            }
        }
        if package.kind == "deb" && package.licenses.is_empty() {
            package.licenses = self.licenses_by_link(tree, &package.name).unwrap_or_default();
        }
    }

    /// Packages of one source share a folder of documents by a link.
    fn licenses_by_link(&self, tree: &FileTree, name: &str) -> Option<Vec<String>> {
        let node = resolve(tree, format!("usr/share/doc/{name}/copyright").as_bytes())?;
        let folder = String::from_utf8_lossy(tree.name(tree.parent(node))).into_owned();
        Some(self.about.get(&("deb".to_owned(), folder, String::new()))?.licenses.clone())
    }
}

/// A name as it is compared: Python's are written in several ways (PEP 503).
fn compared(kind: &str, name: &str) -> String {
    match kind {
        "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}

/// Packages that a directory's name says.
fn walk_directories(tree: &FileTree, rows: &mut Rows) {
    let mut path = Vec::new();
    for node in ROOT + 1..tree.node_count() as u32 {
        let mut events: Vec<_> = tree.history(node).copied().collect();
        if !events.iter().any(|event| event.is_directory()) {
            continue;
        }
        path.clear();
        path.extend(tree.path(node));
        let Some(package) = super::catalog::DIRECTORIES.iter().find_map(|read| read(&path)) else {
            continue;
        };
        let Some(row) = rows.row(&package) else { continue };
        events.reverse();
        let places = &mut rows.found[row].locations;
        let mut open: Option<usize> = None;
        for event in events {
            match open {
                None if event.is_directory() => {
                    let inside = String::new();
                    places.push(PackageLocation { node, inside, layer: event.layer, until: None });
                    open = Some(places.len() - 1);
                }
                Some(place) if !event.is_directory() => {
                    places[place].until = Some(event.layer);
                    open = None;
                }
                _ => {}
            }
        }
    }
}

/// Rows as they are found.
#[derive(Default)]
struct Rows {
    release: Option<Release>,
    found: Vec<FoundPackage>,
    by_name: HashMap<(String, String, bool), usize>,
}

impl Rows {
    /// The row of a package; `None` if there are too many.
    fn row(&mut self, package: &Package) -> Option<usize> {
        let purl = purl(package, self.release.as_ref());
        let name = (purl, package.name.clone(), package.declared);
        if let Some(row) = self.by_name.get(&name) {
            let there = &mut self.found[*row].package;
            // One that is unpacked twice has its files twice.
            if there.files != package.files {
                there.files.extend(package.files.iter().cloned());
            }
            return Some(*row);
        }
        if self.found.len() >= MAX_PACKAGES {
            return None;
        }
        let row = self.found.len();
        let found = FoundPackage {
            package: package.clone(),
            purl: name.0.clone(),
            ..FoundPackage::default()
        };
        self.found.push(found);
        self.by_name.insert(name, row);
        Some(row)
    }
}
