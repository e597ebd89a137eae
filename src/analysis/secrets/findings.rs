//! All secrets of an image: those that were noted in files, and those of its configuration.
//!
//! - Each layer's file counts, also one that a later layer removes or overwrites: the layer still has it.
//! - A file of an installed package that no later layer changed is the package's own: it is listed apart, and is
//!   no alarm.

use super::configuration::{SecretsOfConfiguration, configuration_secrets};
use super::finding::{SecretFinding, SecretPlace};
use super::found::NotedSecrets;
use super::matching::RULES;
use crate::analysis::packages::Inventory;
use crate::archive::ImageSource;
use crate::layer::Notes;
use crate::problem::Problem;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::LayerPosition;
use std::collections::HashMap;

/// Most secrets of an image.
pub const MAX_FINDINGS: usize = 10_000;

/// All secrets of an image.
#[derive(Default)]
pub struct SecretFindings {
    /// Those of the configuration first, then those of files, base first.
    pub findings: Vec<SecretFinding>,
    /// Layers whose files were not searched.
    pub unsearched: Vec<LayerPosition>,
    /// There are more than are listed.
    pub cut: bool,
    /// What could not be searched.
    pub warnings: Vec<Problem>,
}

/// Combines what was noted in a tree's layers, base first, with the image's configuration.
pub fn secret_findings(
    tree: &FileTree,
    notes: &[&Notes],
    inventory: &Inventory,
    image: &ImageSource,
) -> SecretFindings {
    let SecretsOfConfiguration { findings, cut, .. } =
        configuration_secrets(&image.config, image.steps(), MAX_FINDINGS);
    let mut found = SecretFindings { findings, cut, ..SecretFindings::default() };
    let mut live = None;
    for (layer, notes) in (0..).map(LayerPosition).zip(notes) {
        let Some(index) = tree.layers().get(layer.index()) else { continue };
        if !notes.searched && !index.is_empty() {
            found.unsearched.push(layer);
        }
        found.cut |= notes.cut;
        for note in notes.notes.iter().filter(|note| (note.entry as usize) < index.len()) {
            if found.is_full() && found.cut {
                break;
            }
            let secrets = NotedSecrets::in_note(&note.text);
            found.cut |= secrets.cut;
            if secrets.found.is_empty() {
                continue;
            }
            let live = live.get_or_insert_with(|| live_contents(tree));
            let node = live.get(&(layer, note.entry)).copied();
            let package = node.and_then(|node| owner(inventory, node, layer));
            let path = index.entry(note.entry as usize).name().to_vec();
            for secret in secrets.found {
                // A saved inspection may have been written by another version, or by anyone.
                let Some(rule) = RULES.named(&secret.rule) else { continue };
                let place = SecretPlace::File {
                    path: path.clone(),
                    layer,
                    line: (secret.line > 0).then_some(secret.line),
                    removed: node.is_none(),
                    package,
                };
                found.add(SecretFinding { rule, place, masked: secret.masked });
            }
        }
    }
    if found.cut {
        let message = "Secrets may be missing: a text has more than are listed or takes too long to search, or files of a layer say more than is kept.";
        found.warnings.push(Problem::new("secrets-limit", message));
    }
    for layer in &found.unsearched {
        let message = "The files of the layer were not searched for secrets.";
        found.warnings.push(Problem::new("secrets-not-searched", message).in_layer(*layer));
    }
    found
}

impl SecretFindings {
    /// Layers whose files are not known, or were not searched.
    pub fn unread(&self, inventory: &Inventory) -> Vec<LayerPosition> {
        let mut unread = [&inventory.unread[..], &self.unsearched].concat();
        unread.sort_unstable();
        unread.dedup();
        unread
    }

    fn add(&mut self, finding: SecretFinding) {
        match self.is_full() {
            true => self.cut = true,
            false => self.findings.push(finding),
        }
    }

    fn is_full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }
}

/// The contents that the final tree has, each with a node that shows it.
fn live_contents(tree: &FileTree) -> HashMap<(LayerPosition, u32), u32> {
    let all = tree.layers().len() as u32;
    let mut live = HashMap::new();
    for node in ROOT + 1..tree.node_count() as u32 {
        let state = tree.state(node, all).filter(|event| event.is_there());
        if let Some(inode) = state.and_then(|event| tree.inode(event)) {
            live.entry((inode.layer, inode.entry)).or_insert(node);
        }
    }
    live
}

/// The installed package that owns a node, if the node's content is not newer than the package.
fn owner(inventory: &Inventory, node: u32, layer: LayerPosition) -> Option<usize> {
    let position = inventory.owners.of(node)?;
    let found = inventory.packages.get(position)?;
    (!found.package.own && !found.removed() && layer <= found.layer()).then_some(position)
}
