//! The history table.

use crate::text::{Shown, ShownLines};
use crate::vocabulary::LayerNumber;
use serde::{Deserialize, Serialize};

/// A row of `docker image history --no-trunc`; the page shortens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The image ID of the newest row; `None` stands for `<missing>`.
    pub image_id: Option<String>,
    /// RFC 3339.
    pub created: Option<Shown>,
    /// Tabs as spaces, otherwise as recorded.
    pub created_by: ShownLines,
    /// Bytes; 0 for empty layers, `None` while the layer is not read.
    pub size: Option<u64>,
    pub comment: ShownLines,
    /// The layer that it made; `None`: an empty layer.
    pub layer: Option<LayerNumber>,
    /// The row is the command of a layer in a chain from before Docker 1.10, not the configuration's history.
    pub from_chain: bool,
}
