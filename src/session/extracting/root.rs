//! The merged file system after some layers, or a part of it.
//!
//! - A file with several names is written under the one whose entry holds its content, if that still exists, and
//!   is a hard link under the others. It has the metadata of the entry that holds its content, as `tar -x` gives.
//!   A zip knows no such links: the file is written under each name, as long as these copies are not too large.
//! - A hard link to something other than a file is that thing again. One whose target is missing is an empty file,
//!   so that the path exists, and is counted in the notes.

use super::members::{MemberMaker, special};
use super::nodes;
use super::zipped::zipped;
use crate::archive::LayerSource;
use crate::extract::{ExtractedKind, ExtractedMember, Extraction, LayerMembers, MAX_PENDING};
use crate::layer::FilePlace;
use crate::problem::Problem;
use crate::protocol::{ArchiveForm, ExtractionNotes, LinkPath};
use crate::session::content::file_place;
use crate::session::reading::entrance;
use crate::session::state::{BuiltImage, Session};
use crate::tree::{FileTree, NodeState, ROOT};
use crate::vocabulary::{ImagePosition, LayerNumber, LayerPosition, NodeKind};
use std::collections::{BTreeMap, HashMap};

/// Bytes of contents that a zip has again, for further names of files.
const MAX_COPIED: u64 = 4 << 30;

/// A file with the layer that holds its content, and where that begins there.
type PlacedMember = (LayerPosition, u64, ExtractedMember);

/// Members by their order in the archive.
#[derive(Default)]
struct RootMembers {
    form: ArchiveForm,
    maker: MemberMaker,
    files: Vec<PlacedMember>,
    /// Further names of large files, where the archive knows no hard links: each is read by itself.
    copies: Vec<PlacedMember>,
    /// Bytes that further names have taken.
    copied: u64,
    /// Neither files nor directories.
    others: Vec<ExtractedMember>,
    links: Vec<ExtractedMember>,
    directories: Vec<ExtractedMember>,
}

impl Session {
    pub(super) fn root_extraction(
        &self,
        image: ImagePosition,
        up_to: Option<LayerNumber>,
        paths: &[LinkPath],
        form: ArchiveForm,
    ) -> Result<(Extraction, ExtractionNotes), Problem> {
        let BuiltImage { tree, .. } = self.built(image)?;
        let all = tree.layers().len() as u32;
        let layers = up_to.map_or(all, |layer| layer.get().min(all));
        let tops = match paths {
            [] => vec![ROOT],
            paths => nodes(tree, layers, paths)?,
        };
        let mut found = RootMembers { form, ..RootMembers::default() };
        found.collect(tree, layers, &tops);
        let RootMembers { maker, files, copies, others, links, mut directories, .. } = found;
        let sources = &self.image(image)?.source.layers;
        let mut parts = self.file_parts(sources, files)?;
        for copy in copies {
            parts.extend(self.file_parts(sources, vec![copy])?);
        }
        directories.sort_unstable_by(|a, b| b.path.cmp(&a.path));
        let members = [others, links, directories].concat();
        parts.push(LayerMembers { layer: None, members });
        let MemberMaker { owners, mut notes, .. } = maker;
        let extraction = match form {
            ArchiveForm::Tar => Extraction::Tar { owners, parts },
            ArchiveForm::Zip => Extraction::Zip { parts: zipped(parts, &mut notes) },
        };
        Ok((extraction, notes))
    }

    /// Files by the layers that hold their contents, in the order in which the source has these.
    fn file_parts(
        &self,
        sources: &[LayerSource],
        files: Vec<PlacedMember>,
    ) -> Result<Vec<LayerMembers>, Problem> {
        let mut by_layer = BTreeMap::<LayerPosition, Vec<(u64, ExtractedMember)>>::new();
        for (layer, offset, member) in files {
            by_layer.entry(layer).or_default().push((offset, member));
        }
        let mut parts = Vec::new();
        for (layer, mut files) in by_layer {
            files.sort_by_key(|(offset, _)| *offset);
            let first = files.first().map_or(0, |(offset, _)| *offset);
            let entered = entrance(&self.blobs, &sources[layer.index()], first)
                .map_err(|problem| problem.in_layer(layer))?;
            let members = files.into_iter().map(|(_, member)| member).collect();
            parts.push(LayerMembers { layer: Some(entered), members });
        }
        parts.sort_by_key(|part| {
            part.layer.as_ref().map(|layer| (layer.part.file, layer.part.start))
        });
        Ok(parts)
    }
}

impl RootMembers {
    /// All members at the nodes `tops` and below them, after the first `layers` layers.
    fn collect(&mut self, tree: &FileTree, layers: u32, tops: &[u32]) {
        let included = tree.below(tops);
        let included = |node: &u32| included[*node as usize];
        let names = main_names(tree, layers, (0..tree.node_count() as u32).filter(included));
        for node in (0..tree.node_count() as u32).filter(included) {
            let Some(event) = tree.state(node, layers) else { continue };
            match event.state {
                NodeState::Removed => {}
                NodeState::Implied if node == ROOT => {}
                NodeState::Implied => self.directories.extend(self.maker.implied(tree.path(node))),
                NodeState::Directory => {
                    self.directories.extend(tree.entry(event).and_then(|entry| {
                        self.maker.member(tree.path(node), ExtractedKind::Directory, entry)
                    }))
                }
                NodeState::Leaf => match names.get(&event.inode) {
                    Some(main) => self.file(tree, node, event.inode, *main),
                    None => self.other(tree, node, layers),
                },
            }
        }
    }

    /// A name of a file with content, which is written at the node `main`.
    fn file(&mut self, tree: &FileTree, node: u32, inode: u32, main: u32) {
        let Some(inode) = tree.inode_at(inode) else { return };
        let entry = tree.content_entry(inode);
        if node != main && self.form == ArchiveForm::Tar {
            let kind = ExtractedKind::HardLink(tree.path(main));
            self.links.extend(self.maker.member(tree.path(node), kind, entry));
            return;
        }
        if node != main {
            let copied = self.copied.saturating_add(inode.size);
            if copied > MAX_COPIED {
                self.maker.notes.names_left_out += 1;
                return;
            }
            self.copied = copied;
        }
        let kind = ExtractedKind::File(file_place(entry));
        let Some(member) = self.maker.member(tree.path(node), kind, entry) else { return };
        let placed = (inode.layer, entry.data_offset(), member);
        // Small files are held by the writer until the next one, which is the same.
        match node == main || inode.size <= MAX_PENDING {
            true => self.files.push(placed),
            false => self.copies.push(placed),
        }
    }

    /// A path that is neither a directory nor a file with content.
    fn other(&mut self, tree: &FileTree, node: u32, layers: u32) {
        let Some(event) = tree.state(node, layers) else { return };
        let linked = tree.shown_entry(event).filter(|entry| entry.kind() != NodeKind::Directory);
        let made = match linked.and_then(|entry| Some((entry, special(entry)?))) {
            Some((entry, kind)) => self.maker.member(tree.path(node), kind, entry),
            None => {
                let Some(entry) = tree.entry(event) else { return };
                self.maker.notes.lost_links += 1;
                let kind = ExtractedKind::File(FilePlace::default());
                self.maker.member(tree.path(node), kind, entry)
            }
        };
        self.others.extend(made);
    }
}

/// The node under which the content of each file is written.
fn main_names(tree: &FileTree, layers: u32, nodes: impl Iterator<Item = u32>) -> HashMap<u32, u32> {
    let mut names = HashMap::new();
    for node in nodes {
        let Some(event) = tree.state(node, layers).filter(|event| event.is_there()) else {
            continue;
        };
        let Some(inode) = tree.inode(event) else { continue };
        let is_own = (event.layer, event.entry) == (inode.layer, inode.entry);
        match is_own && !tree.path(node).contains(&0) {
            true => drop(names.insert(event.inode, node)),
            false => drop(names.entry(event.inode).or_insert(node)),
        }
    }
    names
}
