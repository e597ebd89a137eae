//! The file tree as the page holds it: its numbers, and the rows that were near the screen.
//!
//! - The session owns the tree. Here are only pages of rows, each with the revision that it belongs to; rows of an
//!   older revision stay on screen until the new ones arrive, so nothing flickers.
//! - What is shown is derived from the link: selection, find, order, and the selected path.

use crate::browser::page::client::Client;
use crate::browser::page::preferences;
use crate::find::FindTerm;
use crate::link::Link;
use crate::problem::Problem;
use crate::protocol::{
    Ask, Expand, LinkPath, NextRow, Reveal, RowRange, SetTree, TreeRow, TreeRows, TreeSpec,
    TreeState,
};
use crate::selection::LayerSelection;
use crate::ui::app::{Navigation, ShownImage, set_path, spawn, use_image, use_navigation};
use leptos::html::Input;
use leptos::prelude::*;
use std::sync::Arc;

/// The link's `show` for the whole tree around what layers changed.
pub(super) const WHOLE_TREE: &str = "tree";
/// The setting that keeps directories apart that hold nothing but one directory.
const JOIN: &str = "files.join";
/// Rows of one request.
const PAGE_ROWS: u32 = 64;
/// Pages that are kept.
const KEPT_PAGES: usize = 64;

/// Rows next to each other.
struct RowPage {
    position: u32,
    revision: u32,
    rows: Vec<Arc<TreeRow>>,
}

/// The pages that have arrived, and those that were requested.
#[derive(Default)]
struct RowPages {
    here: Vec<RowPage>,
    /// Revision and position.
    pending: Vec<(u32, u32)>,
}

impl RowPages {
    fn at(&self, position: u32) -> Option<&RowPage> {
        self.here.iter().find(|page| page.position == position)
    }

    /// Takes the place of the page at its position. The page farthest away goes when there are too many.
    fn keep(&mut self, page: RowPage) {
        let position = page.position;
        self.here.retain(|here| here.position != position);
        self.here.push(page);
        if self.here.len() > KEPT_PAGES {
            let distance = |at: &usize| self.here[*at].position.abs_diff(position);
            if let Some(farthest) = (0..self.here.len()).max_by_key(distance) {
                self.here.swap_remove(farthest);
            }
        }
    }

    /// Notes that a page is requested; false if it has arrived or was requested before.
    fn request(&mut self, revision: u32, position: u32) -> bool {
        let here = self.at(position).is_some_and(|page| page.revision == revision);
        let missing = !here && !self.pending.contains(&(revision, position));
        if missing {
            self.pending.push((revision, position));
        }
        missing
    }
}

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
        let join = RwSignal::new(preferences::get(JOIN).is_none_or(|set| set != "off"));
        let model = TreeModel {
            navigation,
            image,
            spec: Memo::new(move |_| TreeSpec { join: join.get(), ..spec_of(navigation) }),
            join,
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
        self.revision.update(|revision| *revision += 1);
    }

    /// Joins directories that hold nothing but one directory with it, or keeps all apart; remembered.
    pub fn set_join(self, join: bool) {
        self.join.set(join);
        preferences::set(JOIN, if join { "on" } else { "off" });
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

fn spec_of(navigation: Navigation) -> TreeSpec {
    let layers = navigation.layers();
    let range = matches!(layers, LayerSelection::Range(..));
    TreeSpec {
        layers,
        find: navigation.find(),
        sort: navigation.sort(),
        changes_only: range && navigation.show() != WHOLE_TREE,
        join: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(position: u32, revision: u32) -> RowPage {
        RowPage { position, revision, rows: Vec::new() }
    }

    #[test]
    fn a_page_is_asked_for_once_a_revision() {
        let mut pages = RowPages::default();
        assert!(pages.request(1, 7));
        assert!(!pages.request(1, 7), "it is pending");
        pages.pending.clear();
        pages.keep(page(7, 1));
        assert!(!pages.request(1, 7), "it is here");
        assert!(pages.request(2, 7), "of an older revision");
    }

    #[test]
    fn the_farthest_page_is_evicted() {
        let mut pages = RowPages::default();
        for position in 0..=KEPT_PAGES as u32 {
            pages.keep(page(position, 1));
        }
        assert_eq!(pages.here.len(), KEPT_PAGES);
        assert!(pages.at(0).is_none() && pages.at(1).is_some());
        pages.keep(page(5, 2));
        assert_eq!(pages.at(5).map(|page| page.revision), Some(2));
        assert_eq!(pages.here.len(), KEPT_PAGES);
    }

    #[test]
    fn the_link_says_what_the_tree_shows() {
        Owner::new().with(|| {
            let spec = |link: &str| spec_of(Navigation::fixed(Link::parse(link)));
            assert_eq!(spec("#/?view=files"), TreeSpec::default());
            let one = spec("#/?view=files&layers=2&find=so&sort=-size");
            assert_eq!((&one.find[..], one.sort.reversed, one.changes_only), ("so", true, true));
            assert!(!spec("#/?view=files&layers=2&show=tree").changes_only);
            assert!(!spec("#/?view=files&layers=..2").changes_only);
        });
    }
}
