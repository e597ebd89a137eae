//! The layer table.

use crate::problem::Problem;
use crate::text::{Shown, ShownLines};
use crate::vocabulary::{Compression, LayerForm, LayerNumber, LayerOrigin};
use serde::{Deserialize, Serialize};

/// The layer table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerTable {
    /// Base first; empty layers (history without a layer) in their place.
    pub rows: Vec<LayerRow>,
    /// Sum of sizes; `None` until all layers are read.
    pub size: Option<u64>,
    /// Sum of the blobs' bytes as stored; `None` where one is missing.
    pub blob_size: Option<u64>,
}

/// One history entry with its layer, or a layer without history.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerRow {
    pub instruction: Instruction,
    /// RFC 3339.
    pub created: Option<Shown>,
    /// Comment of the history entry; empty: none.
    pub comment: ShownLines,
    /// `None`: an empty layer.
    pub layer: Option<LayerFacts>,
}

/// A recorded build step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// `RUN`, `COPY`…; empty where the text starts with none.
    pub keyword: Shown,
    /// The rest in readable form, one line.
    pub text: Shown,
    /// CREATED BY as recorded.
    pub recorded: ShownLines,
}

/// What is known about a layer. `None` means: not known yet, or not there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerFacts {
    pub number: LayerNumber,
    pub presence: LayerPresence,
    pub size: Option<u64>,
    /// Bytes of the blob as stored.
    pub blob_size: Option<u64>,
    /// `None` until the blob's first bytes are read.
    pub compression: Option<Compression>,
    /// What it is beside a plain tar.
    pub forms: Vec<LayerForm>,
    /// Reading it ended at a limit, which `LiftLimit` lifts.
    pub limited: bool,
    pub origin: LayerOrigin,
    /// Bytes that it adds to the final tree's size; can be negative.
    pub contribution: Option<i64>,
    /// Its bytes that the final tree still shows.
    pub kept: Option<u64>,
    /// Paths (not directories) by what it does to them.
    pub changes: Option<LayerChanges>,
    /// The blob's digest: computed where it was, else claimed.
    pub digest: Option<String>,
    /// The digest of the uncompressed tar: computed where it was, else claimed.
    pub diff_id: Option<String>,
    /// Whether the claims hold; `None`: not checked (yet).
    pub verified: Option<bool>,
    pub warnings: Vec<Problem>,
}

/// Whether a layer's contents are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LayerPresence {
    /// It was read.
    Read,
    /// It is here, and not read yet.
    Unread,
    /// Its table of contents stands in for it; it is not downloaded.
    Listed,
    /// It is in a registry and not downloaded.
    NotDownloaded,
    /// The archive names it and does not hold it.
    Missing,
    /// Reading it failed; `warnings` say why.
    Failed,
}

/// Paths (not directories) by what a layer does to them, as `TreeState` counts them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerChanges {
    pub added: u32,
    /// Written again, and not the same, as far as that is known.
    pub modified: u32,
    pub removed: u32,
    /// Written again, with the same content and metadata.
    pub unchanged: u32,
}
