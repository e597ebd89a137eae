//! The content of one file, read from its layer.
//!
//! An uncompressed layer is read where the file is. A compressed one is decompressed from the checkpoint
//! before the file, or from its beginning if there is none.

use super::stream::{BlobWatch, WatchedBlob};
use crate::codec::{BlobPart, Checkpoints, Compression, Input, ReadSeek, Section, StreamInput};
use crate::problem::Problem;
use crate::text::byte_count;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// At most this many bytes are held in memory at once.
const MAX_LENGTH: u64 = 1 << 30;

/// Where the stored bytes of a file are, and where they belong.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilePlace {
    /// First stored byte, from the start of the uncompressed tar.
    pub data_offset: u64,
    /// Stored bytes.
    pub stored: u64,
    /// Bytes of the file, holes included.
    pub size: u64,
    /// Offset and length of each stored run, if the file is sparse.
    pub spans: Option<Vec<(u64, u64)>>,
}

impl FilePlace {
    /// The stored runs in stored order: where each begins in the tar, where it belongs in the file, its bytes.
    pub fn stored_runs(&self) -> impl Iterator<Item = (u64, u64, u64)> + '_ {
        let whole = self.spans.is_none().then_some((0, self.stored));
        let spans = self.spans.iter().flatten().copied().chain(whole);
        let end = self.data_offset.saturating_add(self.stored);
        let mut tar = self.data_offset;
        spans.map(move |(at, length)| {
            let length = length.min(end.saturating_sub(tar));
            let first = tar;
            tar = tar.saturating_add(length);
            (first, at, length.min(self.size.saturating_sub(at)))
        })
    }
}

/// How to reach the middle of a layer.
#[derive(Clone, Copy)]
pub struct Entrance<'a> {
    /// The checkpoints of the archive, if it is compressed as a whole.
    pub outer: &'a Checkpoints,
    /// The compression of the layer.
    pub compression: Compression,
    /// The checkpoints of the layer.
    pub points: &'a Checkpoints,
}

/// Bytes `offset..offset + length` of a file (fewer at its end).
pub fn read_file(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    entrance: Entrance<'_>,
    place: &FilePlace,
    offset: u64,
    length: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Vec<u8>, Problem> {
    let length = length.min(place.size.saturating_sub(offset));
    if length > MAX_LENGTH {
        return Err(Problem::new("file-too-large", "The file is too large to read at once.")
            .expected(format!("at most {}", byte_count(MAX_LENGTH)))
            .found(byte_count(length))
            .advice("Extract it from the archive with tar."));
    }
    let runs = runs(place, offset, length);
    let first = runs.first().map_or(0, |run| run.tar);
    let mut section = part.open(source, entrance.outer).map_err(unreadable)?;
    let mut watch = BlobWatch::new(Vec::new(), progress);
    let mut bytes = LayerBytes::at(&mut section, &mut watch, entrance, first)?;
    bytes.read(runs, length)
}

/// The whole content of several files, in the order of their places: the layer is entered once, before the
/// first, and read forward. `each` gets the position of each file in the list, and its bytes.
pub fn read_files(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    entrance: Entrance<'_>,
    places: &[FilePlace],
    progress: &mut dyn FnMut(u64),
    each: &mut dyn FnMut(usize, Vec<u8>),
) -> Result<(), Problem> {
    let first = places.first().map_or(0, |place| place.data_offset);
    let mut section = part.open(source, entrance.outer).map_err(unreadable)?;
    let mut watch = BlobWatch::new(Vec::new(), progress);
    let mut bytes = LayerBytes::at(&mut section, &mut watch, entrance, first)?;
    for (at, place) in places.iter().enumerate() {
        each(at, bytes.read(runs(place, 0, place.size), place.size.min(MAX_LENGTH))?);
    }
    Ok(())
}

pub(super) fn unreadable(error: io::Error) -> Problem {
    Problem::new("read-failed", "The content of the file cannot be read.").found(error.to_string())
}

/// The uncompressed bytes of a layer, read forward.
pub enum LayerBytes<'a> {
    /// `buffer`: room for pieces.
    Plain {
        section: &'a mut Section<Box<dyn ReadSeek>>,
        buffer: Vec<u8>,
    },
    Stream {
        input: StreamInput<'a>,
        position: u64,
    },
}

impl<'a> LayerBytes<'a> {
    /// Enters the layer before the byte at `first`.
    pub(super) fn at<'b: 'a>(
        section: &'a mut Section<Box<dyn ReadSeek>>,
        watch: &'a mut BlobWatch<'b>,
        entrance: Entrance<'_>,
        first: u64,
    ) -> Result<LayerBytes<'a>, Problem> {
        if entrance.compression == Compression::None {
            return Ok(LayerBytes::Plain { section, buffer: Vec::new() });
        }
        let watched = WatchedBlob { source: section, watch };
        let reader = entrance.points.open(entrance.compression, watched, first);
        let input = StreamInput::new(reader.map_err(unreadable)?, Box::new(|_| {}));
        Ok(LayerBytes::Stream { input, position: first })
    }

    /// The bytes of these runs, which lie behind those that were read before.
    fn read(&mut self, runs: Vec<StoredRun>, length: u64) -> Result<Vec<u8>, Problem> {
        let mut out = vec![0; length as usize];
        for run in runs {
            match self {
                LayerBytes::Plain { section, .. } => {
                    section.seek(SeekFrom::Start(run.tar)).map_err(unreadable)?;
                    section.read_exact(&mut out[run.out]).map_err(unreadable)?;
                }
                LayerBytes::Stream { input, position } => {
                    let skip = run.tar.saturating_sub(*position);
                    *position += input.skip(skip).map_err(unreadable)?;
                    let wanted = run.out.len();
                    let got = input.read_full(&mut out[run.out]).map_err(unreadable)?;
                    *position += got as u64;
                    if got < wanted {
                        return Err(cut(wanted as u64, got as u64, *position));
                    }
                }
            }
        }
        Ok(out)
    }
}

pub(super) fn cut(wanted: u64, got: u64, at: u64) -> Problem {
    Problem::new("file-truncated", "The layer ends within this file.")
        .expected(byte_count(wanted))
        .found(byte_count(got))
        .at(at)
}

/// Stored bytes of a file: where they are in the tar, and where they belong in the result.
struct StoredRun {
    tar: u64,
    out: std::ops::Range<usize>,
}

/// The stored runs that overlap the wanted bytes, in stored order.
fn runs(place: &FilePlace, offset: u64, length: u64) -> Vec<StoredRun> {
    let mut runs = Vec::new();
    for (tar, at, len) in place.stored_runs() {
        let from = at.max(offset);
        let to = at.saturating_add(len).min(offset + length);
        if from < to {
            let out = (from - offset) as usize..(to - offset) as usize;
            runs.push(StoredRun { tar: tar + (from - at), out });
        }
    }
    runs
}

#[test]
fn a_sparse_file_has_its_holes() {
    let tar = b"....abcdef".to_vec();
    let part = BlobPart::plain(0, 0, 10);
    let spans = Some(vec![(2, 3), (8, 3)]);
    let place = FilePlace { data_offset: 4, stored: 6, size: 12, spans };
    let read = |offset, length| {
        let source = Box::new(io::Cursor::new(tar.clone()));
        let none = Checkpoints::default();
        let compression = Compression::None;
        let entrance = Entrance { outer: &none, compression, points: &none };
        read_file(source, part, entrance, &place, offset, length, &mut |_| {}).unwrap()
    };
    assert_eq!(read(0, 100), b"\0\0abc\0\0\0def\0");
    assert_eq!(read(3, 6), b"bc\0\0\0d");
}

#[test]
fn several_files_are_read_in_one_pass_forward() {
    let tar = b"....abcdef..gh..".to_vec();
    let gzip = {
        use std::io::Write;
        let level = flate2::Compression::default();
        let mut out = flate2::write::GzEncoder::new(Vec::new(), level);
        out.write_all(&tar).unwrap();
        out.finish().unwrap()
    };
    let place = |data_offset, stored, size, spans| FilePlace { data_offset, stored, size, spans };
    let places = [
        place(4, 3, 3, None),
        place(7, 3, 5, Some(vec![(0, 1), (3, 2)])),
        place(10, 0, 0, None),
        place(12, 2, 2, None),
    ];
    for (bytes, compression) in [(tar, Compression::None), (gzip, Compression::Gzip)] {
        let none = Checkpoints::default();
        let entrance = Entrance { outer: &none, compression, points: &none };
        let part = BlobPart::plain(0, 0, bytes.len() as u64);
        let mut read = Vec::new();
        let source = Box::new(io::Cursor::new(bytes));
        let mut each = |at: usize, bytes: Vec<u8>| read.push((at, bytes));
        read_files(source, part, entrance, &places, &mut |_| {}, &mut each).unwrap();
        let want: [(usize, &[u8]); 4] = [(0, b"abc"), (1, b"d\0\0ef"), (2, b""), (3, b"gh")];
        assert_eq!(read, want.map(|(at, bytes)| (at, bytes.to_vec())));
    }
}
