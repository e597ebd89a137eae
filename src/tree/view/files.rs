//! The files that a view shows, whatever is expanded: those of a search in contents.

use super::filtered::Filtered;
use super::selected::Selected;
use super::settings::ViewSettings;
use crate::tree::event::Inode;
use crate::tree::file_tree::FileTree;
use crate::tree::find::Matcher;
use crate::vocabulary::Change;

/// A path with a file behind it.
#[derive(Clone, Copy, Debug)]
pub struct ShownFile {
    pub node: u32,
    pub inode: Inode,
}

/// The files that a view with these settings shows, whatever is expanded. What the selection removed is none.
pub fn files_shown(tree: &FileTree, settings: &ViewSettings) -> Vec<ShownFile> {
    let selected = Selected::new(tree, settings);
    let filtered = Filtered::new(tree, &selected, &Matcher::new(&settings.find));
    let file = |node: u32| {
        let at = node as usize;
        let is_shown = filtered.visible[at] && selected.changes[at] != Change::Removed;
        let event = tree.event(selected.events[at]).filter(|_| is_shown)?;
        Some(ShownFile { node, inode: *tree.inode(event)? })
    };
    (1..tree.node_count() as u32).filter_map(file).collect()
}

#[test]
fn files_are_those_of_selection_directory_and_find_and_none_that_was_removed() {
    use crate::selection::LayerSelection;
    use crate::tree::drawn::drawn;
    use crate::tree::find::Find;
    let tree = drawn("1: etc/a etc/b usr/c usr/d/e 2: etc/.wh.a usr/d/f etc/x/y");
    for (layers, directory, find, want) in [
        ("", "", "", "etc/b usr/c usr/d/e usr/d/f etc/x/y"),
        ("..1", "", "", "etc/a etc/b usr/c usr/d/e"),
        ("2", "", "", "usr/d/f etc/x/y"),
        ("", "usr", "", "usr/c usr/d/e usr/d/f"),
        ("", "usr", "e", "usr/d/e"),
        ("", "usr", "d", "usr/d/e usr/d/f"),
        ("", "usr/c", "", "usr/c"),
        ("", "nowhere", "", ""),
        ("", "", "-e -type:dir", "etc/b usr/c usr/d/f etc/x/y"),
    ] {
        let settings = ViewSettings {
            selection: LayerSelection::parse(layers).unwrap(),
            directory: directory.into(),
            find: Find::parse(find).terms,
            ..ViewSettings::default()
        };
        let files = files_shown(&tree, &settings);
        let paths = files.iter().map(|file| String::from_utf8(tree.path(file.node)).unwrap());
        assert_eq!(paths.collect::<Vec<_>>().join(" "), want, "{layers} {directory} {find}");
    }
}
