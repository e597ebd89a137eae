//! Events: messages of a session that answer no request.

use super::{Pulling, SourceInfo};
use crate::problem::Problem;
use crate::vocabulary::{ImagePosition, LayerNumber, UserQuestion};
use serde::{Deserialize, Serialize};

/// A message of a session that answers no request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Work in progress. Ended by `Ready`, `Idle` or `Failed`.
    Progress(Progress),
    /// The images are known; history and layer table can be queried. `first` is the image to show.
    Opened { source: SourceInfo, first: ImagePosition },
    /// A layer was read: the layer table changed.
    LayerRead { image: ImagePosition },
    /// The tree can be queried.
    TreeReady { image: ImagePosition },
    /// Background work changed what queries answer (contents hashed, digests checked, packages found).
    Changed { image: ImagePosition },
    /// Everything that runs without a request has ended for this image.
    Ready { image: ImagePosition },
    /// The user has cancelled the work on this image. What was read stays.
    Cancelled { image: ImagePosition },
    /// Nothing is in progress any more: what `Progress` told last has ended without another event, as the
    /// reading for a report does.
    Idle,
    /// State of the download of an image in a registry.
    Pulling(Pulling),
    /// The page is fetching the verifier: bytes so far, and in all (0: not known). `None`: it has ended. Its own
    /// client says this, not the session.
    FetchingVerifier(Option<(u64, u64)>),
    /// A question that only the user can answer.
    UserMustAnswer(UserQuestion),
    /// The source could not be opened.
    Failed(Problem),
}

/// Work in numbers, for `status` and progress bars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// `None` before the images are known.
    pub image: Option<ImagePosition>,
    pub stage: Stage,
    /// Bytes done over all layers.
    pub done: u64,
    /// Bytes to do over all layers.
    pub total: u64,
    /// Each layer of the image, in order.
    pub layers: Vec<LayerProgress>,
}

/// What a session is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Reading the archive's index.
    #[default]
    Opening,
    /// Downloading an archive.
    Fetching,
    /// Reading layers.
    Indexing,
    /// Merging layers into the tree.
    Merging,
    /// Reading contents: hashing them, and showing them to the analyses. Of layers that are decompressed for it, with
    /// digests.
    Reading,
    /// Reading large files that analyses asked for.
    Analysing,
    /// Finding out what was read: packages, the files that they own, secrets, waste.
    Concluding,
    /// Checking the digests of layers that were read without. The image is ready.
    Verifying,
    /// Reading all images for a report.
    Reporting,
}

/// One layer's share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerProgress {
    pub layer: LayerNumber,
    /// Bytes of the blob read.
    pub done: u64,
    /// Bytes of the blob.
    pub total: u64,
    /// Ended, with or without success.
    pub finished: bool,
}
