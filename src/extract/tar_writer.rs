//! A tar in the interchange format of POSIX: `ustar` headers, and PAX records for what they cannot hold.
//!
//! Source: POSIX pax, "ustar Interchange Format" and "pax Interchange Format"; for sparse files GNU tar's manual,
//! "Storing Sparse Files", PAX 1.0.
//!
//! - Names are bytes: what is not UTF-8 is written as it is, as GNU tar and Docker do.
//! - The end is written by `finish` alone, so that an archive that failed looks like one.

use super::extraction::{ExtractedKind, ExtractedMember};
use super::member_writer::{MemberWriter, unwritten};
use super::pax_records::PaxRecords;
use crate::entry::BLOCK;
use crate::layer::{FilePlace, LayerBytes, Owner};
use crate::problem::Problem;
use std::io::Write;
use tar::{EntryType, Header, UstarHeader};

/// Bytes of the name and of its prefix in a header.
const NAME: usize = 100;
const PREFIX: usize = 155;

/// Writes a tar, member by member.
pub struct TarWriter<'a> {
    out: &'a mut dyn Write,
}

impl<'a> TarWriter<'a> {
    /// Nothing is written yet.
    pub fn new(out: &'a mut dyn Write) -> TarWriter<'a> {
        TarWriter { out }
    }

    /// Ends the archive.
    pub fn finish(self) -> Result<(), Problem> {
        self.out.write_all(&[0; 2 * BLOCK as usize]).map_err(unwritten)
    }

    fn header(&mut self, mut block: HeaderBlock) -> Result<(), Problem> {
        let PaxRecords(records) = std::mem::take(&mut block.records);
        if !records.is_empty() {
            let mut pax = Header::new_ustar();
            pax.set_entry_type(EntryType::XHeader);
            fill(&mut ustar(&mut pax).name, b"PaxHeaders/record");
            let fields = ustar(&mut pax);
            octal(&mut fields.mode, 0o644);
            octal(&mut fields.uid, 0);
            octal(&mut fields.gid, 0);
            octal(&mut fields.mtime, 0);
            octal(&mut fields.size, records.len() as u64);
            pax.set_cksum();
            self.put(pax.as_bytes())?;
            self.put(&records)?;
            self.pad(records.len() as u64)?;
        }
        block.header.set_cksum();
        self.put(block.header.as_bytes())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.out.write_all(bytes).map_err(unwritten)
    }

    /// Fills the last block behind `length` bytes of data.
    fn pad(&mut self, length: u64) -> Result<(), Problem> {
        let padding = length.next_multiple_of(BLOCK) - length;
        self.put(&[0; BLOCK as usize][..padding as usize])
    }
}

impl MemberWriter for TarWriter<'_> {
    fn member(&mut self, member: &ExtractedMember, owner: &Owner) -> Result<(), Problem> {
        let (kind, link, device): (_, &[u8], _) = match &member.kind {
            ExtractedKind::Directory => (EntryType::Directory, b"", None),
            ExtractedKind::Symlink(target) => (EntryType::Symlink, target, None),
            ExtractedKind::HardLink(target) => (EntryType::Link, target, None),
            ExtractedKind::CharDevice(major, minor) => {
                (EntryType::Char, b"", Some((*major, *minor)))
            }
            ExtractedKind::BlockDevice(major, minor) => {
                (EntryType::Block, b"", Some((*major, *minor)))
            }
            ExtractedKind::Fifo => (EntryType::Fifo, b"", None),
            ExtractedKind::File(_) => (EntryType::Regular, b"", None),
        };
        let mut block = HeaderBlock::new(kind, member, owner);
        block.link(link);
        block.device(device.unwrap_or_default());
        block.name(&archive_name(member));
        self.header(block)
    }

    fn file(
        &mut self,
        member: &ExtractedMember,
        owner: &Owner,
        place: &FilePlace,
        bytes: &mut LayerBytes<'_>,
        passed: &mut dyn FnMut(u64),
    ) -> Result<(), Problem> {
        let mut block = HeaderBlock::new(EntryType::Regular, member, owner);
        let map = place.spans.is_some().then(|| sparse_map(place));
        let stored: u64 = place.stored_runs().map(|(_, _, length)| length).sum();
        let length = map.as_ref().map_or(0, |map| map.len() as u64).saturating_add(stored);
        match &map {
            Some(_) => {
                block.records.push("GNU.sparse.major", "1");
                block.records.push("GNU.sparse.minor", "0");
                block.records.push("GNU.sparse.name", &member.path);
                block.records.push("GNU.sparse.realsize", place.size.to_string());
                block.name(b"GNUSparseFile.0");
            }
            None => block.name(&archive_name(member)),
        }
        block.size(length);
        self.header(block)?;
        self.put(map.as_deref().unwrap_or_default())?;
        for (first, _, length) in place.stored_runs().filter(|(.., length)| *length > 0) {
            bytes.pass(first, length, &mut |piece| {
                passed(piece.len() as u64);
                self.out.write_all(piece).map_err(unwritten)
            })?;
        }
        self.pad(length)
    }
}

/// The header of a member on its way, and the records before it.
struct HeaderBlock {
    header: Header,
    records: PaxRecords,
}

impl HeaderBlock {
    /// Without a name, a size, and what only some kinds have.
    fn new(kind: EntryType, member: &ExtractedMember, owner: &Owner) -> HeaderBlock {
        let mut block = HeaderBlock { header: Header::new_ustar(), records: PaxRecords::default() };
        block.header.set_entry_type(kind);
        let HeaderBlock { header, records } = &mut block;
        let fields = ustar(header);
        octal(&mut fields.mode, u64::from(member.mode & 0o7777));
        for (field, key, id) in
            [(&mut fields.uid, "uid", owner.uid), (&mut fields.gid, "gid", owner.gid)]
        {
            if !octal(field, id) {
                records.push(key, id.to_string());
            }
        }
        for (field, key, name) in
            [(&mut fields.uname, "uname", &owner.user), (&mut fields.gname, "gname", &owner.group)]
        {
            if !name.contains(&0) && !fill(&mut field[..31], name) {
                records.push(key, name);
            }
        }
        let (seconds, nanos) = member.mtime;
        let whole = u64::try_from(seconds).ok().filter(|_| nanos == 0);
        if !whole.is_some_and(|seconds| octal(&mut fields.mtime, seconds)) {
            octal(&mut fields.mtime, 0);
            records.push_time("mtime", member.mtime);
        }
        octal(&mut fields.size, 0);
        for (name, value) in &member.xattrs {
            records.push_xattr(name, value);
        }
        block
    }

    fn name(&mut self, name: &[u8]) {
        let fields = ustar(&mut self.header);
        if fill(&mut fields.name, name) {
            return;
        }
        if let Some((prefix, rest)) = split(name) {
            fill(&mut fields.prefix, prefix);
            fill(&mut fields.name, rest);
        } else {
            fill(&mut fields.name, &name[..NAME]);
            self.records.push("path", name);
        }
    }

    fn link(&mut self, target: &[u8]) {
        let fields = ustar(&mut self.header);
        if !fill(&mut fields.linkname, target) {
            fill(&mut fields.linkname, &target[..NAME]);
            self.records.push("linkpath", target);
        }
    }

    fn size(&mut self, size: u64) {
        if !octal(&mut ustar(&mut self.header).size, size) {
            self.records.push("size", size.to_string());
        }
    }

    fn device(&mut self, (major, minor): (u32, u32)) {
        let fields = ustar(&mut self.header);
        octal(&mut fields.dev_major, major.into());
        octal(&mut fields.dev_minor, minor.into());
    }
}

/// The fields of a header that is one of POSIX.
fn ustar(header: &mut Header) -> &mut UstarHeader {
    header.as_ustar_mut().expect("made by `new_ustar`")
}

/// Octal digits and a NUL; zeros and false if the number does not fit.
fn octal(field: &mut [u8], number: u64) -> bool {
    let digits = field.len() - 1;
    let fits = number >> (3 * digits).min(63) == 0;
    let text = format!("{:0digits$o}\0", if fits { number } else { 0 });
    field.copy_from_slice(text.as_bytes());
    fits
}

/// Puts bytes into a field; false, and nothing, if they don't fit.
fn fill(field: &mut [u8], bytes: &[u8]) -> bool {
    let fits = bytes.len() <= field.len();
    if fits {
        field.fill(0);
        field[..bytes.len()].copy_from_slice(bytes);
    }
    fits
}

/// A long name as prefix and name, divided at a slash.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let last = name.len().checked_sub(2)?; // the slash behind a directory's name divides nothing
    let slashes = (0..=last.min(PREFIX)).rev().filter(|at| name[*at] == b'/');
    let at = slashes.into_iter().find(|at| *at > 0)?;
    let (prefix, rest) = (&name[..at], &name[at + 1..]);
    (rest.len() <= NAME).then_some((prefix, rest))
}

/// A member's name: a directory's ends with a slash, the root is `./`.
fn archive_name(member: &ExtractedMember) -> Vec<u8> {
    let name = if member.path.is_empty() { &b"."[..] } else { &member.path[..] };
    match member.kind {
        ExtractedKind::Directory => [name, b"/"].concat(),
        _ => name.to_vec(),
    }
}

/// The map that precedes the stored bytes of a sparse file: decimal lines, the number of spans first, padded to a
/// whole block. The last span ends at the file's end, so that a hole there has a length.
fn sparse_map(place: &FilePlace) -> Vec<u8> {
    let mut spans: Vec<(u64, u64)> =
        place.stored_runs().filter(|run| run.2 > 0).map(|(_, at, length)| (at, length)).collect();
    if spans.last().is_none_or(|(at, length)| at + length < place.size) {
        spans.push((place.size, 0));
    }
    let mut map = format!("{}\n", spans.len());
    for (at, length) in spans {
        map.push_str(&format!("{at}\n{length}\n"));
    }
    let mut map = map.into_bytes();
    map.resize(map.len().next_multiple_of(BLOCK as usize), 0);
    map
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{BlobPart, StreamInput};
    use crate::entry::{Member, Members};
    use crate::layer::{LayerEntrance, pass_layer};
    use std::io::Cursor;

    fn member(path: &[u8], kind: ExtractedKind) -> ExtractedMember {
        let path = path.to_vec();
        ExtractedMember { path, kind, mode: 0o4755, owner: 0, mtime: (5, 0), xattrs: Vec::new() }
    }

    fn read(tar: &[u8]) -> Vec<Member> {
        let mut members = Members::new(StreamInput::new(Box::new(tar), Box::new(|_| {})));
        let read: Vec<Member> = std::iter::from_fn(|| members.next()).collect();
        assert!(members.ended_by_mark() && members.take_warnings().is_empty());
        read
    }

    fn written(members: &[ExtractedMember], owner: &Owner) -> Vec<Member> {
        let mut out = Vec::new();
        let mut tar = TarWriter::new(&mut out);
        members.iter().for_each(|member| tar.member(member, owner).unwrap());
        tar.finish().unwrap();
        assert_eq!(out.len() % 512, 0);
        read(&out)
    }

    #[test]
    fn what_headers_cannot_hold_is_in_records() {
        let owner =
            Owner { uid: 3_000_000, gid: 1 << 40, user: vec![b'u'; 40], group: b"g".to_vec() };
        let link = ExtractedMember {
            mtime: (-5, 17),
            xattrs: vec![(b"user.k".to_vec(), b"a=b\n\0".to_vec())],
            ..member(&[b'n'; 300], ExtractedKind::Symlink(vec![0xff; 200]))
        };
        let read = &written(std::slice::from_ref(&link), &owner)[0];
        assert_eq!((&read.name, &read.link), (&link.path, &vec![0xff; 200]));
        assert_eq!((read.uid, read.gid), (owner.uid, owner.gid));
        assert_eq!((&read.user, &read.group), (&owner.user, &owner.group));
        assert_eq!((read.mtime, read.mode, &read.xattrs), (link.mtime, 0o4755, &link.xattrs));
    }

    #[test]
    fn names_are_divided_at_a_slash_where_that_is_enough() {
        let long = [[b'd'; 90].as_slice(), &[b'f'; 99]].join(&b'/');
        let directory = [[b'd'; 90].as_slice(), &[b'e'; 99]].join(&b'/');
        let members = [
            member(&long, ExtractedKind::Fifo),
            member(&directory, ExtractedKind::Directory),
            member(b"", ExtractedKind::Directory),
            member(&long, ExtractedKind::CharDevice(5, 1)),
        ];
        let read = written(&members, &Owner::default());
        assert_eq!(read[0].name, long);
        assert_eq!(read[1].name, [&directory[..], b"/"].concat());
        assert_eq!(read[2].name, b"./");
        assert_eq!(read[3].device, (5, 1));
    }

    #[test]
    fn a_sparse_file_stays_sparse() {
        let spans = Some(vec![(2, 3), (1 << 40, 4)]);
        let place = FilePlace { data_offset: 4, stored: 7, size: (1 << 40) + 10, spans };
        let file = member(b"hole", ExtractedKind::File(place.clone()));
        let layer = LayerEntrance { part: BlobPart::plain(0, 0, 16), ..LayerEntrance::default() };
        let mut out = Vec::new();
        let mut tar = TarWriter::new(&mut out);
        let source = Box::new(Cursor::new(b"....abcdefg.....".to_vec()));
        pass_layer(source, &layer, &mut |bytes| {
            tar.file(&file, &Owner::default(), &place, bytes, &mut |_| {})
        })
        .unwrap();
        tar.finish().unwrap();
        let read = &read(&out)[0];
        assert_eq!((read.size, &read.name[..]), (place.size, &b"hole"[..]));
        let spans = &read.sparse.as_ref().unwrap().spans;
        let spans: Vec<_> = spans.iter().map(|span| (span.offset, span.length)).collect();
        assert_eq!(spans, [(2, 3), (1 << 40, 4), (place.size, 0)]);
        assert_eq!(&out[read.data_offset as usize..][..7], b"abcdefg");
    }
}
