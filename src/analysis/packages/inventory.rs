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
use crate::text::grouped;
use crate::tree::{FileTree, Resolver, StepBudget};
use crate::vocabulary::LayerPosition;

/// Bytes of the notes of an image's layers. A manifest can name one layer a thousand times, each time with its notes.
pub const MAX_NOTES: usize = 256 << 20;

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
    /// Layers that were read in part: they end at a limit or at damage, or have more package data than is kept.
    pub partial: Vec<LayerPosition>,
    /// The image has, or may have, more layers than are known.
    pub more_layers: bool,
    /// The owner of each node.
    pub owners: Owners,
}

/// Combines the notes of a tree's layers, base first. `names` are those of the tree with the notes' logs.
pub fn inventory(tree: &FileTree, notes: &[&Notes], names: &FurtherNames) -> Inventory {
    let mut inventory = Inventory::default();
    let asked = names.asked();
    let mut facts = NotedFacts::default();
    let mut bytes = 0usize;
    for (layer, notes) in (0..).map(LayerPosition).zip(notes) {
        let entries = tree.layers().get(layer.index()).map_or(0, |index| index.len());
        bytes = bytes.saturating_add(notes.bytes());
        if bytes > MAX_NOTES {
            inventory.partial.push(layer);
            continue;
        }
        if !notes.looked && entries > 0 {
            inventory.unread.push(layer);
        } else if notes.cut {
            inventory.partial.push(layer);
        }
        let own = asked.partition_point(|asked| asked.content.0 < layer);
        let end = asked.partition_point(|asked| asked.content.0 <= layer);
        let names = asked.get(own..end).unwrap_or_default();
        facts.take(layer, notes, names, tree, &mut inventory.warnings);
    }
    if bytes > MAX_NOTES {
        let message = "The layers have more package data than the limit; the rest is missing.";
        inventory.warnings.push(Problem::new("packages-limit", message));
    }
    if facts.more_warnings > 0 {
        let message = "More files that name packages can be read only in part.";
        let found = format!("{} more", grouped(facts.more_warnings));
        inventory.warnings.push(Problem::new("package-database-damaged", message).found(found));
    }
    inventory.unread.append(&mut facts.unread);
    inventory.unread.sort_unstable();
    inventory.unread.dedup();
    if names.cut {
        let message = "Links give files more names than are looked at; packages may be missing.";
        inventory.warnings.push(Problem::new("packages-limit", message));
    }
    let places = FactPlaces::find(tree, &facts, names);
    inventory.release = places.release();
    let mut rows = PackageRows::new(inventory.release.clone());
    places.each(|node, states| rows.add_file(node, states));
    rows.add_directories(tree);
    let (mut packages, mut budget) = rows.into_packages();
    let steps = StepBudget::default();
    let mut resolver = Resolver::new(tree, &steps);
    for found in &mut packages {
        facts.supplement(&mut resolver, &mut budget, found);
        found.locations.sort_by_key(|location| (location.layer, location.node));
        // Several paths through links may lead to one file.
        found.locations.dedup();
    }
    inventory.warnings.extend(budget.warning());
    packages.sort_by(|a, b| sort_key(&a.package).cmp(&sort_key(&b.package)));
    inventory.owners = Owners::find(tree, &mut packages, &steps);
    if steps.is_spent() {
        let message = "Packages list more paths, or longer ones, than are followed; some files have no owner.";
        inventory.warnings.push(Problem::new("packages-limit", message));
    }
    inventory.packages = packages;
    inventory
}

impl Inventory {
    /// Layers are not known, or only in part, for a reason that only the session knows.
    pub fn add_gaps(&mut self, unread: &[LayerPosition], partial: &[LayerPosition]) {
        self.unread.extend(unread);
        self.partial.extend(partial);
        for list in [&mut self.unread, &mut self.partial] {
            list.sort_unstable();
            list.dedup();
        }
        self.partial.retain(|layer| !self.unread.contains(layer));
    }

    /// Whether all layers were read.
    pub fn is_complete(&self) -> bool {
        self.unread.is_empty() && self.partial.is_empty() && !self.more_layers
    }

    /// What was not read, so that packages may be missing, in one line for documents; empty: nothing.
    pub fn gaps(&self) -> String {
        let mut gaps = Vec::new();
        for (layers, what) in [(&self.unread, "not read"), (&self.partial, "read only in part")] {
            if !layers.is_empty() {
                let numbers: Vec<String> =
                    layers.iter().map(|layer| layer.number().to_string()).collect();
                let noun = if layers.len() == 1 { "layer" } else { "layers" };
                gaps.push(format!("{noun} {} (counted from 1): {what}", numbers.join(", ")));
            }
        }
        if self.more_layers {
            gaps.push("layers beside these: not read".to_owned());
        }
        if self.warnings.iter().any(Problem::leaves_out) {
            gaps.push("files that name packages: read only in part".to_owned());
        }
        match gaps.is_empty() {
            true => String::new(),
            false => format!("Incomplete, packages may be missing; {}.", gaps.join("; ")),
        }
    }
}

fn sort_key(package: &Package) -> (&str, &str, &str, &str, bool) {
    let Package { kind, name, version, architecture, declared, .. } = package;
    (kind, name, version, architecture, *declared)
}
