//! The proxy itself: a request is checked against the rules and passed on hop by hop.
//!
//! - All checks come before the first byte is sent; a redirect is checked like a request.
//! - Credentials go only to the host for which they were sent. After a redirect to another host they are dropped, even if
//!   a later redirect leads back.
//! - A request holds a permit until the last byte of its response, so no client can exceed the limit of connections and
//!   their buffers. Transfers have a least rate, and clients a number of places where a server before this one names them.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty};
use hyper::body::{Body as HttpBody, Bytes, Incoming};
use hyper::header::{
    ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue,
    LOCATION, ORIGIN, TRANSFER_ENCODING,
};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::body::{Body, Held, Line};
use crate::clients::{Clients, Place};
use crate::config::{Config, LogLine};
use crate::connect::Connector;
use crate::headers;
use crate::hosts::{Hop, Lists};
use crate::network::{Network, System};
use crate::refusal::Refusal;
use crate::target::Target;

/// The body of a redirect is read up to this size, so that its connection can be reused.
const REDIRECT_BODY: u64 = 16 * 1024;
/// … for so long at most.
const REDIRECT_TIME: Duration = Duration::from_secs(1);

/// A handler of requests, cheap to clone, to be mounted in any hyper server.
#[derive(Clone)]
pub struct Proxy(Arc<Inner>);

struct Inner {
    config: Config,
    lists: Arc<Lists>,
    client: Client<Connector, Empty<Bytes>>,
    permits: Arc<Semaphore>,
    clients: Clients,
}

impl Proxy {
    /// A proxy on this machine's network. Must be called within a tokio runtime.
    pub fn new(config: Config) -> Result<Self, rustls::Error> {
        Self::on(config, Arc::new(System))
    }

    /// The default configuration for one listening address; see [`Config::new`].
    pub fn for_address(listen: SocketAddr) -> Result<Self, rustls::Error> {
        Self::new(Config::new(listen))
    }

    /// A proxy on another network, for tests.
    pub fn on(config: Config, network: Arc<dyn Network>) -> Result<Self, rustls::Error> {
        let lists = Arc::new(config.lists.clone());
        let limits = &config.limits;
        let connector =
            Connector::new(network, lists.clone(), config.roots.clone(), limits.connect_time)?;
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(limits.idle_time)
            .pool_max_idle_per_host(16)
            .http1_max_buf_size(limits.buffer)
            .build(connector);
        let permits = Arc::new(Semaphore::new(limits.upstream));
        Ok(Self(Arc::new(Inner { config, lists, client, permits, clients: Clients::default() })))
    }

    /// The limits of its configuration.
    pub fn limits(&self) -> &crate::config::Limits {
        &self.0.config.limits
    }

    /// Whether a path belongs to the proxy and not to a page.
    pub fn takes(&self, path: &str) -> bool {
        let rest = path.strip_prefix(self.0.config.prefix.as_str());
        rest.is_some_and(|rest| rest.starts_with('/'))
    }

    /// The response to any request.
    pub async fn answer<B: HttpBody>(&self, request: Request<B>) -> Response<Body> {
        let started = Instant::now();
        let mut host = String::from("-");
        let origin = match self.0.gate(request.headers()) {
            Ok(origin) => origin.cloned(),
            Err(refusal) => {
                return self.finish(refused(refusal), None, &request, host, started);
            }
        };
        let answer = match self.0.take(&request) {
            Ok(None) => preflight(),
            Ok(Some(target)) => {
                host = target.host.to_string();
                let passed = self.0.pass(target, request.method(), request.headers()).await;
                passed.unwrap_or_else(refused)
            }
            Err(refusal) => refused(refusal),
        };
        self.finish(answer, origin.as_ref(), &request, host, started)
    }

    fn finish<B>(
        &self,
        mut answer: Response<Body>,
        origin: Option<&HeaderValue>,
        request: &Request<B>,
        host: String,
        started: Instant,
    ) -> Response<Body> {
        headers::protect(answer.headers_mut(), origin);
        let Some(log) = self.0.config.log.clone() else { return answer };
        let (method, status) = (request.method().to_string(), answer.status().as_u16());
        let line = LogLine { method, host, status, bytes: 0, milliseconds: 0 };
        answer.map(|body| body.logged(Line { started, line, log }))
    }
}

impl Inner {
    /// Checks whether the request may use the proxy at all; returns its `Origin`, if it has one.
    fn gate<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a HeaderValue>, Refusal> {
        let listed = |list: &[String], value: &HeaderValue| {
            value.to_str().is_ok_and(|value| list.iter().any(|it| it.eq_ignore_ascii_case(value)))
        };
        let host = single(headers, &HOST).ok().flatten();
        if !host.is_some_and(|host| listed(&self.config.host_names, host)) {
            return Err(Refusal::HostName);
        }
        let origin = single(headers, &ORIGIN).map_err(|()| Refusal::Origin)?;
        if origin.is_some_and(|origin| !listed(&self.config.origins, origin)) {
            return Err(Refusal::Origin);
        }
        // Images and links of a foreign page send no Origin, but browsers say where they come from.
        let says = |name: &str, values: &[&str]| {
            headers.get(name).is_some_and(|value| values.iter().any(|it| value == *it))
        };
        if origin.is_none() && says("sec-fetch-site", &["cross-site", "same-site"]) {
            return Err(Refusal::Origin);
        }
        let has_destination = headers.contains_key("sec-fetch-dest");
        if has_destination && !says("sec-fetch-dest", &["empty", "document"]) {
            return Err(Refusal::Destination);
        }
        Ok(origin)
    }

    /// The target of a request; `None` for OPTIONS.
    fn take<B: HttpBody>(&self, request: &Request<B>) -> Result<Option<Target>, Refusal> {
        let (uri, headers) = (request.uri(), request.headers());
        let lines = headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        let query = uri.query().map_or(0, str::len);
        if uri.path().len() + query + lines.sum::<usize>() > self.config.limits.header_bytes {
            return Err(Refusal::HeadersTooLong);
        }
        if uri.authority().is_some() || !uri.path().starts_with(&self.config.prefix) {
            return Err(Refusal::NotATarget);
        }
        // Checked before everything else: two parsers might disagree about where such a request ends.
        let no_length = |value: Option<&HeaderValue>| value.is_none_or(|value| value == "0");
        let length = single(headers, &CONTENT_LENGTH).map_err(|()| Refusal::Body)?;
        let claims_body = headers.contains_key(TRANSFER_ENCODING) || !no_length(length);
        if claims_body || !request.body().is_end_stream() {
            return Err(Refusal::Body);
        }
        match *request.method() {
            Method::OPTIONS => return Ok(None),
            Method::GET | Method::HEAD => {}
            _ => return Err(Refusal::Method),
        }
        let target = Target::of_request(&self.config.prefix, uri)?;
        self.lists.check(&target, Hop::First)?;
        Ok(Some(target))
    }

    async fn pass(
        &self,
        target: Target,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response<Body>, Refusal> {
        let limits = &self.config.limits;
        let place = self.place_of(headers)?;
        let permit = timeout(limits.patience, self.permits.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else { return Err(Refusal::Busy) };
        let followed = timeout(limits.patience, self.follow(target, method, headers)).await;
        let answer = followed.unwrap_or(Err(Refusal::TimedOut))?;
        // The connection would speak something else than HTTP from here on.
        if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Refusal::BadAnswer);
        }
        Ok(self.translate(answer, method, Held { permit, place }))
    }

    /// One of the places of the client that a trusted server before this one names; `None`: none does.
    fn place_of(&self, headers: &HeaderMap) -> Result<Option<Place>, Refusal> {
        let Some(name) = &self.config.client_header else { return Ok(None) };
        // What comes last is what the nearest server wrote; what precedes it, anybody may have written.
        let last = headers.get_all(name).iter().next_back();
        let last = last.and_then(|value| value.to_str().ok()).unwrap_or_default();
        let client = last.rsplit(',').next().unwrap_or_default();
        self.clients.take(client, self.config.limits.per_client).map(Some).ok_or(Refusal::Busy)
    }

    /// Sends the request, and again wherever a redirect leads.
    async fn follow(
        &self,
        target: Target,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Response<Incoming>, Refusal> {
        let mut current = target.clone();
        let mut with_credentials = true;
        for hop in 0..=self.config.limits.redirects {
            let mut request = Request::new(Empty::new());
            *request.method_mut() = method.clone();
            *request.uri_mut() = current.uri()?;
            *request.headers_mut() = headers::for_registry(headers, with_credentials);
            let answer = self.client.request(request).await;
            let answer = answer.map_err(|error| reason(&error))?;
            let Some(location) = location(&answer) else { return Ok(answer) };
            if hop == self.config.limits.redirects {
                break;
            }
            let location = location.to_str().map_err(|_| Refusal::RedirectMalformed)?;
            let next = current.redirect(location)?;
            self.lists.check(&next, Hop::Redirect(&current))?;
            current = next;
            with_credentials &= current.same_place(&target);
            if answer.body().size_hint().upper().is_some_and(|size| size <= REDIRECT_BODY) {
                // Its content and errors do not matter: the next request reports its own. The place is known, so
                // the rest is given up soon.
                let _ = timeout(REDIRECT_TIME, answer.into_body().collect()).await;
            }
        }
        Err(Refusal::TooManyRedirects)
    }

    fn translate(&self, answer: Response<Incoming>, method: &Method, held: Held) -> Response<Body> {
        let (parts, incoming) = answer.into_parts();
        let body = Body::passed(incoming, &self.config.limits, held);
        let length = match *method {
            Method::HEAD => headers::length(&parts.headers),
            _ => body.size_hint().exact().map(HeaderValue::from),
        };
        let mut answer = Response::new(body);
        *answer.status_mut() = parts.status;
        *answer.headers_mut() = headers::for_page(&parts.headers);
        let bodiless = [StatusCode::NOT_MODIFIED, StatusCode::NO_CONTENT].contains(&parts.status);
        if let Some(length) = length.filter(|_| !bodiless) {
            answer.headers_mut().insert(CONTENT_LENGTH, length);
        }
        answer
    }
}

/// The only value of a header; an error if there are several.
fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a HeaderValue>, ()> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() { Err(()) } else { Ok(first) }
}

/// Where a response redirects to, if it does.
fn location(answer: &Response<Incoming>) -> Option<HeaderValue> {
    let redirects = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308);
    answer.headers().get(LOCATION).filter(|_| redirects).cloned()
}

/// The connector's refusal inside the client's error.
fn reason(error: &ClientError) -> Refusal {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(refusal) = inner.downcast_ref::<Refusal>() {
            return *refusal;
        }
        source = inner.source();
    }
    Refusal::BadAnswer
}

fn preflight() -> Response<Body> {
    let mut answer = Response::new(Body::own(""));
    *answer.status_mut() = StatusCode::NO_CONTENT;
    headers::preflight(answer.headers_mut());
    answer
}

fn refused(refusal: Refusal) -> Response<Body> {
    let text = serde_json::json!({ "code": refusal.code(), "message": refusal.message() });
    let mut answer = Response::new(Body::own(text.to_string()));
    *answer.status_mut() = refusal.status();
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(crate::headers::ERROR, HeaderValue::from_static(refusal.code()));
    match refusal {
        Refusal::Method => {
            headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        }
        // The next request on the connection cannot be distinguished from the body of this one.
        Refusal::Body => {
            headers.insert(CONNECTION, HeaderValue::from_static("close"));
        }
        _ => {}
    }
    answer
}
