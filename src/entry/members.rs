//! The loop over a tar's members: headers, and the extension records before them.

use super::blocks::Blocks;
use super::header::{self, Fields};
use super::member::{Member, kind_of};
use super::pax::Pax;
use super::sparse::{self, SparseMap};
use crate::codec::Input;
use crate::problem::Problem;
use crate::text::byte_count;
use crate::vocabulary::NodeKind;

/// At most this many bytes of a member's extension records are read. Longer records are skipped, with a
/// warning.
const MAX_RECORD: u64 = 1 << 20;
/// Longer names and targets of links are not paths, in bytes: as in Linux. A name is as deep as it is long, and
/// everything above it is part of the tree.
pub const MAX_NAME: usize = 4096;

/// The members of a tar, in order.
pub struct Members<I> {
    blocks: Blocks<I>,
    /// Bytes of extension records that the next member may still have.
    record_left: u64,
    /// Defaults from global headers.
    global: Pax,
    has_global: bool,
}

/// What extension records say about the next member.
struct Extensions {
    pax: Pax,
    long_name: Option<Vec<u8>>,
    long_link: Option<Vec<u8>>,
}

impl<I: Input> Members<I> {
    /// Nothing is read until `next`.
    pub fn new(input: I) -> Members<I> {
        Members::at(0, input)
    }

    /// The members from a header on that is `position` bytes behind the tar's start. Global headers before it are not
    /// known.
    pub fn at(position: u64, input: I) -> Members<I> {
        let (blocks, global) = (Blocks::at(position, input), Pax::default());
        Members { blocks, record_left: 0, global, has_global: false }
    }

    /// Why the tar could not be read to its end.
    pub fn problem(&self) -> Option<&Problem> {
        self.blocks.problem()
    }

    /// Whether a global header came before: entries behind it may depend on it.
    pub fn has_global_header(&self) -> bool {
        self.has_global
    }

    /// Whether the tar ends with a block of zeros, as it should.
    pub fn ended_by_mark(&self) -> bool {
        self.blocks.marked()
    }

    /// Warnings so far.
    pub fn take_warnings(&mut self) -> Vec<Problem> {
        self.blocks.take_warnings()
    }

    /// The input, to read what follows the tar's end.
    pub fn into_input(self) -> I {
        self.blocks.into_input()
    }

    /// Stored bytes of the current member that are not read yet. If the tar ends early, these are missing.
    pub fn data_left(&self) -> u64 {
        self.blocks.data_left()
    }

    /// More stored bytes of the current member; empty at its end, or where the tar is truncated.
    pub fn data(&mut self) -> &[u8] {
        self.blocks.data()
    }

    /// Marks bytes that `data` returned as read.
    pub fn consume(&mut self, count: usize) {
        self.blocks.consume(count);
    }

    /// The next member; `None` at the end. `problem` says why, unless the end is clean.
    #[allow(clippy::should_implement_trait)] // `data` borrows between two calls
    pub fn next(&mut self) -> Option<Member> {
        if self.blocks.ended() || !self.blocks.skip_data() {
            return None;
        }
        let (mut long_name, mut long_link) = (None, None);
        let mut pax = self.global.clone();
        self.record_left = MAX_RECORD;
        loop {
            let at = self.blocks.position();
            let block = self.blocks.next_header()?;
            let fields = header::fields(&block);
            match fields.typeflag {
                b'g' => {
                    self.has_global = true;
                    let record = self.record(&fields)?;
                    let mut defaults = Pax::default();
                    self.check_records(defaults.read(&record), at);
                    self.global.take_defaults(defaults);
                    pax = self.global.clone();
                }
                b'x' => {
                    let record = self.record(&fields)?;
                    let complete = pax.read(&record);
                    self.check_records(complete, at);
                }
                b'L' => long_name = self.text_record(&fields)?,
                b'K' => long_link = self.text_record(&fields)?,
                _ => {
                    let extensions = Extensions { pax, long_name, long_link };
                    return self.member(&block, fields, extensions);
                }
            }
        }
    }

    /// The data of an extension record; empty, with a warning, if it is too long.
    fn record(&mut self, fields: &Fields) -> Option<Vec<u8>> {
        let size = self.blocks.checked_size(fields.size, &fields.name)?;
        self.blocks.begin_data(&fields.name, size);
        if size > self.record_left {
            let warning = Problem::new(
                "tar-record-too-long",
                "An extension record is too long and was skipped.",
            )
            .expected(format!("at most {}", byte_count(MAX_RECORD)))
            .found(byte_count(size))
            .at(self.blocks.position());
            self.blocks.warn(warning);
            return self.blocks.skip_data().then(Vec::new);
        }
        if fields.typeflag != b'g' {
            self.record_left -= size;
        }
        let record = self.blocks.read_data()?;
        self.blocks.skip_data().then_some(record)
    }

    /// The text of a GNU record; `Some(None)` if it is empty or was skipped.
    fn text_record(&mut self, fields: &Fields) -> Option<Option<Vec<u8>>> {
        let record = self.record(fields)?;
        Some(Some(header::text(&record).to_vec()).filter(|text| !text.is_empty()))
    }

    fn member(
        &mut self,
        block: &[u8; 512],
        fields: Fields,
        extensions: Extensions,
    ) -> Option<Member> {
        let Extensions { mut pax, long_name, long_link } = extensions;
        let name = self.path_text("name", pax.path.take().or(long_name), fields.name);
        let link = self.path_text("link target", pax.link.take().or(long_link), fields.link);
        let kind = kind_of(fields.typeflag, &name);
        let stored = match kind {
            NodeKind::File => self.blocks.checked_size(pax.size.or(fields.size), &name)?,
            _ => 0,
        };
        self.blocks.begin_data(&name, stored);
        let mut member = Member {
            kind,
            link,
            mode: fields.mode,
            uid: pax.uid.unwrap_or(fields.uid),
            gid: pax.gid.unwrap_or(fields.gid),
            user: pax.user.take().unwrap_or(fields.user),
            group: pax.group.take().unwrap_or(fields.group),
            mtime: pax.mtime.unwrap_or((fields.mtime, 0)),
            size: stored,
            stored,
            sparse: None,
            device: fields.device,
            xattrs: pax.take_xattrs(),
            data_offset: 0,
            name,
        };
        if fields.typeflag == b'S' {
            let (size, map) = sparse::read_gnu(&mut self.blocks, block)?;
            member.size = self.blocks.checked_size(size, &member.name)?;
            member.sparse = Some(map);
        } else if kind == NodeKind::File && !pax.sparse.is_empty() {
            self.pax_sparse(&pax, &mut member)?;
        }
        member.data_offset = self.blocks.position();
        Some(member)
    }

    /// A sparse file of PAX: versions 0.0 and 0.1 have the map in records, 1.0 has it before the data.
    fn pax_sparse(&mut self, pax: &Pax, member: &mut Member) -> Option<()> {
        let own = std::mem::take(&mut member.name);
        member.name = self.path_text("name", pax.sparse_value(b"name").map(<[u8]>::to_vec), own);
        member.size = sparse::pax_size(pax).unwrap_or(member.stored);
        if pax.sparse_value(b"major") != Some(b"1") {
            member.sparse = Some(SparseMap::from_pax(pax));
            return Some(());
        }
        let map = sparse::read_pax_map(&mut self.blocks);
        if self.blocks.ended() {
            return None; // the input failed
        }
        if map.is_none() {
            let warning =
                Problem::new("tar-sparse-map", "The map of a sparse file cannot be read.")
                    .on_path(&member.name)
                    .at(self.blocks.position());
            self.blocks.warn(warning);
        }
        member.stored = self.blocks.data_left();
        member.sparse = Some(map.unwrap_or_default());
        Some(())
    }

    /// A name or a target of a link: that of the extension records, or the header's if that is too long.
    fn path_text(&mut self, what: &str, extended: Option<Vec<u8>>, header: Vec<u8>) -> Vec<u8> {
        match extended {
            Some(text) if text.len() > MAX_NAME => {
                self.warn_of_long_text(what, text.len());
                header
            }
            text => text.unwrap_or(header),
        }
    }

    fn warn_of_long_text(&mut self, what: &str, length: usize) {
        let message = format!("The {what} of a member is too long.");
        let warning = Problem::new("tar-name-too-long", message)
            .expected(format!("at most {}", byte_count(MAX_NAME as u64)))
            .found(byte_count(length as u64))
            .at(self.blocks.position())
            .advice(format!("The {what} in the header itself is shown instead."));
        self.blocks.warn(warning);
    }

    fn check_records(&mut self, complete: bool, at: u64) {
        if !complete {
            let message = "A PAX record is malformed. The records before it are used.";
            let warning = Problem::new("tar-pax-record", message)
                .expected("LENGTH KEY=VALUE and a line feed")
                .at(at);
            self.blocks.warn(warning);
        }
    }
}

#[cfg(test)]
#[test]
fn a_link_target_that_is_too_long_gives_way_to_that_of_the_header() {
    for (length, warnings) in [(MAX_NAME, 0), (MAX_NAME + 1, 1)] {
        let mut builder = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        builder.append_link(&mut header, "a", "x".repeat(length)).unwrap();
        let tar = builder.into_inner().unwrap();
        let mut members = Members::new(crate::codec::StreamInput::new(
            Box::new(std::io::Cursor::new(tar)),
            Box::new(|_| {}),
        ));
        let member = members.next().unwrap();
        assert_eq!(member.link.len() == length, warnings == 0, "{} bytes", member.link.len());
        let told = members.take_warnings();
        assert_eq!(told.iter().filter(|one| one.code == "tar-name-too-long").count(), warnings);
    }
}
