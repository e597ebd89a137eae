//! What the checks look at: the final tree, what is noted about its files, the packages, the configuration, the
//! day.

use super::noted::NotedRisks;
use crate::analysis::packages::{Inventory, MAX_NOTES};
use crate::analysis::secrets::NotedSecrets;
use crate::archive::ImageSource;
use crate::layer::{Entry, Notes};
use crate::oci::{HistoryEntry, ImageConfig, RunConfig};
use crate::time::Timestamp;
use crate::tree::{FileTree, LostPath, PathEvent, ROOT, Resolver, StepBudget};
use crate::vocabulary::{LayerPosition, NodeKind};
use std::collections::{HashMap, HashSet};

/// What the checks look at.
pub struct RiskMaterial<'a> {
    pub tree: &'a FileTree,
    pub inventory: &'a Inventory,
    pub config: &'a ImageConfig,
    pub run: RunConfig,
    /// The steps that made the layers.
    pub steps: &'a [HistoryEntry],
    /// There is no configuration: a root file system, or a single layer.
    pub is_bare: bool,
    /// Today.
    pub now: Timestamp,
    notes: HashMap<(LayerPosition, u32), Noted>,
    budget: StepBudget,
}

/// Rules for private keys, by what their codes begin with.
const KEY_RULES: [&str; 2] = ["private-key", "wireguard-key"];

/// What is noted about a file that matters here.
#[derive(Default)]
struct Noted {
    risks: NotedRisks,
    /// It is, or has, a private key.
    has_key: bool,
}

/// A path of the final tree.
#[derive(Clone, Copy)]
pub struct TreeNode<'a> {
    pub node: u32,
    pub event: &'a PathEvent,
    /// `None` for a directory that no layer names.
    pub entry: Option<Entry<'a>>,
}

impl TreeNode<'_> {
    /// A file with content of its own, or another name of one.
    pub fn is_file(&self) -> bool {
        let kind = self.entry.map(|entry| entry.kind());
        matches!(kind, Some(NodeKind::File | NodeKind::HardLink)) && self.event.is_there()
    }
}

impl<'a> RiskMaterial<'a> {
    /// `notes` are those of the tree's layers, base first.
    pub fn new(
        tree: &'a FileTree,
        notes: &[&Notes],
        inventory: &'a Inventory,
        image: &'a ImageSource,
        now: Timestamp,
    ) -> RiskMaterial<'a> {
        let config = &image.config;
        RiskMaterial {
            tree,
            inventory,
            config,
            steps: image.steps(),
            run: config.run_config(),
            is_bare: config.config.is_none() && image.steps().is_empty(),
            now,
            notes: noted(notes),
            budget: StepBudget::default(),
        }
    }

    /// With so many steps to look up paths.
    #[cfg(test)]
    pub fn with_budget(self, budget: StepBudget) -> RiskMaterial<'a> {
        RiskMaterial { budget, ..self }
    }

    /// All paths of the final tree; a directory comes before what is in it.
    pub fn nodes(&self) -> impl Iterator<Item = TreeNode<'a>> + use<'a> {
        let tree = self.tree;
        (ROOT + 1..tree.node_count() as u32).filter_map(move |node| TreeNode::of(tree, node))
    }

    /// A path of the final tree, by its number.
    pub fn node(&self, node: u32) -> Option<TreeNode<'a>> {
        TreeNode::of(self.tree, node)
    }

    /// What a path leads to in the final tree, links followed. `None` does not mean that it is not there:
    /// `lacks` tells.
    pub fn find(&self, path: &[u8]) -> Option<TreeNode<'a>> {
        TreeNode::of(self.tree, self.follow(path).ok()?)
    }

    /// Whether a path certainly leads to nothing: all layers were read, and it could be looked up.
    pub fn lacks(&self, path: &[u8]) -> bool {
        let is_lost = matches!(self.follow(path), Err(LostPath::Missing | LostPath::TooManyLinks));
        is_lost && self.is_complete()
    }

    fn follow(&self, path: &[u8]) -> Result<u32, LostPath> {
        Resolver::new(self.tree, &self.budget).follow(path)
    }

    /// Whether paths could not be looked up because there were too many.
    pub fn is_spent(&self) -> bool {
        self.budget.is_spent()
    }

    /// Whether all layers were read: where one was not, a file may be in it.
    pub fn is_complete(&self) -> bool {
        self.inventory.is_complete()
    }

    /// What is noted about a file's content; `None`: nothing, or it was not read.
    pub fn noted(&self, file: TreeNode<'a>) -> Option<&NotedRisks> {
        self.note(file).map(|noted| &noted.risks)
    }

    /// Whether a file is, or has, a private key.
    pub fn has_key(&self, file: TreeNode<'a>) -> bool {
        self.note(file).is_some_and(|noted| noted.has_key)
    }

    fn note(&self, file: TreeNode<'a>) -> Option<&Noted> {
        let inode = self.tree.inode(file.event)?;
        self.notes.get(&(inode.layer, inode.entry))
    }

    /// The member that has the permissions of a path: a hard link has those of its file.
    pub fn metadata(&self, file: TreeNode<'a>) -> Option<Entry<'a>> {
        let inode = self.tree.inode(file.event).filter(|_| file.is_file());
        inode.map(|inode| self.tree.content_entry(inode)).or(file.entry)
    }

    /// The names of all files and links of the final tree.
    pub fn file_names(&self) -> HashSet<&'a [u8]> {
        let files = self.nodes().filter(|node| !node.event.is_directory());
        files.map(|node| self.tree.name(node.node)).collect()
    }

    /// Whether an installed package accounts for a path as it is: the package lists it, and the path has the mode
    /// that it had in the package's layer, or when it came.
    pub fn is_accounted(&self, file: TreeNode<'a>) -> bool {
        let owner = self.inventory.owners.of(file.node);
        let Some(found) = owner.and_then(|owner| self.inventory.packages.get(owner)) else {
            return false;
        };
        let package = &found.package;
        if package.own || package.declared || package.files.is_empty() || found.removed() {
            return false;
        }
        let layers = found.layer().0.saturating_add(1);
        let mode = |event: &PathEvent| self.tree.entry(event).map(|entry| entry.mode());
        let then = self.tree.state(file.node, layers).filter(|event| event.is_there());
        // A stage may copy the package's files after the database that lists them.
        let first = || self.tree.history(file.node).filter(|event| event.is_there()).last();
        then.or_else(first).is_some_and(|then| mode(then) == mode(file.event))
    }

    /// Files are those of Windows, whose permissions are not in a tar.
    pub fn is_windows(&self) -> bool {
        self.config.os.as_deref() == Some("windows")
    }
}

impl<'a> TreeNode<'a> {
    fn of(tree: &'a FileTree, node: u32) -> Option<TreeNode<'a>> {
        let event = tree.history(node).next().filter(|event| event.is_there())?;
        Some(TreeNode { node, event, entry: tree.entry(event) })
    }
}

/// What is noted about files that matters here. Most notes have nothing of it, and some are many megabytes.
fn noted(notes: &[&Notes]) -> HashMap<(LayerPosition, u32), Noted> {
    let mut all = HashMap::new();
    let mut bytes = 0usize;
    for (layer, notes) in (0..).map(LayerPosition).zip(notes) {
        bytes = bytes.saturating_add(notes.bytes());
        if bytes > MAX_NOTES {
            break; // the inventory says that they were not looked at
        }
        for note in &notes.notes {
            let risks = NotedRisks::in_note(&note.text);
            let is_key = |rule: &str| KEY_RULES.iter().any(|key| rule.starts_with(key));
            // Most secrets are no keys, and a note may be long.
            let has_key = KEY_RULES.iter().any(|key| note.text.contains(key))
                && NotedSecrets::in_note(&note.text).found.iter().any(|one| is_key(&one.rule));
            if has_key || !risks.is_empty() {
                all.insert((layer, note.entry), Noted { risks, has_key });
            }
        }
    }
    all
}
