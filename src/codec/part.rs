//! Where a blob is in its source, and how it is read.

use super::checkpoints::Checkpoints;
use super::compression::Compression;
use super::section::{ReadSeek, Section};
use super::seekable::Seekable;
use serde::{Deserialize, Serialize};
use std::io;

/// A part of one file of a source, or of what that file decompresses to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlobPart {
    /// Position of the file in the source.
    pub file: u32,
    /// The compression of the file as a whole; `start` and `len` count its uncompressed bytes.
    pub within: Compression,
    /// The first byte.
    pub start: u64,
    /// Number of bytes.
    pub len: u64,
}

impl BlobPart {
    /// A part of a file that is not compressed as a whole.
    pub fn plain(file: u32, start: u64, len: u64) -> BlobPart {
        BlobPart { file, within: Compression::None, start, len }
    }

    /// Opens the blob. `source` is file `self.file`; `points` are its checkpoints, if it is compressed as a
    /// whole.
    pub fn open(
        &self,
        source: Box<dyn ReadSeek>,
        points: &Checkpoints,
    ) -> io::Result<Section<Box<dyn ReadSeek>>> {
        let end = self.start.saturating_add(self.len);
        let whole: Box<dyn ReadSeek> = match self.within {
            Compression::None => source,
            within => Box::new(Seekable::new(source, within, points.clone(), end)),
        };
        Section::new(whole, self.start, self.len)
    }
}
