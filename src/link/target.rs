//! What a link opens.

use super::encoding::{decode_text, encode_name, keep_legal};
use crate::text::{percent_encode, percent_encode_component};
use std::fmt;

/// What a link opens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LinkTarget {
    /// Nothing: the start page.
    #[default]
    Start,
    /// A local image by its ID: the page asks for the file.
    Archive { digest: String },
    /// An image in a registry; `digest` without its `@`.
    Image { reference: String, digest: Option<String> },
    /// An archive or a saved inspection on the web.
    Url(String),
    /// A comparison. Each side is a target with its own parameters, as in a link after `#/`.
    Compare { a: String, b: String },
    /// The tags of a repository.
    Repository(String),
    /// A search on Docker Hub.
    Search(String),
    /// An unknown target, as written between `#` and `?`.
    Other(String),
}

impl LinkTarget {
    /// An image by its reference, with or without `@` and a digest.
    pub fn image(reference: &str) -> LinkTarget {
        let (reference, digest) = reference.split_once('@').unwrap_or((reference, ""));
        if reference.is_empty() {
            return LinkTarget::Start;
        }
        let digest = Some(digest.to_owned()).filter(|digest| !digest.is_empty());
        LinkTarget::Image { reference: reference.to_owned(), digest }
    }

    /// Reads the part of a fragment before the `?`. Any text is some target.
    pub(super) fn parse(written: &str) -> LinkTarget {
        let (form, rest) =
            match written.strip_prefix('/').map(|p| p.split_once('/').unwrap_or((p, ""))) {
                Some(parts) => parts,
                None => ("", written), // all known forms have a slash
            };
        let value = decode_text(rest);
        match form {
            "archive" | "image" | "url" | "repository" | "search" if value.is_empty() => {
                LinkTarget::Start
            }
            "archive" => LinkTarget::Archive { digest: value },
            "image" => LinkTarget::image(&value),
            "url" => LinkTarget::Url(value),
            "repository" => LinkTarget::Repository(value),
            "search" => LinkTarget::Search(value),
            _ if matches!(written, "" | "/") => LinkTarget::Start,
            _ => LinkTarget::Other(keep_legal(written)),
        }
    }
}

impl fmt::Display for LinkTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkTarget::Start => f.write_str("/"),
            LinkTarget::Archive { digest } => write!(f, "/archive/{}", encode_name(digest)),
            LinkTarget::Image { reference, digest: None } => {
                write!(f, "/image/{}", encode_name(reference))
            }
            LinkTarget::Image { reference, digest: Some(digest) } => {
                write!(f, "/image/{}@{}", encode_name(reference), encode_name(digest))
            }
            LinkTarget::Url(url) => {
                write!(f, "/url/{}", percent_encode_component(url.as_bytes()))
            }
            LinkTarget::Compare { .. } => f.write_str("/compare"),
            LinkTarget::Repository(name) => write!(f, "/repository/{}", encode_name(name)),
            LinkTarget::Search(term) => write!(f, "/search/{}", percent_encode(term.as_bytes())),
            LinkTarget::Other(written) => f.write_str(written),
        }
    }
}
