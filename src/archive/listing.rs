//! The members of an archive by name; links are followed.
//!
//! A listing is made from the headers of a tar, from the paths of a folder, or, for an archive that is
//! compressed as a whole, from the one pass over it.

use super::folders::{common_folder, common_of_paths};
use super::limits::MAX_NAME;
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
/// Links that are followed for one name; Docker writes chains of one.
const MAX_LINKS: u32 = 16;
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
    /// A link: the normalised name of its target, read in both ways that tools write it: relative to the
    /// link's folder and to the archive's root, the likelier way first.
    Link([Vec<u8>; 2]),
}

/// How the list of members ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListingEnd {
    /// As the archive says, or a folder's.
    #[default]
    Marked,
    /// The file ends behind a member, without the blocks of zeros that end a tar.
    Unmarked,
    /// The file ends within a member, or cannot be read further: at this byte of the uncompressed file.
    Cut { at: u64 },
    /// Reading ended at a limit.
    Limited,
}

/// Members by their normalised names.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ArchiveListing {
    places: HashMap<Vec<u8>, MemberPlace>,
    /// The folder that names are relative to, with a slash at its end; usually none.
    folder: Vec<u8>,
    end: ListingEnd,
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
                listing.end = ListingEnd::Limited;
                break;
            }
        }
        listing.finish(&mut members);
        listing.warnings.extend(members.problem().cloned());
        listing
    }

    /// The files of a folder; directories that contain all of them are removed from their paths.
    pub fn of_folder(files: &[(String, u64)]) -> ArchiveListing {
        let mut listing = ArchiveListing::default();
        let outer = common_of_paths(files);
        for (at, (path, size)) in (0u32..).zip(files) {
            let place = MemberPlace::File(BlobPart::plain(at, 0, *size));
            // What is beside the folder keeps its whole path.
            let within = path.as_bytes().strip_prefix(outer.as_bytes());
            if !listing.add(normal(within.unwrap_or(path.as_bytes())), Some(place)) {
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
            NodeKind::HardLink => {
                Some(MemberPlace::Link([normal(&member.link), beside(&name, &member.link)]))
            }
            NodeKind::Symlink => {
                Some(MemberPlace::Link([beside(&name, &member.link), normal(&member.link)]))
            }
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
            let targets = match &place {
                MemberPlace::Link(targets) => targets.iter().map(Vec::len).sum(),
                MemberPlace::File(_) => 0,
            };
            self.bytes += name.len() + targets;
            self.places.insert(name, place);
        }
        self.places.len() < MAX_MEMBERS && self.bytes < MAX_NAMES
    }

    /// Takes over how a tar ends, and its warnings; not why it cannot be read further.
    pub fn finish<I: Input>(&mut self, members: &mut Members<I>) {
        self.warnings.extend(members.take_warnings());
        self.end = match members.problem() {
            _ if self.end != ListingEnd::Marked => self.end,
            Some(problem) if matches!(&*problem.code, "tar-truncated" | "read-failed") => {
                ListingEnd::Cut { at: problem.offset.unwrap_or(0) }
            }
            Some(_) => ListingEnd::Marked,
            None if members.ended_by_mark() => ListingEnd::Marked,
            None => ListingEnd::Unmarked,
        };
    }

    /// How the list of members ends.
    pub fn end(&self) -> ListingEnd {
        self.end
    }

    /// Says how the list of members ends.
    pub fn set_end(&mut self, end: ListingEnd) {
        self.end = end;
    }

    /// The deepest folder that all members are in, with a slash at its end; empty if there is none. What
    /// file managers add beside it does not count.
    pub fn common_folder(&self) -> Vec<u8> {
        common_folder(self.places.keys().map(Vec::as_slice)).to_vec()
    }

    /// From now on, names are relative to this folder.
    pub fn enter(&mut self, folder: Vec<u8>) {
        self.folder = folder;
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

    /// Where the member with this name is; links are followed. Docker for Windows wrote backslashes.
    pub fn find(&self, name: &str) -> Option<BlobPart> {
        let find = |name: &str| {
            let name = [&self.folder[..], &normal(name.as_bytes())].concat();
            let mut links = MAX_LINKS;
            self.follow(&name, &mut links)
        };
        find(name).or_else(|| find(&name.replace('\\', "/")))
    }

    /// `links`: how many more may be followed.
    fn follow(&self, name: &[u8], links: &mut u32) -> Option<BlobPart> {
        match self.places.get(name) {
            Some(MemberPlace::File(part)) => Some(*part),
            Some(MemberPlace::Link(targets)) => self.follow_link(targets, b"", links),
            // A document may name 16 MB, each folder of which would be looked up.
            None if name.len() > MAX_NAME => None,
            None => {
                // A folder on the way may be a link.
                let mut slashes = (1..name.len()).filter(|at| name[*at] == b'/');
                slashes.find_map(|at| match self.places.get(&name[..at])? {
                    MemberPlace::Link(targets) => self.follow_link(targets, &name[at..], links),
                    MemberPlace::File(_) => None,
                })
            }
        }
    }

    /// Follows a link; `rest` is what the name has behind it.
    fn follow_link(
        &self,
        targets: &[Vec<u8>; 2],
        rest: &[u8],
        links: &mut u32,
    ) -> Option<BlobPart> {
        *links = links.checked_sub(1)?;
        let within = targets.each_ref().map(|target| [target, rest].concat());
        let below = within.each_ref().map(|target| [&self.folder[..], target].concat());
        within.iter().chain(&below).find_map(|target| self.follow(target, links))
    }

    /// Names of files and links, in no order.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.places.keys().filter_map(|name| name.strip_prefix(&self.folder[..]))
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

/// A name without empty parts, `.` and `..`.
fn normal(name: &[u8]) -> Vec<u8> {
    path::parts(name).join(&b'/')
}

/// The target of the link `name`, relative to its folder.
fn beside(name: &[u8], target: &[u8]) -> Vec<u8> {
    if target.starts_with(b"/") {
        return normal(target);
    }
    let directory = name.iter().rposition(|&b| b == b'/').map_or(&b""[..], |slash| &name[..slash]);
    normal(&[directory, b"/", target].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Section, SeekInput};
    use std::io::Cursor;
    use tar::EntryType;

    /// The listing of a tar of members: name, kind, and target or content.
    fn listing(members: &[(&str, EntryType, &str)]) -> ArchiveListing {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, kind, text) in members {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(*kind);
            if *kind == EntryType::Regular {
                header.set_size(text.len() as u64);
                builder.append_data(&mut header, name, text.as_bytes()).unwrap();
            } else {
                builder.append_link(&mut header, name, text).unwrap();
            }
        }
        let bytes = builder.into_inner().unwrap();
        let size = bytes.len() as u64;
        let section = Section::new(Cursor::new(bytes), 0, size).unwrap();
        ArchiveListing::of_tar(SeekInput::new(section), 0)
    }

    #[test]
    fn a_link_s_target_counts_from_its_folder_or_from_the_root() {
        let (file, soft, hard) = (EntryType::Regular, EntryType::Symlink, EntryType::Link);
        for folder in ["", "save/", "a/b/"] {
            let at = |name: &str| format!("{folder}{name}");
            let layer = at("A/layer.tar");
            for (kind, target) in [
                (soft, "../A/layer.tar"),
                (soft, "A/layer.tar"),
                (soft, "/A/layer.tar"),
                (soft, "./A/layer.tar"),
                (hard, &layer),
                (hard, "A/layer.tar"),
                (hard, "../A/layer.tar"),
            ] {
                let mut listing =
                    listing(&[(&layer, file, "x"), (&at("B/layer.tar"), kind, target)]);
                assert_eq!(listing.common_folder(), folder.as_bytes());
                listing.enter(folder.as_bytes().to_vec());
                let found = listing.find("B/layer.tar");
                assert!(found.is_some_and(|part| part.len == 1), "{kind:?} {target} in “{folder}”");
            }
        }
    }

    #[test]
    fn a_folder_on_the_way_may_be_a_link() {
        let (file, soft) = (EntryType::Regular, EntryType::Symlink);
        for folder in ["", "save/"] {
            let at = |name: &str| format!("{folder}{name}");
            for target in ["A", "/A", "./A/", "../A", "C"] {
                let mut listing = listing(&[
                    (&at("A/layer.tar"), file, "x"),
                    (&at("B"), soft, target),
                    (&at("C"), soft, "A"),
                    (&at("D"), soft, "D"),
                ]);
                listing.enter(folder.as_bytes().to_vec());
                assert_eq!(listing.find("B/layer.tar").map(|part| part.len), Some(1), "{target}");
                assert_eq!((listing.find("B/x"), listing.find("D/x")), (None, None));
            }
        }
    }

    #[test]
    fn names_with_backslashes_are_found() {
        let listing = listing(&[("A/layer.tar", EntryType::Regular, "x")]);
        assert_eq!(listing.find("A\\layer.tar").map(|part| part.len), Some(1));
        assert_eq!(listing.find("A\\other.tar"), None);
    }

    #[test]
    fn links_that_lead_to_each_other_lead_nowhere() {
        let soft = EntryType::Symlink;
        let listing = listing(&[("a/x", soft, "b/x"), ("b/x", soft, "a/x"), ("c", soft, "c")]);
        assert_eq!((listing.find("a/x"), listing.find("c")), (None, None));
    }

    #[test]
    fn the_end_of_a_tar_is_marked_or_not_or_within_a_member() {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_size(600);
        builder.append_data(&mut header, "a", &[1; 600][..]).unwrap();
        let whole = builder.into_inner().unwrap();
        for (size, end) in [
            (whole.len() as u64, ListingEnd::Marked),
            (1536, ListingEnd::Unmarked),
            (1112, ListingEnd::Unmarked), // the padding alone is missing
            (1000, ListingEnd::Cut { at: 1000 }),
            (100, ListingEnd::Cut { at: 0 }),
        ] {
            let section = Section::new(Cursor::new(&whole[..]), 0, size).unwrap();
            assert_eq!(ArchiveListing::of_tar(SeekInput::new(section), 0).end(), end, "{size}");
        }
    }
}
