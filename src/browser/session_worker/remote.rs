//! An image in a registry: its documents first, then its layers, as they are needed.
//!
//! - What is known of a layer from an earlier visit is taken in its place: then its blob comes only if a
//!   file in it is looked at.
//! - Several blobs come at once, in the image's order. A layer that can't be had costs that layer.
//! - Where the registry gives no answer, what an earlier visit kept of the same reference is shown, and
//!   the page says so.

use super::download::{self, Download, Outcome, Watch};
use super::{Opened, State, answer, event, with_state};
use crate::browser::file_list::FileList;
use crate::browser::wire::LayersWish;
use crate::browser::{network, store};
use crate::codec::Partial;
use crate::layer::{self, ByTable, LayerScan, Limits};
use crate::oci::{Descriptor, Digest, Platform, Reference};
use crate::problem::Problem;
use crate::registry::platform::{self, Wish};
use crate::registry::pull::{Pull, Pulled};
use crate::session::pulled::Layout;
use crate::session::query::{Event, PullRow, PullState, Pulling};
use crate::session::{Files, Reading, Session};
use js_sys::{Array, Date, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{AbortController, File};

/// A layer below this size comes as soon as its table of contents.
const WORTH_A_TABLE: u64 = 256 << 10;
/// Stretches of a blob that are fetched for its table at most.
const STRETCHES: usize = 4;
/// Layers of more bytes together come only if the user says so.
const ASKED_BEYOND: u64 = 500_000_000;
/// Blobs that come at once, as `docker pull` does it.
const AT_ONCE: usize = 3;
/// Progress is told no more often than this.
const TOLD_EVERY_MILLIS: f64 = 200.0;

/// What a pull was asked for.
pub(super) struct Asked {
    pub reference: String,
    pub platform: Option<String>,
    pub preferred: Option<String>,
}

/// The layers of an image in a registry.
pub(super) struct Remote {
    pub registry: String,
    pub repository: String,
    /// As Docker shows it.
    name: String,
    rows: Vec<Row>,
    needed: bool,
    agreed: bool,
    paused: bool,
    fetched: bool,
    told_at: f64,
}

struct Row {
    file: u32,
    blob: Descriptor,
    line: PullRow,
    /// It is under way.
    running: bool,
    /// A file in it is looked at.
    looked_at: bool,
    /// It is known what is in it, or nothing is to be had of it.
    settled: bool,
    /// What is known of it is kept for the next visit.
    stored: bool,
    tried_table: bool,
    paused: Option<Box<Download>>,
    abort: Option<AbortController>,
    /// When its bytes were counted last, and how many there were.
    counted: (f64, u64),
}

/// Finds the image, and opens it.
pub(super) async fn pull(asked: Asked) {
    event(Event::Progress(Default::default()));
    if let Err(problem) = try_pull(asked).await {
        event(Event::Failed(problem));
    }
}

async fn try_pull(asked: Asked) -> Result<(), Problem> {
    let reference = Reference::parse(&asked.reference)?;
    let wish = match (&asked.platform, &asked.preferred) {
        (Some(platform), _) => {
            let exactly = platform::parse(platform);
            Wish::Exactly(exactly.ok_or_else(|| no_platform(platform))?)
        }
        (None, preferred) => {
            Wish::Preferably(preferred.as_deref().and_then(platform::parse).unwrap_or_else(amd64))
        }
    };
    let memory = format!("tag {}", reference.name());
    let memory = format!("{memory}:{}", reference.tag().unwrap_or_default());
    let (pulled, stale) = match network::run(Pull::new(reference.clone(), wish.clone())).await {
        Ok(pulled) => (pulled, None),
        Err(error) => {
            let no_answer = error.status.is_none_or(|status| status >= 500 || status == 429);
            let kept = if no_answer { kept(&reference, &memory, wish).await } else { None };
            (kept.ok_or_else(|| error.problem.clone())?, Some(error.problem))
        }
    };
    for (digest, bytes) in &pulled.documents {
        store::keep_document(digest, bytes).await;
    }
    if stale.is_none() && reference.digest().is_none() {
        store::keep_text(&memory, &pulled.digest.to_string()).await;
    }
    let mut layout = Layout::of(pulled, &reference);
    if network::is_proxied(reference.registry()) {
        layout.is_proxied();
    }
    if let Some(problem) = stale {
        layout.is_from_memory(from_memory(&problem));
    }
    open(reference, layout).await
}

/// What an earlier visit kept of the reference, with nothing asked of the registry.
async fn kept(reference: &Reference, memory: &str, wish: Wish) -> Option<Pulled> {
    let digest = match reference.digest() {
        Some(digest) => digest.clone(),
        None => Digest::parse(&store::text(memory).await?)?,
    };
    store::document(&digest).await?; // else the registry would be asked once more
    let pinned = Reference::parse(&format!("{}@{digest}", reference.name())).ok()?;
    network::run(Pull::new(pinned, wish)).await.ok()
}

async fn open(reference: Reference, layout: Layout) -> Result<(), Problem> {
    let mut files = FileList::absent(layout.list());
    for at in 0..layout.list().len() as u32 {
        if let Some(bytes) = layout.document(at) {
            files.set(at, &document(bytes)?);
        }
    }
    let mut session = Session::of_layout(&layout)?;
    let mut rows = Vec::new();
    for blob in &layout.blobs {
        let kept = store::index(&blob.descriptor.digest).await;
        let known = kept.is_some_and(|buffer| session.take_kept(blob.file, &buffer));
        let state = match (known, session.is_listed(blob.file)) {
            (_, true) => PullState::Listed,
            (true, _) => PullState::Here,
            (false, _) => PullState::Waiting,
        };
        rows.push(Row::new(blob.file, blob.descriptor.clone(), state));
    }
    let remote = Remote {
        registry: reference.registry().to_owned(),
        repository: reference.repository().to_owned(),
        name: layout.name().to_owned(),
        rows,
        needed: false,
        agreed: false,
        paused: false,
        fetched: false,
        told_at: 0.0,
    };
    with_state(|state| {
        state.opened = Some(Opened { files, session });
        state.remote = Some(remote);
        state.tell_pull(true);
        state.begin();
        state.go_on();
    });
    Ok(())
}

fn document(bytes: &[u8]) -> Result<File, Problem> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    File::new_with_u8_array_sequence(&parts, "document").map_err(|error| {
        Problem::new("read-failed", "A document cannot be held in memory.")
            .found(crate::browser::panics::words(&error))
    })
}

fn amd64() -> Platform {
    Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), ..Platform::default() }
}

fn no_platform(found: &str) -> Problem {
    Problem::new("platform-name", "The link names a platform that is none.")
        .expected("a system and an architecture, as linux/arm64")
        .found(crate::text::show(found.as_bytes()))
}

fn from_memory(problem: &Problem) -> Problem {
    Problem::new(
        "registry-memory",
        "The registry gave no answer: this is what an earlier visit kept.",
    )
    .found(problem.message.clone())
    .advice("The tag may name another image by now.")
}

impl Row {
    fn new(file: u32, blob: Descriptor, state: PullState) -> Row {
        let size = u64::try_from(blob.size).unwrap_or(0);
        let known = state != PullState::Waiting;
        let done = if state == PullState::Here { size } else { 0 };
        let line =
            PullRow { digest: blob.digest.to_string(), size, done, state, ..PullRow::default() };
        Row {
            file,
            blob,
            line,
            running: false,
            looked_at: false,
            settled: known,
            stored: known,
            tried_table: false,
            paused: None,
            abort: None,
            counted: (0.0, 0),
        }
    }

    /// Its table of contents was not looked for yet.
    fn may_have_table(&self) -> bool {
        !self.settled && !self.tried_table && self.line.size >= WORTH_A_TABLE
    }

    /// Whether it is to come.
    fn is_wanted(&self, needed: bool) -> bool {
        self.looked_at || (needed && !self.settled)
    }

    /// Counts its speed anew, over the time since it was told last.
    fn measure(&mut self, now: f64) {
        let (then, before) = std::mem::replace(&mut self.counted, (now, self.line.done));
        let seconds = (now - then) / 1000.0;
        let fresh = self.line.done.saturating_sub(before) as f64 / seconds.max(0.001);
        self.line.speed = match (self.line.state, then > 0.0) {
            (PullState::Downloading, true) => (self.line.speed as f64 * 0.5 + fresh * 0.5) as u64,
            _ => 0,
        };
    }
}

impl Remote {
    /// Bytes that are still to come for the tree.
    fn missing(&self) -> u64 {
        let open = self.rows.iter().filter(|row| !row.settled);
        open.map(|row| row.line.size.saturating_sub(row.line.done)).sum()
    }

    fn asks(&self) -> bool {
        self.needed && !self.agreed && self.missing() > ASKED_BEYOND
    }

    fn row(&mut self, file: u32) -> Option<&mut Row> {
        self.rows.iter_mut().find(|row| row.file == file)
    }

    fn told(&mut self) -> Pulling {
        let now = Date::now();
        self.told_at = now;
        self.rows.iter_mut().for_each(|row| row.measure(now));
        let done = self.rows.iter().all(|row| row.settled);
        let failed = self.rows.iter().any(|row| row.line.state == PullState::Failed);
        let status = match (done, failed, self.fetched) {
            (false, ..) => String::new(),
            (_, true, _) => format!("Downloaded a part of {}", self.name),
            (_, _, true) => format!("Downloaded newer image for {}", self.name),
            (_, _, false) => format!("Image is up to date for {}", self.name),
        };
        Pulling {
            rows: self.rows.iter().map(|row| row.line.clone()).collect(),
            missing: self.missing(),
            asks: self.asks(),
            paused: self.paused,
            done,
            status,
        }
    }
}

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
    fn pump(&mut self) {
        let Some(remote) = &mut self.remote else { return };
        if remote.paused {
            return;
        }
        let asks = remote.asks();
        let needed = remote.needed && !asks;
        let mut running = remote.rows.iter().filter(|row| row.running).count();
        for row in &mut remote.rows {
            if running >= AT_ONCE {
                break;
            }
            if remote.needed && row.may_have_table() && !row.running && has_table(&row.blob) {
                row.running = true;
                row.tried_table = true;
                running += 1;
                let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
                spawn_local(look_up_table(row.file, registry, repository, row.blob.clone()));
                continue;
            }
            let there = self.opened.as_ref().is_some_and(|opened| opened.files.has(row.file));
            if row.is_wanted(needed)
                && !row.running
                && !there
                && row.line.state != PullState::Failed
            {
                row.running = true;
                running += 1;
                let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
                let watched = Watched { file: row.file };
                spawn_local(bring(
                    watched,
                    registry,
                    repository,
                    row.blob.clone(),
                    row.paused.take(),
                ));
            }
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

    /// A layer's table of contents has come, or there is none.
    fn table_came(&mut self, file: u32, scan: Option<LayerScan>) {
        let (Some(remote), Some(opened)) = (&mut self.remote, &mut self.opened) else { return };
        let Some(row) = remote.row(file) else { return };
        row.running = false;
        if let Some(scan) = scan {
            row.settled = true;
            row.line.state = PullState::Listed;
            remote.fetched = true;
            opened.session.list(file, scan);
            for job in self.tally.waiting_for(file) {
                self.tally.finished(&job.work);
            }
            self.news = Some(Event::LayerRead);
        }
        self.pump();
        self.tell_pull(true);
        self.go_on();
    }

    /// Brings the bytes of one file of a layer that only its table is known of.
    pub(super) fn bring_part(&self, id: u32, mut reading: Reading) {
        let (Some(remote), file) = (&self.remote, reading.job.file()) else { return };
        let Some(row) = remote.rows.iter().find(|row| row.file == file) else { return };
        let Some(stretch) = reading.needs else { return };
        let (registry, repository) = (remote.registry.clone(), remote.repository.clone());
        let blob = row.blob.clone();
        spawn_local(async move {
            let bytes = download::part(&registry, &repository, &blob, stretch).await;
            match bytes.and_then(|bytes| document(&bytes)) {
                Ok(part) => with_state(|state| {
                    if let Some(opened) = &mut state.opened {
                        reading.moved(opened.files.add(&part));
                        state.contents.push_back((id, reading));
                        state.go_on();
                    }
                }),
                Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
            }
        });
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

/// Whether the manifest says that the layer has a table of contents.
fn has_table(blob: &Descriptor) -> bool {
    let nothing_here = Partial::new(u64::try_from(blob.size).unwrap_or(0));
    matches!(layer::by_table(&nothing_here, blob, Limits::default()), ByTable::Needs(..))
}

async fn look_up_table(file: u32, registry: String, repository: String, blob: Descriptor) {
    let mut here = Partial::new(u64::try_from(blob.size).unwrap_or(0));
    let mut found = None;
    for _ in 0..STRETCHES {
        match layer::by_table(&here, &blob, Limits::default()) {
            ByTable::Needs(first, end) => {
                let part = download::part(&registry, &repository, &blob, (first, end)).await;
                let Ok(part) = part else { break }; // the layer itself, then
                here.add(first, part);
            }
            ByTable::Layer(scan) => {
                found = Some(*scan);
                break;
            }
            ByTable::Nothing => break,
        }
    }
    with_state(|state| state.table_came(file, found));
}

async fn bring(
    watched: Watched,
    registry: String,
    repository: String,
    blob: Descriptor,
    paused: Option<Box<Download>>,
) {
    let size = u64::try_from(blob.size).unwrap_or(0);
    if let Some(file) = store::blobs::open(&blob.digest, size).await {
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
