//! The names of the files that a search in contents reads: one content may have several.

use super::paths::path_bytes;
use crate::problem::Problem;
use crate::protocol::SearchSpec;
use crate::tree::find::Find;
use crate::tree::{FileTree, ShownFile, ViewSettings, files_shown};
use crate::vocabulary::LayerPosition;

/// A layer, and a position in its index.
pub(super) type ContentAt = (LayerPosition, u32);

/// The names of the files that a search reads, as long as the tree is the same.
#[derive(Default)]
pub(super) struct SearchedNames {
    spec: Option<SearchSpec>,
    /// Contents with their nodes, sorted.
    names: Vec<(ContentAt, u32)>,
}

impl SearchedNames {
    /// Finds them in a tree.
    pub fn find(tree: &FileTree, spec: &SearchSpec) -> Result<SearchedNames, Problem> {
        let settings = ViewSettings {
            selection: spec.layers,
            directory: path_bytes(&spec.directory)?,
            find: Find::parse(&spec.find).terms,
            ..ViewSettings::default()
        };
        let name = |file: &ShownFile| ((file.inode.layer, file.inode.entry), file.node);
        let mut names: Vec<_> = files_shown(tree, &settings).iter().map(name).collect();
        names.sort_unstable();
        Ok(SearchedNames { spec: Some(spec.clone()), names })
    }

    /// Whether they are those of this search.
    pub fn are_of(&self, spec: &SearchSpec) -> bool {
        self.spec.as_ref() == Some(spec)
    }

    /// What is read, each content once, sorted.
    pub fn contents(&self) -> Vec<ContentAt> {
        let mut contents: Vec<ContentAt> = self.names.iter().map(|(at, _)| *at).collect();
        contents.dedup();
        contents
    }

    /// The nodes that have a content.
    pub fn nodes_of(&self, content: ContentAt) -> impl Iterator<Item = u32> {
        let first = self.names.partition_point(|(at, _)| *at < content);
        let names = self.names[first..].iter();
        names.take_while(move |(at, _)| *at == content).map(|(_, node)| *node)
    }
}
