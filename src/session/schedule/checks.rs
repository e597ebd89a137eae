//! Checks of an image's packages against an OSV database, after the user agreed.
//!
//! - Requests contain only what `analysis/vulnerabilities/api/` allows: ecosystems, names and versions of
//!   packages, and IDs that the database sent.
//! - Answers are cached by package and day, records by ID and time of change: a second check of the same image
//!   sends no request.
//! - A check that is cancelled keeps what it found.

use super::clock::rfc3339;
use super::command::{CacheKey, Command};
use super::outbox::Outbox;
use super::purpose::{CachePurpose, CallPurpose};
use super::records::RecordQueue;
use super::shared::SharedParts;
use crate::analysis::vulnerabilities::api::{
    BatchLookup, LookupResult, LookupStep, RecordVersion, cache_key,
};
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::host::host_of;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::protocol::{CheckVulnerabilities, Event, RequestId};
use crate::session::Session;
use crate::vocabulary::ImagePosition;
use std::collections::BTreeMap;

/// New records are reported no more often than this, in milliseconds.
const TELL_EVERY: u64 = 400;

/// Checks in progress.
#[derive(Default)]
pub struct Checks {
    open: BTreeMap<RequestId, Check>,
}

struct Check {
    image: ImagePosition,
    endpoint: String,
    phase: CheckPhase,
    told_at: u64,
}

enum CheckPhase {
    /// Answers of today are looked up in the cache.
    Cached(Vec<OsvQuery>),
    /// The database is asked which advisories there are.
    Asking { lookup: Box<BatchLookup>, due: Option<u64> },
    /// Advisories are fetched.
    Records(RecordQueue),
}

impl Checks {
    /// Starts to ask.
    pub fn request(
        &mut self,
        request: RequestId,
        wish: CheckVulnerabilities,
        shared: &mut SharedParts,
    ) {
        let CheckVulnerabilities { image, endpoint } = wish;
        for id in self.of_image(image) {
            self.stop(id, shared);
            shared.out.answer(id, &Ok(())); // this one goes on in its place
        }
        let now = shared.out.now();
        let host = host_of(&endpoint).unwrap_or_default();
        let started = shared.session();
        let started = started.and_then(|s| s.begin_check(image, &host, rfc3339(now)));
        match started {
            Ok(queries) => {
                let keys = queries.iter().map(|query| answer_key(query, now)).collect();
                shared.out.read_cache(keys, CachePurpose::Advisories(request));
                shared.out.tell(Event::Changed { image });
                let phase = CheckPhase::Cached(queries);
                self.open.insert(request, Check { image, endpoint, phase, told_at: 0 });
            }
            Err(problem) => shared.out.refuse(request, problem),
        }
    }

    /// What the cache has of answers.
    pub fn take_cached_answers(
        &mut self,
        request: RequestId,
        values: Vec<Option<Vec<u8>>>,
        shared: &mut SharedParts,
    ) {
        let Some(check) = self.open.get_mut(&request) else { return };
        let CheckPhase::Cached(queries) = &mut check.phase else { return };
        let (mut fresh, mut found) = (Vec::new(), LookupResult::default());
        let values = values.into_iter().chain(std::iter::repeat(None));
        for (query, value) in std::mem::take(queries).into_iter().zip(values) {
            let known =
                value.and_then(|value| serde_json::from_slice::<Vec<RecordVersion>>(&value).ok());
            match known {
                Some(known) => found.answers.push((query, known)),
                None => fresh.push(query),
            }
        }
        let lookup = BatchLookup::new(&check.endpoint, fresh);
        check.phase = CheckPhase::Asking { lookup: Box::new(lookup), due: None };
        let image = check.image;
        self.take_answers(request, image, found, shared);
        self.ask(request, shared);
    }

    /// The answer to a request of `BatchLookup`.
    pub fn take_response(
        &mut self,
        request: RequestId,
        result: Result<HttpResponse, HttpFailure>,
        shared: &mut SharedParts,
    ) {
        let Some(check) = self.open.get_mut(&request) else { return };
        let CheckPhase::Asking { lookup, .. } = &mut check.phase else { return };
        lookup.take(result, shared.out.now());
        let (done, total) = lookup.progress();
        if let Ok(session) = shared.session() {
            session.check_progress(check.image, done, total);
        }
        self.ask(request, shared);
    }

    /// What the cache has of a record.
    pub fn take_cached_record(
        &mut self,
        request: RequestId,
        id: &str,
        value: Option<Vec<u8>>,
        shared: &mut SharedParts,
    ) {
        self.with_records(request, shared, |records, out| records.take_cached(id, value, out));
    }

    /// The answer to the request for a record.
    pub fn take_record(
        &mut self,
        request: RequestId,
        id: &str,
        result: Result<HttpResponse, HttpFailure>,
        shared: &mut SharedParts,
    ) {
        self.with_records(request, shared, |records, out| records.take(id, result, out));
    }

    /// A request was cancelled: what it found is kept.
    pub fn cancel(&mut self, request: RequestId, shared: &mut SharedParts) {
        if self.open.contains_key(&request) {
            self.stop(request, shared);
        }
    }

    /// Continues what has waited long enough.
    pub fn wake(&mut self, shared: &mut SharedParts) {
        let now = shared.out.now();
        let is_due = |check: &Check| check.due().is_some_and(|at| at <= now);
        let due = self.open.iter().filter(|(_, check)| is_due(check)).map(|(id, _)| *id);
        for request in due.collect::<Vec<_>>() {
            match self.open.get(&request).map(|check| &check.phase) {
                Some(CheckPhase::Asking { .. }) => self.ask(request, shared),
                _ => self.with_records(request, shared, |records, out| records.wake(out)),
            }
        }
    }

    /// When something continues by itself.
    pub fn due(&self) -> Option<u64> {
        self.open.values().filter_map(Check::due).min()
    }

    fn ask(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(check) = self.open.get_mut(&request) else { return };
        let CheckPhase::Asking { lookup, due } = &mut check.phase else { return };
        *due = None;
        match lookup.step(shared.out.now()) {
            LookupStep::Send(call) => drop(shared.out.send(call, CallPurpose::Advisories(request))),
            LookupStep::Wait(until) => *due = Some(until),
            LookupStep::Done(Err(problem)) => self.end(request, Err(problem), shared),
            LookupStep::Done(Ok(found)) => {
                keep_answers(&found, &mut shared.out);
                let image = check.image;
                self.take_answers(request, image, found, shared);
                self.fetch_records(request, shared);
            }
        }
    }

    fn take_answers(
        &mut self,
        request: RequestId,
        image: ImagePosition,
        found: LookupResult,
        shared: &mut SharedParts,
    ) {
        let taken = shared.session().and_then(|session| session.take_answers(image, found));
        match taken {
            Ok(()) => shared.out.tell(Event::Changed { image }),
            Err(problem) => self.end(request, Err(problem), shared),
        }
    }

    fn fetch_records(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(check) = self.open.get_mut(&request) else { return };
        let Ok(session) = shared.session() else { return };
        let wanted = session.wanted_records(check.image);
        let queue = RecordQueue::new(request, &check.endpoint, wanted);
        check.phase = CheckPhase::Records(queue);
        self.with_records(request, shared, |records, out| records.start(out));
    }

    /// Continues with the records, passes on those that arrived, and ends the check if none is missing.
    fn with_records(
        &mut self,
        request: RequestId,
        shared: &mut SharedParts,
        step: impl FnOnce(&mut RecordQueue, &mut Outbox),
    ) {
        let Some(check) = self.open.get_mut(&request) else { return };
        let CheckPhase::Records(records) = &mut check.phase else { return };
        step(records, &mut shared.out);
        let Some(session) = &mut shared.session else { return };
        while let Some((id, record)) = records.next_ended() {
            session.take_record(check.image, &id, record);
        }
        if records.is_done() {
            return self.end(request, Ok(()), shared);
        }
        if shared.out.now().abs_diff(check.told_at) >= TELL_EVERY {
            check.told_at = shared.out.now();
            shared.out.tell(Event::Changed { image: check.image });
        }
    }

    fn end(&mut self, request: RequestId, result: Result<(), Problem>, shared: &mut SharedParts) {
        let Some(check) = self.open.remove(&request) else { return };
        if let Ok(session) = shared.session() {
            session.end_check(check.image, result.clone());
        }
        shared.out.tell(Event::Changed { image: check.image });
        shared.out.answer(request, &result);
    }

    fn stop(&mut self, request: RequestId, shared: &mut SharedParts) {
        let Some(check) = self.open.remove(&request) else { return };
        let out = &mut shared.out;
        out.abort_all(|purpose| match purpose {
            CallPurpose::Advisories(id) | CallPurpose::Advisory(id, _) => *id == request,
            _ => false,
        });
        out.forget_lookups(|purpose| match purpose {
            CachePurpose::Advisories(id) | CachePurpose::Advisory(id, _) => *id == request,
            _ => false,
        });
        stop_check(shared.session.as_mut(), check.image);
        shared.out.tell(Event::Changed { image: check.image });
    }

    fn of_image(&self, image: ImagePosition) -> Vec<RequestId> {
        let same = self.open.iter().filter(|(_, check)| check.image == image);
        same.map(|(id, _)| *id).collect()
    }
}

impl Check {
    fn due(&self) -> Option<u64> {
        match &self.phase {
            CheckPhase::Cached(_) => None,
            CheckPhase::Asking { due, .. } => *due,
            CheckPhase::Records(records) => records.due(),
        }
    }
}

fn stop_check(session: Option<&mut Session>, image: ImagePosition) {
    if let Some(session) = session {
        session.stop_check(image);
    }
}

fn answer_key(query: &OsvQuery, now: u64) -> CacheKey {
    CacheKey::Text(cache_key(query, now))
}

fn keep_answers(found: &LookupResult, out: &mut Outbox) {
    for (query, known) in &found.answers {
        // Plain values always serialise.
        let bytes = serde_json::to_vec(known).unwrap_or_default();
        let key = answer_key(query, out.now());
        out.push(Command::WriteCache { key, bytes });
    }
}
