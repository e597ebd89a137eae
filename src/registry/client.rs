//! What outlives one request: routes, accounts, rate limits, and what the user has agreed to.
//!
//! - One client serves all registries; what it knows about one never goes to another.
//! - It sends nothing: see `exchange.rs`.

use super::auth::{Account, Authorization, Credentials};
use super::endpoint::{Route, Routes};
use super::rate_limit::RateLimit;
use crate::http::HttpResponse;
use crate::vocabulary::UserQuestion;
use std::collections::HashMap;

/// What is known about registries and the user's accounts there.
#[derive(Clone, Debug)]
pub struct RegistryClient {
    /// The routes that requests take.
    pub routes: Routes,
    accounts: HashMap<String, Account>,
    limits: HashMap<String, RateLimit>,
    proxy_trusted: bool,
}

impl RegistryClient {
    /// Nobody is logged in anywhere.
    pub fn new(routes: Routes) -> RegistryClient {
        let (accounts, limits) = Default::default();
        RegistryClient { routes, accounts, limits, proxy_trusted: false }
    }

    /// Logs in to a registry, or out (`None`). Kept in memory only: it ends with the tab.
    pub fn log_in(&mut self, registry: &str, credentials: Option<Credentials>) {
        self.account(registry).log_in(credentials);
    }

    /// The user who is logged in there.
    pub fn user(&self, registry: &str) -> Option<&str> {
        self.accounts.get(registry)?.user()
    }

    /// Allows sending the credentials for `registry` to a token endpoint on `host`, until the next login.
    pub fn approve(&mut self, registry: &str, host: &str) {
        self.account(registry).approve(host);
    }

    /// Allows sending credentials through the current proxy.
    pub fn trust_proxy(&mut self) {
        self.proxy_trusted = true;
    }

    /// Sets another proxy, or none. The user must trust it again, and known routes are forgotten.
    pub fn set_proxy(&mut self, proxy: Option<&str>) {
        self.routes = Routes::new(proxy);
        self.proxy_trusted = false;
    }

    /// The rate limit that a registry last reported.
    pub fn rate_limit(&self, host: &str) -> Option<RateLimit> {
        self.limits.get(host).copied()
    }

    pub(super) fn account(&mut self, registry: &str) -> &mut Account {
        self.accounts.entry(registry.to_owned()).or_default()
    }

    /// The question that must be answered before `authorization` may be sent by this route.
    pub(super) fn must_trust(
        &self,
        registry: &str,
        authorization: Option<&Authorization>,
        route: Route,
    ) -> Option<UserQuestion> {
        let personal = authorization.is_some_and(|authorization| authorization.personal);
        let proxy = self.routes.proxy().filter(|_| route == Route::Proxy)?.to_owned();
        let registry = registry.to_owned();
        (personal && !self.proxy_trusted).then_some(UserQuestion::TrustProxy { registry, proxy })
    }

    /// Remembers the rate limit that a response reports.
    pub(super) fn note_limit(&mut self, host: &str, response: &HttpResponse) {
        if let Some(limit) = RateLimit::of(response) {
            self.limits.insert(host.to_owned(), limit);
        }
    }
}
