//! All that outlives one request: ways, accounts, rate limits, and what the user has agreed to.
//!
//! - One client serves every registry; what it knows of one never goes to another.
//! - Nothing here is asked of the network: see `exchange.rs`.

use super::auth::{Account, Authorization, Credentials};
use super::endpoint::{Route, Routes};
use super::errors::RateLimit;
use crate::http::HttpResponse;
use crate::vocabulary::Question;
use std::collections::HashMap;

/// What is known of registries and of the user at them.
#[derive(Clone, Debug)]
pub struct RegistryClient {
    /// Which way requests go.
    pub ways: Routes,
    accounts: HashMap<String, Account>,
    limits: HashMap<String, RateLimit>,
    proxy_trusted: bool,
}

impl RegistryClient {
    /// Nobody is logged in anywhere.
    pub fn new(ways: Routes) -> RegistryClient {
        let (accounts, limits) = Default::default();
        RegistryClient { ways, accounts, limits, proxy_trusted: false }
    }

    /// Logs in to a registry, or (`None`) out. In memory alone: it ends with the tab.
    pub fn log_in(&mut self, registry: &str, credentials: Option<Credentials>) {
        self.account(registry).log_in(credentials);
    }

    /// Who is logged in there.
    pub fn user(&self, registry: &str) -> Option<&str> {
        self.accounts.get(registry)?.user()
    }

    /// Lets the credentials for `registry` go to a token endpoint on `host`, until the next login.
    pub fn approve(&mut self, registry: &str, host: &str) {
        self.account(registry).approve(host);
    }

    /// Lets credentials go through the proxy that is set.
    pub fn trust_proxy(&mut self) {
        self.proxy_trusted = true;
    }

    /// Another proxy, or none. Trust is asked for anew; what was known of ways is forgotten.
    pub fn set_proxy(&mut self, proxy: Option<&str>) {
        self.ways = Routes::new(proxy);
        self.proxy_trusted = false;
    }

    /// What a registry last said of its rate limit.
    pub fn rate_limit(&self, host: &str) -> Option<RateLimit> {
        self.limits.get(host).copied()
    }

    pub(super) fn account(&mut self, registry: &str) -> &mut Account {
        self.accounts.entry(registry.to_owned()).or_default()
    }

    /// The question that must be answered before `authorization` goes this way.
    pub(super) fn must_trust(
        &self,
        registry: &str,
        authorization: Option<&Authorization>,
        way: Route,
    ) -> Option<Question> {
        let personal = authorization.is_some_and(|authorization| authorization.personal);
        let proxy = self.ways.proxy().filter(|_| way == Route::Proxy)?.to_owned();
        let registry = registry.to_owned();
        (personal && !self.proxy_trusted).then_some(Question::TrustProxy { registry, proxy })
    }

    pub(super) fn note_limit(&mut self, host: &str, response: &HttpResponse) {
        if let Some(limit) = RateLimit::of(response) {
            self.limits.insert(host.to_owned(), limit);
        }
    }
}
