//! Advisories of a check, fetched one by one, several at once.

use super::command::{CacheKey, Command};
use super::outbox::Outbox;
use super::purpose::{CachePurpose, CallPurpose};
use crate::analysis::vulnerabilities::api::{Detail, Known, Step};
use crate::analysis::vulnerabilities::osv::Record;
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::protocol::RequestId;
use std::collections::{BTreeMap, VecDeque};

/// Records that are fetched at once.
const AT_ONCE: usize = 8;

/// The records of a check.
pub struct RecordQueue {
    request: RequestId,
    endpoint: String,
    waiting: VecDeque<Known>,
    active: BTreeMap<String, RecordFetch>,
    ended: VecDeque<(String, Result<Record, Problem>)>,
}

/// A record on its way.
struct RecordFetch {
    known: Known,
    /// `None` while the cache is looked into.
    detail: Option<Detail>,
    /// The latest answer, as text.
    text: Vec<u8>,
    due: Option<u64>,
}

impl RecordQueue {
    pub fn new(request: RequestId, endpoint: &str, wanted: Vec<Known>) -> RecordQueue {
        RecordQueue {
            request,
            endpoint: endpoint.to_owned(),
            waiting: wanted.into(),
            active: BTreeMap::new(),
            ended: VecDeque::new(),
        }
    }

    /// Starts with as many as may be fetched at once.
    pub fn start(&mut self, out: &mut Outbox) {
        while self.active.len() < AT_ONCE
            && let Some(known) = self.waiting.pop_front()
        {
            let purpose = CachePurpose::Advisory(self.request, known.id.clone());
            out.read_cache(vec![record_key(&known)], purpose);
            let (id, text) = (known.id.clone(), Vec::new());
            self.active.insert(id, RecordFetch { known, detail: None, text, due: None });
        }
    }

    /// What the cache has of a record.
    pub fn take_cached(&mut self, id: &str, value: Option<Vec<u8>>, out: &mut Outbox) {
        let record = value.and_then(|value| Record::parse(&value).ok());
        if let Some(record) = record {
            return self.end(id, Ok(record), out);
        }
        let Some(fetching) = self.active.get_mut(id) else { return };
        match Detail::new(&self.endpoint, id) {
            Some(detail) => {
                fetching.detail = Some(detail);
                self.step(id, out);
            }
            None => {
                let problem =
                    Problem::new("vulnerabilities-incomplete", "An advisory has no usable ID.")
                        .found(id);
                self.end(id, Err(problem), out);
            }
        }
    }

    /// The answer to a request.
    pub fn take(&mut self, id: &str, result: Result<HttpResponse, HttpFailure>, out: &mut Outbox) {
        let Some(RecordFetch { detail: Some(detail), text, .. }) = self.active.get_mut(id) else {
            return;
        };
        *text = result.as_ref().map(|response| response.body.clone()).unwrap_or_default();
        detail.take(result, out.now());
        self.step(id, out);
    }

    /// Continues what has waited long enough.
    pub fn wake(&mut self, out: &mut Outbox) {
        let now = out.now();
        let is_due = |fetching: &RecordFetch| fetching.due.is_some_and(|at| at <= now);
        let due = self.active.iter().filter(|(_, fetching)| is_due(fetching));
        for id in due.map(|(id, _)| id.clone()).collect::<Vec<_>>() {
            self.step(&id, out);
        }
    }

    /// When something continues by itself.
    pub fn due(&self) -> Option<u64> {
        self.active.values().filter_map(|fetching| fetching.due).min()
    }

    /// A record that is here, or failed, by its ID.
    pub fn next_ended(&mut self) -> Option<(String, Result<Record, Problem>)> {
        self.ended.pop_front()
    }

    /// All are here, or failed.
    pub fn is_done(&self) -> bool {
        self.waiting.is_empty() && self.active.is_empty() && self.ended.is_empty()
    }

    fn step(&mut self, id: &str, out: &mut Outbox) {
        let Some(fetching) = self.active.get_mut(id) else { return };
        let Some(detail) = &mut fetching.detail else { return };
        fetching.due = None;
        match detail.step(out.now()) {
            Step::Send(call) => {
                out.send(call, CallPurpose::Advisory(self.request, id.to_owned()));
            }
            Step::Wait(until) => fetching.due = Some(until),
            Step::Done(record) => {
                if record.is_ok() {
                    let bytes = std::mem::take(&mut fetching.text);
                    out.push(Command::WriteCache { key: record_key(&fetching.known), bytes });
                }
                self.end(id, record, out);
            }
        }
    }

    fn end(&mut self, id: &str, record: Result<Record, Problem>, out: &mut Outbox) {
        if self.active.remove(id).is_some() {
            self.ended.push_back((id.to_owned(), record));
            self.start(out);
        }
    }
}

/// Records are kept by ID and time of change.
fn record_key(known: &Known) -> CacheKey {
    CacheKey::Text(format!("osv {} {}", known.id, known.modified))
}
