//! One pass over one layer: its index, and the digests that are requested.
//!
//! - Members come first, so that the tree can be shown: an uncompressed layer is skimmed by seeking, a compressed
//!   one is decompressed. Contents are read in the background later, by the pass that computes the digests.
//! - What can be read is returned together with the reason why the pass ended.

use super::blob_pass::{ReadMode, digest_blob, read_blob};
use super::hook::Hook;
use super::layer_scan::{Contents, LayerScan, ScanOptions};
use super::limits::Limits;
use super::members::{ContentPass, read_members};
use super::stream::{PROGRESS_STEP, SpillTarget};
use super::toc;
use crate::codec::{BlobPart, Checkpoints, Compression, HEAD, ReadSeek, Section, SeekInput};
use crate::entry::{BLOCK, Members, is_header};
use crate::problem::Problem;
use std::io::{self, Read, Seek, SeekFrom};

/// Reads the layer at `part` of `source`; `outer` are the checkpoints of a source that is compressed as a
/// whole. `progress` gets the bytes of the blob read so far.
pub fn scan(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
    options: &ScanOptions,
    hook: Hook<'_>,
    spill: SpillTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<LayerScan, Problem> {
    let (mut section, compression) = open(source, part, outer)?;
    let mut scan = LayerScan { compression, ..LayerScan::default() };
    if part.len == 0 {
        let message = "The layer's file is empty. The layer is shown as empty.";
        scan.warnings.push(Problem::new("layer-empty-file", message).expected("a tar archive"));
    }
    let hook = hook.filter(|_| options.contents != Contents::LeftUnread);
    let is_whole = !options.blob_digests.is_empty() || !options.diff_ids.is_empty();
    if compression == Compression::None && !is_whole {
        let reads = matches!(options.contents, Contents::LeftUnread | Contents::Read);
        let range = options.entries;
        let contents = reads.then(|| ContentPass { files: options.files(), range, hook });
        let from = range.map_or(0, |range| range.from);
        section.seek(SeekFrom::Start(from)).map_err(|error| read_failed(&error, from))?;
        skim(section, contents, options.limits, progress, &mut scan);
        scan.tar_size = Some(part.len);
        return Ok(scan);
    }
    // In a compressed archive, reaching the end of a blob costs all of it: no table is looked for there.
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
    section.seek(SeekFrom::Start(0)).map_err(|error| read_failed(&error, part.start))?;
    let mode = match options.contents {
        Contents::Skipped => ReadMode::Headers,
        Contents::IfDecompressed | Contents::LeftUnread | Contents::Read => ReadMode::Members(hook),
    };
    read_blob(section, part.len, options, spill, progress, &mut scan, mode);
    match toc {
        Some(Ok(toc)) => {
            scan.form = toc.form.to_owned();
            // The table describes the whole layer: it is not compared with a part.
            if scan.tar_size.is_some() {
                scan.warnings.extend(toc.check(&scan.index));
            }
        }
        Some(Err(problem)) => scan.warnings.push(problem),
        None => {}
    }
    Ok(scan)
}

/// Only the digests of a layer, without its members: for layers that are indexed already.
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
        digest_blob(section, part.len, options, progress, &mut scan);
    } else {
        let mode = ReadMode::Digests;
        read_blob(section, part.len, options, None, progress, &mut scan, mode);
    }
    Ok(scan)
}

/// Reads the headers of an uncompressed layer, from where the section is, and the wanted contents, and skips the others.
fn skim(
    section: Section<Box<dyn ReadSeek>>,
    contents: Option<ContentPass<'_, '_>>,
    limits: Limits,
    progress: &mut dyn FnMut(u64),
    scan: &mut LayerScan,
) {
    let from = section.position();
    let mut reported = from;
    let mut report = |position: u64| {
        if position - reported >= PROGRESS_STEP {
            reported = position;
            progress(position - from);
        }
    };
    scan.notes.looked = contents.as_ref().is_some_and(|contents| contents.hook.is_some());
    scan.notes.searched = scan.notes.looked;
    let members = Members::at(from, SeekInput::new(section));
    read_members(members, scan, contents, limits, &mut report);
}

/// The bytes of a blob and its compression.
fn open(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    outer: &Checkpoints,
) -> Result<(Section<Box<dyn ReadSeek>>, Compression), Problem> {
    let failed = |error: io::Error| read_failed(&error, part.start);
    let mut section = part.open(source, outer).map_err(failed)?;
    let mut head = Vec::with_capacity(BLOCK as usize);
    (&mut section).take(BLOCK).read_to_end(&mut head).map_err(failed)?;
    section.seek(SeekFrom::Start(0)).map_err(failed)?;
    // A tar may begin with any name.
    let compression = match is_header(&head) {
        true => Compression::None,
        false => Compression::detect(&head[..head.len().min(HEAD)]),
    };
    Ok((section, compression))
}

fn read_failed(error: &io::Error, at: u64) -> Problem {
    Problem::new("read-failed", "The layer cannot be read.").found(error.to_string()).at(at)
}

#[cfg(test)]
mod tests;
