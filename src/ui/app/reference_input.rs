//! What people type or paste into the box for an image reference, as a place to open.
//!
//! Beside references: commands (`docker pull alpine:3.20`), lines of files (`FROM alpine`, `image: alpine`), pages of
//! Docker Hub and Quay, transports of skopeo (`docker://alpine`), a registry alone, an archive's address. What
//! is not one of these is opened as a reference and fails with the engine's message.

use crate::link::LinkTarget;

/// The place that a text names; `LinkTarget::Start` for nothing.
pub fn place_of(written: &str) -> LinkTarget {
    let text = without_command(written.trim());
    if let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        return place_of_address(text, rest);
    }
    let text = text.strip_prefix("docker://").unwrap_or(text);
    match is_registry_alone(text) {
        true => LinkTarget::Repository(format!("{}/", text.trim_end_matches('/'))),
        false => LinkTarget::image(text),
    }
}

/// The reference within a command or a line of a file: its last word that is not an option.
fn without_command(text: &str) -> &str {
    const COMMANDS: [&str; 9] = [
        "docker pull ",
        "docker run ",
        "docker image pull ",
        "podman pull ",
        "podman run ",
        "nerdctl pull ",
        "crane pull ",
        "FROM ",
        "image: ",
    ];
    let command = COMMANDS.iter().find_map(|command| text.strip_prefix(command));
    let word = command.and_then(|rest| rest.split_whitespace().find(|word| !word.starts_with('-')));
    word.unwrap_or(text).trim_matches(['"', '\''])
}

/// A registry's page on the web is its repository; an archive's address is an archive; any other address is
/// a reference with a scheme before it.
fn place_of_address(address: &str, rest: &str) -> LinkTarget {
    const ARCHIVES: [&str; 9] =
        [".tar", ".tgz", ".gz", ".xz", ".zst", ".bz2", ".lz4", ".layerscope", ".json"];
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    let parts: Vec<&str> = path.split('/').collect();
    match (host, parts.as_slice()) {
        ("hub.docker.com", ["_", name, ..]) => LinkTarget::image(name),
        ("hub.docker.com", ["r" | "repository", "docker", owner, name, ..]) => {
            LinkTarget::image(&format!("{owner}/{name}"))
        }
        ("hub.docker.com", ["r", owner, name, ..]) => LinkTarget::image(&format!("{owner}/{name}")),
        ("quay.io", ["repository", owner, name, ..]) => {
            LinkTarget::image(&format!("quay.io/{owner}/{name}"))
        }
        _ if ARCHIVES.iter().any(|ending| path.to_ascii_lowercase().ends_with(ending)) => {
            LinkTarget::Url(address.to_owned())
        }
        (host, [""]) => LinkTarget::Repository(format!("{host}/")),
        _ => LinkTarget::image(rest.trim_end_matches('/')),
    }
}

/// `ghcr.io`, `localhost:5000`, `registry.example/`: a registry without a repository.
fn is_registry_alone(text: &str) -> bool {
    let host = text.trim_end_matches('/');
    if host.is_empty() || host.contains(['/', '@', ' ']) {
        return false;
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    let is_host = name == "localhost" || name.contains('.');
    text.ends_with('/') || (is_host && is_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::Link;

    #[test]
    fn what_people_paste_is_understood() {
        for (written, link) in [
            ("alpine", "#/image/alpine"),
            (" alpine:3.20 ", "#/image/alpine:3.20"),
            ("redis:6379", "#/image/redis:6379"),
            ("ghcr.io/owner/name@sha256:ab", "#/image/ghcr.io/owner/name@sha256:ab"),
            ("docker.io/library/alpine", "#/image/docker.io/library/alpine"),
            ("docker pull alpine:3.20", "#/image/alpine:3.20"),
            ("docker run --rm -it alpine:3.20 sh", "#/image/alpine:3.20"),
            ("podman pull quay.io/a/b", "#/image/quay.io/a/b"),
            ("FROM debian:12 AS build", "#/image/debian:12"),
            ("image: \"nginx:1\"", "#/image/nginx:1"),
            ("docker://alpine", "#/image/alpine"),
            ("https://hub.docker.com/_/alpine", "#/image/alpine"),
            ("https://hub.docker.com/_/alpine/tags", "#/image/alpine"),
            ("https://hub.docker.com/r/grafana/grafana", "#/image/grafana/grafana"),
            (
                "https://quay.io/repository/prometheus/node-exporter?tab=tags",
                "#/image/quay.io/prometheus/node-exporter",
            ),
            ("https://ghcr.io/owner/name:tag", "#/image/ghcr.io/owner/name:tag"),
            (
                "https://example.org/images/site.tar.gz",
                "#/url/https%3A%2F%2Fexample.org%2Fimages%2Fsite.tar.gz",
            ),
            ("ghcr.io", "#/repository/ghcr.io/"),
            ("localhost:5000", "#/repository/localhost:5000/"),
            ("localhost:5000/", "#/repository/localhost:5000/"),
            ("localhost:5000/team/app", "#/image/localhost:5000/team/app"),
            ("https://registry.example/", "#/repository/registry.example/"),
            ("registry.example:5000", "#/repository/registry.example:5000/"),
            ("", "#/"),
        ] {
            assert_eq!(Link::to(place_of(written)).to_string(), link, "{written}");
        }
    }
}
