//! One request to a registry, before a route and a login are chosen for it.

use super::endpoint::host_of;
use crate::http::{Method, ResponseBody};

/// A request to a registry, whichever route it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The registry as references name it, or a host that is used without a login.
    pub registry: String,
    /// The repository and what is wanted of it, for messages: already safe to show.
    pub what: String,
    /// GET or HEAD.
    pub method: Method,
    /// Path and query, starting with the slash.
    pub path: String,
    /// The Accept header: at most 128 bytes, so that a direct request stays a simple one.
    pub accept: Option<&'static str>,
    /// The Accept header through the proxy, which answers preflights itself.
    pub accept_proxied: Option<&'static str>,
    /// First and last byte, counted from 0, both included.
    pub range: Option<(u64, u64)>,
    /// What happens to the response's body.
    pub response_body: ResponseBody,
    /// What a token must allow, as `repository:NAME:pull`; `None`: the call never sends a login.
    pub scope: Option<String>,
}

impl Call {
    /// A GET of `path` with a token that allows reading `repository`.
    pub fn pull(registry: &str, repository: &str, path: String, body: ResponseBody) -> Call {
        Call {
            registry: registry.to_owned(),
            what: repository.to_owned(),
            method: Method::Get,
            path,
            accept: None,
            accept_proxied: None,
            range: None,
            response_body: body,
            scope: Some(format!("repository:{repository}:pull")),
        }
    }

    /// The host that serves it.
    pub fn host(&self) -> String {
        host_of(&self.registry)
    }
}
