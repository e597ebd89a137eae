//! Which host serves a registry, which path a request has, and which way it goes.
//!
//! Source: OCI distribution-spec 1.1, "Endpoints"; CONTRACTS.md, "The proxy".
//!
//! - Loopback hosts are asked by https first and then by http, all others by https alone.
//! - In a browser a registry without CORS headers looks like one that is down. So a request is tried
//!   directly and then through the proxy, and what worked is remembered: by host, and apart for
//!   requests with a login (they need a preflight, which Distribution answers with 401) and for blobs
//!   (they are redirected to stores that send other headers).

use super::url::is_loopback;
use crate::oci::{DOCKER_HUB, Digest};
use std::collections::HashMap;

/// The way of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// To the host itself.
    Https,
    /// To the host itself, unencrypted: this machine only.
    Http,
    /// Through the proxy that is set.
    Proxy,
}

/// What sets requests to one host apart in how they may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// With an Authorization header.
    pub authorized: bool,
    /// For a blob, which may be redirected.
    pub blob: bool,
}

/// The `HOST[:PORT]` that serves a registry, by the name that references have.
pub fn host_of(registry: &str) -> String {
    match registry {
        DOCKER_HUB => "registry-1.docker.io".to_owned(),
        registry => registry.to_ascii_lowercase(),
    }
}

/// Routes as the user has set them, and what is known of each host.
#[derive(Clone, Debug)]
pub struct Routes {
    /// The proxy's address up to its prefix, without a slash at the end; `None`: no proxy is used.
    proxy: Option<String>,
    /// Whether hosts are asked directly at all.
    direct: bool,
    known: HashMap<(String, Traffic), Route>,
}

impl Routes {
    /// Directly, then through `proxy`.
    pub fn new(proxy: Option<&str>) -> Routes {
        let proxy = proxy.map(|prefix| prefix.trim_end_matches('/').to_owned());
        Routes { proxy, direct: true, known: HashMap::new() }
    }

    /// Through the proxy alone.
    pub fn proxy_only(mut self) -> Routes {
        self.direct = self.proxy.is_none();
        self
    }

    /// The proxy that is set.
    pub fn proxy(&self) -> Option<&str> {
        self.proxy.as_deref()
    }

    /// The ways to a host, the most hopeful first.
    pub fn to(&self, host: &str, traffic: Traffic) -> Vec<Route> {
        let mut ways = Vec::new();
        if self.direct {
            ways.push(Route::Https);
            if is_loopback(host) {
                ways.push(Route::Http);
            }
        }
        if self.proxy.is_some() {
            ways.push(Route::Proxy);
        }
        if let Some(known) = self.known(host, traffic)
            && let Some(at) = ways.iter().position(|way| *way == known)
        {
            ways[..=at].rotate_right(1);
        }
        ways
    }

    /// The way that worked last; where nothing of this kind was asked yet, what worked for plain
    /// requests, for a host that speaks no TLS won't for others.
    pub fn known(&self, host: &str, traffic: Traffic) -> Option<Route> {
        let of = |traffic| self.known.get(&(host.to_owned(), traffic)).copied();
        of(traffic).or_else(|| of(Traffic::default()))
    }

    /// Remembers what worked, be it now or on an earlier visit.
    pub fn remember(&mut self, host: &str, traffic: Traffic, way: Route) {
        self.known.insert((host.to_owned(), traffic), way);
    }

    /// All that is remembered, to be kept for the next visit.
    pub fn remembered(&self) -> impl Iterator<Item = (&str, Traffic, Route)> {
        self.known.iter().map(|((host, traffic), way)| (host.as_str(), *traffic, *way))
    }

    /// The address of `path` (with its query) on `host`, that way.
    pub fn url(&self, host: &str, path: &str, way: Route) -> String {
        match (way, &self.proxy) {
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
        let mut ways = Routes::new(Some("https://page.example/proxy/"));
        let plain = Traffic::default();
        assert_eq!(ways.to("ghcr.io", plain), [Route::Https, Route::Proxy]);
        assert_eq!(ways.to("localhost:5000", plain), [Route::Https, Route::Http, Route::Proxy]);
        ways.remember("localhost:5000", plain, Route::Http);
        let blob = Traffic { blob: true, ..plain };
        assert_eq!(ways.to("localhost:5000", blob), [Route::Http, Route::Https, Route::Proxy]);
        ways.remember("localhost:5000", blob, Route::Proxy);
        assert_eq!(ways.to("localhost:5000", blob), [Route::Proxy, Route::Https, Route::Http]);
        assert_eq!(ways.to("localhost:5000", plain)[0], Route::Http);
        assert_eq!(ways.remembered().count(), 2);
        assert_eq!(ways.proxy_only().to("ghcr.io", plain), [Route::Proxy]);
        assert_eq!(Routes::new(None).proxy_only().to("ghcr.io", plain), [Route::Https]);
    }

    #[test]
    fn addresses_are_those_of_the_specification() {
        let ways = Routes::new(Some("https://page.example/proxy/"));
        let host = host_of("docker.io");
        let path = manifest_path("library/alpine", "3.20");
        for (way, url) in [
            (Route::Https, "https://registry-1.docker.io/v2/library/alpine/manifests/3.20"),
            (
                Route::Proxy,
                "https://page.example/proxy/https/registry-1.docker.io/v2/library/alpine/manifests/3.20",
            ),
        ] {
            assert_eq!(ways.url(&host, &path, way), url);
        }
        assert_eq!(ways.url("[::1]:80", "/v2/", Route::Http), "http://[::1]:80/v2/");
        assert_eq!(host_of("LOCALDOMAIN:5000"), "localdomain:5000");
    }
}
