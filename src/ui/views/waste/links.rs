//! Links from numbers to the files that they count.

use super::remedies::{self, SavingFiles};
use crate::link::{Link, View};
use crate::protocol::{LinkPath, LinkWord, SavingRow, WasteShow};
use crate::selection::LayerSelection;
use crate::ui::app::{Navigation, set_path};
use crate::vocabulary::LayerNumber;

/// The link's `show` for the whole table of duplicates.
pub(super) const DUPLICATES: &str = "duplicates";

/// Words of `show`, as a link has them.
pub(super) fn show_text(show: &[WasteShow]) -> String {
    show.iter().map(|word| word.word()).collect::<Vec<_>>().join(",")
}

/// The whole table of hidden files of some classes; tracks the link.
pub(super) fn hidden(navigation: Navigation, show: &[WasteShow]) -> String {
    navigation.href(|link| list(link, &show_text(show)))
}

/// The same of one layer: those that it hid or, with `WasteShow::Brought`, those that it brought.
pub(super) fn hidden_of(navigation: Navigation, show: &[WasteShow], layer: LayerNumber) -> String {
    navigation.href(|link| {
        list(link, &show_text(show));
        link.layers = LayerSelection::one(layer);
    })
}

/// The whole table of duplicates; tracks the link.
pub(super) fn duplicates(navigation: Navigation) -> String {
    navigation.href(|link| list(link, DUPLICATES))
}

/// The files that a saving is about.
pub(super) fn saving(navigation: Navigation, saving: &SavingRow) -> String {
    let layer = LayerSelection::one(saving.by.number);
    navigation.href(|link| match remedies::files(saving) {
        SavingFiles::Hidden { show, filter } => {
            list(link, &show_text(&show));
            link.layers = layer;
            link.filter = filter.to_owned();
        }
        SavingFiles::Duplicates => {
            list(link, DUPLICATES);
            link.layers = layer;
        }
        SavingFiles::Tree { find } => {
            link.turn_to(View::Files);
            link.layers = LayerSelection::All;
            link.path.clear();
            link.find = find;
        }
    })
}

/// A path in Files, as it is after a layer.
pub(super) fn file_after(navigation: Navigation, path: &LinkPath, layer: LayerNumber) -> String {
    navigation.href(|link| {
        link.turn_to(View::Files);
        link.layers = LayerSelection::UpTo(layer);
        set_path(link, path);
    })
}

/// A path in Files, in what one layer did.
pub(super) fn file_in(navigation: Navigation, path: &LinkPath, layer: LayerNumber) -> String {
    navigation.href(|link| {
        link.turn_to(View::Files);
        link.layers = LayerSelection::one(layer);
        set_path(link, path);
    })
}

/// A path in Files, in the final tree.
pub(super) fn file(navigation: Navigation, path: &LinkPath) -> String {
    navigation.href(|link| {
        link.turn_to(View::Files);
        link.layers = LayerSelection::All;
        set_path(link, path);
    })
}

/// What one layer did, in Files.
pub(super) fn layer_files(navigation: Navigation, layer: LayerNumber) -> String {
    navigation.href(|link| {
        link.turn_to(View::Files);
        link.layers = LayerSelection::one(layer);
        link.path.clear();
    })
}

/// Another list of this view, from its start.
fn list(link: &mut Link, show: &str) {
    link.show = show.to_owned();
    link.sort.clear();
    link.group.clear();
    link.filter.clear();
    link.item.clear();
}
