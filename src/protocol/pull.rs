//! Downloads from registries: settings, and the state of a pull.

use crate::problem::Problem;
use crate::vocabulary::{LayerNumber, Login};
use serde::{Deserialize, Serialize};

/// What a session gets before it asks a registry anything: all that the tab knows. Never stored.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkSettings {
    /// The proxy's absolute address; `None`: no proxy.
    pub proxy: Option<String>,
    /// The user agreed that credentials pass through the proxy.
    pub proxy_trusted: bool,
    pub logins: Vec<Login>,
    /// Token endpoints on other hosts that credentials may go to: registry and host.
    pub approved: Vec<(String, String)>,
}

/// State of the download of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pulling {
    /// One row a blob, the base first.
    pub rows: Vec<PullRow>,
    /// Bytes still to download, of those that a view needs.
    pub missing: u64,
    /// Nothing is downloaded until the user agrees: it is much.
    pub needs_consent: bool,
    pub paused: bool,
    /// `None` while something is missing.
    pub outcome: Option<PullOutcome>,
}

/// How a pull ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PullOutcome {
    /// `Downloaded newer image for …`
    Downloaded,
    /// `Image is up to date for …`: everything was in the cache.
    UpToDate,
    /// Some layers failed.
    Partial,
}

/// One layer's blob.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PullRow {
    /// Layers of the shown image that are made of it.
    pub layers: Vec<LayerNumber>,
    /// The blob's digest.
    pub digest: String,
    /// Bytes of the blob as stored (compressed).
    pub size: u64,
    /// Bytes that are here.
    pub done: u64,
    pub bytes_per_second: u64,
    pub state: PullState,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// The state of one layer's blob.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PullState {
    /// Not downloaded, and not asked for.
    #[default]
    NotDownloaded,
    /// Requested, not started.
    Waiting,
    Downloading,
    Paused,
    Verifying,
    Indexing,
    Done,
    /// In the cache from an earlier visit.
    Cached,
    /// Its table of contents stands in for it.
    Listed,
    Failed,
}
