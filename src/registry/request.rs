//! Requests and answers as plain values: all that whoever does the transport has to know.
//!
//! - Whoever sends keeps to three rules: no header but these, no cookie and no referrer; redirects are
//!   followed, with `authorization` going to no other host; of a body no more is read than `body` says.
//! - Direct requests stay simple ones in the sense of the Fetch standard where they can (an Accept of
//!   at most 128 bytes, a Range `bytes=a-b`), since a preflight is often refused.
//! - What is secret is printed nowhere: `Debug` redacts it.

use std::fmt;

/// Bytes of a manifest or index at most: what Distribution accepts.
pub const MAX_MANIFEST: u64 = 4 << 20;
/// Bytes of an image's configuration at most.
pub const MAX_CONFIG: u64 = 16 << 20;
/// Bytes of a page of tags, referrers, repositories or search results at most.
pub const MAX_LIST: u64 = 16 << 20;
/// Bytes of a token endpoint's answer at most.
pub const MAX_TOKEN: u64 = 1 << 20;
/// Bytes that are read of the body of an error.
pub const MAX_ERROR: u64 = 64 << 10;

/// A text that must not be shown: a password, a token, a header made of them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// The text itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// With a body in the answer.
    Get,
    /// Headers alone.
    Head,
}

/// What is to be done with a successful answer's body. Of any other answer `MAX_ERROR` bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Read whole and given in the `Response`; beyond so many bytes it is `Failure::TooLarge`.
    Keep(u64),
    /// Left to be streamed: the `Response` has an empty body, its bytes go to a `Transfer`.
    Stream,
}

/// A request, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// GET or HEAD.
    pub method: Method,
    /// Absolute.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The `authorization` header.
    pub authorization: Option<Secret>,
    /// What happens to the answer's body.
    pub body: Body,
    /// True for a probe: it is sent so that any answer counts and none can be read (`no-cors`).
    pub opaque: bool,
}

impl Request {
    /// Every header as it is to be sent, the secret one too.
    pub fn all_headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let plain = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        plain.chain(self.authorization.iter().map(|secret| ("authorization", secret.expose())))
    }
}

/// An answer.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// As they came, as far as they are exposed.
    pub headers: Vec<(String, String)>,
    /// As `Request::body` says.
    pub body: Vec<u8>,
}

impl Response {
    /// A header's first value, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(named).map(|(_, value)| value.trim())
    }

    /// All values of a header.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.trim())
    }

    /// A header that is a plain number.
    pub fn number(&self, name: &str) -> Option<u64> {
        digits(self.header(name)?)
    }

    /// The media type without its parameters, in lower case; empty: not said.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// Headers and bodies can hold tokens: only what can't is printed.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, length) = (self.headers.len(), self.body.len());
        write!(f, "Response {{ {}, {count} headers, {length} bytes }}", self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection, no TLS, or an answer that the browser doesn't let the page see (CORS): a browser
    /// doesn't say which.
    Network,
    /// It took too long.
    Timeout,
    /// The machine has no network at all.
    Offline,
    /// The body is longer than the request allows.
    TooLarge,
}

/// A number of digits alone, which `u64::from_str` would let have a sign.
pub fn digits(text: &str) -> Option<u64> {
    let good = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|_| good)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_printed() {
        let request = Request {
            method: Method::Get,
            url: "https://registry.example/v2/".into(),
            headers: vec![("accept", "x".into())],
            authorization: Some(Secret::new("Basic c2VjcmV0")),
            body: Body::Keep(1),
            opaque: false,
        };
        assert!(!format!("{request:?}").contains("c2VjcmV0"));
        assert_eq!(request.all_headers().last(), Some(("authorization", "Basic c2VjcmV0")));
        let response = Response {
            status: 200,
            headers: vec![("Set-Cookie".into(), "s3cret".into())],
            body: b"{\"token\":\"s3cret\"}".to_vec(),
        };
        assert!(!format!("{response:?}").contains("s3cret"));
    }

    #[test]
    fn headers_are_found_in_any_case() {
        let headers = [("Content-Type", " Text/JSON; charset=utf-8"), ("content-length", "+1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let response = Response { status: 200, headers, body: Vec::new() };
        assert_eq!(response.media_type(), "text/json");
        assert_eq!(response.number("content-length"), None);
        assert_eq!(response.header("link"), None);
    }
}
