//! The archive's own table of contents: its members by name, links followed.

use super::seek;
use crate::codec::{ReadSeek, Section, SeekInput};
use crate::entry::{BlobPart, Kind, Members, path};
use crate::oci::Digest;
use crate::problem::Problem;
use crate::text;
use serde::de::DeserializeOwned;
use std::collections::HashMap;
use std::io;

/// JSON longer than this is not read, in bytes: real configurations have some ten thousand.
const MAX_JSON: u64 = 16 << 20;
/// More members than this are no image archive's.
const MAX_MEMBERS: usize = 1_000_000;
/// Links are followed so far; Docker's chains have one step.
const MAX_LINKS: usize = 8;

enum Place {
    File(BlobPart),
    /// Normalised name of the target.
    Link(Vec<u8>),
}

/// Members by their normalised names.
pub struct Contents<'a> {
    reader: &'a mut dyn ReadSeek,
    places: HashMap<Vec<u8>, Place>,
    /// The first names, for messages.
    first: Vec<String>,
    warnings: Vec<Problem>,
}

impl<'a> Contents<'a> {
    /// Reads all headers of the tar; payloads are passed over by seeking.
    pub fn read(reader: &'a mut dyn ReadSeek, size: u64) -> Result<Contents<'a>, Problem> {
        let mut places = HashMap::new();
        let mut first = Vec::new();
        let section = Section::new(&mut *reader, 0, size).map_err(read_failed)?;
        let mut members = Members::new(SeekInput::new(section));
        while let Some(member) = members.next() {
            let name = normal(&member.name);
            if first.len() < 8 {
                first.push(text::show(&name));
            }
            let place = match member.kind {
                Kind::File => {
                    Place::File(BlobPart { start: member.data_offset, len: member.stored })
                }
                Kind::HardLink => Place::Link(normal(&member.link)),
                Kind::Symlink => Place::Link(beside(&name, &member.link)),
                _ => continue,
            };
            places.insert(name, place);
            if places.len() > MAX_MEMBERS {
                break;
            }
        }
        let mut warnings = members.take_warnings();
        warnings.extend(members.problem().cloned());
        Ok(Contents { reader, places, first, warnings })
    }

    /// What was met while reading, once.
    pub fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// Whether there is a member of this name.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Where the member of this name lies, links followed.
    pub fn find(&self, name: &str) -> Option<BlobPart> {
        let mut name = normal(name.as_bytes());
        for _ in 0..MAX_LINKS {
            match self.places.get(&name)? {
                Place::File(part) => return Some(*part),
                Place::Link(target) => name = target.clone(),
            }
        }
        None
    }

    /// The bytes of a member that is small enough to be JSON.
    pub fn bytes(&mut self, part: BlobPart, name: &str) -> Result<Vec<u8>, Problem> {
        if part.len > MAX_JSON {
            return Err(Problem::new("json-too-large", "A JSON file is too large to be read.")
                .expected(format!("at most {MAX_JSON} bytes"))
                .found(format!("{} bytes", part.len))
                .in_blob(text::show(name.as_bytes())));
        }
        let mut bytes = vec![0; part.len as usize];
        let count = read_at(self.reader, part.start, &mut bytes)?;
        if count < bytes.len() {
            return Err(Problem::new(
                "archive-truncated",
                "The archive ends within a file that is needed.",
            )
            .expected(format!("{} bytes", bytes.len()))
            .found(format!("{count} bytes"))
            .in_blob(text::show(name.as_bytes()))
            .at(part.start));
        }
        Ok(bytes)
    }

    /// The member of this name, read as JSON.
    pub fn json<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        let Some(part) = self.find(name) else {
            return Err(Problem::new(
                "archive-member-missing",
                "A file that the archive needs is missing.",
            )
            .expected(name.to_owned())
            .found(self.summary()));
        };
        json(&self.bytes(part, name)?, name)
    }

    /// A few words on what is in the archive.
    pub fn summary(&self) -> String {
        match self.places.len() {
            0 => "no files".to_owned(),
            count => format!("{count} files, the first: {}", self.first.join(", ")),
        }
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
    seek(reader, at)?;
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

fn normal(name: &[u8]) -> Vec<u8> {
    path::parts(name).join(&b'/')
}

/// A symbolic link's target, relative to the directory of the link.
fn beside(name: &[u8], target: &[u8]) -> Vec<u8> {
    if target.starts_with(b"/") {
        return normal(target);
    }
    let directory = name.iter().rposition(|&b| b == b'/').map_or(&b""[..], |slash| &name[..slash]);
    normal(&[directory, b"/", target].concat())
}
