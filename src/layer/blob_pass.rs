//! One pass over the stream of a blob: it is decompressed, digested and stored, and its members are read.
//!
//! - Digests are given only if all bytes that they cover were read.

use super::hook::Hook;
use super::layer_scan::{FilesRead, LayerScan, ScanOptions};
use super::limits::Limits;
use super::members::{ContentPass, LIFT_ADVICE, read_members};
use super::stream::{BetweenHashers, BlobWatch, SpillTarget, TarWatch, WatchedBlob, hashers};
use crate::codec::{ByteLimit, Checkpoints, Compression, Input, Limited, StreamInput};
use crate::entry::Members;
use crate::oci::{DiffId, Hasher};
use crate::problem::Problem;
use crate::text::{byte_count, grouped};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// What is wanted of the uncompressed bytes.
pub enum ReadMode<'a> {
    /// Only their digests.
    Digests,
    /// The members without their contents.
    Headers,
    /// The members with the hashes of their contents, which the hook sees.
    Members(Hook<'a>),
    /// The same, if the blob is a tar: for blobs that no manifest has named as a layer yet.
    MembersOfTar(Hook<'a>),
}

/// Decompresses a whole blob of `blob_size` bytes and reads what is wanted. Returns how many bytes were
/// decompressed.
pub fn read_blob(
    mut blob: impl Read,
    blob_size: u64,
    options: &ScanOptions,
    spill: SpillTarget<'_>,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
    mode: ReadMode<'_>,
) -> u64 {
    // An uncompressed layer's blob and its tar are the same bytes: they are digested once.
    let same = scan.compression == Compression::None && options.blob_digests == options.diff_ids;
    let mut watch = BlobWatch::new(hashers(&options.blob_digests), progress);
    let diff_ids = if same { Vec::new() } else { hashers(&options.diff_ids) };
    let mut out = TarWatch::new(diff_ids, spill);
    let reached = Cell::new(false);
    let checkpoints = RefCell::default();
    let between = BetweenHashers::new(&options.diff_ids);
    let add_between = |stream, bytes: &[u8]| between.add(stream, bytes);
    let files = options.files();
    let left = match scan.compression {
        Compression::None => u64::MAX,
        _ => options.limits.bytes_for(blob_size),
    };
    let ended = {
        let source = WatchedBlob { source: &mut blob, watch: &mut watch };
        let limit = ByteLimit { bytes: left, reached: &reached };
        let source = scan.compression.decode_to_the_end(source, &checkpoints, limit, &add_between);
        let source = Limited::new(source, limit);
        let mut input = StreamInput::new(Box::new(source), Box::new(|bytes| out.add(bytes)));
        read_stream(&mut input, scan, options.limits, files, mode)
    };
    let Some(mut complete) = ended else { return out.bytes };
    scan.checkpoints = checkpoints.into_inner();
    scan.spilled = out.spill.is_some();
    scan.warnings.extend(trailing_bytes(&scan.checkpoints, scan.compression, blob_size));
    scan.warnings.extend(compressed_again(&scan.checkpoints, scan.compression, "The layer"));
    if reached.get() {
        end_at_limit(scan, out.bytes);
    }
    complete &= !scan.limited;
    if complete {
        scan.tar_size = Some(out.bytes);
        // Tools that compress what is compressed already take it for the layer's tar: either is a diff ID.
        let digests = out.hashers.into_iter().map(Hasher::finish).chain(between.finish());
        scan.diff_ids = digests.map(DiffId).collect();
    }
    let drained = drain(&mut WatchedBlob { source: &mut blob, watch: &mut watch });
    finish_blob(scan, watch, drained, blob_size);
    if same && complete {
        scan.diff_ids = scan.blob_digests.iter().cloned().map(DiffId).collect();
    }
    out.bytes
}

/// Digests a blob without decompressing it.
pub fn digest_blob(
    mut blob: impl Read,
    blob_size: u64,
    options: &ScanOptions,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
) {
    let mut watch = BlobWatch::new(hashers(&options.blob_digests), progress);
    let drained = drain(&mut WatchedBlob { source: &mut blob, watch: &mut watch });
    finish_blob(scan, watch, drained, blob_size);
}

/// Reads the wanted members, and then the rest of the stream, which belongs to the digests too; but nothing
/// beyond a limit. Returns false if the stream failed, `None` if a tar was wanted and this is not one.
fn read_stream(
    input: &mut StreamInput<'_>,
    scan: &mut LayerScan,
    limits: Limits,
    files: FilesRead<'_>,
    mode: ReadMode<'_>,
) -> Option<bool> {
    let tar_only = matches!(mode, ReadMode::MembersOfTar(_));
    let mut complete = true;
    let mut members =
        |contents| read_members(Members::new(&mut *input), scan, contents, limits, &mut |_| {});
    match mode {
        ReadMode::Digests => {}
        ReadMode::Headers => complete = members(None),
        ReadMode::Members(hook) | ReadMode::MembersOfTar(hook) => {
            let looked = hook.is_some();
            complete = members(Some(ContentPass { files, range: None, hook }));
            scan.notes.looked = looked;
            scan.notes.searched = looked;
        }
    }
    if tar_only && scan.warnings.iter().any(|warning| warning.code == "not-a-tar") {
        return None;
    }
    if scan.limited {
        return Some(complete);
    }
    if let Err(error) = input.skip(u64::MAX) {
        // The tar's own warning says the same, and less.
        let mut at = None;
        scan.warnings.retain(|warning| {
            let same = warning.code == "read-failed";
            at = at.or(warning.offset.filter(|_| same));
            !same
        });
        scan.warnings.push(Problem { offset: at, ..unread(&error) });
        complete = false;
    }
    Some(complete)
}

/// The problem of a layer whose stream fails: by its decoder, or by the source.
fn unread(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::InvalidData => {
            Problem::new("layer-damaged", "The layer cannot be decompressed to its end.")
                .advice("What precedes the damage is shown. Save or pull the image again.")
        }
        _ => Problem::new("read-failed", "The layer cannot be read to its end."),
    }
    .found(error.to_string())
}

/// A warning if something follows the compressed stream of a blob of `size` bytes.
pub fn trailing_bytes(
    checkpoints: &Checkpoints,
    compression: Compression,
    size: u64,
) -> Option<Problem> {
    let trailing = checkpoints.trailing()?;
    let kind = if trailing.zeros { "zeros" } else { "more bytes" };
    let expected = format!("the end of the {} stream", compression.name());
    let problem = match trailing.at {
        Some(at) => {
            let message = "Bytes that follow the compressed stream are ignored.";
            let found = format!("{} {kind}", grouped(size.saturating_sub(at)));
            Problem::new("trailing-bytes", message).expected(expected).found(found).at(at)
        }
        None => {
            let message = "Bytes that follow the compressed stream within another one are ignored.";
            Problem::new("trailing-bytes", message)
                .expected("the end of the inner stream")
                .found(kind)
        }
    };
    Some(problem)
}

/// A warning if something (“The layer”) was compressed more than once.
pub fn compressed_again(
    checkpoints: &Checkpoints,
    compression: Compression,
    what: &str,
) -> Option<Problem> {
    let times = 1 + checkpoints.again();
    (times > 1).then(|| {
        Problem::new("compressed-again", format!("{what} is compressed more than once."))
            .expected("one compression, which is all that Docker and containerd undo")
            .found(format!("{times} compressions, the outer one {}", compression.name()))
    })
}

/// Replaces the warning that the tar or a stream in it is truncated, which it seems to be at the limit.
fn end_at_limit(scan: &mut LayerScan, bytes: u64) {
    scan.limited = true;
    scan.warnings.retain(|warning| !matches!(&*warning.code, "tar-truncated" | "layer-damaged"));
    scan.warnings.push(
        Problem::new("layer-limit", "The layer decompresses to more bytes than the limit.")
            .expected(format!("at most {}", byte_count(bytes)))
            .found("more")
            .at(bytes)
            .advice(LIFT_ADVICE),
    );
}

/// Takes the blob's digests if all its bytes were read.
fn finish_blob(scan: &mut LayerScan, watch: BlobWatch<'_>, drained: io::Result<()>, size: u64) {
    match drained {
        Ok(()) if watch.bytes == size => {
            scan.blob_digests = watch.hashers.into_iter().map(Hasher::finish).collect();
        }
        Ok(()) => scan.warnings.push(
            Problem::new("blob-truncated", "The blob ends early.")
                .expected(byte_count(size))
                .found(byte_count(watch.bytes)),
        ),
        Err(error) => scan.warnings.push(
            Problem::new("read-failed", "The blob cannot be read to its end.")
                .found(error.to_string())
                .at(watch.bytes),
        ),
    }
}

fn drain(source: &mut impl Read) -> io::Result<()> {
    io::copy(&mut io::BufReader::with_capacity(1 << 16, source), &mut io::sink()).map(|_| ())
}
