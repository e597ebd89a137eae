//! LZ4 streams of several frames: the library takes a frame that is cut short for one that ended.
//!
//! Source: the LZ4 frame format, 1.6. Header, block and content checksums are the library's.
//!
//! - Whether a frame ended or was cut is told from the source: a whole frame never reads past its end.
//! - The legacy format (`lz4 -l`) has no end and no checksum, and is refused by name, as are frames
//!   with a dictionary, which no image carries.
//! - Hostile input: a frame costs at most two blocks of 4 MiB and their window.

use super::buffered::Buffered;
use super::checkpoints::Recorder;
use super::{damaged, failed, frames};
use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

/// The contents of all frames, one after the other.
pub struct Frames<'a, R: Read> {
    /// Between two frames.
    source: Option<Buffered<R>>,
    /// One a frame: the library's sizes its buffers by its first frame.
    frame: Option<FrameDecoder<Watched<R>>>,
    /// Bytes put out.
    offset: u64,
    recorder: Recorder<'a>,
}

impl<'a, R: Read> Frames<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Frames<'a, R> {
        Frames { source: Some(source), frame: None, offset: 0, recorder }
    }
}

/// Goes to the next frame that has content; false at the end of the stream.
fn next_frame<R: Read>(source: &mut Buffered<R>) -> io::Result<bool> {
    match frames::next(source, "lz4")? {
        None => Ok(false),
        Some(frames::LZ4) => Ok(true),
        Some(frames::LZ4_LEGACY) => {
            Err(damaged("lz4", "a frame of the legacy format (lz4 -l), which is not read"))
        }
        Some(magic) => Err(frames::no_frame("lz4", magic)),
    }
}

impl<R: Read> Read for Frames<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(source) = &mut self.source {
                if !next_frame(source)? {
                    return Ok(0);
                }
                if self.recorder.due(self.offset) {
                    self.recorder.start(self.offset, source.position());
                }
                let watched = self.source.take().map(|source| Watched { source, ended: false });
                self.frame = watched.map(FrameDecoder::new);
            }
            let Some(frame) = &mut self.frame else { return Ok(0) };
            match frame.read(out).map_err(|error| failed("lz4", error))? {
                0 if frame.get_ref().ended => return Err(damaged("lz4", "a frame is cut short")),
                0 => self.source = self.frame.take().map(|frame| frame.into_inner().source),
                count => {
                    self.offset += count as u64;
                    return Ok(count);
                }
            }
        }
    }
}

/// Remembers whether it was asked for more than there is.
struct Watched<R> {
    source: Buffered<R>,
    ended: bool,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        self.ended |= count == 0 && !out.is_empty();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Compression;
    use lz4_flex::frame::{BlockMode, BlockSize, FrameEncoder, FrameInfo};
    use std::io::Write;

    fn frame(data: &[u8]) -> Vec<u8> {
        let size =
            if data.len().is_multiple_of(2) { BlockSize::Max64KB } else { BlockSize::Max1MB };
        let info =
            FrameInfo::new().block_mode(BlockMode::Linked).content_checksum(true).block_size(size);
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let compression = Compression::detect(stream);
        let mut decoder = compression.decode(stream);
        decoder.read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn several_frames_and_skippable_ones_are_one_stream() {
        let skippable = b"\x5a\x2a\x4d\x18\x03\0\0\0abc".to_vec();
        let stream = [&skippable[..], &frame(b"hello "), &skippable, &frame(b""), &frame(b"world")];
        assert_eq!(decode(&stream.concat()).unwrap(), b"hello world");
    }

    #[test]
    fn a_frame_cut_anywhere_is_an_error() {
        let stream = frame(&[7; 300_000]);
        for cut in 7..stream.len() {
            let error = decode(&stream[..cut]).unwrap_err();
            assert!(error.starts_with("lz4: "), "cut at {cut}: {error}");
        }
    }

    #[test]
    fn the_legacy_format_is_refused_by_name() {
        let legacy = b"\x02\x21\x4c\x18\x02\0\0\0\x10a";
        for stream in [&legacy[..], &[&frame(b"a")[..], legacy].concat()] {
            assert!(decode(stream).unwrap_err().contains("legacy"));
        }
    }
}
