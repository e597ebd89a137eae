//! Members of an archive by name or digest, and their bytes, for the readers of index files.

use super::documents::{SourceDocuments, blob_name};
use super::files::Files;
use super::inline::InlineBlobs;
use super::listing::ArchiveListing;
use crate::codec::{BlobPart, ReadSeek};
use crate::oci::{Digest, Fault, LenientDocument};
use crate::problem::Problem;
use crate::text::{byte_count, text_as_utf8};
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::io::{self, SeekFrom};

/// Bytes of a JSON file that is read: real configurations have some ten thousand.
pub const MAX_JSON: u64 = 16 << 20;
/// Bytes of JSON that are read from one archive: an index can name the same large file a million times.
const MAX_ALL_JSON: u64 = 256 << 20;

/// Small members by where they begin, kept from the one pass over a compressed archive.
pub type KeptMembers = HashMap<u64, Vec<u8>>;

/// Where the bytes of members come from.
enum MemberBytes<'a> {
    /// Files, and the one that is open, with its number.
    Files(&'a dyn Files, Option<(u32, Box<dyn ReadSeek>)>),
    Kept(&'a KeptMembers),
}

/// The members of an archive.
pub struct ArchiveContents<'a> {
    pub listing: ArchiveListing,
    /// Blobs that descriptors have in themselves, for jobs.
    pub inline: InlineBlobs,
    bytes: MemberBytes<'a>,
    /// Bytes of JSON read so far.
    read: u64,
    /// What was read, as far as it is kept.
    documents: SourceDocuments,
}

impl<'a> ArchiveContents<'a> {
    /// Members that are in files.
    pub fn new(listing: ArchiveListing, files: &'a dyn Files) -> ArchiveContents<'a> {
        ArchiveContents {
            listing,
            inline: InlineBlobs::default(),
            bytes: MemberBytes::Files(files, None),
            read: 0,
            documents: SourceDocuments::default(),
        }
    }

    /// Members of which only the small ones were kept.
    pub fn kept(listing: ArchiveListing, kept: &'a KeptMembers) -> ArchiveContents<'a> {
        ArchiveContents {
            listing,
            inline: InlineBlobs::default(),
            bytes: MemberBytes::Kept(kept),
            read: 0,
            documents: SourceDocuments::default(),
        }
    }

    /// Whether there is a member with this name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Where the member with this name is; links are followed.
    pub fn find(&self, name: &str) -> Option<BlobPart> {
        self.listing.find(name)
    }

    /// A blob by its digest, with its name: where an OCI layout has it, or where `dir:` does (also without
    /// its folder).
    pub fn blob(&self, digest: &Digest) -> Option<(String, BlobPart)> {
        let hex = digest.encoded();
        let names =
            [blob_name(digest), hex.to_owned(), format!("{hex}.manifest.json"), digest.to_string()];
        names.into_iter().find_map(|name| self.find(&name).map(|part| (name, part)))
    }

    /// The bytes of a member that is small enough to be JSON.
    pub fn bytes(&mut self, part: BlobPart, name: &str) -> Result<Vec<u8>, Problem> {
        if part.len > MAX_JSON {
            return Err(Problem::new("json-too-large", "A JSON file is too large.")
                .expected(format!("at most {}", byte_count(MAX_JSON)))
                .found(byte_count(part.len))
                .in_blob(name));
        }
        self.read += part.len;
        if self.read > MAX_ALL_JSON {
            return Err(Problem::new("json-too-large", "The archive has too much JSON.")
                .expected(format!("at most {} in all", byte_count(MAX_ALL_JSON)))
                .found(byte_count(self.read))
                .in_blob(name));
        }
        let bytes = match &mut self.bytes {
            MemberBytes::Files(files, open) => {
                let mut bytes = vec![0; part.len as usize];
                let count = read_at(reader(*files, open, part.file)?, part.start, &mut bytes)?;
                bytes.truncate(count);
                bytes
            }
            MemberBytes::Kept(kept) => kept.get(&part.start).cloned().unwrap_or_default(),
        };
        if (bytes.len() as u64) < part.len {
            return Err(Problem::new(
                "archive-truncated",
                "The archive is cut short within a file that is needed.",
            )
            .expected(byte_count(part.len))
            .found(byte_count(bytes.len() as u64))
            .in_blob(name)
            .at(part.start));
        }
        self.documents.keep(name, &bytes);
        Ok(bytes)
    }

    /// Keeps a document that was read elsewhere.
    pub fn keep(&mut self, name: &str, bytes: &[u8]) {
        self.documents.keep(name, bytes);
    }

    /// The documents that were read.
    pub fn take_documents(&mut self) -> SourceDocuments {
        std::mem::take(&mut self.documents)
    }

    /// The bytes of the member with this name.
    pub fn named(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let Some(part) = self.find(name) else {
            return Err(Problem::new(
                "archive-member-missing",
                "A file that the archive needs is missing.",
            )
            .expected(name)
            .found(self.listing.summary()));
        };
        self.bytes(part, name)
    }

    /// A file of the source; an error if only small members were kept.
    pub fn open(&self, file: u32) -> io::Result<Box<dyn ReadSeek>> {
        match &self.bytes {
            MemberBytes::Files(files, _) => files.open(file),
            MemberBytes::Kept(_) => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The first bytes of a member: fewer if it is shorter, none if it was not kept. Returns their number.
    pub fn head(&mut self, part: BlobPart, out: &mut [u8]) -> Result<usize, Problem> {
        match &mut self.bytes {
            MemberBytes::Files(files, open) => {
                let want = out.len().min(usize::try_from(part.len).unwrap_or(usize::MAX));
                read_at(reader(*files, open, part.file)?, part.start, &mut out[..want])
            }
            MemberBytes::Kept(kept) => {
                let bytes = kept.get(&part.start).map_or(&[][..], Vec::as_slice);
                let count = bytes.len().min(out.len());
                out[..count].copy_from_slice(&bytes[..count]);
                Ok(count)
            }
        }
    }
}

/// The reader of a file: the one that is open, if it is for this file.
fn reader<'o>(
    files: &dyn Files,
    open: &'o mut Option<(u32, Box<dyn ReadSeek>)>,
    file: u32,
) -> Result<&'o mut dyn ReadSeek, Problem> {
    if open.as_ref().is_none_or(|(at, _)| *at != file) {
        *open = Some((file, files.open(file).map_err(read_failed)?));
    }
    match open {
        Some((_, reader)) => Ok(&mut **reader),
        None => Err(read_failed(io::ErrorKind::NotFound.into())),
    }
}

/// Reads a document; a warning names each part of it that cannot be read and is left out.
pub fn document<T: LenientDocument>(
    bytes: &[u8],
    name: &str,
    warnings: &mut Vec<Problem>,
) -> Result<T, Problem> {
    let text = &*text_as_utf8(bytes);
    let (document, faults) =
        T::with_faults(text).map_err(|error| invalid(text, name, &error.to_string()))?;
    warnings.extend(faults.iter().map(|fault| fault_problem(name, fault)));
    Ok(document)
}

/// The warning about a part of the document `name` that is left out.
pub fn fault_problem(name: &str, fault: &Fault) -> Problem {
    let message = format!("A part of {name} cannot be read and is left out: {}.", fault.place);
    let problem = Problem::new("json-part-invalid", message);
    problem.expected(&fault.unread.error).found(&fault.unread.text).in_blob(name)
}

/// Reads JSON in whatever encoding it is; a problem names the file and shows how its text begins.
pub fn json<T: DeserializeOwned>(bytes: &[u8], name: &str) -> Result<T, Problem> {
    let text = &*text_as_utf8(bytes);
    serde_json::from_slice(text).map_err(|error| invalid(text, name, &error.to_string()))
}

/// The problem of a file that is not the JSON that it should be.
pub fn invalid(text: &[u8], name: &str, expected: &str) -> Problem {
    let begin = &text[..text.len().min(24)];
    let found = ["text that begins with “".as_bytes(), begin, "”".as_bytes()].concat();
    Problem::new("json-invalid", format!("{name} is not valid JSON of its kind."))
        .expected(expected)
        .found(found)
        .in_blob(name)
}

/// Fills `out` with the bytes from `at` on; returns how many there are.
pub fn read_at(reader: &mut dyn ReadSeek, at: u64, out: &mut [u8]) -> Result<usize, Problem> {
    reader.seek(SeekFrom::Start(at)).map_err(read_failed)?;
    let mut done = 0;
    while done < out.len() {
        match reader.read(&mut out[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(read_failed(error)),
        }
    }
    Ok(done)
}

/// The problem of a source that cannot be read.
pub fn read_failed(error: io::Error) -> Problem {
    Problem::new("read-failed", "The file cannot be read.")
        .found(error.to_string())
        .advice("Check that the file is still there and unchanged, then open it again.")
}
