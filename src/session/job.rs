//! What a layer worker does: one pass over one layer, or one read of one file. Plain values both ways,
//! so that a job crosses threads as JSON and its result as one buffer.

use crate::codec::{Compression, ReadSeek};
use crate::entry::BlobPart;
use crate::layer::{self, FilePlace, LayerIndex, LayerScan, ScanOptions};
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
}

/// Kinds of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Index a layer, with the digests that are asked for.
    Index { part: BlobPart, options: ScanOptions },
    /// Digests alone, of a layer that is indexed.
    Check { part: BlobPart, options: ScanOptions },
    /// Part of a file's content.
    Content { part: BlobPart, place: FilePlace, offset: u64, length: u64 },
    /// SHA-256 of the whole source.
    SourceDigest { size: u64 },
}

/// What came out of a job.
pub struct JobResult(pub(super) Outcome);

pub(super) enum Outcome {
    Scan(Box<LayerScan>),
    Content { bytes: Vec<u8>, size: u64 },
    SourceDigest(Digest),
}

/// What goes before the bytes in a buffer.
#[derive(Serialize, Deserialize)]
enum Head {
    Scan {
        compression: Compression,
        tar_size: Option<u64>,
        blob_digests: Vec<Digest>,
        diff_ids: Vec<Digest>,
        warnings: Vec<Problem>,
    },
    Content {
        size: u64,
    },
    SourceDigest(Digest),
}

/// Does a job. `progress` gets the bytes of the blob read so far, every megabyte or so.
pub fn run(
    job: &Job,
    reader: Box<dyn ReadSeek>,
    progress: &mut dyn FnMut(u64),
) -> Result<JobResult, Problem> {
    let outcome = match &job.work {
        Work::Index { part, options } => {
            Outcome::Scan(Box::new(layer::scan(reader, *part, options, progress)?))
        }
        Work::Check { part, options } => {
            Outcome::Scan(Box::new(layer::checksum(reader, *part, options, progress)?))
        }
        Work::Content { part, place, offset, length } => Outcome::Content {
            bytes: layer::read_file(reader, *part, place, *offset, *length, progress)?,
            size: place.size,
        },
        Work::SourceDigest { size } => Outcome::SourceDigest(digest(reader, *size, progress)?),
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
    /// The result as one buffer: a length, JSON, bytes.
    pub fn into_buffer(self) -> Vec<u8> {
        let (head, bytes) = match self.0 {
            Outcome::Scan(scan) => {
                let bytes = scan.index.encode();
                let head = Head::Scan {
                    compression: scan.compression,
                    tar_size: scan.tar_size,
                    blob_digests: scan.blob_digests,
                    diff_ids: scan.diff_ids,
                    warnings: scan.warnings,
                };
                (head, bytes)
            }
            Outcome::Content { bytes, size } => (Head::Content { size }, bytes),
            Outcome::SourceDigest(digest) => (Head::SourceDigest(digest), Vec::new()),
        };
        // Plain values always serialise; an empty head is refused by `from_buffer`.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let mut buffer = Vec::with_capacity(8 + head.len() + bytes.len());
        buffer.extend_from_slice(&(head.len() as u64).to_le_bytes());
        buffer.extend_from_slice(&head);
        buffer.extend_from_slice(&bytes);
        buffer
    }

    /// Reads a buffer back.
    pub fn from_buffer(buffer: &[u8]) -> Result<JobResult, Problem> {
        let broken = || Problem::new("worker-answer", "A worker's answer cannot be read.");
        let (length, rest) = buffer.split_first_chunk::<8>().ok_or_else(broken)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| broken())?;
        let (head, bytes) = rest.split_at_checked(length).ok_or_else(broken)?;
        let outcome = match serde_json::from_slice(head).map_err(|_| broken())? {
            Head::Scan { compression, tar_size, blob_digests, diff_ids, warnings } => {
                let index = LayerIndex::decode(bytes).map_err(|_| broken())?;
                let scan =
                    LayerScan { index, compression, tar_size, blob_digests, diff_ids, warnings };
                Outcome::Scan(Box::new(scan))
            }
            Head::Content { size } => Outcome::Content { bytes: bytes.to_vec(), size },
            Head::SourceDigest(digest) => Outcome::SourceDigest(digest),
        };
        Ok(JobResult(outcome))
    }

    /// The bytes of a content job, and the whole file's size.
    pub fn into_content(self) -> Option<(Vec<u8>, u64)> {
        match self.0 {
            Outcome::Content { bytes, size } => Some((bytes, size)),
            _ => None,
        }
    }
}
