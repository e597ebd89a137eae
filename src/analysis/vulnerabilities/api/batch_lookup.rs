//! The request for the records about many packages.

use super::protocol::{MAX_BATCH, MAX_RESPONSE, OSV, RecordVersion, is_id};
use crate::analysis::service::{Attempts, LookupStep};
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// Most pages of one query; the largest known results have two.
pub const MAX_PAGES: u32 = 50;
/// Most IDs of a whole lookup.
const MAX_IDS: usize = 1 << 20;
/// Most bytes of a time, and of a page token.
const MAX_TIME: usize = 64;
const MAX_TOKEN: usize = 65_535;

/// The records about each package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LookupResult {
    /// Each query once, sorted, with its records in OSV's order.
    pub answers: Vec<(OsvQuery, Vec<RecordVersion>)>,
    /// What was skipped: invalid IDs, pages beyond the limit.
    pub warnings: Vec<Problem>,
}

/// Requests the records about many packages.
#[derive(Debug)]
pub struct BatchLookup {
    /// Without a trailing slash.
    endpoint: String,
    found: LookupResult,
    pending: VecDeque<PendingPage>,
    /// Queries per request; halved after a response that was too large.
    batch: usize,
    /// Number of IDs received.
    ids: usize,
    /// Number of IDs that were skipped.
    skipped_ids: usize,
    /// Number of queries with more pages than the limit.
    endless: usize,
    attempts: Attempts,
    error: Option<Problem>,
}

/// A page of a query's result that was not received yet.
#[derive(Debug)]
struct PendingPage {
    /// Index of the query.
    query: usize,
    /// Number of the page, from 1.
    page: u32,
    /// Empty for the first page.
    token: String,
}

#[derive(Serialize)]
struct BatchRequest<'a> {
    queries: Vec<QueryItem<'a>>,
}

#[derive(Serialize)]
struct QueryItem<'a> {
    package: QueryPackage<'a>,
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    page_token: &'a str,
}

#[derive(Serialize)]
struct QueryPackage<'a> {
    ecosystem: &'a str,
    name: &'a str,
}

#[derive(Deserialize)]
struct BatchResponse {
    results: Vec<Option<QueryResult>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct QueryResult {
    vulns: Option<Vec<Option<RecordStub>>>,
    next_page_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RecordStub {
    id: Option<String>,
    modified: Option<String>,
}

impl BatchLookup {
    /// Sends each of these queries once to the OSV API at `endpoint` (`ORIGIN`, or another address).
    pub fn new(endpoint: &str, queries: impl IntoIterator<Item = OsvQuery>) -> BatchLookup {
        let queries: BTreeSet<OsvQuery> = queries.into_iter().collect();
        let answers: Vec<_> = queries.into_iter().map(|query| (query, Vec::new())).collect();
        let first_page = |query| PendingPage { query, page: 1, token: String::new() };
        BatchLookup {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            pending: (0..answers.len()).map(first_page).collect(),
            found: LookupResult { answers, warnings: Vec::new() },
            batch: MAX_BATCH,
            ids: 0,
            skipped_ids: 0,
            endless: 0,
            attempts: Attempts::new(&OSV),
            error: None,
        }
    }

    /// The number of queries whose last page was received, and of all queries.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.found.answers.len();
        (all.saturating_sub(self.pending.len()), all)
    }

    /// What to do at `now` (milliseconds since 1970). Returns the same until `take` is called.
    pub fn step(&mut self, now: u64) -> LookupStep<LookupResult> {
        if let Some(error) = &self.error {
            return LookupStep::Done(Err(error.clone()));
        }
        if self.pending.is_empty() {
            return LookupStep::Done(Ok(self.result()));
        }
        if let Some(time) = self.attempts.wait_until(now) {
            return LookupStep::Wait(time);
        }
        let item = |pending: &'_ PendingPage| {
            let (query, _) = self.found.answers.get(pending.query)?;
            Some((query, pending.token.clone()))
        };
        let batch: Vec<_> = self.pending.iter().take(self.batch).filter_map(item).collect();
        let queries = batch.iter().map(|(query, token)| QueryItem {
            package: QueryPackage { ecosystem: &query.ecosystem, name: &query.name },
            version: &query.version,
            page_token: token,
        });
        let request = BatchRequest { queries: queries.collect() };
        let body = serde_json::to_string(&request).unwrap_or_default();
        let url = format!("{}/v1/querybatch", self.endpoint);
        let request = HttpRequest::new(Method::Post, url, ResponseBody::Keep(MAX_RESPONSE));
        LookupStep::Send(HttpRequest { body: Some(body), ..request })
    }

    /// Takes the result of the request that `step` returned.
    pub fn take(&mut self, result: Result<HttpResponse, HttpFailure>, now: u64) {
        let too_large = matches!(&result, Err(HttpFailure::TooLarge))
            || matches!(&result, Ok(response) if response.status == 413);
        if too_large && self.batch.min(self.pending.len()) > 1 {
            self.batch = self.batch.min(self.pending.len()) / 2;
            return;
        }
        let read = match self.attempts.take(result, now) {
            Ok(Some(body)) => self.read(&body),
            Ok(None) => Ok(()),
            Err(error) => Err(error),
        };
        self.error = read.err();
    }

    fn read(&mut self, body: &[u8]) -> Result<(), Problem> {
        let response: BatchResponse =
            serde_json::from_slice(body).map_err(|error| OSV.unreadable(error.to_string()))?;
        let sent = self.batch.min(self.pending.len());
        if response.results.len() != sent {
            let received = response.results.len();
            return Err(OSV.unreadable(format!("{received} results for {sent} queries")));
        }
        for result in response.results {
            if let (Some(pending), Some(result)) = (self.pending.pop_front(), result) {
                self.take_page(&pending, result);
            }
        }
        Ok(())
    }

    fn take_page(&mut self, pending: &PendingPage, result: QueryResult) {
        let Some((_, known)) = self.found.answers.get_mut(pending.query) else { return };
        for stub in result.vulns.unwrap_or_default() {
            let RecordStub { id, modified } = stub.unwrap_or_default();
            let (id, modified) = (id.unwrap_or_default(), modified.unwrap_or_default());
            if !is_id(&id) || modified.len() > MAX_TIME || self.ids >= MAX_IDS {
                self.skipped_ids += 1;
            } else if !known.iter().any(|known| known.id == id) {
                self.ids += 1;
                known.push(RecordVersion { id, modified });
            }
        }
        let token = result.next_page_token.unwrap_or_default();
        if token.is_empty() {
            return;
        }
        if pending.page < MAX_PAGES && token.len() <= MAX_TOKEN {
            let (query, page) = (pending.query, pending.page + 1);
            self.pending.push_back(PendingPage { query, page, token });
        } else {
            self.endless += 1;
        }
    }

    fn result(&self) -> LookupResult {
        let mut found = self.found.clone();
        let mut warn = |count: usize, what: &str| {
            if count > 0 {
                let message = format!("OSV's response is incomplete: {count} {what}.");
                found.warnings.push(Problem::new("vulnerabilities-incomplete", message));
            }
        };
        warn(self.skipped_ids, "entries are not IDs, or exceed the limit");
        warn(self.endless, "packages have more pages than the limit");
        found
    }
}
