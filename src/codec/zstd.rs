//! zstd streams of several frames: the library decodes one frame at a time.
//!
//! Source: RFC 8878. Skippable frames are passed over; a frame's checksum is compared where it has
//! one, which the library leaves to its caller.
//!
//! - Hostile input: the library takes a frame's window at once, so the largest is all that a frame of
//!   a few bytes can cost.

use super::buffered::Buffered;
use super::checkpoints::Recorder;
use super::{damaged, frames};
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};

/// The largest window that is decoded: what `zstd --long=29` makes. Source: CONTRACTS.md.
const MAX_WINDOW: u64 = 512 << 20;

/// The contents of all frames, one after the other.
pub struct Frames<'a, R> {
    source: Buffered<R>,
    decoder: FrameDecoder,
    in_frame: bool,
    /// Bytes put out.
    offset: u64,
    recorder: Recorder<'a>,
}

impl<'a, R: Read> Frames<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Frames<'a, R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Frames { source, decoder, in_frame: false, offset: 0, recorder }
    }

    /// Goes to the next frame that has content; false at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        match frames::next(&mut self.source, "zstd")? {
            None => return Ok(false),
            Some(frames::ZSTD) => {}
            Some(magic) => return Err(frames::no_frame("zstd", magic)),
        }
        if self.recorder.due(self.offset) {
            self.recorder.start(self.offset, self.source.position());
        }
        match self.decoder.reset(&mut self.source) {
            Ok(()) => Ok(true),
            Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => Err(failed(format!(
                "the frame needs a window of {requested} bytes, at most {max} are decoded"
            ))),
            Err(error) => Err(failed(error)),
        }
    }

    fn check_sum(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(claimed), Some(found)) if claimed != found => {
                Err(failed(format!("frame checksum {claimed:08x} expected, {found:08x} found")))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> Read for Frames<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.in_frame = true;
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let step = BlockDecodingStrategy::UptoBytes(out.len().clamp(1, 128 * 1024));
                self.decoder.decode_blocks(&mut self.source, step).map_err(failed)?;
            }
            let count = self.decoder.read(out)?;
            self.offset += count as u64;
            if count > 0 {
                return Ok(count);
            }
            self.check_sum()?;
            self.in_frame = false;
        }
    }
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    damaged("zstd", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    #[test]
    fn several_frames_and_skippable_ones_are_one_stream() {
        let mut stream = compress_to_vec(&b"hello "[..], CompressionLevel::Fastest);
        stream.extend_from_slice(b"\x50\x2a\x4d\x18\x03\0\0\0abc");
        stream.extend(compress_to_vec(&b"world"[..], CompressionLevel::Fastest));
        let mut text = String::new();
        Frames::new(Buffered::new(&stream[..]), Recorder::default())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "hello world");
    }

    #[test]
    fn a_stream_cut_short_is_an_error() {
        let stream = compress_to_vec(&[7u8; 100_000][..], CompressionLevel::Fastest);
        for cut in [5, stream.len() / 2, stream.len() - 1] {
            let mut out = Vec::new();
            assert!(
                Frames::new(Buffered::new(&stream[..cut]), Recorder::default())
                    .read_to_end(&mut out)
                    .is_err(),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn a_window_is_refused_by_its_size() {
        // A head whose window descriptor says 2 to the power of 30, and one raw block.
        let stream = b"\x28\xb5\x2f\xfd\0\xa0\x09\0\0a";
        let error = Frames::new(Buffered::new(&stream[..]), Recorder::default())
            .read(&mut [0])
            .unwrap_err();
        assert!(error.to_string().contains("a window of 1073741824 bytes"), "{error}");
    }
}
