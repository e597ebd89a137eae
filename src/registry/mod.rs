//! The distribution protocol, without I/O of its own: requests out, responses in.
//!
//! Source: OCI distribution-spec 1.1; Docker Registry HTTP API V2 and its token authentication, where
//! registries still speak it.
//!
//! - State machines: an `Operation` (an image, a list of tags, referrers, a search) says which `Call`
//!   it needs and takes the answer; `Run` brings each call through its ways and logins. Whoever drives
//!   it sends the requests: a browser's fetch, a native client, a test's table.
//! - What comes is checked before it is believed: manifests and configurations against their digests,
//!   ranges against what was asked for, lengths against limits.
//! - Everything here is hostile: registries, token endpoints, search results, proxies.
//! - Credentials are in `auth.rs` alone, and in requests that redact them.

pub mod auth;
pub mod blob;
pub mod catalog;
mod challenge;
pub mod client;
pub mod documents;
pub mod endpoint;
pub mod errors;
pub mod exchange;
pub mod hub;
pub mod manifest;
mod pages;
pub mod platform;
pub mod pull;
pub mod referrers;
pub mod request;
pub mod soci;
pub mod tags;
mod url;
pub mod version;

use crate::oci::Digest;
use crate::vocabulary::Question;
pub use auth::Credentials;
pub use client::Client;
pub use endpoint::Ways;
pub use errors::{Error, Retry};
pub use exchange::{Call, Exchange};
pub use request::{Body, Failure, Method, Request, Response};

/// Something that takes several calls.
pub trait Operation {
    /// What comes of it.
    type Output;
    /// What it needs next; asked again without an answer in between, it says the same.
    fn next(&mut self) -> Next<Self::Output>;
    /// The answer to the call: any status, or an error that ended it.
    fn take(&mut self, result: Result<Response, Error>, now: u64);
    /// The answer to `Next::Cached`: the bytes, if they are at hand. They are checked like any others.
    fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        let _ = bytes;
    }
}

/// What an operation needs.
#[derive(Debug)]
pub enum Next<T> {
    /// This call's answer.
    Call(Call),
    /// The bytes of this digest, if they were kept on an earlier visit.
    Cached(Digest),
    /// Nothing more.
    Done(Result<T, Error>),
}

/// What whoever drives an operation is to do.
#[derive(Debug)]
pub enum Step<T> {
    /// Send this and `take` what comes of it.
    Send(Request),
    /// Ask the user, tell the `Client`, then `step` again; or `decline`.
    Ask(Question),
    /// Look into the cache and `take_cached`.
    Cached(Digest),
    /// It is over.
    Done(Result<T, Error>),
}

/// An operation on its way.
#[derive(Debug)]
pub struct Run<O> {
    operation: O,
    exchange: Option<Exchange>,
}

impl<O: Operation> Run<O> {
    /// Nothing was asked yet.
    pub fn new(operation: O) -> Run<O> {
        Run { operation, exchange: None }
    }

    /// What is to be done, at `now` (milliseconds since 1970).
    pub fn step(&mut self, client: &mut Client, now: u64) -> Step<O::Output> {
        loop {
            let exchange = match &mut self.exchange {
                Some(exchange) => exchange,
                None => match self.operation.next() {
                    Next::Call(call) => self.exchange.insert(client.begin(call)),
                    Next::Cached(digest) => return Step::Cached(digest),
                    Next::Done(result) => return Step::Done(result),
                },
            };
            match exchange.step(client, now) {
                exchange::Step::Send(request) => return Step::Send(request),
                exchange::Step::Ask(question) => return Step::Ask(question),
                exchange::Step::Done(result) => {
                    self.exchange = None;
                    self.operation.take(result, now);
                }
            }
        }
    }

    /// What came of the request that `step` handed out.
    pub fn take(&mut self, client: &mut Client, result: Result<Response, Failure>, now: u64) {
        if let Some(exchange) = &mut self.exchange {
            exchange.take(client, result, now);
        }
    }

    /// What the cache had.
    pub fn take_cached(&mut self, bytes: Option<Vec<u8>>) {
        self.operation.take_cached(bytes);
    }

    /// The user will not answer.
    pub fn decline(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            exchange.decline();
        }
    }

    /// What has been found so far: pages of tags that came before a failure, say.
    pub fn operation(&self) -> &O {
        &self.operation
    }
}
