//! Trees drawn as text, for tests.
//!
//! `1: lib/a.so=300 bin/su=9:4755 2: .wh.lib` is a layer with two files (size, and mode) and one with a whiteout.
//! `d/` is a directory, `s@t` a symbolic link, `h->t` a hard link.

use super::{FileTree, merge};
use crate::entry::Member;
use crate::layer::LayerIndex;
use crate::vocabulary::NodeKind;
use std::sync::Arc;

/// A file of one byte.
pub fn file(name: &str) -> Member {
    Member::file(name, 1)
}

/// What a word draws.
pub fn drawn_member(word: &str) -> Member {
    if let Some((name, target)) = word.split_once("->") {
        return Member { kind: NodeKind::HardLink, link: target.into(), size: 0, ..file(name) };
    }
    if let Some((name, target)) = word.split_once('@') {
        return Member { kind: NodeKind::Symlink, link: target.into(), mode: 0o777, ..file(name) };
    }
    if let Some(name) = word.strip_suffix('/') {
        return Member { kind: NodeKind::Directory, size: 0, mode: 0o755, ..file(name) };
    }
    let (name, facts) = word.split_once('=').unwrap_or((word, "1"));
    let (size, mode) = facts.split_once(':').unwrap_or((facts, "644"));
    let mode = u32::from_str_radix(mode, 8).unwrap();
    Member { size: size.parse().unwrap(), mode, ..file(name) }
}

/// The tree of layers with these members.
pub fn tree_of(layers: Vec<Vec<Member>>) -> FileTree {
    let index = |members: Vec<Member>| {
        let mut index = LayerIndex::default();
        for member in members {
            assert!(index.push(&member));
            index.push_hash([member.size as u8; 16]);
        }
        Arc::new(index)
    };
    merge(layers.into_iter().map(index).collect())
}

/// The tree that a text draws.
pub fn drawn(text: &str) -> FileTree {
    let mut layers: Vec<Vec<Member>> = Vec::new();
    for word in text.split_whitespace() {
        match word.strip_suffix(':') {
            Some(_) => layers.push(Vec::new()),
            None => layers.last_mut().unwrap().push(drawn_member(word)),
        }
    }
    tree_of(layers)
}
