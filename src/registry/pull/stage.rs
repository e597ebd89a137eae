//! The stages of a pull.

use crate::oci::{Descriptor, Digest, ImageManifest};
use crate::registry::errors::RegistryError;

/// Levels of nested indexes that are followed.
pub const MAX_DEPTH: usize = 4;
/// Number of nested indexes that are followed.
pub const MAX_INDEXES: usize = 32;
/// Requests for documents that an index names without a known media type: most are artifacts.
pub const MAX_UNKNOWN: usize = 8;

/// Why an entry of an index was not looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryLimit {
    /// There are too many without a known media type.
    Unknown,
    /// There are too many documents, or they are nested too deep.
    Documents,
}
/// Images of all indexes.
pub const MAX_CHOICES: usize = 10_000;

/// What kind of document is requested: it decides the request's path and Accept header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchKind {
    Index,
    Manifest,
    Config,
}

/// A document that is being fetched.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// Its digest; `None`: whatever the tag names.
    pub digest: Option<Digest>,
    pub kind: FetchKind,
    /// The cache does not have it.
    pub not_cached: bool,
    /// The document itself, if its descriptor has it.
    pub inline: Option<Vec<u8>>,
}

impl Fetch {
    /// The document with this digest, from the cache or the registry.
    pub fn of(digest: &Digest, kind: FetchKind) -> Fetch {
        Fetch { digest: Some(digest.clone()), kind, not_cached: false, inline: None }
    }

    /// The document that a descriptor names, from the descriptor itself if it has it.
    pub fn described(descriptor: &Descriptor, kind: FetchKind) -> Fetch {
        let inline = descriptor.inline().and_then(Result::ok);
        Fetch { inline, ..Fetch::of(&descriptor.digest, kind) }
    }
}

/// What an index names and may be an index itself.
#[derive(Clone, Debug)]
pub struct NestedDocument {
    pub descriptor: Descriptor,
    /// The index that names it.
    pub parent: Digest,
    pub depth: usize,
}

/// What is requested at the moment.
#[derive(Debug)]
pub enum PullStage {
    /// The digest that the tag names.
    Head(FetchKind),
    /// What the reference names.
    Top(Fetch),
    /// A nested index, or what may be one.
    Nested(Fetch, Box<NestedDocument>),
    /// The manifest of the chosen image.
    Image(Fetch),
    /// The configuration of the image with this manifest.
    Config(Fetch, Box<(Digest, ImageManifest)>),
    /// Whether the tag still names the digest beside it.
    Moved(FetchKind),
    Done(Result<(), RegistryError>),
    /// The result was handed out.
    Over,
}
