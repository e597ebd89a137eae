//! One request to a registry, with all that may be needed for it: other routes, a token, a login.
//!
//! A state machine: `step` says what to do next (send a request, ask the user, nothing), `take` takes the
//! result. The driver can be a browser's fetch, a native client or a test's table.
//!
//! - A request that gets no response is tried by the next route (`endpoint.rs`). If none is left, a probe tells
//!   a host that answers (so CORS headers are missing) from one that does not.
//! - A 401 leads to a token or a login (`login.rs`), and the request is sent again, once per token or login.
//! - Some registries refuse an expired token with 400 or 403 and without a challenge (`public.ecr.aws`,
//!   `ghcr.io`): then the request is sent once more without it.
//! - Harbor refuses a token of right credentials with a Basic challenge: then the credentials themselves are sent,
//!   once, before the user must enter others.
//! - Every other response is handed out as it is: what a 404 means depends on the call.

mod login;
mod refusal;
mod routes_left;
mod state;

use super::auth::{Authorization, TokenRequest};
use super::call::Call;
use super::client::RegistryClient;
use super::endpoint::{Route, Traffic};
use super::errors::{self, HiddenAnswer, RegistryError};
use super::limits::MAX_TOKEN_RESPONSE;
use super::url::is_loopback;
use crate::http::{HttpFailure, HttpRequest, HttpResponse, Method, ResponseBody};
use crate::problem::Problem;
use crate::vocabulary::{LoginReason, UserQuestion};
use login::{after_token_refusal, token_wants_credentials};
use routes_left::RoutesLeft;
use state::{AfterLogin, BasicAttempt, ExchangeState};

/// What to do next.
#[derive(Debug)]
pub enum ExchangeStep<T> {
    /// Send this request and `take` its result.
    Send(HttpRequest),
    /// Ask the user, tell the `RegistryClient` the answer, then `step` again; or `decline`.
    Ask(UserQuestion),
    /// Nothing: this is the result.
    Done(Result<T, RegistryError>),
}

/// A call in progress.
#[derive(Debug)]
pub struct Exchange {
    call: Call,
    host: String,
    state: ExchangeState,
    routes: RoutesLeft,
    /// The request that was handed out and has no result yet.
    pending: Option<HttpRequest>,
    /// Tokens that were fetched since the last login.
    tokens: u32,
    /// The last of them. Another request may have replaced what the account keeps for the same scope by a token
    /// with other rights: a 401 may name another scope than the requested one (`azurecr.io`).
    own: Option<Authorization>,
    basic: BasicAttempt,
    /// The proxy reported that it got no response.
    proxy_error: Option<RegistryError>,
    /// A response of the host could be read without the proxy.
    read_directly: bool,
    /// The last request had a login or a token.
    sent_login: bool,
}

impl Exchange {
    /// Sends nothing yet.
    pub fn new(call: Call) -> Exchange {
        let host = call.host();
        let (routes, pending, own, basic, proxy_error) = Default::default();
        let state = ExchangeState::Ready;
        Exchange {
            call,
            host,
            state,
            routes,
            pending,
            tokens: 0,
            own,
            basic,
            proxy_error,
            read_directly: false,
            sent_login: false,
        }
    }

    /// What to do next, at `now` (milliseconds since 1970).
    pub fn step(&mut self, client: &mut RegistryClient, now: u64) -> ExchangeStep<HttpResponse> {
        loop {
            if let Some(request) = &self.pending {
                return ExchangeStep::Send(request.clone());
            }
            let question = match std::mem::replace(&mut self.state, ExchangeState::Over) {
                ExchangeState::Ready => self.send(client, now),
                ExchangeState::NeedToken(request) => self.send_for_token(client, request),
                ExchangeState::NeedLogin { reason, generation, then } => {
                    let account = client.account(&self.call.registry);
                    if account.generation == generation || account.user().is_none() {
                        let registry = self.call.registry.clone();
                        self.state = ExchangeState::NeedLogin { reason, generation, then };
                        return ExchangeStep::Ask(UserQuestion::Login { registry, reason });
                    }
                    (self.tokens, self.own, self.basic) = Default::default();
                    self.state = match then {
                        AfterLogin::Basic => {
                            account.use_basic();
                            ExchangeState::Ready
                        }
                        AfterLogin::Token(request) => ExchangeState::NeedToken(request),
                    };
                    None
                }
                ExchangeState::Done(result) => return ExchangeStep::Done(result),
                // A request that was sent is pending, so these states are not reached.
                state => {
                    self.state = state;
                    let problem = Problem::new("registry-over", "This request has ended.");
                    return ExchangeStep::Done(Err(RegistryError::new(problem)));
                }
            };
            if let Some(question) = question {
                return ExchangeStep::Ask(question);
            }
        }
    }

    /// The user does not answer the question: the request ends.
    pub fn decline(&mut self) {
        let problem = match &self.state {
            ExchangeState::NeedLogin { .. } => {
                Problem::new("registry-unauthorized", format!("{} requires a login.", self.host))
            }
            _ => Problem::new(
                "registry-not-agreed",
                "The login was not sent, because you did not agree to where it would go.",
            ),
        };
        self.pending = None;
        let problem = problem.advice("Log in to continue.");
        self.state = ExchangeState::Done(Err(RegistryError::new(problem)));
    }

    /// Takes the result of the request that `step` handed out.
    pub fn take(
        &mut self,
        client: &mut RegistryClient,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) {
        self.pending = None;
        match std::mem::replace(&mut self.state, ExchangeState::Over) {
            ExchangeState::Sent { route, authorization } => {
                let host = self.host.clone();
                match self.received(client, &host, route, result, now) {
                    Some(response) => {
                        self.read_directly |= route != Route::Proxy;
                        client.note_limit(&host, &response);
                        self.take_response(client, response, route, authorization);
                    }
                    None => self.resume(ExchangeState::Ready),
                }
            }
            ExchangeState::SentToken { route, personal, request } => {
                let host = request.host.clone();
                match self.received(client, &host, route, result, now) {
                    Some(response) => self.take_token(client, &response, personal, request, now),
                    None => self.resume(ExchangeState::NeedToken(request)),
                }
            }
            ExchangeState::Probing(failure) => {
                let proxied = client.routes.proxy().is_some();
                let hidden = match (result.is_ok(), self.read_directly && self.sent_login) {
                    (false, _) => HiddenAnswer::None,
                    (true, true) => HiddenAnswer::Login,
                    (true, false) => HiddenAnswer::All,
                };
                let error = errors::unreachable(&self.host, failure, proxied, hidden);
                self.state = ExchangeState::Done(Err(error));
            }
            state => self.state = state,
        }
    }

    /// Continues with `state`, unless something else was decided.
    fn resume(&mut self, state: ExchangeState) {
        if matches!(self.state, ExchangeState::Over) {
            self.state = state;
        }
    }

    /// Sends the call by the next route. Returns a question if its login may not go there yet.
    fn send(&mut self, client: &mut RegistryClient, now: u64) -> Option<UserQuestion> {
        let scope = self.call.scope.as_deref();
        let registry = self.call.registry.clone();
        let kept = scope.and_then(|scope| client.account(&registry).authorization(scope, now));
        let authorization = self.own.clone().or(kept);
        let blob = self.call.response_body == ResponseBody::Stream;
        self.sent_login = authorization.is_some();
        let traffic = Traffic { authorized: self.sent_login, blob };
        let route = self.routes.next(&client.routes, &self.host, traffic);
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), route) {
            self.state = ExchangeState::Ready;
            return Some(question);
        }
        let accept = match route {
            Route::Proxy => self.call.accept_proxied.or(self.call.accept),
            _ => self.call.accept,
        };
        let accept = accept.map(|value| ("accept", value.to_owned()));
        let range = self.call.range.map(|(a, b)| ("range", format!("bytes={a}-{b}")));
        let url = client.routes.url(&self.host, &self.call.path, route);
        self.pending = Some(HttpRequest {
            headers: accept.into_iter().chain(range).collect(),
            authorization: authorization.clone().map(|authorization| authorization.header),
            ..HttpRequest::new(self.call.method, url, self.call.response_body)
        });
        self.state = ExchangeState::Sent { route, authorization };
        None
    }

    /// Sends a request for a token. Returns a question if the login may not go there yet.
    fn send_for_token(
        &mut self,
        client: &mut RegistryClient,
        request: TokenRequest,
    ) -> Option<UserQuestion> {
        let registry = self.call.registry.clone();
        let account = client.account(&registry);
        let authorization = account.password();
        let foreign = request.host != self.host;
        if authorization.is_some() && foreign && !account.is_approved(&request.host) {
            let host = request.host.clone();
            self.state = ExchangeState::NeedToken(request);
            return Some(UserQuestion::TokenHost { registry, host });
        }
        let traffic = Traffic { authorized: authorization.is_some(), blob: false };
        let route = match self.routes.next(&client.routes, &request.host, traffic) {
            // The realm says whether it uses TLS; each route is tried only once.
            Route::Https | Route::Http if !request.https => Route::Http,
            Route::Http => Route::Https,
            route => route,
        };
        if let Some(question) = client.must_trust(&registry, authorization.as_ref(), route) {
            self.state = ExchangeState::NeedToken(request);
            return Some(question);
        }
        let personal = authorization.is_some();
        let url = client.routes.url(&request.host, &request.path, route);
        let body = ResponseBody::Keep(MAX_TOKEN_RESPONSE);
        self.pending = Some(HttpRequest {
            authorization: authorization.map(|authorization| authorization.header),
            ..HttpRequest::new(Method::Get, url, body)
        });
        self.state = ExchangeState::SentToken { route, personal, request };
        None
    }

    /// The host's own response. Without one, either another route is left, and the caller sends the same again;
    /// or the state is set: a probe, or the end.
    fn received(
        &mut self,
        client: &mut RegistryClient,
        host: &str,
        route: Route,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) -> Option<HttpResponse> {
        let failure = match result {
            Ok(response) => {
                match response.header("x-proxy-error").filter(|_| route == Route::Proxy) {
                    None => {
                        // A registry may send no CORS headers with errors. That the proxy gets a response then
                        // says nothing about the route for successful ones.
                        if response.status < 400 || response.status == 401 {
                            client.routes.remember(host, self.routes.traffic(), route);
                        }
                        return Some(response);
                    }
                    Some(code) => {
                        self.proxy_error = Some(errors::of_proxy(&response, host, code, now));
                        HttpFailure::Network
                    }
                }
            }
            // This machine is there while it is offline.
            Err(HttpFailure::Offline) if is_loopback(host) => HttpFailure::Network,
            Err(failure) => failure,
        };
        let try_other = matches!(failure, HttpFailure::Network | HttpFailure::Timeout);
        if try_other && self.routes.give_up() {
            return None;
        }
        let direct = client.routes.to(host, Traffic::default()).contains(&Route::Https);
        let unexplained = failure == HttpFailure::Network && self.proxy_error.is_none();
        if unexplained && direct && host == self.host {
            self.send_probe(client, failure);
            return None;
        }
        let proxied = client.routes.proxy().is_some();
        let error = self.proxy_error.take();
        let error = error
            .unwrap_or_else(|| errors::unreachable(host, failure, proxied, HiddenAnswer::None));
        self.state = ExchangeState::Done(Err(error));
        None
    }

    /// Sends a request whose response cannot be read: any response shows that the host is up.
    fn send_probe(&mut self, client: &RegistryClient, failure: HttpFailure) {
        // Few registries on this machine use TLS.
        let direct = if is_loopback(&self.host) { Route::Http } else { Route::Https };
        let url = client.routes.url(&self.host, "/v2/", direct);
        let probe = HttpRequest::new(Method::Get, url, ResponseBody::Keep(0));
        self.pending = Some(HttpRequest { opaque: true, ..probe });
        self.state = ExchangeState::Probing(failure);
    }

    /// What follows from the response to the call.
    fn take_response(
        &mut self,
        client: &mut RegistryClient,
        response: HttpResponse,
        route: Route,
        authorization: Option<Authorization>,
    ) {
        let kept_token = authorization.as_ref().is_some_and(Authorization::is_token);
        if response.status < 400 && matches!(self.basic, BasicAttempt::Made { .. }) {
            client.account(&self.call.registry).use_basic();
        }
        self.state = match (response.status, self.call.scope.clone()) {
            (401, Some(scope)) => {
                self.unauthorized(client, &response, &scope, authorization, route)
            }
            // Refused with a token that was kept, not with one that was fetched for this call.
            (400 | 403, Some(scope)) if self.tokens == 0 && kept_token => {
                client.account(&self.call.registry).forget(&scope);
                ExchangeState::Ready
            }
            _ => ExchangeState::Done(Ok(response)),
        };
    }

    /// What follows from the response of a token endpoint.
    fn take_token(
        &mut self,
        client: &mut RegistryClient,
        response: &HttpResponse,
        personal: bool,
        request: TokenRequest,
        now: u64,
    ) {
        let account = client.account(&self.call.registry);
        let scope = self.call.scope.clone().unwrap_or_default();
        self.state = if response.status == 200 {
            match account.keep(&scope, response, now) {
                Ok(()) => {
                    self.own = account.authorization(&scope, now);
                    self.tokens += 1;
                    ExchangeState::Ready
                }
                Err(error) => ExchangeState::Done(Err(error)),
            }
        } else if personal
            && token_wants_credentials(response)
            && self.send_basic(client, LoginReason::Wrong, AfterLogin::Token(request.clone()))
        {
            ExchangeState::Ready
        } else {
            let account = client.account(&self.call.registry);
            after_token_refusal(account, response, personal, request, now)
        };
    }
}

#[cfg(test)]
mod tests;
