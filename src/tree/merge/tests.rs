//! Layers are drawn: `1: a/x b=3 c->a/x 2: .wh.b` is a layer with a file of 1 byte, one of 3 and a
//! hard link, and one with a whiteout. `d/` is a directory, `s@t` a symbolic link.

use super::*;
use crate::entry::Member;
use crate::selection::LayerSelection;
use crate::text;
use crate::tree::{TreeView, ViewSettings, unchanged};

fn layers(drawn: &str) -> Vec<Arc<LayerIndex>> {
    let mut layers: Vec<LayerIndex> = Vec::new();
    for word in drawn.split_whitespace() {
        if word.strip_suffix(':').is_some_and(|number| number.parse::<u32>().is_ok()) {
            layers.push(LayerIndex::default());
            continue;
        }
        let (kind, name, link, size) = if let Some((name, target)) = word.split_once("->") {
            (NodeKind::HardLink, name, target, 0)
        } else if let Some((name, target)) = word.split_once('@') {
            (NodeKind::Symlink, name, target, 0)
        } else if word.ends_with('/') {
            (NodeKind::Directory, word, "", 0)
        } else {
            let (name, size) = word.split_once('=').unwrap_or((word, "1"));
            (NodeKind::File, name, "", size.parse().unwrap())
        };
        let member = Member { kind, link: link.into(), ..Member::file(name, size) };
        let layer = layers.last_mut().expect("a layer's number first");
        assert!(layer.push(&member));
        layer.push_hash([size as u8; 16]);
    }
    layers.into_iter().map(Arc::new).collect()
}

fn paths(drawn: &str) -> String {
    let mut paths = Vec::new();
    merge(layers(drawn)).each_path(|path| paths.push(text::show(path)));
    paths.join(" ")
}

#[test]
fn paths_are_sorted_as_the_bytes_that_they_are() {
    let drawn = "1: a-b a/x a a/ a.c/y a0 a/-z a/x-y a/x/ a/x/q B/ ab/c 2: .wh.ab é/ü";
    let shown = paths(drawn);
    let mut sorted: Vec<&str> = shown.split(' ').collect();
    assert!(sorted.is_sorted(), "{sorted:?}");
    sorted.dedup();
    assert_eq!(sorted.len(), 12, "{sorted:?}");
}

#[test]
fn layers_merge_by_the_rules() {
    for (drawn, want) in [
        ("1: a/x 2: a/.wh.x", "a"),
        ("1: a/x a/y 2: .wh.a", ""),
        ("1: a/x 2: .wh.a a/y", "a a/y"),
        ("1: a/x 2: a/y .wh.a", "a a/y"),
        ("1: a/x 2: a/y a/.wh..wh..opq", "a a/y"),
        ("1: a/b/x a/c 2: a/.wh..wh..opq", "a"),
        ("1: a/x 2: a", "a"),
        ("1: a 2: a/x", "a a/x"),
        ("1: a/x 2: a/", "a a/x"),
        ("1: a 2: .wh.a a", "a"),
        ("1: a 2: .wh.a 3: a/b", "a a/b"),
        ("1: d/f s@d 2: s/g", "d d/f s s/g"),
        ("1: .wh..wh.plnk/1 a", "a"),
        ("1: .wh. x", ".wh. x"),
        ("1: a 2: .wh..wh..opq", ""),
    ] {
        assert_eq!(paths(drawn), want, "{drawn}");
    }
}

#[test]
fn a_file_with_several_names_counts_once() {
    for (drawn, size) in [
        ("1: a=5 b->a", 5),
        ("1: a=5 2: b->a", 5),
        ("1: a=5 b->a 2: .wh.a", 5),
        ("1: a=5 b->a 2: .wh.a .wh.b", 0),
        ("1: a=5 b->a 2: a=3", 8),
        ("1: b->gone a=2", 2),
        ("1: a=5 a->a", 5),
    ] {
        assert_eq!(merge(layers(drawn)).totals().size, size, "{drawn}");
    }
    assert_eq!(merge(layers("1: b->gone")).warnings()[0].code, "hard-link-target");
}

#[test]
fn changes_are_counted_against_the_tree_below() {
    for (drawn, added, modified, removed, contribution) in [
        ("1: a=5 2: b=2", 1, 0, 0, 2),
        ("1: a=5 2: a=2", 0, 1, 0, -3),
        ("1: a=5 b 2: .wh.a", 0, 0, 1, -5),
        ("1: a=5 2: .wh.a a=7", 0, 1, 0, 2),
        ("1: d/a=5 d/b=6 2: .wh.d d/a=5", 0, 1, 1, -6),
        ("1: d/a=5 d/b=6 2: d=1", 1, 0, 2, -10),
        ("1: d=1 2: d/a=5", 1, 0, 1, 4),
        ("1: d/ 2: .wh.d", 0, 0, 0, 0),
        ("1: a 2: b b b", 1, 0, 0, 1),
    ] {
        let tree = merge(layers(drawn));
        let change = tree.changes()[1];
        let found = (change.added, change.modified, change.removed, change.contribution);
        assert_eq!(found, (added, modified, removed, contribution), "{drawn}");
    }
}

#[test]
fn what_the_final_tree_keeps_of_each_layer_sums_to_its_size() {
    let tree = merge(layers("1: a=5 b=7 c=9 2: a=4 .wh.b 3: d->c 4: .wh.c"));
    let kept: Vec<u64> = tree.changes().iter().map(|change| change.kept).collect();
    assert_eq!(kept, [9, 4, 0, 0]);
    assert_eq!(tree.totals().size, 13);
}

#[test]
fn unchanged_is_told_from_modified() {
    for (drawn, want) in [
        ("1: a=5 2: a=5", true),
        ("1: a=5 2: a=6", false),
        ("1: s@x 2: s@x", true),
        ("1: s@x 2: s@y", false),
    ] {
        let tree = merge(layers(drawn));
        let node = tree.find(&drawn.split_whitespace().nth(1).unwrap().as_bytes()[..1]).unwrap();
        let (before, after) = (tree.state(node, 1).unwrap(), tree.state(node, 2).unwrap());
        assert_eq!(unchanged(&tree, before, after), Some(want), "{drawn}");
    }
}

#[test]
fn every_state_below_the_top_is_still_there() {
    let tree = merge(layers("1: a/x=5 2: .wh.a 3: a/y=2"));
    let there = |path: &str, layers| {
        let node = tree.find(path.as_bytes()).unwrap();
        tree.state(node, layers).is_some_and(PathEvent::is_there)
    };
    assert_eq!([1, 2, 3].map(|n| there("a/x", n)), [true, false, false]);
    assert_eq!([1, 2, 3].map(|n| there("a/y", n)), [false, false, true]);
}

#[test]
fn a_layer_that_names_a_path_often_is_passed_at_once() {
    let tree = merge(layers("1: a=1 a=2 a=3 2: b 3: a=4 a=5 a=6"));
    let node = tree.find(b"a").unwrap();
    let sizes = |event: &PathEvent| tree.inode(event).map(|inode| inode.size);
    let last = tree.layer_states(node).map(sizes).collect::<Vec<_>>();
    assert_eq!(last, [Some(6), Some(3)]);
    assert_eq!(tree.history(node).count(), 6);
    let newest = tree.current(node).unwrap();
    assert_eq!(tree.event(newest.below).and_then(sizes), Some(3));
}

#[test]
fn a_view_of_one_layer_counts_as_the_layer_does() {
    for drawn in [
        "1: a b=2 2: a=5 b=2 c",
        "1: d/a d/b 2: d",
        "1: d 2: d/a",
        "1: d/a d/b e 2: .wh.d d/a .wh.e",
        "1: a/x a/y 2: a/.wh..wh..opq a/z",
    ] {
        let tree = merge(layers(drawn));
        let mut view = TreeView::new(&tree);
        let selection = LayerSelection::one(LayerPosition(1).number());
        view.set(&tree, ViewSettings { selection, ..ViewSettings::default() });
        let (seen, layer) = (view.summary(), tree.changes()[1]);
        let counted = (seen.added, seen.modified + seen.unchanged, seen.removed);
        assert_eq!(counted, (layer.added, layer.modified, layer.removed), "{drawn}");
    }
}

#[test]
fn a_range_is_shown_by_what_it_changed_or_as_the_whole_tree_with_that() {
    let tree = merge(layers("1: a b c 2: b=2 .wh.c d"));
    let shown = |whole| {
        let mut view = TreeView::new(&tree);
        let selection = LayerSelection::one(LayerPosition(1).number());
        view.set(&tree, ViewSettings { selection, whole, ..ViewSettings::default() });
        let summary = view.summary();
        (summary.paths, summary.added, summary.modified, summary.removed)
    };
    assert_eq!(shown(false), (2, 1, 1, 1));
    assert_eq!(shown(true), (3, 1, 1, 1), "a is there, too");
}

#[test]
fn a_path_through_a_symbolic_link_is_literal_and_warned_of() {
    for (drawn, found) in [
        ("1: usr/lib/a lib@usr/lib lib/b", &["lib -> usr/lib"][..]),
        ("1: usr/lib/a lib@usr/lib 2: lib/b lib/c", &["lib -> usr/lib"]),
        ("1: a@b 2: a/x/y/z", &["a -> b"]),
        ("1: d/a@b d/c@b 2: d/a/x d/c/x", &["d/a -> b", "d/c -> b"]),
        // The link is gone before, or a directory takes its place.
        ("1: lib@usr/lib 2: .wh.lib lib/b", &[]),
        ("1: lib@usr/lib 2: lib/ lib/b", &[]),
        ("1: lib/b lib@usr/lib", &[]),
        ("1: lib 2: lib/b", &[]),
    ] {
        let tree = merge(layers(drawn));
        let told: Vec<_> =
            tree.warnings().iter().map(|one| one.found.as_deref().unwrap_or_default()).collect();
        assert_eq!(told, found, "{drawn}");
        assert!(tree.warnings().iter().all(|one| one.code == "path-through-link"));
    }
    assert_eq!(paths("1: usr/lib/a lib@usr/lib lib/b"), "lib lib/b usr usr/lib usr/lib/a");
}
