//! What a session says unasked: how far it is, and what can be asked for now.

use super::{Pulling, Question, SourceInfo};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// What a session says unasked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Event {
    /// Work goes on.
    Progress(Progress),
    /// The images and, of the chosen one, history and layer table can be asked for.
    Opened(SourceInfo),
    /// A layer was read: the layer table has news.
    LayerRead,
    /// The tree can be asked for.
    Tree,
    /// Background work has changed what the tree or the layers say (contents hashed, digests checked).
    Refreshed,
    /// Everything that runs unasked has ended.
    Ready,
    /// A pull comes along.
    Pulling(Pulling),
    /// Only the user can say.
    Asks(Question),
    /// Nothing could be opened.
    Failed(Problem),
}

/// Work in numbers, for `status` and progress bars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What goes on.
    pub stage: Stage,
    /// Bytes done, over all layers.
    pub done: u64,
    /// Bytes to do, over all layers.
    pub all: u64,
    /// Each layer, in order.
    pub layers: Vec<LayerProgress>,
}

/// What the session is at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Reading the archive's own index.
    #[default]
    Opening,
    /// Bytes come over the network.
    Fetching,
    /// Reading layers.
    Indexing,
    /// Checking digests, hashing contents.
    Verifying,
    /// Reading large files that the analyses have asked for.
    Analysing,
    /// Finishing all images for a report.
    Reporting,
}

/// One layer's share.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerProgress {
    /// From 1.
    pub number: u32,
    /// Bytes of the blob read.
    pub done: u64,
    /// Bytes of the blob.
    pub all: u64,
    /// Ended, well or not.
    pub finished: bool,
}
