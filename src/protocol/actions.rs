//! Actions: they change what a session shows, and are answered at once.

use super::ask::{answers, questions};
use super::*;
use crate::vocabulary::ImagePosition;

questions! {
    Action;

    /// Sets selection, find and order of an image's file tree. Expanded directories stay expanded.
    SetTree { image: ImagePosition, spec: TreeSpec } -> ShownTree;
    /// Expands or collapses a directory; with `all`, everything below it too.
    Expand { image: ImagePosition, node: u32, open: bool, all: bool } -> TreeState;
    /// Expands the directories above `path` and says in which row it is now.
    Reveal { image: ImagePosition, path: LinkPath } -> Revealed;
}

answers! {
    change Action, PerformsActions, perform_action;

    SetTree / set_tree -> ShownTree;
    Expand / expand -> TreeState;
    Reveal / reveal -> Revealed;
}
