//! Packages with their locations, collected by following each file and directory through the layers.

use super::catalog::DIRECTORIES;
use super::found_package::{FoundPackage, PackageLocation};
use super::package::{Package, Release};
use super::places::PackageStates;
use super::purl;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::LayerPosition;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Most packages of one image; the largest real ones have some ten thousand.
const MAX_PACKAGES: usize = 300_000;

/// Longest path of a directory that is a package: every directory is looked at, and paths of deep ones are long.
const MAX_DIRECTORY: usize = 512;

/// One row for each package, by PURL, name and whether it is declared.
#[derive(Default)]
pub struct PackageRows {
    release: Option<Release>,
    found: Vec<FoundPackage>,
    by_name: HashMap<(String, String, bool), usize>,
}

impl PackageRows {
    /// For an image of this distribution.
    pub fn new(release: Option<Release>) -> PackageRows {
        PackageRows { release, ..PackageRows::default() }
    }

    /// The packages, in the order in which they were added.
    pub fn into_packages(self) -> Vec<FoundPackage> {
        self.found
    }

    /// Adds the packages that a name of a file gives, which `node` stands for.
    pub fn add_file(&mut self, node: u32, states: PackageStates<'_>) {
        // Rows and inner paths that the file names at this point, each with the index of its location.
        let mut current: BTreeMap<(usize, Arc<str>), usize> = BTreeMap::new();
        for (layer, packages) in states {
            let mut next = BTreeMap::new();
            for package in packages {
                let Some(row) = self.row(package) else { continue };
                let name = (row, package.inside.clone());
                let known = current.remove(&name).or_else(|| next.get(&name).copied());
                let location = known
                    .unwrap_or_else(|| self.add_location(row, node, package.inside.clone(), layer));
                next.insert(name, location);
            }
            for ((row, _), location) in current {
                self.found[row].locations[location].until = Some(layer);
            }
            current = next;
        }
    }

    /// Adds the packages that are directories, by their paths.
    pub fn add_directories(&mut self, tree: &FileTree) {
        for node in ROOT + 1..tree.node_count() as u32 {
            let mut events: Vec<_> = tree.history(node).copied().collect();
            if !events.iter().any(|event| event.is_directory()) {
                continue;
            }
            let Some(path) = tree.short_path(node, MAX_DIRECTORY) else { continue };
            let Some(package) = DIRECTORIES.iter().find_map(|read| read(&path)) else { continue };
            let Some(row) = self.row(&package) else { continue };
            events.reverse();
            let mut open: Option<usize> = None;
            for event in events {
                let layer = event.layer;
                match open {
                    None if event.is_directory() => {
                        open = Some(self.add_location(row, node, Arc::default(), layer));
                    }
                    Some(location) if !event.is_directory() => {
                        self.found[row].locations[location].until = Some(layer);
                        open = None;
                    }
                    _ => {}
                }
            }
        }
    }

    fn add_location(
        &mut self,
        row: usize,
        node: u32,
        inside: Arc<str>,
        layer: LayerPosition,
    ) -> usize {
        let locations = &mut self.found[row].locations;
        locations.push(PackageLocation { node, inside, layer, until: None });
        locations.len() - 1
    }

    /// The row of a package, added if it is new; `None` if there are too many.
    fn row(&mut self, package: &Package) -> Option<usize> {
        let purl = purl::write(package, self.release.as_ref());
        let name = (purl, package.name.clone(), package.declared);
        if let Some(row) = self.by_name.get(&name) {
            let known = &mut self.found[*row].package;
            // A package that is unpacked twice has its files twice.
            if known.files != package.files {
                known.files.extend(package.files.iter().cloned());
            }
            known.own &= package.own;
            return Some(*row);
        }
        if self.found.len() >= MAX_PACKAGES {
            return None;
        }
        let row = self.found.len();
        let (package, purl) = (package.clone(), name.0.clone());
        self.found.push(FoundPackage { package, purl, ..FoundPackage::default() });
        self.by_name.insert(name, row);
        Some(row)
    }
}
