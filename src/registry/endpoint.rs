//! Which host serves a registry, which path a request has, and which route it takes.
//!
//! Source: OCI distribution-spec 1.1, "Endpoints"; proxy/README.md for addresses of the proxy.
//!
//! - Loopback hosts are tried with https and then with http, all others only with https.
//! - In a browser, a registry without CORS headers looks like one that is down. So a request is tried directly
//!   and then through the proxy. What worked is remembered by host, separately for requests with a login (they
//!   need a preflight, which Distribution answers with 401) and for blobs (they are redirected to storage that
//!   sends other headers).

use super::url::is_loopback;
use crate::oci::{DOCKER_HUB, Digest};
use std::collections::HashMap;

/// How a request reaches a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Directly.
    Https,
    /// Directly and unencrypted: only to this machine.
    Http,
    /// Through the proxy.
    Proxy,
}

/// What makes requests to one host take different routes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// The request has an Authorization header.
    pub authorized: bool,
    /// The request is for a blob, which may be redirected.
    pub blob: bool,
}

/// The `HOST[:PORT]` that serves a registry, which is given as references name it.
pub fn host_of(registry: &str) -> String {
    match registry {
        DOCKER_HUB => "registry-1.docker.io".to_owned(),
        registry => registry.to_ascii_lowercase(),
    }
}

/// The available routes, and what is known about each host.
#[derive(Clone, Debug)]
pub struct Routes {
    /// The proxy's address with its prefix, without a slash at the end; `None`: no proxy is used.
    proxy: Option<String>,
    /// Requests may go directly.
    direct: bool,
    known: HashMap<(String, Traffic), Route>,
}

impl Routes {
    /// Directly, then through `proxy`.
    pub fn new(proxy: Option<&str>) -> Routes {
        let proxy = proxy.map(|prefix| prefix.trim_end_matches('/').to_owned());
        Routes { proxy, direct: true, known: HashMap::new() }
    }

    /// Only through the proxy.
    pub fn proxy_only(mut self) -> Routes {
        self.direct = self.proxy.is_none();
        self
    }

    /// The current proxy.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// The routes to a host, the most promising first.
    pub fn to(&self, host: &str, traffic: Traffic) -> Vec<Route> {
        let mut routes = Vec::new();
        if self.direct {
            routes.push(Route::Https);
            if is_loopback(host) {
                routes.push(Route::Http);
            }
        }
        if self.proxy.is_some() {
            routes.push(Route::Proxy);
        }
        if let Some(known) = self.known(host, traffic)
            && let Some(at) = routes.iter().position(|route| *route == known)
        {
            routes[..=at].rotate_right(1);
        }
        routes
    }

    /// The route that worked last. For traffic of a kind that was not tried yet, the one that worked for plain
    /// requests: a host without TLS has none for other requests either.
    pub fn known(&self, host: &str, traffic: Traffic) -> Option<Route> {
        let of = |traffic| self.known.get(&(host.to_owned(), traffic)).copied();
        of(traffic).or_else(|| of(Traffic::default()))
    }

    /// Remembers that a route worked, now or on an earlier visit.
    pub fn remember(&mut self, host: &str, traffic: Traffic, route: Route) {
        self.known.insert((host.to_owned(), traffic), route);
    }

    /// Everything that is remembered, to store it for the next visit.
    pub fn remembered(&self) -> impl Iterator<Item = (&str, Traffic, Route)> {
        self.known.iter().map(|((host, traffic), route)| (host.as_str(), *traffic, *route))
    }

    /// The URL of `path` (with its query) on `host` by this route.
    pub fn url(&self, host: &str, path: &str, route: Route) -> String {
        match (route, &self.proxy) {
            (Route::Proxy, Some(prefix)) => format!("{prefix}/https/{host}{path}"),
            (Route::Http, _) => format!("http://{host}{path}"),
            _ => format!("https://{host}{path}"),
        }
    }
}

/// `/v2/NAME/manifests/REFERENCE`, by tag or digest.
pub fn manifest_path(repository: &str, reference: &str) -> String {
    format!("/v2/{repository}/manifests/{reference}")
}

/// `/v2/NAME/blobs/DIGEST`.
pub fn blob_path(repository: &str, digest: &Digest) -> String {
    format!("/v2/{repository}/blobs/{digest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_that_worked_is_tried_first() {
        let mut routes = Routes::new(Some("https://page.example/proxy/"));
        let plain = Traffic::default();
        assert_eq!(routes.to("ghcr.io", plain), [Route::Https, Route::Proxy]);
        assert_eq!(routes.to("localhost:5000", plain), [Route::Https, Route::Http, Route::Proxy]);
        routes.remember("localhost:5000", plain, Route::Http);
        let blob = Traffic { blob: true, ..plain };
        assert_eq!(routes.to("localhost:5000", blob), [Route::Http, Route::Https, Route::Proxy]);
        routes.remember("localhost:5000", blob, Route::Proxy);
        assert_eq!(routes.to("localhost:5000", blob), [Route::Proxy, Route::Https, Route::Http]);
        assert_eq!(routes.to("localhost:5000", plain)[0], Route::Http);
        assert_eq!(routes.remembered().count(), 2);
        assert_eq!(routes.proxy_only().to("ghcr.io", plain), [Route::Proxy]);
        assert_eq!(Routes::new(None).proxy_only().to("ghcr.io", plain), [Route::Https]);
    }

    #[test]
    fn addresses_are_those_of_the_specification() {
        let routes = Routes::new(Some("https://page.example/proxy/"));
        let host = host_of("docker.io");
        let path = manifest_path("library/alpine", "3.20");
        for (route, url) in [
            (Route::Https, "https://registry-1.docker.io/v2/library/alpine/manifests/3.20"),
            (
                Route::Proxy,
                "https://page.example/proxy/https/registry-1.docker.io/v2/library/alpine/manifests/3.20",
            ),
        ] {
            assert_eq!(routes.url(&host, &path, route), url);
        }
        assert_eq!(routes.url("[::1]:80", "/v2/", Route::Http), "http://[::1]:80/v2/");
        assert_eq!(host_of("LOCALDOMAIN:5000"), "localdomain:5000");
    }
}
