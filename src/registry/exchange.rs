//! One request on its way: by which way it goes, with which login, and what comes of it.
//!
//! A state machine: `step` says what is to be done (send this, ask the user that, done), `take` takes
//! the answer. Whoever drives it may be a browser's fetch, a native client or a test's table.
//!
//! - A request that gets no answer is tried by the next way (`endpoint.rs`); if none is left, a probe
//!   tells a host that answers (so CORS is missing) from one that doesn't.
//! - A 401 leads to a token or a login (`auth.rs`), and to the request again, once a token or login.
//! - A kept token is not held on to: some registries refuse one that has ended by 400 or 403, without a
//!   challenge (`public.ecr.aws`, `ghcr.io`), so then the request goes once more without it.
//! - Every other answer is handed out as it is: what a 404 means depends on what was asked.

use super::auth::{self, Authorization, TokenRequest};
use super::challenge;
use super::client::Client;
use super::endpoint::{Traffic, Way, host_of};
use super::errors::{self, Error};
use super::request::{Body, Failure, MAX_TOKEN, Method, Request, Response};
use super::url::is_loopback;
use crate::problem::Problem;
use crate::vocabulary::{LoginReason, Question};

/// What is asked of a registry, whichever way it will go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The registry as references name it, or a host that is asked without a login.
    pub registry: String,
    /// The repository and what is wanted of it, for messages: already safe to show.
    pub what: String,
    /// GET or HEAD.
    pub method: Method,
    /// From the slash on, with its query.
    pub path: String,
    /// At most 128 bytes, so that a direct request stays a simple one.
    pub accept: Option<&'static str>,
    /// In its place through the proxy, which answers preflights itself.
    pub accept_proxied: Option<&'static str>,
    /// First and last byte, counted from 0, both included.
    pub range: Option<(u64, u64)>,
    /// What happens to the answer's body.
    pub body: Body,
    /// What a token must allow, as `repository:NAME:pull`; `None`: asked without a login, ever.
    pub scope: Option<String>,
}

impl Call {
    /// A GET of `path` that a token for reading `repository` is enough for.
    pub fn pull(registry: &str, repository: &str, path: String, body: Body) -> Call {
        Call {
            registry: registry.to_owned(),
            what: repository.to_owned(),
            method: Method::Get,
            path,
            accept: None,
            accept_proxied: None,
            range: None,
            body,
            scope: Some(format!("repository:{repository}:pull")),
        }
    }

    /// The host that serves it.
    pub fn host(&self) -> String {
        host_of(&self.registry)
    }
}

/// What is to be done next.
#[derive(Debug)]
pub enum Step<T> {
    /// Send this and `take` what comes of it.
    Send(Request),
    /// Ask the user, tell the `Client`, then `step` again; or `decline`.
    Ask(Question),
    /// It is over.
    Done(Result<T, Error>),
}

/// Where a request stands.
#[derive(Debug)]
enum State {
    Ready,
    Sent {
        way: Way,
        authorization: Option<Authorization>,
    },
    NeedToken(TokenRequest),
    SentToken {
        way: Way,
        personal: bool,
        request: TokenRequest,
    },
    /// Until the account's generation is another.
    NeedLogin {
        reason: LoginReason,
        generation: u32,
        then: Then,
    },
    Probing(Failure),
    Done(Result<Response, Error>),
    /// The result was handed out.
    Over,
}

/// What a login is good for.
#[derive(Clone, Debug)]
enum Then {
    Basic,
    Token(TokenRequest),
}

/// A call in progress.
#[derive(Debug)]
pub struct Exchange {
    call: Call,
    host: String,
    state: State,
    /// Ways that are left, for this host and this traffic.
    ways: Option<(String, Traffic, Vec<Way>)>,
    /// The request that was handed out and not answered yet.
    pending: Option<Request>,
    /// Tokens that were fetched since the last login.
    tokens: u32,
    /// The last of them. What the account keeps under the same scope may be another request's, with
    /// other rights: a 401 may name another scope than was asked for (`azurecr.io`).
    own: Option<Authorization>,
    /// Whether a proxy said that it got no answer.
    proxy_error: Option<Error>,
}

impl Exchange {
    /// Nothing was sent yet.
    pub fn new(call: Call) -> Exchange {
        let (host, state) = (call.host(), State::Ready);
        let (ways, pending, own, proxy_error) = Default::default();
        Exchange { call, host, state, ways, pending, tokens: 0, own, proxy_error }
    }

    /// What is to be done, at `now` (milliseconds since 1970).
    pub fn step(&mut self, client: &mut Client, now: u64) -> Step<Response> {
        loop {
            if let Some(request) = &self.pending {
                return Step::Send(request.clone());
            }
            match std::mem::replace(&mut self.state, State::Over) {
                State::Ready => {
                    if let Some(question) = self.send(client, now) {
                        return Step::Ask(question);
                    }
                }
                State::NeedToken(request) => {
                    if let Some(question) = self.send_for_token(client, request) {
                        return Step::Ask(question);
                    }
                }
                State::NeedLogin { reason, generation, then } => {
                    let account = client.account(&self.call.registry);
                    if account.generation == generation || account.user().is_none() {
                        let registry = self.call.registry.clone();
                        self.state = State::NeedLogin { reason, generation, then };
                        return Step::Ask(Question::Login { registry, reason });
                    }
                    (self.tokens, self.own) = (0, None);
                    self.state = match then {
                        Then::Basic => {
                            account.use_basic();
                            State::Ready
                        }
                        Then::Token(request) => State::NeedToken(request),
                    };
                }
                State::Done(result) => return Step::Done(result),
                state => {
                    // Sent without a pending request is never left standing; and over is over.
                    self.state = state;
                    let problem = Problem::new("registry-over", "This request is over.");
                    return Step::Done(Err(Error::new(problem)));
                }
            }
        }
    }

    /// The user will not answer: the request ends.
    pub fn decline(&mut self) {
        let problem = match &self.state {
            State::NeedLogin { .. } => {
                Problem::new("registry-unauthorized", format!("{} wants a login.", self.host))
            }
            _ => Problem::new(
                "registry-not-agreed",
                "The login was not sent: it was not agreed to where it would go.",
            ),
        };
        self.pending = None;
        self.state = State::Done(Err(Error::new(problem.advice("Log in to go on."))));
    }

    /// What came of the request that `step` handed out.
    pub fn take(&mut self, client: &mut Client, result: Result<Response, Failure>, now: u64) {
        self.pending = None;
        match std::mem::replace(&mut self.state, State::Over) {
            State::Sent { way, authorization } => {
                let host = self.host.clone();
                let Some(response) = self.arrived(client, &host, way, result, now, State::Ready)
                else {
                    return;
                };
                client.note_limit(&host, &response);
                self.state = match (response.status, self.call.scope.clone()) {
                    (401, Some(scope)) => {
                        self.unauthorized(client, &response, &scope, authorization, way)
                    }
                    // A token that was kept, not one that was fetched for this.
                    (400 | 403, Some(scope))
                        if self.tokens == 0
                            && authorization.as_ref().is_some_and(Authorization::is_token) =>
                    {
                        client.account(&self.call.registry).forget(&scope);
                        State::Ready
                    }
                    _ => State::Done(Ok(response)),
                };
            }
            State::SentToken { way, personal, request } => {
                let host = request.host.clone();
                let again = State::NeedToken(request.clone());
                let Some(response) = self.arrived(client, &host, way, result, now, again) else {
                    return;
                };
                self.state = self.token_came(client, &response, personal, request, now);
            }
            State::Probing(failure) => {
                let proxied = client.ways.proxy().is_some();
                let told = errors::unreachable(&self.host, failure, proxied, result.is_ok());
                self.state = State::Done(Err(told));
            }
            state => self.state = state,
        }
    }

    /// Hands the call out by the next way; a question if its login may not go there yet.
    fn send(&mut self, client: &mut Client, now: u64) -> Option<Question> {
        let scope = self.call.scope.as_deref();
        let registry = self.call.registry.clone();
        let kept = scope.and_then(|s| client.account(&registry).authorization(s, now));
        let authorization = self.own.clone().or(kept);
        let blob = self.call.body == Body::Stream;
        let traffic = Traffic { authorized: authorization.is_some(), blob };
        let host = self.host.clone();
        let way = self.next_way(client, &host, traffic);
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), way) {
            self.state = State::Ready;
            return Some(question);
        }
        let accept = match way {
            Way::Proxy => self.call.accept_proxied.or(self.call.accept),
            _ => self.call.accept,
        };
        let mut headers: Vec<_> =
            accept.map(|value| ("accept", value.to_owned())).into_iter().collect();
        headers.extend(self.call.range.map(|(a, b)| ("range", format!("bytes={a}-{b}"))));
        self.pending = Some(Request {
            method: self.call.method,
            url: client.ways.url(&host, &self.call.path, way),
            headers,
            authorization: authorization.clone().map(|authorization| authorization.header),
            body: self.call.body,
            opaque: false,
        });
        self.state = State::Sent { way, authorization };
        None
    }

    fn send_for_token(&mut self, client: &mut Client, request: TokenRequest) -> Option<Question> {
        let registry = self.call.registry.clone();
        let account = client.account(&registry);
        let authorization = account.password();
        if authorization.is_some()
            && request.host != self.host
            && !account.is_approved(&request.host)
        {
            let host = request.host.clone();
            self.state = State::NeedToken(request);
            return Some(Question::TokenHost { registry, host });
        }
        let traffic = Traffic { authorized: authorization.is_some(), blob: false };
        let way = match self.next_way(client, &request.host, traffic) {
            // The realm says itself whether it is spoken to by TLS; a way is tried only once.
            Way::Https | Way::Http if !request.https => Way::Http,
            Way::Http => Way::Https,
            way => way,
        };
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), way) {
            self.state = State::NeedToken(request);
            return Some(question);
        }
        let personal = authorization.is_some();
        self.pending = Some(Request {
            method: Method::Get,
            url: client.ways.url(&request.host, &request.path, way),
            headers: Vec::new(),
            authorization: authorization.map(|authorization| authorization.header),
            body: Body::Keep(MAX_TOKEN),
            opaque: false,
        });
        self.state = State::SentToken { way, personal, request };
        None
    }

    /// The most hopeful of the ways that are left; they are counted anew for another host or traffic.
    fn next_way(&mut self, client: &Client, host: &str, traffic: Traffic) -> Way {
        let same = |(h, t, _): &(String, Traffic, Vec<Way>)| h == host && *t == traffic;
        if !self.ways.as_ref().is_some_and(same) {
            self.ways = Some((host.to_owned(), traffic, client.ways.to(host, traffic)));
        }
        let left = self.ways.as_ref().map(|(_, _, ways)| &ways[..]);
        left.and_then(|ways| ways.first()).copied().unwrap_or(Way::Https)
    }

    /// Gives this way up; false if it was the last.
    fn give_up_way(&mut self) -> bool {
        match &mut self.ways {
            Some((_, _, ways)) if ways.len() > 1 => {
                ways.remove(0);
                true
            }
            _ => false,
        }
    }

    /// An answer of the host itself; of anything else the state is set: the same again by another way
    /// (`again`), a probe, or the end.
    fn arrived(
        &mut self,
        client: &mut Client,
        host: &str,
        way: Way,
        result: Result<Response, Failure>,
        now: u64,
        again: State,
    ) -> Option<Response> {
        let failure = match result {
            Ok(response) => match response.header("x-proxy-error").filter(|_| way == Way::Proxy) {
                None => {
                    // A registry may send no CORS headers with what it doesn't know: that the proxy then
                    // has an answer says nothing of the way for what it does know.
                    if let Some((_, traffic, _)) = &self.ways
                        && (response.status < 400 || response.status == 401)
                    {
                        client.ways.remember(host, *traffic, way);
                    }
                    return Some(response);
                }
                Some(code) => {
                    self.proxy_error = Some(errors::of_proxy(&response, host, code, now));
                    Failure::Network
                }
            },
            Err(failure) => failure,
        };
        let other_way = matches!(failure, Failure::Network | Failure::Timeout);
        if other_way && self.give_up_way() {
            self.state = again;
            return None;
        }
        let asked_directly = client.ways.to(host, Traffic::default()).contains(&Way::Https);
        let unexplained = failure == Failure::Network && self.proxy_error.is_none();
        if unexplained && asked_directly && host == self.host {
            self.pending = Some(Request {
                method: Method::Get,
                // On this machine a registry that speaks TLS is the exception.
                url: client.ways.url(
                    host,
                    "/v2/",
                    if is_loopback(host) { Way::Http } else { Way::Https },
                ),
                headers: Vec::new(),
                authorization: None,
                body: Body::Keep(0),
                opaque: true,
            });
            self.state = State::Probing(failure);
            return None;
        }
        let proxied = client.ways.proxy().is_some();
        let told = self.proxy_error.take();
        let error = told.unwrap_or_else(|| errors::unreachable(host, failure, proxied, false));
        self.state = State::Done(Err(error));
        None
    }

    /// What a 401 asks for.
    fn unauthorized(
        &mut self,
        client: &mut Client,
        response: &Response,
        scope: &str,
        sent: Option<Authorization>,
        way: Way,
    ) -> State {
        let challenges = challenge::of_response(response);
        // Directly, the header is hidden unless the registry exposes it; the proxy shows it.
        if challenges.is_empty() && way != Way::Proxy && client.ways.proxy().is_some() {
            while self.ways.as_ref().is_some_and(|(_, _, ways)| ways.first() != Some(&Way::Proxy)) {
                if !self.give_up_way() {
                    break;
                }
            }
            if self.ways.as_ref().is_some_and(|(_, _, ways)| ways.first() == Some(&Way::Proxy)) {
                return State::Ready;
            }
        }
        let host = self.host.clone();
        let account = client.account(&self.call.registry);
        account.forget(scope);
        self.own = None;
        let generation = account.generation;
        let named = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        if let Some(bearer) = named("bearer") {
            let request = match TokenRequest::of(bearer, &host, scope) {
                Ok(request) => request,
                Err(error) => return State::Done(Err(error)),
            };
            if self.tokens == 0 {
                return State::NeedToken(request);
            }
            // A fresh token doesn't open it: only (another) login could.
            let reason = match account.user() {
                None => LoginReason::Needed,
                Some(_) => LoginReason::Denied,
            };
            return State::NeedLogin { reason, generation, then: Then::Token(request) };
        }
        if named("basic").is_some() || challenges.is_empty() {
            let sent = sent.is_some_and(|authorization| authorization.personal);
            if account.user().is_some() && !sent {
                account.use_basic();
                return State::Ready;
            }
            let reason = if sent { LoginReason::Wrong } else { LoginReason::Needed };
            return State::NeedLogin { reason, generation, then: Then::Basic };
        }
        let schemes: Vec<_> = challenges.iter().map(|challenge| &challenge.scheme[..]).collect();
        let problem =
            Problem::new("registry-challenge", format!("{host} wants a login of its own."))
                .expected("Basic or Bearer")
                .found(errors::shown(&schemes.join(", ")));
        State::Done(Err(Error::new(problem)))
    }

    fn token_came(
        &mut self,
        client: &mut Client,
        response: &Response,
        personal: bool,
        request: TokenRequest,
        now: u64,
    ) -> State {
        let account = client.account(&self.call.registry);
        let generation = account.generation;
        let scope = self.call.scope.clone().unwrap_or_default();
        match response.status {
            200 => match account.keep(&scope, response, now) {
                Ok(()) => {
                    self.own = account.authorization(&scope, now);
                    self.tokens += 1;
                    State::Ready
                }
                Err(error) => State::Done(Err(error)),
            },
            // Some refuse an anonymous token for what is private, some a wrong password by 403.
            401 | 403 => {
                let reason = if personal { LoginReason::Wrong } else { LoginReason::Needed };
                State::NeedLogin { reason, generation, then: Then::Token(request) }
            }
            429 | 500..=599 => {
                let what = "a token";
                State::Done(Err(errors::of_response(response, &request.host, what, now)))
            }
            _ => State::Done(Err(auth::refused(response, &request.host))),
        }
    }
}

#[cfg(test)]
mod tests;
