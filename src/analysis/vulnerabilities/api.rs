//! OSV's protocol, without I/O of its own: requests out, responses in.
//!
//! Source: google.github.io/osv.dev, "POST /v1/querybatch" and "GET /v1/vulns/ID" (google/osv.dev,
//! docs/api): up to 1,000 questions a batch, answers in their order, a token where there are more.
//!
//! - Requests contain the ecosystem, name and version of packages, and IDs that OSV sent: nothing else.
//! - Batches answer with IDs alone; a record is asked for one by one (`Detail`), and how many at once is
//!   for whoever drives them.
//! - Hostile answers: lists of the wrong length, endless pages, IDs that are paths.

use super::ecosystem::Query;
use super::osv::Record;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;
use crate::text::show;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, VecDeque};

/// OSV's own endpoint; others that speak its protocol can take its place.
pub const ORIGIN: &str = "https://api.osv.dev";
/// Bytes of an answer at most: OSV gives no more over HTTP/1.1.
pub const MAX_ANSWER: u64 = 32 << 20;
/// Questions a batch at most.
pub const MAX_BATCH: usize = 1000;
/// Pages of one question at most; the largest answers known have two.
const MAX_PAGES: u32 = 50;
/// IDs in all at most.
const MAX_IDS: usize = 1 << 20;

/// What the driver does next.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<T> {
    /// Send this request and `take` its result.
    Send(HttpRequest),
    /// Ask again at this time (milliseconds since 1970).
    Wait(u64),
    /// It is over.
    Done(Result<T, Problem>),
}

/// An ID, and when its record was last changed (RFC 3339).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub id: String,
    pub modified: String,
}

/// What is known of packages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Each question once, sorted, with the IDs about it in OSV's order.
    pub answers: Vec<(Query, Vec<Known>)>,
    /// What was passed over: IDs that are none, pages beyond the limit.
    pub warnings: Vec<Problem>,
}

/// The key under which an answer is kept: the question and the day (UTC) of `now`, milliseconds since 1970.
pub fn cache_key(query: &Query, now: u64) -> String {
    let day = now / 86_400_000;
    // As JSON, so that no name can pass for another's end.
    serde_json::to_string(&(day, &query.ecosystem, &query.name, &query.version)).unwrap_or_default()
}

/// Asks about many packages.
#[derive(Debug)]
pub struct Lookup {
    /// Without a slash at the end.
    endpoint: String,
    found: Found,
    /// Questions to come: index, page, token.
    waiting: VecDeque<(usize, u32, String)>,
    /// How many at once: fewer after an answer that was too large.
    batch: usize,
    /// How many IDs came.
    ids: usize,
    /// IDs that were none; questions whose pages did not end.
    passed_over: (usize, usize),
    attempts: Attempts,
    error: Option<Problem>,
}

#[derive(Serialize)]
struct Batch<'a> {
    queries: Vec<Question<'a>>,
}

#[derive(Serialize)]
struct Question<'a> {
    package: Package<'a>,
    version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    page_token: &'a str,
}

#[derive(Serialize)]
struct Package<'a> {
    ecosystem: &'a str,
    name: &'a str,
}

#[derive(Deserialize)]
struct Answer {
    results: Vec<Option<OfOne>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct OfOne {
    vulns: Option<Vec<Vulnerability>>,
    next_page_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Vulnerability {
    id: String,
    modified: Option<String>,
}

impl Lookup {
    /// Asks the OSV API at `endpoint` (`ORIGIN`, or another address) each of these once.
    pub fn new(endpoint: &str, queries: impl IntoIterator<Item = Query>) -> Lookup {
        let mut all = BTreeSet::new();
        all.extend(queries);
        let queries = all;
        let answers: Vec<_> = queries.into_iter().map(|query| (query, Vec::new())).collect();
        Lookup {
            endpoint: endpoint.trim_end_matches('/').to_owned(),
            waiting: (0..answers.len()).map(|at| (at, 1, String::new())).collect(),
            found: Found { answers, warnings: Vec::new() },
            batch: MAX_BATCH,
            ids: 0,
            passed_over: (0, 0),
            attempts: Attempts::default(),
            error: None,
        }
    }

    /// Questions answered to their last page, and all of them.
    pub fn progress(&self) -> (usize, usize) {
        let all = self.found.answers.len();
        (all.saturating_sub(self.waiting.len()), all)
    }

    /// What is to be done at `now`; asked again without an answer in between, it says the same.
    pub fn step(&mut self, now: u64) -> Step<Found> {
        if let Some(error) = &self.error {
            return Step::Done(Err(error.clone()));
        }
        if self.waiting.is_empty() {
            return Step::Done(Ok(self.result()));
        }
        if let Some(time) = self.attempts.wait_until(now) {
            return Step::Wait(time);
        }
        let question = |(at, _, token): &'_ (usize, u32, String)| {
            let (query, _) = self.found.answers.get(*at)?;
            Some((query, token.clone()))
        };
        let asked: Vec<_> = self.waiting.iter().take(self.batch).filter_map(question).collect();
        let queries = asked.iter().map(|(query, token)| Question {
            package: Package { ecosystem: &query.ecosystem, name: &query.name },
            version: &query.version,
            page_token: token,
        });
        let body = serde_json::to_string(&Batch { queries: queries.collect() }).unwrap_or_default();
        let url = format!("{}/v1/querybatch", self.endpoint);
        let request = HttpRequest::new(Method::Post, url, ResponseBody::Keep(MAX_ANSWER));
        Step::Send(HttpRequest { body: Some(body), ..request })
    }

    /// What came of the request that `step` handed out.
    pub fn take(&mut self, result: Result<HttpResponse, HttpFailure>, now: u64) {
        let too_large = matches!(&result, Err(HttpFailure::TooLarge))
            || matches!(&result, Ok(response) if response.status == 413);
        if too_large && self.batch.min(self.waiting.len()) > 1 {
            self.batch = self.batch.min(self.waiting.len()) / 2;
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
        let answer: Answer =
            serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))?;
        let asked = self.batch.min(self.waiting.len());
        if answer.results.len() != asked {
            let (got, want) = (answer.results.len(), asked);
            return Err(unreadable(&format!("{got} results for {want} questions")));
        }
        for result in answer.results {
            let (Some((at, page, _)), Some(result)) = (self.waiting.pop_front(), result) else {
                continue;
            };
            let Some((_, known)) = self.found.answers.get_mut(at) else { continue };
            for vulnerability in result.vulns.unwrap_or_default() {
                let (id, modified) = (vulnerability.id, vulnerability.modified.unwrap_or_default());
                if !is_id(&id) || modified.len() > 64 || self.ids >= MAX_IDS {
                    self.passed_over.0 += 1;
                } else if !known.iter().any(|known| known.id == id) {
                    self.ids += 1;
                    known.push(Known { id, modified });
                }
            }
            match result.next_page_token {
                Some(token) if !token.is_empty() && page < MAX_PAGES && token.len() < 65_536 => {
                    self.waiting.push_back((at, page + 1, token));
                }
                Some(token) if !token.is_empty() => self.passed_over.1 += 1,
                _ => {}
            }
        }
        Ok(())
    }

    fn result(&self) -> Found {
        let mut found = self.found.clone();
        let (ids, pages) = self.passed_over;
        let mut warn = |count: usize, what: &str| {
            if count > 0 {
                let message = format!("OSV's answer is not whole: {count} {what}.");
                found.warnings.push(Problem::new("vulnerabilities-incomplete", message));
            }
        };
        warn(ids, "entries are no IDs, or too many");
        warn(pages, "packages have more pages than are read");
        found
    }
}

/// Asks for one record.
#[derive(Debug)]
pub struct Detail {
    /// Without a slash at the end.
    endpoint: String,
    id: String,
    attempts: Attempts,
    result: Option<Result<Record, Problem>>,
}

impl Detail {
    /// Asks the OSV API at `endpoint` for this ID; `None` if it is not an ID.
    pub fn new(endpoint: &str, id: &str) -> Option<Detail> {
        let id = is_id(id).then(|| id.to_owned())?;
        let endpoint = endpoint.trim_end_matches('/').to_owned();
        Some(Detail { endpoint, id, attempts: Attempts::default(), result: None })
    }

    /// What is to be done at `now`.
    pub fn step(&mut self, now: u64) -> Step<Record> {
        if let Some(result) = &self.result {
            return Step::Done(result.clone());
        }
        match self.attempts.wait_until(now) {
            Some(time) => Step::Wait(time),
            None => {
                let url = format!("{}/v1/vulns/{}", self.endpoint, self.id);
                let body = ResponseBody::Keep(MAX_ANSWER);
                Step::Send(HttpRequest::new(Method::Get, url, body))
            }
        }
    }

    /// What came of the request that `step` handed out.
    pub fn take(&mut self, result: Result<HttpResponse, HttpFailure>, now: u64) {
        self.result = match self.attempts.take(result, now) {
            Ok(None) => None,
            Ok(Some(body)) => Some(match Record::parse(&body) {
                Ok(record) if record.id == self.id => Ok(record),
                Ok(record) => {
                    Err(unreadable(&format!("the record of {}", show(record.id.as_bytes())))
                        .expected(self.id.clone()))
                }
                Err(error) => Err(unreadable(&error)),
            }),
            Err(error) => Some(Err(error)),
        };
    }
}

/// Letters, digits and what IDs have between them: nothing that leads to another path.
fn is_id(id: &str) -> bool {
    let good = |c: u8| c.is_ascii_alphanumeric() || b"-_.:+".contains(&c);
    !id.is_empty()
        && id.len() <= 256
        && id.bytes().all(good)
        && id.bytes().any(|c| c.is_ascii_alphanumeric())
}

/// How often a request was sent, and when it may be again.
#[derive(Debug, Default)]
struct Attempts {
    failed: u32,
    not_before: u64,
}

/// Tries of one request at most.
const MAX_TRIES: u32 = 5;
/// Milliseconds to wait at most, whatever the server asks for.
const MAX_WAIT: u64 = 120_000;

impl Attempts {
    fn wait_until(&self, now: u64) -> Option<u64> {
        (self.not_before > now).then_some(self.not_before)
    }

    /// The body of a good answer; `None` if it is to be asked again, an error if that makes no sense.
    fn take(
        &mut self,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let (response, problem) = match result {
            Ok(response) if response.status == 200 => {
                *self = Attempts::default();
                return Ok(Some(response.body));
            }
            Ok(response) => {
                let problem = refused(&response);
                if !matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504) {
                    return Err(problem);
                }
                (response, problem)
            }
            Err(failure) => {
                let problem = unreachable(failure);
                if matches!(failure, HttpFailure::Offline | HttpFailure::TooLarge) {
                    return Err(problem);
                }
                (HttpResponse::default(), problem)
            }
        };
        self.failed = self.failed.saturating_add(1);
        let asked = response.number("retry-after");
        // 1, 2, 4, 8 seconds, if the server names no time.
        let wait = asked.map_or(500 << self.failed.min(8), |seconds| seconds.saturating_mul(1000));
        if self.failed >= MAX_TRIES || wait > MAX_WAIT {
            return Err(problem);
        }
        self.not_before = now.saturating_add(wait);
        Ok(None)
    }
}

fn refused(response: &HttpResponse) -> Problem {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Said {
        message: String,
    }
    let said: Said = serde_json::from_slice(&response.body).unwrap_or_default();
    let said: String = said.message.chars().take(300).collect();
    let message = format!("OSV refused the question with status {}.", response.status);
    let problem = Problem::new("vulnerabilities-refused", message);
    let problem = if response.status == 429 || response.status >= 500 {
        problem.advice("Ask again later, or drop an export of OSV's database.")
    } else {
        problem
    };
    if said.is_empty() { problem } else { problem.found(show(said.as_bytes())) }
}

fn unreachable(failure: HttpFailure) -> Problem {
    let message = match failure {
        HttpFailure::Network => "OSV can't be reached.",
        HttpFailure::Timeout => "OSV takes too long to answer.",
        HttpFailure::Offline => "There is no network to ask OSV by.",
        HttpFailure::TooLarge => "OSV's answer is larger than is read.",
    };
    Problem::new("vulnerabilities-unreachable", message)
        .advice("Ask again later, or drop an export of OSV's database.")
}

fn unreadable(found: &str) -> Problem {
    Problem::new("vulnerabilities-unreadable", "OSV's answer is not what was asked for.")
        .found(show(found.as_bytes()))
}

#[cfg(test)]
mod tests;
