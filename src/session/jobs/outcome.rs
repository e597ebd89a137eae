//! The result of a job, and its way from the worker to the session: one buffer.

use super::search::ContentsFound;
use crate::codec::Checkpoints;
use crate::layer::{self, ArchivePass, BufferSource, LayerIndex, LayerScan, NameNote};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::protocol::{
    ContentComparison, ContentDigest, ContentInfo, FileOutline, MemberList, from_wire, to_wire,
};
use crate::vocabulary::RecordedDigest;
use serde::{Deserialize, Serialize};

/// The code of a problem with reading a file's bytes, whatever they mean.
pub const READ_FAILED: &str = "read-failed";

/// A stream in which reaching a byte costs decompressing more than this is worth keeping uncompressed.
pub const WIDE_SPAN: u64 = 32 << 20;

/// The result of a job.
pub struct JobResult(pub(in crate::session) Outcome);

/// Serialised without indexes and contents, which are bytes already.
#[derive(Serialize, Deserialize)]
pub(in crate::session) enum Outcome {
    Scan(Box<LayerScan>),
    Content {
        #[serde(skip)]
        bytes: Vec<u8>,
        info: ContentInfo,
    },
    Compared(ContentComparison),
    ContentDigest(ContentDigest),
    /// What a package manager recorded about a file.
    Recorded(Option<RecordedDigest>),
    Outline(FileOutline),
    Members(MemberList),
    /// What the analyses noted about a file.
    Looked(Option<String>),
    /// The same about further names, as far as files could be read, and why not the others.
    Named(Vec<NameNote>, Option<Problem>),
    /// A file that was looked at has more parts than are read by themselves.
    TooManyParts,
    /// The lines that a search found.
    Searched(ContentsFound),
    SourceDigest(Digest),
    /// What a file of advisories says, as JSON: records have optional fields, which only JSON can leave out.
    Advisories(String),
    /// What a document says, as JSON too.
    Attached(String),
    Passed(Box<ArchivePass>),
    /// The spill has all of it.
    Extracted,
}

/// What follows the head in a buffer.
enum BesideHead<'a> {
    Nothing,
    Bytes(&'a mut Vec<u8>),
    Indexes(Vec<&'a mut LayerIndex>),
}

impl Outcome {
    /// What is left out when it is serialised.
    fn beside(&mut self) -> BesideHead<'_> {
        match self {
            Outcome::Scan(scan) => BesideHead::Indexes(vec![&mut scan.index]),
            Outcome::Passed(passed) => {
                let layers = passed.layers.iter_mut();
                BesideHead::Indexes(layers.map(|(_, scan)| &mut scan.index).collect())
            }
            Outcome::Content { bytes, .. } => BesideHead::Bytes(bytes),
            Outcome::Compared(_)
            | Outcome::ContentDigest(_)
            | Outcome::Recorded(_)
            | Outcome::Outline(_)
            | Outcome::Members(_)
            | Outcome::Looked(_)
            | Outcome::Named(..)
            | Outcome::TooManyParts
            | Outcome::Searched(_)
            | Outcome::Advisories(_)
            | Outcome::Attached(_)
            | Outcome::Extracted
            | Outcome::SourceDigest(_) => BesideHead::Nothing,
        }
    }
}

impl JobResult {
    /// Whether what was spilled is worth keeping: the stream has too few checkpoints.
    pub fn spilled(&self) -> bool {
        let wide = |points: &Checkpoints, size| points.widest_span(size) > WIDE_SPAN;
        match &self.0 {
            Outcome::Scan(scan) => {
                scan.spilled && scan.tar_size.is_none_or(|size| wide(&scan.checkpoints, size))
            }
            Outcome::Passed(passed) => passed.spilled && wide(&passed.checkpoints, passed.size),
            Outcome::Extracted => true,
            _ => false,
        }
    }

    /// Whether the spill has what was taken out of an image.
    pub fn is_extraction(&self) -> bool {
        matches!(self.0, Outcome::Extracted)
    }

    /// Whether the pass could not read its file to the end.
    pub fn is_unread(&self) -> bool {
        let unread = |warning: &Problem| warning.code == READ_FAILED;
        matches!(&self.0, Outcome::Scan(scan) if scan.warnings.iter().any(unread))
    }

    /// The result as one buffer: a length, the head, and the bytes that the head leaves out.
    pub fn into_buffer(mut self) -> Vec<u8> {
        let mut buffer = self.head();
        match self.0.beside() {
            BesideHead::Nothing => {}
            BesideHead::Bytes(bytes) => buffer.extend_from_slice(bytes),
            BesideHead::Indexes(indexes) => {
                let length = indexes.iter().map(|index| 8 + index.encoded_length()).sum();
                buffer.reserve_exact(length);
                indexes.iter().for_each(|index| put_index(index, &mut buffer));
            }
        }
        buffer
    }

    /// What `into_buffer` gives for a scan whose index is elsewhere.
    pub(in crate::session) fn scan_buffer(scan: &LayerScan, index: &LayerIndex) -> Vec<u8> {
        let mut buffer = JobResult(Outcome::Scan(Box::new(scan.clone()))).head();
        put_index(index, &mut buffer);
        buffer
    }

    fn head(&self) -> Vec<u8> {
        let head = to_wire(&self.0);
        [&(head.len() as u64).to_le_bytes()[..], &head].concat()
    }

    /// Reads such a buffer.
    pub fn from_buffer(mut buffer: &[u8]) -> Result<JobResult, Problem> {
        JobResult::from_source(&mut buffer)
    }

    /// Reads such a buffer, wherever it is.
    pub fn from_source(buffer: &mut dyn BufferSource) -> Result<JobResult, Problem> {
        read_back(buffer)
            .map(JobResult)
            .ok_or_else(|| Problem::new("worker-answer", "A worker's answer cannot be read."))
    }

    /// How two contents differ.
    pub fn into_comparison(self) -> Option<ContentComparison> {
        match self.0 {
            Outcome::Compared(comparison) => Some(comparison),
            _ => None,
        }
    }

    /// What a search found; an error for a result of another kind.
    pub(in crate::session) fn into_searched(self) -> Result<ContentsFound, Problem> {
        match self.0 {
            Outcome::Searched(result) => Ok(result),
            _ => Err(Problem::new("worker-answer", "A worker's answer cannot be read.")),
        }
    }

    /// The bytes of a content, and what is known about the file.
    pub fn into_content(self) -> Option<(Vec<u8>, ContentInfo)> {
        match self.0 {
            Outcome::Content { bytes, info } => Some((bytes, info)),
            _ => None,
        }
    }
}

/// Appends an index with its length before it.
fn put_index(index: &LayerIndex, buffer: &mut Vec<u8>) {
    let length = index.encoded_length();
    buffer.reserve_exact(8 + length);
    buffer.extend_from_slice(&(length as u64).to_le_bytes());
    index.encode_into(buffer);
}

/// What `put_index` appended.
fn next_index(from: &mut dyn BufferSource) -> Option<LayerIndex> {
    let length = layer::number(from)?;
    let rest = from.left().checked_sub(length)?;
    let index = LayerIndex::decode_from(from).ok()?;
    (from.left() == rest).then_some(index)
}

fn read_back(from: &mut dyn BufferSource) -> Option<Outcome> {
    let length = layer::number(from)?;
    let mut outcome: Outcome = from_wire(&from.take(length)?)?;
    match outcome.beside() {
        BesideHead::Nothing => {}
        BesideHead::Bytes(bytes) => {
            let left = from.left();
            *bytes = from.take(left)?.into_owned();
        }
        BesideHead::Indexes(indexes) => {
            for index in indexes {
                *index = next_index(from)?;
            }
        }
    }
    Some(outcome)
}
