//! This worker's end of the network: one client of the registry protocol, driven by fetch.
//!
//! - Operations run side by side; what is known of ways, logins and limits they share.
//! - A question that only the user can answer is asked once, however many requests wait for it.
//! - Which ways work is remembered from visit to visit; logins are not.

use super::{store, transport};
use crate::http::{HttpFailure, HttpResponse};
use crate::registry::{
    Call, Credentials, Exchange, ExchangeStep, Operation, OperationRun, OperationStep,
    RegistryClient, RegistryError, Routes,
    endpoint::{Route, Traffic, host_of},
    errors,
};
use crate::session::query::{Network, Question, Reply};
use futures_channel::oneshot;
use js_sys::Date;
use std::cell::RefCell;
use transport::Stream;

/// Which ways worked, as a text: a line each.
const WAYS: &str = "ways";

thread_local! {
    static STATE: RefCell<State> = RefCell::new(State::new());
}

struct State {
    client: RegistryClient,
    /// Questions that are with the user, and who waits for each.
    asked: Vec<(Question, Vec<oneshot::Sender<bool>>)>,
    /// Hands a question to the user.
    ask: fn(Question),
    /// The ways that are kept; `None`: not looked up yet.
    kept: Option<String>,
}

impl State {
    fn new() -> State {
        let client = RegistryClient::new(Routes::new(None));
        State { client, asked: Vec::new(), ask: |_| {}, kept: None }
    }
}

fn with<T>(change: impl FnOnce(&mut State) -> T) -> T {
    STATE.with_borrow_mut(change)
}

/// Takes what the tab knows, for all that is asked from now on. `ask` hands a question to the user, who
/// answers by `reply`.
pub fn set_up(network: Network, ask: fn(Question)) {
    let mut client = RegistryClient::new(Routes::new(network.proxy.as_deref()));
    if network.proxy_trusted {
        client.trust_proxy();
    }
    for account in network.accounts {
        let credentials = Credentials::new(account.user, account.password);
        client.log_in(&account.registry, Some(credentials));
    }
    for (registry, host) in network.approved {
        client.approve(&registry, &host);
    }
    with(|state| *state = State { client, ask, ..State::new() });
}

/// The user's answer to a question.
pub fn reply(question: &Question, reply: Reply) {
    let waiting = with(|state| {
        match (question, &reply) {
            (Question::Login { registry, .. }, Reply::LogIn(account)) => {
                let credentials = Credentials::new(&account.user[..], &account.password[..]);
                state.client.log_in(registry, Some(credentials));
            }
            (Question::TokenHost { registry, host }, Reply::Agree) => {
                state.client.approve(registry, host);
            }
            (Question::TrustProxy { .. }, Reply::Agree) => state.client.trust_proxy(),
            _ => {}
        }
        let at = state.asked.iter().position(|(asked, _)| asked == question);
        at.map(|at| state.asked.swap_remove(at).1).unwrap_or_default()
    });
    for waiting in waiting {
        let _ = waiting.send(reply != Reply::Decline); // who has gone needs no answer
    }
}

/// Runs an operation to its end.
pub async fn run<O: Operation>(operation: O) -> Result<O::Output, RegistryError> {
    drive(operation, true).await
}

/// Runs one that nobody asked for: what only the user can answer is taken as declined.
pub async fn run_quietly<O: Operation>(operation: O) -> Result<O::Output, RegistryError> {
    drive(operation, false).await
}

async fn drive<O: Operation>(operation: O, asks: bool) -> Result<O::Output, RegistryError> {
    recall_ways().await;
    let mut run = OperationRun::new(operation);
    let result = loop {
        match with(|state| run.step(&mut state.client, now())) {
            OperationStep::Send(request) => {
                let sent = transport::send(&request).await.map(|(response, _)| response);
                with(|state| run.take(&mut state.client, sent, now()));
            }
            OperationStep::Ask(question) => {
                if !asks || !ask(question).await {
                    run.decline();
                }
            }
            OperationStep::Cached(digest) => run.take_cached(store::document(&digest).await),
            OperationStep::Done(result) => break result,
        }
    };
    keep_ways().await;
    result
}

/// Sends one call whose answer's body is to be streamed.
pub async fn open(call: Call) -> Result<(HttpResponse, Stream), RegistryError> {
    let mut exchange = Exchange::new(call);
    let mut stream = None;
    loop {
        match with(|state| exchange.step(&mut state.client, now())) {
            ExchangeStep::Send(request) => {
                let sent = transport::send(&request).await;
                let sent = sent.map(|(response, body)| {
                    stream = Some(body);
                    response
                });
                with(|state| exchange.take(&mut state.client, sent, now()));
            }
            ExchangeStep::Ask(question) => {
                if !ask(question).await {
                    exchange.decline();
                }
            }
            ExchangeStep::Done(result) => {
                let no_body = || errors::unreachable("", HttpFailure::Network, false, false);
                return result.and_then(|head| Ok((head, stream.ok_or_else(no_body)?)));
            }
        }
    }
}

/// Milliseconds since 1970.
pub fn now() -> u64 {
    Date::now() as u64
}

/// Whether a registry was last asked through the proxy.
pub fn is_proxied(registry: &str) -> bool {
    let host = host_of(registry);
    let known = |authorized| {
        let traffic = Traffic { authorized, blob: false };
        with(|state| state.client.routes.known(&host, traffic))
    };
    known(true) == Some(Route::Proxy)
}

/// What a registry last said of its rate limit, in words.
pub fn limit(registry: &str) -> Option<String> {
    let host = host_of(registry);
    with(|state| state.client.rate_limit(&host)).map(|limit| limit.to_string())
}

async fn ask(question: Question) -> bool {
    let (sender, answer) = oneshot::channel();
    let fresh = with(|state| match state.asked.iter_mut().find(|(asked, _)| *asked == question) {
        Some((_, waiting)) => {
            waiting.push(sender);
            None
        }
        None => {
            state.asked.push((question.clone(), vec![sender]));
            Some(state.ask)
        }
    });
    if let Some(ask) = fresh {
        ask(question);
    }
    answer.await.unwrap_or(false)
}

/// Takes what earlier visits learned of ways, before anything is asked.
async fn recall_ways() {
    if with(|state| state.kept.is_some()) {
        return;
    }
    let kept = store::text(WAYS).await.unwrap_or_default();
    with(|state| {
        if state.kept.is_none() {
            for (host, traffic, way) in kept.lines().filter_map(read_way) {
                state.client.routes.remember(host, traffic, way);
            }
            state.kept = Some(kept);
        }
    });
}

async fn keep_ways() {
    let news = with(|state| {
        let mut lines: Vec<String> = state.client.routes.remembered().map(write_way).collect();
        lines.sort();
        let text = lines.join("\n");
        let news = state.kept.as_ref() != Some(&text);
        state.kept = Some(text.clone());
        news.then_some(text)
    });
    if let Some(text) = news {
        store::keep_text(WAYS, &text).await;
    }
}

fn write_way((host, traffic, way): (&str, Traffic, Route)) -> String {
    let way = match way {
        Route::Https => "https",
        Route::Http => "http",
        Route::Proxy => "proxy",
    };
    format!("{host} {} {} {way}", traffic.authorized, traffic.blob)
}

fn read_way(line: &str) -> Option<(&str, Traffic, Route)> {
    let mut words = line.split(' ');
    let host = words.next()?;
    let authorized = words.next()?.parse().ok()?;
    let blob = words.next()?.parse().ok()?;
    let way = match words.next()? {
        "https" => Route::Https,
        "http" => Route::Http,
        "proxy" => Route::Proxy,
        _ => return None,
    };
    Some((host, Traffic { authorized, blob }, way))
}
