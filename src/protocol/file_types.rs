//! The list of files by type.

use super::words::link_words;
use super::{RowRange, Sort, TreeSpec};
use crate::vocabulary::{FileEnding, FileFamily, ImagePosition};
use serde::{Deserialize, Serialize};

/// Which types, in which order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileTypeTable {
    pub image: ImagePosition,
    /// Of what the tree shows; its find does not count.
    pub spec: TreeSpec,
    pub sort: Sort<FileTypeColumn>,
    pub rows: RowRange,
}

link_words! {
    /// Columns that types are sorted by.
    FileTypeColumn {
        /// The most bytes first.
        Size = "size",
        Type = "name",
        Family = "kind",
        /// The most first.
        Files = "files",
    }
}

/// Files of one type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileTypeRow {
    pub ending: FileEnding,
    pub family: FileFamily,
    pub files: u64,
    /// A file with several names counts once.
    pub size: u64,
    /// Bytes of the files of all types.
    pub whole: u64,
    /// The find that finds them; `None`: none does.
    pub find: Option<String>,
}
