//! References: which image is meant, as Docker reads what people write.
//!
//! Source: github.com/distribution/reference (reference.go, normalize.go, regexp.go), whose rules Docker, containerd
//! and Podman share: `alpine` is `docker.io/library/alpine:latest`.
//!
//! - Stricter than its source where no request would be possible: a port is at most 65535, an IPv6 address is valid,
//!   and a digest has an algorithm that can be verified.
//! - What people paste around a reference (spaces, a scheme) is named in the message and not repaired; only white
//!   space at the ends is removed.

mod check;
#[cfg(test)]
mod tests;

use super::Digest;
use super::registry_name::{DOCKER_HUB, is_registry};
use crate::problem::Problem;
pub use check::is_tag;
use check::{check_repository, parse_digest, parse_tag, refuse_other_texts, split_name};
use std::fmt;

/// The tag of references with neither tag nor digest.
pub const DEFAULT_TAG: &str = "latest";
/// The namespace of official images on Docker Hub.
const OFFICIAL: &str = "library/";

/// A complete reference. It has a tag or a digest or both.
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
        refuse_other_texts(written)?;
        let (name, digest) = match written.split_once('@') {
            Some((name, digest)) => (name, Some(parse_digest(digest)?)),
            None => (written, None),
        };
        let (registry, rest) = split_name(name)?;
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

    /// The name of the registry as written, with its port: `docker.io`, `localhost:5000`. `registry/endpoint.rs`
    /// knows which host serves it.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The repository in that registry: `library/alpine`.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag; `None` only if there is a digest.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, which takes precedence over the tag.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// Registry and repository, without tag and digest: `docker.io/library/alpine`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// The same image, pinned to a digest.
    pub fn with_digest(mut self, digest: Digest) -> Reference {
        self.digest = Some(digest);
        self
    }

    /// Another tag of the same repository, not pinned.
    pub fn with_tag(&self, tag: &str) -> Result<Reference, Problem> {
        Ok(Reference { tag: Some(parse_tag(tag)?), digest: None, ..self.clone() })
    }

    /// As Docker shows it: without Docker Hub's defaults (`alpine:3.20`), but so that it reads back as the same
    /// reference.
    pub fn familiar(&self) -> String {
        let short = match self.repository.strip_prefix(OFFICIAL) {
            Some(name) if !name.contains('/') => name,
            _ => &self.repository,
        };
        let first = short.split_once('/').map(|(first, _)| first);
        if self.registry != DOCKER_HUB || first.is_some_and(is_registry) {
            return self.to_string();
        }
        let text = self.with_suffix(short);
        match refuse_other_texts(&text) {
            Ok(()) => text,
            // The image `sha256` with 64 digits as its tag would be an ID.
            Err(_) => self.with_suffix(&self.repository),
        }
    }

    /// `name` with this reference's tag and digest.
    fn with_suffix(&self, name: &str) -> String {
        let tag = self.tag.iter().map(|tag| format!(":{tag}"));
        let digest = self.digest.iter().map(|digest| format!("@{digest}"));
        std::iter::once(name.to_owned()).chain(tag).chain(digest).collect()
    }
}

/// The complete form: `docker.io/library/alpine:latest`.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_suffix(&self.name()))
    }
}
