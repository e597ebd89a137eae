//! Retries of a request, and the errors that end them.

use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use serde::Deserialize;

/// Most attempts at one request.
pub const MAX_TRIES: u32 = 5;
/// Longest wait between attempts in milliseconds, even if the server asks for more.
const MAX_WAIT: u64 = 120_000;
/// Most characters kept of a server's error message.
const MAX_MESSAGE: usize = 300;

/// Failed attempts at a request, and when the next one may start.
#[derive(Debug, Default)]
pub struct Attempts {
    failed: u32,
    not_before: u64,
}

impl Attempts {
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

fn refused(response: &HttpResponse) -> Problem {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct ErrorMessage {
        message: String,
    }
    let error: ErrorMessage = serde_json::from_slice(&response.body).unwrap_or_default();
    let found: String = error.message.chars().take(MAX_MESSAGE).collect();
    let message = format!("OSV refused the request with status {}.", response.status);
    let problem = Problem::new("vulnerabilities-refused", message);
    let problem = if response.status == 429 || response.status >= 500 {
        problem.advice("Check again later, or open an export of OSV's database.")
    } else {
        problem
    };
    if found.is_empty() { problem } else { problem.found(found) }
}

fn unreachable(failure: HttpFailure) -> Problem {
    let message = match failure {
        HttpFailure::Network => "OSV cannot be reached.",
        HttpFailure::Timeout => "OSV did not respond in time.",
        HttpFailure::Offline => "OSV cannot be reached: this device is offline.",
        HttpFailure::TooLarge => "OSV's response is too large.",
    };
    Problem::new("vulnerabilities-unreachable", message)
        .advice("Check again later, or open an export of OSV's database.")
}

/// A response that does not answer the request.
pub fn unreadable(found: impl AsRef<[u8]>) -> Problem {
    Problem::new("vulnerabilities-unreadable", "OSV's response cannot be read.").found(found)
}
