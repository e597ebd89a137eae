//! What was opened.

use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::{Compression, ImagePosition, OtherKind, SourceFormat};
use serde::{Deserialize, Serialize};

/// What opening found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// The file's or folder's name.
    pub name: Shown,
    /// Bytes of the file as stored; of a folder, the sum of its files.
    pub size: u64,
    /// The forms that were recognised; several where an archive has several indexes.
    pub formats: Vec<SourceFormat>,
    /// Compression around the whole file.
    pub compression: Compression,
    /// Number of files: 1 for most, more for a folder or for several files opened together.
    pub files: u32,
    /// Reading the compressed archive ended at a limit, which `LiftLimit` without a layer lifts.
    pub limited: bool,
    /// It is a saved inspection: without contents, and with digests that somebody else checked.
    pub saved_inspection: bool,
    /// Where the image is, if in a registry.
    pub registry: Option<RegistryInfo>,
    /// The images that can be shown, in the archive's order, then those of inspections taken in.
    pub images: Vec<ImageLine>,
    /// Attestations, artifacts, platforms that are not in the archive.
    pub others: Vec<OtherLine>,
    /// Problems of the source as a whole.
    pub warnings: Vec<Problem>,
}

/// An image's place in a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryInfo {
    /// As Docker shows it, without a digest where there is a tag: `alpine:3.20`.
    pub reference: String,
    /// Full name without tag and digest: `docker.io/library/alpine`.
    pub name: String,
    /// As references name it: `docker.io`.
    pub registry: String,
    /// Digest of what the reference names: the index, or the manifest where there is no index.
    pub digest: String,
    /// The digest is an index's: a link needs the platform too.
    pub is_index: bool,
    /// What the tag names now, where that differs from the digest that was requested.
    pub moved_to: Option<String>,
    /// The registry was reached through the proxy.
    pub proxied: bool,
    /// What the registry said of its rate limit.
    pub rate_limit: Option<PullLimit>,
    /// The registry could not be reached: the cache of an earlier visit is shown.
    pub from_cache: bool,
}

/// A registry's rate limit of pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullLimit {
    /// Pulls left.
    pub remaining: u64,
    /// Pulls granted in the window; `None` where the registry does not say.
    pub limit: Option<u64>,
    /// Length of the window in seconds; `None` where the registry does not say.
    pub window_seconds: Option<u64>,
}

/// A row of `docker image ls`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImageLine {
    pub image: ImagePosition,
    /// Each name that the archive gives the image; none for an untagged one.
    pub names: Vec<ImageName>,
    /// The configuration's digest; for a bare layer its diff ID once known. Empty: not known (yet).
    pub image_id: String,
    /// The manifest's digest, where there is a manifest.
    pub manifest_digest: Option<String>,
    /// `linux/arm64/v8`.
    pub platform: Shown,
    /// RFC 3339, as the configuration has it.
    pub created: Option<Shown>,
    /// Sum of the layers' sizes; `None` until all are read.
    pub size: Option<u64>,
    /// Sum of the blobs' bytes as stored; `None` where one is not in the source, or none is compressed.
    pub compressed_size: Option<u64>,
    /// Number of layers, empty ones not counted.
    pub layers: u32,
    /// It is a root file system or a bare layer, without configuration.
    pub bare: bool,
}

/// An image name as `docker image ls` splits it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageName {
    /// `registry.example:5000/team/app`.
    pub repository: Shown,
    /// `latest`; `None` where the name has no tag.
    pub tag: Option<Shown>,
}

/// What is in the archive, or named by it, without being an image that can be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherLine {
    pub kind: OtherKind,
    /// Its manifest's digest.
    pub digest: String,
    /// Its platform, where one is claimed (`unknown/unknown` counts as none).
    pub platform: Option<Shown>,
    /// Names that an index gives it.
    pub names: Vec<Shown>,
    /// The digest of the manifest that it is about.
    pub subject: Option<String>,
    /// `artifactType`, else the configuration's media type; empty where neither is there.
    pub artifact_type: Shown,
}
