//! Part of a file's content: where a layer has it, and how it is read.

use crate::codec::{BlobPart, Checkpoints, Compression, ReadSeek};
use crate::layer::{self, Entrance, FilePlace, PieceSink};
use crate::oci::Hasher;
use crate::outline;
use crate::problem::Problem;
use crate::protocol::{ComparedDigest, ContentDigest, ContentInfo, FileOutline};
use crate::vocabulary::{DigestAlgorithm, RecordedDigest};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};

/// Part of a file's content, and how it is reached.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileRange {
    pub part: BlobPart,
    /// How the layer is compressed.
    pub compression: Compression,
    /// Checkpoints to enter it at for these bytes.
    pub points: Checkpoints,
    pub place: FilePlace,
    /// First byte wanted, and how many of them.
    pub offset: u64,
    pub length: u64,
}

impl FileRange {
    /// The bytes.
    pub(super) fn read(
        &self,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Vec<u8>, Problem> {
        let FileRange { compression, points, place, offset, length, .. } = self;
        let entrance = Entrance { outer, compression: *compression, points };
        layer::read_file(reader, self.part, entrance, place, *offset, *length, progress)
    }

    /// What is said beside these bytes of it.
    pub(super) fn info(&self, bytes: &[u8]) -> ContentInfo {
        let has_head = self.offset == 0 && self.place.spans.is_none();
        let has_outline = has_head && outline::is_known(bytes);
        ContentInfo { size: self.place.size, has_outline }
    }

    /// The file in outline. Its first bytes decide whether the rest is read; a sparse file has none.
    pub(super) fn outline(
        &self,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
    ) -> Result<FileOutline, Problem> {
        if self.place.spans.is_some() {
            return Ok(FileOutline::default());
        }
        let entrance = Entrance { outer, compression: self.compression, points: &self.points };
        let mut read = OutlinedBytes::default();
        let places = std::slice::from_ref(&self.place);
        layer::read_pieces(reader, self.part, entrance, places, &mut read)?;
        Ok(match read.is_known {
            Some(false) => FileOutline::default(),
            _ => outline::outline(&read.bytes, self.place.size),
        })
    }

    /// SHA-256 of the whole file, whatever range is wanted, and its digest by the algorithm of the recorded one.
    pub(super) fn digest(
        &self,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
        recorded: Option<RecordedDigest>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ContentDigest, Problem> {
        let entrance = Entrance { outer, compression: self.compression, points: &self.points };
        let mut hasher = Hasher::sha256();
        let is_md5 = |one: &RecordedDigest| one.algorithm == DigestAlgorithm::Md5;
        let mut md5 = recorded.as_ref().filter(|one| is_md5(one)).map(|_| Md5::new());
        let mut each = |piece: &[u8]| {
            hasher.update(piece);
            md5.iter_mut().for_each(|md5| md5.update(piece));
        };
        layer::stream_file(reader, self.part, entrance, &self.place, progress, &mut each)?;
        let sha256 = hasher.finish().encoded().to_owned();
        let compared = |recorded| {
            let found = md5.map_or(sha256.clone(), |md5| crate::text::hex(md5.finalize()));
            ComparedDigest { recorded, found }
        };
        Ok(ContentDigest { recorded: recorded.map(compared), sha256 })
    }
}

/// The beginning of a file, as long as it may be of a known format.
#[derive(Default)]
struct OutlinedBytes {
    bytes: Vec<u8>,
    /// `None`: too little is here to tell.
    is_known: Option<bool>,
}

impl PieceSink for OutlinedBytes {
    fn piece(&mut self, _: usize, bytes: &[u8]) -> bool {
        let room = (outline::MOST as usize).saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if self.is_known.is_none() && self.bytes.len() as u64 >= outline::HEAD {
            self.is_known = Some(outline::is_known(&self.bytes));
        }
        self.is_known != Some(false) && bytes.len() < room
    }

    fn end(&mut self, _: usize) {}
}
