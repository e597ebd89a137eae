//! One pass over one layer: its index, and the digests that are asked for on the way.
//!
//! - A compressed layer is decompressed anyway, so its contents are hashed in the same pass (measured
//!   free); an uncompressed one is skipped through by seeking, and hashed in the background later.
//! - What can be read is given with the reason why it ended; digests are given only if every byte that
//!   they speak of was read.

use super::index::{ContentHash, LayerIndex};
use super::whiteout::{Marker, classify};
use crate::codec::{Compression, HEAD, Input, ReadSeek, Section, SeekInput, StreamInput};
use crate::entry::{BlobPart, Kind, Member, Members};
use crate::oci::{Digest, Hasher};
use crate::problem::Problem;
use crate::text;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// More entries than this are not indexed: the columns of ten million take most of a worker's memory.
const MAX_ENTRIES: usize = 10_000_000;
/// Progress is told after so many bytes of the blob.
const STEP: u64 = 1 << 20;

/// What a pass is to find beside the index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScanOptions {
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

/// Reads the layer at `part` of `source`. `progress` gets the bytes of the blob read so far.
pub fn scan(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    options: &ScanOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (section, compression) = open(source, part)?;
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
        read_members(Members::new(&mut input), &mut scan, false, &mut tell);
        scan.tar_size = Some(part.len);
        return Ok(scan);
    }
    read_stream(section, options, progress, &mut scan, Some(true))?;
    Ok(scan)
}

/// The digests of a layer alone, its members left unread: for layers that are indexed already.
pub fn checksum(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    options: &ScanOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (section, compression) = open(source, part)?;
    let mut scan = LayerScan { compression, ..LayerScan::default() };
    if options.diff_ids.is_empty() {
        let mut watch = watch(options, progress);
        let mut section = section;
        let drained = drain(&mut Watched { source: &mut section, watch: &mut watch });
        finish_blob(&mut scan, watch, drained, part.len);
    } else {
        read_stream(section, options, progress, &mut scan, None)?;
    }
    Ok(scan)
}

fn open(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
) -> Result<(Section<Box<dyn ReadSeek>>, Compression), Problem> {
    let failed = |error: io::Error| {
        Problem::new("read-failed", "The layer's bytes cannot be read.")
            .found(text::show(error.to_string().as_bytes()))
            .at(part.start)
    };
    let mut section = Section::new(source, part.start, part.len).map_err(failed)?;
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

/// Decompresses the whole layer; reads members where `members` says so (and whether to hash them).
fn read_stream(
    mut section: Section<Box<dyn ReadSeek>>,
    options: &ScanOptions,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
    members: Option<bool>,
) -> Result<(), Problem> {
    let blob_size = section.size();
    // The uncompressed bytes of an uncompressed layer are its blob's: digested once.
    let same = scan.compression == Compression::None && options.blob_digests == options.diff_ids;
    let mut watch = watch(options, progress);
    let mut diff = if same { Vec::new() } else { hashers(&options.diff_ids) };
    let mut tar_size = 0;
    let whole = {
        let source = Watched { source: &mut section, watch: &mut watch };
        let decoder = scan.compression.decode(source)?;
        let observe = |bytes: &[u8]| {
            tar_size += bytes.len() as u64;
            diff.iter_mut().for_each(|hasher| hasher.update(bytes));
        };
        let mut input = StreamInput::new(decoder, Box::new(observe));
        let mut whole = true;
        if let Some(hash) = members {
            whole = read_members(Members::new(&mut input), scan, hash, &mut |_| {});
        }
        // What follows the tar's end belongs to its digest, too.
        match input.skip(u64::MAX) {
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
    if whole {
        scan.tar_size = Some(tar_size);
        scan.diff_ids = diff.into_iter().map(Hasher::finish).collect();
    }
    let drained = drain(&mut Watched { source: &mut section, watch: &mut watch });
    finish_blob(scan, watch, drained, blob_size);
    if same && whole {
        scan.diff_ids = scan.blob_digests.clone();
    }
    Ok(())
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
    progress: &mut dyn FnMut(u64),
) -> bool {
    while let Some(member) = members.next() {
        if scan.index.len() >= MAX_ENTRIES || !scan.index.push(&member) {
            scan.warnings.push(
                Problem::new("layer-too-large", "The layer has more entries than can be shown.")
                    .expected(format!("at most {MAX_ENTRIES} entries and 4 GiB of names"))
                    .found(format!("more, from byte {} on", member.data_offset)),
            );
            break;
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
