//! Quick open: the paths that look like what was typed.

use super::tree::{link_path, node_kind};
use crate::problem::Problem;
use crate::protocol::{FuzzyPaths, FuzzyRow, FuzzyRows, LinePart};
use crate::session::paths::last_layers;
use crate::session::state::{BuiltImage, Session};
use crate::text::Shown;
use crate::tree::{FileTree, FuzzyPath, fuzzy_paths};
use crate::vocabulary::NodeKind;

/// Paths answered at once: no list shows more.
const MAX_PATHS: usize = 200;

impl Session {
    /// The paths of an image's tree that look like a text, the best first.
    pub(super) fn fuzzy_rows(&self, question: &FuzzyPaths) -> Result<FuzzyRows, Problem> {
        let BuiltImage { tree, .. } = self.built(question.image)?;
        let layers = last_layers(tree, question.layers);
        let (paths, total) = fuzzy_paths(tree, layers, &question.text, MAX_PATHS);
        Ok(FuzzyRows { rows: paths.iter().map(|path| row(tree, layers, path)).collect(), total })
    }
}

fn row(tree: &FileTree, layers: u32, path: &FuzzyPath) -> FuzzyRow {
    let mut parts: Vec<LinePart> = Vec::new();
    let mut text = String::new();
    let mut is_matched = false;
    for (at, c) in path.text.chars().enumerate() {
        let matches = path.matched.binary_search(&at).is_ok();
        if matches != is_matched && !text.is_empty() {
            parts.push(LinePart {
                text: Shown::new(std::mem::take(&mut text)),
                matches: is_matched,
            });
        }
        is_matched = matches;
        text.push(c);
    }
    parts.push(LinePart { text: Shown::new(text), matches: is_matched });
    let event = tree.state(path.node, layers);
    FuzzyRow {
        path: link_path(tree, path.node),
        parts,
        kind: event.map_or(NodeKind::Directory, |event| node_kind(tree, event)),
    }
}
