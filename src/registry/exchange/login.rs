//! What follows from a 401 and from the response of a token endpoint.

use super::state::{AfterLogin, ExchangeState};
use crate::http::HttpResponse;
use crate::problem::Problem;
use crate::registry::auth::{self, Account, TokenRequest};
use crate::registry::challenge::{self, Challenge};
use crate::registry::error_body::shortened;
use crate::registry::errors::{self, RegistryError};
use crate::vocabulary::LoginReason;

/// What is known about a request that was answered with 401.
pub struct Refused<'a> {
    /// The host that answered.
    pub host: &'a str,
    /// What a token must allow.
    pub scope: &'a str,
    pub challenges: &'a [Challenge],
    /// The request was sent with the user's credentials, or with a token made from them.
    pub personal: bool,
    /// It was sent with a token.
    pub token: bool,
    /// Tokens that were fetched for this call since the last login.
    pub tokens: u32,
}

impl Refused<'_> {
    fn names(&self, scheme: &str) -> bool {
        self.challenges.iter().any(|challenge| challenge.scheme == scheme)
    }

    /// Whether a token of the user's credentials was refused, and the credentials themselves may be taken.
    pub fn wants_credentials(&self) -> bool {
        let no_other_token = self.tokens > 0 || !self.names("bearer");
        self.personal && self.token && self.names("basic") && no_other_token
    }
}

/// Whether a token endpoint's refusal names Basic: the registry may take the credentials themselves.
pub fn token_wants_credentials(response: &HttpResponse) -> bool {
    let named = || challenge::of_response(response).iter().any(|c| c.scheme == "basic");
    response.status == 401 && named()
}

/// What a 401 requires.
pub fn after_refusal(account: &mut Account, refused: &Refused<'_>) -> ExchangeState {
    let generation = account.generation;
    let named = |scheme: &str| refused.challenges.iter().find(|c| c.scheme == scheme);
    if let Some(bearer) = named("bearer") {
        let request = match TokenRequest::of(bearer, refused.host, refused.scope) {
            Ok(request) => request,
            Err(error) => return ExchangeState::Done(Err(error)),
        };
        if refused.tokens == 0 {
            return ExchangeState::NeedToken(request);
        }
        // A new token was not enough: only a login, or another login, can help.
        let reason = match account.user() {
            None => LoginReason::Needed,
            Some(_) => LoginReason::Denied,
        };
        let then = AfterLogin::Token(request);
        return ExchangeState::NeedLogin { reason, generation, then };
    }
    if named("basic").is_some() || refused.challenges.is_empty() {
        if account.user().is_some() && !refused.personal {
            account.use_basic();
            return ExchangeState::Ready;
        }
        let reason = match (refused.personal, refused.token) {
            (false, _) => LoginReason::Needed,
            (true, false) => LoginReason::Wrong,
            // The password was good enough for a token.
            (true, true) => LoginReason::Denied,
        };
        return ExchangeState::NeedLogin { reason, generation, then: AfterLogin::Basic };
    }
    let schemes: Vec<_> = refused.challenges.iter().map(|c| &c.scheme[..]).collect();
    let message = format!("{} requires an unsupported kind of login.", refused.host);
    let problem = Problem::new("registry-challenge", message)
        .expected("Basic or Bearer")
        .found(shortened(&schemes.join(", ")));
    ExchangeState::Done(Err(RegistryError::new(problem)))
}

/// What follows from a token endpoint's response, unless it is a token.
pub fn after_token_refusal(
    account: &Account,
    response: &HttpResponse,
    personal: bool,
    request: TokenRequest,
    now: u64,
) -> ExchangeState {
    match response.status {
        // Some endpoints refuse an anonymous token for a private repository, some a wrong password with 403.
        401 | 403 => {
            let reason = if personal { LoginReason::Wrong } else { LoginReason::Needed };
            let (generation, then) = (account.generation, AfterLogin::Token(request));
            ExchangeState::NeedLogin { reason, generation, then }
        }
        429 | 500..=599 => {
            let error = errors::of_response(response, &request.host, "a token", now);
            ExchangeState::Done(Err(error))
        }
        _ => ExchangeState::Done(Err(auth::refused(response, &request.host))),
    }
}
