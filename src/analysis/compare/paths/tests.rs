//! One path in two images, in each way in which it can differ.

use super::*;
use crate::entry::Member;
use crate::layer::LayerIndex;
use crate::tree::merge;
use std::sync::Arc;

/// A file of this size.
pub fn file(name: &str, size: u64) -> Member {
    Member { mtime: (7, 0), ..Member::file(name, size) }
}

fn link(kind: NodeKind, name: &str, target: &str) -> Member {
    Member { kind, link: target.into(), ..file(name, 0) }
}

/// A tree of these members. A file's content is as its size says.
fn tree(members: &[Member]) -> FileTree {
    merge(vec![index(members)])
}

fn index(members: &[Member]) -> Arc<LayerIndex> {
    let mut index = LayerIndex::default();
    for member in members {
        assert!(index.push(member));
        index.push_hash([member.size as u8; 16]);
    }
    Arc::new(index)
}

/// The paths that differ between two trees, each with its class.
fn differences(a: &[Member], b: &[Member]) -> String {
    let (a, b) = (tree(a), tree(b));
    let compared = compare(&a, &b, LeftOut::default());
    let counted: u64 = compared.totals.iter().map(|totals| totals.paths).sum();
    assert_eq!(counted, compared.list.len() as u64);
    let one = |path: &DifferentPath| {
        format!("{} {:?}", String::from_utf8(path.path(&a, &b)).unwrap(), path.difference)
    };
    compared.list.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What makes one file `f` another.
fn difference(change: impl Fn(&mut Member)) -> String {
    let mut changed = file("f", 3);
    change(&mut changed);
    differences(&[file("f", 3)], &[changed])
}

#[test]
fn the_first_class_that_fits_is_told() {
    assert_eq!(difference(|_| {}), "");
    assert_eq!(difference(|member| member.mtime = (7, 5)), "", "nanoseconds do not count");
    assert_eq!(difference(|member| member.user = b"root".to_vec()), "", "nor do names of owners");
    assert_eq!(difference(|member| member.mtime = (8, 0)), "f Time");
    assert_eq!(difference(|member| (member.mode, member.mtime) = (0o600, (8, 0))), "f Metadata");
    assert_eq!(difference(|member| member.gid = 1), "f Metadata");
    assert_eq!(difference(|member| member.xattrs = vec![(b"a".into(), b"b".into())]), "f Metadata");
    assert_eq!(difference(|member| (member.size, member.mode) = (4, 0o600)), "f Content");
    assert_eq!(difference(|member| member.kind = NodeKind::Symlink), "f Type");
    assert_eq!(difference(|member| member.name = b"g".to_vec()), "f Removed, g Added");
}

#[test]
fn times_and_owners_can_be_left_out() {
    let changed = Member { mtime: (8, 0), uid: 7, ..file("f", 3) };
    let classes = |text| {
        let (a, b) = (tree(&[file("f", 3)]), tree(std::slice::from_ref(&changed)));
        let compared = compare(&a, &b, LeftOut::parse(text).unwrap());
        compared.list.iter().map(|path| path.difference).collect::<Vec<_>>()
    };
    assert_eq!(classes("times"), [PathDifference::Metadata]);
    assert_eq!(classes("owners"), [PathDifference::Time]);
    assert_eq!(classes("times,owners"), []);
}

#[test]
fn links_and_devices_differ_in_content() {
    let (one, other) = (NodeKind::Symlink, NodeKind::CharDevice);
    assert_eq!(differences(&[link(one, "l", "a")], &[link(one, "l", "b")]), "l Content");
    let device = |numbers| Member { kind: other, device: numbers, ..file("d", 0) };
    assert_eq!(differences(&[device((1, 3))], &[device((1, 5))]), "d Content");
    let block = Member { kind: NodeKind::BlockDevice, ..device((1, 3)) };
    assert_eq!(differences(&[device((1, 3))], &[block]), "d Type");
}

#[test]
fn a_hard_link_is_what_it_links_to() {
    let linked = [file("a", 3), link(NodeKind::HardLink, "b", "a")];
    assert_eq!(differences(&linked, &[file("a", 3), file("b", 3)]), "");
    assert_eq!(differences(&linked, &[file("a", 3), file("b", 4)]), "b Content");
    let symlink = |name| link(NodeKind::Symlink, name, "x");
    let of_symlink = [symlink("a"), link(NodeKind::HardLink, "b", "a")];
    assert_eq!(differences(&of_symlink, &[symlink("a"), symlink("b")]), "");
    let layers = [&of_symlink[..], &[file("a", 3)]];
    let layered = merge(layers.map(index).to_vec());
    let compared = compare(&layered, &tree(&[file("a", 3), symlink("b")]), LeftOut::default());
    assert_eq!(compared.list, [], "it stays what it is when its target's name is another's");
    let dangling = [link(NodeKind::HardLink, "b", "nowhere")];
    assert_eq!(differences(&dangling, &[file("b", 3)]), "b Content");
    assert_eq!(differences(&dangling, &dangling), "");
    let circle = [link(NodeKind::HardLink, "b", "c"), link(NodeKind::HardLink, "c", "b")];
    assert_eq!(differences(&circle, &circle), "");
}

#[test]
fn an_implied_directory_has_no_metadata_and_no_time() {
    let directory = |mode| Member { kind: NodeKind::Directory, mode, ..file("d/", 0) };
    assert_eq!(differences(&[file("d/f", 1)], &[directory(0o700), file("d/f", 1)]), "");
    assert_eq!(differences(&[directory(0o755)], &[directory(0o700)]), "d Metadata");
}

#[test]
fn bytes_of_a_file_count_once_and_sum_up_to_the_tree() {
    let link = |name| link(NodeKind::HardLink, name, "a");
    let (a, b) =
        (tree(&[file("a", 100), file("x", 5)]), tree(&[file("a", 100), link("b"), file("c", 7)]));
    let compared = compare(&a, &b, LeftOut::default());
    let added = compared.of(PathDifference::Added);
    assert_eq!((added.paths, added.bytes_a, added.bytes_b), (2, 0, 7));
    let removed = compared.of(PathDifference::Removed);
    assert_eq!((removed.paths, removed.bytes_a, removed.bytes_b), (1, 5, 0));
    assert_eq!(compared.equal, 1);
    let sum = |bytes: fn(&DifferenceTotals) -> u64| compared.totals.iter().map(bytes).sum::<u64>();
    let grown = sum(|totals| totals.bytes_b) as i64 - sum(|totals| totals.bytes_a) as i64;
    assert_eq!(grown, b.totals().size as i64 - a.totals().size as i64);
}

#[test]
fn contents_that_are_not_hashed_are_neither_equal_nor_different() {
    let mut index = LayerIndex::default();
    assert!(index.push(&file("f", 3)));
    let unread = merge(vec![Arc::new(index)]);
    let compared = compare(&tree(&[file("f", 3)]), &unread, LeftOut::default());
    assert_eq!((compared.equal, compared.unknown, compared.list.len()), (0, 1, 0));
    assert!(!compared.same_but_times());
    assert_eq!(
        compare(&tree(&[file("f", 4)]), &unread, LeftOut::default()).list.len(),
        1,
        "another size is enough"
    );
}
