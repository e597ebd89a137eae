//! The types of the files that a view shows, with their numbers and bytes.

use super::filtered::Filtered;
use super::selected::Selected;
use super::settings::ViewSettings;
use crate::tree::endings::Ending;
use crate::tree::event::PathEvent;
use crate::tree::file_tree::FileTree;
use crate::tree::find::{Matcher, fold_onto};
use crate::vocabulary::{Change, FileEnding, FileFamily, NodeKind};
use std::collections::HashMap;

/// Files of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct TypeTotal {
    pub ending: FileEnding,
    pub family: FileFamily,
    pub files: u64,
    /// A file with several names counts at the first.
    pub size: u64,
    /// The find that finds them; `None`: none does.
    pub terms: Option<String>,
}

/// The types of the files that a view with these settings shows, in no order. What the selection removed is none.
pub fn types_shown(tree: &FileTree, settings: &ViewSettings) -> Vec<TypeTotal> {
    let selected = Selected::new(tree, settings);
    let filtered = Filtered::new(tree, &selected, &Matcher::new(&settings.find));
    let mut types = TypeTotals::default();
    let mut counted = vec![false; tree.inode_count()];
    for node in 1..tree.node_count() {
        let is_shown = filtered.visible[node] && selected.changes[node] != Change::Removed;
        let Some(event) = tree.event(selected.events[node]).filter(|_| is_shown) else { continue };
        if !is_file(tree, event) {
            continue;
        }
        let is_first = counted
            .get_mut(event.inode as usize)
            .is_some_and(|counted| !std::mem::replace(counted, true));
        let size = tree.inode(event).filter(|_| is_first).map_or(0, |inode| inode.size);
        types.add(tree, node as u32, event, size);
    }
    types.totals
}

/// A regular file, as `type:file` has it.
fn is_file(tree: &FileTree, event: &PathEvent) -> bool {
    let kind = tree.entry(event).map(|entry| entry.kind());
    matches!(kind, Some(NodeKind::File | NodeKind::HardLink))
}

/// The family of a file's name. `name` is a buffer.
pub fn family_of(tree: &FileTree, node: u32, event: &PathEvent, name: &mut Vec<u8>) -> FileFamily {
    ending_of(tree, node, event, name).family()
}

fn ending_of<'a>(
    tree: &FileTree,
    node: u32,
    event: &PathEvent,
    name: &'a mut Vec<u8>,
) -> Ending<'a> {
    name.clear();
    fold_onto(name, tree.name(node));
    let is_executable = tree.entry(event).is_some_and(|entry| entry.mode() & 0o111 != 0);
    Ending::of(name, is_executable)
}

#[derive(Default)]
struct TypeTotals {
    totals: Vec<TypeTotal>,
    /// Positions in `totals`: of endings by their text, and of the others.
    texts: HashMap<String, usize>,
    others: HashMap<FileEnding, usize>,
    name: Vec<u8>,
}

impl TypeTotals {
    fn add(&mut self, tree: &FileTree, node: u32, event: &PathEvent, size: u64) {
        let mut name = std::mem::take(&mut self.name);
        let ending = ending_of(tree, node, event, &mut name);
        let at = match ending {
            Ending::Of(text) => self.texts.get(text).copied(),
            ending => self.others.get(&owned(ending)).copied(),
        };
        let at = at.unwrap_or_else(|| self.add_type(ending));
        self.totals[at].files += 1;
        self.totals[at].size = self.totals[at].size.saturating_add(size);
        self.name = name;
    }

    fn add_type(&mut self, ending: Ending<'_>) -> usize {
        let at = self.totals.len();
        self.totals.push(TypeTotal {
            ending: owned(ending),
            family: ending.family(),
            files: 0,
            size: 0,
            terms: ending.terms(),
        });
        match ending {
            Ending::Of(text) => self.texts.insert(text.to_owned(), at),
            ending => self.others.insert(owned(ending), at),
        };
        at
    }
}

fn owned(ending: Ending<'_>) -> FileEnding {
    match ending {
        Ending::Of(text) => FileEnding::Of(text.to_owned()),
        Ending::SharedLibrary => FileEnding::SharedLibrary,
        Ending::Executable => FileEnding::Executable,
        Ending::None => FileEnding::None,
        Ending::Odd => FileEnding::Odd,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selection::LayerSelection;
    use crate::tree::TreeView;
    use crate::tree::drawn::drawn;
    use crate::tree::find::Find;

    fn settings(layers: &str, directory: &str, find: &str) -> ViewSettings {
        ViewSettings {
            selection: LayerSelection::parse(layers).unwrap(),
            directory: directory.into(),
            find: Find::parse(find).terms,
            ..ViewSettings::default()
        }
    }

    /// `of py 2 30`, the most bytes first.
    fn named(tree: &FileTree, layers: &str, directory: &str) -> String {
        let mut types = types_shown(tree, &settings(layers, directory, ""));
        types.sort_by_key(|total| std::cmp::Reverse(total.size));
        let name = |total: &TypeTotal| {
            let name = match &total.ending {
                FileEnding::Of(text) => text.clone(),
                other => format!("{other:?}"),
            };
            format!("{name} {} {}", total.files, total.size)
        };
        types.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn files_are_counted_by_their_endings_under_selection_and_directory() {
        let tree = drawn("1: a.py=10 d/B.PY=20 d/lib.so.1=5 d/old.c=9 2: d/.wh.old.c e/new.c=3");
        assert_eq!(named(&tree, "", ""), "py 2 30, SharedLibrary 1 5, c 1 3");
        assert_eq!(named(&tree, "..1", "d"), "py 1 20, c 1 9, SharedLibrary 1 5");
        assert_eq!(named(&tree, "2", ""), "c 1 3", "what was removed is no file");
    }

    #[test]
    fn the_terms_of_a_type_find_its_files_and_no_others() {
        let names = "libz.so libz.so.1 LIBZ.SO.2.3 so.1 a.1 a.so.x x.tar.gz .hidden .so Makefile \
                     noise a. a.b a.B a.c++ a.7z a.long-ending_1 d.d/e d.d/f.py b.1 c.so.1b ä.Ä";
        let file = |name: &str| format!("{name}=7");
        let mut paths: Vec<String> = names.split_whitespace().map(file).collect();
        paths.push("run=7:755".to_owned());
        let tree = drawn(&format!("1: {}", paths.join(" ")));
        let types = types_shown(&tree, &settings("", "", ""));
        assert_eq!(types.iter().map(|total| total.files).sum::<u64>(), paths.len() as u64);
        for total in types {
            let Some(terms) = total.terms else { continue };
            let find = Find::parse(&terms);
            assert!(find.problems.is_empty(), "{terms}");
            let mut view = TreeView::new(&tree);
            view.set(&tree, settings("", "", &terms));
            let summary = view.summary();
            let found = (u64::from(summary.matches), summary.matched_size);
            assert_eq!(found, (total.files, total.size), "{terms}");
        }
    }
}
