//! One package.

use super::instructions::LayerCells;
use super::packages::shown_location;
use super::tree::{link_path, shown_path};
use crate::analysis::packages::{FoundPackage, Inventory, PackageLocation, licence};
use crate::problem::Problem;
use crate::protocol::{PackageFacts, PackageFile, PackagePlace, PackageState};
use crate::session::found::package_key;
use crate::session::state::Session;
use crate::text::Shown;
use crate::tree::{FileTree, ROOT, Resolver, StepBudget};
use crate::vocabulary::ImagePosition;

/// Files that are answered with a package.
const MAX_FILES: usize = 1000;

impl Session {
    /// All that is known about a package, by its row's key.
    pub(super) fn package_facts(
        &self,
        image: ImagePosition,
        key: &str,
    ) -> Result<PackageFacts, Problem> {
        let (tree, inventory) = self.packages_of(image)?;
        let at = inventory.packages.iter().position(|found| package_key(found) == key);
        let Some(at) = at else {
            return Err(
                Problem::new("no-such-package", "This image has no such package.").found(key)
            );
        };
        let found = &inventory.packages[at];
        let package = &found.package;
        let cells = LayerCells::of(self, image);
        let files = files_of(tree, inventory, at);
        let shown = |texts: &[String]| texts.iter().map(Shown::new).collect::<Vec<_>>();
        let pair = |(name, version): &(String, String)| (Shown::new(name), Shown::new(version));
        Ok(PackageFacts {
            key: key.to_owned(),
            name: Shown::new(&package.name),
            version: Shown::new(&package.version),
            kind: Shown::new(&package.kind),
            state: state(found),
            stopped_at: Shown::new(&package.state),
            own: package.own,
            purl: Shown::new(&found.purl),
            architecture: Shown::new(&package.architecture),
            source: package.source.as_ref().map(pair),
            licences: shown(&package.licenses),
            spdx_licences: shown(&spdx_licences(found)),
            size: found.size,
            layer: cells.cell(found.layer()),
            supplier: Shown::new(&package.supplier),
            homepage: Shown::new(&package.homepage),
            digests: shown(&package.digests),
            places: found
                .locations
                .iter()
                .take(MAX_FILES)
                .map(|place| shown_place(tree, place, &cells))
                .collect(),
            vulnerabilities: self.vulnerability_links(image, found)?,
            file_count: files.len() as u64,
            files: files.iter().take(MAX_FILES).map(|&node| package_file(tree, node)).collect(),
        })
    }
}

fn state(found: &FoundPackage) -> PackageState {
    match (found.package.declared, found.removed()) {
        (true, _) => PackageState::Declared,
        (false, true) => PackageState::Removed,
        (false, false) => PackageState::Installed,
    }
}

/// The SPDX expressions that the declared licences certainly mean; none where they are the same.
fn spdx_licences(found: &FoundPackage) -> Vec<String> {
    let declared = &found.package.licenses;
    let certain: Vec<String> =
        declared.iter().filter_map(|text| licence::normalise(text)).collect();
    if certain == *declared { Vec::new() } else { certain }
}

fn shown_place(tree: &FileTree, place: &PackageLocation, cells: &LayerCells) -> PackagePlace {
    PackagePlace {
        path: link_path(tree, place.node),
        shown: shown_location(tree, place),
        layer: cells.cell(place.layer),
        removed_by: place.until.map(|until| until.number()),
    }
}

/// Nodes of a package's files in the final tree.
fn files_of(tree: &FileTree, inventory: &Inventory, package: usize) -> Vec<u32> {
    let layers = tree.layers().len() as u32;
    let is_file = |node: &u32| {
        let event = tree.state(*node, layers);
        event.is_some_and(|event| event.is_there() && !event.is_directory())
    };
    let is_owned = |node: &u32| inventory.owners.of(*node) == Some(package);
    let nodes = ROOT + 1..tree.node_count() as u32;
    let owned: Vec<u32> = nodes.filter(is_owned).filter(is_file).collect();
    if !owned.is_empty() {
        return owned;
    }
    // What it lists belongs to another package, or to several.
    let listed = inventory.packages[package].package.files.iter();
    let steps = StepBudget::default();
    let mut resolver = Resolver::new(tree, &steps);
    listed.filter_map(|file| resolver.node(file.as_bytes())).filter(is_file).collect()
}

fn package_file(tree: &FileTree, node: u32) -> PackageFile {
    let event = tree.state(node, tree.layers().len() as u32);
    PackageFile {
        path: link_path(tree, node),
        shown: shown_path(tree, node),
        size: event.and_then(|event| tree.inode(event)).map_or(0, |inode| inode.size),
    }
}
