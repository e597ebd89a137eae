//! The facts that were noted about an image's files: by their own names, by further ones, and by their content
//! alone.
//!
//! A supplement names its package by name only. It belongs to the package in the same directory, since a
//! package that is installed twice has its lists twice; otherwise to any package of that name.

use super::found_package::FoundPackage;
use super::inventory_budget::InventoryBudget;
use super::package::{CatalogFacts, Package, PackageSupplement};

use crate::analysis::contents::FileNotes;
use crate::analysis::names::{AskedName, InodeContent};
use crate::layer::{FurtherName, NameNote, Notes};
use crate::problem::Problem;
use crate::tree::{FileTree, Resolver};
use crate::vocabulary::LayerPosition;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Warnings about files of one image that are kept: a layer may have a million damaged ones.
const MAX_WARNINGS: usize = 100;

/// Facts of all layers.
#[derive(Default)]
pub struct NotedFacts {
    /// By the name that holds the content.
    own: HashMap<InodeContent, CatalogFacts>,
    /// By the content, whatever its name.
    content: HashMap<InodeContent, CatalogFacts>,
    named: HashMap<(InodeContent, FurtherName), CatalogFacts>,
    /// By type, name and architecture.
    supplements: HashMap<(String, String, String), PackageSupplement>,
    /// By type, name, and the directory (node) of the file that holds the supplement.
    supplements_in: HashMap<(String, String, u32), PackageSupplement>,
    /// Warnings that were left out because there are too many.
    pub more_warnings: u64,
    /// Layers with files that were not looked at under a further name.
    pub unread: Vec<LayerPosition>,
}

impl NotedFacts {
    /// Takes the notes of the next layer, of which `names` are the further names. The facts' own warnings go
    /// to `warnings`.
    pub fn take(
        &mut self,
        layer: LayerPosition,
        notes: &Notes,
        names: &[&AskedName],
        tree: &FileTree,
        warnings: &mut Vec<Problem>,
    ) {
        let Some(index) = tree.layers().get(layer.index()) else { return };
        if notes.cut {
            let message = "The layer has more package data than the limit; the rest is missing.";
            warnings.push(Problem::new("packages-limit", message).in_layer(layer));
        }
        for note in notes.notes.iter().filter(|note| (note.entry as usize) < index.len()) {
            let FileNotes { packages, content, .. } = FileNotes::parse(note);
            let path = index.entry(note.entry as usize).name();
            let directory = tree.find(path).map(|node| tree.parent(node));
            let place = (layer, note.entry);
            let mut take = |facts| self.without_others(facts, layer, path, directory, warnings);
            let (packages, content) = (take(packages), take(content));
            self.own.extend(packages.map(|facts| (place, facts)));
            self.content.extend(content.map(|facts| (place, facts)));
        }
        self.take_names(layer, notes, names, tree, warnings);
    }

    fn take_names(
        &mut self,
        layer: LayerPosition,
        notes: &Notes,
        names: &[&AskedName],
        tree: &FileTree,
        warnings: &mut Vec<Problem>,
    ) {
        let key = |note: &NameNote| (note.entry, note.name.clone());
        let known: HashMap<_, _> = notes.names.iter().map(|note| (key(note), &note.text)).collect();
        for asked in names {
            let Some(text) = known.get(&(asked.content.1, asked.name.clone())) else {
                if !self.unread.contains(&layer) {
                    self.unread.push(layer);
                }
                continue;
            };
            let Some(text) = text else { continue };
            let facts = FileNotes::parse_text(text).packages;
            let directory = Some(tree.parent(asked.node));
            let path = &asked.name.path;
            if let Some(facts) = self.without_others(facts, layer, path, directory, warnings) {
                self.named.insert((asked.content, asked.name.clone()), facts);
            }
        }
    }

    /// The facts of a file without supplements and warnings, which are taken; `None` if nothing is left.
    fn without_others(
        &mut self,
        mut facts: CatalogFacts,
        layer: LayerPosition,
        path: &[u8],
        directory: Option<u32>,
        warnings: &mut Vec<Problem>,
    ) -> Option<CatalogFacts> {
        for warning in std::mem::take(&mut facts.warnings) {
            match warnings.len() < MAX_WARNINGS {
                true => warnings.push(warning.in_layer(layer).on_path(path)),
                false => self.more_warnings += 1,
            }
        }
        for supplement in std::mem::take(&mut facts.supplements) {
            self.take_supplement(supplement, directory);
        }
        facts.log.clear();
        share_paths(&mut facts.packages);
        (!facts.is_empty()).then_some(facts)
    }

    /// What is noted about a file by the name that holds its content.
    pub fn own(&self, content: InodeContent) -> Option<&CatalogFacts> {
        self.own.get(&content)
    }

    /// What is noted about a file by its content alone.
    pub fn of_content(&self, content: InodeContent) -> Option<&CatalogFacts> {
        self.content.get(&content)
    }

    /// What is noted about a file under a further name.
    pub fn named(&self, asked: &AskedName) -> Option<&CatalogFacts> {
        self.named.get(&(asked.content, asked.name.clone()))
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
            target.own |= supplement.own;
        }
    }

    /// Adds the supplements of a package: those in the directory of one of its locations; if there are
    /// none, those of its name.
    pub fn supplement(
        &self,
        resolver: &mut Resolver<'_>,
        budget: &mut InventoryBudget,
        found: &mut FoundPackage,
    ) {
        let tree = resolver.tree();
        let FoundPackage { package, locations, .. } = found;
        let kind = || package.kind.clone();
        let name = comparable_name(&package.kind, &package.name);
        let in_directory =
            |node: u32| self.supplements_in.get(&(kind(), name.clone(), tree.parent(node)));
        let of_architecture = |architecture: &str| {
            self.supplements.get(&(kind(), name.clone(), architecture.to_owned()))
        };
        let is_own = |node: u32| in_directory(node).is_some_and(|supplement| supplement.own);
        // Another of the same name may come from a registry.
        package.own |=
            !locations.is_empty() && locations.iter().all(|location| is_own(location.node));
        // A package may come and go in one file with each layer.
        let mut directories = BTreeSet::new();
        let firsts = locations.iter().map(|location| location.node);
        let firsts = firsts.filter(|node| directories.insert(tree.parent(*node)));
        let mut supplements: Vec<&PackageSupplement> = firsts.filter_map(in_directory).collect();
        if supplements.is_empty() {
            let named = [of_architecture(&package.architecture), of_architecture("")];
            supplements.extend(named.into_iter().flatten());
        }
        let (no_files, no_licenses) = (package.files.is_empty(), package.licenses.is_empty());
        for supplement in supplements {
            if no_files {
                budget.extend(&mut package.files, &supplement.files);
            }
            if no_licenses && package.licenses.is_empty() {
                budget.extend(&mut package.licenses, &supplement.licenses);
            }
        }
        if package.kind == "deb" && package.licenses.is_empty() {
            let licenses = self.licenses_by_link(resolver, &package.name).unwrap_or_default();
            budget.extend(&mut package.licenses, licenses);
        }
    }

    /// Debian packages of one source may share a documentation folder: the others' folders are links to it.
    fn licenses_by_link(&self, resolver: &mut Resolver<'_>, name: &str) -> Option<&[String]> {
        let node = resolver.node(format!("usr/share/doc/{name}/copyright").as_bytes())?;
        let tree = resolver.tree();
        let folder = String::from_utf8_lossy(tree.name(tree.parent(node))).into_owned();
        let supplement = self.supplements.get(&("deb".to_owned(), folder, String::new()))?;
        Some(&supplement.licenses)
    }
}

/// Packages of one archive within a file have its path once.
fn share_paths(packages: &mut [Package]) {
    let mut last: Arc<str> = Arc::default();
    for package in packages {
        match package.inside == last {
            true => package.inside = Arc::clone(&last),
            false => last = Arc::clone(&package.inside),
        }
    }
}

/// A name in the form in which names are compared. Python's have several spellings (PEP 503).
fn comparable_name(kind: &str, name: &str) -> String {
    match kind {
        "pypi" => name.to_lowercase().replace(['_', '.'], "-"),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::packages::found_package::PackageLocation;
    use crate::entry::Member;
    use crate::layer::LayerIndex;
    use crate::tree::{StepBudget, merge};

    #[test]
    fn versions_of_a_package_share_the_limit_for_the_files_that_a_list_has_of_its_name() {
        let mut index = LayerIndex::default();
        index.push(&Member::file("status", 1));
        let tree = merge(vec![Arc::new(index)]);
        let node = tree.find(b"status").unwrap();
        let (kind, name, files) = ("deb".to_owned(), "a".to_owned(), vec!["f".repeat(1000)]);
        let mut facts = NotedFacts::default();
        let list = PackageSupplement { kind, name, files, ..PackageSupplement::default() };
        facts.take_supplement(list, Some(tree.parent(node)));
        let steps = StepBudget::default();
        let (mut resolver, mut budget) =
            (Resolver::new(&tree, &steps), InventoryBudget::of(9, 3500));
        let mut supplemented = |_| {
            let mut found = FoundPackage::default();
            (found.package.kind, found.package.name) = ("deb".to_owned(), "a".to_owned());
            // It came and went with each second layer.
            found.locations = (0..9).map(|layer| at(node, layer)).collect();
            facts.supplement(&mut resolver, &mut budget, &mut found);
            found.package.files.len()
        };
        let files: Vec<usize> = (0..5).map(&mut supplemented).collect();
        assert_eq!(files, [1, 1, 1, 0, 0]);
        assert!(budget.warning().is_some_and(|warning| warning.leaves_out()));
    }

    fn at(node: u32, layer: u32) -> PackageLocation {
        let (layer, until) = (LayerPosition(layer * 2), Some(LayerPosition(layer * 2 + 1)));
        PackageLocation { node, inside: Arc::default(), layer, until }
    }
}
