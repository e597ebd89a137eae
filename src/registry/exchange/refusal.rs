//! What an exchange does after a 401: a token, the credentials themselves, or a question to the user.

use super::Exchange;
use super::login::{Refused, after_refusal};
use super::state::{AfterLogin, BasicAttempt, ExchangeState};
use crate::http::HttpResponse;
use crate::registry::auth::Authorization;
use crate::registry::challenge;
use crate::registry::client::RegistryClient;
use crate::registry::endpoint::Route;
use crate::vocabulary::LoginReason;

impl Exchange {
    /// What follows from a 401.
    pub(super) fn unauthorized(
        &mut self,
        client: &mut RegistryClient,
        response: &HttpResponse,
        scope: &str,
        sent: Option<Authorization>,
        route: Route,
    ) -> ExchangeState {
        let challenges = challenge::of_response(response);
        // Without a proxy, the header is hidden unless the registry exposes it. The proxy shows it.
        let hidden = challenges.is_empty() && route != Route::Proxy;
        if hidden && client.routes.proxy().is_some() && self.routes.skip_to_proxy() {
            return ExchangeState::Ready;
        }
        let account = client.account(&self.call.registry);
        account.forget(scope);
        self.own = None;
        let generation = account.generation;
        match std::mem::replace(&mut self.basic, BasicAttempt::Refused) {
            BasicAttempt::Made { reason, then } => {
                return ExchangeState::NeedLogin { reason, generation, then };
            }
            other => self.basic = other,
        }
        let host = self.host.clone();
        let refused = Refused {
            host: &host,
            scope,
            challenges: &challenges,
            personal: sent.as_ref().is_some_and(|authorization| authorization.personal),
            token: sent.is_some_and(|authorization| authorization.is_token()),
            tokens: self.tokens,
        };
        if refused.wants_credentials()
            && self.send_basic(client, LoginReason::Denied, AfterLogin::Basic)
        {
            return ExchangeState::Ready;
        }
        after_refusal(client.account(&self.call.registry), &refused)
    }

    /// Sends the credentials themselves with the next request, once; false if that was done.
    pub(super) fn send_basic(
        &mut self,
        client: &mut RegistryClient,
        reason: LoginReason,
        then: AfterLogin,
    ) -> bool {
        if !matches!(self.basic, BasicAttempt::NotMade) {
            return false;
        }
        self.own = client.account(&self.call.registry).password();
        self.basic = BasicAttempt::Made { reason, then };
        self.own.is_some()
    }
}
