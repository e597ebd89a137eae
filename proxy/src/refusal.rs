//! Refusals: why the proxy doesn't pass a request on, as a value.
//!
//! - The code outlives every rewording of the message: pages and the table of cases match it. It goes
//!   out in `X-Proxy-Error` too, for HEAD has no body, and so that nobody takes a refusal of ours for
//!   an answer of the registry.
//! - A message names nothing of the request but its host.

use std::fmt;

use hyper::StatusCode;

/// Why a request, or a redirect that it led to, is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The request's `Host` is not a name of ours: DNS rebinding, or a deployment without `--host`.
    HostName,
    /// Another page's, by `Origin` or by what fetch metadata says.
    Origin,
    /// Asked for by something that would run it: a script, a worker, a frame.
    Destination,
    /// Neither GET nor HEAD nor OPTIONS.
    Method,
    /// With a body, or with headers that claim one.
    Body,
    /// Headers beyond the limit.
    HeadersTooLong,
    /// Not of the form `PREFIX/https/HOST[:PORT]/PATH`.
    NotATarget,
    /// Not https.
    Scheme,
    /// A host that is no name and no address.
    HostMalformed,
    /// An address in place of a name.
    AddressLiteral,
    /// A host that is on no list.
    HostNotListed,
    /// A port that isn't the listed one.
    PortNotListed,
    /// A path that isn't listed for its host, or that is written so that it might be read in two ways.
    PathNotListed,
    /// A name that stands for no public address.
    AddressNotPublic,
    /// A name that can't be resolved.
    NotResolved,
    /// No connection.
    NotReached,
    /// A connection, but no TLS on it that could be trusted.
    Tls,
    /// No answer, or one that isn't HTTP.
    BadAnswer,
    /// A redirect to nowhere that can be read.
    RedirectMalformed,
    /// One redirect too many.
    TooManyRedirects,
    /// An upstream that takes too long.
    TimedOut,
    /// As many requests under way as are allowed.
    Busy,
}

impl Refusal {
    /// What pages match.
    pub fn code(self) -> &'static str {
        self.facts().1
    }

    /// The status with which it goes out.
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
            Self::Destination => {
                (403, "destination", "The proxy answers fetch, not scripts, workers or frames.")
            }
            Self::Method => (405, "method", "Only GET, HEAD and OPTIONS."),
            Self::Body => (400, "body", "A request must have no body."),
            Self::HeadersTooLong => {
                (431, "headers-too-long", "The request's headers are too long.")
            }
            Self::NotATarget => (404, "not-a-target", "Expected PREFIX/https/HOST[:PORT]/PATH."),
            Self::Scheme => (403, "scheme", "Only https."),
            Self::HostMalformed => (400, "host-malformed", "This is no host."),
            Self::AddressLiteral => (403, "address-literal", "A host must be named, not numbered."),
            Self::HostNotListed => (403, "host-not-listed", "This host is not on the list."),
            Self::PortNotListed => (403, "port-not-listed", "This port of the host is not listed."),
            Self::PathNotListed => (403, "path-not-listed", "This path of the host is not listed."),
            Self::AddressNotPublic => {
                (403, "address-not-public", "The host's name stands for no public address.")
            }
            Self::NotResolved => (502, "not-resolved", "The host's name can't be resolved."),
            Self::NotReached => (502, "not-reached", "The host can't be reached."),
            Self::Tls => (502, "tls", "The host offers no TLS that can be trusted."),
            Self::BadAnswer => (502, "bad-answer", "The host's answer can't be read."),
            Self::RedirectMalformed => {
                (502, "redirect-malformed", "The host redirects to nowhere that can be read.")
            }
            Self::TooManyRedirects => (502, "too-many-redirects", "The host redirects in circles."),
            Self::TimedOut => (504, "timed-out", "The host takes too long."),
            Self::Busy => (503, "busy", "The proxy has too many requests under way."),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Refusal {}
