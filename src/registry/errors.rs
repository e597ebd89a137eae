//! What went wrong at a registry: as a problem that says what the user can do, and when to try again.
//!
//! Source: OCI distribution-spec 1.1, "Error Codes"; RFC 9110, 10.2.3 (`Retry-After`) and 5.6.7 (its
//! dates); docs.docker.com, "Docker Hub usage and limits" for `RateLimit-Limit: 100;w=21600`.
//!
//! - Messages of a registry are hostile text: cut and escaped. No header and no credential gets into a
//!   problem; of an address the host alone.
//! - A browser doesn't tell a page why it got no answer. What can be told apart is: no network at all,
//!   a host that answers though the page may not see what (CORS), and all else.

use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::text;
use crate::text::decimal;
use crate::time::Timestamp;
use serde_json::Value;

/// An error, and whether asking again may help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryError {
    /// What to show.
    pub problem: Problem,
    /// When to ask again.
    pub retry: Retry,
    /// The answer's status, where there was an answer.
    pub status: Option<u16>,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not without something being changed.
    Never,
    /// It may, at once or after a pause of the caller's choice.
    Soon,
    /// Not before this moment, in milliseconds since 1970.
    NotBefore(u64),
}

impl RegistryError {
    /// An error that asking again doesn't mend.
    pub fn new(problem: Problem) -> RegistryError {
        RegistryError { problem, retry: Retry::Never, status: None }
    }
}

impl From<Problem> for RegistryError {
    fn from(problem: Problem) -> RegistryError {
        RegistryError::new(problem)
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Problem {
        error.problem
    }
}

impl std::fmt::Display for RegistryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for RegistryError {}

/// A Retry-After is believed up to this many seconds: a day.
const MAX_WAIT: u64 = 86_400;
/// Characters of a registry's own words that are shown.
const MAX_SHOWN: usize = 300;
/// Errors that are read of one body.
const MAX_ERRORS: usize = 8;

/// How many pulls are left, as Docker Hub says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimit {
    /// Pulls allowed in a window.
    pub limit: Option<u64>,
    /// Pulls left of it.
    pub remaining: Option<u64>,
    /// The window, in seconds.
    pub window: Option<u64>,
}

impl RateLimit {
    /// `None` if an answer says nothing of it.
    pub fn of(response: &HttpResponse) -> Option<RateLimit> {
        let read = |name| {
            let mut parts = response.header(name)?.split(';').map(str::trim);
            let count = decimal(parts.next()?)?;
            let window = parts.find_map(|part| decimal(part.strip_prefix("w=")?));
            Some((count, window))
        };
        let (limit, remaining) = (read("ratelimit-limit"), read("ratelimit-remaining"));
        limit.or(remaining)?;
        let window = limit.and_then(|(_, w)| w).or_else(|| remaining.and_then(|(_, w)| w));
        Some(RateLimit { limit: limit.map(|l| l.0), remaining: remaining.map(|r| r.0), window })
    }
}

/// `97 of 100 pulls left in 6 hours`.
impl std::fmt::Display for RateLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.remaining, self.limit) {
            (Some(left), Some(limit)) => write!(f, "{left} of {limit} pulls left")?,
            (Some(left), None) => write!(f, "{left} pulls left")?,
            (None, Some(limit)) => write!(f, "at most {limit} pulls")?,
            (None, None) => {}
        }
        match self.window {
            Some(seconds) if seconds >= 7200 => write!(f, " in {} hours", seconds / 3600),
            Some(seconds) if seconds > 0 => write!(f, " in {} minutes", seconds.div_ceil(60)),
            _ => Ok(()),
        }
    }
}

/// An answer that is none of those expected. `what` is what was asked for, already safe to show.
pub fn of_response(response: &HttpResponse, host: &str, what: &str, now: u64) -> RegistryError {
    let wait = retry_after(response, now);
    let problem = match response.status {
        401 => Problem::new(
            "registry-unauthorized",
            format!("{host} does not give {what} to those it doesn't know."),
        )
        .advice(
            "Log in, and check the name: registries answer like this for what doesn't exist, too.",
        ),
        403 => {
            Problem::new("registry-forbidden", format!("{host} does not allow {what} to be read."))
                .advice("Log in, again or with another account, or ask its owner for access.")
        }
        404 | 410 => Problem::new("registry-not-found", format!("{host} has no {what}."))
            .advice("Check repository and tag; a private one may be shown only after a login."),
        429 => Problem::new(
            "registry-rate-limited",
            format!("{host} has had too many requests from this address or account."),
        )
        .advice(wait_advice(wait, now)),
        500..=599 => Problem::new("registry-failed", format!("{host} failed to answer."))
            .advice("Try again later: the fault is the registry's."),
        _ => Problem::new(
            "registry-answer",
            format!("{host} gave an answer to the request for {what} that is none."),
        )
        .expected("what the OCI distribution specification says")
        .advice("Check that the host is a container registry."),
    };
    let retry = match response.status {
        429 | 500..=599 => wait.map_or(Retry::Soon, Retry::NotBefore),
        _ => Retry::Never,
    };
    let told = registry_errors(&response.body).map_or(String::new(), |told| format!(": {told}"));
    let found = format!("status {} from {host}{told}", response.status);
    RegistryError { problem: problem.found(found), retry, status: Some(response.status) }
}

fn wait_advice(wait: Option<u64>, now: u64) -> String {
    let login = "A login usually raises the limit.";
    match wait.map(|at| at.saturating_sub(now).div_ceil(1000)) {
        Some(seconds) if seconds < 120 => format!("Try again in {seconds} s. {login}"),
        Some(seconds) => format!("Try again in {} min. {login}", seconds.div_ceil(60)),
        None => format!("Try again later. {login}"),
    }
}

/// An answer that cannot be read as what it should be.
pub fn unreadable(host: &str, what: &str, expected: &str, found: &str) -> RegistryError {
    let problem =
        Problem::new("registry-answer", format!("{host} gave an answer for {what} that is none."));
    let advice = "Check that the host is a container registry.";
    RegistryError::new(problem.expected(expected).found(shown(found)).advice(advice))
}

/// No answer: `failure` is why the last way led nowhere, `proxied` whether a proxy was among the ways,
/// `answers` whether the host is known to answer although the page may not see it.
pub fn unreachable(
    host: &str,
    failure: HttpFailure,
    proxied: bool,
    answers: bool,
) -> RegistryError {
    let other_proxy = match proxied {
        true => "Check the proxy, or name another one in the settings.",
        false => "Name a proxy in the settings: it asks in the page's place.",
    };
    let (retry, problem) = match failure {
        HttpFailure::Offline => (
            Retry::Soon,
            Problem::new("registry-offline", "This machine has no network.")
                .advice("Images that were opened before, and local archives, still open."),
        ),
        HttpFailure::Timeout => (
            Retry::Soon,
            Problem::new("registry-timeout", format!("{host} takes too long to answer."))
                .advice("Try again later."),
        ),
        HttpFailure::TooLarge => (
            Retry::Never,
            Problem::new("registry-too-large", format!("{host} answers with more than is read."))
                .advice("Check that the host is a container registry."),
        ),
        HttpFailure::Network if answers => (
            Retry::Never,
            Problem::new(
                "registry-cors",
                format!("{host} answers, but not to web pages: it sends no CORS headers."),
            )
            .expected("a header Access-Control-Allow-Origin, on preflights too")
            .advice(other_proxy),
        ),
        HttpFailure::Network => (
            Retry::Soon,
            Problem::new("registry-unreachable", format!("{host} cannot be reached."))
                .expected("a registry behind https with a certificate that this browser trusts")
                .advice(format!("Check the host's name and the network. {other_proxy}")),
        ),
    };
    RegistryError { problem, retry, status: None }
}

/// The proxy itself refused or failed; `code` is what its `X-Proxy-Error` says.
pub fn of_proxy(response: &HttpResponse, host: &str, code: &str, now: u64) -> RegistryError {
    let message = format!("The proxy did not get an answer from {host}.");
    let advice = match code {
        "host-not-listed" | "port-not-listed" | "path-not-listed" | "address-literal" => {
            "The proxy's operator has not listed this host: name another proxy, or none, in the settings."
        }
        "not-resolved" | "not-reached" | "timed-out" | "tls" => {
            "Check the registry's name and that it is up."
        }
        "busy" => "Try again in a moment.",
        _ => "Name another proxy, or none, in the settings.",
    };
    let found = format!("{} (status {})", shown(code), response.status);
    let wait = retry_after(response, now).map(Retry::NotBefore);
    let retry = match code {
        "not-reached" | "timed-out" | "busy" => wait.unwrap_or(Retry::Soon),
        _ => Retry::Never,
    };
    let problem = Problem::new("registry-proxy", message).found(found).advice(advice);
    RegistryError { problem, retry, status: Some(response.status) }
}

/// The specification's error JSON, as one line: `CODE: message; …`. `None` if the body holds none.
pub fn registry_errors(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let one = |error: &Value| match (text(error, "code"), text(error, "message")) {
        (Some(code), Some(message)) if !message.is_empty() => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
    };
    let listed = value.get("errors").and_then(Value::as_array);
    let lines: Vec<String> = match listed {
        Some(errors) => errors.iter().take(MAX_ERRORS).filter_map(one).collect(),
        // Token endpoints and gateways have forms of their own.
        None => ["details", "message", "error_description", "error", "detail"]
            .iter()
            .find_map(|key| text(&value, key))
            .into_iter()
            .collect(),
    };
    (!lines.is_empty()).then(|| shown(&lines.join("; ")))
}

/// When to ask again at the earliest, in milliseconds since 1970.
pub fn retry_after(response: &HttpResponse, now: u64) -> Option<u64> {
    let value = response.header("retry-after")?;
    let latest = now.saturating_add(MAX_WAIT * 1000);
    let at = match decimal(value) {
        Some(seconds) => now.saturating_add(seconds.saturating_mul(1000)),
        None => {
            let time = Timestamp::from_http_date(value)?;
            u64::try_from(time.seconds).unwrap_or(0).saturating_mul(1000)
        }
    };
    Some(at.clamp(now, latest))
}

/// Hostile text for the eye.
pub fn shown(text: &str) -> String {
    let cut = text.char_indices().nth(MAX_SHOWN).map_or(text.len(), |(at, _)| at);
    text::show(&text.as_bytes()[..cut]) + if cut < text.len() { "…" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        HttpResponse { status, headers, body: body.as_bytes().to_vec() }
    }

    const NOW: u64 = 784_111_700_000;

    #[test]
    fn statuses_become_problems_with_advice() {
        let body = r#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown","detail":{}},{"code":"X"}]}"#;
        for (status, code) in [
            (401, "registry-unauthorized"),
            (403, "registry-forbidden"),
            (404, "registry-not-found"),
            (429, "registry-rate-limited"),
            (503, "registry-failed"),
            (418, "registry-answer"),
        ] {
            let error = of_response(&answer(status, &[], body), "ghcr.io", "a/b:1", NOW);
            assert_eq!((&*error.problem.code, error.status), (code, Some(status)));
            let found = error.problem.found.unwrap();
            assert!(found.ends_with("MANIFEST_UNKNOWN: manifest unknown; X"), "{found}");
            assert!(error.problem.advice.is_some());
        }
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date() {
        for (value, at) in [
            ("30", Some(NOW + 30_000)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777_000)),
            ("Sun, 06 Nov 1993 08:49:37 GMT", Some(NOW)),
            ("99999999999999999999", None),
            ("18446744073709551615", Some(NOW + 86_400_000)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(NOW + 86_400_000)),
            ("-1", None),
            ("soon", None),
            ("Sun, 06 Nov 1994 25:49:37 GMT", None),
        ] {
            let response = answer(429, &[("Retry-After", value)], "");
            assert_eq!(retry_after(&response, NOW), at, "{value}");
        }
        let error = of_response(&answer(429, &[("retry-after", "60")], ""), "x", "y", NOW);
        assert_eq!(error.retry, Retry::NotBefore(NOW + 60_000));
        assert!(error.problem.advice.unwrap().starts_with("Try again in 60 s."));
    }

    #[test]
    fn rate_limits_are_read() {
        let of = |limit: &str, remaining: &str| {
            RateLimit::of(&answer(
                200,
                &[("RateLimit-Limit", limit), ("ratelimit-remaining", remaining)],
                "",
            ))
        };
        let full = RateLimit { limit: Some(100), remaining: Some(76), window: Some(21600) };
        assert_eq!(of("100;w=21600", "76;w=21600"), Some(full));
        assert_eq!(of("100", "x").map(|l| (l.limit, l.remaining)), Some((Some(100), None)));
        assert_eq!(of("-1;w=x", ""), None);
        assert_eq!(full.to_string(), "76 of 100 pulls left in 6 hours");
    }

    #[test]
    fn what_a_browser_lets_be_told_apart_is() {
        for (failure, answers, code) in [
            (HttpFailure::Network, false, "registry-unreachable"),
            (HttpFailure::Network, true, "registry-cors"),
            (HttpFailure::Offline, false, "registry-offline"),
            (HttpFailure::Timeout, false, "registry-timeout"),
            (HttpFailure::TooLarge, false, "registry-too-large"),
        ] {
            assert_eq!(unreachable("x", failure, false, answers).problem.code, code);
        }
        let refused = answer(403, &[("x-proxy-error", "host-not-listed")], "");
        let error = of_proxy(&refused, "x.example", "host-not-listed", NOW);
        assert!(error.problem.advice.unwrap().contains("not listed"));
    }

    proptest! {
        #[test]
        fn any_answer_is_told(status: u16, body in ".{0,80}", header in ".{0,40}") {
            let headers = [("retry-after", &*header), ("ratelimit-limit", &header)];
            let response = answer(status, &headers, &body);
            of_response(&response, "x", "y", NOW);
            RateLimit::of(&response);
            registry_errors(format!("{{\"errors\":[{{\"code\":{body:?}}}]}}").as_bytes());
        }
    }
}
