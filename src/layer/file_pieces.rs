//! The contents of many files of a layer in one pass forward, in pieces: nothing is held.
//!
//! - A hole of a sparse file is given as a few zero bytes: what reads pieces needs to know that it is there, and an
//!   honest hole may have exabytes.

use super::content::{Entrance, FilePlace, LayerBytes, unreadable};
use super::stream::BlobWatch;
use crate::codec::{BlobPart, ReadSeek};
use crate::problem::Problem;

/// Bytes that stand for a hole.
const HOLE: u64 = 64;

/// Gets the contents of files.
pub trait PieceSink {
    /// The next bytes of the file at this position in the list. False: the rest of the file is not needed.
    fn piece(&mut self, file: usize, bytes: &[u8]) -> bool;
    /// The file has ended, or was not needed any more.
    fn end(&mut self, file: usize);
}

/// Reads whole files in the order of their places: the layer is entered once, before the first.
pub fn read_pieces(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    entrance: Entrance<'_>,
    places: &[FilePlace],
    sink: &mut dyn PieceSink,
) -> Result<(), Problem> {
    let first = places.first().map_or(0, |place| place.data_offset);
    let mut section = part.open(source, entrance.outer).map_err(unreadable)?;
    let mut unheard = |_| ();
    let mut watch = BlobWatch::new(Vec::new(), &mut unheard);
    let mut bytes = LayerBytes::at(&mut section, &mut watch, entrance, first)?;
    for (at, place) in places.iter().enumerate() {
        match give(&mut bytes, place, &mut |piece| sink.piece(at, piece)) {
            Ok(()) | Err(Stopped::Unneeded) => sink.end(at),
            Err(Stopped::Failed(problem)) => return Err(problem),
        }
    }
    Ok(())
}

/// Why the rest of a file is not read.
enum Stopped {
    /// It is not needed.
    Unneeded,
    Failed(Problem),
}

impl From<Problem> for Stopped {
    fn from(problem: Problem) -> Stopped {
        Stopped::Failed(problem)
    }
}

/// Gives the bytes of a file, which lies behind those that were read before, until they are not needed.
fn give(
    bytes: &mut LayerBytes<'_>,
    place: &FilePlace,
    take: &mut dyn FnMut(&[u8]) -> bool,
) -> Result<(), Stopped> {
    let mut each = |piece: &[u8]| if take(piece) { Ok(()) } else { Err(Stopped::Unneeded) };
    let mut at = 0u64;
    for (first, start, length) in place.stored_runs() {
        hole(start.saturating_sub(at), &mut each)?;
        if length > 0 {
            bytes.pass(first, length, &mut each)?;
        }
        at = start.saturating_add(length);
    }
    hole(place.size.saturating_sub(at), &mut each)
}

/// Gives zeros for a hole of so many bytes.
fn hole(bytes: u64, each: &mut dyn FnMut(&[u8]) -> Result<(), Stopped>) -> Result<(), Stopped> {
    match bytes {
        0 => Ok(()),
        bytes => each(&[0; HOLE as usize][..bytes.min(HOLE) as usize]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Checkpoints, Compression};
    use std::io::Write;

    #[derive(Default)]
    struct Collected(Vec<(Vec<u8>, bool)>);

    impl PieceSink for Collected {
        fn piece(&mut self, file: usize, bytes: &[u8]) -> bool {
            self.0.resize(file + 1, Default::default());
            self.0[file].0.extend_from_slice(bytes);
            !self.0[file].0.starts_with(b"stop")
        }

        fn end(&mut self, file: usize) {
            self.0.resize(file + 1, Default::default());
            self.0[file].1 = true;
        }
    }

    #[test]
    fn files_come_in_order_with_their_holes_and_the_rest_of_an_unneeded_one_is_skipped() {
        let mut tar = b"....abcdef..stop".to_vec();
        tar.resize(tar.len() + 600_000, b'x');
        tar.extend_from_slice(b"gh..");
        let end = tar.len() as u64;
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&tar).unwrap();
        let gzip = gzip.finish().unwrap();
        let place =
            |data_offset, stored, size, spans| FilePlace { data_offset, stored, size, spans };
        let places = [
            place(4, 3, 3, None),
            place(7, 3, 1 << 60, Some(vec![(0, 1), (3, 2)])),
            place(10, 0, 0, None),
            place(12, 600_004, 600_004, None),
            place(end - 4, 2, 2, None),
        ];
        for (bytes, compression) in [(tar, Compression::None), (gzip, Compression::Gzip)] {
            let none = Checkpoints::default();
            let entrance = Entrance { outer: &none, compression, points: &none };
            let part = BlobPart::plain(0, 0, bytes.len() as u64);
            let mut got = Collected::default();
            let source = Box::new(std::io::Cursor::new(bytes));
            read_pieces(source, part, entrance, &places, &mut got).unwrap();
            let [a, sparse, empty, stopped, last] = &got.0[..] else { panic!("five files") };
            assert_eq!((&a.0[..], &empty.0[..], &last.0[..]), (&b"abc"[..], &b""[..], &b"gh"[..]));
            assert_eq!(sparse.0, [b"d\0\0ef", &[0; 64][..]].concat());
            assert!(stopped.0.len() < 600_004, "the rest is skipped");
            assert!(got.0.iter().all(|(_, ended)| *ended));
        }
    }

    #[test]
    fn a_layer_that_ends_within_a_file_says_so() {
        let none = Checkpoints::default();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(b"abc").unwrap();
        let gzip = gzip.finish().unwrap();
        let entrance = Entrance { outer: &none, compression: Compression::Gzip, points: &none };
        let part = BlobPart::plain(0, 0, gzip.len() as u64);
        let places = [FilePlace { data_offset: 1, stored: 9, size: 9, spans: None }];
        let source = Box::new(std::io::Cursor::new(gzip));
        let problem =
            read_pieces(source, part, entrance, &places, &mut Collected::default()).unwrap_err();
        assert_eq!(problem.code, "file-truncated");
    }
}
