//! A service on the web that the user lets the page ask: what the caller does next, retries, and the errors that end
//! them. Its own protocol is the business of each analysis.

use crate::http::{HttpFailure, HttpRequest, HttpResponse};
use crate::problem::Problem;
use serde::Deserialize;

/// What the caller does next.
#[derive(Clone, Debug, PartialEq)]
pub enum LookupStep<T> {
    /// Send this request and `take` its result.
    Send(HttpRequest),
    /// Call `step` again at this time (milliseconds since 1970).
    Wait(u64),
    /// The lookup has ended.
    Done(Result<T, Problem>),
}

/// A service as its errors name it.
#[derive(Debug)]
pub struct Service {
    pub name: &'static str,
    /// Codes of problems.
    pub refused: &'static str,
    pub unreachable: &'static str,
    pub unreadable: &'static str,
    /// What the user can do in place of asking.
    pub advice: &'static str,
}

/// Most attempts at one request.
pub const MAX_TRIES: u32 = 5;
/// Longest wait between attempts in milliseconds, even if the server asks for more.
const MAX_WAIT: u64 = 120_000;
/// Most characters kept of a server's error message.
const MAX_MESSAGE: usize = 300;

/// Failed attempts at a request, and when the next one may start.
#[derive(Debug)]
pub struct Attempts {
    service: &'static Service,
    failed: u32,
    not_before: u64,
}

impl Attempts {
    /// None yet.
    pub fn new(service: &'static Service) -> Attempts {
        Attempts { service, failed: 0, not_before: 0 }
    }

    /// The time until which to wait, if it is after `now` (milliseconds since 1970).
    pub fn wait_until(&self, now: u64) -> Option<u64> {
        (self.not_before > now).then_some(self.not_before)
    }

    /// The body of a successful response; `None` if the request should be retried; an error if not.
    pub fn take(
        &mut self,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) -> Result<Option<Vec<u8>>, Problem> {
        let (response, problem) = match result {
            Ok(response) if response.status == 200 => {
                *self = Attempts::new(self.service);
                return Ok(Some(response.body));
            }
            Ok(response) => {
                let problem = self.service.refused(&response);
                if !matches!(response.status, 408 | 429 | 500 | 502 | 503 | 504) {
                    return Err(problem);
                }
                (response, problem)
            }
            Err(failure) => {
                let problem = self.service.unreachable(failure);
                if matches!(failure, HttpFailure::Offline | HttpFailure::TooLarge) {
                    return Err(problem);
                }
                (HttpResponse::default(), problem)
            }
        };
        self.failed = self.failed.saturating_add(1);
        let retry_after = response.number("retry-after");
        // 1, 2, 4, 8 seconds if the server gives no time.
        let wait =
            retry_after.map_or(500 << self.failed.min(8), |seconds| seconds.saturating_mul(1000));
        if self.failed >= MAX_TRIES || wait > MAX_WAIT {
            return Err(problem);
        }
        self.not_before = now.saturating_add(wait);
        Ok(None)
    }
}

impl Service {
    fn refused(&self, response: &HttpResponse) -> Problem {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct ErrorMessage {
            message: String,
        }
        let error: ErrorMessage = serde_json::from_slice(&response.body).unwrap_or_default();
        let found: String = error.message.chars().take(MAX_MESSAGE).collect();
        let message = format!("{} refused the request with status {}.", self.name, response.status);
        let problem = Problem::new(self.refused, message);
        let problem = if response.status == 429 || response.status >= 500 {
            problem.advice(self.advice)
        } else {
            problem
        };
        if found.is_empty() { problem } else { problem.found(found) }
    }

    fn unreachable(&self, failure: HttpFailure) -> Problem {
        let what = match failure {
            HttpFailure::Network => "cannot be reached.",
            HttpFailure::Timeout => "did not respond in time.",
            HttpFailure::Offline => "cannot be reached: this device is offline.",
            HttpFailure::TooLarge => "sent a response that is too large.",
        };
        Problem::new(self.unreachable, format!("{} {what}", self.name)).advice(self.advice)
    }

    /// A response that does not answer the request.
    pub fn unreadable(&self, found: impl AsRef<[u8]>) -> Problem {
        let message = format!("The response of {} cannot be read.", self.name);
        Problem::new(self.unreadable, message).found(found)
    }
}
