//! The file tree as the page holds it: its numbers, and the rows that were near the screen.
//!
//! - The session owns the tree. Here are only pages of rows, each with the revision that it belongs to; rows of an
//!   older revision stay on screen until the new ones arrive, so nothing flickers.
//! - What is shown is derived from the link: selection, find, order, and the selected path.

use super::columns::TreeColumns;
use super::marks::{MAX_RANGE, Marks};
use super::row_pages::{PAGE_ROWS, RowPage, RowPages};
use super::row_terms::PathCells;
use crate::browser::page::client::Client;
use crate::browser::page::preferences;
use crate::find::FindTerm;
use crate::link::Link;
use crate::problem::Problem;
use crate::protocol::{
    Ask, Expand, LinkPath, NextRow, Reveal, RowRange, SetTree, TreeColumn, TreeRow, TreeRows,
    TreeSpec, TreeState,
};
use crate::selection::LayerSelection;
use crate::ui::app::{Navigation, ShownImage, set_path, spawn, use_image, use_navigation};
use leptos::html::Input;
use leptos::prelude::*;
use std::sync::Arc;

/// The word of the link's `show` for the whole tree around what layers changed.
pub(super) const WHOLE_TREE: &str = "tree";
/// The setting that keeps directories apart that hold nothing but one directory.
const JOIN: &str = "files.join";
/// A row to bring into view.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WantedRow {
    pub row: u32,
    /// It takes the focus.
    pub focus: bool,
}

/// The tree. All of it signals, so it is copied.
#[derive(Clone, Copy)]
pub struct TreeModel {
    navigation: Navigation,
    image: ShownImage,
    /// What is shown, as the link says.
    pub spec: Memo<TreeSpec>,
    /// Directories that hold nothing but one directory are one row with it.
    pub join: RwSignal<bool>,
    pub columns: TreeColumns,
    /// Entries that are selected together.
    pub marks: Marks,
    /// Bytes of the image's layers as stored, where these are known and a column needs them.
    pub compressed: RwSignal<Option<u64>>,
    /// The link without its path.
    base: Memo<Link>,
    /// The tree's numbers; `None` until there is a tree.
    pub state: RwSignal<Option<TreeState>>,
    /// The find as the session read it; empty: everything is shown.
    pub terms: RwSignal<Vec<FindTerm>>,
    /// Terms of the find that could not be read.
    pub unread: RwSignal<Vec<Problem>>,
    /// Why there is no tree.
    pub problem: RwSignal<Option<Problem>>,
    /// The box "Filter files".
    pub filter_box: NodeRef<Input>,
    /// The row that Tab leads to.
    pub cursor: RwSignal<u32>,
    pub wanted: RwSignal<Option<WantedRow>>,
    /// The row whose menu is open.
    pub filtered_by: RwSignal<Option<PathCells>>,
    revision: RwSignal<u32>,
    /// Grows when rows arrive.
    arrivals: RwSignal<u32>,
    pages: StoredValue<RowPages>,
    /// Counts requested trees: an answer that a later request has overtaken is dropped.
    asked_trees: StoredValue<u32>,
    /// What was revealed last: not again when only numbers changed.
    revealed: StoredValue<(TreeSpec, LinkPath)>,
}

impl TreeModel {
    /// A tree that follows the link.
    pub fn new() -> TreeModel {
        let (navigation, image) = (use_navigation(), use_image());
        let join = RwSignal::new(preferences::is_on(JOIN).unwrap_or(true));
        let columns = TreeColumns::new(Signal::derive(move || navigation.sort::<TreeColumn>().by));
        let model = TreeModel {
            navigation,
            image,
            spec: Memo::new(move |_| {
                let spec = spec_of(navigation);
                let compressed = columns.is_chosen(TreeColumn::Compressed)
                    || spec.sort.by == TreeColumn::Compressed;
                TreeSpec { join: join.get(), compressed, ..spec }
            }),
            join,
            columns,
            marks: Marks::new(),
            compressed: RwSignal::new(None),
            base: Memo::new(move |_| {
                let mut link = navigation.link();
                link.path.clear();
                link
            }),
            state: RwSignal::new(None),
            terms: RwSignal::new(Vec::new()),
            unread: RwSignal::new(Vec::new()),
            problem: RwSignal::new(None),
            filter_box: NodeRef::new(),
            cursor: RwSignal::new(0),
            wanted: RwSignal::new(None),
            filtered_by: RwSignal::new(None),
            revision: RwSignal::new(0),
            arrivals: RwSignal::new(0),
            pages: StoredValue::new(RowPages::default()),
            asked_trees: StoredValue::new(0),
            revealed: StoredValue::new(Default::default()),
        };
        Effect::new(move || {
            let spec = model.spec.get();
            // Asked again for each new tree, and when background work changed what rows say.
            let (tree, _) = (image.tree(), image.revision());
            if tree.is_some() {
                model.ask_tree(spec);
            }
        });
        Effect::new(move || model.reveal_selected(navigation.path()));
        let layers = Memo::new(move |_| navigation.layers());
        Effect::new(move |is_later: Option<()>| {
            layers.track();
            if is_later.is_some() {
                model.marks.clear(); // it was another state of the image
            }
        });
        model
    }

    /// Asks the session, and hands the answer on if this view still exists.
    fn ask<Q>(self, question: Q, then: impl FnOnce(Result<Q::Answer, Problem>) + 'static)
    where
        Q: Ask + 'static,
        Q::Answer: 'static,
    {
        let Some(client) = self.image.client() else { return };
        let request = question.into();
        spawn(async move {
            let bytes = client.ask_bytes(request).await;
            if !self.state.is_disposed() {
                then(Client::read(bytes));
            }
        });
    }

    fn ask_tree(self, spec: TreeSpec) {
        let number = self.asked_trees.try_update_value(|count| {
            *count += 1;
            *count
        });
        let image = self.image.position;
        self.ask(SetTree { image, spec }, move |answer| {
            if self.asked_trees.try_get_value() != number {
                return; // overtaken
            }
            match answer {
                Ok(shown) => {
                    self.problem.set(None);
                    self.terms.set(shown.terms);
                    self.unread.set(shown.problems);
                    self.compressed.set(shown.compressed);
                    self.adopt(shown.state);
                    self.reveal_selected(self.navigation.path_untracked());
                }
                Err(problem) if matches!(problem.code.as_ref(), "closed" | "layers-not-read") => {}
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    /// Takes the tree's numbers, so that rows are requested again.
    fn adopt(self, state: TreeState) {
        self.state.set(Some(state));
        self.marks.forget_range();
        self.revision.update(|revision| *revision += 1);
    }

    /// Joins directories that hold nothing but one directory with it, or keeps all apart; remembered.
    pub fn set_join(self, join: bool) {
        self.join.set(join);
        preferences::switch(JOIN, join);
    }

    fn reveal_selected(self, path: LinkPath) {
        let now = (self.spec.get_untracked(), path);
        let again = self.revealed.with_value(|last| *last == now);
        if self.state.read_untracked().is_none() || again {
            return;
        }
        self.revealed.set_value(now.clone());
        if !now.1.0.is_empty() {
            self.reveal(now.1, false);
        }
    }

    /// Expands the directories above a path and goes to it.
    pub fn reveal(self, path: LinkPath, focus: bool) {
        let image = self.image.position;
        self.ask(Reveal { image, path }, move |answer| {
            let Ok(revealed) = answer else { return };
            if *self.state.read_untracked() != Some(revealed.state) {
                self.adopt(revealed.state);
            }
            if let Some(row) = revealed.row {
                self.go_to(row, focus);
            }
        });
    }

    /// Puts the cursor on a row and brings it into view.
    pub fn go_to(self, row: u32, focus: bool) {
        self.cursor.set(row);
        self.wanted.set(Some(WantedRow { row, focus }));
    }

    /// Goes from the filter to the rows.
    pub fn enter(self) {
        let rows = self.state.read_untracked().map_or(0, |state| state.rows);
        if rows > 0 {
            self.go_to(self.cursor.get_untracked().min(rows - 1), true);
        }
    }

    /// Goes to the next row whose name begins with a text, from a row on and then from the top.
    pub fn go_to_name(self, prefix: String, from: u32) {
        let image = self.image.position;
        self.ask(NextRow { image, prefix, from }, move |answer| {
            if let Ok(Some(row)) = answer {
                self.go_to(row, true);
            }
        });
    }

    /// Expands or collapses a directory; with `all`, everything below it too.
    pub fn expand(self, node: u32, open: bool, all: bool) {
        let image = self.image.position;
        self.ask(Expand { image, node, open, all }, move |answer| {
            if let Ok(state) = answer {
                self.adopt(state);
            }
        });
    }

    /// Selects the rows from where the range began to another one, and goes there.
    pub fn mark_to(self, to: u32) {
        let from = self.marks.start_of_range(self.cursor.get_untracked());
        self.go_to(to, true);
        let (first, count) = (from.min(to), from.abs_diff(to).saturating_add(1).min(MAX_RANGE));
        let here: Option<Vec<_>> =
            (first..first + count).map(|row| self.row_untracked(row)).collect();
        if let Some(rows) = here {
            return self.marks.set_range(rows.iter().map(AsRef::as_ref));
        }
        let rows = RowRange { first, count };
        let image = self.image.position;
        self.ask(TreeRows { image, rows }, move |answer| {
            // The cursor may be on the way to another row by now.
            if let (Ok(part), true) = (answer, self.cursor.get_untracked() == to) {
                self.marks.set_range(&part.rows);
            }
        });
    }

    /// Selects the row's path.
    pub fn select(self, row: &TreeRow) {
        self.navigation.go(|link| set_path(link, &row.path));
    }

    /// The address of a row, all else as it is now; tracks the link except for its path.
    pub fn href(self, row: &TreeRow) -> String {
        let mut link = self.base.get();
        set_path(&mut link, &row.path);
        link.to_string()
    }

    /// A row, if it is here; tracks what may bring it.
    pub fn row(self, index: u32) -> Option<Arc<TreeRow>> {
        self.arrivals.track();
        self.row_untracked(index)
    }

    /// `row`, not tracked.
    pub fn row_untracked(self, index: u32) -> Option<Arc<TreeRow>> {
        self.pages.with_value(|pages| {
            pages.at(index / PAGE_ROWS)?.rows.get((index % PAGE_ROWS) as usize).cloned()
        })
    }

    /// Asks for the rows of a range that are missing; tracks the revision.
    pub fn want(self, range: RowRange) {
        let revision = self.revision.get();
        let Some(last) = range.count.checked_sub(1).map(|more| range.first + more) else { return };
        for position in range.first / PAGE_ROWS..=last / PAGE_ROWS {
            let request = self.pages.try_update_value(|pages| pages.request(revision, position));
            if request == Some(true) {
                self.ask_rows(revision, position);
            }
        }
    }

    fn ask_rows(self, revision: u32, position: u32) {
        let rows = RowRange { first: position * PAGE_ROWS, count: PAGE_ROWS };
        let image = self.image.position;
        self.ask(TreeRows { image, rows }, move |answer| {
            let current = self.revision.get_untracked() == revision;
            self.pages.update_value(|pages| {
                pages.pending.retain(|pending| *pending != (revision, position));
                if let (true, Ok(part)) = (current, answer) {
                    let rows = part.rows.into_iter().map(Arc::new).collect();
                    pages.keep(RowPage { position, revision, rows });
                }
            });
            self.arrivals.update(|count| *count += 1);
        });
    }
}

/// Whether a word is among those of the link's `show`.
pub(super) fn shows(show: &str, word: &str) -> bool {
    show.split(',').any(|one| one == word)
}

/// The words of the link's `show` with another one, or without it.
pub(super) fn with_word(show: &str, word: &str, on: bool) -> String {
    let others = show.split(',').filter(|one| !one.is_empty() && *one != word);
    others.chain(on.then_some(word)).collect::<Vec<_>>().join(",")
}

fn spec_of(navigation: Navigation) -> TreeSpec {
    let layers = navigation.layers();
    let range = matches!(layers, LayerSelection::Range(..));
    TreeSpec {
        layers,
        find: navigation.find(),
        directory: navigation.directory(),
        sort: navigation.sort(),
        whole: range && shows(&navigation.show(), WHOLE_TREE),
        join: false,
        compressed: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_added_to_what_is_shown_and_taken_away() {
        for (show, word, on, want) in [
            ("", "tree", true, "tree"),
            ("tree", "treemap", true, "tree,treemap"),
            ("tree,treemap", "tree", false, "treemap"),
            ("tree", "tree", true, "tree"),
        ] {
            assert_eq!(with_word(show, word, on), want);
        }
    }

    #[test]
    fn the_link_says_what_the_tree_shows() {
        Owner::new().with(|| {
            let spec = |link: &str| spec_of(Navigation::fixed(Link::parse(link)));
            assert_eq!(spec("#/?view=files"), TreeSpec::default());
            let one = spec("#/?view=files&layers=2&find=so&sort=-size");
            assert_eq!((&one.find[..], one.sort.reversed, one.whole), ("so", true, false));
            assert!(spec("#/?view=files&layers=2&show=tree").whole);
            assert!(spec("#/?view=files&layers=2&show=treemap,tree").whole);
            assert!(!spec("#/?view=files&layers=2&show=treemap").whole);
            assert!(!spec("#/?view=files&layers=..2").whole);
        });
    }
}
