//! Answers about packages: the table, one package, and the files that belong to none.
//!
//! A selection of layers asks of packages what it asks of files: up to a layer, what was installed then; of
//! layers in the middle, what these brought and what they took away.

use super::answers::selection;
use super::query::{
    Cell, Column, DetailList, Details, Fact, Leads, PackageLink, Table, TableAsk, TableRow,
};
use super::rows::{self, Lines};
use super::state::Session;
use crate::analysis::base::base_layers;
use crate::analysis::packages::{FoundPackage, Inventory, PackageLocation, licence, resolve};
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::text;
use crate::tree::{FileTree, ROOT};

/// Files that are listed with a package at once.
const MAX_FILES: usize = 1000;

/// What a selection says of a package: where it is, or was.
struct Seen<'a> {
    found: &'a FoundPackage,
    place: &'a PackageLocation,
    gone: bool,
}

impl Seen<'_> {
    /// Index of the layer that brought it, or took it away.
    fn layer(&self) -> u32 {
        let until = self.place.until.filter(|_| self.gone);
        until.unwrap_or(self.place.layer).0
    }

    fn order(&self, sort: &str) -> rows::Order {
        let found = self.found;
        match sort.trim_start_matches('-') {
            "size" => rows::Order::Number(u64::MAX - found.size.unwrap_or(0)),
            "layer" => rows::Order::Number(self.layer().into()),
            "type" => rows::Order::Text(found.package.kind.clone()),
            "version" => rows::Order::Text(found.package.version.clone()),
            "license" => rows::Order::Text(licences(found)),
            _ => rows::Order::Text(found.package.name.to_lowercase()),
        }
    }
}

impl Session {
    /// What was found, once all contents were looked at.
    pub(super) fn found(&self) -> Result<(&FileTree, &Inventory), Problem> {
        self.packages_of(self.shown)
    }

    /// Layers of the base image, as far as the history tells.
    pub(super) fn base(&self) -> u32 {
        base_layers(self.shown_source().steps()).unwrap_or(0)
    }

    pub(super) fn layer_cell(&self, layer: u32) -> Cell {
        Cell::Layer(layer + 1, layer < self.base())
    }

    /// Rows of packages, or of files that belong to none.
    pub(super) fn package_table(&self, ask: &TableAsk) -> Result<Table, Problem> {
        let (tree, inventory) = self.found()?;
        let selected = selection(&ask.layers)?;
        let mut table = match ask.show.as_str() {
            "unowned" => self.unowned(tree, inventory, selected, ask),
            show if show.starts_with("sbom-") => {
                self.bill_table(inventory, ask).unwrap_or_default()
            }
            _ => self.packages_shown(tree, inventory, selected, ask),
        };
        table.shows = counts(tree, inventory, selected);
        table.shows.extend(self.bills());
        table.shows.retain(|(key, _, count)| key.is_empty() || *count > 0 || *key == ask.show);
        // What is said of all is said once, beside whatever is shown.
        if ask.show.is_empty() {
            let problems = self.attached_problems().map(ToString::to_string);
            let notes = std::iter::once(unread(inventory)).chain(problems);
            table.note = notes.filter(|note| !note.is_empty()).collect::<Vec<_>>().join(" ");
        }
        Ok(table)
    }

    fn packages_shown(
        &self,
        tree: &FileTree,
        inventory: &Inventory,
        selected: LayerSelection,
        ask: &TableAsk,
    ) -> Table {
        let wanted = |seen: &Seen<'_>| match ask.show.as_str() {
            "declared" => seen.found.package.declared,
            "installed" => !seen.found.package.declared && !seen.gone,
            "removed" => !seen.found.package.declared && seen.gone,
            _ => !seen.found.package.declared,
        };
        let seen = inventory.packages.iter().filter_map(|found| see(found, selected));
        let mut lines = Lines::default();
        for seen in seen.filter(wanted) {
            let words = searched(&seen, tree);
            if !rows::holds(&words, &ask.filter) {
                continue;
            }
            let found = seen.found;
            let layer = seen.layer();
            let order = seen.order(&ask.sort);
            let group = match ask.group.as_str() {
                "type" => found.package.kind.clone(),
                "layer" => format!("Layer {}: {}", layer + 1, self.instruction(layer)),
                "license" => licences(found),
                "directory" => directory(tree, seen.place),
                _ => String::new(),
            };
            let group_order = if ask.group == "layer" { u64::from(layer) } else { 0 };
            let row = self.package_row(&seen, layer, tree);
            lines.push(group, group_order, order, found.size.unwrap_or(0), row);
        }
        let groups = [
            ("type", "Type"),
            ("layer", "Layer"),
            ("license", "Licence"),
            ("directory", "Directory"),
        ];
        let columns = [
            ("Name", "name"),
            ("Version", "version"),
            ("Type", "type"),
            ("Licence", "license"),
            ("Size", "size"),
            ("Layer", "layer"),
            ("Found in", ""),
        ];
        let mut table = lines.table(ask, &columns);
        table.groups = groups.map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec();
        table
    }

    fn package_row(&self, seen: &Seen<'_>, layer: u32, tree: &FileTree) -> TableRow {
        let found = seen.found;
        let shown = |text: &str| text::show(text.as_bytes());
        TableRow {
            key: key(found),
            leads: Leads::Package(key(found)),
            gone: seen.gone,
            cells: vec![
                Cell::Text(shown(&found.package.name)),
                Cell::Code(shown(&found.package.version)),
                Cell::Badge(shown(&found.package.kind)),
                Cell::Text(shown(&licences(found))),
                found.size.map_or_else(|| Cell::Text("–".to_owned()), Cell::Size),
                self.layer_cell(layer),
                Cell::Code(place_words(tree, seen.place)),
            ],
            ..TableRow::default()
        }
    }

    fn unowned(
        &self,
        tree: &FileTree,
        inventory: &Inventory,
        selected: LayerSelection,
        ask: &TableAsk,
    ) -> Table {
        let mut lines = Lines::default();
        for (node, layer, size) in files_of_nobody(tree, inventory, selected) {
            let path = tree.path(node);
            let shown = format!("/{}", text::show(&path));
            if !rows::holds(&shown, &ask.filter) {
                continue;
            }
            let order = match ask.sort.trim_start_matches('-') {
                "size" => rows::Order::Number(u64::MAX - size),
                "layer" => rows::Order::Number(layer.into()),
                _ => rows::Order::Text(shown.clone()),
            };
            let row = TableRow {
                leads: Leads::File(format!("/{}", text::percent_encode(&path)), 0),
                cells: vec![Cell::Code(shown), Cell::Size(size), self.layer_cell(layer)],
                ..TableRow::default()
            };
            lines.push(String::new(), 0, order, size, row);
        }
        lines.table(ask, &[("Path", "name"), ("Size", "size"), ("Layer", "layer")])
    }

    /// All that is known of a package.
    pub(super) fn package_details(&mut self, wanted: &str) -> Result<Details, Problem> {
        let found = self.found()?.1.packages.iter().find(|found| key(found) == wanted).cloned();
        let advisories = found.map(|found| self.findings_of(&found)).unwrap_or_default();
        let (tree, inventory) = self.found()?;
        let at = inventory.packages.iter().position(|found| key(found) == wanted);
        let Some((at, found)) = at.map(|at| (at, &inventory.packages[at])) else {
            return Err(Problem::new("no-such-package", "This image has no such package.")
                .found(text::show(wanted.as_bytes())));
        };
        let places = found.locations.iter().map(|place| self.place_row(tree, place)).collect();
        let mut lists = vec![list("Found in", places, found.locations.len() as u64)];
        if !advisories.is_empty() {
            let total = advisories.len() as u64;
            lists.push(list("Advisories", advisories, total));
        }
        let files = files_of(tree, inventory, at);
        let total = files.len() as u64;
        let rows: Vec<TableRow> =
            files.iter().take(MAX_FILES).map(|n| file_row(tree, *n)).collect();
        if total > 0 {
            lists.push(list("Files", rows, total));
        }
        Ok(Details {
            title: text::show(found.package.name.as_bytes()),
            facts: self.package_facts(found),
            lists,
            text: String::new(),
        })
    }

    fn package_facts(&self, found: &FoundPackage) -> Vec<Fact> {
        let package = &found.package;
        let mut facts = Vec::new();
        let mut add = |name: &str, value: Cell, leads: Leads, copied: bool| {
            add_fact(&mut facts, name, value, leads, copied);
        };
        let shown = |text: &str| text::show(text.as_bytes());
        add("Version", Cell::Code(shown(&package.version)), Leads::Nowhere, true);
        add("Type", Cell::Badge(shown(&package.kind)), Leads::Nowhere, false);
        if found.removed() {
            let words = "removed: it is not in the final image".to_owned();
            add("State", Cell::Text(words), Leads::Nowhere, false);
        }
        if package.declared {
            let words = "declared: a lock file or manifest names it".to_owned();
            add("State", Cell::Text(words), Leads::Nowhere, false);
        }
        add("PURL", Cell::Code(shown(&found.purl)), Leads::Nowhere, true);
        add("Architecture", Cell::Text(shown(&package.architecture)), Leads::Nowhere, false);
        if let Some((name, version)) = &package.source {
            let words = shown(format!("{name} {version}").trim());
            add("Source", Cell::Text(words), Leads::Nowhere, false);
        }
        add("Licence", Cell::Text(shown(&licences(found))), Leads::Nowhere, false);
        let certain: Vec<String> =
            package.licenses.iter().filter_map(|declared| licence::normalise(declared)).collect();
        if certain != package.licenses {
            add("SPDX licence", Cell::Code(shown(&certain.join(", "))), Leads::Nowhere, true);
        }
        if let Some(size) = found.size {
            add("Size", Cell::Size(size), Leads::Nowhere, false);
        }
        add("Layer", self.layer_cell(found.layer().0), Leads::Nowhere, false);
        add("Supplier", Cell::Text(shown(&package.supplier)), Leads::Nowhere, false);
        let web = match package.homepage.starts_with("https://") {
            true => Leads::Web(package.homepage.clone()),
            false => Leads::Nowhere,
        };
        add("Homepage", Cell::Text(shown(&package.homepage)), web, false);
        for digest in &package.digests {
            add("Digest", Cell::Digest(shown(digest)), Leads::Nowhere, false);
        }
        facts
    }

    fn place_row(&self, tree: &FileTree, place: &PackageLocation) -> TableRow {
        let path = format!("/{}", text::percent_encode(&tree.path(place.node)));
        let mut cells = vec![Cell::Code(place_words(tree, place)), self.layer_cell(place.layer.0)];
        if let Some(until) = place.until {
            cells.push(Cell::Text(format!("until layer {}", until.number())));
        }
        // As it was while the package was there.
        let layer = place.until.map_or(0, |until| until.0);
        let gone = place.until.is_some();
        TableRow { leads: Leads::File(path, layer), gone, cells, ..TableRow::default() }
    }

    /// The packages that a file belongs to, or that it names.
    pub(super) fn packages_of_file(&self, node: u32) -> Vec<PackageLink> {
        let Ok((_, inventory)) = self.found() else { return Vec::new() };
        let owner = inventory.owners.of(node);
        let names = |found: &FoundPackage| found.locations.iter().any(|place| place.node == node);
        let named = inventory.packages.iter().enumerate().filter(|(_, found)| names(found));
        let named = named.map(|(at, _)| at).filter(|at| Some(*at) != owner);
        let link = |(at, owns): (usize, bool)| {
            let found = &inventory.packages[at];
            let words = format!("{} {}", found.package.name, found.package.version);
            PackageLink { name: text::show(words.as_bytes()), key: key(found), owns }
        };
        let owner = owner.map(|at| (at, true)).into_iter();
        owner.chain(named.take(100).map(|at| (at, false))).map(link).collect()
    }
}

/// A fact, unless there is nothing to say.
pub(super) fn add_fact(facts: &mut Vec<Fact>, name: &str, value: Cell, leads: Leads, copied: bool) {
    if !matches!(&value, Cell::Text(text) | Cell::Code(text) if text.is_empty()) {
        facts.push(Fact { name: name.to_owned(), value, leads, copied });
    }
}

fn list(name: &str, rows: Vec<TableRow>, total: u64) -> DetailList {
    DetailList { name: name.to_owned(), rows, total }
}

/// What tells packages apart in links.
pub(super) fn key(found: &FoundPackage) -> String {
    match found.package.declared {
        true => format!("declared:{}", found.purl),
        false => found.purl.clone(),
    }
}

pub(super) fn licences(found: &FoundPackage) -> String {
    found.package.licenses.join(", ")
}

/// Where a package is under a selection; `None`: nowhere.
fn see(found: &FoundPackage, selected: LayerSelection) -> Option<Seen<'_>> {
    let there = |place: &&PackageLocation, last: u32| {
        place.layer.0 < last && place.until.is_none_or(|until| until.0 >= last)
    };
    let was = |place: &&PackageLocation, last: u32| place.until.is_some_and(|until| until.0 < last);
    let mut places = found.locations.iter();
    let (place, gone) = match selected {
        LayerSelection::All | LayerSelection::UpTo(_) => {
            let last =
                if let LayerSelection::UpTo(last) = selected { last.get() } else { u32::MAX };
            let all = |place: &&PackageLocation| match last {
                u32::MAX => place.until.is_none(),
                last => there(place, last),
            };
            match places.clone().find(all) {
                Some(place) => (place, false),
                None => (places.rfind(|place| was(place, last))?, true),
            }
        }
        LayerSelection::Range(first, last) => {
            let (first, last) = (first.get(), last.get());
            let brought =
                |place: &&PackageLocation| place.layer.0 + 1 >= first && there(place, last);
            let taken = |place: &&PackageLocation| {
                place.until.is_some_and(|until| until.0 + 1 >= first && until.0 < last)
                    && place.layer.0 + 1 < first
            };
            match places.clone().find(brought) {
                Some(place) => (place, false),
                None => (places.find(taken)?, true),
            }
        }
    };
    Some(Seen { found, place, gone })
}

fn searched(seen: &Seen<'_>, tree: &FileTree) -> String {
    let found = seen.found;
    [&found.purl, &found.package.name, &licences(found), &place_words(tree, seen.place)]
        .map(|s| &s[..])
        .join("\n")
}

fn place_words(tree: &FileTree, place: &PackageLocation) -> String {
    let path = text::show(&tree.path(place.node));
    match place.inside.as_str() {
        "" => format!("/{path}"),
        inside => format!("/{path}!/{}", text::show(inside.as_bytes())),
    }
}

fn directory(tree: &FileTree, place: &PackageLocation) -> String {
    format!("/{}", text::show(&tree.path(tree.parent(place.node))))
}

/// How many rows each choice of `show` has.
fn counts(
    tree: &FileTree,
    inventory: &Inventory,
    selected: LayerSelection,
) -> Vec<(String, String, u64)> {
    let (mut installed, mut removed, mut declared) = (0, 0, 0);
    for seen in inventory.packages.iter().filter_map(|found| see(found, selected)) {
        match (seen.found.package.declared, seen.gone) {
            (true, _) => declared += 1,
            (false, true) => removed += 1,
            (false, false) => installed += 1,
        }
    }
    let unowned = files_of_nobody(tree, inventory, selected).count() as u64;
    let line = |key: &str, words: &str, count| (key.to_owned(), words.to_owned(), count);
    vec![
        line("", "All", installed + removed),
        line("installed", "Installed", installed),
        line("removed", "Removed", removed),
        line("declared", "Declared", declared),
        line("unowned", "Files of no package", unowned),
    ]
}

fn unread(inventory: &Inventory) -> String {
    let numbers: Vec<String> =
        inventory.unread.iter().map(|layer| layer.number().to_string()).collect();
    match &numbers[..] {
        [] => String::new(),
        [one] => format!("Layer {one} was not read: packages in it are not known."),
        several => {
            format!("Layers {} were not read: packages in them are not known.", several.join(", "))
        }
    }
}

/// Files of the final tree that no package owns: node, layer, bytes. What is no file is nobody's.
fn files_of_nobody<'a>(
    tree: &'a FileTree,
    inventory: &'a Inventory,
    selected: LayerSelection,
) -> impl Iterator<Item = (u32, u32, u64)> + 'a {
    let last = match selected {
        LayerSelection::All => u32::MAX,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => last.get(),
    };
    (ROOT + 1..tree.node_count() as u32).filter_map(move |node| {
        if inventory.owners.of(node).is_some() {
            return None;
        }
        let event = tree.state(node, last).filter(|event| event.is_there())?;
        let inode = tree.inode(event)?;
        selected.contains(event.layer.number()).then_some((node, event.layer.0, inode.size))
    })
}

/// Nodes of the files that a package has in the final tree.
fn files_of(tree: &FileTree, inventory: &Inventory, package: usize) -> Vec<u32> {
    let all = tree.layers().len() as u32;
    let there = |node: &u32| {
        let event = tree.state(*node, all);
        event.is_some_and(|event| event.is_there() && !event.is_directory())
    };
    let own = |node: &u32| inventory.owners.of(*node) == Some(package);
    let mut nodes: Vec<u32> =
        (ROOT + 1..tree.node_count() as u32).filter(own).filter(there).collect();
    if nodes.is_empty() {
        // What it lists belongs to another package, or is shared by several.
        let files = inventory.packages[package].package.files.iter();
        nodes = files.filter_map(|file| resolve(tree, file.as_bytes())).filter(there).collect();
    }
    nodes
}

fn file_row(tree: &FileTree, node: u32) -> TableRow {
    let path = tree.path(node);
    let all = tree.layers().len() as u32;
    let event = tree.state(node, all);
    let size = event.and_then(|event| tree.inode(event)).map_or(0, |inode| inode.size);
    TableRow {
        leads: Leads::File(format!("/{}", text::percent_encode(&path)), 0),
        cells: vec![Cell::Code(format!("/{}", text::show(&path))), Cell::Size(size)],
        ..TableRow::default()
    }
}

/// A column's name and what it is sorted by.
pub(super) fn columns(names: &[(&str, &str)]) -> Vec<Column> {
    let column =
        |(name, sort): &(&str, &str)| Column { name: (*name).to_owned(), sort: (*sort).to_owned() };
    names.iter().map(column).collect()
}
