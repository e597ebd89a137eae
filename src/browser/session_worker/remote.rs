//! The layers of an image in a registry, as they are needed.
//!
//! - Several blobs come at once, in the image's order. A layer that can't be had costs that layer.
//! - A layer that its table of contents stands for comes only if the user says so (`tables`).

use super::download::{Download, Outcome, Watch};
use super::rows::Row;
use super::soci::Way;
use super::{Opened, State, event, soci, tables, with_state};
use crate::browser::store;
use crate::browser::wire::LayersWish;
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::session::query::{Event, PullState};
use js_sys::Date;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, File};

/// Blobs that come at once, as `docker pull` does it.
const AT_ONCE: usize = 3;
/// Progress is told no more often than this.
const TOLD_EVERY_MILLIS: f64 = 200.0;

impl State {
    /// What the page wants done about layers that are not here.
    pub(super) fn wish(&mut self, wish: LayersWish) {
        let Some(remote) = &mut self.remote else { return };
        remote.needed = true;
        match wish {
            LayersWish::Needed => {}
            LayersWish::Agreed => {
                remote.agreed = true;
                let listed = |row: &&mut Row| row.line.state == PullState::Listed;
                remote.rows.iter_mut().filter(listed).for_each(|row| row.looked_at = true);
            }
            LayersWish::Pause => {
                remote.paused = true;
                remote.rows.iter().flat_map(|row| &row.abort).for_each(AbortController::abort);
            }
            LayersWish::Resume => {
                remote.paused = false;
                self.try_failed_again();
            }
        }
        self.pump();
        self.tell_pull(true);
    }

    fn try_failed_again(&mut self) {
        let (Some(remote), Some(opened)) = (&mut self.remote, &mut self.opened) else { return };
        let mut again = false;
        let failed = |row: &&mut Row| row.line.state == PullState::Failed;
        for row in remote.rows.iter_mut().filter(failed) {
            row.line.state = PullState::Waiting;
            row.line.problem.clear();
            row.settled = false;
            opened.session.forget(row.file);
            again = true;
        }
        if again {
            self.index();
        }
    }

    /// A file in this layer is looked at, so its blob is to come.
    pub(super) fn look_into(&mut self, file: u32) {
        if let Some(row) = self.remote.as_mut().and_then(|remote| remote.row(file)) {
            row.looked_at = true;
        }
        self.pump();
    }

    /// Begins what is wanted and has room.
    pub(super) fn pump(&mut self) {
        let Some(remote) = &mut self.remote else { return };
        if remote.paused {
            return;
        }
        remote.seek_tables();
        let asks = remote.asks();
        let needed = remote.needed && !asks;
        let mut running = remote.rows.iter().filter(|row| row.running).count();
        for row in remote.rows.iter_mut().filter(|row| !row.running) {
            if running >= AT_ONCE {
                break;
            }
            let way = match remote.needed && row.may_have_table() {
                true => remote.beside.way(&row.blob, row.looked_at),
                false => Way::Layer,
            };
            let there = self.opened.as_ref().is_some_and(|opened| opened.files.has(row.file));
            let failed = row.line.state == PullState::Failed;
            let wanted = row.is_wanted(needed) && !there && !failed;
            let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
            let (file, blob) = (row.file, row.blob.clone());
            match way {
                Way::Held => continue,
                Way::Layer if !wanted => continue,
                Way::Beside(table) => {
                    spawn_local(soci::look_up(file, registry, repository, blob, table));
                    row.tried_table = true;
                }
                Way::Table => {
                    spawn_local(tables::look_up_table(file, registry, repository, blob));
                    row.tried_table = true;
                }
                Way::Layer => {
                    let watched = Watched { file };
                    spawn_local(bring(watched, registry, repository, blob, row.paused.take()));
                }
            }
            row.running = true;
            running += 1;
        }
    }

    /// Tells how the pull comes along, if it is time or `at_once`.
    pub(super) fn tell_pull(&mut self, at_once: bool) {
        let Some(remote) = &mut self.remote else { return };
        if at_once || Date::now() - remote.told_at >= TOLD_EVERY_MILLIS {
            event(Event::Pulling(remote.told()));
        }
    }

    /// A blob has come.
    fn arrived(&mut self, file: u32, came: File, verified: bool, kept: bool) {
        let Some(Opened { files, session }) = &mut self.opened else { return };
        files.set(file, &came);
        let listed = session.is_listed(file);
        let known = session.has_index(file) && !listed;
        session.unlist(file);
        if let Some(remote) = &mut self.remote {
            remote
                .rows
                .iter_mut()
                .filter(|row| row.file == file)
                .for_each(|row| row.stored &= !listed);
            remote.fetched |= !kept;
            if let Some(row) = remote.row(file) {
                row.running = false;
                row.abort = None;
                row.here = true;
                row.line.done = row.line.size;
                row.line.state = match (known, kept) {
                    (_, true) => PullState::Here,
                    (true, false) => PullState::Done,
                    (false, false) => PullState::Indexing,
                };
                if verified {
                    session.arrived(file, row.blob.digest.clone());
                }
            }
        }
        if listed {
            self.index(); // what was claimed is compared with the layer
        }
        self.pump();
        self.tell_pull(true);
        self.go_on();
    }

    /// A blob can't be had.
    fn missed(&mut self, file: u32, problem: Problem) {
        if let Some(row) = self.remote.as_mut().and_then(|remote| remote.row(file)) {
            row.running = false;
            row.looked_at = false;
            row.settled = true;
            row.line.state = PullState::Failed;
            row.line.problem = problem.to_string();
        }
        self.give_up_contents(file, &problem);
        for job in self.tally.waiting_for(file) {
            self.finish(&job, Err(problem.clone()));
        }
        self.pump();
        self.tell_pull(true);
        self.go_on();
    }

    /// A layer was read.
    pub(super) fn layer_is_known(&mut self, file: u32) {
        let Some(row) = self.remote.as_mut().and_then(|remote| remote.row(file)) else { return };
        row.settled = true;
        if row.line.state == PullState::Indexing {
            row.line.state = PullState::Done;
        }
        self.tell_pull(true);
    }

    /// Keeps what was found out of layers, for the next visit.
    pub(super) fn keep_indexes(&mut self) {
        let (Some(remote), Some(opened)) = (&mut self.remote, &self.opened) else { return };
        let fresh = |row: &&mut Row| row.settled && !row.stored;
        for row in remote.rows.iter_mut().filter(fresh) {
            if let Some(buffer) = opened.session.to_keep(row.file) {
                row.stored = true;
                let digest = row.blob.digest.clone();
                spawn_local(async move { store::keep_index(&digest, &buffer).await });
            }
        }
    }
}

async fn bring(
    watched: Watched,
    registry: String,
    repository: String,
    blob: Descriptor,
    paused: Option<Box<Download>>,
) {
    if let Some(file) = store::blobs::open(&blob.digest, blob.bytes()).await {
        return with_state(|state| state.arrived(watched.file, file, true, true));
    }
    let outcome = async {
        let download = match paused {
            Some(download) => *download,
            None => Download::begin(&registry, &repository, &blob, &watched).await?,
        };
        download.go_on(&watched).await
    };
    match outcome.await {
        Ok(Outcome::Whole(file, verified)) => {
            with_state(|state| state.arrived(watched.file, file, verified, false));
        }
        Ok(Outcome::Paused(download)) => with_state(|state| {
            if let Some(row) = state.remote.as_mut().and_then(|remote| remote.row(watched.file)) {
                row.running = false;
                row.line.state = PullState::Waiting;
                row.paused = Some(download);
            }
            state.pump(); // it may go on already
            state.tell_pull(true);
        }),
        Err(problem) => with_state(|state| state.missed(watched.file, problem)),
    }
}

/// A row, as who brings its blob knows it.
struct Watched {
    file: u32,
}

impl Watched {
    fn with_row<T: Default>(&self, look: impl FnOnce(&mut Row) -> T) -> T {
        let mut out = T::default();
        with_state(|state| {
            if let Some(row) = state.remote.as_mut().and_then(|remote| remote.row(self.file)) {
                out = look(row);
            }
        });
        out
    }
}

impl Watch for Watched {
    fn tell(&self, now: PullState, done: u64) {
        let changed = self.with_row(|row| {
            row.line.done = done;
            std::mem::replace(&mut row.line.state, now) != now
        });
        with_state(|state| state.tell_pull(changed));
    }

    fn begin(&self, abort: AbortController) {
        self.with_row(|row| row.abort = Some(abort));
    }

    fn is_paused(&self) -> bool {
        let mut paused = false;
        with_state(|state| paused = state.remote.as_ref().is_some_and(|remote| remote.paused));
        paused
    }
}
