//! The file tree as the page holds it: what the session said of it, and the rows that have been near
//! the screen.
//!
//! - The session owns the tree. Here are only chunks of rows, each with the revision that it is of; rows
//!   of an older one stay on screen until the new ones are there, so nothing flickers.
//! - What is shown follows the link: selection, filter, order, and the path under the cursor.

use super::here::Here;
use super::opened::Opened;
use super::parts::{effect, spawn};
use super::state::{Memo, RwSignal, StoredValue};
use crate::browser::client::Client;
use crate::link::Link;
use crate::problem::Problem;
use crate::selection::LayerSelection;
use crate::session::query::{Ask, Expand, Reveal, Rows, Tree, TreeRow, TreeSpec, TreeState};
use std::sync::Arc;

/// Rows that are asked for at once.
const CHUNK: u32 = 64;
/// Chunks that are kept.
const KEPT: usize = 64;

#[derive(Default)]
struct Chunks {
    held: Vec<Chunk>,
    /// Revisions and positions of those that are on their way.
    asked: Vec<(u32, u32)>,
}

/// Rows beside each other.
struct Chunk {
    position: u32,
    revision: u32,
    rows: Vec<Arc<TreeRow>>,
}

/// The tree, copied about.
#[derive(Clone, Copy)]
pub struct TreeModel {
    here: Here,
    opened: Opened,
    /// Of a selection that is a range, only what it changed.
    pub changes_only: RwSignal<bool>,
    /// What is shown, as the link says.
    pub spec: Memo<TreeSpec>,
    /// The path under the cursor; empty: none.
    pub path: Memo<String>,
    /// The link without its path.
    base: Memo<Link>,
    /// What the session says of it.
    pub state: RwSignal<Option<TreeState>>,
    /// The sum of all sizes.
    pub size: Memo<u64>,
    /// Why there is no tree.
    pub problem: RwSignal<Option<Problem>>,
    /// The row that Tab leads to.
    pub cursor: RwSignal<u32>,
    /// A row to be brought into view, and whether it takes the focus.
    pub wanted: RwSignal<Option<(u32, bool)>>,
    revision: RwSignal<u32>,
    arrived: RwSignal<u32>,
    chunks: StoredValue<Chunks>,
    /// Counts questions for a tree, so that an overtaken answer is known.
    questions: StoredValue<u32>,
    /// What was brought into view last: not again for mere news.
    revealed: StoredValue<(TreeSpec, String)>,
}

impl TreeModel {
    /// A tree that follows the link.
    pub fn new(here: Here, opened: Opened) -> TreeModel {
        let changes_only = RwSignal::new(true);
        let spec = Memo::new(move |_| {
            let layers = here.layers();
            let range = matches!(layers, LayerSelection::Range(..));
            TreeSpec {
                layers: layers.to_string(),
                filter: here.filter(),
                sort: here.sort(),
                changes_only: range && changes_only.get(),
            }
        });
        let state = RwSignal::new(None::<TreeState>);
        let model = TreeModel {
            here,
            opened,
            changes_only,
            spec,
            path: here.path(),
            base: Memo::new(move |_| {
                let mut link = here.link();
                link.path.clear();
                link
            }),
            state,
            size: Memo::new(move |_| state.read().as_ref().map_or(0, |state| state.size)),
            problem: RwSignal::new(None),
            cursor: RwSignal::new(0),
            wanted: RwSignal::new(None),
            revision: RwSignal::new(0),
            arrived: RwSignal::new(0),
            chunks: StoredValue::new(Chunks::default()),
            questions: StoredValue::new(0),
            revealed: StoredValue::new(Default::default()),
        };
        effect(move || {
            let spec = model.spec.get();
            if opened.tree.get().is_some() {
                model.ask_tree(spec);
            }
        });
        effect(move || model.reveal_path(model.path.get()));
        model
    }

    /// Asks, and hands the answer on if this view is still there.
    fn ask<Q>(self, query: Q, then: impl FnOnce(Result<Q::Answer, Problem>) + 'static)
    where
        Q: Ask + 'static,
        Q::Answer: 'static,
    {
        let Some(client) = self.opened.client.get_untracked() else { return };
        let then: Box<dyn FnOnce(Result<Vec<u8>, Problem>)> =
            Box::new(move |bytes| then(Client::read(bytes)));
        let query = query.into();
        spawn(async move {
            let bytes = client.ask_bytes(query).await;
            if !self.state.is_disposed() {
                then(bytes);
            }
        });
    }

    fn ask_tree(self, spec: TreeSpec) {
        self.questions.update_value(|n| *n += 1);
        let question = self.questions.get_value();
        self.ask(Tree { spec }, move |answer| {
            if self.questions.get_value() != question {
                return;
            }
            match answer {
                Ok(state) => {
                    self.problem.set(None);
                    self.adopt(state);
                    self.reveal_path(self.path.get_untracked());
                }
                Err(problem) if problem.code == "closed" => {}
                Err(problem) => self.problem.set(Some(problem)),
            }
        });
    }

    /// Rows have moved: what is held is of the past.
    fn adopt(self, state: TreeState) {
        self.cursor.update(|cursor| *cursor = (*cursor).min(state.rows.saturating_sub(1)));
        self.state.set(Some(state));
        self.revision.update(|revision| *revision += 1);
    }

    fn reveal_path(self, path: String) {
        let now = (self.spec.get_untracked(), path);
        if self.state.read_untracked().is_none() || self.revealed.with_value(|last| *last == now) {
            return;
        }
        self.revealed.set_value(now.clone());
        if !now.1.is_empty() {
            self.reveal(now.1, false);
        }
    }

    /// Opens what is above a path and goes to it.
    pub fn reveal(self, path: String, focus: bool) {
        self.ask(Reveal { path }, move |answer| {
            let Ok(revealed) = answer else { return };
            if self.state.read_untracked().as_ref() != Some(&revealed.state) {
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
        self.wanted.set(Some((row, focus)));
    }

    /// Opens or closes a directory; with `all` what is below it, too.
    pub fn expand(self, node: u32, open: bool, all: bool) {
        self.ask(Expand { node, open, all }, move |answer| {
            if let Ok(state) = answer {
                self.adopt(state);
            }
        });
    }

    /// Makes the row's path the one that the link names.
    pub fn select(self, row: &TreeRow) {
        let path = crate::text::percent_decode(&row.path).unwrap_or_default();
        self.here.go(|link| link.path = path);
    }

    /// The address of a row, with all else as it is now; tracks the link but for its path.
    pub fn href(self, row: &TreeRow) -> String {
        let mut link = self.base.get();
        link.path = crate::text::percent_decode(&row.path).unwrap_or_default();
        link.to_string()
    }

    /// A row, if it is here; tracks what may bring it.
    pub fn row(self, index: u32) -> Option<Arc<TreeRow>> {
        self.arrived.track();
        self.row_untracked(index)
    }

    /// `row`, without following it.
    pub fn row_untracked(self, index: u32) -> Option<Arc<TreeRow>> {
        self.chunks.with_value(|chunks| {
            chunks.at(index / CHUNK)?.rows.get((index % CHUNK) as usize).cloned()
        })
    }

    /// Sees to it that these rows come, or are those of now; tracks the revision.
    pub fn want(self, first: u32, end: u32) {
        let revision = self.revision.get();
        if end <= first {
            return;
        }
        for chunk in first / CHUNK..=(end - 1) / CHUNK {
            let missing = self.chunks.try_update_value(|chunks| {
                let here = chunks.at(chunk).is_some_and(|held| held.revision == revision);
                let missing = !here && !chunks.asked.contains(&(revision, chunk));
                if missing {
                    chunks.asked.push((revision, chunk));
                }
                missing
            });
            if missing == Some(true) {
                self.ask_rows(revision, chunk);
            }
        }
    }

    fn ask_rows(self, revision: u32, chunk: u32) {
        self.ask(Rows { first: chunk * CHUNK, count: CHUNK }, move |answer| {
            let current = self.revision.get_untracked() == revision;
            self.chunks.update_value(|chunks| {
                chunks.asked.retain(|asked| *asked != (revision, chunk));
                if let (true, Ok(rows)) = (current, answer) {
                    let rows = rows.rows.into_iter().map(Arc::new).collect();
                    chunks.hold(Chunk { position: chunk, revision, rows });
                }
            });
            self.arrived.update(|n| *n += 1);
        });
    }
}

impl Chunks {
    fn at(&self, position: u32) -> Option<&Chunk> {
        self.held.iter().find(|chunk| chunk.position == position)
    }

    /// Takes the place of what is held there; what lies farthest away goes when there is too much.
    fn hold(&mut self, chunk: Chunk) {
        let position = chunk.position;
        self.held.retain(|held| held.position != position);
        self.held.push(chunk);
        if self.held.len() > KEPT {
            let away = |at: &usize| self.held[*at].position.abs_diff(position);
            if let Some(farthest) = (0..self.held.len()).max_by_key(away) {
                self.held.swap_remove(farthest);
            }
        }
    }
}
