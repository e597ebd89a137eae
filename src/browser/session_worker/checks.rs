//! Vulnerabilities of the image that is shown: asked of an OSV database once the user has agreed, or read
//! from files.
//!
//! - What goes out is what `analysis/vulnerabilities/api.rs` lets out: ecosystems, names and versions.
//! - Answers are kept by package and day, records by ID and change: a second look asks for nothing.
//! - Taken back, a check ends at the next answer; what was found stands. Another image ends it, too.

use super::{Opened, State, answer, event, with_state};
use crate::analysis::vulnerabilities::api::{
    self, BatchLookup, LookupResult, LookupStep, RecordLookup, RecordVersion,
};
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::analysis::vulnerabilities::record::OsvRecord;
use crate::browser::{network, store, transport};
use crate::problem::Problem;
use crate::session::Reading;
use crate::session::job::JobResult;
use crate::session::query::Event;
use futures_util::stream::{self, StreamExt};
use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::File;

/// Records that are asked for at once.
const AT_ONCE: usize = 8;
/// Documents of JSON that are read each by itself.
const APART: usize = 8;
/// News of records is told no more often than this.
const TOLD_EVERY_MILLIS: f64 = 400.0;

impl State {
    /// Begins to ask, for the request of this id.
    pub(super) fn check(&mut self, id: u32, endpoint: String) {
        let host = endpoint.split("://").nth(1).unwrap_or(&endpoint);
        let host = host.split('/').next().unwrap_or_default().to_owned();
        let now = Date::new_0().to_iso_string().into();
        match self.session().and_then(|session| session.begin_check(host, now)) {
            Ok(questions) => {
                self.checks.push(id);
                event(Event::Refreshed);
                spawn_local(async move {
                    let asked = ask(id, &endpoint, questions).await;
                    with_state(|state| state.end_check(id, asked));
                });
            }
            Err(problem) => answer(id, Err(problem), &JsValue::UNDEFINED),
        }
    }

    fn end_check(&mut self, id: u32, asked: Result<(), Problem>) {
        let wanted = self.checks.iter().position(|there| *there == id);
        let Some(at) = wanted else { return };
        self.checks.swap_remove(at);
        if let Ok(session) = self.session() {
            session.end_check(asked.clone());
        }
        event(Event::Refreshed);
        answer(id, asked, &JsValue::UNDEFINED);
    }

    /// Ends a check that nobody waits for, or all of them: what was found stands.
    pub(super) fn stop_check(&mut self, id: Option<u32>) {
        let before = self.checks.len();
        let stopped: Vec<u32> =
            self.checks.extract_if(.., |there| id.is_none_or(|id| id == *there)).collect();
        if before > self.checks.len() {
            if let Ok(session) = self.session() {
                session.stop_check();
            }
            event(Event::Refreshed);
        }
        for id in stopped {
            answer(id, Ok(()), &JsValue::UNDEFINED);
        }
    }
}

impl State {
    /// Reads files of advisories, each by a layer worker; many documents together.
    pub(super) fn advisories(&mut self, id: u32, names: Vec<String>, files: Array) {
        let mut readings = Vec::new();
        let mut failed = None;
        if let Some(Opened { files: list, session }) = &mut self.opened {
            let files = files.iter().map(|file| file.unchecked_into::<File>());
            for (name, file) in &joined(names.into_iter().zip(files).collect()) {
                let at = list.add(file);
                match session.advisories_job(at, name, file.size() as u64) {
                    Ok(job) => readings.push(Reading { job, why: String::new(), needs: None }),
                    Err(problem) => failed = Some(problem),
                }
            }
        }
        if readings.is_empty() {
            let none = || Problem::new("not-open", "No file is open.");
            return answer(id, Err(failed.unwrap_or_else(none)), &JsValue::UNDEFINED);
        }
        self.dropped.push((id, readings.len(), None));
        self.contents.extend(readings.into_iter().map(|reading| (id, reading)));
    }

    /// One of them was read, well or not.
    pub(super) fn advisories_read(
        &mut self,
        id: u32,
        file: u32,
        name: &str,
        read: Result<JobResult, Problem>,
    ) {
        let millis = self.opened.as_ref().map_or(0.0, |o| o.files.file(file).last_modified());
        let dated = String::from(Date::new(&JsValue::from_f64(millis)).to_iso_string());
        let taken = read.and_then(|result| self.session()?.take_advisories(name, &dated, result));
        let Some(at) = self.dropped.iter().position(|(there, ..)| *there == id) else { return };
        let (_, left, failed) = &mut self.dropped[at];
        *left -= 1;
        if let Err(problem) = taken {
            failed.get_or_insert(problem);
        }
        if *left == 0 {
            let (_, _, failed) = self.dropped.swap_remove(at);
            answer(id, failed.map_or(Ok(()), Err), &JsValue::UNDEFINED);
        }
        event(Event::Refreshed);
    }
}

/// Documents of JSON as one file, where there are many: those of a folder are one export.
fn joined(files: Vec<(String, File)>) -> Vec<(String, File)> {
    let is_json = |name: &String| name.to_ascii_lowercase().ends_with(".json");
    if files.iter().filter(|(name, _)| is_json(name)).count() <= APART {
        return files;
    }
    let (json, mut others): (Vec<_>, Vec<_>) = files.into_iter().partition(|(n, _)| is_json(n));
    let parts: Array =
        json.iter().flat_map(|(_, file)| [file.into(), JsValue::from("\n")]).collect();
    let name = format!("{} documents", json.len());
    match File::new_with_blob_sequence(&parts, &name) {
        Ok(file) => others.push((name, file)),
        Err(error) => web_sys::console::error_1(&error), // a sequence of blobs is never refused
    }
    others
}

/// Whether somebody still waits.
fn goes_on(id: u32) -> bool {
    let mut goes_on = false;
    with_state(|state| goes_on = state.checks.contains(&id));
    goes_on
}

async fn ask(id: u32, endpoint: &str, questions: Vec<OsvQuery>) -> Result<(), Problem> {
    let mut fresh = Vec::new();
    let mut known = LookupResult::default();
    for question in questions {
        let kept = store::text(&api::cache_key(&question, network::now())).await;
        match kept.and_then(|kept| serde_json::from_str::<Vec<RecordVersion>>(&kept).ok()) {
            Some(answer) => known.answers.push((question, answer)),
            None => fresh.push(question),
        }
    }
    tell(id, |state| state.session()?.take_answers(known));
    let found = look_up(id, endpoint, fresh).await?;
    for (question, answer) in &found.answers {
        // Plain values always serialise.
        let text = serde_json::to_string(answer).unwrap_or_default();
        store::keep_text(&api::cache_key(question, network::now()), &text).await;
    }
    let mut wanted = Vec::new();
    tell(id, |state| {
        let session = state.session()?;
        session.take_answers(found)?;
        wanted = session.wanted_records();
        Ok(())
    });
    let told_at = std::cell::Cell::new(0.0);
    let records = stream::iter(wanted).map(|known| record(id, endpoint, known));
    let mut records = records.buffer_unordered(AT_ONCE);
    while let Some((known, record)) = records.next().await {
        if !goes_on(id) {
            return Ok(());
        }
        with_state(|state| {
            if let Ok(session) = state.session() {
                session.take_record(&known.id, record);
            }
        });
        if Date::now() - told_at.get() >= TOLD_EVERY_MILLIS {
            told_at.set(Date::now());
            event(Event::Refreshed);
        }
    }
    Ok(())
}

/// Changes the session and says that there is news, unless nobody waits any more.
fn tell(id: u32, change: impl FnOnce(&mut State) -> Result<(), Problem>) {
    with_state(|state| {
        if state.checks.contains(&id) && change(state).is_ok() {
            event(Event::Refreshed);
        }
    });
}

async fn look_up(
    id: u32,
    endpoint: &str,
    questions: Vec<OsvQuery>,
) -> Result<LookupResult, Problem> {
    let mut lookup = BatchLookup::new(endpoint, questions);
    while goes_on(id) {
        match lookup.step(network::now()) {
            LookupStep::Send(request) => {
                let sent = transport::send(&request).await.map(|(response, _)| response);
                lookup.take(sent, network::now());
            }
            LookupStep::Wait(until) => transport::pause(millis(until)).await,
            LookupStep::Done(found) => return found,
        }
        let (done, all) = lookup.progress();
        with_state(|state| {
            if let Ok(session) = state.session() {
                session.check_progress(done, all);
            }
        });
    }
    Ok(LookupResult::default())
}

/// A record, as it was kept or as it comes.
async fn record(
    id: u32,
    endpoint: &str,
    known: RecordVersion,
) -> (RecordVersion, Result<OsvRecord, Problem>) {
    let key = format!("osv {} {}", known.id, known.modified);
    if let Some(kept) = store::text(&key).await
        && let Ok(record) = OsvRecord::parse(kept.as_bytes())
    {
        return (known, Ok(record));
    }
    let stopped = || Problem::new("check-stopped", "The check was stopped.");
    let Some(mut detail) = RecordLookup::new(endpoint, &known.id) else {
        return (known, Err(stopped()));
    };
    let mut text = Vec::new();
    while goes_on(id) {
        match detail.step(network::now()) {
            LookupStep::Send(request) => {
                let sent = transport::send(&request).await.map(|(response, _)| response);
                text = sent.as_ref().map(|sent| sent.body.clone()).unwrap_or_default();
                detail.take(sent, network::now());
            }
            LookupStep::Wait(until) => transport::pause(millis(until)).await,
            LookupStep::Done(record) => {
                if let (Ok(_), Ok(text)) = (&record, String::from_utf8(text)) {
                    store::keep_text(&key, &text).await;
                }
                return (known, record);
            }
        }
    }
    (known, Err(stopped()))
}

fn millis(until: u64) -> i32 {
    i32::try_from(until.saturating_sub(network::now())).unwrap_or(i32::MAX)
}
