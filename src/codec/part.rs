//! Where a blob lies in its source, and how it is read there.

use super::checkpoints::Checkpoints;
use super::compression::Compression;
use super::section::{ReadSeek, Section};
use super::seekable::Seekable;
use serde::{Deserialize, Serialize};
use std::io;

/// A stretch of one file of a source, or of what one file decompresses to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BlobPart {
    /// Which of the source's files.
    pub file: u32,
    /// What the file as a whole is packed with; `start` and `len` count its uncompressed bytes.
    pub within: Compression,
    /// First byte, from the start.
    pub start: u64,
    /// The blob's bytes as it lies.
    pub len: u64,
}

impl BlobPart {
    /// A stretch of a file that is not compressed as a whole.
    pub fn plain(file: u32, start: u64, len: u64) -> BlobPart {
        BlobPart { file, within: Compression::None, start, len }
    }

    /// The blob's bytes; `source` is file `self.file`, `points` are where it can be entered if it is
    /// compressed as a whole.
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
