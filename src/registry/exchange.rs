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
use super::call::Call;
use super::challenge;
use super::client::RegistryClient;
use super::endpoint::{Route, Traffic};
use super::errors::{self, RegistryError};
use super::limits::MAX_TOKEN_RESPONSE;
use super::url::is_loopback;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;
use crate::vocabulary::{LoginReason, Question};

/// What is to be done next.
#[derive(Debug)]
pub enum ExchangeStep<T> {
    /// Send this and `take` what comes of it.
    Send(HttpRequest),
    /// Ask the user, tell the `RegistryClient`, then `step` again; or `decline`.
    Ask(Question),
    /// It is over.
    Done(Result<T, RegistryError>),
}

/// Where a request stands.
#[derive(Debug)]
enum ExchangeState {
    Ready,
    Sent {
        way: Route,
        authorization: Option<Authorization>,
    },
    NeedToken(TokenRequest),
    SentToken {
        way: Route,
        personal: bool,
        request: TokenRequest,
    },
    /// Until the account's generation is another.
    NeedLogin {
        reason: LoginReason,
        generation: u32,
        then: Then,
    },
    Probing(HttpFailure),
    Done(Result<HttpResponse, RegistryError>),
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
    state: ExchangeState,
    /// Routes that are left, for this host and this traffic.
    ways: Option<(String, Traffic, Vec<Route>)>,
    /// The request that was handed out and not answered yet.
    pending: Option<HttpRequest>,
    /// Tokens that were fetched since the last login.
    tokens: u32,
    /// The last of them. What the account keeps under the same scope may be another request's, with
    /// other rights: a 401 may name another scope than was asked for (`azurecr.io`).
    own: Option<Authorization>,
    /// Whether a proxy said that it got no answer.
    proxy_error: Option<RegistryError>,
}

impl Exchange {
    /// Nothing was sent yet.
    pub fn new(call: Call) -> Exchange {
        let (host, state) = (call.host(), ExchangeState::Ready);
        let (ways, pending, own, proxy_error) = Default::default();
        Exchange { call, host, state, ways, pending, tokens: 0, own, proxy_error }
    }

    /// What is to be done, at `now` (milliseconds since 1970).
    pub fn step(&mut self, client: &mut RegistryClient, now: u64) -> ExchangeStep<HttpResponse> {
        loop {
            if let Some(request) = &self.pending {
                return ExchangeStep::Send(request.clone());
            }
            match std::mem::replace(&mut self.state, ExchangeState::Over) {
                ExchangeState::Ready => {
                    if let Some(question) = self.send(client, now) {
                        return ExchangeStep::Ask(question);
                    }
                }
                ExchangeState::NeedToken(request) => {
                    if let Some(question) = self.send_for_token(client, request) {
                        return ExchangeStep::Ask(question);
                    }
                }
                ExchangeState::NeedLogin { reason, generation, then } => {
                    let account = client.account(&self.call.registry);
                    if account.generation == generation || account.user().is_none() {
                        let registry = self.call.registry.clone();
                        self.state = ExchangeState::NeedLogin { reason, generation, then };
                        return ExchangeStep::Ask(Question::Login { registry, reason });
                    }
                    (self.tokens, self.own) = (0, None);
                    self.state = match then {
                        Then::Basic => {
                            account.use_basic();
                            ExchangeState::Ready
                        }
                        Then::Token(request) => ExchangeState::NeedToken(request),
                    };
                }
                ExchangeState::Done(result) => return ExchangeStep::Done(result),
                state => {
                    // Sent without a pending request is never left standing; and over is over.
                    self.state = state;
                    let problem = Problem::new("registry-over", "This request is over.");
                    return ExchangeStep::Done(Err(RegistryError::new(problem)));
                }
            }
        }
    }

    /// The user will not answer: the request ends.
    pub fn decline(&mut self) {
        let problem = match &self.state {
            ExchangeState::NeedLogin { .. } => {
                Problem::new("registry-unauthorized", format!("{} wants a login.", self.host))
            }
            _ => Problem::new(
                "registry-not-agreed",
                "The login was not sent: it was not agreed to where it would go.",
            ),
        };
        self.pending = None;
        self.state =
            ExchangeState::Done(Err(RegistryError::new(problem.advice("Log in to go on."))));
    }

    /// What came of the request that `step` handed out.
    pub fn take(
        &mut self,
        client: &mut RegistryClient,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) {
        self.pending = None;
        match std::mem::replace(&mut self.state, ExchangeState::Over) {
            ExchangeState::Sent { way, authorization } => {
                let host = self.host.clone();
                let Some(response) =
                    self.arrived(client, &host, way, result, now, ExchangeState::Ready)
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
                        ExchangeState::Ready
                    }
                    _ => ExchangeState::Done(Ok(response)),
                };
            }
            ExchangeState::SentToken { way, personal, request } => {
                let host = request.host.clone();
                let again = ExchangeState::NeedToken(request.clone());
                let Some(response) = self.arrived(client, &host, way, result, now, again) else {
                    return;
                };
                self.state = self.token_came(client, &response, personal, request, now);
            }
            ExchangeState::Probing(failure) => {
                let proxied = client.ways.proxy().is_some();
                let told = errors::unreachable(&self.host, failure, proxied, result.is_ok());
                self.state = ExchangeState::Done(Err(told));
            }
            state => self.state = state,
        }
    }

    /// Hands the call out by the next way; a question if its login may not go there yet.
    fn send(&mut self, client: &mut RegistryClient, now: u64) -> Option<Question> {
        let scope = self.call.scope.as_deref();
        let registry = self.call.registry.clone();
        let kept = scope.and_then(|s| client.account(&registry).authorization(s, now));
        let authorization = self.own.clone().or(kept);
        let blob = self.call.response_body == ResponseBody::Stream;
        let traffic = Traffic { authorized: authorization.is_some(), blob };
        let host = self.host.clone();
        let way = self.next_way(client, &host, traffic);
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), way) {
            self.state = ExchangeState::Ready;
            return Some(question);
        }
        let accept = match way {
            Route::Proxy => self.call.accept_proxied.or(self.call.accept),
            _ => self.call.accept,
        };
        let mut headers: Vec<_> =
            accept.map(|value| ("accept", value.to_owned())).into_iter().collect();
        headers.extend(self.call.range.map(|(a, b)| ("range", format!("bytes={a}-{b}"))));
        let url = client.ways.url(&host, &self.call.path, way);
        self.pending = Some(HttpRequest {
            headers,
            authorization: authorization.clone().map(|authorization| authorization.header),
            ..HttpRequest::new(self.call.method, url, self.call.response_body)
        });
        self.state = ExchangeState::Sent { way, authorization };
        None
    }

    fn send_for_token(
        &mut self,
        client: &mut RegistryClient,
        request: TokenRequest,
    ) -> Option<Question> {
        let registry = self.call.registry.clone();
        let account = client.account(&registry);
        let authorization = account.password();
        if authorization.is_some()
            && request.host != self.host
            && !account.is_approved(&request.host)
        {
            let host = request.host.clone();
            self.state = ExchangeState::NeedToken(request);
            return Some(Question::TokenHost { registry, host });
        }
        let traffic = Traffic { authorized: authorization.is_some(), blob: false };
        let way = match self.next_way(client, &request.host, traffic) {
            // The realm says itself whether it is spoken to by TLS; a way is tried only once.
            Route::Https | Route::Http if !request.https => Route::Http,
            Route::Http => Route::Https,
            way => way,
        };
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), way) {
            self.state = ExchangeState::NeedToken(request);
            return Some(question);
        }
        let personal = authorization.is_some();
        let url = client.ways.url(&request.host, &request.path, way);
        let body = ResponseBody::Keep(MAX_TOKEN_RESPONSE);
        self.pending = Some(HttpRequest {
            authorization: authorization.map(|authorization| authorization.header),
            ..HttpRequest::new(Method::Get, url, body)
        });
        self.state = ExchangeState::SentToken { way, personal, request };
        None
    }

    /// The most hopeful of the ways that are left; they are counted anew for another host or traffic.
    fn next_way(&mut self, client: &RegistryClient, host: &str, traffic: Traffic) -> Route {
        let same = |(h, t, _): &(String, Traffic, Vec<Route>)| h == host && *t == traffic;
        if !self.ways.as_ref().is_some_and(same) {
            self.ways = Some((host.to_owned(), traffic, client.ways.to(host, traffic)));
        }
        let left = self.ways.as_ref().map(|(_, _, ways)| &ways[..]);
        left.and_then(|ways| ways.first()).copied().unwrap_or(Route::Https)
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
        client: &mut RegistryClient,
        host: &str,
        way: Route,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
        again: ExchangeState,
    ) -> Option<HttpResponse> {
        let failure = match result {
            Ok(response) => {
                match response.header("x-proxy-error").filter(|_| way == Route::Proxy) {
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
                        HttpFailure::Network
                    }
                }
            }
            Err(failure) => failure,
        };
        let other_way = matches!(failure, HttpFailure::Network | HttpFailure::Timeout);
        if other_way && self.give_up_way() {
            self.state = again;
            return None;
        }
        let asked_directly = client.ways.to(host, Traffic::default()).contains(&Route::Https);
        let unexplained = failure == HttpFailure::Network && self.proxy_error.is_none();
        if unexplained && asked_directly && host == self.host {
            // Few registries on this machine speak TLS.
            let direct = if is_loopback(host) { Route::Http } else { Route::Https };
            let url = client.ways.url(host, "/v2/", direct);
            let probe = HttpRequest::new(Method::Get, url, ResponseBody::Keep(0));
            self.pending = Some(HttpRequest { opaque: true, ..probe });
            self.state = ExchangeState::Probing(failure);
            return None;
        }
        let proxied = client.ways.proxy().is_some();
        let told = self.proxy_error.take();
        let error = told.unwrap_or_else(|| errors::unreachable(host, failure, proxied, false));
        self.state = ExchangeState::Done(Err(error));
        None
    }

    /// What a 401 asks for.
    fn unauthorized(
        &mut self,
        client: &mut RegistryClient,
        response: &HttpResponse,
        scope: &str,
        sent: Option<Authorization>,
        way: Route,
    ) -> ExchangeState {
        let challenges = challenge::of_response(response);
        // Directly, the header is hidden unless the registry exposes it; the proxy shows it.
        if challenges.is_empty() && way != Route::Proxy && client.ways.proxy().is_some() {
            while self.ways.as_ref().is_some_and(|(_, _, ways)| ways.first() != Some(&Route::Proxy))
            {
                if !self.give_up_way() {
                    break;
                }
            }
            if self.ways.as_ref().is_some_and(|(_, _, ways)| ways.first() == Some(&Route::Proxy)) {
                return ExchangeState::Ready;
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
                Err(error) => return ExchangeState::Done(Err(error)),
            };
            if self.tokens == 0 {
                return ExchangeState::NeedToken(request);
            }
            // A fresh token doesn't open it: only (another) login could.
            let reason = match account.user() {
                None => LoginReason::Needed,
                Some(_) => LoginReason::Denied,
            };
            return ExchangeState::NeedLogin { reason, generation, then: Then::Token(request) };
        }
        if named("basic").is_some() || challenges.is_empty() {
            let sent = sent.is_some_and(|authorization| authorization.personal);
            if account.user().is_some() && !sent {
                account.use_basic();
                return ExchangeState::Ready;
            }
            let reason = if sent { LoginReason::Wrong } else { LoginReason::Needed };
            return ExchangeState::NeedLogin { reason, generation, then: Then::Basic };
        }
        let schemes: Vec<_> = challenges.iter().map(|challenge| &challenge.scheme[..]).collect();
        let problem =
            Problem::new("registry-challenge", format!("{host} wants a login of its own."))
                .expected("Basic or Bearer")
                .found(errors::shown(&schemes.join(", ")));
        ExchangeState::Done(Err(RegistryError::new(problem)))
    }

    fn token_came(
        &mut self,
        client: &mut RegistryClient,
        response: &HttpResponse,
        personal: bool,
        request: TokenRequest,
        now: u64,
    ) -> ExchangeState {
        let account = client.account(&self.call.registry);
        let generation = account.generation;
        let scope = self.call.scope.clone().unwrap_or_default();
        match response.status {
            200 => match account.keep(&scope, response, now) {
                Ok(()) => {
                    self.own = account.authorization(&scope, now);
                    self.tokens += 1;
                    ExchangeState::Ready
                }
                Err(error) => ExchangeState::Done(Err(error)),
            },
            // Some refuse an anonymous token for what is private, some a wrong password by 403.
            401 | 403 => {
                let reason = if personal { LoginReason::Wrong } else { LoginReason::Needed };
                ExchangeState::NeedLogin { reason, generation, then: Then::Token(request) }
            }
            429 | 500..=599 => {
                let what = "a token";
                ExchangeState::Done(Err(errors::of_response(response, &request.host, what, now)))
            }
            _ => ExchangeState::Done(Err(auth::refused(response, &request.host))),
        }
    }
}

#[cfg(test)]
mod tests;
