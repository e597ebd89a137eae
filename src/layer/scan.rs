//! One pass over one layer: its index, and the digests that are asked for on the way.
//!
//! - A compressed layer is decompressed anyway, so its contents are hashed in the same pass (measured
//!   free); an uncompressed one is skipped through by seeking, and hashed in the background later.
//! - What can be read is given with the reason why it ended; digests are given only if every byte that
//!   they speak of was read.

use super::index::{ContentHash, LayerIndex};
use super::tally::Tally;
use super::whiteout::{Marker, classify};
use crate::codec::{
    BlobPart, Checkpoints, Compression, HEAD, Input, ReadSeek, Section, SeekInput, StreamInput,
};
use crate::entry::{Kind, Member, Members};
use crate::oci::{Digest, Hasher};
use crate::problem::Problem;
use crate::text;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Seek, SeekFrom, Write};

/// Progress is told after so many bytes of the blob.
const STEP: u64 = 1 << 20;

/// Where a pass over a layer ends though the layer goes on. Compression can make little into anything;
/// what is beyond a limit is read when the user says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// A layer may decompress to this many bytes, whatever it is…
    pub bytes: u64,
    /// … or to this many times its blob, if that is more. Real layers stay below 20.
    pub ratio: u64,
    /// Entries: those of a million take some 100 MB. Names may imply three directories for each, and
    /// together be as long as that many paths of a kilobyte.
    pub entries: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 2 << 30, ratio: 100, entries: 3_000_000 }
    }
}

impl Limits {
    /// As far as memory goes: the columns of thirty million entries take most of a worker's.
    pub const LIFTED: Limits = Limits { bytes: u64::MAX, ratio: u64::MAX, entries: 30_000_000 };

    /// Bytes to which a blob of `size` bytes may decompress.
    pub fn bytes_for(&self, size: u64) -> u64 {
        self.bytes.max(size.saturating_mul(self.ratio))
    }
}

/// What a pass is to find beside the index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanOptions {
    /// Where it ends.
    pub limits: Limits,
    /// Hash the contents of an uncompressed layer, too.
    pub hash_contents: bool,
    /// Digest of the blob by these algorithms; none: not asked for.
    pub blob_digests: Vec<String>,
    /// Digest of the uncompressed bytes by these algorithms; none: not asked for.
    pub diff_ids: Vec<String>,
}

/// What a pass found.
#[derive(Clone, Debug, Default)]
pub struct LayerScan {
    /// The members.
    pub index: LayerIndex,
    /// How the blob is compressed.
    pub compression: Compression,
    /// Bytes of the uncompressed tar; `None` if it could not be read to its end.
    pub tar_size: Option<u64>,
    /// Digests of the blob, as asked for.
    pub blob_digests: Vec<Digest>,
    /// Digests of the uncompressed bytes, as asked for.
    pub diff_ids: Vec<Digest>,
    /// Where the compressed stream can be entered again.
    pub checkpoints: Checkpoints,
    /// All uncompressed bytes that there were have gone to the spill.
    pub spilled: bool,
    /// The pass ended at one of its limits.
    pub limited: bool,
    /// What was passed over, and why the pass ended early if it did.
    pub warnings: Vec<Problem>,
}

/// What is counted of a layer. Source: CONTRACTS.md, "Layers".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Members but extension records.
    pub entries: u32,
    /// Regular files, whiteout markers and members of unknown types among them.
    pub files: u32,
    pub directories: u32,
    pub symlinks: u32,
    pub hard_links: u32,
    /// Whiteout markers.
    pub whiteouts: u32,
    /// Opaque markers.
    pub opaque_directories: u32,
    /// Σ logical sizes, in bytes.
    pub size: u64,
}

impl Counts {
    /// Counts an index.
    pub fn of(index: &LayerIndex) -> Counts {
        let mut counts = Counts::default();
        for entry in index.entries() {
            counts.entries += 1;
            counts.size = counts.size.saturating_add(entry.size());
            match entry.kind() {
                Kind::File => counts.files += 1,
                Kind::Directory => counts.directories += 1,
                Kind::Symlink => counts.symlinks += 1,
                Kind::HardLink => counts.hard_links += 1,
                Kind::CharDevice | Kind::BlockDevice | Kind::Fifo => {}
            }
            let base = crate::entry::path::parts(entry.name()).pop().unwrap_or(b"");
            match classify(base) {
                Marker::Whiteout(_) => counts.whiteouts += 1,
                Marker::Opaque => counts.opaque_directories += 1,
                Marker::None | Marker::Reserved => {}
            }
        }
        counts
    }
}

/// Bytes on their way from the blob: counted, digested, told about.
struct Watch<'a> {
    hashers: Vec<Hasher>,
    bytes: u64,
    told: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl Watch<'_> {
    fn see(&mut self, bytes: &[u8]) {
        self.hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        self.bytes += bytes.len() as u64;
        if self.bytes - self.told >= STEP {
            self.told = self.bytes;
            (self.progress)(self.bytes);
        }
    }
}

/// Where uncompressed bytes are kept on their way, if anywhere: some streams can be entered at their
/// start only.
pub type Spill<'a> = Option<&'a mut dyn Write>;

/// What of the uncompressed bytes is wanted.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Reading {
    /// Their digest alone.
    Nothing,
    /// The members, hashed.
    Members,
    /// The members, if there is a tar: for blobs that nobody has named a layer.
    MembersOfATar,
}

/// A stream that ends at a limit, and remembers that it did.
struct Limited<'a, R> {
    source: R,
    left: u64,
    reached: &'a Cell<bool>,
}

impl<R: Read> Read for Limited<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !buffer.is_empty() {
            // One byte more tells a stream that ends here from one that goes on.
            if !self.reached.get() && self.source.read(&mut buffer[..1])? > 0 {
                self.reached.set(true);
            }
            return Ok(0);
        }
        let want = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let count = self.source.read(&mut buffer[..want])?;
        self.left -= count as u64;
        Ok(count)
    }
}

struct Watched<'a, 'b, R> {
    source: &'a mut R,
    watch: &'a mut Watch<'b>,
}

impl<R: Read> Read for Watched<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.watch.see(&buffer[..count]);
        Ok(count)
    }
}

/// Reads the layer at `part` of `source`, which can be entered at `outer` if it is compressed as a whole.
/// `progress` gets the bytes of the blob read so far.
pub fn scan(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
    options: &ScanOptions,
    spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (section, compression) = open(source, part, outer)?;
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
        let mut input = SeekInput::new(section);
        let mut told = 0;
        let mut tell = |position: u64| {
            if position - told >= STEP {
                told = position;
                progress(position);
            }
        };
        read_members(Members::new(&mut input), &mut scan, false, options.limits, &mut tell);
        scan.tar_size = Some(part.len);
        return Ok(scan);
    }
    read_stream(section, part.len, options, spill, progress, &mut scan, Reading::Members)?;
    Ok(scan)
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
        let mut watch = watch(options, progress);
        let mut section = section;
        let drained = drain(&mut Watched { source: &mut section, watch: &mut watch });
        finish_blob(&mut scan, watch, drained, part.len);
    } else {
        read_stream(section, part.len, options, None, progress, &mut scan, Reading::Nothing)?;
    }
    Ok(scan)
}

fn open(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
) -> Result<(Section<Box<dyn ReadSeek>>, Compression), Problem> {
    let failed = |error: io::Error| {
        Problem::new("read-failed", "The layer's bytes cannot be read.")
            .found(text::show(error.to_string().as_bytes()))
            .at(part.start)
    };
    let mut section = part.open(source, outer).map_err(failed)?;
    let mut head = Vec::with_capacity(HEAD);
    (&mut section).take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    section.seek(SeekFrom::Start(0)).map_err(failed)?;
    Ok((section, Compression::detect(&head)))
}

fn watch<'a>(options: &ScanOptions, progress: &'a mut dyn FnMut(u64)) -> Watch<'a> {
    Watch { hashers: hashers(&options.blob_digests), bytes: 0, told: 0, progress }
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
    mut spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
    reading: Reading,
) -> Result<u64, Problem> {
    // The uncompressed bytes of an uncompressed layer are its blob's: digested once.
    let same = scan.compression == Compression::None && options.blob_digests == options.diff_ids;
    let mut watch = watch(options, progress);
    let mut diff = if same { Vec::new() } else { hashers(&options.diff_ids) };
    let mut tar_size = 0;
    let reached = Cell::new(false);
    let checkpoints = RefCell::default();
    let mut whole = {
        let source = Watched { source: &mut blob, watch: &mut watch };
        let decoder = scan.compression.decode_recording(source, &checkpoints)?;
        let left = match scan.compression {
            Compression::None => u64::MAX,
            _ => options.limits.bytes_for(blob_size),
        };
        let decoder = Limited { source: decoder, left, reached: &reached };
        let observe = |bytes: &[u8]| {
            tar_size += bytes.len() as u64;
            diff.iter_mut().for_each(|hasher| hasher.update(bytes));
            if let Some(file) = &mut spill
                && file.write_all(bytes).is_err()
            {
                spill = None; // no more room: reads will begin at the start
            }
        };
        let mut input = StreamInput::new(Box::new(decoder), Box::new(observe));
        let mut whole = true;
        if reading != Reading::Nothing {
            let members = Members::new(&mut input);
            whole = read_members(members, scan, true, options.limits, &mut |_| {});
        }
        let is_none = |warning: &Problem| warning.code == "not-a-tar";
        if reading == Reading::MembersOfATar && scan.warnings.iter().any(is_none) {
            drop(input);
            return Ok(tar_size);
        }
        // What follows the tar's end belongs to its digest, too; after a limit it is read no further.
        match if scan.limited { Ok(0) } else { input.skip(u64::MAX) } {
            Ok(_) => whole,
            Err(error) => {
                if whole {
                    scan.warnings.push(
                        Problem::new(
                            "layer-damaged",
                            "The layer cannot be decompressed to its end.",
                        )
                        .found(text::show(error.to_string().as_bytes())),
                    );
                }
                false
            }
        }
    };
    scan.checkpoints = checkpoints.into_inner();
    scan.spilled = spill.is_some();
    if let Some(at) = scan.checkpoints.ignored() {
        scan.warnings.push(
            Problem::new("trailing-bytes", "Bytes behind the compressed stream are no part of it.")
                .expected(format!("the end of the {} stream", scan.compression.name()))
                .found(format!("{} more bytes", blob_size.saturating_sub(at)))
                .at(at),
        );
    }
    if reached.get() {
        stopped_at_bytes(scan, tar_size);
    }
    whole &= !scan.limited;
    if whole {
        scan.tar_size = Some(tar_size);
        scan.diff_ids = diff.into_iter().map(Hasher::finish).collect();
    }
    let drained = drain(&mut Watched { source: &mut blob, watch: &mut watch });
    finish_blob(scan, watch, drained, blob_size);
    if same && whole {
        scan.diff_ids = scan.blob_digests.clone();
    }
    Ok(tar_size)
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

/// Reads all members into the index; false if the stream broke (a damaged tar alone leaves it whole).
fn read_members<I: Input>(
    mut members: Members<I>,
    scan: &mut LayerScan,
    hash: bool,
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
        if hash {
            let hash = if member.kind == Kind::File {
                content_hash(&mut members, &member)
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

/// BLAKE3 of the stored bytes and, for a sparse file, of where they belong.
fn content_hash<I: Input>(members: &mut Members<I>, member: &Member) -> ContentHash {
    let mut hasher = blake3::Hasher::new();
    loop {
        let bytes = members.data();
        let count = bytes.len();
        if count == 0 {
            break;
        }
        hasher.update(bytes);
        members.consume(count);
    }
    if let Some(map) = &member.sparse {
        hasher.update(&member.size.to_le_bytes());
        for span in &map.spans {
            hasher.update(&span.offset.to_le_bytes());
            hasher.update(&span.length.to_le_bytes());
        }
    }
    let mut hash = ContentHash::default();
    hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    hash
}
