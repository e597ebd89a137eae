//! The rules for the parts of a reference, and the problems of texts that break them.

use crate::oci::Digest;
use crate::oci::registry_name::split_registry;
use crate::problem::Problem;
use crate::text::decimal;

/// Bytes of a repository's name, without the registry.
const MAX_REPOSITORY: usize = 255;
/// Bytes of a tag.
const MAX_TAG: usize = 128;

/// Refuses texts that are not references, with a word for what they look like.
pub fn refuse_other_texts(written: &str) -> Result<(), Problem> {
    if written.is_empty() {
        return Err(Problem::new("reference-empty", "Enter the name of an image.")
            .expected("a reference such as alpine or ghcr.io/owner/name:tag"));
    }
    if let Some((scheme, rest)) = written.split_once("://") {
        return Err(Problem::new("reference-scheme", "A reference does not begin with a scheme.")
            .expected("the name of a registry or a repository")
            .found(format!("“{}://”", shortened(scheme)))
            .advice(format!("Leave it out: {}", shortened(rest))));
    }
    let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    let is_id = written.len() == 64 && written.bytes().all(is_hex);
    let is_digest = ["sha256:", "sha384:", "sha512:"].iter().any(|name| written.starts_with(name))
        && Digest::parse(written).is_some();
    if is_id || is_digest {
        return Err(Problem::new("reference-is-id", "An image ID alone is not a reference.")
            .expected("a repository and a digest, as in alpine@sha256:…")
            .found(shortened(written))
            .advice(
                "Only the machine that has the image knows its ID. Registries need its name.",
            ));
    }
    match written.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
        Some((at, c)) => Err(Problem::new("reference-name", "A reference contains no spaces.")
            .expected("one word")
            .found(format!(
                "“{}” after “{}”",
                shortened(&c.to_string()),
                shortened(&written[..at])
            ))),
        None => Ok(()),
    }
}

/// Splits a name into a valid registry and the rest.
pub fn split_name(name: &str) -> Result<(&str, &str), Problem> {
    if name.starts_with('[') && !name.contains('/') {
        return Err(Problem::new("reference-name", "A registry alone is not a reference.")
            .expected("a registry and a repository, as in [::1]:5000/name")
            .found(format!("“{}”", shortened(name))));
    }
    let (registry, rest) = split_registry(name);
    check_host(registry).map(|()| (registry, rest))
}

/// Checks the name of a registry.
fn check_host(registry: &str) -> Result<(), Problem> {
    let wrong = |expected: &str, found: &str| {
        Err(Problem::new("reference-host", "The name of the registry is not a valid host.")
            .expected(expected)
            .found(format!("“{}” in “{}”", shortened(found), shortened(registry))))
    };
    let (host, port) = match registry.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return wrong("a “]” after the IPv6 address", rest);
            };
            // References allow neither zones nor mapped IPv4 addresses (regexp.go, ipv6address).
            let plain = address.bytes().all(|c| c.is_ascii_hexdigit() || c == b':');
            if !plain || address.parse::<std::net::Ipv6Addr>().is_err() {
                return wrong("an IPv6 address", address);
            }
            (None, port)
        }
        None => match registry.find(':') {
            Some(colon) => (Some(&registry[..colon]), &registry[colon..]),
            None => (Some(registry), ""),
        },
    };
    for label in host.into_iter().flat_map(|host| host.split('.')) {
        let inner = label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-');
        if label.is_empty() || !inner || label.starts_with('-') || label.ends_with('-') {
            return wrong("letters, digits and inner hyphens, separated by dots", label);
        }
    }
    match port.strip_prefix(':').map(decimal) {
        _ if port.is_empty() => Ok(()),
        Some(Some(1..=65535)) => Ok(()),
        _ => wrong("a port from 1 to 65535 after a colon", port),
    }
}

/// Checks the name of a repository: `path` as written, `repository` completed.
pub fn check_repository(path: &str, repository: &str) -> Result<(), Problem> {
    if let Some((at, c)) = path.char_indices().find(|(_, c)| c.is_uppercase()) {
        return Err(Problem::new(
            "reference-uppercase",
            "The name of a repository is in lower case.",
        )
        .expected(path[..].to_lowercase())
        .found(format!("“{c}” after “{}”", shortened(&path[..at])))
        .advice("Use lower case. Only registries and tags may have capital letters."));
    }
    for part in path.split('/') {
        if let Some(found) = wrong_component(part) {
            return Err(Problem::new("reference-name", "The name of the repository is malformed.")
                .expected(
                    "letters and digits, joined by a dot, by one or two underscores, or by hyphens",
                )
                .found(format!("{found} in “{}”", shortened(path))));
        }
    }
    if repository.len() > MAX_REPOSITORY {
        return Err(Problem::new("reference-too-long", "The name of the repository is too long.")
            .expected(format!("at most {MAX_REPOSITORY} characters"))
            .found(format!("{}", repository.len())));
    }
    Ok(())
}

/// What is wrong with one part of a repository's name, if anything.
fn wrong_component(part: &str) -> Option<String> {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if part.is_empty() {
        return Some("an empty part".to_owned());
    }
    if let Some(c) = part.chars().find(|&c| !is_alphanumeric(c) && !"._-".contains(c)) {
        return Some(format!("“{}”", shortened(&c.to_string())));
    }
    let separators = part.split(is_alphanumeric).filter(|separator| !separator.is_empty());
    for separator in separators {
        let good = matches!(separator, "." | "_" | "__") || separator.bytes().all(|c| c == b'-');
        if !good {
            return Some(format!("“{separator}”"));
        }
    }
    let ends = [part.chars().next(), part.chars().next_back()];
    let end = ends.into_iter().flatten().find(|&c| !is_alphanumeric(c))?;
    Some(format!("“{end}” at an end of “{part}”"))
}

/// Whether `text` is a valid tag.
pub fn is_tag(text: &str) -> bool {
    parse_tag(text).is_ok()
}

/// A valid tag.
pub fn parse_tag(tag: &str) -> Result<String, Problem> {
    let problem = |expected: String, found: String| {
        Err(Problem::new("reference-tag", "The tag is malformed.").expected(expected).found(found))
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match tag.chars().next() {
        None => return problem("a tag after the colon".into(), "nothing".into()),
        Some(c) if !is_word(c) => {
            return problem(
                "a letter, a digit or an underscore first".into(),
                format!("“{}”", shortened(tag)),
            );
        }
        Some(_) => {}
    }
    if let Some(c) = tag.chars().find(|&c| !is_word(c) && !".-".contains(c)) {
        let found = format!("“{}” in “{}”", shortened(&c.to_string()), shortened(tag));
        return problem("letters, digits, underscores, dots and hyphens".into(), found);
    }
    if tag.len() > MAX_TAG {
        return problem(format!("at most {MAX_TAG} characters"), tag.len().to_string());
    }
    Ok(tag.to_owned())
}

/// A valid digest with an algorithm that can be verified.
pub fn parse_digest(digest: &str) -> Result<Digest, Problem> {
    let problem = |expected: &str, found: String| {
        Err(Problem::new("reference-digest", "The digest is malformed.")
            .expected(expected)
            .found(found))
    };
    let Some((algorithm, encoded)) = digest.split_once(':') else {
        return problem(
            "an algorithm and a colon, as in @sha256:…",
            format!("“{}”", shortened(digest)),
        );
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return problem("sha256, sha384 or sha512", format!("“{}”", shortened(algorithm))),
    };
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if let Some(c) = encoded.chars().find(|&c| !is_hex(c)) {
        let found = format!("“{}”", shortened(&c.to_string()));
        return problem("digits and the letters a to f", found);
    }
    match Digest::parse(digest) {
        Some(digest) => Ok(digest),
        None => problem(&format!("{length} digits"), encoded.len().to_string()),
    }
}

/// At most 80 characters of a text, for messages.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
