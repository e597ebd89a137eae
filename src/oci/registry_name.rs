//! Which registry a reference names: all that the page needs to know about references.
//!
//! Source: github.com/distribution/reference, normalize.go (`splitDockerDomain`).

/// The registry of references that name none.
pub const DOCKER_HUB: &str = "docker.io";

/// Splits what a user wrote, valid or not, into the registry and the rest.
pub fn split_registry(written: &str) -> (&str, &str) {
    match written.split_once('/') {
        Some((first, rest)) if is_registry(first) => match first {
            "index.docker.io" => (DOCKER_HUB, rest),
            registry => (registry, rest),
        },
        _ => (DOCKER_HUB, written),
    }
}

/// Whether the part before the first slash is a registry: it contains a dot, a port or a capital letter, or
/// it is `localhost`.
pub fn is_registry(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':']) || first.chars().any(char::is_uppercase)
}
