//! References: which image is meant, as Docker reads what people write.
//!
//! Source: github.com/distribution/reference (reference.go, normalize.go, regexp.go), whose rules
//! Docker, containerd and Podman share: `alpine` is `docker.io/library/alpine:latest`.
//!
//! - Stricter than its source where no request could be made: a port is at most 65535, an IPv6 address
//!   is one, and a digest is of an algorithm that can be checked.
//! - What people paste around a reference (spaces, a scheme) is named in the message, not guessed away;
//!   only white space at the ends is dropped.

use super::Digest;
use super::registry_name::{DOCKER_HUB, is_registry, split_registry};
use crate::problem::Problem;
use crate::text;
use std::fmt;

/// The tag that is meant where neither tag nor digest is named.
pub const DEFAULT_TAG: &str = "latest";
/// Bytes of a repository's name at most, the registry's not counted.
const MAX_REPOSITORY: usize = 255;
/// Bytes of a tag at most.
const MAX_TAG: usize = 128;
/// Where official images live on Docker Hub.
const OFFICIAL: &str = "library/";

/// A whole reference: nothing is left to be guessed. It has a tag or a digest or both.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

impl Reference {
    /// Reads what people write.
    pub fn parse(written: &str) -> Result<Reference, Problem> {
        let written = written.trim();
        refuse_what_is_none(written)?;
        let (name, digest) = match written.split_once('@') {
            Some((name, digest)) => (name, Some(parse_digest(digest)?)),
            None => (written, None),
        };
        let (registry, rest) = checked_split(name)?;
        let (path, tag) = match rest.split_once(':') {
            Some((path, tag)) => (path, Some(parse_tag(tag)?)),
            None => (rest, None),
        };
        let official = registry == DOCKER_HUB && !path.contains('/');
        let repository = if official { format!("{OFFICIAL}{path}") } else { path.to_owned() };
        check_repository(path, &repository)?;
        let tag = match (&tag, &digest) {
            (None, None) => Some(DEFAULT_TAG.to_owned()),
            _ => tag,
        };
        Ok(Reference { registry: registry.to_owned(), repository, tag, digest })
    }

    /// The registry's name as it is written, with its port: `docker.io`, `localhost:5000`. Which host
    /// serves it is `registry/endpoint.rs`' business.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository in that registry: `library/alpine`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; `None` only where there is a digest.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, which wins over the tag.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Registry and repository without tag and digest: `docker.io/library/alpine`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// The same image, pinned.
    pub fn with_digest(mut self, digest: Digest) -> Reference {
        self.digest = Some(digest);
        self
    }

    /// Another tag of the same repository, not pinned.
    pub fn with_tag(&self, tag: &str) -> Result<Reference, Problem> {
        Ok(Reference { tag: Some(parse_tag(tag)?), digest: None, ..self.clone() })
    }

    /// As Docker shows it: without what is Docker Hub's default (`alpine:3.20`), but so that it is read
    /// as the same again.
    pub fn familiar(&self) -> String {
        let short = match self.repository.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name,
            _ => &self.repository,
        };
        let first = short.split_once('/').map(|(first, _)| first);
        match self.registry == DOCKER_HUB && !first.is_some_and(is_registry) {
            true => self.with_suffix(short),
            false => self.to_string(),
        }
    }

    fn with_suffix(&self, name: &str) -> String {
        let tag = self.tag.iter().map(|tag| format!(":{tag}"));
        let digest = self.digest.iter().map(|digest| format!("@{digest}"));
        std::iter::once(name.to_owned()).chain(tag).chain(digest).collect()
    }
}

/// The whole form: `docker.io/library/alpine:latest`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_suffix(&self.name()))
    }
}

/// What is surely no reference, with a word for what it looks like.
fn refuse_what_is_none(written: &str) -> Result<(), Problem> {
    if written.is_empty() {
        return Err(Problem::new("reference-empty", "No image is named.")
            .expected("a reference such as alpine or ghcr.io/owner/name:tag"));
    }
    if let Some((scheme, rest)) = written.split_once("://") {
        return Err(Problem::new("reference-scheme", "A reference has no scheme.")
            .expected("a registry's name, or a repository's, at the start")
            .found(format!("“{}://”", shown(scheme)))
            .advice(format!("Leave it out: {}", shown(rest))));
    }
    let is_hex = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
    let is_id = written.len() == 64 && written.bytes().all(is_hex);
    let is_digest = ["sha256:", "sha384:", "sha512:"].iter().any(|name| written.starts_with(name))
        && Digest::parse(written).is_some();
    if is_id || is_digest {
        return Err(Problem::new("reference-is-id", "An image ID alone names no image.")
            .expected("a repository before the digest, as in alpine@sha256:…")
            .found(shown(written))
            .advice("IDs are known to the machine that has the image: registries need its name."));
    }
    match written.char_indices().find(|(_, c)| c.is_whitespace() || c.is_control()) {
        Some((at, c)) => Err(Problem::new("reference-name", "A reference is one word.")
            .expected("no space in it")
            .found(format!("“{}” after “{}”", shown(&c.to_string()), shown(&written[..at])))),
        None => Ok(()),
    }
}

/// Registry and the rest.
fn checked_split(name: &str) -> Result<(&str, &str), Problem> {
    if name.starts_with('[') && !name.contains('/') {
        return Err(Problem::new("reference-name", "A registry alone names no image.")
            .expected("a repository after it, as in [::1]:5000/name")
            .found(format!("“{}”", shown(name))));
    }
    let (registry, rest) = split_registry(name);
    check_host(registry).map(|()| (registry, rest))
}

fn check_host(registry: &str) -> Result<(), Problem> {
    let wrong = |expected: &str, found: &str| {
        Err(Problem::new("reference-host", "The registry's name cannot be a host's.")
            .expected(expected)
            .found(format!("“{}” in “{}”", shown(found), shown(registry))))
    };
    let (host, port) = match registry.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else {
                return wrong("a “]” behind an IPv6 address", rest);
            };
            // Letters outside hexadecimal are zones, dots are mapped addresses: both are left out of
            // references on purpose (regexp.go, ipv6address).
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
            return wrong("letters, digits and inner hyphens between dots", label);
        }
    }
    let digits = |port: &str| port.bytes().all(|c| c.is_ascii_digit());
    match port.strip_prefix(':') {
        _ if port.is_empty() => Ok(()),
        Some(port) if digits(port) && port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        _ => wrong("a port from 1 to 65535 after a colon", port),
    }
}

fn check_repository(path: &str, repository: &str) -> Result<(), Problem> {
    if let Some((at, c)) = path.char_indices().find(|(_, c)| c.is_uppercase()) {
        return Err(Problem::new("reference-uppercase", "A repository's name is lower case.")
            .expected(path[..].to_lowercase())
            .found(format!("“{c}” after “{}”", shown(&path[..at])))
            .advice(
                "Write it in lower case: only a registry's name and a tag may have capitals.",
            ));
    }
    for part in path.split('/') {
        if let Some(found) = wrong_component(part) {
            return Err(Problem::new("reference-name", "A repository's name is malformed.")
                .expected("letters and digits, joined by a dot, one or two underscores, or hyphens")
                .found(format!("{found} in “{}”", shown(path))));
        }
    }
    if repository.len() > MAX_REPOSITORY {
        return Err(Problem::new("reference-too-long", "A repository's name is too long.")
            .expected(format!("at most {MAX_REPOSITORY} characters"))
            .found(format!("{}", repository.len())));
    }
    Ok(())
}

/// What is wrong with one part of a repository's name.
fn wrong_component(part: &str) -> Option<String> {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if part.is_empty() {
        return Some("an empty part".to_owned());
    }
    if let Some(c) = part.chars().find(|&c| !is_alphanumeric(c) && !"._-".contains(c)) {
        return Some(format!("“{}”", shown(&c.to_string())));
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

/// Whether `text` can be a tag.
pub fn is_tag(text: &str) -> bool {
    parse_tag(text).is_ok()
}

fn parse_tag(tag: &str) -> Result<String, Problem> {
    let problem = |expected: String, found: String| {
        Err(Problem::new("reference-tag", "The tag is malformed.").expected(expected).found(found))
    };
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    match tag.chars().next() {
        None => return problem("a tag behind the colon".into(), "nothing".into()),
        Some(c) if !is_word(c) => {
            return problem(
                "a letter, a digit or an underscore first".into(),
                format!("“{}”", shown(tag)),
            );
        }
        Some(_) => {}
    }
    if let Some(c) = tag.chars().find(|&c| !is_word(c) && !".-".contains(c)) {
        let found = format!("“{}” in “{}”", shown(&c.to_string()), shown(tag));
        return problem("letters, digits, underscores, dots and hyphens".into(), found);
    }
    if tag.len() > MAX_TAG {
        return problem(format!("at most {MAX_TAG} characters"), tag.len().to_string());
    }
    Ok(tag.to_owned())
}

fn parse_digest(digest: &str) -> Result<Digest, Problem> {
    let problem = |expected: &str, found: String| {
        Err(Problem::new("reference-digest", "The digest is malformed.")
            .expected(expected)
            .found(found))
    };
    let Some((algorithm, encoded)) = digest.split_once(':') else {
        return problem(
            "an algorithm and a colon, as in @sha256:…",
            format!("“{}”", shown(digest)),
        );
    };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return problem("sha256, sha384 or sha512", format!("“{}”", shown(algorithm))),
    };
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if let Some(c) = encoded.chars().find(|&c| !is_hex(c)) {
        let found = format!("“{}”", shown(&c.to_string()));
        return problem("digits and the letters a to f", found);
    }
    match Digest::parse(digest) {
        Some(digest) => Ok(digest),
        None => problem(&format!("{length} digits"), encoded.len().to_string()),
    }
}

/// Hostile text for the eye, of a length that a message bears.
fn shown(text: &str) -> String {
    let cut = text.char_indices().nth(80).map_or(text.len(), |(at, _)| at);
    let more = if cut < text.len() { "…" } else { "" };
    text::show(&text.as_bytes()[..cut]) + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEX: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    const ID: &str = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    #[test]
    fn references_are_completed_as_docker_does() {
        for (written, whole, familiar) in [
            ("alpine", "docker.io/library/alpine:latest", "alpine:latest"),
            (" alpine:3.20\n", "docker.io/library/alpine:3.20", "alpine:3.20"),
            ("library/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("fooo/bar", "docker.io/fooo/bar:latest", "fooo/bar:latest"),
            ("docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("index.docker.io/debian", "docker.io/library/debian:latest", "debian:latest"),
            ("index.docker.io/fooo/bar", "docker.io/fooo/bar:latest", "fooo/bar:latest"),
            ("library/foo/bar", "docker.io/library/foo/bar:latest", "library/foo/bar:latest"),
            ("localhost/fooo", "localhost/fooo:latest", "localhost/fooo:latest"),
            ("localhost", "docker.io/library/localhost:latest", "localhost:latest"),
            ("test:5000/repo:tag", "test:5000/repo:tag", "test:5000/repo:tag"),
            ("test.com:5000", "docker.io/library/test.com:5000", "test.com:5000"),
            ("192.168.0.1:8/debian", "192.168.0.1:8/debian:latest", "192.168.0.1:8/debian:latest"),
            ("[2001:db8::1]:5000/r:t", "[2001:db8::1]:5000/r:t", "[2001:db8::1]:5000/r:t"),
            ("LOCALDOMAIN/debian", "LOCALDOMAIN/debian:latest", "LOCALDOMAIN/debian:latest"),
            ("lowercase:Uppercase", "docker.io/library/lowercase:Uppercase", "lowercase:Uppercase"),
            (
                "dock__er/do---ck.er",
                "docker.io/dock__er/do---ck.er:latest",
                "dock__er/do---ck.er:latest",
            ),
            // Docker shows these two as names that it would read differently again.
            (
                "docker.io/localhost/a",
                "docker.io/localhost/a:latest",
                "docker.io/localhost/a:latest",
            ),
            ("docker.io/a.b/c", "docker.io/a.b/c:latest", "docker.io/a.b/c:latest"),
        ] {
            let reference = Reference::parse(written).unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(reference.to_string(), whole, "{written}");
            assert_eq!(reference.familiar(), familiar, "{written}");
            assert_eq!(Reference::parse(familiar).unwrap(), reference, "{familiar}");
        }
    }

    #[test]
    fn a_digest_stands_alone_or_beside_a_tag() {
        let both = Reference::parse(&format!("xn--7o8h.com/i:t@sha256:{HEX}")).unwrap();
        assert_eq!((both.registry(), both.repository()), ("xn--7o8h.com", "i"));
        assert_eq!((both.tag(), both.digest().unwrap().encoded()), (Some("t"), HEX));
        let alone = Reference::parse(&format!("alpine@sha256:{HEX}")).unwrap();
        assert_eq!((alone.tag(), alone.familiar()), (None, format!("alpine@sha256:{HEX}")));
        let named = Reference::parse(&format!("docker.io/{ID}")).unwrap();
        assert_eq!(named.repository(), format!("library/{ID}"));
    }

    #[test]
    fn wrong_references_are_refused_with_their_reason() {
        let long = "a/".repeat(128) + "a";
        let long_tag = format!("a:{}", "t".repeat(129));
        let short = format!("repo@sha256:{}", &HEX[..32]);
        let unknown = format!("validname@invaliddigest:{HEX}");
        let no_name = format!("@sha256:{HEX}");
        for (written, code, found) in [
            ("", "reference-empty", ""),
            ("https://github.com/docker/docker", "reference-scheme", "“https://”"),
            (ID, "reference-is-id", ID),
            ("docker pull alpine", "reference-name", "“ ” after “docker”"),
            ("Uppercase:tag", "reference-uppercase", "“U” after “”"),
            ("docker/Docker", "reference-uppercase", "“D” after “docker/”"),
            ("test:5000/Uppercase/lowercase", "reference-uppercase", "“U”"),
            (":justtag", "reference-name", "an empty part"),
            (&no_name, "reference-name", "an empty part"),
            ("docker///docker", "reference-name", "an empty part"),
            ("docker/", "reference-name", "an empty part"),
            ("aa/asdf$$^/aa", "reference-name", "“$”"),
            ("-docker/docker", "reference-name", "“-” at an end of “-docker”"),
            ("docker-/docker", "reference-name", "“-” at an end"),
            ("____/____", "reference-name", "“____”"),
            ("dock..er/docker", "reference-name", "dock..er"),
            ("dock_.er/docker", "reference-name", "“_.” in"),
            ("[fc00::1]:5000", "reference-name", "[fc00::1]:5000"),
            ("-docker.io/docker", "reference-host", "“-docker”"),
            ("dock..er/x/y", "reference-host", "“” in “dock..er”"),
            ("fc00::1:5000/debian", "reference-host", "“::1:5000”"),
            ("[fe80::1%eth0]:5000/debian", "reference-host", "“fe80::1%eth0”"),
            ("[2001:db8:3:4::192.0.2.33]:5000/d", "reference-host", "192.0.2.33"),
            ("[fd00123123123]:75/d", "reference-host", "fd00123123123"),
            ("test.com:http/a", "reference-host", "“:http”"),
            ("192.168.1.1:75050/a", "reference-host", "“:75050”"),
            (&long, "reference-too-long", "257"),
            (&long_tag, "reference-tag", "129"),
            ("a:", "reference-tag", "nothing"),
            ("a:.b", "reference-tag", "“.b”"),
            ("a/b:c/d", "reference-tag", "“/” in “c/d”"),
            ("a:b\u{202e}", "reference-tag", "\\u{202e}"),
            ("a@sha256", "reference-digest", "“sha256”"),
            ("a@sha256:XYZ", "reference-digest", "“X”"),
            (&short, "reference-digest", "32"),
            (&unknown, "reference-digest", "“invaliddigest”"),
        ] {
            let problem = Reference::parse(written).expect_err(written);
            let wanted = match written {
                // The registry is judged before the name where the first part has a dot.
                "dock..er/docker" | "dock_.er/docker" => "reference-host",
                _ => code,
            };
            assert_eq!(problem.code, wanted, "{written}: {problem}");
            if wanted == code {
                let told = problem.found.unwrap_or_default();
                assert!(told.contains(found), "{written}: {told}");
            }
        }
    }

    prop_compose! {
        fn reference()(
            registry in "docker\\.io/|localhost/|[a-z0-9]{1,6}\\.io(:[1-9][0-9]{0,3})?/|\\[::[1-9]\\]/|",
            path in "[a-z0-9]{1,9}((\\.|_|__|-{1,3})[a-z0-9]{1,4}){0,2}(/[a-z0-9]{1,9}){0,2}",
            tag in "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,20})?",
            digest in "(@sha256:[0-9a-f]{64}|@sha512:[0-9a-f]{128})?",
        ) -> String { format!("{registry}{path}{tag}{digest}") }
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(written in reference()) {
            let reference = Reference::parse(&written);
            prop_assume!(reference.is_ok()); // a first part with two dots in a row and the like
            let reference = reference.unwrap();
            prop_assert_eq!(&Reference::parse(&reference.to_string()).unwrap(), &reference);
            prop_assert_eq!(&Reference::parse(&reference.familiar()).unwrap(), &reference);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,60}|[a-zA-Z0-9:/@.\\[\\]_-]{0,60}") {
            if let Ok(reference) = Reference::parse(&text) {
                prop_assert!(reference.tag().is_some() || reference.digest().is_some());
                prop_assert_eq!(Reference::parse(&reference.to_string()).unwrap(), reference);
            }
        }
    }
}
