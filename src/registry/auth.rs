//! Accounts: credentials and tokens, and requests for tokens.
//!
//! Source: Distribution's token authentication specification (distribution.github.io, "Token
//! Authentication Specification"); RFC 7617 (Basic).
//!
//! - Credentials go only to the registry and to the token endpoint that its own 401 named, with https (on this
//!   machine also without). If that endpoint is on another host, the user must agree first
//!   (`UserQuestion::TokenHost`).
//! - They are kept in memory only and never printed: `Secret` redacts itself.

use super::challenge::Challenge;
use super::error_body::{registry_errors, shortened};
use super::errors::RegistryError;
use super::url::{Url, is_loopback, is_private};
use crate::base64;
use crate::http::{HttpResponse, Secret};
use crate::problem::Problem;
use crate::text::percent_encode;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Validity of a token without `expires_in`, in seconds.
const DEFAULT_LIFE: u64 = 60;
/// The longest validity that is believed, in seconds: a day.
const MAX_LIFE: u64 = 86_400;
/// A token is not used in its last milliseconds, because a request takes time.
const MARGIN: u64 = 5_000;
/// Bytes of a token: a longer one does not fit into a header.
const MAX_TOKEN: usize = 64 << 10;

/// What the user entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    user: String,
    password: Secret,
}

impl Credentials {
    /// User name and password; an access token can take the place of the password.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials { user: user.into(), password: Secret::new(password) }
    }

    /// The user name, which may be shown.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// `Basic …`.
    fn basic(&self) -> Secret {
        let pair = format!("{}:{}", self.user, self.password.expose());
        Secret::new(format!("Basic {}", base64::encode(pair.as_bytes())))
    }
}

/// A token and its validity.
#[derive(Clone, Debug)]
struct AccessToken {
    header: Secret,
    /// Milliseconds since 1970.
    until: u64,
    /// Made with credentials, not anonymous.
    personal: bool,
}

/// The user's account at one registry.
#[derive(Clone, Debug, Default)]
pub struct Account {
    credentials: Option<Credentials>,
    /// The registry requires the credentials themselves.
    basic: bool,
    tokens: HashMap<String, AccessToken>,
    /// Other hosts to which the user allows sending the credentials.
    approved: HashSet<String>,
    /// Increases with every login and logout, so that waiting requests notice it.
    pub generation: u32,
}

/// An `authorization` header, and whether it was made with credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    pub header: Secret,
    /// False for an anonymous token.
    pub personal: bool,
}

impl Authorization {
    /// Whether it is a token and not the credentials themselves.
    pub fn is_token(&self) -> bool {
        self.header.expose().starts_with("Bearer ")
    }
}

impl Account {
    /// Replaces the credentials; `None` logs out.
    pub fn log_in(&mut self, credentials: Option<Credentials>) {
        self.credentials = credentials;
        self.tokens.clear();
        self.approved.clear();
        self.generation += 1;
    }

    /// The user; `None`: nobody is logged in.
    pub fn user(&self) -> Option<&str> {
        self.credentials.as_ref().map(Credentials::user)
    }

    /// Allows sending the credentials to a token endpoint on this host.
    pub fn approve(&mut self, host: &str) {
        self.approved.insert(host.to_owned());
    }

    /// Whether the credentials may be sent there.
    pub fn is_approved(&self, host: &str) -> bool {
        self.approved.contains(host)
    }

    /// The registry requires `Basic`.
    pub fn use_basic(&mut self) {
        self.basic = true;
    }

    /// The header of a request for `scope`: a valid token, or the credentials if the registry requires them.
    pub fn authorization(&self, scope: &str, now: u64) -> Option<Authorization> {
        let token = self.tokens.get(scope).filter(|token| token.until > now);
        match (token, &self.credentials) {
            (Some(token), _) => {
                Some(Authorization { header: token.header.clone(), personal: token.personal })
            }
            (None, Some(_)) if self.basic => self.password(),
            _ => None,
        }
    }

    /// The credentials themselves, for the registry or its token endpoint.
    pub fn password(&self) -> Option<Authorization> {
        let header = self.credentials.as_ref()?.basic();
        Some(Authorization { header, personal: true })
    }

    /// Drops the token for `scope`, because the registry refused it.
    pub fn forget(&mut self, scope: &str) {
        self.tokens.remove(scope);
    }

    /// Keeps the token in a response of the token endpoint for `scope`.
    pub fn keep(
        &mut self,
        scope: &str,
        response: &HttpResponse,
        now: u64,
    ) -> Result<(), RegistryError> {
        let (token, life) = read_token(response)?;
        let until = now.saturating_add(life * 1000).saturating_sub(MARGIN);
        let header = Secret::new(format!("Bearer {}", token.expose()));
        let personal = self.credentials.is_some();
        self.tokens.insert(scope.to_owned(), AccessToken { header, until, personal });
        Ok(())
    }
}

/// The token in a response, and its validity in seconds.
fn read_token(response: &HttpResponse) -> Result<(Secret, u64), RegistryError> {
    #[derive(Deserialize)]
    struct TokenAnswer {
        token: Option<String>,
        access_token: Option<String>,
        #[serde(default)]
        expires_in: serde_json::Value,
    }
    let unusable = |found: &str| {
        RegistryError::new(
            Problem::new("registry-token", "The token endpoint of the registry sent no token.")
                .expected("JSON with a token")
                .found(found)
                .advice("Try again later. The error is on the registry's side."),
        )
    };
    // The message of serde could quote the body, which may contain a token: it is not shown.
    let answer: TokenAnswer =
        serde_json::from_slice(&response.body).map_err(|_| unusable("something else"))?;
    let is_some = |token: &String| !token.is_empty();
    let Some(token) = answer.token.filter(is_some).or(answer.access_token.filter(is_some)) else {
        return Err(unusable("JSON without one"));
    };
    if token.len() > MAX_TOKEN || !token.bytes().all(|c| c.is_ascii_graphic()) {
        return Err(unusable("a token that does not fit into a header"));
    }
    let life = answer.expires_in.as_f64().filter(|life| *life > 0.0).map_or(0, |life| life as u64);
    let life = if life == 0 { DEFAULT_LIFE } else { life.clamp(DEFAULT_LIFE, MAX_LIFE) };
    Ok((Secret::new(token), life))
}

/// A request for a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRequest {
    /// `HOST[:PORT]`.
    pub host: String,
    /// False only for this machine.
    pub https: bool,
    /// Path and query.
    pub path: String,
}

impl TokenRequest {
    /// The request that a `Bearer` challenge of `registry_host` requires; `scope` is used if it names none.
    pub fn of(
        challenge: &Challenge,
        registry_host: &str,
        scope: &str,
    ) -> Result<Self, RegistryError> {
        let wrong = |found: String| {
            RegistryError::new(
                Problem::new(
                    "registry-challenge",
                    format!("{registry_host} names a token endpoint that is not allowed."),
                )
                .expected("an https URL as the realm, of a public host unless the registry is none")
                .found(found)
                .advice("Nothing was sent there. Tell the operator of the registry."),
            )
        };
        let realm = challenge.get("realm").unwrap_or_default();
        let Some(url) = Url::parse(realm) else {
            return Err(wrong(format!("“{}”", shortened(realm))));
        };
        let local = is_loopback(&url.host) && is_loopback(registry_host);
        if !url.https && !local {
            return Err(wrong(format!("http://{}", url.host)));
        }
        // A registry that anybody can reach has no business in the user's own network.
        if is_private(&url.host) && !is_private(registry_host) {
            return Err(wrong(url.host));
        }
        let scope = challenge.get("scope").filter(|scope| !scope.is_empty()).unwrap_or(scope);
        let mut query =
            vec![url.query].into_iter().filter(|query| !query.is_empty()).collect::<Vec<_>>();
        if let Some(service) = challenge.get("service") {
            query.push(format!("service={}", percent_encode(service.as_bytes())));
        }
        // Each scope is a parameter (token specification, "Requesting a Token").
        query.extend(
            scope
                .split(' ')
                .filter(|s| !s.is_empty())
                .map(|s| format!("scope={}", percent_encode(s.as_bytes()))),
        );
        let path = format!("{}?{}", url.path, query.join("&"));
        Ok(TokenRequest { host: url.host, https: url.https, path })
    }
}

/// The error for a response of the token endpoint that refuses a token.
pub fn refused(response: &HttpResponse, host: &str) -> RegistryError {
    let told = registry_errors(&response.body).map_or(String::new(), |told| format!(": {told}"));
    let found = format!("status {} from {host}{told}", response.status);
    let problem = Problem::new("registry-unauthorized", format!("{host} refused the login."));
    let advice = "Log in, or check the user name and password.";
    let problem = problem.found(found).advice(advice);
    RegistryError { status: Some(response.status), ..RegistryError::new(problem) }
}

#[cfg(test)]
mod tests {
    use super::super::challenge;
    use super::*;
    use proptest::prelude::*;

    fn answer(body: &str) -> HttpResponse {
        HttpResponse { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn request(challenge: &str, registry: &str) -> Result<TokenRequest, RegistryError> {
        TokenRequest::of(&challenge::parse(challenge)[0], registry, "repository:a/b:pull")
    }

    #[test]
    fn basic_is_what_rfc_7617_shows() {
        let credentials = Credentials::new("Aladdin", "open sesame");
        assert_eq!(credentials.basic().expose(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(Credentials::new("test", "123£").basic().expose(), "Basic dGVzdDoxMjPCow==");
        assert!(!format!("{credentials:?}").contains("sesame"));
    }

    #[test]
    fn token_requests_have_service_and_scope() {
        for (challenge, path) in [
            (
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push""#,
                "/token?service=registry.docker.io&scope=repository%3Aa/b%3Apull%2Cpush",
            ),
            (r#"Bearer realm="https://x.example/t?a=1""#, "/t?a=1&scope=repository%3Aa/b%3Apull"),
            (r#"Bearer realm="https://x.example",scope="a b""#, "/?scope=a&scope=b"),
            (
                r#"Bearer realm="https://x.example/t",service="a&b#c""#,
                "/t?service=a%26b%23c&scope=repository%3Aa/b%3Apull",
            ),
        ] {
            assert_eq!(request(challenge, "ghcr.io").unwrap().path, path);
        }
    }

    #[test]
    fn a_realm_that_is_not_allowed_is_refused() {
        for (realm, registry, good) in [
            ("http://127.0.0.1:5001/auth", "localhost:5000", true),
            ("http://127.0.0.1:5001/auth", "ghcr.io", false),
            ("http://ghcr.io/token", "ghcr.io", false),
            ("https://user@ghcr.io/token", "ghcr.io", false),
            ("https://192.168.0.1/token", "ghcr.io", false),
            ("https://router/token", "ghcr.io", false),
            ("https://localhost:8443/token", "ghcr.io", false),
            ("https://auth.lan/token", "registry.lan", true),
            ("https://auth.example/token", "registry.lan", true),
            ("https://ghcr.io/v2/../token", "ghcr.io", false),
            ("/token", "ghcr.io", false),
            ("", "ghcr.io", false),
        ] {
            let asked = request(&format!("Bearer realm=\"{realm}\""), registry);
            assert_eq!(asked.is_ok(), good, "{realm} of {registry}");
        }
    }

    #[test]
    fn tokens_are_used_while_they_are_valid() {
        let mut account = Account::default();
        account.keep("s", &answer(r#"{"access_token":"t","expires_in":300}"#), 1_000).unwrap();
        let header = account.authorization("s", 295_999).unwrap();
        assert_eq!((header.header.expose(), header.personal), ("Bearer t", false));
        assert_eq!(account.authorization("s", 296_000), None);
        assert_eq!(account.authorization("other", 1_000), None);
        account.keep("s", &answer(r#"{"token":"u","expires_in":1}"#), 0).unwrap();
        assert!(account.authorization("s", 54_999).is_some(), "never less than 60 s");
        account.log_in(Some(Credentials::new("a", "b")));
        assert_eq!(account.authorization("s", 0), None, "a login drops all tokens");
        account.use_basic();
        assert!(account.authorization("s", 0).is_some_and(|header| header.personal));
        assert!(!format!("{account:?}").contains("Bearer"));
    }

    #[test]
    fn an_invalid_token_is_refused_without_being_shown() {
        for body in ["{}", "[]", r#"{"token":""}"#, r#"{"token":"a\r\nb"}"#, "\u{1}secret"] {
            let error = Account::default().keep("s", &answer(body), 0).unwrap_err();
            assert_eq!(error.problem.code, "registry-token", "{body}");
            assert!(!format!("{error:?}").contains("secret"));
        }
        let mut account = Account::default();
        for life in ["-5", "1e300", "\"x\"", "null", "18446744073709551615"] {
            let body = format!(r#"{{"token":"t","expires_in":{life}}}"#);
            account.keep("s", &answer(&body), 0).unwrap();
        }
    }

    proptest! {
        #[test]
        fn any_challenge_and_token_is_answered(text in ".{0,60}", bytes: Vec<u8>) {
            let bearer = Challenge { scheme: "bearer".into(), parameters: vec![("realm".into(), text.clone()), ("scope".into(), text)] };
            let _ = TokenRequest::of(&bearer, "ghcr.io", "s");
            let response = HttpResponse { status: 200, headers: Vec::new(), body: bytes.clone() };
            let _ = Account::default().keep("s", &response, 0);
        }
    }
}
