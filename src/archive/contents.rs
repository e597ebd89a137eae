//! What the readers of index files are given: members by name or digest, and their bytes.

use super::files::Files;
use super::listing::Listing;
use crate::codec::{BlobPart, ReadSeek};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::text;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::io::{self, SeekFrom};

/// JSON longer than this is not read, in bytes: real configurations have some ten thousand.
pub const MAX_JSON: u64 = 16 << 20;
/// JSON read from one archive, in bytes: an index can name the same large file a million times.
const MAX_ALL_JSON: u64 = 256 << 20;

/// Small members by where they begin, kept while a compressed archive passed by.
pub type Kept = HashMap<u64, Vec<u8>>;

/// Where the bytes come from.
enum Stock<'a> {
    Files(&'a dyn Files, Option<(u32, Box<dyn ReadSeek>)>),
    Kept(&'a Kept),
}

/// An archive's members, readable.
pub struct Contents<'a> {
    pub listing: Listing,
    stock: Stock<'a>,
    /// Bytes of JSON read so far.
    read: u64,
}

impl<'a> Contents<'a> {
    /// Members that lie in files.
    pub fn new(listing: Listing, files: &'a dyn Files) -> Contents<'a> {
        Contents { listing, stock: Stock::Files(files, None), read: 0 }
    }

    /// Members of which only the small ones are at hand.
    pub fn kept(listing: Listing, kept: &'a Kept) -> Contents<'a> {
        Contents { listing, stock: Stock::Kept(kept), read: 0 }
    }

    /// Whether there is a member of this name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Where the member of this name lies, links followed.
    pub fn find(&self, name: &str) -> Option<BlobPart> {
        self.listing.find(name)
    }

    /// A blob by its digest, with its name: where an OCI layout has it, or where `dir:` and files that
    /// lost their folders do.
    pub fn blob(&self, digest: &Digest) -> Option<(String, BlobPart)> {
        let hex = digest.encoded();
        let names =
            [blob_name(digest), hex.to_owned(), format!("{hex}.manifest.json"), digest.to_string()];
        names.into_iter().find_map(|name| self.find(&name).map(|part| (name, part)))
    }

    /// The bytes of a member that is small enough to be JSON.
    pub fn bytes(&mut self, part: BlobPart, name: &str) -> Result<Vec<u8>, Problem> {
        if part.len > MAX_JSON {
            return Err(Problem::new("json-too-large", "A JSON file is too large to be read.")
                .expected(format!("at most {MAX_JSON} bytes"))
                .found(format!("{} bytes", part.len))
                .in_blob(text::show(name.as_bytes())));
        }
        self.read += part.len;
        if self.read > MAX_ALL_JSON {
            return Err(Problem::new(
                "json-too-large",
                "The archive has too much JSON to be read.",
            )
            .expected(format!("at most {MAX_ALL_JSON} bytes in all"))
            .found(format!("{} bytes", self.read))
            .in_blob(text::show(name.as_bytes())));
        }
        let bytes = match &mut self.stock {
            Stock::Files(files, open) => {
                let mut bytes = vec![0; part.len as usize];
                let count = read_at(reader(*files, open, part.file)?, part.start, &mut bytes)?;
                bytes.truncate(count);
                bytes
            }
            Stock::Kept(kept) => kept.get(&part.start).cloned().unwrap_or_default(),
        };
        if (bytes.len() as u64) < part.len {
            return Err(Problem::new(
                "archive-truncated",
                "The archive ends within a file that is needed.",
            )
            .expected(format!("{} bytes", part.len))
            .found(format!("{} bytes", bytes.len()))
            .in_blob(text::show(name.as_bytes()))
            .at(part.start));
        }
        Ok(bytes)
    }

    /// The bytes of the member of this name.
    pub fn named(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let Some(part) = self.find(name) else {
            return Err(Problem::new(
                "archive-member-missing",
                "A file that the archive needs is missing.",
            )
            .expected(text::show(name.as_bytes()))
            .found(self.listing.summary()));
        };
        self.bytes(part, name)
    }

    /// The first bytes of a file of the source; fewer where it ends.
    pub fn head(&mut self, part: BlobPart, out: &mut [u8]) -> Result<usize, Problem> {
        match &mut self.stock {
            Stock::Files(files, open) => {
                let want = out.len().min(usize::try_from(part.len).unwrap_or(usize::MAX));
                read_at(reader(*files, open, part.file)?, part.start, &mut out[..want])
            }
            Stock::Kept(_) => Ok(0),
        }
    }
}

/// The file's reader: the one that is open, if it is this file's.
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

/// Where a blob lies in an OCI image layout.
pub fn blob_name(digest: &Digest) -> String {
    format!("blobs/{}/{}", digest.algorithm(), digest.encoded())
}

/// Reads JSON, with a problem that says where it is none.
pub fn json<T: DeserializeOwned>(bytes: &[u8], name: &str) -> Result<T, Problem> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        let name = text::show(name.as_bytes());
        let start = text::show(&bytes[..bytes.len().min(24)]);
        Problem::new("json-invalid", format!("{name} is not the JSON that it should be."))
            .expected(text::show(error.to_string().as_bytes()))
            .found(format!("text that begins with “{start}”"))
            .in_blob(name)
    })
}

/// Fills `out` from `at` on as far as the source reaches.
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

pub fn read_failed(error: io::Error) -> Problem {
    Problem::new("read-failed", "The file cannot be read.")
        .found(text::show(error.to_string().as_bytes()))
        .advice("Check that the file is still there and unchanged, then open it again.")
}
