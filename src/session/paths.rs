//! Paths that questions name, and the state of a path under a selection of layers.

use crate::problem::Problem;
use crate::protocol::LinkPath;
use crate::selection::LayerSelection;
use crate::text;
use crate::tree::FileTree;

/// A path's bytes from a link.
pub(super) fn path_bytes(path: &LinkPath) -> Result<Vec<u8>, Problem> {
    text::percent_decode(&path.0).ok_or_else(|| {
        Problem::new("bad-path", "This is not a percent-encoded path.").found(&path.0)
    })
}

/// How many layers, from the base up, make the state that a selection shows.
pub(super) fn last_layers(tree: &FileTree, selection: LayerSelection) -> u32 {
    let all = tree.layers().len() as u32;
    match selection {
        LayerSelection::All => all,
        LayerSelection::UpTo(last) | LayerSelection::Range(_, last) => last.get().min(all),
    }
}

/// No layer has this path.
pub(super) fn no_such_path(path: &[u8]) -> Problem {
    Problem::new("no-such-path", "No layer of this image has this path.")
        .on_path([b"/", path.strip_prefix(b"/").unwrap_or(path)].concat())
        .advice("Clear the selection of layers, or check the link.")
}
