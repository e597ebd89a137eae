//! An archive that is compressed as a whole, read in one pass.
//!
//! - `docker save` writes `manifest.json` last, and a stream can't be gone back in without decoding it
//!   again. So every member that begins like a tar or a compressed one is indexed as it passes, and what
//!   the manifest then does not name is dropped: the one place where contents are tried before the
//!   manifest.
//! - Nothing is held but indexes and texts small enough to be JSON.

use super::looks::Looks;
use super::pass::{LayerScan, Limits, ScanOptions};
use super::scan::{Reading, read_stream};
use super::stream::{Limited, Outflow, Spill, Watch, Watched};
use crate::archive::{ArchiveListing, KeptMembers, MAX_JSON};
use crate::codec::{BlobPart, Checkpoints, Compression, HEAD, Input, ReadSeek, StreamInput};
use crate::entry::{self, Member, Members};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// Texts kept, in bytes, all together.
const MAX_KEPT: u64 = 64 << 20;

/// What a pass over a compressed archive found.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Passed {
    /// The members by name.
    pub listing: ArchiveListing,
    /// Those that may be JSON.
    pub kept: KeptMembers,
    /// Bytes of those.
    pub held: u64,
    /// Those that may be layers.
    pub layers: Vec<(BlobPart, LayerScan)>,
    /// Bytes that the archive decompresses to, as far as it could be read.
    pub size: u64,
    /// Where the archive can be entered again.
    pub checkpoints: Checkpoints,
    /// All uncompressed bytes that there were have gone to the spill.
    pub spilled: bool,
    /// The pass ended at a limit.
    pub limited: bool,
}

/// Reads file 0, which is compressed, once. `progress` gets the bytes of the file read so far.
pub fn unpack(
    mut source: Box<dyn ReadSeek>,
    size: u64,
    compression: Compression,
    limits: Limits,
    mut looks: Looks<'_>,
    spill: Spill<'_>,
    progress: &mut dyn FnMut(u64),
) -> Passed {
    let mut passed = Passed::default();
    let mut watch = Watch::new(Vec::new(), progress);
    let mut out = Outflow::new(Vec::new(), spill);
    let (reached, checkpoints) = (Cell::new(false), RefCell::default());
    let watched = Watched { source: &mut source, watch: &mut watch };
    let decoder = compression.decode_recording(watched, &checkpoints);
    let decoder = Limited::new(decoder, limits.bytes_for(size), &reached);
    let mut input = StreamInput::new(Box::new(decoder), Box::new(|seen| out.see(seen)));
    let mut members = Members::new(&mut input);
    // What the layers in it may have together: else each of a thousand small ones could have it all.
    let mut left = Limits { bytes: limits.bytes_for(size), ratio: 0, entries: limits.entries };
    while let Some(member) = members.next() {
        let part = BlobPart {
            file: 0,
            within: compression,
            start: member.data_offset,
            len: member.stored,
        };
        if !passed.listing.add_member(&member, 0, compression) {
            break;
        }
        if member.kind == NodeKind::File {
            look_at(&mut members, &member, part, &mut looks, &mut left, &mut passed);
        }
    }
    members.take_warnings().into_iter().for_each(|warning| passed.listing.warn(warning));
    if let Some(problem) = members.problem() {
        passed.listing.warn(problem.clone());
    }
    drop(members);
    let ended = input.skip(u64::MAX).err();
    drop(input);
    passed.checkpoints = checkpoints.into_inner();
    passed.size = out.bytes;
    passed.spilled = out.spill.is_some();
    passed.limited = reached.get();
    if let Some(problem) = end(&passed, ended) {
        passed.listing.warn(problem);
    }
    passed
}

/// Why the pass ended before the archive did, if so.
fn end(passed: &Passed, error: Option<io::Error>) -> Option<Problem> {
    if let Some(error) = error {
        let message = "The archive cannot be decompressed to its end.";
        let problem = Problem::new("archive-damaged", message);
        return Some(problem.found(text::show(error.to_string().as_bytes())).at(passed.size));
    }
    passed.limited.then(|| {
        Problem::new("archive-limit", "The archive decompresses to more than is read unasked.")
            .expected(format!("at most {} bytes", passed.size))
            .found("more")
            .advice("Read it all if you trust where it came from.")
    })
}

/// Indexes what begins like a layer, keeps what begins like JSON.
fn look_at<I: Input>(
    members: &mut Members<I>,
    member: &Member,
    part: BlobPart,
    looks: &mut Looks<'_>,
    left: &mut Limits,
    passed: &mut Passed,
) {
    let mut head = Vec::with_capacity(entry::BLOCK as usize);
    let mut data = Data { members };
    // A stream that breaks is told of by the members, which say so themselves.
    let _ = (&mut data).take(entry::BLOCK).read_to_end(&mut head);
    let compression = Compression::detect(&head[..head.len().min(HEAD)]);
    // An empty layer is a tar of zeros alone.
    let zeros = head.len() as u64 == entry::BLOCK && head.iter().all(|&byte| byte == 0);
    let tar = entry::is_header(&head) || zeros;
    if compression != Compression::None || tar {
        let mut scan = LayerScan { compression, ..LayerScan::default() };
        let sha256 = vec!["sha256".to_owned()];
        let options = ScanOptions {
            limits: *left,
            table: false,
            hash_contents: true,
            blob_digests: sha256.clone(),
            diff_ids: sha256,
        };
        let blob = io::Cursor::new(head).chain(data);
        let reading = Reading::MembersOfATar(looks.as_mut().map(|looks| &mut **looks as _));
        let read = read_stream(blob, part.len, &options, None, &mut |_| {}, &mut scan, reading);
        if compression != Compression::None {
            left.bytes = left.bytes.saturating_sub(read);
        }
        left.entries = left.entries.saturating_sub(scan.index.len() as u32);
        if !scan.warnings.iter().any(|warning| warning.code == "not-a-tar") {
            passed.layers.push((part, scan));
        }
        return;
    }
    let text = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
    let named = matches!(&member.name[..], b"manifest.json" | b"index.json");
    if (text || named) && part.len <= MAX_JSON && passed.held + part.len <= MAX_KEPT {
        let mut bytes = head;
        // What is missing at the end of a stream that is cut short is seen by who reads the text.
        let _ = data.read_to_end(&mut bytes);
        passed.held += bytes.len() as u64;
        passed.kept.insert(part.start, bytes);
    }
}

/// The bytes of the current member.
struct Data<'a, I> {
    members: &'a mut Members<I>,
}

impl<I: Input> Read for Data<'_, I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.members.data();
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.members.consume(count);
        Ok(count)
    }
}
