//! Challenges: the kinds of login that a 401 names.
//!
//! Source: RFC 9110, 11.6.1 (`WWW-Authenticate`, with several challenges in one or several values);
//! Distribution's token authentication specification for `Bearer realm, service, scope`.
//!
//! - Hostile input: lengths and numbers are bounded, and what cannot be read is skipped.
//! - The proxy passes the header on as `X-Registry-Authenticate`, so that browsers do not open their own dialog.

use crate::http::HttpResponse;

/// At most this many bytes of one header are read.
const MAX_HEADER: usize = 8 << 10;
/// At most this many challenges, and parameters of each, are read.
const MAX_ITEMS: usize = 32;

/// One challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// In lower case: `basic`, `bearer`.
    pub scheme: String,
    /// Names in lower case, values without their quotes.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The value of a parameter; the first if it is given twice.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// All challenges of a response, in their order.
pub fn of_response(response: &HttpResponse) -> Vec<Challenge> {
    let names = ["www-authenticate", "x-registry-authenticate"];
    let values = names.iter().flat_map(|name| response.all(name));
    let mut found: Vec<_> = values.take(MAX_ITEMS).flat_map(parse).collect();
    found.truncate(MAX_ITEMS);
    found
}

/// The challenges in one value.
pub fn parse(value: &str) -> Vec<Challenge> {
    let cut = value.char_indices().map(|(at, _)| at).take_while(|at| *at <= MAX_HEADER).last();
    let mut rest = if value.len() > MAX_HEADER { &value[..cut.unwrap_or(0)] } else { value };
    let mut challenges: Vec<Challenge> = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (word, after) = token(rest);
        if word.is_empty() {
            // Not a token: skip one character, so that the rest can still be read.
            match rest.chars().next() {
                Some(c) => rest = &rest[c.len_utf8()..],
                None => return challenges,
            }
            continue;
        }
        let value = after.trim_start().strip_prefix('=').map(str::trim_start);
        let count = challenges.len();
        match (value, challenges.last_mut()) {
            (Some(value), Some(challenge)) => {
                let (value, after) = quoted(value);
                if challenge.parameters.len() < MAX_ITEMS {
                    challenge.parameters.push((word.to_ascii_lowercase(), value));
                }
                rest = after;
            }
            (Some(value), None) => rest = quoted(value).1, // a parameter without a challenge
            (None, _) if count < MAX_ITEMS => {
                let scheme = word.to_ascii_lowercase();
                challenges.push(Challenge { scheme, parameters: Vec::new() });
                rest = after;
            }
            (None, _) => return challenges,
        }
    }
}

/// A token (as RFC 9110 defines it) at the start, and the rest.
fn token(text: &str) -> (&str, &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let end = text.find(|c| !is_token(c)).unwrap_or(text.len());
    text.split_at(end)
}

/// A quoted or plain value at the start, and the rest. An open quote ends at the end.
fn quoted(text: &str) -> (String, &str) {
    let Some(inner) = text.strip_prefix('"') else {
        // Some registries omit quotes where they are required (`realm=https://…`).
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = inner.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &inner[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn drawn(value: &str) -> String {
        let one = |challenge: Challenge| {
            let parameters = challenge.parameters.iter().map(|(k, v)| format!(" {k}=<{v}>"));
            challenge.scheme.clone() + &parameters.collect::<String>()
        };
        parse(value).into_iter().map(one).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn challenges_are_read() {
        for (value, want) in [
            (
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push""#,
                "bearer realm=<https://auth.docker.io/token> service=<registry.docker.io> scope=<repository:samalba/my-app:pull,push>",
            ),
            (r#"Basic realm="Registry Realm""#, "basic realm=<Registry Realm>"),
            (
                r#"Negotiate, Basic realm="a \"b\", c" , BEARER Realm = https://x.example/t, service=y"#,
                "negotiate; basic realm=<a \"b\", c>; bearer realm=<https://x.example/t> service=<y>",
            ),
            (r#"Bearer realm="never ends"#, "bearer realm=<never ends>"),
            (r#"realm="of nothing", Basic"#, "basic"),
            ("", ""),
            ("==,,\"", ""),
        ] {
            assert_eq!(drawn(value), want, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read(value in ".{0,200}|[A-Za-z=\", \\\\]{0,200}") {
            prop_assert!(parse(&value).len() <= MAX_ITEMS);
        }
    }

    #[test]
    fn long_values_are_bounded() {
        assert!(parse(&"a ".repeat(100_000)).len() <= MAX_ITEMS);
        assert!(parse(&"Bearer é=\"ä\",".repeat(100_000))[0].parameters.len() <= MAX_ITEMS);
    }
}
