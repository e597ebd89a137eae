//! The report's `waste`.

use super::shapes::{
    DuplicateGroupReport, DuplicatesReport, FilesReport, HiddenFileReport, HiddenReport,
    LayerWasteReport, RewrittenReport, WasteReport,
};
use crate::analysis::waste::{DuplicateGroup, HiddenFile, ImageWaste};
use crate::text;
use crate::tree::FileTree;
use crate::vocabulary::{ClassTallies, FileTally, HiddenClass, RewriteChange};

/// What an image wastes.
pub(super) fn waste_report(waste: &ImageWaste, tree: &FileTree) -> WasteReport {
    let by_layer = waste.by_layer().map(|(layer, FileTally { files, bytes })| LayerWasteReport {
        layer,
        files,
        bytes,
    });
    WasteReport {
        hidden: hidden(&waste.classes),
        by_layer: by_layer.collect(),
        paths: paths(&waste.hidden, tree),
        duplicates: DuplicatesReport {
            groups: waste.duplicates.groups.len() as u64,
            files: waste.duplicates.files(),
            bytes: waste.duplicates.bytes(),
            paths: waste.duplicates.groups.iter().map(|g| group(waste, g, tree)).collect(),
        },
    }
}

fn files(tally: FileTally) -> FilesReport {
    FilesReport { files: tally.files, bytes: tally.bytes }
}

fn hidden(classes: &ClassTallies) -> HiddenReport {
    let by = |change| files(classes.rewritten_by(change));
    let (all, rewritten) = (classes.all(), classes.rewritten());
    HiddenReport {
        files: all.files,
        bytes: all.bytes,
        removed: files(classes.removed),
        overwritten: files(classes.overwritten),
        rewritten: RewrittenReport {
            files: rewritten.files,
            bytes: rewritten.bytes,
            mode: by(RewriteChange::Mode),
            owner: by(RewriteChange::Owner),
            xattrs: by(RewriteChange::Xattrs),
            times: by(RewriteChange::Times),
            nothing: by(RewriteChange::Nothing),
        },
    }
}

/// The largest first, those of one size by path and layer.
fn paths(hidden: &[HiddenFile], tree: &FileTree) -> Vec<HiddenFileReport> {
    let mut paths: Vec<HiddenFileReport> = hidden.iter().map(|file| path(file, tree)).collect();
    paths.sort_by(|a, b| {
        let by_path = || a.path.cmp(&b.path);
        b.size.cmp(&a.size).then_with(by_path).then(a.layer.cmp(&b.layer))
    });
    paths
}

fn path(file: &HiddenFile, tree: &FileTree) -> HiddenFileReport {
    let (class, changed) = match file.class {
        HiddenClass::Removed => ("removed", None),
        HiddenClass::Overwritten => ("overwritten", None),
        HiddenClass::Rewritten(change) => ("rewritten", Some(change.name())),
    };
    HiddenFileReport {
        path: shown(tree, file.node),
        layer: file.layer(tree),
        by: file.by,
        class,
        changed,
        size: file.size(tree),
    }
}

fn group(waste: &ImageWaste, group: &DuplicateGroup, tree: &FileTree) -> DuplicateGroupReport {
    let mut paths: Vec<String> =
        waste.duplicates.nodes(group).iter().map(|node| shown(tree, *node)).collect();
    paths.sort_unstable();
    DuplicateGroupReport { size: group.size, paths }
}

fn shown(tree: &FileTree, node: u32) -> String {
    format!("/{}", text::show(&tree.path(node)))
}
