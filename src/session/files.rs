//! One path: its facts, its history through the layers, where its content lies.

use super::answers::{mode_text, node_kind, path_bytes, seconds, selection};
use super::content::{last_layers, no_such_path};
use super::query::{self, FileEvent, FileFacts, FileState, NodeKind};
use super::state::Session;
use crate::layer::Entry;
use crate::problem::Problem;
use crate::text;
use crate::tree::{FileTree, PathEvent, unchanged};

impl Session {
    /// Facts of a path under a selection.
    pub(super) fn file_facts(&mut self, path: &str, layers: &str) -> Result<FileFacts, Problem> {
        let selected = selection(layers)?;
        let bytes = path_bytes(path)?;
        let merged = self.built(self.shown)?;
        let tree = &merged.tree;
        let node = tree.find(&bytes).ok_or_else(|| no_such_path(&bytes))?;
        let top = last_layers(tree, selected);
        let current = tree.state(node, top).filter(|event| event.is_there());
        let current = current.map(|event| {
            let mut state = file_state(tree, event, top);
            if event.is_directory() {
                state.size = merged.view.size(node);
            }
            state
        });
        Ok(FileFacts {
            path: path.to_owned(),
            shown: format!("/{}", text::show(&tree.path(node))),
            current,
            history: self.file_history(tree, node),
            packages: self.packages_of_file(node),
        })
    }

    /// What each layer did to a node, the newest first; layers that leave it as it is are not listed.
    fn file_history(&self, tree: &FileTree, node: u32) -> Vec<FileEvent> {
        let mut events: Vec<&PathEvent> = Vec::new();
        for event in tree.history(node) {
            // The newest event of a layer is what it made of the path.
            if events.last().is_none_or(|last| last.layer != event.layer) {
                events.push(event);
            }
        }
        let mut out = Vec::new();
        for (at, event) in events.iter().enumerate() {
            let before = events.get(at + 1).copied().filter(|before| before.is_there());
            let (done, detail) = match (before, event.is_there()) {
                (None, true) => (query::Change::Added, String::new()),
                (Some(before), true) => {
                    let detail = differences(tree, before, event);
                    match unchanged(tree, before, event) {
                        Some(true) => (query::Change::Unchanged, detail),
                        _ => (query::Change::Modified, detail),
                    }
                }
                (Some(_), false) => (query::Change::Removed, String::new()),
                (None, false) => continue,
            };
            out.push(FileEvent {
                layer: event.layer.number().get(),
                instruction: self.instruction(event.layer.0),
                change: done,
                detail,
                state: event
                    .is_there()
                    .then(|| file_state(tree, event, event.layer.number().get())),
            });
        }
        out
    }
}

fn file_state(tree: &FileTree, event: &PathEvent, layers: u32) -> FileState {
    let kind = node_kind(tree, event);
    let Some(entry) = tree.entry(event) else {
        return FileState {
            layer: event.layer.number().get(),
            kind,
            mode: mode_text(kind, 0o755),
            mode_octal: "0755".to_owned(),
            links: 1,
            ..FileState::default()
        };
    };
    let inode = tree.inode(event);
    let file = inode.map(|inode| tree.content_entry(inode));
    let xattr = |(name, value): (&[u8], &[u8])| (text::show(name), xattr_text(name, value));
    FileState {
        layer: event.layer.number().get(),
        kind,
        size: inode.map_or(0, |inode| inode.size),
        mode: mode_text(kind, entry.mode()),
        mode_octal: format!("{:04o}", entry.mode()),
        uid: entry.owner().uid,
        gid: entry.owner().gid,
        user: text::show(&entry.owner().user),
        group: text::show(&entry.owner().group),
        mtime: Some(seconds(entry.mtime())),
        target: text::show(entry.link()),
        device: match entry.kind() {
            NodeKind::CharDevice | NodeKind::BlockDevice => {
                format!("{}, {}", entry.device().0, entry.device().1)
            }
            _ => String::new(),
        },
        xattrs: entry.xattrs().map(xattr).collect(),
        links: tree.link_count(event, layers),
        content_hash: file.and_then(content_hash),
        readable: matches!(kind, NodeKind::File | NodeKind::HardLink) && inode.is_some(),
    }
}

/// Text as it is; capabilities and other binary values in hexadecimal.
fn xattr_text(name: &[u8], value: &[u8]) -> String {
    let plain = value.strip_suffix(b"\0").unwrap_or(value);
    let printable = std::str::from_utf8(plain).is_ok_and(|text| !text.contains(char::is_control));
    if printable && name != b"security.capability" {
        return text::show(plain);
    }
    let hex: String = value.iter().take(256).map(|byte| format!("{byte:02x}")).collect();
    format!("0x{hex}")
}

fn content_hash(entry: Entry<'_>) -> Option<String> {
    Some(entry.hash()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// What differs between two states of a path, in words.
fn differences(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> String {
    let (old, new) = (
        file_state(tree, before, before.layer.number().get()),
        file_state(tree, after, after.layer.number().get()),
    );
    let mut words = Vec::new();
    let kind = |state: &FileState| kind_word(state.kind);
    if kind(&old) != kind(&new) {
        words.push(format!("{} → {}", kind(&old), kind(&new)));
        return words.join(", ");
    }
    if old.mode_octal != new.mode_octal {
        words.push(format!("mode {} → {}", old.mode_octal, new.mode_octal));
    }
    if (old.uid, old.gid) != (new.uid, new.gid) {
        words.push(format!("owner {}:{} → {}:{}", old.uid, old.gid, new.uid, new.gid));
    }
    if old.target != new.target {
        words.push(format!("target {} → {}", old.target, new.target));
    }
    if old.xattrs != new.xattrs {
        words.push("extended attributes".to_owned());
    }
    if old.readable && new.readable {
        words.push(
            match (old.size == new.size, old.content_hash.zip(new.content_hash)) {
                (false, _) => "content",
                (true, Some((a, b))) if a == b => "content unchanged",
                (true, Some(_)) => "content, same size",
                (true, None) => "same size, content not compared yet",
            }
            .to_owned(),
        );
    } else if words.is_empty() {
        words.push("written again, unchanged".to_owned());
    }
    words.join(", ")
}

fn kind_word(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::File | NodeKind::HardLink => "file",
        NodeKind::Directory => "directory",
        NodeKind::Symlink => "symbolic link",
        NodeKind::CharDevice => "character device",
        NodeKind::BlockDevice => "block device",
        NodeKind::Fifo => "named pipe",
    }
}
