//! The whole content of one file in pieces, holes as the zeros that they are read as: nothing is held.
//!
//! - A sparse file may claim exabytes in a few bytes of tar, so holes have a limit of their own.

use super::content::{Entrance, FilePlace, LayerBytes, unreadable};
use super::stream::BlobWatch;
use crate::codec::{BlobPart, ReadSeek};
use crate::problem::Problem;
use crate::text::byte_count;
use std::cell::Cell;

/// Zeros of holes that are given at once, and for one file.
const ZEROS: usize = 64 << 10;
const MAX_HOLES: u64 = 64 << 30;
/// Progress is reported every so many bytes.
const STEP: u64 = 4 << 20;

/// Gives a file's bytes in order. `progress` gets the bytes done: those of the blob that are read before the first of the
/// file, and then the file's own.
pub fn stream_file(
    source: Box<dyn ReadSeek>,
    part: BlobPart,
    entrance: Entrance<'_>,
    place: &FilePlace,
    progress: &mut dyn FnMut(u64),
    each: &mut dyn FnMut(&[u8]),
) -> Result<(), Problem> {
    let stored: u64 = place.stored_runs().fold(0, |sum, (_, _, length)| sum.saturating_add(length));
    let holes = place.size.saturating_sub(stored);
    if holes > MAX_HOLES {
        return Err(Problem::new("file-too-large", "The holes of this sparse file are too large.")
            .expected(format!("at most {}", byte_count(MAX_HOLES)))
            .found(byte_count(holes)));
    }
    let (skipped, passes) = (Cell::new(0), Cell::new(false));
    let progress = std::cell::RefCell::new(progress);
    let mut heard = |read: u64| {
        if !passes.get() {
            skipped.set(read);
            (progress.borrow_mut())(read);
        }
    };
    let mut section = part.open(source, entrance.outer).map_err(unreadable)?;
    let mut watch = BlobWatch::new(Vec::new(), &mut heard);
    let first = place.stored_runs().next().map_or(place.data_offset, |(first, ..)| first);
    let mut bytes = LayerBytes::at(&mut section, &mut watch, entrance, first)?;
    let (mut done, mut told) = (0u64, 0u64);
    let mut pass = |piece: &[u8]| {
        passes.set(true);
        each(piece);
        done += piece.len() as u64;
        if done - told >= STEP {
            told = done;
            (progress.borrow_mut())(skipped.get().saturating_add(done));
        }
    };
    let mut at = 0u64;
    for (first, start, length) in place.stored_runs() {
        zeros(start.min(place.size).saturating_sub(at), &mut pass);
        if length > 0 {
            bytes.pass(first, length, &mut |piece: &[u8]| {
                pass(piece);
                Ok::<(), Problem>(())
            })?;
        }
        at = at.max(start.saturating_add(length).min(place.size));
    }
    zeros(place.size.saturating_sub(at), &mut pass);
    Ok(())
}

/// Gives the zeros of a hole.
fn zeros(mut left: u64, each: &mut dyn FnMut(&[u8])) {
    let zeros = vec![0; left.min(ZEROS as u64) as usize];
    while left > 0 {
        let count = left.min(ZEROS as u64);
        each(&zeros[..count as usize]);
        left -= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Checkpoints, Compression};
    use std::io::Write;

    fn streamed(
        bytes: &[u8],
        compression: Compression,
        place: &FilePlace,
    ) -> Result<(Vec<u8>, Vec<u64>), Problem> {
        let none = Checkpoints::default();
        let entrance = Entrance { outer: &none, compression, points: &none };
        let part = BlobPart::plain(0, 0, bytes.len() as u64);
        let source = Box::new(std::io::Cursor::new(bytes.to_vec()));
        let (mut got, mut told) = (Vec::new(), Vec::new());
        let mut progress = |done| told.push(done);
        let mut each = |piece: &[u8]| got.extend_from_slice(piece);
        stream_file(source, part, entrance, place, &mut progress, &mut each)?;
        Ok((got, told))
    }

    #[test]
    fn holes_are_zeros_and_progress_only_grows() {
        let mut tar = b"....".to_vec();
        tar.resize(12 << 20, 7);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&tar).unwrap();
        let gzip = gzip.finish().unwrap();
        let whole = FilePlace { data_offset: 2, stored: 10 << 20, size: 10 << 20, spans: None };
        let spans = Some(vec![(3, 2), (200_000, 1)]);
        let sparse = FilePlace { data_offset: 3, stored: 3, size: 300_000, spans };
        let mut want = vec![0; 300_000];
        (want[3], want[4], want[200_000]) = (b'.', 7, 7);
        for (bytes, compression) in [(&tar, Compression::None), (&gzip, Compression::Gzip)] {
            let (got, told) = streamed(bytes, compression, &whole).unwrap();
            assert!(got == tar[2..][..10 << 20] && told.len() == 2);
            assert!(told.is_sorted(), "{told:?}");
            assert!(streamed(bytes, compression, &sparse).unwrap().0 == want);
        }
    }

    #[test]
    fn a_file_of_holes_alone_is_refused_and_a_cut_one_says_so() {
        let holes = FilePlace { data_offset: 0, stored: 0, size: 1 << 60, spans: Some(vec![]) };
        assert_eq!(streamed(b"", Compression::None, &holes).unwrap_err().code, "file-too-large");
        let cut = FilePlace { data_offset: 0, stored: 9, size: 9, spans: None };
        assert_eq!(streamed(b"abc", Compression::None, &cut).unwrap_err().code, "file-truncated");
    }
}
