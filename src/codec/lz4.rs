//! Frames of LZ4. The library takes a truncated frame for one that has ended.
//!
//! Source: the LZ4 frame format, 1.6. The library verifies header, block and content checksums.
//!
//! - A frame that has ended differs from a truncated one in the source: a whole frame never reads past its
//!   end.
//! - The legacy format (`lz4 -l`) has no end and no checksum. It is refused by name, as are frames with a
//!   dictionary, which no image contains.
//! - What follows the last frame and is no frame is ignored; `Checkpoints::trailing` says so.
//! - Hostile input: a frame costs at most two blocks of 4 MiB and their window, which an empty one of fifteen bytes
//!   costs too; so there may be few of these.

use super::buffered::Buffered;
use super::error::{damaged, failed};
use super::parts::PartDecoder;
use super::recorder::Recorder;
use super::skippable::{LZ4, LZ4_LEGACY, magic_behind, next_magic, wrong_magic};
use lz4_flex::frame::FrameDecoder;
use std::io::{self, Read};

/// Frames without content in one stream: no tool writes more than one.
const MAX_EMPTY: u32 = 500;

/// One LZ4 frame after the other.
pub struct Lz4Frames<'a, R: Read> {
    /// Between two frames.
    source: Option<Buffered<R>>,
    /// Within a frame. One decoder per frame: the library sizes its buffers by the first frame.
    frame: Option<FrameDecoder<EndWatch<Buffered<R>>>>,
    /// A frame was read: what follows may be something else.
    follows: bool,
    /// Nothing was read of the current frame yet.
    fresh: bool,
    /// Frames without content so far.
    empty: u32,
    recorder: Recorder<'a>,
}

impl<'a, R: Read> Lz4Frames<'a, R> {
    /// Nothing is read until the first frame begins.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Lz4Frames<'a, R> {
        Lz4Frames {
            source: Some(source),
            frame: None,
            follows: false,
            fresh: true,
            empty: 0,
            recorder,
        }
    }
}

impl<R: Read> PartDecoder for Lz4Frames<'_, R> {
    fn next_part(&mut self) -> io::Result<bool> {
        let Some(source) = &mut self.source else { return Ok(false) };
        let magic = match self.follows {
            true => magic_behind(source, "lz4", &[LZ4, LZ4_LEGACY], &self.recorder)?,
            false => next_magic(source, "lz4")?,
        };
        self.follows = true;
        match magic {
            None => return Ok(false),
            Some(LZ4) => {}
            Some(LZ4_LEGACY) => {
                return Err(damaged("lz4", "the legacy format (lz4 -l) is not supported"));
            }
            Some(magic) => return Err(wrong_magic("lz4", magic)),
        }
        self.recorder.start(source.position());
        let watched = self.source.take().map(|source| EndWatch { source, ended: false });
        self.frame = watched.map(FrameDecoder::new);
        self.fresh = true;
        Ok(true)
    }

    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(frame) = &mut self.frame else { return Ok(0) };
        let count = frame.read(out).map_err(|error| failed("lz4", error))?;
        if count == 0 {
            if frame.get_ref().ended {
                return Err(damaged("lz4", "a frame is cut short"));
            }
            self.empty += u32::from(self.fresh);
            if self.empty > MAX_EMPTY {
                return Err(damaged("lz4", "too many frames are empty"));
            }
            self.source = self.frame.take().map(|frame| frame.into_inner().source);
        }
        self.fresh &= count == 0 && out.is_empty();
        self.recorder.advance(count);
        Ok(count)
    }
}

/// A source that remembers whether it was read past its end.
pub struct EndWatch<S> {
    pub source: S,
    pub ended: bool,
}

impl<S: Read> Read for EndWatch<S> {
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
