//! Headers: what passes, what is renamed, what is added, in both directions.
//!
//! Source: CONTRACTS.md, "The proxy". Lists of what passes, so what is new stays outside.
//!
//! - An answer opened by itself must never run as a page of this origin, nor be taken in by one as a
//!   script: it is sandboxed, not sniffed, and its type is one that nothing executes.
//! - Nothing is stored on the way: the page keeps blobs by digest itself, and tokens are nobody's.

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_NONE_MATCH, LAST_MODIFIED, LINK, LOCATION, RANGE, REFERRER_POLICY, RETRY_AFTER, USER_AGENT,
    VARY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};

/// What `WWW-Authenticate` is called here, lest a browser open its own login box.
pub const AUTHENTICATE: HeaderName = HeaderName::from_static("x-registry-authenticate");
/// A refusal's code.
pub const ERROR: HeaderName = HeaderName::from_static("x-proxy-error");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const RATE_LIMIT: &str = "ratelimit";

const REQUEST: [HeaderName; 3] = [ACCEPT, RANGE, IF_NONE_MATCH];

const RESPONSE: [HeaderName; 10] = [
    CONTENT_RANGE,
    CONTENT_ENCODING,
    ETAG,
    LINK,
    LOCATION,
    RETRY_AFTER,
    ACCEPT_RANGES,
    LAST_MODIFIED,
    HeaderName::from_static("docker-content-digest"),
    HeaderName::from_static("oci-subject"),
];

const EXPOSED: &str = "Docker-Content-Digest, Content-Length, Content-Range, ETag, Link, Location, \
    Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, OCI-Subject, \
    X-Registry-Authenticate, X-Proxy-Error";

/// What a registry is asked with; credentials only where they belong.
pub fn for_registry(request: &HeaderMap, with_credentials: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for name in REQUEST {
        for value in request.get_all(&name) {
            headers.append(name.clone(), value.clone());
        }
    }
    if let (true, Some(value)) = (with_credentials, request.get(AUTHORIZATION)) {
        let mut value = value.clone();
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    // Bytes as they lie: digests are of those.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(USER_AGENT, HeaderValue::from_static("layerscope-proxy"));
    headers
}

/// What passes of a registry's answer. The length is not among it: it is the body's own.
pub fn for_page(response: &HeaderMap) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in response {
        if RESPONSE.contains(name) || is_rate_limit(name) {
            headers.append(name.clone(), value.clone());
        } else if name == WWW_AUTHENTICATE {
            headers.append(AUTHENTICATE, value.clone());
        }
    }
    if let Some(value) = response.get(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, harmless(value));
    }
    headers
}

/// The length of what GET would have sent, for HEAD: one number, or nothing.
pub fn length(response: &HeaderMap) -> Option<HeaderValue> {
    let mut lengths = response.get_all(CONTENT_LENGTH).iter();
    let length: u64 = lengths.next()?.to_str().ok()?.parse().ok()?;
    lengths.next().is_none().then(|| length.into())
}

/// On every answer, a refusal's too. `origin` is one that is on the list.
pub fn protect(headers: &mut HeaderMap, origin: Option<&HeaderValue>) {
    let fixed = [
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; frame-ancestors 'none'"),
        (RESOURCE_POLICY, "same-origin"),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (VARY, "Origin"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
}

/// What OPTIONS is answered with.
pub fn preflight(headers: &mut HeaderMap) {
    for (name, value) in [
        (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"),
        (ACCESS_CONTROL_ALLOW_HEADERS, "Accept, Authorization, Range, If-None-Match"),
        (ACCESS_CONTROL_MAX_AGE, "600"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn is_rate_limit(name: &HeaderName) -> bool {
    let rest = name.as_str().strip_prefix(RATE_LIMIT);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// Types of JSON, text and bytes as they are; all others, which something might run, as bytes.
fn harmless(value: &HeaderValue) -> HeaderValue {
    let text = value.to_str().unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let vendors =
        essence.strip_prefix("application/vnd.").is_some_and(|_| !essence.contains("xml"));
    let known = ["application/json", "application/problem+json", "text/plain"].contains(&&*essence);
    if vendors || known {
        return value.clone();
    }
    HeaderValue::from_static("application/octet-stream")
}

#[test]
fn only_types_that_nothing_runs_pass() {
    for (value, want) in [
        ("application/json; charset=utf-8", "application/json; charset=utf-8"),
        ("application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.index.v1+json"),
        ("text/html", "application/octet-stream"),
        ("Text/JavaScript", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/vnd.mozilla.xul+xml", "application/octet-stream"),
        ("application/wasm", "application/octet-stream"),
        ("application/json, text/html", "application/octet-stream"),
    ] {
        assert_eq!(harmless(&HeaderValue::from_static(value)), want, "{value}");
    }
}
