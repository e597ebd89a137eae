//! One pass over an archive that is compressed as a whole.
//!
//! - `docker save` writes `manifest.json` last, and going back in a compressed stream means decompressing it
//!   again. So every member that begins like a tar, or like a compressed file, is indexed as it passes, and
//!   what the manifest does not name is dropped later. Only here are contents guessed before the manifest is
//!   read.
//! - Nothing is kept but indexes, and texts small enough to be JSON.

use super::blob_pass::{ReadMode, compressed_again, read_blob, trailing_bytes};
use super::hook::Hook;
use super::layer_scan::{Contents, LayerScan, ScanOptions};
use super::limits::Limits;
use super::members::LIFT_ADVICE;
use super::stream::{BlobWatch, SpillTarget, TarWatch, WatchedBlob};
use crate::archive::{ArchiveListing, KeptMembers, ListingEnd, MAX_JSON};
use crate::codec::{
    BlobPart, ByteLimit, Checkpoints, Compression, HEAD, Input, Limited, ReadSeek, StreamInput,
};
use crate::entry::{self, Member, Members};
use crate::problem::Problem;
use crate::text::{byte_count, text_as_utf8};
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::cell::{Cell, RefCell};
use std::io::{self, Read};

/// Bytes of all texts that are kept.
const MAX_KEPT: u64 = 64 << 20;

/// What a pass over a compressed archive found.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ArchivePass {
    /// The members by name.
    pub listing: ArchiveListing,
    /// Members that may be JSON.
    pub kept: KeptMembers,
    /// Bytes of these members.
    pub held: u64,
    /// Members that may be layers.
    pub layers: Vec<(BlobPart, LayerScan)>,
    /// Bytes to which the archive decompresses, as far as it could be read.
    pub size: u64,
    /// Where decompression can begin in the middle of the archive.
    pub checkpoints: Checkpoints,
    /// All uncompressed bytes were written to the spill.
    pub spilled: bool,
    /// The pass ended at a limit.
    pub limited: bool,
}

/// Reads the source's file 0, which is compressed, once. `progress` gets the bytes of the file read so far.
pub fn pass_archive(
    mut source: Box<dyn ReadSeek>,
    size: u64,
    compression: Compression,
    limits: Limits,
    mut hook: Hook<'_>,
    spill: SpillTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> ArchivePass {
    let mut pass = ArchivePass::default();
    let mut watch = BlobWatch::new(Vec::new(), progress);
    let mut out = TarWatch::new(Vec::new(), spill);
    let (reached, checkpoints) = (Cell::new(false), RefCell::default());
    let watched = WatchedBlob { source: &mut source, watch: &mut watch };
    let limit = ByteLimit { bytes: limits.bytes_for(size), reached: &reached };
    let decoder = compression.decode_to_the_end(watched, &checkpoints, limit, &|_, _| {});
    let decoder = Limited::new(decoder, limit);
    let mut input = StreamInput::new(Box::new(decoder), Box::new(|bytes| out.add(bytes)));
    let mut members = Members::new(&mut input);
    // The layers share the limits: otherwise each of a thousand small ones could use all of them.
    let mut left = Limits { bytes: limits.bytes_for(size), ratio: 0, ..limits };
    while let Some(member) = members.next() {
        if !pass.listing.add_member(&member, 0, compression) {
            pass.listing.set_end(ListingEnd::Limited);
            break;
        }
        if member.kind == NodeKind::File {
            let (start, len) = (member.data_offset, member.stored);
            let part = BlobPart { file: 0, within: compression, start, len };
            pass.read_member(&mut members, &member, part, &mut hook, &mut left);
        }
    }
    pass.listing.finish(&mut members);
    let problem = members.problem().cloned();
    drop(members);
    let error = input.skip(u64::MAX).err();
    drop(input);
    pass.checkpoints = checkpoints.into_inner();
    pass.size = out.bytes;
    pass.spilled = out.spill.is_some();
    pass.limited = reached.get();
    let of_stream = [
        compressed_again(&pass.checkpoints, compression, "The archive"),
        trailing_bytes(&pass.checkpoints, compression, size),
    ];
    of_stream.into_iter().flatten().for_each(|warning| pass.listing.warn(warning));
    pass.warn_of_end(error, problem);
    pass
}

impl ArchivePass {
    /// Says why the pass ended before the archive did, if so: once, the stream's reason before the tar's.
    fn warn_of_end(&mut self, error: Option<io::Error>, of_tar: Option<Problem>) {
        if let Some(error) = error {
            let message = "The archive cannot be decompressed to its end.";
            let problem = Problem::new("archive-damaged", message);
            self.listing.warn(problem.found(error.to_string()).at(self.size));
            self.listing.set_end(ListingEnd::Cut { at: self.size });
        } else if self.limited {
            let message = "The archive decompresses to more bytes than the limit.";
            let problem = Problem::new("archive-limit", message)
                .expected(format!("at most {}", byte_count(self.size)))
                .found("more")
                .advice(LIFT_ADVICE);
            self.listing.warn(problem);
            self.listing.set_end(ListingEnd::Limited);
        } else if let Some(problem) = of_tar {
            self.listing.warn(problem);
        }
    }

    /// Indexes the current member if it begins like a layer, keeps it if it begins like JSON.
    fn read_member<I: Input>(
        &mut self,
        members: &mut Members<I>,
        member: &Member,
        part: BlobPart,
        hook: &mut Hook<'_>,
        left: &mut Limits,
    ) {
        let mut head = Vec::with_capacity(entry::BLOCK as usize);
        let mut data = MemberData { members };
        // If the stream fails, `Members` reports it.
        let _ = (&mut data).take(entry::BLOCK).read_to_end(&mut head);
        let is_tar = entry::is_header(&head);
        let compression = match is_tar {
            true => Compression::None,
            false => Compression::detect(&head[..head.len().min(HEAD)]),
        };
        // An empty layer is a tar of zeros alone.
        let zeros = head.len() as u64 == entry::BLOCK && head.iter().all(|&byte| byte == 0);
        if compression != Compression::None || is_tar || zeros {
            let mut scan = LayerScan { compression, ..LayerScan::default() };
            let sha256 = vec!["sha256".to_owned()];
            let options = ScanOptions {
                limits: *left,
                table: false,
                contents: Contents::Read,
                later: Vec::new(),
                entries: None,
                blob_digests: sha256.clone(),
                diff_ids: sha256,
            };
            let blob = io::Cursor::new(head).chain(data);
            let mode = ReadMode::MembersOfTar(hook.as_mut().map(|hook| &mut **hook as _));
            let read = read_blob(blob, part.len, &options, None, &mut |_| {}, &mut scan, mode);
            if compression != Compression::None {
                left.bytes = left.bytes.saturating_sub(read);
            }
            left.entries = left.entries.saturating_sub(scan.index.len() as u32);
            if !scan.warnings.iter().any(|warning| warning.code == "not-a-tar") {
                self.layers.push((part, scan));
            }
            return;
        }
        let text = matches!(text_as_utf8(&head).trim_ascii_start().first(), Some(b'{' | b'['));
        let base = member.name.rsplit(|&byte| byte == b'/').next();
        let named = matches!(base, Some(b"manifest.json" | b"index.json"));
        if (text || named) && part.len <= MAX_JSON && self.held + part.len <= MAX_KEPT {
            let mut bytes = head;
            // A text that is incomplete because the stream is truncated is refused when it is read.
            let _ = data.read_to_end(&mut bytes);
            self.held += bytes.len() as u64;
            self.kept.insert(part.start, bytes);
        }
    }
}

/// The data of the current member.
struct MemberData<'a, I> {
    members: &'a mut Members<I>,
}

impl<I: Input> Read for MemberData<'_, I> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.members.data();
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.members.consume(count);
        Ok(count)
    }
}
