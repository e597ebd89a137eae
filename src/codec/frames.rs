//! Streams of frames, zstd or LZ4: the first frame that is not skippable decides which.

use super::buffered::Buffered;
use super::lz4::Lz4Frames;
use super::parts::PartReader;
use super::recorder::Recorder;
use super::skippable::{LZ4, LZ4_LEGACY, ZSTD, next_magic, wrong_magic};
use super::zstd::ZstdFrames;
use std::io::{self, Read};

/// The contents of all frames, one after the other.
pub struct FrameStream<'a, R> {
    /// The format by the stream's first bytes, for errors before the first frame with content.
    name: &'static str,
    /// Until the first frame with content.
    undecided: Option<(Buffered<R>, Recorder<'a>)>,
    decoder: Option<Box<dyn Read + 'a>>,
}

impl<'a, R: Read> FrameStream<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(
        source: Buffered<R>,
        name: &'static str,
        recorder: Recorder<'a>,
    ) -> FrameStream<'a, R> {
        FrameStream { name, undecided: Some((source, recorder)), decoder: None }
    }
}

impl<'a, R: Read + 'a> Read for FrameStream<'a, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some((source, _)) = &mut self.undecided {
            let Some(magic) = next_magic(source, self.name)? else { return Ok(0) };
            if !matches!(magic, ZSTD | LZ4 | LZ4_LEGACY) {
                return Err(wrong_magic(self.name, magic));
            }
            if let Some((source, recorder)) = self.undecided.take() {
                self.decoder = Some(match magic {
                    ZSTD => Box::new(PartReader::new(ZstdFrames::new(source, recorder))),
                    _ => Box::new(PartReader::new(Lz4Frames::new(source, recorder))),
                });
            }
        }
        self.decoder.as_mut().map_or(Ok(0), |decoder| decoder.read(out))
    }
}
