//! Where a request is, from the first attempt to its result.

use crate::http::{HttpFailure, HttpResponse};
use crate::registry::auth::{Authorization, TokenRequest};
use crate::registry::endpoint::Route;
use crate::registry::errors::RegistryError;
use crate::vocabulary::LoginReason;

/// Where a request is.
#[derive(Debug)]
pub enum ExchangeState {
    /// The call can be sent.
    Ready,
    /// The call was sent.
    Sent { route: Route, authorization: Option<Authorization> },
    /// A token must be fetched first.
    NeedToken(TokenRequest),
    /// The request for a token was sent.
    SentToken { route: Route, personal: bool, request: TokenRequest },
    /// The user must log in: the account's generation changes then.
    NeedLogin { reason: LoginReason, generation: u32, then: AfterLogin },
    /// A probe was sent, to tell a host without CORS headers from one that is down.
    Probing(HttpFailure),
    /// The result, not handed out yet.
    Done(Result<HttpResponse, RegistryError>),
    /// The result was handed out.
    Over,
}

/// Whether the credentials themselves were sent in place of a token: Harbor takes them where it refuses a token
/// of the same credentials.
#[derive(Debug, Default)]
pub enum BasicAttempt {
    #[default]
    NotMade,
    /// They were sent. If they are refused, too, this is what to ask.
    Made { reason: LoginReason, then: AfterLogin },
    /// They were refused.
    Refused,
}

/// What a login is used for.
#[derive(Clone, Debug)]
pub enum AfterLogin {
    /// The credentials go to the registry itself.
    Basic,
    /// The credentials go to the token endpoint.
    Token(TokenRequest),
}
