//! The loop over a tar's members.

use super::BLOCK;
use super::header::{self, Fields, number};
use super::pax::Pax;
use super::sparse::{LineMap, SparseMap};
use crate::codec::Input;
use crate::problem::Problem;
use crate::text;
use crate::text::decimal;
use crate::vocabulary::NodeKind;
use std::io;

/// What of a member's extension records is read, in bytes: what goes beyond is passed over, with a warning.
const MAX_RECORD: u64 = 1 << 20;
/// Longer names are no paths, in bytes: Linux itself takes 4096. A name is as deep as it is long, and all
/// that is above it is part of the tree.
pub const MAX_NAME: usize = 64 << 10;
/// Warnings kept for one tar: a damaged one could give as many as it has blocks.
const MAX_WARNINGS: usize = 100;

/// One tar member with what its extension records say.
#[derive(Clone, Debug)]
pub struct Member {
    pub kind: NodeKind,
    /// The name's bytes as they stand in the tar.
    pub name: Vec<u8>,
    /// Target of a link, as it stands.
    pub link: Vec<u8>,
    /// Permission bits with setuid, setgid, sticky.
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub user: Vec<u8>,
    pub group: Vec<u8>,
    /// Seconds since 1970 (rounded down) and nanoseconds.
    pub mtime: (i64, u32),
    /// Bytes of the file, holes included; 0 for all but files.
    pub size: u64,
    /// Bytes that are stored in the tar for it.
    pub stored: u64,
    /// Where stored bytes belong, if the file is sparse.
    pub sparse: Option<SparseMap>,
    /// Major and minor number of a device.
    pub device: (u32, u32),
    pub xattrs: Vec<(Vec<u8>, Vec<u8>)>,
    /// Bytes from the tar's start to the first stored byte.
    pub data_offset: u64,
}

/// The members of a tar, in order.
pub struct Members<I> {
    input: I,
    /// Bytes read or skipped.
    position: u64,
    /// Stored bytes of the current member not read yet, and the filling of its last block.
    data_left: u64,
    padding: u64,
    /// Bytes of extension records that the next member may have yet.
    record_left: u64,
    global: Pax,
    ended: bool,
    problem: Option<Problem>,
    warnings: Vec<Problem>,
    /// For messages: the member whose data comes now.
    current: String,
}

impl<I: Input> Members<I> {
    /// Nothing is read until `next`.
    pub fn new(input: I) -> Members<I> {
        Members {
            input,
            position: 0,
            data_left: 0,
            padding: 0,
            record_left: 0,
            global: Pax::default(),
            ended: false,
            problem: None,
            warnings: Vec::new(),
            current: String::new(),
        }
    }

    /// Why the tar could not be read to its end, if it could not.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// What was passed over.
    pub fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// The input, to read what follows the tar's end.
    pub fn into_input(self) -> I {
        self.input
    }

    /// Stored bytes of the current member that have not been read: what is missing of a member at
    /// which the tar ends early.
    pub fn data_left(&self) -> u64 {
        self.data_left
    }

    /// More stored bytes of the current member; empty at their end, or where the tar is cut short.
    pub fn data(&mut self) -> &[u8] {
        if self.data_left == 0 {
            return &[];
        }
        // Filled twice since the borrow checker can't see that the first ends where nothing is returned.
        let count = match self.input.fill() {
            Ok(bytes) => bytes.len().min(usize::try_from(self.data_left).unwrap_or(usize::MAX)),
            Err(error) => {
                self.fail(error);
                0
            }
        };
        if count == 0 {
            self.cut_short();
            return &[];
        }
        match self.input.fill() {
            Ok(bytes) => &bytes[..count],
            Err(_) => &[],
        }
    }

    /// Marks bytes that `data` gave as read.
    pub fn consume(&mut self, count: usize) {
        self.input.consume(count);
        self.position += count as u64;
        self.data_left -= count as u64;
    }

    /// The next member; `None` at the end, whose reason is then in `problem`.
    #[allow(clippy::should_implement_trait)] // `data` borrows between two calls
    pub fn next(&mut self) -> Option<Member> {
        if self.ended || !self.pass_data() {
            return None;
        }
        let mut pax = self.global.clone();
        let (mut long_name, mut long_link) = (None, None);
        self.record_left = MAX_RECORD;
        loop {
            let at = self.position;
            let block = self.header()?;
            let fields = header::fields(&block);
            match fields.typeflag {
                b'g' => {
                    let record = self.record(&fields)?;
                    let mut defaults = Pax::default();
                    self.check_records(defaults.read(&record), at);
                    keep_defaults(&mut self.global, defaults);
                    pax = self.global.clone();
                }
                b'x' => {
                    let record = self.record(&fields)?;
                    let whole = pax.read(&record);
                    self.check_records(whole, at);
                }
                b'L' => long_name = self.text_record(&fields)?,
                b'K' => long_link = self.text_record(&fields)?,
                _ => return self.member(&block, fields, pax, long_name, long_link),
            }
        }
    }

    /// Passes over what is left of the current member; false if the tar ends in it.
    fn pass_data(&mut self) -> bool {
        let left = self.data_left + self.padding;
        match self.input.skip(left) {
            Ok(skipped) => {
                self.position += skipped;
                if skipped < self.data_left {
                    self.data_left -= skipped;
                    self.cut_short();
                    return false;
                }
                // Filling that is missing at the very end costs nobody anything.
                self.data_left = 0;
                self.padding = 0;
                true
            }
            Err(error) => {
                self.fail(error);
                false
            }
        }
    }

    /// The next header block; `None` at the end or where there is none.
    fn header(&mut self) -> Option<[u8; 512]> {
        let mut block = [0; 512];
        let count = match self.input.read_full(&mut block) {
            Ok(count) => count,
            Err(error) => {
                self.fail(error);
                return None;
            }
        };
        let at = self.position;
        self.position += count as u64;
        if count == 0 || (count == 512 && block.iter().all(|&b| b == 0)) {
            self.ended = true;
            return None;
        }
        if count < 512 {
            self.stop(
                Problem::new("tar-truncated", "The tar is cut short in a header.")
                    .expected("a header of 512 bytes")
                    .found(format!("{count} bytes"))
                    .at(at),
            );
            return None;
        }
        if !header::checksum_holds(&block) {
            let start = text::show(&block[..16]);
            let message = if at == 0 { "This is not a tar." } else { "The tar is damaged." };
            self.stop(
                Problem::new(if at == 0 { "not-a-tar" } else { "tar-damaged" }, message)
                    .expected("a tar header whose checksum holds")
                    .found(format!("bytes that begin with “{start}”"))
                    .at(at),
            );
            return None;
        }
        Some(block)
    }

    /// The data of an extension record; empty, with a warning, if it is too long.
    fn record(&mut self, fields: &Fields) -> Option<Vec<u8>> {
        let size = self.sized(fields.size, &fields.name)?;
        self.data_left = size;
        self.padding = size.next_multiple_of(BLOCK) - size;
        if size > self.record_left {
            let warning =
                Problem::new("tar-record-too-long", "An extension record was passed over.")
                    .expected(format!("at most {MAX_RECORD} bytes"))
                    .found(format!("{size} bytes"))
                    .at(self.position);
            self.warn(warning);
            return self.pass_data().then(Vec::new);
        }
        if fields.typeflag != b'g' {
            self.record_left -= size;
        }
        let mut record = vec![0; size as usize];
        match self.input.read_full(&mut record) {
            Ok(count) => {
                self.position += count as u64;
                self.data_left -= count as u64;
            }
            Err(error) => {
                self.fail(error);
                return None;
            }
        }
        if self.data_left > 0 {
            self.cut_short();
            return None;
        }
        self.pass_data().then_some(record)
    }

    /// The text of a GNU record; none where it was passed over.
    fn text_record(&mut self, fields: &Fields) -> Option<Option<Vec<u8>>> {
        let record = self.record(fields)?;
        Some(Some(header::text(&record).to_vec()).filter(|text| !text.is_empty()))
    }

    fn member(
        &mut self,
        block: &[u8; 512],
        fields: Fields,
        mut pax: Pax,
        long_name: Option<Vec<u8>>,
        long_link: Option<Vec<u8>>,
    ) -> Option<Member> {
        let name = match pax.path.take().or(long_name) {
            Some(name) if name.len() > MAX_NAME => {
                self.name_too_long(&name);
                fields.name
            }
            name => name.unwrap_or(fields.name),
        };
        let kind = kind_of(fields.typeflag, &name);
        let stored = match kind {
            NodeKind::File => self.sized(pax.size.or(fields.size), &name)?,
            _ => 0,
        };
        self.data_left = stored;
        self.padding = stored.next_multiple_of(BLOCK) - stored;
        self.current = text::show(&name);
        let mut member = Member {
            kind,
            link: pax.link.take().or(long_link).unwrap_or(fields.link),
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
            self.gnu_sparse(block, &mut member)?;
        } else if kind == NodeKind::File && !pax.sparse.is_empty() {
            self.pax_sparse(&pax, &mut member)?;
        }
        member.data_offset = self.position;
        Some(member)
    }

    /// Descriptors in the header and in the blocks that follow it.
    fn gnu_sparse(&mut self, block: &[u8; 512], member: &mut Member) -> Option<()> {
        let mut map = SparseMap::default();
        map.push_gnu(&block[386..482]);
        let mut more = block[482] != 0;
        while more {
            let mut extension = [0; 512];
            match self.input.read_full(&mut extension) {
                Ok(512) => self.position += 512,
                Ok(_) => {
                    self.cut_short();
                    return None;
                }
                Err(error) => {
                    self.fail(error);
                    return None;
                }
            }
            map.push_gnu(&extension[..504]);
            more = extension[504] != 0;
        }
        member.size = self.sized(
            number(&block[483..495]).and_then(|size| u64::try_from(size).ok()),
            &member.name,
        )?;
        member.sparse = Some(map);
        Some(())
    }

    /// PAX 0.0 and 0.1 have the map in records, 1.0 has it in front of the data.
    fn pax_sparse(&mut self, pax: &Pax, member: &mut Member) -> Option<()> {
        match pax.sparse_value(b"name") {
            Some(name) if name.len() > MAX_NAME => self.name_too_long(name),
            Some(name) => member.name = name.to_vec(),
            None => {}
        }
        let real = pax.sparse_value(b"realsize").or(pax.sparse_value(b"size")).and_then(decimal);
        member.size = real.unwrap_or(member.stored);
        if pax.sparse_value(b"major") != Some(b"1") {
            member.sparse = Some(SparseMap::from_pax(pax));
            return Some(());
        }
        let mut lines = LineMap::default();
        let mut block = [0; 512];
        while self.data_left >= BLOCK {
            match self.input.read_full(&mut block) {
                Ok(512) => {
                    self.position += 512;
                    self.data_left -= 512;
                }
                Ok(_) => break,
                Err(error) => {
                    self.fail(error);
                    return None;
                }
            }
            match lines.push(&block) {
                Ok(true) => {
                    member.stored = self.data_left;
                    member.sparse = Some(lines.finish());
                    return Some(());
                }
                Ok(false) => {}
                Err(()) => break,
            }
        }
        let warning = Problem::new("tar-sparse-map", "A sparse file's map cannot be read.")
            .on_path(text::show(&member.name))
            .at(self.position);
        self.warn(warning);
        member.stored = self.data_left;
        member.sparse = Some(SparseMap::default());
        Some(())
    }

    /// A size that can be followed; without one the next header can't be found.
    fn sized(&mut self, size: Option<u64>, name: &[u8]) -> Option<u64> {
        match size {
            Some(size) if size < i64::MAX as u64 - BLOCK => Some(size),
            size => {
                let found = match size {
                    Some(size) => format!("{size} bytes"),
                    None => "a size field that is no number below 2⁶³".to_owned(),
                };
                self.stop(
                    Problem::new("tar-size", "A tar header claims a size that no file has.")
                        .expected("a size below 8 EiB")
                        .found(found)
                        .on_path(text::show(name))
                        .at(self.position - BLOCK),
                );
                None
            }
        }
    }

    fn name_too_long(&mut self, name: &[u8]) {
        let warning = Problem::new("tar-name-too-long", "A name is too long to be a path.")
            .expected(format!("at most {MAX_NAME} bytes"))
            .found(format!("{} bytes", name.len()))
            .at(self.position)
            .advice("The name in the header itself is shown instead.");
        self.warn(warning);
    }

    fn check_records(&mut self, whole: bool, at: u64) {
        if !whole {
            let warning =
                Problem::new("tar-pax-record", "A PAX record is malformed; those before it count.")
                    .expected("LENGTH KEY=VALUE and a line feed")
                    .at(at);
            self.warn(warning);
        }
    }

    fn cut_short(&mut self) {
        self.stop(
            Problem::new("tar-truncated", "The tar is cut short.")
                .expected(format!("{} more bytes of a member", self.data_left))
                .found("the end")
                .on_path(self.current.clone())
                .at(self.position)
                .advice("Save the image again, or check that the file was copied whole."),
        );
    }

    fn fail(&mut self, error: io::Error) {
        self.stop(
            Problem::new("read-failed", "The bytes cannot be read further.")
                .found(text::show(error.to_string().as_bytes()))
                .at(self.position),
        );
    }

    fn stop(&mut self, problem: Problem) {
        self.ended = true;
        self.problem.get_or_insert(problem);
    }

    fn warn(&mut self, warning: Problem) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push(warning);
        }
    }
}

fn kind_of(typeflag: u8, name: &[u8]) -> NodeKind {
    match typeflag {
        b'1' => NodeKind::HardLink,
        b'2' => NodeKind::Symlink,
        b'3' => NodeKind::CharDevice,
        b'4' => NodeKind::BlockDevice,
        b'5' => NodeKind::Directory,
        b'6' => NodeKind::Fifo,
        0 if name.ends_with(b"/") => NodeKind::Directory,
        _ => NodeKind::File,
    }
}

/// Global records that may stand for every member: see `pax`.
fn keep_defaults(global: &mut Pax, new: Pax) {
    global.uid = new.uid.or(global.uid);
    global.gid = new.gid.or(global.gid);
    global.mtime = new.mtime.or(global.mtime);
    global.user = new.user.or(global.user.take());
    global.group = new.group.or(global.group.take());
}
