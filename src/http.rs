//! HTTP requests and responses as plain values, for code that decides what to send and leaves the
//! sending to others.
//!
//! Source: the Fetch standard decides what a page can send and see.
//!
//! - The sender keeps three rules: no header but these, no cookie and no referrer; redirects are followed,
//!   but `authorization` goes to no other host; at most as much of a body is read as `response_body` says.
//! - Requests are simple ones in the sense of the Fetch standard where possible (an Accept header of at
//!   most 128 bytes, a Range of the form `bytes=a-b`, a text body), because many servers refuse the
//!   preflight that any other request needs.
//! - Secrets are never printed: `Debug` redacts them.

use crate::text::decimal;
use std::fmt;

/// At most this many bytes of the body of an error response are read.
pub const MAX_ERROR: u64 = 64 << 10;

/// A text that must not be shown: a password, a token, or a header that contains one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps the text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the code that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The request's method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Head,
    Post,
}

impl Method {
    /// As it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
        }
    }
}

/// What happens to the body of a successful response. Of any other response `MAX_ERROR` bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseBody {
    /// Read whole into the `HttpResponse`; if it is longer than this many bytes, the request fails with
    /// `HttpFailure::TooLarge`.
    Keep(u64),
    /// Streamed: the `HttpResponse` has an empty body, and the caller reads the bytes piece by piece.
    Stream,
}

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: Method,
    /// Absolute.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The `authorization` header.
    pub authorization: Option<Secret>,
    /// The text that a POST sends, as `text/plain`.
    pub body: Option<String>,
    /// What happens to the response's body.
    pub response_body: ResponseBody,
    /// True for a probe: any response counts as success and nothing of it can be read (`no-cors`).
    pub opaque: bool,
}

impl HttpRequest {
    /// A request with a method, a URL and nothing else.
    pub fn new(method: Method, url: String, response_body: ResponseBody) -> HttpRequest {
        HttpRequest {
            method,
            url,
            headers: Vec::new(),
            authorization: None,
            body: None,
            response_body,
            opaque: false,
        }
    }

    /// Every header to send, including the secret one.
    pub fn all_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let plain = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        plain.chain(self.authorization.iter().map(|secret| ("authorization", secret.expose())))
    }
}

/// A response.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HttpResponse {
    /// The HTTP status code.
    pub status: u16,
    /// As received, as far as the server exposes them.
    pub headers: Vec<(String, String)>,
    /// See `HttpRequest::response_body`.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first value of a header; the name is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| value.trim())
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.trim())
    }

    /// The value of a header that is an unsigned number.
    pub fn number(&self, name: &str) -> Option<u64> {
        decimal(self.header(name)?)
    }

    /// The media type without its parameters, in lower case; empty if the response has none.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// Headers and bodies can contain tokens, so only their sizes are printed.
impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, length) = (self.headers.len(), self.body.len());
        write!(f, "HttpResponse {{ {}, {count} headers, {length} bytes }}", self.status)
    }
}

/// Why there is no response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HttpFailure {
    /// No connection, no TLS, or a response that the browser hides from the page (CORS): a browser does
    /// not say which.
    Network,
    /// The server took too long.
    Timeout,
    /// The machine has no network at all.
    Offline,
    /// The body is longer than the request allows.
    TooLarge,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let url = "https://registry.example/v2/".to_owned();
        let request = HttpRequest {
            headers: vec![("accept", "x".into())],
            authorization: Some(Secret::new("Basic c2VjcmV0")),
            ..HttpRequest::new(Method::Get, url, ResponseBody::Keep(1))
        };
        assert!(!format!("{request:?}").contains("c2VjcmV0"));
        assert_eq!(request.all_headers().last(), Some(("authorization", "Basic c2VjcmV0")));
        let response = HttpResponse {
            status: 200,
            headers: vec![("Set-Cookie".into(), "s3cret".into())],
            body: b"{\"token\":\"s3cret\"}".to_vec(),
        };
        assert!(!format!("{response:?}").contains("s3cret"));
    }

    #[test]
    fn header_names_are_case_insensitive() {
        let headers = [("Content-Type", " Text/JSON; charset=utf-8"), ("content-length", "+1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let response = HttpResponse { status: 200, headers, body: Vec::new() };
        assert_eq!(response.media_type(), "text/json");
        assert_eq!(response.number("content-length"), None);
        assert_eq!(response.header("link"), None);
    }
}
