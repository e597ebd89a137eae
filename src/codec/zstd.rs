//! zstd streams of several frames: the library decodes one frame at a time.
//!
//! Source: RFC 8878. Skippable frames are passed over; a frame's checksum is compared where it has
//! one, which the library leaves to its caller.

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, BufRead, Read};

/// The largest window that is decoded: what `zstd --long` and its default limit can ask for.
const MAX_WINDOW: u64 = 128 << 20;

/// The contents of all frames, one after the other.
pub struct Frames<R> {
    source: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Frames<R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: R) -> Frames<R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        Frames { source, decoder, in_frame: false }
    }

    /// Goes to the next frame that has content; false at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return Ok(false);
            }
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => skip(&mut self.source, u64::from(length))?,
                Err(error) => return Err(damaged(error)),
            }
        }
    }

    fn check_sum(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(claimed), Some(found)) if claimed != found => {
                Err(damaged(format!("frame checksum {claimed:08x} expected, {found:08x} found")))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Frames<R> {
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
                self.decoder.decode_blocks(&mut self.source, step).map_err(damaged)?;
            }
            let count = self.decoder.read(out)?;
            if count > 0 {
                return Ok(count);
            }
            self.check_sum()?;
            self.in_frame = false;
        }
    }
}

fn skip(source: &mut impl BufRead, mut left: u64) -> io::Result<()> {
    while left > 0 {
        let there = source.fill_buf()?.len();
        if there == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "a skippable zstd frame is cut short",
            ));
        }
        let step = there.min(usize::try_from(left).unwrap_or(usize::MAX));
        source.consume(step);
        left -= step as u64;
    }
    Ok(())
}

fn damaged(error: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("zstd: {error}"))
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
        Frames::new(&stream[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello world");
    }

    #[test]
    fn a_stream_cut_short_is_an_error() {
        let stream = compress_to_vec(&[7u8; 100_000][..], CompressionLevel::Fastest);
        for cut in [5, stream.len() / 2, stream.len() - 1] {
            let mut out = Vec::new();
            assert!(Frames::new(&stream[..cut]).read_to_end(&mut out).is_err(), "cut at {cut}");
        }
    }
}
