//! One pass over one layer: its index, and the digests that are asked for on the way.
//!
//! - A compressed layer is decompressed anyway, so its contents are hashed in the same pass (measured
//!   free); an uncompressed one is skipped through by seeking, and hashed in the background later.
//! - What can be read is given with the reason why it ended; digests are given only if every byte that
//!   they speak of was read.

use super::index::ContentHash;
use super::looks::{self, Looks};
use super::pass::{LayerScan, Limits, ScanOptions};
use super::stream::{Limited, Outflow, STEP, Spill, Watch, Watched};
use super::tally::Tally;
use super::toc;
use crate::codec::{
    BlobPart, Checkpoints, Compression, HEAD, Input, ReadSeek, Section, SeekInput, StreamInput,
};
use crate::entry::Members;
use crate::oci::{DiffId, Hasher};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::NodeKind;
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom};

/// What of the uncompressed bytes is wanted.
pub(super) enum Reading<'a> {
    /// Their digest alone.
    Nothing,
    /// The members, hashed, and looked at.
    Members(Looks<'a>),
    /// The same, if there is a tar: for blobs that nobody has named a layer.
    MembersOfATar(Looks<'a>),
}

/// Reads the layer at `part` of `source`, which can be entered at `outer` if it is compressed as a whole.
/// `progress` gets the bytes of the blob read so far.
pub fn scan(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
    options: &ScanOptions,
    looks: Looks<'_>,
    spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (mut section, compression) = open(source, part, outer)?;
    let mut scan = LayerScan { compression, ..LayerScan::default() };
    if part.len == 0 {
        scan.warnings.push(
            Problem::new(
                "layer-empty-file",
                "The layer's file has no bytes: it is taken as empty.",
            )
            .expected("a tar"),
        );
    }
    let quick = compression == Compression::None
        && !options.hash_contents
        && options.blob_digests.is_empty()
        && options.diff_ids.is_empty();
    if quick {
        skim(section, options.limits, progress, &mut scan);
        scan.tar_size = Some(part.len);
        return Ok(scan);
    }
    // In a compressed archive the end of a blob costs all of it: there tables are not looked for.
    let toc = match part.within {
        Compression::None => toc::find(&mut section, compression),
        _ => None,
    };
    if let (Some(Ok(toc)), true) = (&toc, options.table)
        && let Some(index) = toc.index(options.limits)
    {
        scan.index = index;
        scan.form = toc.form.to_owned();
        scan.claimed = true;
        return Ok(scan);
    }
    section.seek(SeekFrom::Start(0)).map_err(|error| unread(error, part.start))?;
    let reading = Reading::Members(looks);
    read_stream(section, part.len, options, spill, progress, &mut scan, reading);
    match toc {
        Some(Ok(toc)) => {
            scan.form = toc.form.to_owned();
            // What ended early is not what the table speaks of.
            if scan.tar_size.is_some() {
                scan.warnings.extend(toc.check(&scan.index));
            }
        }
        Some(Err(problem)) => scan.warnings.push(problem),
        None => {}
    }
    Ok(scan)
}

/// Reads the headers of an uncompressed layer, payloads passed over.
fn skim(
    section: Section<Box<dyn ReadSeek>>,
    limits: Limits,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
) {
    let mut told = 0;
    let mut tell = |position: u64| {
        if position - told >= STEP {
            told = position;
            progress(position);
        }
    };
    read_members(Members::new(SeekInput::new(section)), scan, None, limits, &mut tell);
}

/// The digests of a layer alone, its members left unread: for layers that are indexed already.
pub fn checksum(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
    options: &ScanOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (section, compression) = open(source, part, outer)?;
    let mut scan = LayerScan { compression, ..LayerScan::default() };
    if options.diff_ids.is_empty() {
        let mut watch = Watch::new(hashers(&options.blob_digests), progress);
        let mut section = section;
        let drained = drain(&mut Watched { source: &mut section, watch: &mut watch });
        finish_blob(&mut scan, watch, drained, part.len);
    } else {
        let reading = Reading::Nothing;
        read_stream(section, part.len, options, None, progress, &mut scan, reading);
    }
    Ok(scan)
}

fn open(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
) -> Result<(Section<Box<dyn ReadSeek>>, Compression), Problem> {
    let failed = |error: io::Error| unread(error, part.start);
    let mut section = part.open(source, outer).map_err(failed)?;
    let mut head = Vec::with_capacity(HEAD);
    (&mut section).take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    section.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok((section, Compression::detect(&head)))
}

fn unread(error: io::Error, at: u64) -> Problem {
    Problem::new("read-failed", "The layer's bytes cannot be read.")
        .found(text::show(error.to_string().as_bytes()))
        .at(at)
}

fn hashers(algorithms: &[String]) -> Vec<Hasher> {
    algorithms.iter().filter_map(|name| Hasher::of_algorithm(name)).collect()
}

/// Decompresses a whole blob of `blob_size` bytes, and reads of it what is wanted. Gives how many bytes
/// were decompressed.
pub(super) fn read_stream(
    mut blob: impl Read,
    blob_size: u64,
    options: &ScanOptions,
    spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
    reading: Reading<'_>,
) -> u64 {
    // The uncompressed bytes of an uncompressed layer are its blob's: digested once.
    let same = scan.compression == Compression::None && options.blob_digests == options.diff_ids;
    let mut watch = Watch::new(hashers(&options.blob_digests), progress);
    let diff = if same { Vec::new() } else { hashers(&options.diff_ids) };
    let mut out = Outflow::new(diff, spill);
    let reached = Cell::new(false);
    let checkpoints = RefCell::default();
    let left = match scan.compression {
        Compression::None => u64::MAX,
        _ => options.limits.bytes_for(blob_size),
    };
    let ended = {
        let source = Watched { source: &mut blob, watch: &mut watch };
        let source = scan.compression.decode_recording(source, &checkpoints);
        let source = Limited::new(source, left, &reached);
        let mut input = StreamInput::new(Box::new(source), Box::new(|bytes| out.see(bytes)));
        read_through(&mut input, scan, options.limits, reading)
    };
    let Some(mut whole) = ended else { return out.bytes };
    scan.checkpoints = checkpoints.into_inner();
    scan.spilled = out.spill.is_some();
    scan.warnings.extend(trailing(scan, blob_size));
    if reached.get() {
        stopped_at_bytes(scan, out.bytes);
    }
    whole &= !scan.limited;
    if whole {
        scan.tar_size = Some(out.bytes);
        scan.diff_ids = out.hashers.into_iter().map(Hasher::finish).map(DiffId).collect();
    }
    let drained = drain(&mut Watched { source: &mut blob, watch: &mut watch });
    finish_blob(scan, watch, drained, blob_size);
    if same && whole {
        scan.diff_ids = scan.blob_digests.iter().cloned().map(DiffId).collect();
    }
    out.bytes
}

/// Reads the members that are wanted and passes over the rest, which belongs to the digest, too; after
/// a limit it is read no further. False if the stream broke, `None` if there is no tar where only one
/// was of interest.
fn read_through(
    input: &mut StreamInput<'_>,
    scan: &mut LayerScan,
    limits: Limits,
    reading: Reading<'_>,
) -> Option<bool> {
    let tar_only = matches!(reading, Reading::MembersOfATar(_));
    let mut whole = true;
    if let Reading::Members(looks) | Reading::MembersOfATar(looks) = reading {
        scan.notes.looked = looks.is_some();
        whole = read_members(Members::new(&mut *input), scan, Some(looks), limits, &mut |_| {});
    }
    let is_none = |warning: &Problem| warning.code == "not-a-tar";
    if tar_only && scan.warnings.iter().any(is_none) {
        return None;
    }
    if scan.limited {
        return Some(whole);
    }
    if let Err(error) = input.skip(u64::MAX) {
        if whole {
            let message = "The layer cannot be decompressed to its end.";
            let problem = Problem::new("layer-damaged", message);
            scan.warnings.push(problem.found(text::show(error.to_string().as_bytes())));
        }
        whole = false;
    }
    Some(whole)
}

/// What stands behind the compressed stream, if anything does.
fn trailing(scan: &LayerScan, blob_size: u64) -> Option<Problem> {
    let at = scan.checkpoints.ignored()?;
    Some(
        Problem::new("trailing-bytes", "Bytes behind the compressed stream are no part of it.")
            .expected(format!("the end of the {} stream", scan.compression.name()))
            .found(format!("{} more bytes", blob_size.saturating_sub(at)))
            .at(at),
    )
}

/// The tar seemed to be cut short where the limit was.
fn stopped_at_bytes(scan: &mut LayerScan, bytes: u64) {
    scan.limited = true;
    scan.warnings.retain(|warning| warning.code != "tar-truncated");
    scan.warnings.push(
        Problem::new("layer-limit", "The layer decompresses to more than is read unasked.")
            .expected(format!("at most {bytes} bytes"))
            .found("more")
            .at(bytes)
            .advice("Read it all if you trust where it came from."),
    );
}

/// Takes the blob's digests if all its bytes were seen.
fn finish_blob(scan: &mut LayerScan, watch: Watch<'_>, drained: io::Result<()>, size: u64) {
    match drained {
        Ok(()) if watch.bytes == size => {
            scan.blob_digests = watch.hashers.into_iter().map(Hasher::finish).collect();
        }
        Ok(()) => scan.warnings.push(
            Problem::new("blob-truncated", "The blob is cut short.")
                .expected(format!("{size} bytes"))
                .found(format!("{} bytes", watch.bytes)),
        ),
        Err(error) => scan.warnings.push(
            Problem::new("read-failed", "The blob cannot be read to its end.")
                .found(text::show(error.to_string().as_bytes()))
                .at(watch.bytes),
        ),
    }
}

fn drain(source: &mut impl Read) -> io::Result<()> {
    io::copy(&mut io::BufReader::with_capacity(1 << 16, source), &mut io::sink()).map(|_| ())
}

/// Reads all members into the index, and their contents if they are to be hashed and looked at; false if
/// the stream broke (a damaged tar alone leaves it whole).
fn read_members<I: Input>(
    mut members: Members<I>,
    scan: &mut LayerScan,
    mut contents: Option<Looks<'_>>,
    limits: Limits,
    progress: &mut dyn FnMut(u64),
) -> bool {
    let mut tally = Tally::default();
    while let Some(member) = members.next() {
        tally.add(&member);
        let too_many = scan.index.len() >= limits.entries as usize || tally.beyond(limits);
        if too_many || !scan.index.push(&member) {
            scan.limited = true;
            scan.warnings.push(
                Problem::new("layer-limit", "The layer has more entries than are read unasked.")
                    .expected(format!("at most {} entries", limits.entries))
                    .found(format!("more, from byte {} on", member.data_offset))
                    .advice("Read it all if you trust where it came from."),
            );
            return true;
        }
        progress(member.data_offset);
        if let Some(looks) = &mut contents {
            let hash = if member.kind == NodeKind::File {
                let entry = scan.index.len() as u32 - 1;
                looks::read(&mut members, &member, entry, looks, &mut scan.notes)
            } else {
                ContentHash::default()
            };
            scan.index.push_hash(hash);
        }
    }
    scan.index.cut_last(members.data_left());
    scan.warnings.extend(members.take_warnings());
    match members.problem() {
        Some(problem) => {
            scan.warnings.push(problem.clone());
            problem.code != "read-failed"
        }
        None => true,
    }
}
