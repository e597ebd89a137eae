//! Lists: which hosts, ports and paths the proxy contacts.
//!
//! - proxy/hosts.json has the default lists with their sources.
//! - Two lists: hosts that a request may name, with paths, and hosts that only a redirect may lead to. In addition, the
//!   operator may name insecure hosts.
//! - An address instead of a name is allowed only if it is an insecure host.

use serde::Deserialize;

use crate::refusal::Refusal;
use crate::target::{Host, Target, authority, plain_path};

/// Paths of the API and of the token endpoints of known registries: for hosts that are named without a path.
pub const USUAL_PATHS: &[&str] =
    &["/v2/", "/token", "/auth", "/auth/token", "/service/token", "/jwt/auth", "/oauth2/token"];

/// A host that a request may name, or that a redirect may lead to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HostRule {
    /// A name in lower case; `*` matches one or more letters, digits and hyphens within one label.
    pub host: String,
    /// `None`: 443.
    #[serde(default)]
    pub port: Option<u16>,
    /// Paths. One that ends with a slash includes everything below it; `*` matches one segment. A host that only a
    /// redirect may lead to has none, because signed URLs have any path.
    #[serde(default)]
    pub paths: Vec<String>,
}

/// A host that may have a private address and plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsecureHost {
    pub host: Host,
    /// `None`: any port. A redirect leads only to the default ports then, or to the port that it comes from.
    pub port: Option<u16>,
    /// As `HostRule::paths`, for redirects too: who redirects need not be who is trusted with this network.
    pub paths: Vec<String>,
}

/// How far a host is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Public addresses, TLS with a valid certificate.
    Public,
    /// An insecure host: any address, any certificate, plain HTTP if there is no TLS.
    Insecure,
}

/// Whether a target comes from a request or a redirect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hop<'a> {
    First,
    /// From this target.
    Redirect(&'a Target),
}

/// The default lists, or others of the same form.
#[derive(Debug, Clone, Deserialize)]
pub struct Lists {
    pub requested: Vec<HostRule>,
    pub redirected: Vec<HostRule>,
    #[serde(skip)]
    pub insecure: Vec<InsecureHost>,
}

impl Lists {
    /// The lists of proxy/hosts.json.
    pub fn well_known() -> Self {
        let text = include_str!("../hosts.json");
        serde_json::from_str(text).expect("proxy/hosts.json is compiled in and read by a test")
    }

    /// How the host of an allowed target is trusted.
    pub fn check(&self, target: &Target, hop: Hop<'_>) -> Result<Trust, Refusal> {
        let port = target.port_of_connection();
        if self.is_insecure(&target.host, port) {
            return self.check_insecure(target, hop);
        }
        let Host::Name(name) = &target.host else { return Err(Refusal::AddressLiteral) };
        if target.plain {
            return Err(Refusal::Scheme);
        }
        let mut refusal = Refusal::HostNotListed;
        for rule in self.requested.iter().filter(|rule| host_fits(&rule.host, name)) {
            if rule.port.unwrap_or(443) != port {
                refusal = Refusal::PortNotListed;
            } else if has_path(&rule.paths, &target.path) {
                return Ok(Trust::Public);
            } else {
                refusal = Refusal::PathNotListed;
            }
        }
        let may_follow =
            |rule: &&HostRule| host_fits(&rule.host, name) && rule.port.unwrap_or(443) == port;
        if hop != Hop::First && self.redirected.iter().any(|rule| may_follow(&rule)) {
            return Ok(Trust::Public);
        }
        Err(refusal)
    }

    /// Whether the operator named the host as insecure, for this port.
    pub fn is_insecure(&self, host: &Host, port: u16) -> bool {
        self.insecure_rules(host, port).next().is_some()
    }

    fn insecure_rules(&self, host: &Host, port: u16) -> impl Iterator<Item = &InsecureHost> {
        self.insecure.iter().filter(move |named| {
            named.host == *host && named.port.is_none_or(|named| named == port)
        })
    }

    fn check_insecure(&self, target: &Target, hop: Hop<'_>) -> Result<Trust, Refusal> {
        let port = target.port_of_connection();
        let from = match hop {
            Hop::First => None,
            Hop::Redirect(from) => Some(from),
        };
        let is_its_own =
            from.is_none_or(|from| from.host == target.host && from.port_of_connection() == port);
        let mut refusal = Refusal::PathNotListed;
        for rule in self.insecure_rules(&target.host, port) {
            let port_fits = rule.port.is_some() || is_its_own || matches!(port, 80 | 443);
            match has_path(&rule.paths, &target.path) {
                true if port_fits => return Ok(Trust::Insecure),
                true => refusal = Refusal::PortNotListed,
                false => {}
            }
        }
        Err(refusal)
    }
}

impl HostRule {
    /// Reads `HOST[:PORT][/PATH]`; without a path, the usual ones of registries.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let at = text.find('/').unwrap_or(text.len());
        let (host, port) = authority(&text[..at])?;
        let Host::Name(host) = host else { return Err(Refusal::AddressLiteral) };
        Ok(Self { host, port, paths: paths_of(&text[at..])? })
    }
}

/// The path that an operator names; the usual ones of registries if there is none.
fn paths_of(text: &str) -> Result<Vec<String>, Refusal> {
    Ok(match text {
        "" | "/" => USUAL_PATHS.iter().map(|path| (*path).to_owned()).collect(),
        path => vec![plain_path(path).ok_or(Refusal::PathNotListed)?],
    })
}

impl InsecureHost {
    /// Reads `HOST[:PORT][/PATH]`, an address or a name; without a path, the usual ones of registries.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let at = text.find('/').unwrap_or(text.len());
        let (host, port) = authority(&text[..at])?;
        Ok(Self { host, port, paths: paths_of(&text[at..])? })
    }
}

impl Target {
    /// The port of the connection: the default of the scheme if none is given.
    pub fn port_of_connection(&self) -> u16 {
        self.port.unwrap_or(if self.plain { 80 } else { 443 })
    }
}

/// Compares label by label, so that no `*` matches a dot.
fn host_fits(pattern: &str, name: &str) -> bool {
    let (mut patterns, mut labels) = (pattern.split('.'), name.split('.'));
    loop {
        match (patterns.next(), labels.next()) {
            (None, None) => return true,
            (Some(pattern), Some(label)) if label_fits(pattern, label) => {}
            _ => return false,
        }
    }
}

fn label_fits(pattern: &str, label: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == label };
    let middle = label.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    middle.is_some_and(|middle| {
        !middle.is_empty()
            && middle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    })
}

fn has_path<P: AsRef<str>>(listed: &[P], path: &str) -> bool {
    plain_path(path).is_some_and(|path| listed.iter().any(|it| path_fits(it.as_ref(), &path)))
}

fn path_fits(pattern: &str, path: &str) -> bool {
    let (mut patterns, mut segments) = (pattern.split('/').peekable(), path.split('/'));
    loop {
        match (patterns.next(), segments.next()) {
            (None, None) => return true,
            // The trailing slash of the pattern matches everything below it.
            (Some(""), Some(_)) if patterns.peek().is_none() && pattern.len() > 1 => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(pattern), Some(segment)) if pattern == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_lists_are_well_formed() {
        let lists = Lists::well_known();
        for rule in &lists.requested {
            assert!(!rule.paths.is_empty() && rule.port.is_none(), "{}", rule.host);
            for path in &rule.paths {
                assert!(plain_path(&path.replace('*', "x")).is_some(), "{path}");
            }
        }
        for rule in lists.requested.iter().chain(&lists.redirected) {
            let name = rule.host.replace('*', "x");
            assert_eq!(Host::parse(&name), Ok(Host::Name(name.clone())));
            // Never a whole zone: two labels at the end are fixed.
            let mut zone = rule.host.rsplit('.').take(2);
            assert!(!zone.any(|label| label.contains('*')), "{}", rule.host);
        }
    }

    #[test]
    fn a_star_stays_in_its_label() {
        for (pattern, name, fits) in [
            ("*.azurecr.io", "a.azurecr.io", true),
            ("*.azurecr.io", "a.b.azurecr.io", false),
            ("*.azurecr.io", ".azurecr.io", false),
            ("*.azurecr.io", "azurecr.io", false),
            ("*-docker.pkg.dev", "us-docker.pkg.dev", true),
            ("*-docker.pkg.dev", "-docker.pkg.dev", false),
            ("*-docker.pkg.dev", "us-docker.pkg.dev.evil.example", false),
            ("*.dkr.ecr.*.amazonaws.com", "1.dkr.ecr.eu-west-1.amazonaws.com", true),
            ("quay.io", "quay.io", true),
            ("quay.io", "xquay.io", false),
        ] {
            assert_eq!(host_fits(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn paths_are_listed_whole_or_below_a_slash() {
        for (pattern, path, fits) in [
            ("/v2/", "/v2/", true),
            ("/v2/", "/v2/a/b", true),
            ("/v2/", "/v2", false),
            ("/v2/", "/v2a/", false),
            ("/token", "/token", true),
            ("/token", "/token/", false),
            ("/token", "/tokens", false),
            ("/r/*/*/tags", "/r/a/b/tags", true),
            ("/r/*/*/tags", "/r/a/b/c/tags", false),
            ("/r/*/*/tags", "/r/a/b/tags/", false),
        ] {
            assert_eq!(path_fits(pattern, path), fits, "{pattern} {path}");
        }
        assert!(!has_path(&["/v2/"], "/v2/../x"));
        assert!(!has_path(&["/v2/"], "/v2/%2e%2e/x"));
    }

    #[test]
    fn a_redirect_to_an_insecure_host_has_its_paths_and_ports() {
        let target = |url: &str| {
            let any = Target::of_request("", &"/https/quay.io/v2/".parse().unwrap()).unwrap();
            any.redirect(url).unwrap()
        };
        let insecure = ["a.lan", "b.lan:5000", "c.lan:9000/bucket/"];
        let insecure = insecure.map(|text| InsecureHost::parse(text).unwrap()).into();
        let lists = Lists { insecure, ..Lists::well_known() };
        let other = target("https://quay.io/v2/");
        for (url, want) in [
            ("https://a.lan/v2/x", Ok(Trust::Insecure)),
            ("http://a.lan/v2/x", Ok(Trust::Insecure)),
            ("https://a.lan/secret/metadata", Err(Refusal::PathNotListed)),
            ("https://a.lan:22/v2/x", Err(Refusal::PortNotListed)),
            ("https://b.lan:5000/v2/x", Ok(Trust::Insecure)),
            ("https://b.lan:5000/secret", Err(Refusal::PathNotListed)),
            ("https://c.lan:9000/bucket/x", Ok(Trust::Insecure)),
            ("https://c.lan:9000/v2/x", Err(Refusal::PathNotListed)),
        ] {
            assert_eq!(lists.check(&target(url), Hop::Redirect(&other)), want, "{url}");
        }
        let (from, to) = (target("https://a.lan:5001/v2/"), target("https://a.lan:5001/v2/x"));
        assert_eq!(lists.check(&to, Hop::Redirect(&from)), Ok(Trust::Insecure));
        assert_eq!(lists.check(&to, Hop::First), Ok(Trust::Insecure));
    }
}
