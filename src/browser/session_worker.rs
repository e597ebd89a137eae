//! A session worker: owns the session of one opened source, answers the page, and drives the jobs.
//!
//! - Never waits: every message is handled at once, and the long work is the layer workers'. Asking
//!   stays possible in every stage.
//! - The session says what is to be done; a stage ends when all its jobs have, well or not. A job is
//!   begun once in a stage, so one that is never done can't hold the others up.
//! - Order of stages: opening (where the archive is compressed as a whole), index, tree, verify, analyse,
//!   ready; a report waits for ready. Choosing another image starts at the index again, and keeps what is
//!   done.

mod attached;
mod checks;
mod download;
mod lists;
mod opening;
mod pull;
mod remote;
mod rows;
mod soci;
mod tables;

use super::{
    file_list::FileList,
    network, panics,
    pool::{Pool, Task},
    spawn::Engine,
    spill::{self, Folder},
    tally::Tally,
    wire::{self, FromLayer, FromSession, LayersWish, ToSession},
};
use crate::{
    problem::Problem,
    session::{
        Reading, Session,
        job::{Job, JobResult, Work},
        query::{self, ContentRequest, Event, Progress, Query, Question, Stage},
    },
};
use js_sys::{Array, ArrayBuffer, Date, Uint8Array};
use opening::Wanted;
use pull::Asked;
use rows::Remote;
use std::{cell::RefCell, collections::VecDeque};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

/// Progress and news are told no more often than this.
const TOLD_EVERY_MILLIS: f64 = 100.0;

thread_local! {
    static STATE: RefCell<Option<State>> = const { RefCell::new(None) };
}

/// Called once, by the worker's own script, with the engine's compiled module and its script.
pub fn start(module: JsValue, source: Blob) {
    panics::install(|words| {
        say(&FromSession::Panicked { words: words.to_owned() }, &JsValue::UNDEFINED);
    });
    let cores = scope().navigator().hardware_concurrency() as usize;
    match Pool::new(Engine { source, module }, cores, hear_layer) {
        Ok(pool) => STATE.set(Some(State::new(pool))),
        Err(problem) => event(Event::Failed(problem)),
    }
    let on_message = Closure::<dyn FnMut(_)>::new(|event: MessageEvent| {
        if let Some((message, beside)) = wire::unpack(&event.data()) {
            with_state(|state| state.hear_page(message, beside));
        }
    });
    scope().set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget(); // lives as long as the worker
}

struct State {
    pool: Pool,
    opened: Option<Opened>,
    /// What is done now; `None`: nothing, all that runs unasked has ended.
    stage: Option<Stage>,
    tally: Tally,
    /// Requests for content that no worker has yet.
    contents: VecDeque<(u32, Reading)>,
    /// Where layers' uncompressed bytes may be kept, and how many were.
    folder: Folder,
    spills: u32,
    /// Requests for the report, and for a saved inspection.
    reports: Vec<u32>,
    saves: Vec<u32>,
    told_at: f64,
    /// An event that is due when something is told next.
    news: Option<Event>,
    wanted: Wanted,
    /// Requests for what is known of vulnerabilities.
    checks: Vec<u32>,
    /// Files of advisories that are still to be read for a request, and why one of them could not be.
    dropped: Vec<(u32, usize, Option<Problem>)>,
    /// Of an image in a registry: its layers, and what is done to have them.
    remote: Option<Remote>,
}

struct Opened {
    files: FileList,
    session: Session,
}

impl State {
    fn new(pool: Pool) -> State {
        State {
            pool,
            opened: None,
            stage: None,
            tally: Tally::default(),
            contents: VecDeque::new(),
            folder: Folder::new(),
            spills: 0,
            reports: Vec::new(),
            saves: Vec::new(),
            told_at: 0.0,
            news: None,
            wanted: Wanted::default(),
            checks: Vec::new(),
            dropped: Vec::new(),
            remote: None,
        }
    }

    fn hear_page(&mut self, message: ToSession, beside: JsValue) {
        match message {
            ToSession::Open { name, paths, wanted_digest, platform } => {
                event(Event::Progress(Progress::default()));
                self.wanted = Wanted { digest: wanted_digest, platform };
                self.open(&name, FileList::new(paths, beside.unchecked_into()));
            }
            ToSession::Ask { id, query } => self.ask(id, query),
            ToSession::Choose { id, image } => {
                let chosen = self.session().and_then(|session| session.choose(image));
                let well = chosen.is_ok();
                answer(id, chosen, &JsValue::UNDEFINED);
                if well {
                    self.index();
                }
            }
            ToSession::Lift { id, layer } => {
                let lifted = self.session().and_then(|session| session.lift(layer));
                let well = lifted.is_ok();
                answer(id, lifted, &JsValue::UNDEFINED);
                match layer {
                    _ if !well => {}
                    0 => self.begin(),
                    _ => self.index(),
                }
            }
            ToSession::Content { id, request } => self.content(id, &request),
            ToSession::Report { id } => self.order(id, |state| &mut state.reports),
            ToSession::Save { id } => self.order(id, |state| &mut state.saves),
            ToSession::Check { id, endpoint } => self.check(id, endpoint),
            ToSession::Advisories { id, names } => {
                self.advisories(id, names, beside.unchecked_into());
            }
            ToSession::Cancel { id } => self.cancel(id),
            ToSession::Pull { reference, platform, preferred, network } => {
                network::set_up(network, ask_user);
                spawn_local(pull::pull(Asked { reference, platform, preferred }));
            }
            ToSession::Fetch { url, platform } => {
                self.wanted = Wanted { digest: None, platform };
                spawn_local(opening::fetch(url));
            }
            ToSession::Join { network } => network::set_up(network, ask_user),
            ToSession::Layers(wish) => self.wish(wish),
            ToSession::Reply { question, reply } => network::reply(&question, reply),
            ToSession::Look { id, look } => lists::look(id, look),
            ToSession::ClearKept { id } => lists::clear_kept(id),
        }
        self.go_on();
    }

    /// What is made of all that was read, so it waits for the layers.
    fn order(&mut self, id: u32, orders: fn(&mut State) -> &mut Vec<u32>) {
        match self.session() {
            Ok(_) => {
                orders(self).push(id);
                self.wish(LayersWish::Agreed);
            }
            Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
        }
    }

    fn session(&mut self) -> Result<&mut Session, Problem> {
        match &mut self.opened {
            Some(opened) => Ok(&mut opened.session),
            None => Err(Problem::new("not-open", "No file is open.")),
        }
    }

    fn ask(&mut self, id: u32, query: Query) {
        // Who asks for no rows asks for numbers alone.
        let rows = match &query {
            Query::Packages(query) => query.ask.count,
            Query::Vulnerabilities(query) => query.ask.count,
            _ => 0,
        };
        if rows > 0 {
            self.bring_attached();
        }
        match self.session() {
            Ok(session) => {
                answer(id, Ok(()), &Uint8Array::from(&query::dispatch(session, query)[..]))
            }
            Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
        }
    }

    fn content(&mut self, id: u32, request: &ContentRequest) {
        match self.session().and_then(|session| session.read_content(request)) {
            Ok(reading) => {
                let file = reading.job.file();
                let listed = self.session().is_ok_and(|session| session.is_listed(file));
                if listed && reading.needs.is_some() {
                    return self.bring_part(id, reading);
                }
                self.contents.push_back((id, reading));
                if self.opened.as_ref().is_some_and(|opened| !opened.files.has(file)) {
                    self.look_into(file);
                }
            }
            Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
        }
    }

    /// A file can't be had: nor can contents in it.
    fn give_up_contents(&mut self, file: u32, problem: &Problem) {
        self.contents.retain(|(id, reading)| {
            let lost = reading.job.file() == file;
            if lost {
                answer(*id, Err(problem.clone()), &JsValue::UNDEFINED);
            }
            !lost
        });
    }

    fn cancel(&mut self, id: u32) {
        self.stop_check(Some(id));
        self.dropped.retain(|(waiting, ..)| *waiting != id);
        self.contents.retain(|(waiting, _)| *waiting != id);
        self.reports.retain(|waiting| *waiting != id);
        self.saves.retain(|waiting| *waiting != id);
        self.pool
            .retain(|task| !matches!(task, Task::Content { id: running, .. } if *running == id));
        if self.stage == Some(Stage::Reporting) && self.reports.is_empty() {
            self.enter(None, Vec::new());
            self.pool.retain(|task| matches!(task, Task::Content { .. }));
        }
    }

    /// Begins with the image that is chosen now.
    fn index(&mut self) {
        self.news = None; // of the image shown until now
        self.remote.iter_mut().for_each(|remote| remote.attached.clear());
        self.stop_check(None);
        let jobs = self.session().map(|session| session.index_jobs()).unwrap_or_default();
        self.enter(Some(Stage::Indexing), jobs);
        let tally = &self.tally;
        self.pool.retain(|task| match task {
            Task::Stage { job, .. } => tally.wants(&job.work),
            Task::Content { .. } => true,
        });
    }

    fn enter(&mut self, stage: Option<Stage>, jobs: Vec<Job>) {
        self.stage = stage;
        self.tally = Tally::new(stage.unwrap_or_default(), jobs, &self.pool.running());
        if stage.is_some() {
            self.tell_progress();
        }
    }

    /// Hands out what can be begun, and goes to the next stage where one is over.
    fn go_on(&mut self) {
        loop {
            self.hand_out();
            if !self.tally.all_finished() || !self.end_stage() {
                return;
            }
        }
    }

    fn hand_out(&mut self) {
        let Some(Opened { files, .. }) = &self.opened else { return };
        let files = files.clone();
        let ready = |contents: &VecDeque<(u32, Reading)>| {
            contents.iter().position(|(_, reading)| files.has(reading.job.file()))
        };
        while self.pool.has_room(true)
            && let Some((id, Reading { job, why, .. })) =
                ready(&self.contents).and_then(|at| self.contents.remove(at))
        {
            let file = files.file(job.file());
            if let Err(problem) = self.pool.run(Task::Content { id, job, why }, &file) {
                answer(id, Err(problem), &JsValue::UNDEFINED);
            }
        }
        while self.pool.has_room(false)
            && let Some(job) = self.tally.next(|file| files.has(file))
        {
            self.tally.started(&job.work);
            let file = files.file(job.file());
            let spill = job.may_spill().map(|_| {
                self.spills += 1;
                self.folder.file(self.spills)
            });
            if let Err(problem) = self.pool.run(Task::Stage { job: job.clone(), spill }, &file) {
                self.finish(&job, Err(problem));
            }
        }
    }

    /// True if there may be more to hand out.
    fn end_stage(&mut self) -> bool {
        let waits = self.remote.as_ref().is_some_and(Remote::brings_what_is_listed);
        let Some(opened) = &mut self.opened else { return false };
        let session = &mut opened.session;
        if let Some(news) = self.news.take() {
            event(news);
        }
        match self.stage {
            Some(Stage::Indexing) => {
                if let Err(problem) = session.build_tree() {
                    self.enter(None, Vec::new());
                    event(Event::Failed(problem));
                    return false;
                }
                let jobs = session.verify_jobs();
                event(Event::Tree);
                self.enter(Some(Stage::Verifying), jobs);
            }
            Some(Stage::Verifying) => {
                let jobs = session.look_jobs();
                self.enter(Some(Stage::Analysing), jobs);
            }
            Some(Stage::Analysing) => {
                if session.analyse() {
                    event(Event::Refreshed);
                }
                self.enter(None, Vec::new());
                self.keep_indexes();
                match self.compare() {
                    Ok(()) => event(Event::Ready),
                    Err(problem) => event(Event::Failed(problem)),
                }
            }
            Some(Stage::Reporting) => self.end_report(),
            // A report, or what is saved, is of what was read: layers that are on their way come first.
            Some(Stage::Opening | Stage::Fetching) | None if waits => return false,
            Some(Stage::Opening | Stage::Fetching) | None if self.reports.is_empty() => {
                for id in std::mem::take(&mut self.saves) {
                    match session.save() {
                        Ok(bytes) => answer(id, Ok(()), &Uint8Array::from(&bytes[..])),
                        Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
                    }
                }
                self.pool.shrink();
                return false;
            }
            Some(Stage::Opening | Stage::Fetching) | None => {
                let jobs = session.report_jobs(None);
                self.enter(Some(Stage::Reporting), jobs);
            }
        }
        true
    }

    /// Answers with the report, unless it brings more to do: files that the passes found too large.
    fn end_report(&mut self) {
        let Some(Opened { session, .. }) = &mut self.opened else { return };
        let late = session.late_jobs(None);
        if !late.is_empty() {
            return self.enter(Some(Stage::Reporting), late);
        }
        let report = session.report(None);
        self.enter(None, Vec::new());
        let text = report.as_ref().map(String::as_str).unwrap_or_default();
        let text = JsValue::from_str(text);
        for id in std::mem::take(&mut self.reports) {
            answer(id, report.as_ref().map(drop).map_err(Clone::clone), &text);
        }
        event(Event::Ready); // again: its progress is over
    }

    fn hear_layer(&mut self, number: u32, message: FromLayer, beside: JsValue) {
        let task = match &message {
            FromLayer::Progress { done } => {
                match self.pool.task(number) {
                    Some(Task::Stage { job, .. }) => self.tally.progressed(&job.work, *done),
                    Some(Task::Content { id, job, why }) => {
                        let (id, done, all) = (*id, *done, job.blob_bytes);
                        let why = why.clone();
                        say(&FromSession::Reading { id, done, all, why }, &JsValue::UNDEFINED);
                    }
                    None => {}
                }
                self.tell_sometimes();
                return;
            }
            FromLayer::Panicked { .. } => self.pool.remove(number),
            FromLayer::Done { .. } | FromLayer::Failed { .. } => self.pool.take_task(number),
        };
        let Some(task) = task else { return };
        let result = match message {
            FromLayer::Failed { problem } => Err(problem),
            FromLayer::Panicked { words } => Err(lost(&task, &words)),
            FromLayer::Done { whole, spilled } => Ok((whole, spilled)),
            FromLayer::Progress { .. } => return,
        };
        match task {
            Task::Content { id, job, .. } => match job.work {
                Work::Advisories { file, name, .. } => {
                    let read = result.and_then(|_| result_of(&beside));
                    self.advisories_read(id, file, &name, read);
                }
                _ => answer_content(id, result.map(|(whole, _)| whole), beside),
            },
            Task::Stage { job, spill } => {
                if let (Ok((_, true)), Some(path)) = (&result, spill) {
                    spawn_local(keep(path, job.work.clone()));
                }
                self.finish(&job, result.and_then(|_| result_of(&beside)));
            }
        }
        self.go_on();
    }

    fn finish(&mut self, job: &Job, result: Result<JobResult, Problem>) {
        if let Work::Unpack { .. } = job.work {
            self.tally.finished(&job.work);
            match self.session().and_then(|session| session.opened(result)) {
                Ok(()) => self.announce(),
                Err(problem) => {
                    self.enter(None, Vec::new());
                    event(Event::Failed(problem));
                }
            }
            return;
        }
        if let Some(opened) = &mut self.opened {
            opened.session.finish(job, result);
        }
        self.tally.finished(&job.work);
        self.layer_is_known(job.file());
        self.news = match self.stage {
            Some(Stage::Indexing) => Some(Event::LayerRead),
            Some(Stage::Verifying) => Some(Event::Refreshed),
            _ => None,
        };
        self.tell_sometimes();
    }

    fn tell_sometimes(&mut self) {
        if Date::now() - self.told_at >= TOLD_EVERY_MILLIS {
            self.tell_progress();
        }
    }

    fn tell_progress(&mut self) {
        self.told_at = Date::now();
        if let Some(news) = self.news.take() {
            event(news);
        }
        // What is read for one request is that request's to tell.
        if self.stage.is_some() {
            event(Event::Progress(self.tally.progress()));
        }
    }
}

fn result_of(beside: &JsValue) -> Result<JobResult, Problem> {
    JobResult::from_buffer(&Uint8Array::new(beside).to_vec())
}

fn lost(task: &Task, words: &str) -> Problem {
    let layer = match task {
        Task::Stage { job, .. } | Task::Content { job, .. } => job.layer,
    };
    let problem =
        Problem::new("worker-failed", "The worker that was reading failed, or ran out of memory.")
            .found(words);
    match layer.checked_sub(1) {
        Some(index) => problem.in_layer(crate::vocabulary::LayerPosition(index)),
        None => problem,
    }
}

/// Reads contents from a file of uncompressed bytes from now on.
async fn keep(path: String, work: Work) {
    match spill::open(&path).await {
        Ok(file) => with_state(|state| {
            if let Some(Opened { files, session }) = &mut state.opened {
                session.spilled(&work, files.add(&file));
            }
        }),
        Err(error) => web_sys::console::warn_1(&error), // reads begin at the start, as without it
    }
}

fn with_state(change: impl FnOnce(&mut State)) {
    STATE.with_borrow_mut(|state| {
        if let Some(state) = state {
            change(state);
        }
    });
}

fn hear_layer(number: u32, message: FromLayer, beside: JsValue) {
    with_state(|state| state.hear_layer(number, message, beside));
}

fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

fn ask_user(question: Question) {
    event(Event::Asks(question));
}

fn event(event: Event) {
    say(&FromSession::Event(event), &JsValue::UNDEFINED);
}

fn answer(id: u32, result: Result<(), Problem>, beside: &JsValue) {
    say(&FromSession::Answer { id, problem: result.err(), whole: 0 }, beside);
}

fn answer_content(id: u32, result: Result<u64, Problem>, bytes: JsValue) {
    match result {
        Ok(whole) => say(&FromSession::Answer { id, problem: None, whole }, &bytes),
        Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
    }
}

/// Bytes are moved, not copied.
fn say(message: &FromSession, beside: &JsValue) {
    let moved = match beside.is_instance_of::<ArrayBuffer>() {
        true => Array::of1(beside),
        false => Array::new(),
    };
    let message = wire::pack(message, beside);
    if let Err(error) = scope().post_message_with_transfer(&message, &moved) {
        web_sys::console::error_1(&error); // only what cannot be cloned is refused
    }
}
