//! Errors of registries: problems that say what the user can do, and when to try again.
//!
//! Source: OCI distribution-spec 1.1, "Error Codes"; RFC 9110, 10.2.3 (`Retry-After`) and 5.6.7 (its dates).
//!
//! - A registry's messages are hostile text. No header and no credential gets into a problem; of an address,
//!   only the host.
//! - A browser does not tell a page why there is no response. Three cases can be distinguished: no network at
//!   all, a host that answers but hides the response from the page (CORS), and everything else.

use super::error_body::{registry_errors, shortened};
use crate::http::{HttpFailure, HttpResponse};
use crate::problem::Problem;
use crate::text::decimal;
use crate::time::Timestamp;

/// An error, and whether trying again may help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistryError {
    /// What to show.
    pub problem: Problem,
    /// When to try again.
    pub retry: Retry,
    /// The status of the response, if there was one.
    pub status: Option<u16>,
}

/// Whether the same request may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not without a change.
    Never,
    /// Perhaps, at once or after a pause that the caller chooses.
    Soon,
    /// Not before this time, in milliseconds since 1970.
    NotBefore(u64),
}

impl RegistryError {
    /// An error that trying again does not fix.
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

/// The longest Retry-After that is respected, in seconds: a day.
const MAX_WAIT: u64 = 86_400;

/// The error for an unexpected response. `what` is what was requested.
pub fn of_response(response: &HttpResponse, host: &str, what: &str, now: u64) -> RegistryError {
    let wait = retry_after(response, now);
    // The sentences name the host already.
    let what = what.strip_prefix(host).and_then(|rest| rest.strip_prefix('/')).unwrap_or(what);
    let problem = match response.status {
        401 => Problem::new(
            "registry-unauthorized",
            format!("{host} requires a login for {what}."),
        )
        .advice(
            "Log in and check the name. Registries answer in the same way if the image does not exist.",
        ),
        403 => {
            Problem::new("registry-forbidden", format!("{host} denies access to {what}."))
                .advice("Log in again or with another account, or ask the owner for access.")
        }
        404 | 410 => Problem::new("registry-not-found", format!("{host} has no {what}."))
            .advice("Check the repository and the tag. A private repository may be visible only after a login."),
        429 => Problem::new(
            "registry-rate-limited",
            format!("{host} has received too many requests from this address or account."),
        )
        .advice(wait_advice(wait, now)),
        500..=599 => Problem::new("registry-failed", format!("{host} failed to answer the request."))
            .advice("Try again later. The error is on the registry's side."),
        _ => Problem::new(
            "registry-answer",
            format!("{host} sent an unexpected response to the request for {what}."),
        )
        .expected("a response as the OCI distribution specification defines it")
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

/// The error for a response that is not what was requested.
pub fn unreadable(host: &str, what: &str, expected: &str, found: &str) -> RegistryError {
    let problem = Problem::new(
        "registry-answer",
        format!("{host} sent an unexpected response to the request for {what}."),
    );
    let advice = "Check that the host is a container registry.";
    RegistryError::new(problem.expected(expected).found(shortened(found)).advice(advice))
}

/// What a host is known to answer although the page cannot see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HiddenAnswer {
    /// Nothing: it may be down.
    None,
    /// It answers, and no answer can be read.
    All,
    /// Its answers can be read, but not to a request with a login.
    Login,
}

/// The error for a missing response. `failure` is why the last route failed, `proxied` whether a proxy was among
/// the routes.
pub fn unreachable(
    host: &str,
    failure: HttpFailure,
    proxied: bool,
    hidden: HiddenAnswer,
) -> RegistryError {
    let other_proxy = match proxied {
        true => "Check the proxy, or enter another one in the settings.",
        false => "Enter a proxy in the settings. It relays requests for the page.",
    };
    let (retry, problem) = match failure {
        HttpFailure::Offline => (
            Retry::Soon,
            Problem::new("registry-offline", "This machine has no network.")
                .advice("Local archives and images in the cache still open."),
        ),
        HttpFailure::Timeout => (
            Retry::Soon,
            Problem::new("registry-timeout", format!("{host} does not answer in time."))
                .advice("Try again later."),
        ),
        HttpFailure::TooLarge => (
            Retry::Never,
            Problem::new("registry-too-large", format!("The response of {host} is too large."))
                .advice("Check that the host is a container registry."),
        ),
        HttpFailure::Network if hidden == HiddenAnswer::Login => (
            Retry::Never,
            Problem::new(
                "registry-cors",
                format!("{host} answers the browser's question before the login (its preflight) with an error, so \
                         the login cannot be sent directly. Whether it is right is not known."),
            )
            .expected("an answer to preflights without a login, as the Fetch standard demands")
            .advice(other_proxy),
        ),
        HttpFailure::Network if hidden == HiddenAnswer::All => (
            Retry::Never,
            Problem::new(
                "registry-cors",
                format!("{host} does not allow requests from web pages: it sends no CORS headers."),
            )
            .expected("the header Access-Control-Allow-Origin, also in responses to preflights")
            .advice(other_proxy),
        ),
        HttpFailure::Network => (
            Retry::Soon,
            Problem::new("registry-unreachable", format!("{host} cannot be reached."))
                .expected("a registry with https and a certificate that this browser trusts")
                .advice(format!("Check the name of the host and the network. {other_proxy}")),
        ),
    };
    RegistryError { problem, retry, status: None }
}

/// The error of the proxy itself; `code` is its `X-Proxy-Error`.
pub fn of_proxy(response: &HttpResponse, host: &str, code: &str, now: u64) -> RegistryError {
    let message = format!("The proxy got no response from {host}.");
    let advice = match code {
        "host-not-listed" | "port-not-listed" | "path-not-listed" | "address-literal" => {
            "The proxy does not serve this host. Enter another proxy, or none, in the settings."
        }
        "not-resolved" | "not-reached" | "timed-out" | "tls" => {
            "Check the name of the registry, and that it is running."
        }
        "busy" => "Try again in a moment.",
        _ => "Enter another proxy, or none, in the settings.",
    };
    let found = format!("{} (status {})", shortened(code), response.status);
    let wait = retry_after(response, now).map(Retry::NotBefore);
    let retry = match code {
        "not-reached" | "timed-out" | "busy" => wait.unwrap_or(Retry::Soon),
        _ => Retry::Never,
    };
    let problem = Problem::new("registry-proxy", message).found(found).advice(advice);
    RegistryError { problem, retry, status: Some(response.status) }
}

/// The earliest time to try again, in milliseconds since 1970.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::rate_limit::RateLimit;
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
    fn a_message_names_the_host_once() {
        let error = of_response(&answer(404, &[], ""), "ghcr.io", "ghcr.io/a/b:1", NOW);
        assert_eq!(error.problem.message, "ghcr.io has no a/b:1.");
    }

    #[test]
    fn a_wait_is_seconds_or_a_date() {
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
            (HttpFailure::Network, HiddenAnswer::None, "registry-unreachable"),
            (HttpFailure::Network, HiddenAnswer::All, "registry-cors"),
            (HttpFailure::Network, HiddenAnswer::Login, "registry-cors"),
            (HttpFailure::Offline, HiddenAnswer::None, "registry-offline"),
            (HttpFailure::Timeout, HiddenAnswer::None, "registry-timeout"),
            (HttpFailure::TooLarge, HiddenAnswer::None, "registry-too-large"),
        ] {
            assert_eq!(unreachable("x", failure, false, answers).problem.code, code);
        }
        let refused = answer(403, &[("x-proxy-error", "host-not-listed")], "");
        let error = of_proxy(&refused, "x.example", "host-not-listed", NOW);
        assert!(error.problem.advice.unwrap().contains("does not serve this host"));
    }

    proptest! {
        #[test]
        fn any_response_gives_an_error(status: u16, body in ".{0,80}", header in ".{0,40}") {
            let headers = [("retry-after", &*header), ("ratelimit-limit", &header)];
            let response = answer(status, &headers, &body);
            of_response(&response, "x", "y", NOW);
            RateLimit::of(&response);
            registry_errors(format!("{{\"errors\":[{{\"code\":{body:?}}}]}}").as_bytes());
        }
    }
}
