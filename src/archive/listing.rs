//! An archive's own table of contents: its members by name, links followed.
//!
//! A listing is made of a tar's headers, of a folder's paths, or (since an archive that is compressed as
//! a whole is read once) of what passed by in that one pass, small texts kept.

use crate::codec::{BlobPart, Compression, Input};
use crate::entry::{Member, Members, path};
use crate::problem::Problem;
use crate::text;
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An archive with more members than this is a root file system: real archives have a few hundred, and
/// the first members are all that is looked at.
const MAX_MEMBERS: usize = 100_000;
/// Links are followed so far; Docker's chains have one step.
const MAX_LINKS: usize = 8;
/// Names that messages show.
const SHOWN: usize = 8;
/// Bytes of them.
const SHOWN_BYTES: usize = 100;
/// Bytes of all names that are kept.
const MAX_NAMES: usize = 64 << 20;

#[derive(Clone, Debug, Serialize, Deserialize)]
enum Place {
    File(BlobPart),
    /// Normalised name of the target.
    Link(Vec<u8>),
}

/// Members by their normalised names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Listing {
    places: HashMap<Vec<u8>, Place>,
    /// The first names, for messages.
    first: Vec<String>,
    /// Headers met, those of directories and devices too.
    members: u64,
    /// Bytes of names and targets.
    bytes: usize,
    /// What was met while reading.
    warnings: Vec<Problem>,
}

impl Listing {
    /// Reads the headers of a tar that is file `file` of the source; payloads are passed over.
    pub fn of_tar(input: impl Input, file: u32) -> Listing {
        let mut listing = Listing::default();
        let mut members = Members::new(input);
        while let Some(member) = members.next() {
            if !listing.add_member(&member, file, Compression::None) {
                break;
            }
        }
        listing.warnings.extend(members.take_warnings());
        listing.warnings.extend(members.problem().cloned());
        listing
    }

    /// The files of a folder; folders that hold all of them are taken off their paths.
    pub fn of_folder(files: &[(String, u64)]) -> Listing {
        let mut listing = Listing::default();
        let outer = common_folder(files);
        for (at, (path, size)) in (0u32..).zip(files) {
            let place = Place::File(BlobPart::plain(at, 0, *size));
            if !listing.add(normal(&path.as_bytes()[outer..]), Some(place)) {
                break;
            }
        }
        listing
    }

    /// Adds a tar's member; false if there are more than an archive has.
    pub fn add_member(&mut self, member: &Member, file: u32, within: Compression) -> bool {
        let name = normal(&member.name);
        let place = match member.kind {
            NodeKind::File => Some(Place::File(BlobPart {
                file,
                within,
                start: member.data_offset,
                len: member.stored,
            })),
            NodeKind::HardLink => Some(Place::Link(normal(&member.link))),
            NodeKind::Symlink => Some(Place::Link(beside(&name, &member.link))),
            _ => None,
        };
        self.add(name, place)
    }

    fn add(&mut self, name: Vec<u8>, place: Option<Place>) -> bool {
        self.members += 1;
        if self.first.len() < SHOWN {
            let cut = if name.len() > SHOWN_BYTES { "…" } else { "" };
            self.first.push(text::show(&name[..name.len().min(SHOWN_BYTES)]) + cut);
        }
        if let Some(place) = place {
            let target = if let Place::Link(target) = &place { target.len() } else { 0 };
            self.bytes += name.len() + target;
            self.places.insert(name, place);
        }
        self.places.len() < MAX_MEMBERS && self.bytes < MAX_NAMES
    }

    /// Adds a problem met on the way.
    pub fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    /// What was met while reading, once.
    pub fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// Headers met.
    pub fn members(&self) -> u64 {
        self.members
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

    /// Names of files and links, in no order.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.places.keys().map(Vec::as_slice)
    }

    /// A few words on what is in the archive.
    pub fn summary(&self) -> String {
        let count = self.members;
        match (count, self.first.len() as u64) {
            (0, _) => "no files".to_owned(),
            (1, _) => format!("one file: {}", self.first.join(", ")),
            (_, shown) if count <= shown => format!("{count} files: {}", self.first.join(", ")),
            _ => format!("{count} files, the first: {}", self.first.join(", ")),
        }
    }
}

/// Length of the path of the deepest folder that all files are in, its slash included.
fn common_folder(files: &[(String, u64)]) -> usize {
    let Some((first, _)) = files.first() else { return 0 };
    let shared = files.iter().fold(first.len(), |len, (path, _)| {
        let pairs = first.bytes().zip(path.bytes());
        len.min(pairs.take_while(|(a, b)| a == b).count())
    });
    first.as_bytes()[..shared].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
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
