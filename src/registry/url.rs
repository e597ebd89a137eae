//! URLs of token endpoints, as registries name them.
//!
//! - Deliberately small, not the URL standard: `http` or `https`, a host, a port, a path, a query. User names,
//!   fragments, backslashes, spaces and anything that is not ASCII are refused and not repaired, so that two
//!   readers cannot see different hosts in one URL.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A URL in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// `https`, or plain `http`.
    pub https: bool,
    /// `HOST` or `HOST:PORT`, in lower case, without the scheme's own port.
    pub host: String,
    /// Starts with a slash.
    pub path: String,
    /// Without the question mark; may be empty.
    pub query: String,
}

impl Url {
    /// `None` for anything else.
    pub fn parse(text: &str) -> Option<Url> {
        let plain = |c: u8| c.is_ascii_graphic() && !b"\\#\"<>`{}|^".contains(&c);
        if text.len() > 2048 || !text.bytes().all(plain) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let https = match &scheme.to_ascii_lowercase()[..] {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let host = rest[..end].to_ascii_lowercase();
        let (name, port) = split_port(&host)?;
        let default = if https { 443 } else { 80 };
        let host = match port {
            Some(port) if port != default => format!("{name}:{port}"),
            _ => name.to_owned(),
        };
        let (path, query) = rest[end..].split_once('?').unwrap_or((&rest[end..], ""));
        let path = if path.is_empty() { "/" } else { path }.to_owned();
        // A browser would go up from there.
        let is_dots = |part: &str| {
            let part = part.to_ascii_lowercase().replace("%2e", ".");
            part == "." || part == ".."
        };
        if path.split('/').any(is_dots) {
            return None;
        }
        Some(Url { https, host, path, query: query.to_owned() })
    }
}

/// Host and port of `HOST[:PORT]`, both well-formed.
fn split_port(host: &str) -> Option<(&str, Option<u16>)> {
    let bracket = host.find(']').map_or(0, |at| at + 1);
    let (name, port) = match host[bracket..].find(':') {
        Some(colon) => {
            let port = crate::text::decimal(&host[bracket + colon + 1..])?;
            (&host[..bracket + colon], Some(u16::try_from(port).ok()?))
        }
        None => (host, None),
    };
    let good = match name.strip_prefix('[') {
        Some(rest) => rest.strip_suffix(']')?.parse::<Ipv6Addr>().is_ok(),
        None => {
            let sound = |c: u8| c.is_ascii_alphanumeric() || b".-_".contains(&c);
            !name.is_empty() && name.bytes().all(sound)
        }
    };
    good.then_some((name, port))
}

/// Whether a `HOST[:PORT]` is this machine, to which requests may go without TLS.
///
/// Source: W3C Secure Contexts, "Is origin potentially trustworthy?".
pub fn is_loopback(host: &str) -> bool {
    let name = split_port(host).map_or(host, |(name, _)| name);
    let v4 = || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
    let v6 = || {
        let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        inner.and_then(|text| text.parse::<Ipv6Addr>().ok()).is_some_and(|a| a.is_loopback())
    };
    name == "localhost" || name.ends_with(".localhost") || v4() || v6()
}

/// Whether a `HOST[:PORT]` may be in a network that only this machine reaches: an address that is not public, or a
/// name that such networks give. Numbers are addresses, however they are written.
///
/// Source: IANA's registries of special-purpose addresses; RFC 6761, RFC 6762, RFC 8375.
pub fn is_private(host: &str) -> bool {
    let name = split_port(host).map_or(host, |(name, _)| name).trim_end_matches('.');
    let inner = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    if let Some(address) = inner.and_then(|text| text.parse::<Ipv6Addr>().ok()) {
        let [first, ..] = address.segments();
        let mapped = address.to_ipv4_mapped().is_some_and(is_private_v4);
        return mapped
            || address.is_loopback()
            || address.is_unspecified()
            || first & 0xfe00 == 0xfc00
            || first & 0xffc0 == 0xfe80;
    }
    if let Ok(address) = name.parse() {
        return is_private_v4(address);
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    let is_local = ["localhost", "local", "internal", "lan", "home", "arpa", "intranet", "private"];
    is_number || !name.contains('.') || is_local.contains(&last)
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || a == 0
        || a == 100 && b & 0xc0 == 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn urls_are_split_into_parts() {
        let parts = |text: &str| {
            Url::parse(text).map(|url| (url.https, url.host.clone(), url.path.clone(), url.query))
        };
        let some = |https, host: &str, path: &str, query: &str| {
            Some((https, host.to_owned(), path.to_owned(), query.to_owned()))
        };
        for (text, want) in [
            ("https://Auth.docker.io/token", some(true, "auth.docker.io", "/token", "")),
            ("https://ghcr.io:443?a=b", some(true, "ghcr.io", "/", "a=b")),
            ("http://[::1]:5001/auth?x=1&y", some(false, "[::1]:5001", "/auth", "x=1&y")),
            ("https://user@evil.example/", None),
            ("https://a.example\\@b.example/", None),
            ("https://a b/", None),
            ("https://a.example:99999/", None),
            ("https://a.example:+1/", None),
            ("https:///path", None),
            ("https://a.example/v2/../token", None),
            ("https://a.example/v2/.%2E/token", None),
            ("javascript:alert(1)", None),
            ("ftp://a.example/", None),
            ("/token", None),
        ] {
            assert_eq!(parts(text), want, "{text}");
        }
    }

    #[test]
    fn loopback_hosts_are_recognised() {
        for (host, want) in [
            ("localhost:5000", true),
            ("registry.localhost", true),
            ("127.8.9.1:80", true),
            ("[::1]:5000", true),
            ("127.0.0.1.example", false),
            ("localhost.example:5000", false),
            ("[::ffff:10.0.0.1]", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(host), want, "{host}");
        }
    }

    #[test]
    fn hosts_that_only_this_machine_may_reach_are_recognised() {
        for host in [
            "localhost:5000",
            "127.0.0.1",
            "10.1.2.3:80",
            "192.168.0.1",
            "172.20.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "[::1]:5000",
            "[fd00::1]",
            "[fe80::1]",
            "[::ffff:10.0.0.1]",
            "router",
            "nas.local",
            "auth.internal.",
            "2130706433",
            "127.1",
            "0x7f.0x1",
        ] {
            assert!(is_private(host), "{host}");
        }
        for host in
            ["ghcr.io", "auth.docker.io:443", "8.8.8.8", "[2001:db8::1]:443", "local.example"]
        {
            assert!(!is_private(host), "{host}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,40}|https?://[a-z0-9:\\[\\]./?@-]{0,40}") {
            if let Some(url) = Url::parse(&text) {
                prop_assert!(!url.host.contains(['@', '/', '?']));
            }
            is_loopback(&text);
            is_private(&text);
        }
    }
}
