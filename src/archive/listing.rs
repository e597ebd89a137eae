//! The members of an archive by name; links are followed.
//!
//! A listing is made from the headers of a tar, from the paths of a folder, or, for an archive that is
//! compressed as a whole, from the one pass over it.

use crate::codec::{BlobPart, Compression, Input};
use crate::entry::{Member, Members, path};
use crate::problem::Problem;
use crate::text::Shown;
use crate::vocabulary::NodeKind;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An archive with more members than this is a root file system: real archives have a few hundred. Members
/// beyond it are not listed.
const MAX_MEMBERS: usize = 100_000;
/// Links that are followed in a row; Docker writes chains of one.
const MAX_LINKS: usize = 8;
/// Number of names that messages show.
const SHOWN: usize = 8;
/// Bytes of each name that messages show.
const SHOWN_BYTES: usize = 100;
/// Bytes of all names together.
const MAX_NAMES: usize = 64 << 20;

/// Where a member is.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum MemberPlace {
    File(BlobPart),
    /// A link: the normalised name of its target.
    Link(Vec<u8>),
}

/// Members by their normalised names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ArchiveListing {
    places: HashMap<Vec<u8>, MemberPlace>,
    /// The first names, for messages.
    first: Vec<Shown>,
    /// Number of headers, those of directories and devices included.
    members: u64,
    /// Bytes of names and targets.
    bytes: usize,
    /// Problems met while reading.
    warnings: Vec<Problem>,
}

impl ArchiveListing {
    /// Reads the headers of the tar that is file `file` of the source, and skips payloads.
    pub fn of_tar(input: impl Input, file: u32) -> ArchiveListing {
        let mut listing = ArchiveListing::default();
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

    /// The files of a folder; directories that contain all of them are removed from their paths.
    pub fn of_folder(files: &[(String, u64)]) -> ArchiveListing {
        let mut listing = ArchiveListing::default();
        let outer = common_folder(files);
        for (at, (path, size)) in (0u32..).zip(files) {
            let place = MemberPlace::File(BlobPart::plain(at, 0, *size));
            if !listing.add(normal(&path.as_bytes()[outer..]), Some(place)) {
                break;
            }
        }
        listing
    }

    /// Adds a member of a tar; false if there are too many.
    pub fn add_member(&mut self, member: &Member, file: u32, within: Compression) -> bool {
        let name = normal(&member.name);
        let place = match member.kind {
            NodeKind::File => Some(MemberPlace::File(BlobPart {
                file,
                within,
                start: member.data_offset,
                len: member.stored,
            })),
            NodeKind::HardLink => Some(MemberPlace::Link(normal(&member.link))),
            NodeKind::Symlink => Some(MemberPlace::Link(beside(&name, &member.link))),
            _ => None,
        };
        self.add(name, place)
    }

    fn add(&mut self, name: Vec<u8>, place: Option<MemberPlace>) -> bool {
        self.members += 1;
        if self.first.len() < SHOWN {
            self.first.push(shortened(&name));
        }
        if let Some(place) = place {
            let target = if let MemberPlace::Link(target) = &place { target.len() } else { 0 };
            self.bytes += name.len() + target;
            self.places.insert(name, place);
        }
        self.places.len() < MAX_MEMBERS && self.bytes < MAX_NAMES
    }

    /// Adds a problem.
    pub fn warn(&mut self, problem: Problem) {
        self.warnings.push(problem);
    }

    /// Takes the problems out.
    pub fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// Number of headers.
    pub fn members(&self) -> u64 {
        self.members
    }

    /// Where the member with this name is; links are followed.
    pub fn find(&self, name: &str) -> Option<BlobPart> {
        let mut name = normal(name.as_bytes());
        for _ in 0..MAX_LINKS {
            match self.places.get(&name)? {
                MemberPlace::File(part) => return Some(*part),
                MemberPlace::Link(target) => name = target.clone(),
            }
        }
        None
    }

    /// Names of files and links, in no order.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.places.keys().map(Vec::as_slice)
    }

    /// What the archive contains, in a few words.
    pub fn summary(&self) -> String {
        let count = self.members;
        let names = self.first.iter().map(Shown::as_str).collect::<Vec<_>>().join(", ");
        match (count, self.first.len() as u64) {
            (0, _) => "no files".to_owned(),
            (1, _) => format!("one file: {names}"),
            (_, shown) if count <= shown => format!("{count} files: {names}"),
            _ => format!("{count} files, the first: {names}"),
        }
    }
}

/// A name for messages.
fn shortened(name: &[u8]) -> Shown {
    match name.split_at_checked(SHOWN_BYTES) {
        Some((start, rest)) if !rest.is_empty() => Shown::new([start, "…".as_bytes()].concat()),
        _ => Shown::new(name),
    }
}

/// Length of the path of the deepest directory that contains all files, its slash included.
fn common_folder(files: &[(String, u64)]) -> usize {
    let Some((first, _)) = files.first() else { return 0 };
    let shared = files.iter().fold(first.len(), |len, (path, _)| {
        let pairs = first.bytes().zip(path.bytes());
        len.min(pairs.take_while(|(a, b)| a == b).count())
    });
    first.as_bytes()[..shared].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1)
}

/// A name without empty parts, `.` and `..`.
fn normal(name: &[u8]) -> Vec<u8> {
    path::parts(name).join(&b'/')
}

/// The target of the symbolic link `name`, relative to the root.
fn beside(name: &[u8], target: &[u8]) -> Vec<u8> {
    if target.starts_with(b"/") {
        return normal(target);
    }
    let directory = name.iter().rposition(|&b| b == b'/').map_or(&b""[..], |slash| &name[..slash]);
    normal(&[directory, b"/", target].concat())
}
