//! Rows and numbers of packages, and the packages of a file.
//!
//! A selection of layers means for packages what it means for files: up to a layer, what was installed then;
//! of layers in the middle, what these brought and what they removed.

use super::instructions::{LayerCells, layer_instruction};
use super::table_part::{GroupKey, Line, SortKey, TextFilter, part};
use super::unowned::unowned_files;
use crate::analysis::packages::{FoundPackage, Inventory, PackageLocation};
use crate::problem::Problem;
use crate::protocol::{
    FilePackage, FileRelation, GroupLabel, PackageColumn, PackageGroup, PackageNumbers, PackageRow,
    PackageShow, PackageTable, SinceInstalled, TablePart,
};
use crate::selection::LayerSelection;
use crate::session::found::{licences, package_key};
use crate::session::state::Session;
use crate::text::Shown;
use crate::tree::{FileTree, PathEvent, unchanged};
use crate::vocabulary::{ImagePosition, LayerPosition};

/// Packages that are answered with a file.
const MAX_FILE_PACKAGES: usize = 100;

/// A package under a selection.
struct SelectedPackage<'a> {
    found: &'a FoundPackage,
    /// Where it is, or was.
    location: &'a PackageLocation,
    /// The selection removed it.
    removed: bool,
}

impl SelectedPackage<'_> {
    /// The layer that brought it, or removed it.
    fn layer(&self) -> LayerPosition {
        let until = self.location.until.filter(|_| self.removed);
        until.unwrap_or(self.location.layer)
    }

    fn is_shown(&self, show: PackageShow) -> bool {
        match (show, self.found.package.declared) {
            (PackageShow::Declared, declared) => declared,
            (_, true) => false,
            (PackageShow::Found, _) => true,
            (PackageShow::Installed, _) => !self.removed,
            (PackageShow::Removed, _) => self.removed,
        }
    }

    fn sort_key(&self, column: PackageColumn) -> SortKey {
        let package = &self.found.package;
        match column {
            PackageColumn::Name => SortKey::Text(package.name.to_lowercase()),
            PackageColumn::Version => SortKey::Text(package.version.clone()),
            PackageColumn::Type => SortKey::Text(package.kind.clone()),
            PackageColumn::Licence => SortKey::Text(licences(self.found)),
            PackageColumn::Size => SortKey::largest_first(self.found.size.unwrap_or(0)),
            PackageColumn::Layer => SortKey::Number(self.layer().0.into()),
        }
    }

    fn group_key(&self, group: Option<PackageGroup>, tree: &FileTree) -> GroupKey {
        match group {
            None => GroupKey::default(),
            Some(PackageGroup::Type) => GroupKey::text(&self.found.package.kind),
            Some(PackageGroup::Layer) => GroupKey::number(self.layer().0.into()),
            Some(PackageGroup::Licence) => GroupKey::text(licences(self.found)),
            Some(PackageGroup::Directory) => {
                let directory = tree.path(tree.parent(self.location.node));
                GroupKey::text(format!("/{}", Shown::new(directory)))
            }
        }
    }

    fn row(&self, tree: &FileTree, inventory: &Inventory, cells: &LayerCells) -> PackageRow {
        let package = &self.found.package;
        PackageRow {
            key: package_key(self.found),
            name: Shown::new(&package.name),
            version: Shown::new(&package.version),
            kind: Shown::new(&package.kind),
            licences: Shown::new(licences(self.found)),
            size: self.found.size,
            layer: cells.cell(self.layer()),
            place: shown_location(tree, self.location),
            removed: self.removed,
            stopped_at: Shown::new(&package.state),
            own: package.own,
            part_of: self
                .owner(inventory)
                .map(|owner| Shown::new(&owner.package.name))
                .unwrap_or_default(),
        }
    }

    /// The package of a distribution that lists the file of a program, which was found by its version.
    fn owner<'a>(&self, inventory: &'a Inventory) -> Option<&'a FoundPackage> {
        let by_version = self.found.package.kind == "generic" && !self.removed;
        let owner = inventory.owners.of(self.location.node).filter(|_| by_version)?;
        let owner = inventory.packages.get(owner)?;
        (owner.package.kind != "generic" && !owner.package.files.is_empty()).then_some(owner)
    }
}

impl Session {
    /// Rows of packages.
    pub(super) fn package_part(
        &self,
        table: &PackageTable,
    ) -> Result<TablePart<PackageRow>, Problem> {
        let (tree, inventory) = self.packages_of(table.image)?;
        let open = self.image(table.image)?;
        let filter = TextFilter::new(&table.filter);
        let selected = inventory.packages.iter().filter_map(|found| select(found, table.layers));
        let shown = selected.filter(|selected| selected.is_shown(table.show)).filter(|selected| {
            let found = selected.found;
            // Without a filter, no place is written.
            filter.is_empty() || {
                let (place, licences) = (shown_location(tree, selected.location), licences(found));
                filter.matches([&found.purl, &found.package.name, &licences, place.as_str()])
            }
        });
        let lines = shown.map(|selected| Line {
            sort: selected.sort_key(table.sort.by),
            group: selected.group_key(table.group, tree),
            size: selected.found.size.unwrap_or(0),
            item: selected,
        });
        let label = |line: &Line<SelectedPackage<'_>>| match table.group {
            Some(PackageGroup::Layer) => {
                let layer = line.item.layer();
                let instruction = layer_instruction(open, layer);
                GroupLabel::Layer { number: layer.number(), instruction }
            }
            _ if line.group.text.is_empty() => GroupLabel::None,
            _ => GroupLabel::Text(Shown::new(&line.group.text)),
        };
        let label = table.group.is_some().then_some(&label as _);
        let cells = LayerCells::of(self, table.image);
        let (reversed, rows) = (table.sort.reversed, table.rows);
        Ok(part(lines.collect(), reversed, label, rows, |selected| {
            selected.row(tree, inventory, &cells)
        }))
    }

    /// Numbers of packages, and of files that no package owns.
    pub(super) fn package_numbers(
        &self,
        image: ImagePosition,
        layers: LayerSelection,
    ) -> Result<PackageNumbers, Problem> {
        let (tree, inventory) = self.packages_of(image)?;
        let open = self.image(image)?;
        let mut numbers = PackageNumbers {
            unowned_files: unowned_files(tree, inventory, layers).count() as u64,
            sboms: super::sboms::attached_sboms(open),
            unread: self.unread_layers(open, self.built(image)?),
            partial: self.partial_layers(open, self.built(image)?),
            problems: inventory.warnings.clone(),
            ..PackageNumbers::default()
        };
        let unreadable = open.attached.iter().filter_map(|known| known.content.as_ref().err());
        numbers.problems.extend(unreadable.cloned());
        for selected in inventory.packages.iter().filter_map(|found| select(found, layers)) {
            *match (selected.found.package.declared, selected.removed) {
                (true, _) => &mut numbers.declared,
                (false, true) => &mut numbers.removed,
                (false, false) => &mut numbers.installed,
            } += 1;
        }
        Ok(numbers)
    }
}

/// The package that owns a file in the tree of the first `layers` layers, then those whose metadata it holds, and how many
/// these are.
pub(super) fn of_file(
    tree: &FileTree,
    inventory: &Inventory,
    node: u32,
    layers: u32,
) -> (Vec<FilePackage>, u32) {
    let owner = inventory.owners.of(node);
    let names = |found: &FoundPackage| found.locations.iter().any(|place| place.node == node);
    let named: Vec<usize> = (0..inventory.packages.len())
        .filter(|&at| Some(at) != owner && names(&inventory.packages[at]))
        .collect();
    let package = |at: usize, relation| {
        let found = &inventory.packages[at];
        FilePackage {
            key: package_key(found),
            name: Shown::new(&found.package.name),
            version: Shown::new(&found.package.version),
            relation,
        }
    };
    let owner = owner.map(|at| {
        let since = match names(&inventory.packages[at]) {
            true => SinceInstalled::NotTold, // the file is the package
            false => since_installed(tree, node, layers, inventory.packages[at].layer()),
        };
        package(at, FileRelation::Owner { since })
    });
    let listed = named.iter().take(MAX_FILE_PACKAGES);
    let listed = listed.map(|&at| package(at, FileRelation::Names));
    (owner.into_iter().chain(listed).collect(), named.len() as u32)
}

/// What layers did to a node after the layer that installed its package, in the tree of the first `layers` layers.
fn since_installed(
    tree: &FileTree,
    node: u32,
    layers: u32,
    installed: LayerPosition,
) -> SinceInstalled {
    let now = tree.state(node, layers).filter(|event| event.is_there() && !event.is_directory());
    if now.is_none() || installed.0 >= layers {
        return SinceInstalled::NotTold;
    }
    let events = tree.layer_states(node).filter(|event| event.layer.0 < layers);
    let events: Vec<&PathEvent> = events.collect();
    // What only later layers have is no file of the package.
    if !events.iter().any(|event| event.layer <= installed && event.is_there()) {
        return SinceInstalled::NotTold;
    }
    for pair in events.windows(2).take_while(|pair| pair[0].layer > installed) {
        let same = match pair[1].is_there() {
            true => unchanged(tree, pair[1], pair[0]),
            false => Some(false),
        };
        match same {
            Some(true) => {}
            Some(false) => {
                let (installed, by) = (installed.number(), pair[0].layer.number());
                return SinceInstalled::Changed { installed, by };
            }
            None => return SinceInstalled::NotTold,
        }
    }
    SinceInstalled::Unchanged { installed: installed.number() }
}

/// A package under a selection; `None`: it is not part of it.
fn select(found: &FoundPackage, selection: LayerSelection) -> Option<SelectedPackage<'_>> {
    let mut locations = found.locations.iter();
    let (location, removed) = match selection {
        LayerSelection::All => match locations.clone().find(|place| place.until.is_none()) {
            Some(place) => (place, false),
            None => (locations.next_back()?, true),
        },
        LayerSelection::UpTo(last) => {
            let last = last.position();
            match locations.clone().find(|place| exists_after(place, last)) {
                Some(place) => (place, false),
                None => (locations.rfind(|place| removed_by(place, last))?, true),
            }
        }
        LayerSelection::Range(first, last) => {
            let (first, last) = (first.position(), last.position());
            let brought =
                |place: &&PackageLocation| place.layer >= first && exists_after(place, last);
            let taken = |place: &&PackageLocation| {
                place.layer < first
                    && removed_by(place, last)
                    && place.until.is_some_and(|until| until >= first)
            };
            match locations.clone().find(brought) {
                Some(place) => (place, false),
                None => (locations.find(taken)?, true),
            }
        }
    };
    Some(SelectedPackage { found, location, removed })
}

/// Whether a package exists at a location after a layer.
fn exists_after(place: &PackageLocation, last: LayerPosition) -> bool {
    place.layer <= last && place.until.is_none_or(|until| until > last)
}

/// Whether a layer, or one below it, removed a package from a location.
fn removed_by(place: &PackageLocation, last: LayerPosition) -> bool {
    place.until.is_some_and(|until| until <= last)
}

/// Where a package was found: its file, and the place within an archive.
pub(super) fn shown_location(tree: &FileTree, place: &PackageLocation) -> Shown {
    let path = tree.path(place.node);
    match &*place.inside {
        "" => Shown::new([b"/", &path[..]].concat()),
        inside => Shown::new([b"/", &path[..], b"!/", inside.as_bytes()].concat()),
    }
}
