//! Members of archives within a file: what a job lists or reads of them.

use super::file_range::FileRange;
use crate::codec::{Checkpoints, ReadSeek};
use crate::inside::{self, MemberReader, NestedBytes, UnpackMeter};
use crate::layer::{self, Entrance};
use crate::member_path::MemberPath;
use crate::oci::Hasher;
use crate::outline;
use crate::problem::Problem;
use crate::protocol::{ContentDigest, ContentInfo, FileOutline, MemberList};
use crate::text::byte_count;
use serde::{Deserialize, Serialize};
use std::io::{self, Read};

/// At most so many bytes of a member are read at once.
const MAX_LENGTH: u64 = 256 << 20;
/// Bytes that pass at once.
const STEP: usize = 64 << 10;

/// What is asked about a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberWish {
    /// Its own members, if it is an archive, and what is known about it.
    List,
    /// So many bytes from an offset on.
    Content {
        offset: u64,
        length: u64,
    },
    Outline,
    Digest,
}

/// What a member answers.
pub enum MemberAnswer {
    List(Box<MemberList>),
    /// The bytes, and what is said beside them.
    Content(Vec<u8>, ContentInfo),
    Outline(FileOutline),
    Digest(ContentDigest),
}

/// A member of the archive that a file is, and what is asked about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MemberWork {
    /// The file's name, without its directories.
    pub name: Vec<u8>,
    pub member: MemberPath,
    pub wish: MemberWish,
}

impl MemberWork {
    /// Does it: `range` is the whole file.
    pub(super) fn run(
        &self,
        range: &FileRange,
        reader: Box<dyn ReadSeek>,
        outer: &Checkpoints,
        progress: &mut dyn FnMut(u64),
    ) -> Result<MemberAnswer, Problem> {
        let FileRange { part, compression, points, place, .. } = range;
        let entrance = Entrance { outer, compression: *compression, points };
        let file = layer::open_file(reader, *part, entrance, place, progress)?;
        self.run_on(file, place.size)
    }

    fn run_on(&self, file: Box<dyn ReadSeek>, size: u64) -> Result<MemberAnswer, Problem> {
        let meter = UnpackMeter::of_file(size);
        let bytes = NestedBytes::Anywhere(file);
        match self.wish {
            MemberWish::List => {
                let list = inside::list(bytes, &self.name, &self.member, &meter)?;
                Ok(MemberAnswer::List(Box::new(list)))
            }
            MemberWish::Content { offset, length } => {
                self.content(bytes, &meter, offset, length.min(MAX_LENGTH))
            }
            MemberWish::Outline => {
                let mut outline = FileOutline::default();
                self.read(bytes, &meter, &mut |size, source| {
                    outline = outline_of(size, source)?;
                    Ok(())
                })?;
                Ok(MemberAnswer::Outline(outline))
            }
            MemberWish::Digest => {
                let mut hasher = Hasher::sha256();
                self.read(bytes, &meter, &mut |_, source| {
                    pass(source, u64::MAX, &mut |piece| hasher.update(piece)).map(drop)
                })?;
                let sha256 = hasher.finish().encoded().to_owned();
                Ok(MemberAnswer::Digest(ContentDigest { sha256, recorded: None }))
            }
        }
    }

    fn read(
        &self,
        bytes: NestedBytes<'_>,
        meter: &UnpackMeter,
        each: &mut MemberReader<'_>,
    ) -> Result<(), Problem> {
        inside::read(bytes, &self.name, &self.member, meter, each)
    }

    /// Bytes of the member, and its size; where the archive does not say it, all is read to count it.
    fn content(
        &self,
        bytes: NestedBytes<'_>,
        meter: &UnpackMeter,
        offset: u64,
        length: u64,
    ) -> Result<MemberAnswer, Problem> {
        let (mut read, mut size) = (Vec::new(), 0);
        self.read(bytes, meter, &mut |claimed, source| {
            let skipped = pass(source, offset, &mut |_| {})?;
            (&mut *source).take(length).read_to_end(&mut read)?;
            let done = skipped + read.len() as u64;
            size = match claimed {
                Some(claimed) => claimed,
                None => done + pass(source, u64::MAX, &mut |_| {})?,
            };
            Ok(())
        })?;
        if (read.len() as u64) < length.min(size.saturating_sub(offset)) {
            return Err(Problem::new("file-truncated", "The member ends before its size.")
                .expected(byte_count(size))
                .found(byte_count(offset.saturating_add(read.len() as u64))));
        }
        let has_outline = offset == 0 && outline::is_known(&read);
        Ok(MemberAnswer::Content(read, ContentInfo { size, has_outline }))
    }
}

/// The outline of a member. Its first bytes decide whether the rest is read.
fn outline_of(size: Option<u64>, source: &mut dyn Read) -> io::Result<FileOutline> {
    let mut bytes = Vec::new();
    (&mut *source).take(outline::HEAD).read_to_end(&mut bytes)?;
    if !outline::is_known(&bytes) {
        return Ok(FileOutline::default());
    }
    source.take(outline::MOST - bytes.len() as u64).read_to_end(&mut bytes)?;
    let whole = size.unwrap_or(bytes.len() as u64);
    Ok(outline::outline(&bytes, whole))
}

/// Passes up to so many bytes; returns how many there were.
fn pass(source: &mut dyn Read, count: u64, each: &mut dyn FnMut(&[u8])) -> io::Result<u64> {
    let mut buffer = vec![0; STEP];
    let mut done = 0;
    while done < count {
        let want = (count - done).min(STEP as u64) as usize;
        match source.read(&mut buffer[..want]) {
            Ok(0) => break,
            Ok(got) => {
                each(&buffer[..got]);
                done += got as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}
