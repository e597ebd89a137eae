//! Actions: they change what a session shows, and are answered at once.

use super::ask::{answers, questions};
use super::*;
use crate::text::Shown;
use crate::vocabulary::{ImagePosition, LayerNumber};

questions! {
    Action;

    /// Sets selection, find and order of an image's file tree. Expanded directories stay expanded.
    SetTree { image: ImagePosition, spec: TreeSpec } -> ShownTree;
    /// Expands or collapses a directory; with `all`, everything below it too.
    Expand { image: ImagePosition, node: u32, open: bool, all: bool } -> TreeState;
    /// The image up to a layer as an image of its own, beside those of the source: to be shown and compared.
    TakePart { image: ImagePosition, last: LayerNumber } -> ImagePosition;
    /// Expands the directories above `path` and says in which row it is now.
    Reveal { image: ImagePosition, path: LinkPath } -> Revealed;
    /// Replaces what signatures are verified with. Verdicts with what was trusted before are void.
    SetTrust { trust: Trust } -> ();
    /// Verifies signatures with one thing more: a public key (PEM) or a trusted root (JSON), as the content tells.
    AddTrust { content: Vec<u8> } -> ();
    /// Verifies signatures without one of these, by its ID.
    RemoveTrust { id: String } -> ();
    /// Takes an ignore list for all images of the source, or removes it. The answer: rules of the list
    /// that nothing has.
    SetIgnoreList { list: Option<IgnoreFile> } -> Vec<Shown>;
}

answers! {
    change Action, PerformsActions, perform_action;

    SetTree / set_tree -> ShownTree;
    Expand / expand -> TreeState;
    TakePart / take_part -> ImagePosition;
    Reveal / reveal -> Revealed;
    SetTrust / set_trust -> ();
    AddTrust / add_trust -> ();
    RemoveTrust / remove_trust -> ();
    SetIgnoreList / set_ignore_list -> Vec<Shown>;
}
