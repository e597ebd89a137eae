//! What would save bytes, told for trees that are made here.

use super::*;
use crate::entry::Member;
use crate::layer::LayerIndex;
use crate::tree::merge;
use crate::vocabulary::{PackageManager, Remedy};
use std::sync::Arc;

fn member(name: &str, size: usize, mode: u32, uid: u64) -> Member {
    Member { mode, uid, ..Member::file(name, size as u64) }
}

/// A layer of files: path, content, mode and UID.
fn layer(files: &[(&str, &str, u32, u64)]) -> Arc<LayerIndex> {
    let mut index = LayerIndex::default();
    for (name, content, mode, uid) in files {
        assert!(index.push(&member(name, content.len(), *mode, *uid)));
        let mut hash = [0; 16];
        hash.iter_mut().zip(content.bytes()).for_each(|(to, from)| *to = from);
        index.push_hash(hash);
    }
    Arc::new(index)
}

/// `Remedy by from files bytes`, layers from 0.
fn savings(layers: Vec<Arc<LayerIndex>>, makers: &[Maker]) -> Vec<String> {
    let waste = waste(&merge(layers), makers);
    let line = |saving: &PossibleSaving| {
        let from = saving.from.map_or("-".to_owned(), |layer| layer.to_string());
        let FileTally { files, bytes } = saving.files;
        format!("{:?} {} {from} {files} {bytes}", saving.remedy, saving.by)
    };
    waste.savings.iter().map(line).collect()
}

#[test]
fn who_brought_a_file_decides_what_avoids_its_waste() {
    let below = [
        ("a", "aaaaaaaa", 0o644, 0),
        ("b", "bbbbbbb", 0o644, 0),
        ("c", "cccccc", 0o644, 0),
        ("d", "ddddd", 0o644, 0),
    ];
    let above = [
        ("a", "aaaaaaaa", 0o644, 7),
        ("b", "bbbbbbb", 0o755, 0),
        ("c", "C", 0o644, 0),
        (".wh.d", "", 0, 0),
    ];
    let of = |makers: &[Maker]| savings(vec![layer(&below), layer(&above)], makers);
    assert_eq!(
        of(&[Maker::Copy, Maker::Command]),
        ["CopyChown 1 0 1 8", "CopyChmod 1 0 1 7", "ChangedByRun 1 0 1 6", "MountInstead 1 0 1 5"]
    );
    assert_eq!(
        of(&[]),
        ["ChangeInSameRun 1 0 2 15", "ChangedByRun 1 0 1 6", "CleanInSameRun 1 0 1 5"],
        "without a history"
    );
    assert_eq!(
        of(&[Maker::Command, Maker::Copy]),
        ["WriteOnce 1 0 2 15", "CopiedOver 1 0 1 6", "CleanInSameRun 1 0 1 5"]
    );
    assert_eq!(of(&[Maker::Base, Maker::Copy]), ["ChangesBase 1 0 4 26"]);
    assert_eq!(of(&[Maker::Base, Maker::Base]), ["WithinBase 1 0 4 26"]);
}

#[test]
fn caches_are_found_by_their_paths_whether_removed_or_still_there() {
    let below = [
        ("var/lib/apt/lists/main", "lists", 0o644, 0),
        ("home/me/.cache/pip/wheel", "wheel!", 0o644, 0),
        ("srv/var/cache/apt/x", "not at the root", 0o644, 0),
    ];
    let found = savings(vec![layer(&below), layer(&[("var/lib/apt/.wh.lists", "", 0, 0)])], &[]);
    let pip = Remedy::CacheMount(PackageManager::Pip);
    let apt = Remedy::CacheMount(PackageManager::Apt);
    assert_eq!(found, [format!("{pip:?} 0 - 1 6"), format!("{apt:?} 1 0 1 5")]);
}

#[test]
fn what_is_seldom_needed_is_counted_where_it_is_visible() {
    let files = [
        ("app/__pycache__/a.cpython-312.pyc", "1", 0o644, 0),
        ("app/b.pyc", "22", 0o644, 0),
        ("app/.git/objects/pack/p", "333", 0o644, 0),
        ("app/.gitignore", "ignored by this", 0o644, 0),
        ("usr/share/doc/x/copyright", "4444", 0o644, 0),
        ("usr/lib/debug/.build-id/ab.debug", "55555", 0o644, 0),
        ("usr/share/locale/de/x.mo", "666666", 0o644, 0),
    ];
    assert_eq!(
        savings(vec![layer(&files)], &[]),
        [
            "Locales 0 - 1 6",
            "DebugSymbols 0 - 1 5",
            "Documentation 0 - 1 4",
            "PythonBytecode 0 - 2 3",
            "GitDirectory 0 - 1 3",
        ]
    );
}

#[test]
fn a_copy_of_a_lower_layers_content_counts_for_the_layer_that_brings_it() {
    let waste = waste(
        &merge(vec![layer(&[("a", "same", 0o644, 0)]), layer(&[("b", "same", 0o644, 0)])]),
        &[],
    );
    assert_eq!(waste.layers[0].duplicates, FileTally::default());
    assert_eq!(waste.layers[1].duplicates, FileTally { files: 1, bytes: 4 });
    assert_eq!(waste.duplicates.bytes(), 4);
}

#[test]
fn contents_that_are_not_hashed_are_not_called_equal() {
    let unhashed = || {
        let mut index = LayerIndex::default();
        assert!(index.push(&member("a", 9, 0o644, 0)));
        Arc::new(index)
    };
    let tree = merge(vec![unhashed(), unhashed()]);
    let waste = waste(&tree, &[]);
    assert_eq!(waste.classes.overwritten, FileTally { files: 1, bytes: 9 });
    let one = FileTally { files: 1, bytes: 9 };
    assert_eq!(waste.uncompared(&tree, |_| true), one);
    assert_eq!(waste.uncompared(&tree, |by| by == LayerPosition(1)), one);
    assert_eq!(waste.uncompared(&tree, |by| by == LayerPosition(0)), FileTally::default());
}
