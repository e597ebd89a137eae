//! Headers: which ones pass, are renamed or are added, in both directions.
//!
//! - Only listed headers pass, so new ones do not.
//! - A response that is opened directly must not run as a page of this origin, and no page may load it as a script: it
//!   is sandboxed, not sniffed, and has one of a few types, none of which anything executes. What a registry writes is
//!   only compared: browsers read a list of types otherwise than it seems.
//! - No `Location`: redirects are followed here.
//! - No cache may store a response: the page itself keeps blobs by digest, and tokens must not be kept.

use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_HEADERS,
    ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS,
    ACCESS_CONTROL_MAX_AGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue,
    IF_NONE_MATCH, LAST_MODIFIED, LINK, RANGE, REFERRER_POLICY, RETRY_AFTER, USER_AGENT, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};

/// The new name of `WWW-Authenticate`, so that a browser does not open its own login dialog.
pub const AUTHENTICATE: HeaderName = HeaderName::from_static("x-registry-authenticate");
/// The code of a refusal.
pub const ERROR: HeaderName = HeaderName::from_static("x-proxy-error");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const RATE_LIMIT: &str = "ratelimit";

const REQUEST: [HeaderName; 3] = [ACCEPT, RANGE, IF_NONE_MATCH];

const RESPONSE: [HeaderName; 9] = [
    CONTENT_RANGE,
    CONTENT_ENCODING,
    ETAG,
    LINK,
    RETRY_AFTER,
    ACCEPT_RANGES,
    LAST_MODIFIED,
    HeaderName::from_static("docker-content-digest"),
    HeaderName::from_static("oci-subject"),
];

const EXPOSED: &str = "Docker-Content-Digest, Content-Length, Content-Range, ETag, Link, Location, \
    Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, OCI-Subject, \
    X-Registry-Authenticate, X-Proxy-Error";

/// The headers of a request to a registry; credentials only for the host to which they belong.
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
    // The bytes must stay unchanged, because digests are computed from them.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(USER_AGENT, HeaderValue::from_static("layerscope-proxy"));
    headers
}

/// The headers of a registry's response that pass. The length is not among them: the body knows it.
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

/// The length in a response to HEAD, if it is one number.
pub fn length(response: &HeaderMap) -> Option<HeaderValue> {
    let mut lengths = response.get_all(CONTENT_LENGTH).iter();
    let length: u64 = lengths.next()?.to_str().ok()?.parse().ok()?;
    lengths.next().is_none().then(|| length.into())
}

/// Adds the headers of every response, refusals included. `origin` is an allowed one.
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

/// Adds the headers of a response to OPTIONS.
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

/// Types that are given out. Manifests keep theirs, because it says what they are; other JSON is JSON.
const TYPES: [&str; 11] = [
    "application/json",
    "application/problem+json",
    "text/plain",
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.oci.artifact.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
];

/// One of the types that are given out; bytes for all that something might execute.
fn harmless(value: &HeaderValue) -> HeaderValue {
    let text = value.to_str().unwrap_or_default().to_ascii_lowercase();
    let (essence, parameters) = text.split_once(';').unwrap_or((&text, ""));
    let essence = essence.trim();
    // After a comma another type might follow, in a parameter too.
    let one = !essence.contains(',') && !parameters.contains(',');
    let known = TYPES.iter().find(|known| one && **known == essence);
    let vendors = one && essence.starts_with("application/vnd.") && essence.ends_with("+json");
    let fallback = if vendors { TYPES[0] } else { "application/octet-stream" };
    HeaderValue::from_static(known.copied().unwrap_or(fallback))
}

#[test]
fn only_types_that_nothing_executes_are_given_out() {
    for (value, want) in [
        ("application/json; charset=utf-8", "application/json"),
        ("Application/Vnd.oci.image.index.v1+json", "application/vnd.oci.image.index.v1+json"),
        ("application/vnd.other+json", "application/json"),
        ("application/vnd.other", "application/octet-stream"),
        ("text/html", "application/octet-stream"),
        ("Text/JavaScript", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("application/vnd.mozilla.xul+xml", "application/octet-stream"),
        ("application/wasm", "application/octet-stream"),
        ("application/json, text/html", "application/octet-stream"),
        ("application/json; a=b, text/html", "application/octet-stream"),
        ("application/vnd.a;,text/javascript", "application/octet-stream"),
        ("application/vnd.a,text/html;+json", "application/octet-stream"),
    ] {
        assert_eq!(harmless(&HeaderValue::from_static(value)), want, "{value}");
    }
}
