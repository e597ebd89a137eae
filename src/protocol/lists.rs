//! Lists from registries, and of the cache.

use crate::text::Shown;
use crate::vocabulary::PublisherBadge;
use serde::{Deserialize, Serialize};

/// Which list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ListKind {
    /// Tags of a repository, as references name it.
    Tags { repository: String },
    /// What refers to the image that is open.
    Referrers,
    /// Docker Hub's search.
    Search { term: String },
    /// Repositories of a registry, where it lists them.
    Repositories { registry: String },
    /// What the cache holds.
    Cache,
}

/// The first rows of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ListPart {
    pub rows: ListRows,
    /// Rows in all, where known.
    pub total: Option<u64>,
    /// There are more rows.
    pub more: bool,
    pub notes: Vec<ListNote>,
}

/// Rows by kind of list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ListRows {
    Tags(Vec<TagRow>),
    Referrers(Vec<ReferrerRow>),
    Search(Vec<SearchRow>),
    Repositories(Vec<RepositoryRow>),
    Cache(CacheNumbers),
}

/// What restricts a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListNote {
    /// The registry has more tags than are read.
    Cut,
    /// So many names are not valid tags and are left out.
    InvalidNames(u64),
    /// Docker Hub's search did not answer; its older interface did, which says less.
    OldSearch,
    /// What refers to so many of the image's manifests could not be listed.
    FailedSubjects(u64),
}

/// A tag. Docker Hub says more than other registries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRow {
    pub tag: Shown,
    /// The reference to inspect it.
    pub reference: String,
    pub details: Option<TagDetails>,
}

/// What Docker Hub says about a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagDetails {
    pub platforms: Vec<Shown>,
    /// Bytes to download for linux/amd64, else for the first platform (compressed).
    pub compressed_size: Option<u64>,
    /// RFC 3339; empty: not said.
    pub updated: Shown,
    pub digest: Option<String>,
}

/// What refers to an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferrerRow {
    /// `artifactType`, else the media type.
    pub artifact_type: Shown,
    /// Bytes of its manifest.
    pub size: Option<u64>,
    pub digest: String,
    /// The repository that holds it, as references name it.
    pub repository: String,
}

/// A hit of Docker Hub's search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRow {
    /// The repository, as references name it.
    pub name: String,
    pub description: Shown,
    pub stars: Option<u64>,
    pub official: bool,
    /// As Docker Hub writes it: `1B+`.
    pub pulls: Shown,
    pub badge: Option<PublisherBadge>,
}

/// A repository of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepositoryRow {
    /// With its registry, as references name it.
    pub repository: String,
    pub name: Shown,
}

/// What the cache holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CacheNumbers {
    /// Layers' blobs, and their bytes.
    pub blobs: u64,
    pub blob_bytes: u64,
    /// Indexes and documents, and their bytes.
    pub entries: u64,
    pub entry_bytes: u64,
    /// Bytes that the browser grants this page in all; `None`: not said.
    pub quota: Option<u64>,
}
