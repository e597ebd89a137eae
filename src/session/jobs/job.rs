//! A job: one pass over a layer, or one read of a file. It is a plain value, which travels to a worker as bytes.

use super::file_range::FileRange;
use super::member::{MemberAnswer, MemberWish, MemberWork};
use super::outcome::{JobResult, Outcome, READ_FAILED};
use super::search::{ContentSearch, FileToSearch};
use super::{advisories, attached, differences, search};
use crate::analysis::contents::{AnalysisHook, InspectedFile};
use crate::analysis::file_bytes::PartsEnd;
use crate::analysis::packages::{DigestList, ListedFile, UnpackBudget};
use crate::analysis::vulnerabilities::ecosystem::OsvQuery;
use crate::codec::{BlobPart, Checkpoints, Compression, ReadSeek};
use crate::extract::{self, Extraction, OpenFile};
use crate::layer::{
    self, Contents, Entrance, EntryRange, FilePlace, FurtherName, Limits, NameNote, ScanOptions,
    SpillTarget,
};
use crate::oci::{Digest, Hasher};
use crate::problem::Problem;
use crate::text::byte_count;
use crate::vocabulary::RecordedDigest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io::{self, BufWriter, Read};

/// A piece of work on a source's bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Bytes to read, for progress.
    pub blob_bytes: u64,
    /// The layer that it is for, from 1; 0: none.
    pub layer: u32,
    /// What to do.
    pub work: Work,
    /// Where the archive can be entered, if it is compressed as a whole.
    pub outer: Checkpoints,
}

/// Kinds of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Work {
    /// Indexes a layer, and computes the digests that are requested.
    Index { part: BlobPart, options: ScanOptions },
    /// Computes digests of a layer that is indexed.
    Check { part: BlobPart, options: ScanOptions },
    /// Reads part of a file's content.
    Content(FileRange),
    /// Compares a file's whole content with an earlier one, line by line.
    Compare { range: FileRange, before: Vec<u8> },
    /// What a file of a known format holds.
    Outline(FileRange),
    /// SHA-256 of a whole file, in pieces: the file is never held. And its digest by the algorithm of the one that a
    /// package manager recorded.
    ContentDigest { range: FileRange, recorded: Option<RecordedDigest> },
    /// Looks for the digest of a package's file in a file that lists them.
    RecordedDigest { range: FileRange, list: DigestList, file: ListedFile },
    /// Lists or reads a member of the archive that a file is.
    Member { range: FileRange, work: MemberWork },
    /// Shows the analyses a whole file that was not held in memory during the pass, or the parts of it that they need.
    Look {
        /// The layer's blob as the session names it; `range` may name another place of the same bytes.
        part: BlobPart,
        range: FileRange,
        /// Parts of it are enough.
        in_parts: bool,
        /// Position in the layer's index.
        entry: u32,
        asked: InspectedFile,
    },
    /// Shows the analyses whole files under further names. The files are read forward, from the one on that
    /// `range` leads to.
    Names {
        /// As in `Look`.
        part: BlobPart,
        range: FileRange,
        files: Vec<NamedFile>,
    },
    /// Searches whole files for lines. They are read forward, from the one on that `range` leads to.
    Search { range: FileRange, files: Vec<FileToSearch>, what: ContentSearch },
    /// SHA-256 of the whole source.
    SourceDigest { size: u64 },
    /// A document that is attached to the image; its blob's digest, and what it is said to be.
    Attached { part: BlobPart, digest: String, name: String },
    /// Advisories in a file that is not of the source: what they say about these packages.
    Advisories { file: u32, name: String, size: u64, queries: Vec<OsvQuery> },
    /// One pass over an archive that is compressed as a whole.
    Unpack { size: u64, compression: Compression, limits: Limits },
    /// Writes what is taken out of the image to the spill.
    Extract(Box<Extraction>),
}

/// A file and the further names under which analyses ask for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedFile {
    pub place: FilePlace,
    /// Position in the layer's index.
    pub entry: u32,
    /// Without its path.
    pub file: InspectedFile,
    pub names: Vec<FurtherName>,
    /// What is noted about the file that belongs to it, the same for all these names.
    pub beside: Vec<u8>,
}

/// Bytes of an extraction that are written at once.
const WRITE_SIZE: usize = 1 << 20;
/// A smaller blob is read again rather than kept uncompressed.
const SMALL_BLOB: u64 = 4 << 20;

impl Work {
    /// Whether the result of this work serves as the result of `other`, too: `other` needs nothing that this
    /// work does not find.
    pub fn covers(&self, other: &Work) -> bool {
        let (Work::Index { part, options }, Some((there, wanted))) = (self, other.scan()) else {
            return self == other;
        };
        let within = |wanted: &[String], all: &[String]| wanted.iter().all(|one| all.contains(one));
        *part == there
            && options.limits == wanted.limits
            && (options.entries.is_none() || options.entries == wanted.entries)
            && (wanted.table || !options.table)
            && options.contents >= wanted.contents
            && (options.later.is_empty()
                || (options.contents, &options.later) == (wanted.contents, &wanted.later))
            && within(&wanted.blob_digests, &options.blob_digests)
            && within(&wanted.diff_ids, &options.diff_ids)
    }

    /// The layer's blob, if it is read from its start to its end, or in a range.
    pub fn layer_read(&self) -> Option<BlobPart> {
        self.scan().map(|(part, _)| part)
    }

    /// The entries that are read of a layer; `None`: all, or it reads no layer.
    pub fn range(&self) -> Option<EntryRange> {
        self.scan().and_then(|(_, options)| options.entries)
    }

    /// Whether the result is bytes of a file or member.
    pub fn reads_content(&self) -> bool {
        let content = |work: &MemberWork| matches!(work.wish, MemberWish::Content { .. });
        match self {
            Work::Content(_) => true,
            Work::Member { work, .. } => content(work),
            _ => false,
        }
    }

    /// Bytes of a file that is held in whole while it is read by itself.
    pub fn held_bytes(&self) -> u64 {
        match self {
            Work::Look { range, in_parts: false, .. } => range.length,
            _ => 0,
        }
    }

    fn scan(&self) -> Option<(BlobPart, &ScanOptions)> {
        match self {
            Work::Index { part, options } | Work::Check { part, options } => Some((*part, options)),
            _ => None,
        }
    }
}

impl Job {
    /// The bytes whose beginning says whether `run` needs a spill; `None`: it does not.
    pub fn may_spill(&self) -> Option<BlobPart> {
        match &self.work {
            // The first of two passes is for the tree: the second keeps the bytes.
            Work::Index { options, .. }
                if options.contents == Contents::Skipped || options.entries.is_some() =>
            {
                None
            }
            Work::Index { part, .. } if part.within == Compression::None => Some(*part),
            Work::Unpack { size, .. } => Some(BlobPart::plain(0, 0, *size)),
            _ => None,
        }
        .filter(|part| part.len >= SMALL_BLOB)
    }

    /// Whether its result is what it writes to the spill.
    pub fn must_spill(&self) -> bool {
        matches!(self.work, Work::Extract(_))
    }

    /// The files of the source that it reads.
    pub fn files(&self) -> Vec<u32> {
        match &self.work {
            Work::Extract(extraction) => {
                let layers = extraction.layers().into_iter();
                let files: BTreeSet<u32> = layers.map(|layer| layer.part.file).collect();
                files.into_iter().collect()
            }
            _ => vec![self.file()],
        }
    }

    /// The file of the source that it reads; of several, the first.
    pub fn file(&self) -> u32 {
        match &self.work {
            Work::Index { part, .. } | Work::Check { part, .. } | Work::Attached { part, .. } => {
                part.file
            }
            Work::Content(range)
            | Work::Compare { range, .. }
            | Work::ContentDigest { range, .. }
            | Work::RecordedDigest { range, .. }
            | Work::Outline(range)
            | Work::Member { range, .. }
            | Work::Look { range, .. }
            | Work::Names { range, .. }
            | Work::Search { range, .. } => range.part.file,
            Work::Advisories { file, .. } => *file,
            Work::SourceDigest { .. } | Work::Unpack { .. } => 0,
            Work::Extract(extraction) => {
                extraction.layers().first().map_or(0, |layer| layer.part.file)
            }
        }
    }
}

/// Runs a job on the files that `open` opens by their numbers. `progress` gets the bytes of the blob read so far,
/// every few megabytes; `spill` gets the uncompressed bytes, and `JobResult::spilled` says whether they are worth
/// keeping.
pub fn run(
    job: &Job,
    open: OpenFile<'_>,
    spill: SpillTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<JobResult, Problem> {
    if let Work::Extract(extraction) = &job.work {
        let out = spill.ok_or_else(no_room)?;
        let mut out = BufWriter::with_capacity(WRITE_SIZE, out);
        extract::write(extraction, open, &mut out, progress)?;
        return Ok(JobResult(Outcome::Extracted));
    }
    let reader = open(job.file()).map_err(|error| {
        Problem::new("read-failed", "The file cannot be opened.").found(error.to_string())
    })?;
    run_on(job, reader, spill, progress)
}

fn run_on(
    job: &Job,
    reader: Box<dyn ReadSeek>,
    spill: SpillTarget<'_>,
    progress: &mut dyn FnMut(u64),
) -> Result<JobResult, Problem> {
    let outcome = match &job.work {
        Work::Index { part, options } => Outcome::Scan(Box::new(layer::scan(
            reader,
            *part,
            &job.outer,
            options,
            Some(&mut AnalysisHook::new(options.limits)),
            spill,
            progress,
        )?)),
        Work::Check { part, options } => {
            Outcome::Scan(Box::new(layer::checksum(reader, *part, &job.outer, options, progress)?))
        }
        Work::Content(range) => {
            let bytes = range.read(reader, &job.outer, progress)?;
            Outcome::Content { info: range.info(&bytes), bytes }
        }
        Work::Compare { range, before } => {
            let after = range.read(reader, &job.outer, progress)?;
            Outcome::Compared(differences::compare(before, &after))
        }
        Work::Outline(range) => Outcome::Outline(range.outline(reader, &job.outer)?),
        Work::ContentDigest { range, recorded } => {
            Outcome::ContentDigest(range.digest(reader, &job.outer, recorded.clone(), progress)?)
        }
        Work::RecordedDigest { range, list, file } => {
            Outcome::Recorded(list.find(&range.read(reader, &job.outer, progress)?, file))
        }
        Work::Member { range, work } => match work.run(range, reader, &job.outer, progress)? {
            MemberAnswer::List(list) => Outcome::Members(*list),
            MemberAnswer::Content(bytes, info) => Outcome::Content { bytes, info },
            MemberAnswer::Outline(outline) => Outcome::Outline(outline),
            MemberAnswer::Digest(digest) => Outcome::ContentDigest(digest),
        },
        Work::Look { range, in_parts, asked, .. } => match in_parts {
            true => range.look_at_parts(asked, reader, &job.outer)?,
            false => {
                Outcome::Looked(asked.inspect_alone(&range.read(reader, &job.outer, progress)?))
            }
        },
        Work::Names { range, files, .. } => {
            let mut notes = Vec::new();
            let read = range.read_all(reader, &job.outer, files, &mut notes, progress);
            Outcome::Named(notes, read.err())
        }
        Work::Search { range, files, what } => {
            Outcome::Searched(search::search(reader, &job.outer, range, files, what, progress)?)
        }
        Work::Advisories { name, size, queries, .. } => {
            Outcome::Advisories(advisories::read(reader, name, *size, queries, progress)?)
        }
        Work::Attached { part, name, .. } => {
            let unread = |error: io::Error| {
                Problem::new("read-failed", "A document cannot be read.").found(error.to_string())
            };
            let mut section = part.open(reader, &job.outer).map_err(unread)?;
            Outcome::Attached(attached::read_document(&mut section, name)?)
        }
        Work::SourceDigest { size } => Outcome::SourceDigest(digest(reader, *size, progress)?),
        Work::Unpack { size, compression, limits } => {
            let looks = Some(&mut AnalysisHook::new(*limits) as _);
            let passed =
                layer::pass_archive(reader, *size, *compression, *limits, looks, spill, progress);
            Outcome::Passed(Box::new(passed))
        }
        Work::Extract(_) => Outcome::Extracted, // by `run`
    };
    Ok(JobResult(outcome))
}

fn no_room() -> Problem {
    Problem::new("no-room", "There is no room for the file that is made.")
        .expected("the browser's private file system, which private windows may lack")
        .advice("Use another window, or the command `layerscope export`.")
}

impl FileRange {
    /// Notes what the analyses make of a program, of which they need parts.
    fn look_at_parts(
        &self,
        asked: &InspectedFile,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
    ) -> Result<Outcome, Problem> {
        let entrance = Entrance { outer, compression: self.compression, points: &self.points };
        let file = layer::open_file(reader, self.part, entrance, &self.place, &mut |_| {})?;
        let (noted, end) = asked.inspect_in_parts(file);
        match end {
            PartsEnd::Complete => Ok(Outcome::Looked(noted)),
            PartsEnd::TooMany => Ok(Outcome::TooManyParts),
            PartsEnd::Failed(error) => {
                let problem = Problem::new(READ_FAILED, "The file cannot be read to its end.");
                Err(problem.found(error.to_string()).at(self.place.data_offset))
            }
        }
    }

    /// Notes what the analyses make of whole files under further names; the first of them is this one.
    fn read_all(
        &self,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
        files: &[NamedFile],
        notes: &mut Vec<NameNote>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), Problem> {
        let entrance = Entrance { outer, compression: self.compression, points: &self.points };
        let places: Vec<FilePlace> = files.iter().map(|file| file.place.clone()).collect();
        let unpacking = UnpackBudget::new(Limits::default().unpacked);
        let mut look = |at: usize, content: Vec<u8>| {
            let NamedFile { entry, file, names, beside, .. } = &files[at];
            unpacking.add_file(file.size);
            notes.extend(names.iter().map(|name| NameNote {
                entry: *entry,
                name: name.clone(),
                text: file.inspect_as(name, beside, &content, &unpacking),
            }));
        };
        layer::read_files(reader, self.part, entrance, &places, progress, &mut look)
    }
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
        .expected(byte_count(size))
        .found(byte_count(done)))
}
