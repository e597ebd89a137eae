//! Where files with certain names are: a program names the libraries that it needs without their directories.

use super::tree::link_path;
use crate::problem::Problem;
use crate::protocol::{NamedPaths, PathsOfNames};
use crate::session::paths::last_layers;
use crate::session::state::{BuiltImage, Session};
use std::collections::HashMap;

/// Names that are looked for at once.
const MOST: usize = 1_000;

impl Session {
    /// The first path of each name, in the order of the tree; directories don't count.
    pub(super) fn named_paths(&self, question: &PathsOfNames) -> Result<NamedPaths, Problem> {
        let BuiltImage { tree, .. } = self.built(question.image)?;
        let layers = last_layers(tree, question.layers);
        let names = question.names.iter().take(MOST);
        let mut found: HashMap<&[u8], Option<u32>> =
            names.clone().map(|name| (name.as_bytes(), None)).collect();
        for node in 1..tree.node_count() as u32 {
            if let Some(place) = found.get_mut(tree.name(node)).filter(|place| place.is_none()) {
                let state = tree.state(node, layers);
                let is_file = state.is_some_and(|event| event.is_there() && !event.is_directory());
                *place = is_file.then_some(node);
            }
        }
        let path = |name: &String| Some(link_path(tree, (*found.get(name.as_bytes())?)?));
        Ok(NamedPaths { paths: names.map(path).collect() })
    }
}
