//! One path: its state under a selection, and its history through the layers.

use super::accounts::AccountNames;
use super::capabilities::capabilities_text;
use super::instructions::layer_instruction;
use super::tree::{file_owner, file_time, link_path, node_kind, shown_path};
use crate::layer::Entry;
use crate::problem::Problem;
use crate::protocol::{
    Difference, FileDetails, FileEvent, FileFacts, FileOwner, FileState, LinkEnd, StoredContent,
    TarFacts, Xattr, XattrValue,
};
use crate::session::paths::{last_layers, no_such_path, path_bytes};
use crate::session::state::{BuiltImage, OpenImage, Session};
use crate::text::{Shown, ShownLines};
use crate::tree::{FileTree, LostPath, PathEvent, Resolver, StepBudget, size_under, unchanged};
use crate::vocabulary::{Change, NodeKind};

/// Bytes of a binary attribute that are answered.
const MAX_XATTR: usize = 256;
/// Attributes that are answered, and bytes of each name and text. Real files have up to five; a tar may give one file
/// forty thousand, or one of 1 MiB.
const MAX_XATTRS: usize = 100;
const MAX_XATTR_TEXT: usize = 1024;

impl Session {
    /// One path under a selection, and what each layer did to it.
    pub(super) fn file_facts(&self, question: &FileDetails) -> Result<FileFacts, Problem> {
        let bytes = path_bytes(&question.path)?;
        let open = self.image(question.image)?;
        let BuiltImage { tree, inventory, .. } = self.built(question.image)?;
        let node = tree.find(&bytes).ok_or_else(|| no_such_path(&bytes))?;
        let layers = last_layers(tree, question.layers);
        let current = tree.state(node, layers).filter(|event| event.is_there());
        let current = current.map(|event| {
            let mut state = file_state(tree, event);
            state.links = Some(tree.link_count(event, layers));
            if event.is_directory() {
                state.size = size_under(tree, question.layers, node);
            }
            if let Some(entry) = tree.entry(event) {
                (state.xattrs, state.xattrs_left_out) = xattrs(entry);
            }
            state
        });
        let link_end =
            tree.state(node, layers).and_then(|event| link_end(tree, node, event, layers));
        let (packages, named_packages) = match inventory {
            Some(inventory) => super::packages::of_file(tree, inventory, node, layers),
            None => (Vec::new(), 0),
        };
        let names = AccountNames::of(self, question.image, tree, layers)?;
        let named = |state: FileState| self.without_blob_place(open, named(state, &names));
        let current = current.map(named);
        let mut history = file_history(open, tree, node);
        for event in &mut history {
            event.state = event.state.take().map(named);
        }
        Ok(FileFacts {
            path: link_path(tree, node),
            shown: shown_path(tree, node),
            current,
            link_end,
            history,
            packages,
            named_packages,
        })
    }
}

impl Session {
    /// A state without the place of its content, where that is one in the blob and not in the tar: tables of contents have
    /// these.
    fn without_blob_place(&self, open: &OpenImage, mut state: FileState) -> FileState {
        let layer = state.layer.and_then(|layer| open.source.layers.get(layer.position().index()));
        let blob = layer.and_then(|layer| self.blobs.get(layer));
        if blob.is_some_and(|blob| blob.scan.has_streams())
            && let Some(facts) = &mut state.in_tar
        {
            facts.content = None;
        }
        state
    }
}

/// A state whose owner has the names of these accounts.
fn named(state: FileState, names: &AccountNames) -> FileState {
    FileState { owner: state.owner.map(|owner| names.name(owner)), ..state }
}

/// Where a symbolic link leads in the tree of the first `layers` layers; `None` for anything else.
fn link_end(tree: &FileTree, node: u32, event: &PathEvent, layers: u32) -> Option<LinkEnd> {
    tree.symlink(event).filter(|_| event.is_there())?;
    let steps = StepBudget::default();
    let mut resolver = Resolver::after(tree, layers, &steps);
    Some(match resolver.follow(&tree.path(node)) {
        Ok(end) => LinkEnd::Path { path: link_path(tree, end), shown: shown_path(tree, end) },
        Err(LostPath::Missing) => LinkEnd::Missing,
        Err(LostPath::TooManyLinks | LostPath::TooManySteps) => LinkEnd::TooManyLinks,
    })
}

/// What each layer did to a node, the newest first; layers that did not touch it are left out.
fn file_history(open: &OpenImage, tree: &FileTree, node: u32) -> Vec<FileEvent> {
    let events: Vec<&PathEvent> = tree.layer_states(node).collect();
    let mut history = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let before = events.get(at + 1).copied().filter(|before| before.is_there());
        let (change, differences) = match (before, event.is_there()) {
            (None, true) => (Change::Added, Vec::new()),
            (Some(before), true) => {
                let change = match unchanged(tree, before, event) {
                    Some(true) => Change::Unchanged,
                    _ => Change::Modified,
                };
                (change, differences(tree, before, event))
            }
            (Some(_), false) => (Change::Removed, Vec::new()),
            (None, false) => continue,
        };
        history.push(FileEvent {
            layer: event.layer.number(),
            instruction: layer_instruction(open, event.layer),
            change,
            differences,
            state: event.is_there().then(|| file_state(tree, event)),
        });
    }
    history
}

/// The state in which an event leaves a path, without its attributes: a path has such a state for each layer. Its names
/// are not counted either: that is a pass over the whole tree.
fn file_state(tree: &FileTree, event: &PathEvent) -> FileState {
    let kind = node_kind(tree, event);
    let Some(entry) = tree.entry(event) else {
        return FileState { kind, ..FileState::default() };
    };
    let inode = tree.inode(event);
    let is_device = matches!(kind, NodeKind::CharDevice | NodeKind::BlockDevice);
    FileState {
        layer: Some(event.layer.number()),
        kind,
        size: inode.map_or(0, |inode| inode.size),
        mode: Some(entry.mode()),
        owner: Some(file_owner(entry.owner())),
        modified_at: Some(file_time(entry.mtime())),
        target: Shown::new(entry.link()),
        device: is_device.then(|| entry.device()),
        xattrs: Vec::new(),
        xattrs_left_out: 0,
        links: None,
        content_hash: inode.and_then(|inode| content_hash(tree.content_entry(inode))),
        readable: matches!(kind, NodeKind::File | NodeKind::HardLink) && inode.is_some(),
        in_tar: Some(tar_facts(entry)),
    }
}

/// What the tar of an entry says beside what others show.
fn tar_facts(entry: Entry<'_>) -> TarFacts {
    let owner = entry.owner();
    let content = (entry.stored() > 0).then(|| StoredContent {
        offset: entry.data_offset(),
        stored: entry.stored(),
        sparse: entry.sparse().is_some(),
    });
    TarFacts { user: Shown::new(&owner.user), group: Shown::new(&owner.group), content }
}

/// The first extended attributes, and how many more there are.
fn xattrs(entry: Entry<'_>) -> (Vec<Xattr>, u32) {
    let xattr = |(name, value)| Xattr {
        name: Shown::start_of_bytes(name, MAX_XATTR_TEXT),
        value: xattr_value(name, value),
    };
    let mut all = entry.xattrs();
    let first = all.by_ref().take(MAX_XATTRS).map(xattr).collect();
    (first, all.count() as u32)
}

/// Text where it can be read as such; capabilities and the like are binary.
fn xattr_value(name: &[u8], value: &[u8]) -> XattrValue {
    if name == b"security.capability"
        && let Some(text) = capabilities_text(value)
    {
        return XattrValue::Capabilities(text);
    }
    let plain = value.strip_suffix(b"\0").unwrap_or(value);
    match std::str::from_utf8(plain) {
        Ok(text) if !text.contains(char::is_control) && name != b"security.capability" => {
            XattrValue::Text(ShownLines::start_of(text, MAX_XATTR_TEXT))
        }
        _ => {
            let bytes = value[..value.len().min(MAX_XATTR)].to_vec();
            XattrValue::Binary { bytes, size: value.len() as u64 }
        }
    }
}

fn content_hash(entry: Entry<'_>) -> Option<String> {
    Some(crate::text::hex(entry.hash()?))
}

/// What differs between two states of a path. A path of another kind is another thing: then nothing else is
/// compared.
fn differences(tree: &FileTree, before: &PathEvent, after: &PathEvent) -> Vec<Difference> {
    let (old, new) = (file_state(tree, before), file_state(tree, after));
    // A hard link is the file that it links to.
    let kind = |state: &FileState| match state.kind {
        NodeKind::HardLink => NodeKind::File,
        kind => kind,
    };
    if kind(&old) != kind(&new) {
        return vec![Difference::Kind { before: old.kind, after: new.kind }];
    }
    let mut differences = Vec::new();
    // A directory that no layer names has the mode that container engines give it.
    let mode = |state: &FileState| state.mode.unwrap_or(0o755);
    if mode(&old) != mode(&new) {
        differences.push(Difference::Mode { before: mode(&old), after: mode(&new) });
    }
    let ids = |owner: &Option<FileOwner>| owner.as_ref().map_or((0, 0), |one| (one.uid, one.gid));
    if ids(&old.owner) != ids(&new.owner) {
        let (before, after) = (old.owner.unwrap_or_default(), new.owner.unwrap_or_default());
        differences.push(Difference::Owner { before, after });
    }
    if old.target != new.target {
        differences.push(Difference::Target { before: old.target, after: new.target });
    }
    let other_xattrs = match (tree.entry(before), tree.entry(after)) {
        (Some(old), Some(new)) => !old.same_xattrs(new),
        (old, new) => old.or(new).is_some_and(|entry| entry.xattrs().next().is_some()),
    };
    if other_xattrs {
        differences.push(Difference::Xattrs);
    }
    if old.readable && new.readable {
        differences.push(match (old.size == new.size, old.content_hash.zip(new.content_hash)) {
            (false, _) => Difference::Content { same_size: false },
            (true, Some((a, b))) if a == b => Difference::SameContent,
            (true, Some(_)) => Difference::Content { same_size: true },
            (true, None) => Difference::ContentNotCompared,
        });
    } else if differences.is_empty() {
        differences.push(Difference::SameContent);
    }
    differences
}

#[test]
fn attributes_beyond_a_number_and_a_length_are_counted_and_cut() {
    let long = (b"user.long".to_vec(), "\u{200b}".repeat(1 << 18).into_bytes());
    let more = (0..40_000).map(|at: u32| (at.to_be_bytes().to_vec(), vec![b'x']));
    let member = crate::entry::Member {
        xattrs: std::iter::once(long).chain(more).collect(),
        ..crate::entry::Member::file("a", 1)
    };
    let mut layer = crate::layer::LayerIndex::default();
    assert!(layer.push(&member));
    let (told, left_out) = xattrs(layer.entry(0));
    assert_eq!((told.len(), left_out), (MAX_XATTRS, 39_901));
    let XattrValue::Text(text) = &told[0].value else { panic!("no text") };
    assert!(text.len() < 4 * MAX_XATTR_TEXT && text.ends_with('…'), "{} bytes", text.len());

    let layer = std::sync::Arc::new(layer);
    let tree = crate::tree::merge(vec![layer.clone(), layer]);
    let node = tree.find(b"a").unwrap();
    let history = file_history(&OpenImage::default(), &tree, node);
    assert_eq!(history.len(), 2);
    let states = history.iter().filter_map(|event| event.state.as_ref());
    assert!(states.map(|state| state.xattrs.len()).all(|count| count == 0), "no state has them");
    assert!(!history[0].differences.contains(&Difference::Xattrs));
}
