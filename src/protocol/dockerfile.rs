//! The Dockerfile, line by line, and the base image.

use crate::text::{Shown, ShownLines};
use crate::vocabulary::{BaseSource, DockerfileOrigin, LayerNumber};
use serde::{Deserialize, Serialize};

/// The Dockerfile of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerfileFacts {
    pub origin: DockerfileOrigin,
    /// Instructions and comments in their order; empty where nothing is recorded.
    pub rows: Vec<DockerfileRow>,
    /// Further ones, which only the report has.
    pub left_out: u32,
    /// `None`: none, or nothing tells.
    pub base: Option<BaseFacts>,
    /// What was asked about published images.
    pub lookup: BaseLookupState,
}

/// The lookup of published images that begin with the image's layers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum BaseLookupState {
    #[default]
    NotAsked,
    /// Requests that were answered, of how many at most.
    Asking { done: u32, total: u32 },
    Known {
        /// Who told.
        host: Shown,
        /// Images of all layers and steps.
        itself: Option<PublishedNames>,
        /// Images of the first ones.
        base: Option<PublishedNames>,
    },
}

/// Repositories of Docker Hub.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublishedNames {
    /// Its official ones first.
    pub repositories: Vec<Shown>,
    /// How many there are beside these.
    pub others: u32,
}

/// An instruction or a comment, as a Dockerfile has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DockerfileRow {
    /// `RUN`; empty for comments and empty lines.
    pub keyword: Shown,
    /// The whole text, the keyword included; may have several lines.
    pub text: ShownLines,
    /// The layer that it made.
    pub layer: Option<LayerNumber>,
    /// The layer's bytes; `None` while it is not read.
    pub size: Option<u64>,
    /// Bytes of the layer that the final tree does not show.
    pub hidden: Option<u64>,
    /// Something in it is not recorded, but guessed.
    pub guessed: bool,
    /// It is the base image's.
    pub base: bool,
}

/// The base image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaseFacts {
    /// What tells.
    pub source: BaseSource,
    pub name: Option<Shown>,
    /// As claimed.
    pub digest: Option<Shown>,
    /// How many layers are the base image's; `None`: not known.
    pub layers: Option<u32>,
}
