//! What a layer worker does: one pass over one layer, or one read of one file. Plain values both ways,
//! so that a job crosses threads as bytes and its result as one buffer.

use super::query::{from_wire, to_wire};
use crate::archive::{Kept, Listing};
use crate::codec::{BlobPart, Checkpoints, Compression, ReadSeek};
use crate::layer::{
    self, Entrance, FilePlace, LayerIndex, LayerScan, Limits, Passed, ScanOptions, Spill,
};
use crate::oci::{Digest, Hasher};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// A piece of work on a source's bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Bytes to read, for progress.
    pub blob_bytes: u64,
    /// The layer of the chosen image that it is for, from 1; 0: none.
    pub layer: u32,
    /// What is to be done.
    pub work: Work,
    /// Where the archive can be entered, if it is compressed as a whole.
    pub outer: Checkpoints,
}

/// Kinds of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Index a layer, with the digests that are asked for.
    Index { part: BlobPart, options: ScanOptions },
    /// Digests alone, of a layer that is indexed.
    Check { part: BlobPart, options: ScanOptions },
    /// Part of a file's content.
    Content {
        part: BlobPart,
        /// What the layer is packed with.
        compression: Compression,
        /// Where it can be entered for these bytes.
        points: Checkpoints,
        place: FilePlace,
        offset: u64,
        length: u64,
    },
    /// SHA-256 of the whole source.
    SourceDigest { size: u64 },
    /// One pass over an archive that is compressed as a whole.
    Unpack { size: u64, compression: Compression, limits: Limits },
}

/// A stream of which a byte costs more than this to reach is worth keeping uncompressed.
pub const WIDE_SPAN: u64 = 32 << 20;
/// A blob below this size is read again sooner than its uncompressed bytes are kept.
const SMALL_BLOB: u64 = 4 << 20;

impl Job {
    /// The bytes whose beginning tells whether `run` has a use for a spill; `None` if it has none.
    pub fn may_spill(&self) -> Option<BlobPart> {
        match &self.work {
            Work::Index { part, .. } if part.within == Compression::None => Some(*part),
            Work::Unpack { size, .. } => Some(BlobPart::plain(0, 0, *size)),
            _ => None,
        }
        .filter(|part| part.len >= SMALL_BLOB)
    }

    /// The file of the source that it reads.
    pub fn file(&self) -> u32 {
        match &self.work {
            Work::Index { part, .. } | Work::Check { part, .. } | Work::Content { part, .. } => {
                part.file
            }
            Work::SourceDigest { .. } | Work::Unpack { .. } => 0,
        }
    }
}

/// What came out of a job.
pub struct JobResult(pub(super) Outcome);

pub(super) enum Outcome {
    Scan(Box<LayerScan>),
    Content { bytes: Vec<u8>, size: u64 },
    SourceDigest(Digest),
    Passed(Box<Passed>),
}

/// A scan without its index, which goes behind.
#[derive(Serialize, Deserialize)]
struct ScanHead {
    compression: Compression,
    form: String,
    claimed: bool,
    tar_size: Option<u64>,
    blob_digests: Vec<Digest>,
    diff_ids: Vec<Digest>,
    checkpoints: Checkpoints,
    spilled: bool,
    limited: bool,
    warnings: Vec<Problem>,
}

impl ScanHead {
    fn of(scan: LayerScan, bytes: &mut Vec<u8>) -> ScanHead {
        let index = scan.index.encode();
        bytes.extend_from_slice(&(index.len() as u64).to_le_bytes());
        bytes.extend_from_slice(&index);
        ScanHead {
            compression: scan.compression,
            form: scan.form,
            claimed: scan.claimed,
            tar_size: scan.tar_size,
            blob_digests: scan.blob_digests,
            diff_ids: scan.diff_ids,
            checkpoints: scan.checkpoints,
            spilled: scan.spilled,
            limited: scan.limited,
            warnings: scan.warnings,
        }
    }

    /// Takes its index off the front of `bytes`.
    fn join(self, bytes: &mut &[u8]) -> Option<LayerScan> {
        let (index, rest) = split(bytes)?;
        *bytes = rest;
        Some(LayerScan {
            index: LayerIndex::decode(index).ok()?,
            compression: self.compression,
            form: self.form,
            claimed: self.claimed,
            tar_size: self.tar_size,
            blob_digests: self.blob_digests,
            diff_ids: self.diff_ids,
            checkpoints: self.checkpoints,
            spilled: self.spilled,
            limited: self.limited,
            warnings: self.warnings,
        })
    }
}

/// What goes before the bytes in a buffer.
#[derive(Serialize, Deserialize)]
enum Head {
    Scan(ScanHead),
    Content {
        size: u64,
    },
    SourceDigest(Digest),
    Passed {
        listing: Listing,
        kept: Kept,
        layers: Vec<(BlobPart, ScanHead)>,
        size: u64,
        checkpoints: Checkpoints,
        spilled: bool,
        limited: bool,
    },
}

/// Does a job. `progress` gets the bytes of the blob read so far, every megabyte or so; `spill` the
/// uncompressed bytes, if `JobResult::spilled` then says that they are worth keeping.
pub fn run(
    job: &Job,
    reader: Box<dyn ReadSeek>,
    spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<JobResult, Problem> {
    let outcome = match &job.work {
        Work::Index { part, options } => Outcome::Scan(Box::new(layer::scan(
            reader, *part, &job.outer, options, spill, progress,
        )?)),
        Work::Check { part, options } => {
            Outcome::Scan(Box::new(layer::checksum(reader, *part, &job.outer, options, progress)?))
        }
        Work::Content { part, compression, points, place, offset, length } => {
            let entrance = Entrance { outer: &job.outer, compression: *compression, points };
            let bytes =
                layer::read_file(reader, *part, entrance, place, *offset, *length, progress)?;
            Outcome::Content { bytes, size: place.size }
        }
        Work::SourceDigest { size } => Outcome::SourceDigest(digest(reader, *size, progress)?),
        Work::Unpack { size, compression, limits } => {
            let passed = layer::unpack(reader, *size, *compression, *limits, spill, progress);
            Outcome::Passed(Box::new(passed))
        }
    };
    Ok(JobResult(outcome))
}

fn digest(
    mut reader: Box<dyn ReadSeek>,
    size: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Digest, Problem> {
    let mut hasher = Hasher::sha256();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => {
                hasher.update(&buffer[..count]);
                done += count as u64;
                progress(done);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Problem::new("read-failed", "The file cannot be read.")
                    .found(error.to_string())
                    .at(done));
            }
        }
    }
    if done == size {
        return Ok(hasher.finish());
    }
    Err(Problem::new("source-changed", "The file changed while it was read.")
        .expected(format!("{size} bytes"))
        .found(format!("{done} bytes")))
}

impl JobResult {
    /// Whether what went to the spill is worth keeping: the stream can be entered too seldom.
    pub fn spilled(&self) -> bool {
        let wide = |points: &Checkpoints, size| points.widest_span(size) > WIDE_SPAN;
        match &self.0 {
            Outcome::Scan(scan) => {
                scan.spilled && scan.tar_size.is_none_or(|size| wide(&scan.checkpoints, size))
            }
            Outcome::Passed(passed) => passed.spilled && wide(&passed.checkpoints, passed.size),
            Outcome::Content { .. } | Outcome::SourceDigest(_) => false,
        }
    }

    /// The result as one buffer: a length, the head, bytes.
    pub fn into_buffer(self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let head = match self.0 {
            Outcome::Scan(scan) => Head::Scan(ScanHead::of(*scan, &mut bytes)),
            Outcome::Content { bytes: content, size } => {
                bytes = content;
                Head::Content { size }
            }
            Outcome::SourceDigest(digest) => Head::SourceDigest(digest),
            Outcome::Passed(passed) => {
                let mut head = |(part, scan)| (part, ScanHead::of(scan, &mut bytes));
                let layers = passed.layers.into_iter().map(&mut head).collect();
                let Passed { listing, kept, size, checkpoints, spilled, limited, .. } = *passed;
                Head::Passed { listing, kept, layers, size, checkpoints, spilled, limited }
            }
        };
        let head = to_wire(&head);
        let mut buffer = Vec::with_capacity(8 + head.len() + bytes.len());
        buffer.extend_from_slice(&(head.len() as u64).to_le_bytes());
        buffer.extend_from_slice(&head);
        buffer.extend_from_slice(&bytes);
        buffer
    }

    /// Reads a buffer back.
    pub fn from_buffer(buffer: &[u8]) -> Result<JobResult, Problem> {
        read_back(buffer)
            .map(JobResult)
            .ok_or_else(|| Problem::new("worker-answer", "A worker's answer cannot be read."))
    }

    /// The bytes of a content job, and the whole file's size.
    pub fn into_content(self) -> Option<(Vec<u8>, u64)> {
        match self.0 {
            Outcome::Content { bytes, size } => Some((bytes, size)),
            _ => None,
        }
    }
}

/// A length and what has it, then the rest.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

fn read_back(buffer: &[u8]) -> Option<Outcome> {
    let (head, mut bytes) = split(buffer)?;
    Some(match from_wire(head)? {
        Head::Scan(head) => Outcome::Scan(Box::new(head.join(&mut bytes)?)),
        Head::Content { size } => Outcome::Content { bytes: bytes.to_vec(), size },
        Head::SourceDigest(digest) => Outcome::SourceDigest(digest),
        Head::Passed { listing, kept, layers, size, checkpoints, spilled, limited } => {
            let mut scans = Vec::with_capacity(layers.len());
            for (part, head) in layers {
                scans.push((part, head.join(&mut bytes)?));
            }
            let layers = scans;
            let held = 0;
            let passed =
                Passed { listing, kept, held, layers, size, checkpoints, spilled, limited };
            Outcome::Passed(Box::new(passed))
        }
    })
}
