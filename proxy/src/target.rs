//! Targets: what a request names, and where a redirect leads, parsed before anything else is done.
//!
//! - One interpretation: the target that is checked against the lists is the one that is contacted. A host is in lower
//!   case, without a trailing dot, user or escapes; an ambiguous path is refused where paths are listed.
//! - Only `https:`. A redirect to `http:` is followed only on insecure hosts.

use std::fmt;
use std::net::IpAddr;

use hyper::Uri;

use crate::refusal::Refusal;

/// A host: a name in lower case, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// Labels of letters, digits, hyphens and underscores.
    Name(String),
    /// An address, whatever form it was written in.
    Address(IpAddr),
}

impl Host {
    /// Reads `name`, `192.0.2.1` or `[2001:db8::1]`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(Refusal::HostMalformed)?;
            let address = inner.parse().map_err(|_| Refusal::HostMalformed)?;
            return Ok(Self::Address(IpAddr::V6(address)));
        }
        if let Ok(address) = text.parse() {
            return Ok(Self::Address(IpAddr::V4(address)));
        }
        let mut labels = text.split('.');
        let plain = |label: &str| {
            let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
            (1..=63).contains(&label.len()) && label.bytes().all(inner)
        };
        if text.len() > 253 || !labels.clone().all(plain) {
            return Err(Refusal::HostMalformed);
        }
        // Resolvers read `127.1`, `2130706433` and `0x7f000001` as addresses (URL Standard, "ends in a number").
        let last = labels.next_back().unwrap_or_default().to_ascii_lowercase();
        if last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x") {
            return Err(Refusal::AddressLiteral);
        }
        Ok(Self::Name(text.to_ascii_lowercase()))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// A resource on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub host: Host,
    /// `None`: the default port of the scheme.
    pub port: Option<u16>,
    /// As it is sent; begins with a slash.
    pub path: String,
    pub query: Option<String>,
    /// A redirect led to `http:`.
    pub plain: bool,
}

impl Target {
    /// Reads `PREFIX/https/HOST[:PORT]/PATH?QUERY`.
    pub fn of_request(prefix: &str, uri: &Uri) -> Result<Self, Refusal> {
        let rest = uri.path().strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
        let (scheme, rest) =
            rest.and_then(|rest| rest.split_once('/')).ok_or(Refusal::NotATarget)?;
        if scheme != "https" {
            let known = ["http", "ws", "wss", "ftp", "file", "data"].contains(&scheme);
            return Err(if known { Refusal::Scheme } else { Refusal::NotATarget });
        }
        let at = rest.find('/').ok_or(Refusal::NotATarget)?;
        let (host, port) = authority(&rest[..at])?;
        Ok(Self {
            host,
            port: port.filter(|port| *port != 443),
            // An ambiguous path is kept unchanged, and the lists refuse it.
            path: plain_path(&rest[at..]).unwrap_or_else(|| rest[at..].to_owned()),
            query: uri.query().map(str::to_owned),
            plain: false,
        })
    }

    /// The target of a `Location`: an absolute URL, or a path on the same host.
    pub fn redirect(&self, location: &str) -> Result<Self, Refusal> {
        let malformed = Refusal::RedirectMalformed;
        if location.starts_with('/') && !location.starts_with("//") {
            let uri: Uri = location.parse().map_err(|_| malformed)?;
            let (path, query) = (uri.path().to_owned(), uri.query().map(str::to_owned));
            return Ok(Self { path, query, ..self.clone() });
        }
        let scheme = if self.plain { "http:" } else { "https:" };
        let absolute = match location.starts_with("//") {
            true => format!("{scheme}{location}"),
            false => location.to_owned(),
        };
        let uri: Uri = absolute.parse().map_err(|_| malformed)?;
        let (Some(scheme), Some(authority_part)) = (uri.scheme_str(), uri.authority()) else {
            return Err(malformed);
        };
        let plain = match scheme {
            "https" => false,
            "http" => true,
            _ => return Err(Refusal::Scheme),
        };
        let (host, port) = authority(authority_part.as_str())?;
        let path = if uri.path().is_empty() { "/" } else { uri.path() };
        Ok(Self {
            host,
            port: port.filter(|port| *port != if plain { 80 } else { 443 }),
            path: path.to_owned(),
            query: uri.query().map(str::to_owned),
            plain,
        })
    }

    /// Whether credentials for one target may be sent to the other.
    pub fn same_place(&self, other: &Self) -> bool {
        (&self.host, self.port, self.plain) == (&other.host, other.port, other.plain)
    }

    /// The URL to request, always with `https`: the connector decides between TLS and plain HTTP.
    pub fn uri(&self) -> Result<Uri, Refusal> {
        let port = match (self.port, self.plain) {
            (Some(port), _) => format!(":{port}"),
            (None, true) => ":80".to_owned(),
            (None, false) => String::new(),
        };
        let query = self.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        format!("https://{}{port}{}{query}", self.host, self.path)
            .parse()
            .map_err(|_| Refusal::RedirectMalformed)
    }
}

/// Reads `HOST[:PORT]`.
pub fn authority(text: &str) -> Result<(Host, Option<u16>), Refusal> {
    let colon = text.rfind(':').filter(|at| !text[*at..].contains(']'));
    let (host, port) = match colon {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let port = match port {
        None => None,
        Some(digits) if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) => {
            return Err(Refusal::HostMalformed);
        }
        Some(digits) => Some(digits.parse().map_err(|_| Refusal::HostMalformed)?),
    };
    if port == Some(0) {
        return Err(Refusal::HostMalformed);
    }
    Ok((Host::parse(host)?, port))
}

/// The path, if it is not ambiguous: only characters of names, tags, digests and token paths, no empty segment but the
/// last, no `.` and `..`. The only escape is the colon of a digest, which some clients write as `%3A`.
pub fn plain_path(path: &str) -> Option<String> {
    let path = path.replace("%3A", ":").replace("%3a", ":");
    let inner = path.strip_prefix('/')?;
    let (body, last) =
        inner.rsplit_once('/').map_or((None, inner), |(body, last)| (Some(body), last));
    let fits = |segment: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:@+,=".contains(&byte);
        segment != "." && segment != ".." && segment.bytes().all(known)
    };
    let body = body.into_iter().flat_map(|body| body.split('/'));
    let good = body.clone().all(|segment| !segment.is_empty() && fits(segment)) && fits(last);
    good.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(path: &str) -> Result<Target, Refusal> {
        Target::of_request("/proxy", &path.parse().unwrap())
    }

    #[test]
    fn requests_have_one_interpretation() {
        let target = request("/proxy/https/Quay.IO:443/v2/a/b/blobs/sha256%3Aab?x=%2F..").unwrap();
        assert_eq!(target.uri().unwrap(), "https://quay.io/v2/a/b/blobs/sha256:ab?x=%2F..");
        for (path, refusal) in [
            ("/other/https/quay.io/v2/", Refusal::NotATarget),
            ("/proxyhttps/quay.io/v2/", Refusal::NotATarget),
            ("/proxy/https/quay.io", Refusal::NotATarget),
            ("/proxy/http/quay.io/v2/", Refusal::Scheme),
            ("/proxy/https//quay.io/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io./v2/", Refusal::HostMalformed),
            ("/proxy/https/user@quay.io/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io%2fevil/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io:/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io:0/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io:+443/v2/", Refusal::HostMalformed),
            ("/proxy/https/quay.io:65536/v2/", Refusal::HostMalformed),
            ("/proxy/https/[::1/v2/", Refusal::HostMalformed),
            ("/proxy/https/127.1/v2/", Refusal::AddressLiteral),
            ("/proxy/https/0x7f000001/v2/", Refusal::AddressLiteral),
        ] {
            assert_eq!(request(path), Err(refusal), "{path}");
        }
        let one = request("/proxy/https/[::1]:5000/v2/").unwrap();
        assert_eq!(one.uri().unwrap(), "https://[::1]:5000/v2/");
    }

    #[test]
    fn a_redirect_keeps_what_it_does_not_replace() {
        let from = request("/proxy/https/quay.io/v2/a?b").unwrap();
        let to = |location: &str| {
            from.redirect(location).and_then(|to| to.uri()).map(|uri| uri.to_string())
        };
        assert_eq!(to("/x%2Fy?z").unwrap(), "https://quay.io/x%2Fy?z");
        assert_eq!(to("//cdn.quay.io/x").unwrap(), "https://cdn.quay.io/x");
        assert_eq!(to("https://cdn.quay.io").unwrap(), "https://cdn.quay.io/");
        assert_eq!(to("http://cdn.quay.io/x").unwrap(), "https://cdn.quay.io:80/x");
        assert_eq!(to("x/y"), Err(Refusal::RedirectMalformed));
        assert_eq!(to("ftp://quay.io/"), Err(Refusal::Scheme));
        assert_eq!(to("https://u:p@quay.io/"), Err(Refusal::HostMalformed));
        assert_eq!(to(""), Err(Refusal::RedirectMalformed));
    }

    #[test]
    fn ambiguous_paths_are_refused() {
        for path in ["/", "/v2/", "/v2/a-b/c_d/manifests/1.0", "/v2/a/blobs/sha256:00", "/token"] {
            assert_eq!(plain_path(path).as_deref(), Some(path));
        }
        for path in [
            "",
            "v2",
            "/v2//a",
            "//",
            "/v2/../a",
            "/v2/..",
            "/v2/./a",
            "/%2e%2e/a",
            "/v2/a%2Fb",
            "/v2/%252e",
            "/v2/a\\b",
            "/v2/a%00",
            "/v2/a;b",
            "/v2/%3",
            "/v2/é",
        ] {
            assert_eq!(plain_path(path), None, "{path}");
        }
    }
}
