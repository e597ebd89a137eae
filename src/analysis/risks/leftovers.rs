//! What a build left behind in the final image: caches of package managers, Git, temporary files, an editor's files.
//!
//! Sources: the paths are those of `analysis/waste/traces.rs`; the XDG base directory specification (`.cache`); the
//! manuals of Vim (swap files), Emacs (backup files) and macOS (`.DS_Store`).
//!
//! - Files of packages don't count, nor do empty ones.

use super::check::{RiskBasis, RiskCheck};
use super::material::{RiskMaterial, TreeNode};
use super::risk::{MAX_OF_CHECK, Risk, RiskFindings};
use crate::analysis::waste::Traces;
use crate::text::{byte_count, grouped};
use crate::vocabulary::{LayerPosition, PackageManager, Remedy, RiskSeverity};
use std::collections::BTreeMap;

pub static CHECKS: &[&RiskCheck] =
    &[&GIT_FOLDER, &PACKAGE_CACHE, &LANGUAGE_CACHE, &USER_CACHE, &TEMPORARY_FILES, &EDITOR_FILES];

static GIT_FOLDER: RiskCheck = RiskCheck {
    code: "git-folder",
    title: "Git repository",
    severity: RiskSeverity::Medium,
    basis: RiskBasis::Files,
    why: "It has all versions of all files, those that were removed because they hold secrets included.",
    advice: "Write .git into .dockerignore, or remove it in the same RUN that cloned.",
    aliases: &["dockle DKL-LI-0003"],
};

static PACKAGE_CACHE: RiskCheck = RiskCheck {
    code: "package-manager-cache",
    title: "Cache of a package manager",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "Lists and archives of packages are needed for installing only. Old lists make later builds install old \
          packages.",
    advice: "Mount the cache with RUN --mount=type=cache, or clean it in the RUN that installs: rm -rf \
             /var/lib/apt/lists/*, apk add --no-cache, dnf clean all.",
    aliases: &[
        "dockle DKL-DI-0004",
        "dockle DKL-DI-0005",
        "Trivy DS019",
        "Trivy DS020",
        "Trivy DS025",
    ],
};

static LANGUAGE_CACHE: RiskCheck = RiskCheck {
    code: "language-cache",
    title: "Cache of a language's packages",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "What pip, npm and others downloaded is needed for installing only.",
    advice: "Mount the cache with RUN --mount=type=cache, or switch it off, as with pip install --no-cache-dir.",
    aliases: &["dockle DKL-LI-0003"],
};

static USER_CACHE: RiskCheck = RiskCheck {
    code: "user-cache",
    title: "Cache of a user",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "Programs of the build left files that the image does not need, and that may tell about the build.",
    advice: "Remove the folder in the same RUN, or mount it with RUN --mount=type=cache.",
    aliases: &["dockle DKL-LI-0003"],
};

static TEMPORARY_FILES: RiskCheck = RiskCheck {
    code: "temporary-files",
    title: "Temporary files",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "Installers and archives that a build unpacked stay in every container.",
    advice: "Remove them in the same RUN, or mount the folder with RUN --mount=type=tmpfs.",
    aliases: &["dockle DKL-LI-0003"],
};

static EDITOR_FILES: RiskCheck = RiskCheck {
    code: "editor-files",
    title: "Files of an editor",
    severity: RiskSeverity::Low,
    basis: RiskBasis::Files,
    why: "Backups and swap files have earlier versions of what was edited; folders of projects tell about the \
          developer's machine.",
    advice: "Write their names into .dockerignore.",
    aliases: &["dockle DKL-LI-0003"],
};

/// What is left in one folder.
struct LeftFiles {
    check: &'static RiskCheck,
    files: u64,
    bytes: u64,
    /// Bytes by layer.
    layers: BTreeMap<LayerPosition, u64>,
}

pub fn find(image: &RiskMaterial<'_>, found: &mut RiskFindings) {
    let tree = image.tree;
    let traces = Traces::of(tree);
    // The topmost folder of its kind above each path. A parent's number is smaller than its children's.
    let mut tops: Vec<Option<(u32, &'static RiskCheck)>> = vec![None; tree.node_count()];
    let mut left: BTreeMap<u32, LeftFiles> = BTreeMap::new();
    let mut of_check: BTreeMap<&str, usize> = BTreeMap::new();
    let mut counted = vec![false; tree.inode_count()];
    for node in image.nodes() {
        let above = tops.get(tree.parent(node.node) as usize).copied().flatten();
        let here = traces.at(node.node).and_then(of_trace);
        let here = here.or_else(|| by_name(image, node)).map(|check| (node.node, check));
        // A cache within a user's cache is listed by itself.
        let top = match (above, here) {
            (Some((_, upper)), Some((_, lower)))
                if *upper == USER_CACHE && *lower != USER_CACHE =>
            {
                here
            }
            (Some(_), _) => above,
            (None, here) => here,
        };
        if let Some(slot) = tops.get_mut(node.node as usize) {
            *slot = top;
        }
        let Some((top, check)) = top.filter(|_| node.is_file()) else { continue };
        let Some(inode) = tree.inode(node.event).filter(|inode| inode.size > 0) else { continue };
        let seen =
            counted.get_mut(node.event.inode as usize).map(|seen| std::mem::replace(seen, true));
        if seen != Some(false) || image.is_accounted(node) {
            continue;
        }
        if !left.contains_key(&top) {
            let listed = of_check.entry(check.code).or_default();
            if *listed == MAX_OF_CHECK {
                found.leave_out(check);
                continue;
            }
            *listed += 1;
        }
        let files = left.entry(top).or_insert_with(|| LeftFiles {
            check,
            files: 0,
            bytes: 0,
            layers: BTreeMap::new(),
        });
        files.files += 1;
        files.bytes = files.bytes.saturating_add(inode.size);
        let of_layer = files.layers.entry(inode.layer).or_default();
        *of_layer = of_layer.saturating_add(inode.size);
    }
    for (top, files) in left {
        let layer = files.layers.iter().max_by_key(|(_, bytes)| **bytes).map(|(layer, _)| *layer);
        let alone = image.node(top).is_some_and(|node| node.is_file());
        let message = match (alone, files.files) {
            (true, _) => format!("{}.", byte_count(files.bytes)),
            (false, 1) => format!("1 file of {}.", byte_count(files.bytes)),
            (false, count) => format!("{} files of {}.", grouped(count), byte_count(files.bytes)),
        };
        let risk = Risk::new(files.check, message);
        found.add(risk.at(tree.path(top), layer.unwrap_or_default()));
    }
}

/// The check of a path that is known by its name as something an image seldom needs.
fn of_trace(trace: Remedy) -> Option<&'static RiskCheck> {
    use PackageManager as Manager;
    match trace {
        Remedy::GitDirectory => Some(&GIT_FOLDER),
        Remedy::CacheMount(
            Manager::Apt | Manager::Apk | Manager::Dnf | Manager::Zypper | Manager::Pacman,
        ) => Some(&PACKAGE_CACHE),
        Remedy::CacheMount(_) => Some(&LANGUAGE_CACHE),
        _ => None,
    }
}

fn by_name(image: &RiskMaterial<'_>, node: TreeNode<'_>) -> Option<&'static RiskCheck> {
    const EDITORS: [&[u8]; 2] = [b".idea", b".vscode"];
    const DESKTOP: [&[u8]; 2] = [b".DS_Store", b"Thumbs.db"];
    let name = image.tree.name(node.node);
    let is_swap = name.starts_with(b".") && (name.ends_with(b".swp") || name.ends_with(b".swo"));
    let is_backup = name.len() > 1 && name.ends_with(b"~");
    let is_directory = node.event.is_directory();
    match name {
        b".cache" if is_directory => Some(&USER_CACHE),
        b"tmp" if is_directory && is_temporary(image, node.node) => Some(&TEMPORARY_FILES),
        name if is_directory && EDITORS.contains(&name) => Some(&EDITOR_FILES),
        name if !is_directory && (DESKTOP.contains(&name) || is_swap || is_backup) => {
            Some(&EDITOR_FILES)
        }
        _ => None,
    }
}

/// `/tmp` and `/var/tmp`.
fn is_temporary(image: &RiskMaterial<'_>, node: u32) -> bool {
    matches!(&image.tree.path(node)[..], b"tmp" | b"var/tmp")
}
