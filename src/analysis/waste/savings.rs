//! What would save bytes: for each group of files, the instruction that wastes them and the change that avoids it.
//!
//! Source: Dockerfile reference, "COPY --chown --chmod", "RUN --mount=type=cache" and "--mount=type=bind"; Docker,
//! "Building best practices".
//!
//! - A layer's instruction is known only as far as the history has it. Where it is not known, files count as made by
//!   a command.

use super::duplicates::Duplicates;
use super::hidden::HiddenFile;
use super::order::largest_first;
use super::traces::Traces;
use crate::oci::readable;
use crate::tree::{FileTree, ROOT};
use crate::vocabulary::{FileTally, HiddenClass, LayerPosition, Remedy, RewriteChange};
use std::collections::BTreeMap;

/// What kind of instruction made a layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Maker {
    /// `RUN`, or an instruction that is not known.
    #[default]
    Command,
    /// `COPY` or `ADD`.
    Copy,
    /// An instruction of the base image, as far as its end can be guessed.
    Base,
}

impl Maker {
    /// The maker that a history entry's `created_by` names.
    pub fn of(created_by: &str) -> Maker {
        match readable(created_by).0.as_str() {
            "COPY" | "ADD" => Maker::Copy,
            _ => Maker::Command,
        }
    }
}

/// Bytes that one change would save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PossibleSaving {
    pub remedy: Remedy,
    /// The layer whose instruction wastes them: the one that hid the files, or that brought what is still there.
    pub by: LayerPosition,
    /// The layer that brought the files that `by` hid; `None`: they are in the final tree.
    pub from: Option<LayerPosition>,
    pub files: FileTally,
}

/// Finds all savings, the largest first.
pub(super) fn find(
    tree: &FileTree,
    hidden: &[HiddenFile],
    duplicates: &Duplicates,
    traces: &Traces,
    makers: &[Maker],
) -> Vec<PossibleSaving> {
    let mut sums: BTreeMap<(Remedy, LayerPosition, Option<LayerPosition>), FileTally> =
        BTreeMap::new();
    let maker = |layer: LayerPosition| makers.get(layer.index()).copied().unwrap_or_default();
    for file in hidden {
        let from = file.layer(tree);
        let remedy = match (traces.at(file.node), maker(file.by)) {
            (Some(remedy @ Remedy::CacheMount(_)), Maker::Command | Maker::Copy) => remedy,
            (_, by) => of_hidden(file.class, maker(from), by),
        };
        sums.entry((remedy, file.by, Some(from))).or_default().add(file.size(tree));
    }
    for (layer, size) in duplicates.copies(tree) {
        sums.entry((Remedy::Duplicates, layer, None)).or_default().add(size);
    }
    let mut counted = vec![false; tree.inode_count()];
    for node in ROOT + 1..tree.node_count() as u32 {
        let Some(remedy) = traces.at(node) else { continue };
        let Some(event) = tree.history(node).next().filter(|event| event.is_there()) else {
            continue;
        };
        if let Some(inode) = tree.inode(event)
            && !std::mem::replace(&mut counted[event.inode as usize], true)
        {
            sums.entry((remedy, inode.layer, None)).or_default().add(inode.size);
        }
    }
    let saving = |((remedy, by, from), files)| PossibleSaving { remedy, by, from, files };
    let mut savings: Vec<PossibleSaving> = sums.into_iter().map(saving).collect();
    savings.retain(|saving| saving.files.bytes > 0);
    let order = largest_first(savings.iter().map(|saving| saving.files.bytes));
    order.map(|at| savings[at]).collect()
}

/// What avoids that a file is hidden, by what brought it and what hid it.
fn of_hidden(class: HiddenClass, from: Maker, by: Maker) -> Remedy {
    match (class, from, by) {
        (.., Maker::Base) => Remedy::WithinBase,
        (_, Maker::Base, _) => Remedy::ChangesBase,
        (HiddenClass::Removed, Maker::Copy, _) => Remedy::MountInstead,
        (HiddenClass::Removed, Maker::Command, _) => Remedy::CleanInSameRun,
        (HiddenClass::Overwritten, _, Maker::Copy) => Remedy::CopiedOver,
        (HiddenClass::Overwritten, _, Maker::Command) => Remedy::ChangedByRun,
        (HiddenClass::Rewritten(_), _, Maker::Copy)
        | (HiddenClass::Rewritten(RewriteChange::Times | RewriteChange::Nothing), ..) => {
            Remedy::WriteOnce
        }
        (HiddenClass::Rewritten(RewriteChange::Mode), Maker::Copy, _) => Remedy::CopyChmod,
        (HiddenClass::Rewritten(RewriteChange::Owner), Maker::Copy, _) => Remedy::CopyChown,
        (HiddenClass::Rewritten(_), ..) => Remedy::ChangeInSameRun,
    }
}
