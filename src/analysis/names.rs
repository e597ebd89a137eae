//! Files under further names: every name by which an image's tree reaches a file that an analysis asks for.
//!
//! - A file is an inode. Hard links are names of it like the one that holds the content, whichever comes first
//!   and whichever is removed later.
//! - A path through symbolic links is a name too, as the tree is after each layer. It matters only to an
//!   analysis that does not ask for the file where it is.
//! - A database's log is read together with the database: which log is beside it, the tree says.
//! - Pure functions of the tree and of the notes of its layers. What they ask for is read after the passes
//!   (`NameNote`), and asked for once per layer, however many images have it.

mod links;

use super::contents::{FileNotes, InspectedFile};
use crate::layer::{FurtherName, Notes};
use crate::tree::{FileTree, LastLink, PathEvent, ROOT, Resolver, StepBudget};
use crate::vocabulary::LayerPosition;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most names that are looked at; images with all packages in hard links have some ten thousand.
const MAX_NAMES: usize = 200_000;

/// Bytes of the files that are looked at under further names, each time counted.
const MAX_BYTES: u64 = 8 << 30;

/// What the name of a log has behind that of its database. Source: SQLite's documentation, "Temporary Files
/// Used By SQLite".
const LOG: &[u8] = b"-wal";

/// The content of a file: a layer, and the entry that holds it.
pub type InodeContent = (LayerPosition, u32);

/// A file to look at under a further name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedName {
    /// Where the content is.
    pub content: InodeContent,
    pub name: FurtherName,
    /// The node that stands for the name: its own, or that of the file where no node has this path.
    pub node: u32,
    /// Where the log beside it is, if there is one.
    pub log: Option<InodeContent>,
}

/// A path through symbolic links.
pub struct LinkedName {
    pub path: Vec<u8>,
    /// What it leads to after each layer in which that may have changed.
    pub states: Vec<(LayerPosition, Option<AskedName>)>,
}

/// The further names of an image's files, as far as analyses ask for them.
#[derive(Default)]
pub struct FurtherNames {
    /// By node and the layer that makes it a name.
    hard: HashMap<(u32, LayerPosition), AskedName>,
    /// Databases with a log, by node and the layer that changes one of the two; `None`: from here on there is
    /// no log.
    databases: BTreeMap<(u32, LayerPosition), Option<AskedName>>,
    pub linked: Vec<LinkedName>,
    /// There are more than are looked at.
    pub cut: bool,
    /// Bytes of the files of all names: a file is read again for each.
    bytes: u64,
}

/// Logs of databases that are noted, by their content, each with what identifies it.
pub type NotedLogs = HashMap<InodeContent, String>;

impl FurtherNames {
    /// Finds them. `logs` are those in the notes of the tree's layers.
    pub fn find(tree: &FileTree, logs: &NotedLogs) -> FurtherNames {
        let mut names = FurtherNames::default();
        names.add_hard_links(tree);
        names.add_databases(tree, logs);
        names.add_links(tree, logs);
        names
    }

    /// Everything to look at, each once.
    pub fn asked(&self) -> Vec<&AskedName> {
        let linked =
            self.linked.iter().flat_map(|one| &one.states).filter_map(|(_, at)| at.as_ref());
        let databases = self.databases.values().flatten();
        let mut asked: Vec<&AskedName> =
            self.hard.values().chain(databases).chain(linked).collect();
        asked.sort_by(|a, b| (a.content, &a.name).cmp(&(b.content, &b.name)));
        asked.dedup_by(|a, b| (a.content, &a.name) == (b.content, &b.name));
        asked
    }

    /// The name that a node is after a layer, if its file must be read under it. `event` is the node's last one then.
    pub fn at(&self, node: u32, event: &PathEvent, layer: LayerPosition) -> Option<&AskedName> {
        let databases = self.databases.range((node, LayerPosition(0))..=(node, layer));
        if let Some((_, Some(asked))) = databases.last() {
            return Some(asked);
        }
        self.hard.get(&(node, event.layer))
    }

    /// Layers that change what is at a node, beside those with events of it.
    pub fn changes(&self, node: u32) -> impl Iterator<Item = LayerPosition> {
        let all = (node, LayerPosition(0))..=(node, LayerPosition(u32::MAX));
        self.databases.range(all).map(|((_, layer), _)| *layer)
    }

    /// Nodes that are further names; some may be there twice.
    pub fn nodes(&self) -> impl Iterator<Item = u32> {
        self.hard.keys().chain(self.databases.keys()).map(|(node, _)| *node)
    }

    /// Whether there is room for another name of a file of so many bytes.
    fn has_room(&mut self, bytes: u64) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        let full = self.hard.len() + self.databases.len() + self.linked.len() >= MAX_NAMES
            || self.bytes > MAX_BYTES;
        self.cut |= full;
        !full
    }

    fn add_hard_links(&mut self, tree: &FileTree) {
        for node in ROOT + 1..tree.node_count() as u32 {
            let is_link = |event: &&PathEvent| is_further(tree, event);
            for event in tree.history(node).filter(is_link) {
                let name = FurtherName { path: tree.path(node), ..FurtherName::default() };
                let Some(asked) = ask(tree, node, event.inode, name) else { continue };
                if !self.has_room(tree.inode(event).map_or(0, |inode| inode.size)) {
                    return;
                }
                // The last event of a layer decides, and comes first.
                self.hard.entry((node, event.layer)).or_insert(asked);
            }
        }
    }

    /// Databases beside which a log is, from each layer on that changes one of the two.
    fn add_databases(&mut self, tree: &FileTree, logs: &NotedLogs) {
        if logs.is_empty() {
            return;
        }
        for log in ROOT + 1..tree.node_count() as u32 {
            let Some(name) = tree.name(log).strip_suffix(LOG) else { continue };
            let Some(database) = tree.child(tree.parent(log), name) else { continue };
            let events = tree.history(log).chain(tree.history(database));
            let layers: BTreeSet<LayerPosition> = events.map(|event| event.layer).collect();
            for layer in layers {
                let asked = with_log(tree, database, log, layer, logs);
                if !self.has_room(asked.as_ref().map_or(0, |asked| size(tree, asked))) {
                    return;
                }
                self.databases.insert((database, layer), asked);
            }
        }
    }

    fn add_links(&mut self, tree: &FileTree, logs: &NotedLogs) {
        let steps = StepBudget::default();
        let layers =
            (1..=tree.layers().len() as u32).map(|layers| Resolver::after(tree, layers, &steps));
        let mut resolvers: Vec<Resolver<'_>> = layers.collect();
        let (paths, cut) = links::linked_paths(tree, &mut resolvers, links::MAX_STEPS);
        self.cut |= cut;
        for path in paths {
            if steps.is_spent() {
                break;
            }
            let mut states: Vec<(LayerPosition, Option<AskedName>)> = Vec::new();
            for (layer, resolver) in (0..).map(LayerPosition).zip(&mut resolvers) {
                let state = through_links(resolver, &path, layer, logs);
                if states.last().is_none_or(|(_, last)| *last != state) {
                    states.push((layer, state));
                }
            }
            let asked = states.iter().filter_map(|(_, state)| state.as_ref());
            let sizes: Vec<u64> = asked.map(|asked| size(tree, asked)).collect();
            if !sizes.is_empty() {
                if !self.has_room(sizes.iter().fold(0, |sum, size| sum.saturating_add(*size))) {
                    break;
                }
                self.linked.push(LinkedName { path, states });
            }
        }
        self.cut |= steps.is_spent();
    }
}

/// A database after a layer, if a log is beside it.
fn with_log(
    tree: &FileTree,
    database: u32,
    log: u32,
    layer: LayerPosition,
    logs: &NotedLogs,
) -> Option<AskedName> {
    let inode = |node| {
        let event = tree.state(node, layer.0 + 1).filter(|event| event.is_there())?;
        Some(event.inode)
    };
    let log = content(tree, inode(log)?)?;
    let beside = logs.get(&log)?.clone();
    let name = FurtherName { path: tree.path(database), beside, ..FurtherName::default() };
    let asked = ask(tree, database, inode(database)?, name)?;
    Some(AskedName { log: Some(log), ..asked })
}

/// What a path through symbolic links leads to after a layer, if an analysis asks for it by that path.
fn through_links(
    resolver: &mut Resolver<'_>,
    path: &[u8],
    layer: LayerPosition,
    logs: &NotedLogs,
) -> Option<AskedName> {
    let resolved = resolver.resolve(path, LastLink::Followed)?;
    let tree = resolver.tree();
    let link = path.split_inclusive(|byte| *byte == b'/').take(resolved.link);
    let link = link.map(<[u8]>::len).sum::<usize>();
    let is_whole = link == path.len();
    // SQLite follows links before it looks for the log.
    let log = log_beside(tree, resolved.node, layer, logs);
    let name = FurtherName {
        path: path.to_vec(),
        link: (link - usize::from(!is_whole && link > 0)) as u32, // without the slash behind it
        real: tree.path(resolved.node),
        beside: log.map_or_else(String::new, |(_, id)| id.clone()),
    };
    if resolved.link == 0 {
        return None;
    }
    let inode = tree.state(resolved.node, layer.0 + 1)?.inode;
    let own = tree.find(path).filter(|_| is_whole);
    let asked = ask(tree, own.unwrap_or(resolved.node), inode, name)?;
    Some(AskedName { log: log.map(|(content, _)| content), ..asked })
}

/// The log beside a node after a layer, with what identifies it.
fn log_beside<'a>(
    tree: &FileTree,
    node: u32,
    layer: LayerPosition,
    logs: &'a NotedLogs,
) -> Option<(InodeContent, &'a String)> {
    if logs.is_empty() {
        return None;
    }
    let log = tree.child(tree.parent(node), &[tree.name(node), LOG].concat())?;
    let event = tree.state(log, layer.0 + 1).filter(|event| event.is_there())?;
    let content = content(tree, event.inode)?;
    Some((content, logs.get(&content)?))
}

/// The file under a further name, if an analysis asks for it.
fn ask(tree: &FileTree, node: u32, inode: u32, name: FurtherName) -> Option<AskedName> {
    let content = content(tree, inode)?;
    let entry = tree.layers()[content.0.index()].entry(content.1 as usize);
    let file = InspectedFile { path: Vec::new(), size: entry.size(), mode: entry.mode() };
    let FurtherName { path, link, real, .. } = &name;
    file.is_asked_for_as(path, *link as usize, real).then_some(AskedName {
        content,
        name,
        node,
        log: None,
    })
}

/// Bytes of the file that is looked at.
fn size(tree: &FileTree, asked: &AskedName) -> u64 {
    tree.layers()[asked.content.0.index()].entry(asked.content.1 as usize).size()
}

/// Where the content of a file is; `None` without a file.
fn content(tree: &FileTree, inode: u32) -> Option<InodeContent> {
    tree.inode_at(inode).map(|inode| (inode.layer, inode.entry))
}

/// Whether an event gives a file a name besides the one that holds its content.
pub fn is_further(tree: &FileTree, event: &PathEvent) -> bool {
    event.is_there()
        && tree
            .inode(event)
            .is_some_and(|inode| (inode.layer, inode.entry) != (event.layer, event.entry))
}

/// The logs that are noted, of layers base first. Layers of one blob have the same notes, which are looked through once.
pub fn noted_logs(notes: &[&Notes]) -> NotedLogs {
    let mut known: HashMap<*const Notes, Vec<(u32, String)>> = HashMap::new();
    let mut logs = NotedLogs::new();
    for (layer, notes) in (0..).map(LayerPosition).zip(notes) {
        let of_layer = known.entry(std::ptr::from_ref(*notes)).or_insert_with(|| logs_of(notes));
        logs.extend(of_layer.iter().map(|(entry, id)| ((layer, *entry), id.clone())));
    }
    logs
}

/// The entries whose notes have a log, with what identifies it.
fn logs_of(notes: &Notes) -> Vec<(u32, String)> {
    let own = notes.notes.iter().map(|note| (note.entry, &note.text));
    let named = notes.names.iter().filter_map(|note| Some((note.entry, note.text.as_ref()?)));
    let log = |(entry, text): (u32, &String)| {
        let log = log_in(text)?;
        Some((entry, blake3::hash(log.as_bytes()).to_hex().as_str().to_owned()))
    };
    own.chain(named).filter_map(log).collect()
}

/// The log in a note's text, as its cataloger wrote it.
pub fn log_in(text: &str) -> Option<String> {
    // Most notes have none, and some are many megabytes.
    if !text.contains("\"log\":") {
        return None;
    }
    Some(FileNotes::parse_text(text).packages.log).filter(|log| !log.is_empty())
}

#[cfg(test)]
mod tests;
