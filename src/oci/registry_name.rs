//! Which registry a reference names: all that the page itself has to know of references.
//!
//! Source: github.com/distribution/reference, normalize.go (`splitDockerDomain`).

/// The registry that is meant where none is named.
pub const DOCKER_HUB: &str = "docker.io";

/// Registry and the rest of what people write, right or wrong.
pub fn split_registry(written: &str) -> (&str, &str) {
    match written.split_once('/') {
        Some((first, rest)) if is_registry(first) => match first {
            "index.docker.io" => (DOCKER_HUB, rest),
            registry => (registry, rest),
        },
        _ => (DOCKER_HUB, written),
    }
}

/// Whether the part before the first slash is a registry: it has a dot, a port or a capital, or it is
/// `localhost`.
pub fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.chars().any(char::is_uppercase)
}
