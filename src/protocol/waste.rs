//! What an image wastes: figures, hidden files, duplicates, and what would save bytes.

use super::words::link_words;
use super::{DiveEfficiency, LayerCell, LinkPath, RowRange, Sort};
use crate::selection::LayerSelection;
use crate::text::Shown;
use crate::vocabulary::{ClassTallies, FileTally, HiddenClass, ImagePosition, LayerNumber, Remedy};
use serde::{Deserialize, Serialize};

/// The figures of an image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WasteFacts {
    /// Files that the selected layers hid.
    pub hidden: ClassTallies,
    /// Those of which it is not known whether the same content was written again: they count as overwritten.
    pub uncompared: FileTally,
    pub dive: Option<DiveEfficiency>,
    /// All layers, base first.
    pub layers: Vec<LayerWaste>,
    /// What would save bytes, as far as the selected layers waste them; the most first.
    pub savings: Vec<SavingRow>,
    /// Number of those that are not among them, because there are too many, and their files.
    pub more_savings: u64,
    pub more_saved: FileTally,
    /// Of the whole image.
    pub duplicates: DuplicateTotals,
    pub weights: ImageWeights,
    /// Layers whose files or contents are not known.
    pub unread: Vec<LayerNumber>,
    /// Layers that were read only in part.
    pub partial: Vec<LayerNumber>,
}

/// What became of a layer's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayerWaste {
    pub layer: LayerCell,
    /// `None` while it is not read.
    pub size: Option<u64>,
    /// Its bytes that the final tree shows.
    pub kept: u64,
    /// Its own files that the final tree does not show.
    pub lost: ClassTallies,
    /// Files that it hid.
    pub hid: FileTally,
}

/// Bytes that a change to one instruction would save.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavingRow {
    pub remedy: Remedy,
    /// The layer whose instruction wastes them.
    pub by: LayerCell,
    /// The layer that brought the files that `by` hid; `None`: they are in the final tree.
    pub from: Option<LayerCell>,
    pub files: FileTally,
}

/// Files of equal content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateTotals {
    pub groups: u64,
    pub files: u64,
    /// Bytes of all copies beyond the first of each group.
    pub bytes: u64,
}

/// What the image weighs, and would weigh.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageWeights {
    pub now: ImageWeight,
    /// Without hidden files.
    pub visible: ImageWeight,
    /// Without hidden files and without copies of the same content.
    pub without_copies: ImageWeight,
}

/// The bytes of an image; `None` where a layer is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageWeight {
    pub bytes: Option<u64>,
    /// Of the layers as stored: known of the image as it is, estimated by each layer's own ratio otherwise. `None`
    /// also if no layer is compressed.
    pub compressed: Option<u64>,
}

/// Which hidden files, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WasteTable {
    pub image: ImagePosition,
    /// The layers that hid them; with `WasteShow::Brought`, those that brought them.
    pub layers: LayerSelection,
    /// Case-insensitive substring of the path; empty: all.
    pub filter: String,
    pub sort: Sort<WasteColumn>,
    pub group: Option<WasteGroup>,
    /// Classes; none of them: all.
    pub show: Vec<WasteShow>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that hidden files are sorted by.
    WasteColumn {
        Size = "size",
        Path = "path",
        Class = "class",
        /// The layer that brought the file.
        From = "from",
        /// The layer that hid it.
        By = "layer",
    }
}

link_words! {
    /// What hidden files are grouped by.
    WasteGroup {
        By = "layer",
        From = "from",
        Class = "class",
        Directory = "directory",
    }
}

link_words! {
    /// Which hidden files are shown.
    WasteShow {
        /// All of them.
        Files = "files",
        Removed = "removed",
        Overwritten = "overwritten",
        Rewritten = "rewritten",
        /// Rewritten, with other permission bits.
        Mode = "mode",
        Owner = "owner",
        Xattrs = "xattrs",
        Times = "times",
        /// Rewritten, and nothing differs.
        Same = "nothing",
        /// The selection is about the layers that brought the files, not about those that hid them.
        Brought = "brought",
    }
}

/// A hidden file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WasteRow {
    pub path: LinkPath,
    /// With a leading slash.
    pub shown: Shown,
    pub size: u64,
    pub class: HiddenClass,
    /// The layer that brought it.
    pub from: LayerCell,
    /// The layer that hid it.
    pub by: LayerCell,
}

/// Which groups of duplicates, the costliest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DuplicateTable {
    pub image: ImagePosition,
    /// One of the files is from one of these layers.
    pub layers: LayerSelection,
    /// Case-insensitive substring of one of the paths; empty: all.
    pub filter: String,
    pub rows: RowRange,
}

/// Files of equal content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DuplicateRow {
    /// Bytes of each.
    pub size: u64,
    pub files: u64,
    /// Bytes of all copies beyond the first.
    pub bytes: u64,
    /// The first of them, the copy of the lowest layer first.
    pub paths: Vec<DuplicatePath>,
}

/// One of the files of equal content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DuplicatePath {
    pub path: LinkPath,
    /// With a leading slash.
    pub shown: Shown,
    pub layer: LayerCell,
}
