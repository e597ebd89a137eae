//! Operations: tasks that take several calls, such as opening an image or listing tags.
//!
//! - An `Operation` says which call it needs next and takes the response; it knows nothing of routes and
//!   logins.
//! - `OperationRun` takes each call through its `Exchange`. Its driver sends the requests, asks the user
//!   and looks into the cache.

use super::call::Call;
use super::client::RegistryClient;
use super::errors::RegistryError;
use super::exchange::{Exchange, ExchangeStep};
use crate::http::{HttpFailure, HttpRequest, HttpResponse};
use crate::oci::Digest;
use crate::vocabulary::UserQuestion;

/// A task that takes several calls.
pub trait Operation {
    /// Its result.
    type Output;
    /// What it needs next; the same again until `take` or `take_cached` is called.
    fn next(&mut self) -> Need<Self::Output>;
    /// Takes the call's response, whatever its status, or the error that ended the call.
    fn take(&mut self, result: Result<HttpResponse, RegistryError>, now: u64);
    /// Takes what the cache has for `Need::Cached`. The bytes are verified like any others.
    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        let _ = bytes;
    }
}

/// What an operation needs next.
#[derive(Debug)]
pub enum Need<T> {
    /// The response to this call.
    Call(Call),
    /// The bytes with this digest, if an earlier visit left them in the cache.
    Cached(Digest),
    /// Nothing: it has ended.
    Done(Result<T, RegistryError>),
}

/// What the driver of an operation does next.
#[derive(Debug)]
pub enum OperationStep<T> {
    /// Send this request and `take` its result.
    Send(HttpRequest),
    /// Ask the user, tell the `RegistryClient` the answer, then `step` again; or `decline`.
    Ask(UserQuestion),
    /// Look into the cache and `take_cached`.
    Cached(Digest),
    /// Nothing: the operation has ended with this.
    Done(T),
}

impl<T> OperationStep<T> {
    /// The same step, with another form of the end.
    pub fn map<U>(self, end: impl FnOnce(T) -> U) -> OperationStep<U> {
        match self {
            OperationStep::Send(request) => OperationStep::Send(request),
            OperationStep::Ask(question) => OperationStep::Ask(question),
            OperationStep::Cached(digest) => OperationStep::Cached(digest),
            OperationStep::Done(result) => OperationStep::Done(end(result)),
        }
    }
}

/// One call as an operation: its output is the response, whatever its status.
#[derive(Debug)]
pub struct SingleCall {
    call: Call,
    result: Option<Result<HttpResponse, RegistryError>>,
}

impl SingleCall {
    pub fn new(call: Call) -> SingleCall {
        SingleCall { call, result: None }
    }
}

impl Operation for SingleCall {
    type Output = HttpResponse;

    fn next(&mut self) -> Need<HttpResponse> {
        match &self.result {
            Some(result) => Need::Done(result.clone()),
            None => Need::Call(self.call.clone()),
        }
    }

    fn take(&mut self, result: Result<HttpResponse, RegistryError>, _: u64) {
        self.result = Some(result);
    }
}

/// An operation in progress.
#[derive(Debug)]
pub struct OperationRun<O> {
    operation: O,
    exchange: Option<Exchange>,
}

impl<O: Operation> OperationRun<O> {
    /// Sends nothing yet.
    pub fn new(operation: O) -> OperationRun<O> {
        OperationRun { operation, exchange: None }
    }

    /// What to do next, at `now` (milliseconds since 1970).
    pub fn step(
        &mut self,
        client: &mut RegistryClient,
        now: u64,
    ) -> OperationStep<Result<O::Output, RegistryError>> {
        loop {
            let exchange = match &mut self.exchange {
                Some(exchange) => exchange,
                None => match self.operation.next() {
                    Need::Call(call) => self.exchange.insert(Exchange::new(call)),
                    Need::Cached(digest) => return OperationStep::Cached(digest),
                    Need::Done(result) => return OperationStep::Done(result),
                },
            };
            match exchange.step(client, now) {
                ExchangeStep::Send(request) => return OperationStep::Send(request),
                ExchangeStep::Ask(question) => return OperationStep::Ask(question),
                ExchangeStep::Done(result) => {
                    self.exchange = None;
                    self.operation.take(result, now);
                }
            }
        }
    }

    /// Takes the result of the request that `step` returned.
    pub fn take(
        &mut self,
        client: &mut RegistryClient,
        result: Result<HttpResponse, HttpFailure>,
        now: u64,
    ) {
        if let Some(exchange) = &mut self.exchange {
            exchange.take(client, result, now);
        }
    }

    /// Takes what the cache has.
    pub fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        self.operation.take_cached(bytes);
    }

    /// The user does not answer the question.
    pub fn decline(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.decline();
        }
    }

    /// The operation, to see what it has found so far: pages of tags before a failure, for example.
    pub fn operation(&self) -> &O {
        &self.operation
    }
}
