//! The host that an address leads to, for every text that names a host to the user.
//!
//! - It must be the host that the browser contacts. Browsers read addresses by the WHATWG URL standard: a backslash
//!   counts as a slash, what is before the last `@` is a user name, tabs are skipped, letters beyond ASCII and `%2e`
//!   are converted, and a number is an IPv4 address.
//! - So this reads only what can be read in one way. Anything else has no host, and is neither linked nor opened.

use std::net::{Ipv4Addr, Ipv6Addr};

/// `HOST` or `HOST:PORT` of an `http` or `https` address, in lower case; `None` where that is not certain.
pub fn host_of(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return None;
    }
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let (name, port) = match host.rfind(':').filter(|colon| !host[*colon..].contains(']')) {
        Some(colon) => (&host[..colon], Some(&host[colon + 1..])),
        None => (&host[..], None),
    };
    let good_port = port.is_none_or(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'));
    // A tab or a line break anywhere is skipped by browsers, so the host may end later than it seems.
    let skipped = address.contains(|c: char| c.is_ascii_control());
    (is_certain(name) && good_port && !skipped).then_some(host)
}

/// Whether a registry's name is `HOST` or `HOST:PORT` and nothing else, so that it is the host that is contacted.
pub fn is_host(name: &str) -> bool {
    host_of(&format!("https://{name}")).is_some_and(|host| host.eq_ignore_ascii_case(name))
}

/// A name that no browser converts to another.
fn is_certain(name: &str) -> bool {
    if let Some(rest) = name.strip_prefix('[') {
        return rest.strip_suffix(']').is_some_and(|inner| inner.parse::<Ipv6Addr>().is_ok());
    }
    let sound = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let last = name.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    name.bytes().all(sound) && !last.is_empty() && (!is_number || name.parse::<Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_is_that_which_the_browser_contacts() {
        for (address, host) in [
            ("https://api.osv.dev", "api.osv.dev"),
            ("https://api.osv.dev/v1/query?x", "api.osv.dev"),
            ("https://a.example?b/c", "a.example"),
            ("https://a.example#b/c", "a.example"),
            ("HTTPS://A.Example/", "a.example"),
            ("http://127.0.0.1:8080/osv", "127.0.0.1:8080"),
            ("http://[::1]:5001/auth", "[::1]:5001"),
            ("http://[::1]/auth", "[::1]"),
            ("https://docker.io@evil.example/", "evil.example"),
            ("https://docker.io:pw@evil.example:444/", "evil.example:444"),
            ("https://a@b@evil.example/", "evil.example"),
            ("https://good.com\\@evil.com", "good.com"),
            ("https://evil.example\\@docker.io/", "evil.example"),
            ("https://good.com/@evil.com", "good.com"),
            ("https://good.com?@evil.com", "good.com"),
        ] {
            assert_eq!(host_of(address).as_deref(), Some(host), "{address}");
        }
    }

    #[test]
    fn a_registry_is_a_host_and_nothing_else() {
        for name in ["docker.io", "localhost:5000", "[::1]:5000", "Registry.example", "10.0.0.1"] {
            assert!(is_host(name), "{name}");
        }
        for name in ["good.com@evil.com", "good.com\\@evil.com", "good.com/x", "good.com?", ""] {
            assert!(!is_host(name), "{name}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_has_no_host() {
        for address in [
            "",
            "good.com",
            "ftp://good.com/",
            "javascript://good.com/%0aalert(1)",
            "data:text/html,https://good.com",
            " https://good.com",
            "https:good.com",
            "https:///good.com",
            "https:/\\good.com",
            "https://\\good.com",
            "https://good.com\t.evil.com/",
            "https://good.com/\n@evil.com",
            "https://good%2ecom/",
            "https://good。com/",
            "https://ｇood.com/",
            "https://gооd.com/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://010.0.0.1/",
            "https://good.com:99999/",
            "https://good.com:/",
            "https://good.com:+1/",
            "https://[::1/",
            "https://./",
            "https://user@/",
        ] {
            assert_eq!(host_of(address), None, "{address}");
        }
    }
}
