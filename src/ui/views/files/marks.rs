//! Entries of the tree that are selected together, to be saved as one archive.
//!
//! - They are kept by path, so that another filter or order keeps them; another selection of layers does not, because
//!   what is saved is the image up to its last layer. A removed path is not in that, so it is not selected.
//! - A range replaces the range before it: what was selected when its first row was chosen stays.

use crate::protocol::{LinkPath, TreeRow};
use crate::vocabulary::Change;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Rows of one range at most: as many as the session answers at once.
pub const MAX_RANGE: u32 = 2000;

/// Paths with their bytes.
type MarkedPaths = BTreeMap<String, u64>;

/// What is selected. All of it signals, so it is copied.
#[derive(Clone, Copy)]
pub struct Marks {
    paths: RwSignal<MarkedPaths>,
    /// A tap on a row selects it: for screens without keys.
    pub by_tap: RwSignal<bool>,
    /// The first row of a range, and what was selected before it.
    start: StoredValue<Option<(u32, MarkedPaths)>>,
}

impl Marks {
    /// Nothing is selected.
    pub fn new() -> Marks {
        let by_tap = RwSignal::new(false);
        Marks { paths: RwSignal::new(MarkedPaths::new()), by_tap, start: StoredValue::new(None) }
    }

    /// Whether a row is selected; tracked.
    pub fn has(self, row: &TreeRow) -> bool {
        self.paths.read().contains_key(&row.path.0)
    }

    /// How many are selected; tracked.
    pub fn count(self) -> usize {
        self.paths.read().len()
    }

    /// Whether any is selected; tracked.
    pub fn any(self) -> bool {
        !self.paths.read().is_empty()
    }

    /// `any`, not tracked.
    pub fn any_untracked(self) -> bool {
        !self.paths.read_untracked().is_empty()
    }

    /// Their bytes, those of what is in a selected directory once; tracked.
    pub fn size(self) -> u64 {
        size_of(&self.paths.read())
    }

    /// The paths.
    pub fn paths(self) -> Vec<LinkPath> {
        self.paths.read_untracked().keys().cloned().map(LinkPath).collect()
    }

    /// Selects a row, or no longer; a range begins at it.
    pub fn toggle(self, index: u32, row: &TreeRow) {
        self.paths.update(|paths| toggle(paths, row));
        self.start.set_value(Some((index, self.paths.get_untracked())));
    }

    /// The first row of the range that ends at another one; begins it at `cursor` if there is none.
    pub fn start_of_range(self, cursor: u32) -> u32 {
        if self.start.with_value(Option::is_none) {
            self.start.set_value(Some((cursor, self.paths.get_untracked())));
        }
        self.start.with_value(|start| start.as_ref().map_or(cursor, |(first, _)| *first))
    }

    /// Selects the rows of a range beside what was selected before it.
    pub fn set_range<'a>(self, rows: impl IntoIterator<Item = &'a TreeRow>) {
        let before = self.start.with_value(|start| start.as_ref().map(|(_, paths)| paths.clone()));
        let mut paths = before.unwrap_or_default();
        add(&mut paths, rows);
        self.paths.set(paths);
    }

    /// Rows have other places now: the next range begins at the cursor.
    pub fn forget_range(self) {
        self.start.set_value(None);
    }

    /// Selects nothing.
    pub fn clear(self) {
        self.forget_range();
        if self.any_untracked() {
            self.paths.set(MarkedPaths::new());
        }
        if self.by_tap.get_untracked() {
            self.by_tap.set(false);
        }
    }
}

fn add<'a>(paths: &mut MarkedPaths, rows: impl IntoIterator<Item = &'a TreeRow>) {
    for row in rows.into_iter().filter(|row| row.change != Change::Removed) {
        paths.insert(row.path.0.clone(), row.size);
    }
}

fn toggle(paths: &mut MarkedPaths, row: &TreeRow) {
    if paths.remove(&row.path.0).is_none() {
        add(paths, [row]);
    }
}

/// The sum of the sizes, without paths below others of them.
fn size_of(paths: &MarkedPaths) -> u64 {
    let is_below = |path: &str| {
        path.match_indices('/').any(|(at, _)| at > 0 && paths.contains_key(&path[..at]))
    };
    let tops = paths.iter().filter(|(path, _)| !is_below(path));
    tops.fold(0, |sum, (_, size)| sum.saturating_add(*size))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &str, size: u64) -> TreeRow {
        TreeRow { path: LinkPath(path.into()), size, ..TreeRow::default() }
    }

    fn paths(marks: Marks) -> String {
        marks.paths().into_iter().map(|path| path.0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_range_replaces_the_range_before_it_and_keeps_what_was_chosen_singly() {
        Owner::new().with(|| {
            let marks = Marks::new();
            let rows = ["/a", "/b", "/c", "/d", "/e"].map(|path| row(path, 1));
            marks.toggle(0, &rows[0]);
            marks.toggle(2, &rows[2]);
            assert_eq!((paths(marks), marks.start_of_range(4)), ("/a /c".into(), 2));
            marks.set_range(&rows[2..5]);
            assert_eq!(paths(marks), "/a /c /d /e");
            marks.set_range(&rows[1..3]);
            assert_eq!(paths(marks), "/a /b /c");
            marks.toggle(1, &rows[1]);
            assert_eq!((paths(marks), marks.start_of_range(0)), ("/a /c".into(), 1));
            marks.forget_range();
            assert_eq!(marks.start_of_range(4), 4);
            marks.clear();
            assert_eq!((paths(marks), marks.count()), (String::new(), 0));
        });
    }

    #[test]
    fn a_removed_path_is_not_selected() {
        Owner::new().with(|| {
            let marks = Marks::new();
            let gone = TreeRow { change: Change::Removed, ..row("/a", 1) };
            marks.toggle(0, &gone);
            assert!(!marks.has(&gone) && !marks.any_untracked());
            marks.set_range([&gone, &row("/b", 1)]);
            assert_eq!(paths(marks), "/b");
        });
    }

    #[test]
    fn bytes_below_a_selected_directory_count_once() {
        let size = |list: &[(&str, u64)]| {
            size_of(&list.iter().map(|(path, size)| ((*path).to_owned(), *size)).collect())
        };
        assert_eq!(size(&[("/a", 10), ("/a/b/c", 4), ("/a-b", 2), ("/b/c", 1)]), 13);
        assert_eq!(size(&[("/a", u64::MAX), ("/b", 1)]), u64::MAX);
    }
}
