//! All packages of an image: the facts of all layers combined on the tree.
//!
//! - A package's location is a file that names it. The location starts in the layer that first names the
//!   package there and ends in the layer that rewrites the file without it, or removes the file.
//! - A package that several files name, or several versions of one file, is one entry with several
//!   locations.
//! - A file is owned by the package that lists it. If none does, the file that names a package is owned by
//!   that package.

use super::found_package::FoundPackage;
use super::noted_facts::NotedFacts;
use super::owners::Owners;
use super::package::{Package, Release};
use super::package_rows::PackageRows;
use super::places::FactPlaces;
use crate::analysis::names::FurtherNames;
use crate::layer::Notes;
use crate::problem::Problem;
use crate::tree::FileTree;
use crate::vocabulary::LayerPosition;

/// All packages of an image.
#[derive(Default)]
pub struct Inventory {
    /// The distribution of the final tree.
    pub release: Option<Release>,
    /// Installed and declared packages, sorted by type, name and version.
    pub packages: Vec<FoundPackage>,
    /// What could not be read.
    pub warnings: Vec<Problem>,
    /// Layers whose contents were not read.
    pub unread: Vec<LayerPosition>,
    /// The owner of each node.
    pub owners: Owners,
}

/// Combines the notes of a tree's layers, base first.
pub fn inventory(tree: &FileTree, notes: &[&Notes]) -> Inventory {
    let mut inventory = Inventory::default();
    let names = FurtherNames::find(tree, notes);
    let asked = names.asked();
    let mut facts = NotedFacts::default();
    for (layer, notes) in (0..).map(LayerPosition).zip(notes) {
        let entries = tree.layers().get(layer.index()).map_or(0, |index| index.len());
        if !notes.looked && entries > 0 {
            inventory.unread.push(layer);
        }
        let own = asked.partition_point(|asked| asked.content.0 < layer);
        let end = asked.partition_point(|asked| asked.content.0 <= layer);
        let names = asked.get(own..end).unwrap_or_default();
        facts.take(layer, notes, names, tree, &mut inventory.warnings);
    }
    inventory.unread.append(&mut facts.unread);
    inventory.unread.sort_unstable();
    inventory.unread.dedup();
    if names.cut {
        let message = "Links give files more names than are looked at; packages may be missing.";
        inventory.warnings.push(Problem::new("packages-limit", message));
    }
    let places = FactPlaces::find(tree, &facts, &names);
    inventory.release = places.release();
    let mut rows = PackageRows::new(inventory.release.clone());
    places.each(|node, states| rows.add_file(node, states));
    rows.add_directories(tree);
    let mut packages = rows.into_packages();
    for found in &mut packages {
        facts.supplement(tree, found);
        found.locations.sort_by_key(|location| (location.layer, location.node));
        // Several paths through links may lead to one file.
        found.locations.dedup();
    }
    packages.sort_by(|a, b| sort_key(&a.package).cmp(&sort_key(&b.package)));
    inventory.owners = Owners::find(tree, &mut packages);
    inventory.packages = packages;
    inventory
}

fn sort_key(package: &Package) -> (&str, &str, &str, &str, bool) {
    let Package { kind, name, version, architecture, declared, .. } = package;
    (kind, name, version, architecture, *declared)
}
