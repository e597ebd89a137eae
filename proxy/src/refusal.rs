//! Refusals: why the proxy does not pass a request on.
//!
//! - The code is stable, whatever the message says: pages and the table of cases match it. It is also sent in
//!   `X-Proxy-Error`, because HEAD has no body, and so that a refusal is not taken for a response of the registry.
//! - A message contains nothing of the request.

use std::fmt;

use hyper::StatusCode;

/// Why a request, or a redirect that it led to, is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// `Host` is not a name of the proxy: DNS rebinding, or a deployment without `--host`.
    HostName,
    /// The request comes from another page, by `Origin` or fetch metadata.
    Origin,
    /// The response would be executed: by a script, a worker or a frame.
    Destination,
    /// The method is not GET, HEAD or OPTIONS.
    Method,
    /// The request has a body, or headers that claim one.
    Body,
    /// The headers exceed the limit.
    HeadersTooLong,
    /// The path does not have the form `PREFIX/https/HOST[:PORT]/PATH`.
    NotATarget,
    /// The scheme is not https.
    Scheme,
    /// The host is neither a name nor an address.
    HostMalformed,
    /// The host is an address instead of a name.
    AddressLiteral,
    /// The host is not listed.
    HostNotListed,
    /// The port is not the listed one.
    PortNotListed,
    /// The path is not listed for the host, or it is ambiguous.
    PathNotListed,
    /// The name has no public address.
    AddressNotPublic,
    /// The name cannot be resolved.
    NotResolved,
    /// No connection could be opened.
    NotReached,
    /// The host has no trusted TLS certificate.
    Tls,
    /// The host sent no valid HTTP response.
    BadAnswer,
    /// The target of a redirect is malformed.
    RedirectMalformed,
    /// There are too many redirects.
    TooManyRedirects,
    /// The host takes too long.
    TimedOut,
    /// The limit of concurrent requests is reached.
    Busy,
}

impl Refusal {
    /// The stable code.
    pub fn code(self) -> &'static str {
        self.facts().1
    }

    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.facts().0).unwrap_or(StatusCode::BAD_GATEWAY)
    }

    /// A sentence for people.
    pub fn message(self) -> &'static str {
        self.facts().2
    }

    fn facts(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::HostName => (403, "host-name", "The proxy does not answer to this Host."),
            Self::Origin => (403, "origin", "The proxy does not serve pages of this origin."),
            Self::Destination => (
                403,
                "destination",
                "The proxy only answers fetch, not scripts, workers or frames.",
            ),
            Self::Method => (405, "method", "The proxy only supports GET, HEAD and OPTIONS."),
            Self::Body => (400, "body", "A request must not have a body."),
            Self::HeadersTooLong => {
                (431, "headers-too-long", "The headers of the request are too long.")
            }
            Self::NotATarget => (404, "not-a-target", "Expected PREFIX/https/HOST[:PORT]/PATH."),
            Self::Scheme => (403, "scheme", "The proxy only supports https."),
            Self::HostMalformed => (400, "host-malformed", "The host is malformed."),
            Self::AddressLiteral => {
                (403, "address-literal", "The host must be a name, not an address.")
            }
            Self::HostNotListed => (403, "host-not-listed", "This host is not listed."),
            Self::PortNotListed => {
                (403, "port-not-listed", "This port is not listed for the host.")
            }
            Self::PathNotListed => {
                (403, "path-not-listed", "This path is not listed for the host.")
            }
            Self::AddressNotPublic => {
                (403, "address-not-public", "The name of the host has no public address.")
            }
            Self::NotResolved => (502, "not-resolved", "The name of the host cannot be resolved."),
            Self::NotReached => (502, "not-reached", "The host cannot be reached."),
            Self::Tls => (502, "tls", "The host has no trusted TLS certificate."),
            Self::BadAnswer => (502, "bad-answer", "The response of the host cannot be read."),
            Self::RedirectMalformed => {
                (502, "redirect-malformed", "The host redirects to a malformed URL.")
            }
            Self::TooManyRedirects => (502, "too-many-redirects", "The host redirects too often."),
            Self::TimedOut => (504, "timed-out", "The host does not answer in time."),
            Self::Busy => (503, "busy", "The proxy has too many concurrent requests."),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refusal {}
