//! The facts that the passes over an image's layers noted, by layer and file.
//!
//! A supplement names its package by name only. It belongs to the package in the same directory, since a
//! package that is installed twice has its lists twice; otherwise to any package of that name.

use super::catalog::os_release;
use super::found_package::FoundPackage;
use super::package::{CatalogFacts, PackageSupplement, Release};
use super::resolve::resolve;
use crate::analysis::contents::FileNotes;
use crate::layer::Notes;
use crate::problem::Problem;
use crate::tree::{FileTree, NONE, PathEvent, ROOT};
use crate::vocabulary::LayerPosition;
use std::collections::HashMap;

/// Facts of all layers.
#[derive(Default)]
pub struct NotedFacts {
    /// By layer and the file's entry in it.
    by_entry: HashMap<(LayerPosition, u32), CatalogFacts>,
    /// By type, name and architecture.
    supplements: HashMap<(String, String, String), PackageSupplement>,
    /// By type, name, and the directory (node) of the file that holds the supplement.
    supplements_in: HashMap<(String, String, u32), PackageSupplement>,
    /// Nodes of files with facts, ascending.
    nodes: Vec<u32>,
}

impl NotedFacts {
    /// Takes the notes of the next layer. The facts' own warnings go to `warnings`.
    pub fn take(
        &mut self,
        layer: LayerPosition,
        notes: &Notes,
        tree: &FileTree,
        warnings: &mut Vec<Problem>,
    ) {
        let Some(index) = tree.layers().get(layer.index()) else { return };
        if notes.cut {
            let message = "The layer has more package data than the limit; the rest is missing.";
            warnings.push(Problem::new("packages-limit", message).in_layer(layer));
        }
        for note in notes.notes.iter().filter(|note| (note.entry as usize) < index.len()) {
            let mut facts = FileNotes::parse(note).packages;
            let path = index.entry(note.entry as usize).name();
            for warning in std::mem::take(&mut facts.warnings) {
                warnings.push(warning.in_layer(layer).on_path(path));
            }
            let directory = tree.find(path).map(|node| tree.parent(node));
            for supplement in std::mem::take(&mut facts.supplements) {
                self.take_supplement(supplement, directory);
            }
            if facts.is_empty() {
                continue;
            }
            self.by_entry.insert((layer, note.entry), facts);
            if let Some(node) = tree.find(path) {
                self.nodes.push(node);
            }
        }
        self.nodes.sort_unstable();
        self.nodes.dedup();
    }

    /// A later layer's lists replace those of a lower one.
    fn take_supplement(&mut self, supplement: PackageSupplement, directory: Option<u32>) {
        let name = comparable_name(&supplement.kind, &supplement.name);
        let kind = supplement.kind.clone();
        let by_name = (kind.clone(), name.clone(), supplement.architecture.clone());
        let mut targets = vec![self.supplements.entry(by_name).or_default()];
        if let Some(directory) = directory {
            targets.push(self.supplements_in.entry((kind, name, directory)).or_default());
        }
        for target in targets {
            if !supplement.files.is_empty() {
                target.files.clone_from(&supplement.files);
            }
            if !supplement.licenses.is_empty() {
                target.licenses.clone_from(&supplement.licenses);
            }
        }
    }

    /// The facts in a node's file after an event.
    pub fn facts(&self, tree: &FileTree, event: &PathEvent) -> Option<&CatalogFacts> {
        let inode = tree.inode(event).filter(|_| event.is_there())?;
        self.by_entry.get(&(inode.layer, inode.entry))
    }

    /// The nodes of files with facts. Of a file with several hard links, the name that one of its packages
    /// has is preferred: `busybox` rather than `[`.
    pub fn nodes_by_best_name(&self, tree: &FileTree) -> Vec<u32> {
        let all = tree.layers().len() as u32;
        let inode = |node: u32| {
            let event = tree.state(node, all).filter(|event| event.is_there())?;
            (event.inode != NONE).then_some(event.inode)
        };
        let by_inode: HashMap<u32, u32> =
            self.nodes.iter().filter_map(|node| Some((inode(*node)?, *node))).collect();
        let mut best: HashMap<u32, u32> = HashMap::new();
        for node in ROOT + 1..tree.node_count() as u32 {
            let Some(noted) = inode(node).and_then(|inode| by_inode.get(&inode)) else { continue };
            let facts = tree.state(node, all).and_then(|event| self.facts(tree, event));
            let packages = facts.map_or(&[][..], |facts| &facts.packages);
            if packages.iter().any(|package| package.name.as_bytes() == tree.name(node)) {
                best.entry(*noted).or_insert(node);
            }
        }
        self.nodes.iter().map(|node| best.get(node).copied().unwrap_or(*node)).collect()
    }

    /// The distribution of the final tree.
    pub fn release(&self, tree: &FileTree) -> Option<Release> {
        let all = tree.layers().len() as u32;
        let releases: Vec<(Vec<u8>, Release)> = self
            .nodes
            .iter()
            .filter_map(|node| {
                let facts = self.facts(tree, tree.state(*node, all)?)?;
                Some((tree.path(*node), facts.release.clone()?))
            })
            .collect();
        os_release::choose(releases.iter().map(|(path, release)| (&path[..], release)))
    }

    /// Adds the supplements of a package: those in the directory of one of its locations; if there are
    /// none, those of its name.
    pub fn supplement(&self, tree: &FileTree, found: &mut FoundPackage) {
        let FoundPackage { package, locations, .. } = found;
        let kind = || package.kind.clone();
        let name = comparable_name(&package.kind, &package.name);
        let in_directory =
            |node: u32| self.supplements_in.get(&(kind(), name.clone(), tree.parent(node)));
        let of_architecture = |architecture: &str| {
            self.supplements.get(&(kind(), name.clone(), architecture.to_owned()))
        };
        let mut supplements: Vec<&PackageSupplement> =
            locations.iter().filter_map(|location| in_directory(location.node)).collect();
        if supplements.is_empty() {
            let named = [of_architecture(&package.architecture), of_architecture("")];
            supplements.extend(named.into_iter().flatten());
        }
        let (no_files, no_licenses) = (package.files.is_empty(), package.licenses.is_empty());
        for supplement in supplements {
            if no_files {
                package.files.extend(supplement.files.iter().cloned());
            }
            if no_licenses && package.licenses.is_empty() {
                package.licenses.clone_from(&supplement.licenses);
            }
        }
        if package.kind == "deb" && package.licenses.is_empty() {
            package.licenses = self.licenses_by_link(tree, &package.name).unwrap_or_default();
        }
    }

    /// Debian packages of one source may share a documentation folder: the others' folders are links to it.
    fn licenses_by_link(&self, tree: &FileTree, name: &str) -> Option<Vec<String>> {
        let node = resolve(tree, format!("usr/share/doc/{name}/copyright").as_bytes())?;
        let folder = String::from_utf8_lossy(tree.name(tree.parent(node))).into_owned();
        let supplement = self.supplements.get(&("deb".to_owned(), folder, String::new()))?;
        Some(supplement.licenses.clone())
    }
}

/// A name in the form in which names are compared. Python's have several spellings (PEP 503).
fn comparable_name(kind: &str, name: &str) -> String {
    match kind {
        "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}
