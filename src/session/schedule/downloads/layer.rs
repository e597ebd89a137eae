//! One layer of an image in a registry: its blob's state.

use super::blob_download::BlobDownload;
use super::tables::{TableLookup, names_table};
use crate::oci::Descriptor;
use crate::problem::Problem;
use crate::protocol::{PullRow, PullState};
use crate::session::schedule::ids::FileNumber;
use crate::vocabulary::LayerNumber;

/// A layer below this size is downloaded as quickly as its table of contents.
const WORTH_A_TABLE: u64 = 256 << 10;
/// The share of a new measurement in the shown speed, so that the number on screen does not jump.
const NEW_SPEED_SHARE: f64 = 0.5;

/// The state of a layer's blob.
pub enum BlobState {
    /// Not downloaded, and not requested.
    NotDownloaded,
    /// Its table of contents is looked up. `then_blob`: the blob was requested meanwhile.
    ReadingTable {
        lookup: TableLookup,
        then_blob: bool,
    },
    /// Requested, not started.
    Waiting {
        urgency: Urgency,
        started: Option<Box<BlobDownload>>,
    },
    Downloading(Box<BlobDownload>),
    Paused {
        urgency: Urgency,
        started: Box<BlobDownload>,
    },
    /// The blob is here, and its layer is being read.
    Indexing,
    /// Downloaded and read.
    Done,
    /// What is known about its layer is from the cache of an earlier visit. The blob is not needed.
    Cached,
    /// The blob itself is from the cache: its layer is being read, or was.
    CachedBlob,
    /// Its table of contents stands in for it.
    Listed,
    Failed(Problem),
}

/// Why a blob is requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// The user looks at a file in it, or requested this layer alone.
    LookedAt,
    /// The image's tree is made of it.
    ForTree,
}

/// One layer's blob. An image that repeats a layer has it once.
pub struct DownloadedLayer {
    pub file: FileNumber,
    pub blob: Descriptor,
    pub layers: Vec<LayerNumber>,
    pub state: BlobState,
    /// The manifest says that the blob has a table of contents.
    pub names_table: bool,
    /// Its table of contents was looked for.
    pub tried_table: bool,
    /// The cache has what is known about it.
    pub index_kept: bool,
    /// The blob that the cache has cannot be read: it is downloaded instead.
    pub unreadable: bool,
    /// When its speed was measured, how many bytes were here, and the speed in bytes per second.
    speed: (u64, u64, u64),
}

impl DownloadedLayer {
    pub fn new(
        file: FileNumber,
        blob: Descriptor,
        layers: Vec<LayerNumber>,
        state: BlobState,
    ) -> DownloadedLayer {
        let names_table = names_table(&blob);
        let index_kept = matches!(state, BlobState::Cached | BlobState::Listed);
        DownloadedLayer {
            file,
            blob,
            layers,
            state,
            names_table,
            tried_table: false,
            index_kept,
            unreadable: false,
            speed: (0, 0, 0),
        }
    }

    /// Its table of contents may spare its download: it was not looked for yet.
    pub fn may_have_table(&self) -> bool {
        !self.tried_table && self.blob.bytes() >= WORTH_A_TABLE
    }

    /// Something is on its way for it.
    pub fn is_active(&self) -> bool {
        matches!(self.state, BlobState::ReadingTable { .. } | BlobState::Downloading(_))
    }

    /// The blob will be downloaded, if nothing fails.
    pub fn is_coming(&self) -> bool {
        match &self.state {
            BlobState::Waiting { .. } | BlobState::Downloading(_) | BlobState::Paused { .. } => {
                true
            }
            BlobState::ReadingTable { then_blob, .. } => *then_blob,
            _ => false,
        }
    }

    pub fn is_failed(&self) -> bool {
        matches!(self.state, BlobState::Failed(_))
    }

    /// Bytes that are here.
    pub fn done(&self) -> u64 {
        match &self.state {
            BlobState::Downloading(download) => download.shown().1,
            BlobState::Waiting { started: Some(download), .. }
            | BlobState::Paused { started: download, .. } => download.shown().1,
            BlobState::Indexing | BlobState::Done | BlobState::Cached | BlobState::CachedBlob => {
                self.blob.bytes()
            }
            BlobState::NotDownloaded
            | BlobState::ReadingTable { .. }
            | BlobState::Waiting { started: None, .. }
            | BlobState::Listed
            | BlobState::Failed(_) => 0,
        }
    }

    /// Requests the blob, unless it is here or on its way.
    pub fn want(&mut self, wanted: Urgency) {
        match &mut self.state {
            BlobState::NotDownloaded | BlobState::Listed | BlobState::Cached => {
                self.state = BlobState::Waiting { urgency: wanted, started: None };
            }
            BlobState::ReadingTable { then_blob, .. } => {
                *then_blob |= wanted == Urgency::LookedAt;
            }
            BlobState::Waiting { urgency, .. } | BlobState::Paused { urgency, .. } => {
                if wanted == Urgency::LookedAt {
                    *urgency = wanted;
                }
            }
            BlobState::Downloading(_)
            | BlobState::Indexing
            | BlobState::Done
            | BlobState::CachedBlob
            | BlobState::Failed(_) => {}
        }
    }

    /// The download that was started, wherever it is.
    pub fn download(&mut self) -> Option<&mut BlobDownload> {
        match &mut self.state {
            BlobState::Downloading(download)
            | BlobState::Waiting { started: Some(download), .. }
            | BlobState::Paused { started: download, .. } => Some(download),
            _ => None,
        }
    }

    /// Its download has stopped.
    pub fn pause(&mut self) {
        let state = std::mem::replace(&mut self.state, BlobState::NotDownloaded);
        self.state = match state {
            BlobState::Downloading(started) => {
                BlobState::Paused { urgency: Urgency::ForTree, started }
            }
            other => other,
        };
    }

    /// As the page shows it, at `now` (milliseconds since 1970).
    pub fn row(&mut self, now: u64) -> PullRow {
        let state = self.shown_state();
        let problem = match &self.state {
            BlobState::Failed(problem) => Some(problem.clone()),
            _ => None,
        };
        self.measure(now, state);
        PullRow {
            layers: self.layers.clone(),
            digest: self.blob.digest.to_string(),
            size: self.blob.bytes(),
            done: self.done(),
            bytes_per_second: self.speed.2,
            state,
            problem,
        }
    }

    fn shown_state(&self) -> PullState {
        match &self.state {
            BlobState::NotDownloaded => PullState::NotDownloaded,
            BlobState::ReadingTable { .. } | BlobState::Waiting { .. } => PullState::Waiting,
            BlobState::Downloading(download) => download.shown().0,
            BlobState::Paused { .. } => PullState::Paused,
            BlobState::Indexing => PullState::Indexing,
            BlobState::Done => PullState::Done,
            BlobState::Cached | BlobState::CachedBlob => PullState::Cached,
            BlobState::Listed => PullState::Listed,
            BlobState::Failed(_) => PullState::Failed,
        }
    }

    fn measure(&mut self, now: u64, state: PullState) {
        let (then, before, speed) = self.speed;
        let done = self.done();
        let seconds = (now.abs_diff(then) as f64 / 1000.0).max(0.001);
        let fresh = done.saturating_sub(before) as f64 / seconds;
        let speed = match (state, then > 0) {
            (PullState::Downloading, true) => {
                speed as f64 * (1.0 - NEW_SPEED_SHARE) + fresh * NEW_SPEED_SHARE
            }
            _ => 0.0,
        };
        self.speed = (now, done, speed as u64);
    }
}
