//! Packages with their locations, collected by following each file and directory through the layers.

use super::catalog::DIRECTORIES;
use super::found_package::{FoundPackage, PackageLocation};
use super::inventory_budget::InventoryBudget;
use super::package::{Package, Release};
use super::places::PackageStates;
use super::purl;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::LayerPosition;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

/// Longest path of a directory that is a package: every directory is looked at, and paths of deep ones are long.
const MAX_DIRECTORY: usize = 512;

/// One row for each package, by PURL, name and whether it is declared.
#[derive(Default)]
pub struct PackageRows {
    release: Option<Release>,
    found: Vec<FoundPackage>,
    by_name: HashMap<(String, String, bool), usize>,
    /// The lists of files that rows already have, by a hash of both. A manifest can name one layer a thousand times,
    /// each time with the same lists.
    lists: HashSet<u64>,
    hasher: RandomState,
    budget: InventoryBudget,
}

impl PackageRows {
    /// For an image of this distribution.
    pub fn new(release: Option<Release>) -> PackageRows {
        PackageRows { release, ..PackageRows::default() }
    }

    /// The packages, in the order in which they were added, and what more they may have.
    pub fn into_packages(self) -> (Vec<FoundPackage>, InventoryBudget) {
        (self.found, self.budget)
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
            let row = *row;
            let is_new = self.is_new_list(row, package);
            let known = &mut self.found[row].package;
            // A package that is unpacked twice has its files twice.
            if is_new {
                self.budget.extend(&mut known.files, &package.files);
            }
            known.own &= package.own;
            return Some(row);
        }
        if !self.budget.add(package, &name.0) {
            return None;
        }
        let row = self.found.len();
        self.is_new_list(row, package);
        let (package, purl) = (package.clone(), name.0.clone());
        self.found.push(FoundPackage { package, purl, ..FoundPackage::default() });
        self.by_name.insert(name, row);
        Some(row)
    }

    /// Whether a row has not had these files yet, which it gets now.
    fn is_new_list(&mut self, row: usize, package: &Package) -> bool {
        !package.files.is_empty() && self.lists.insert(self.hasher.hash_one((row, &package.files)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::packages::reading::text::package;

    fn with_files(files: &[&str]) -> Package {
        let files = files.iter().map(|&file| file.to_owned()).collect();
        Package { files, ..package("apk", "a", "1") }
    }

    fn of(rows: PackageRows) -> (Vec<FoundPackage>, Option<String>) {
        let (packages, budget) = rows.into_packages();
        (packages, budget.warning().filter(|one| one.leaves_out()).map(|one| one.code.to_string()))
    }

    #[test]
    fn a_layer_that_is_repeated_adds_no_files() {
        let [a, b] = [with_files(&["usr/a", "usr/b"]), with_files(&["usr/c"])];
        let mut rows = PackageRows::default();
        // Two layers with their own lists, and both again and again.
        let states = (0..999).map(|at| (LayerPosition(at), vec![[&a, &b][at as usize % 2]]));
        rows.add_file(1, states.collect());
        let (packages, warning) = of(rows);
        assert_eq!(packages[0].package.files, ["usr/a", "usr/b", "usr/c"]);
        assert_eq!(warning, None);
    }

    #[test]
    fn files_beyond_the_limit_of_an_image_are_left_out_with_a_warning() {
        let all: Vec<Package> = (0..9).map(|at| with_files(&[&format!("{at:01000}")])).collect();
        let mut rows = PackageRows {
            budget: InventoryBudget::of(10, size_of::<Package>() + 5000),
            ..PackageRows::default()
        };
        rows.add_file(1, vec![(LayerPosition(0), all.iter().collect())]);
        let (packages, warning) = of(rows);
        assert_eq!(packages[0].package.files.len(), 4);
        assert_eq!(warning.as_deref(), Some("packages-limit"));
    }

    #[test]
    fn packages_beyond_the_limit_of_an_image_are_left_out_with_a_warning() {
        for (most, left, code) in [(3, 3, None), (2, 2, Some("packages-limit"))] {
            let all: Vec<Package> = (0..3).map(|at| package("apk", "a", &at.to_string())).collect();
            let mut rows = PackageRows {
                budget: InventoryBudget::of(most, 1 << 20),
                ..PackageRows::default()
            };
            rows.add_file(1, vec![(LayerPosition(0), all.iter().collect())]);
            let (packages, warning) = of(rows);
            assert_eq!((packages.len(), warning.as_deref()), (left, code));
        }
    }
}
