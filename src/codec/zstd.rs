//! Frames of zstd: the library decodes one frame at a time.
//!
//! Source: RFC 8878. A frame's checksum, if it has one, is verified here, because the library leaves that to
//! its caller.
//!
//! - What follows the last frame and is no frame is ignored, as behind gzip's last member: bsdtar pads with
//!   zeros. `Checkpoints::trailing` says so.
//! - Hostile input: the library allocates a frame's window at once, so a frame of a few bytes can cost as
//!   much as the largest window.

use super::buffered::Buffered;
use super::error::damaged;
use super::lz4::EndWatch;
use super::parts::PartDecoder;
use super::recorder::Recorder;
use super::skippable::{ZSTD, magic_behind, next_magic, wrong_magic};
use crate::text::byte_count;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::{self, Read};

/// The largest window that is decoded, in bytes: what `zstd --long=29` makes.
const MAX_WINDOW: u64 = 512 << 20;

/// The error about a stream that ends within a frame.
const CUT: &str = "the stream is cut short";

/// One zstd frame after the other.
pub struct ZstdFrames<'a, R> {
    source: Buffered<R>,
    decoder: FrameDecoder,
    /// A frame was read: what follows may be something else.
    follows: bool,
    /// What ended the stream, until all that was decoded before is handed out.
    failed: Option<io::Error>,
    recorder: Recorder<'a>,
}

impl<'a, R: Read> ZstdFrames<'a, R> {
    /// Nothing is read until the first frame begins.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> ZstdFrames<'a, R> {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        ZstdFrames { source, decoder, follows: false, failed: None, recorder }
    }

    /// Decodes until there is something to hand out.
    fn decode(&mut self, want: usize) -> io::Result<()> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBytes(want.clamp(1, 128 * 1024));
            let mut source = EndWatch { source: &mut self.source, ended: false };
            let decoded = self.decoder.decode_blocks(&mut source, step);
            let ended = source.ended;
            decoded.map_err(|error| match ended {
                true => failed(CUT),
                false => failed(error),
            })?;
        }
        Ok(())
    }

    fn verify_checksum(&self) -> io::Result<()> {
        match (self.decoder.get_checksum_from_data(), self.decoder.get_calculated_checksum()) {
            (Some(claimed), Some(found)) if claimed != found => {
                Err(failed(format!("expected frame checksum {claimed:08x}, found {found:08x}")))
            }
            _ => Ok(()),
        }
    }
}

impl<R: Read> PartDecoder for ZstdFrames<'_, R> {
    fn next_part(&mut self) -> io::Result<bool> {
        let magic = match self.follows {
            true => magic_behind(&mut self.source, "zstd", &[ZSTD], &self.recorder)?,
            false => next_magic(&mut self.source, "zstd")?,
        };
        self.follows = true;
        match magic {
            None => return Ok(false),
            Some(ZSTD) => {}
            Some(magic) => return Err(wrong_magic("zstd", magic)),
        }
        self.recorder.start(self.source.position());
        let mut source = EndWatch { source: &mut self.source, ended: false };
        let begun = self.decoder.reset(&mut source);
        match begun {
            Ok(()) => Ok(true),
            Err(_) if source.ended => Err(failed(CUT)),
            Err(FrameDecoderError::WindowSizeTooBig { requested, max }) => Err(failed(format!(
                "a frame needs a window of {}; at most {} are supported",
                byte_count(requested),
                byte_count(max)
            ))),
            Err(error) => Err(failed(error)),
        }
    }

    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_none() {
            self.failed = self.decode(out.len()).err();
        }
        let count = self.decoder.read(out)?;
        self.recorder.advance(count);
        if count == 0 {
            self.failed.take().map_or(Ok(()), Err)?;
            self.verify_checksum()?;
        }
        Ok(count)
    }
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    damaged("zstd", error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::parts::PartReader;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn decoder(stream: &[u8]) -> impl Read + '_ {
        PartReader::new(ZstdFrames::new(Buffered::new(stream), Recorder::default()))
    }

    #[test]
    fn several_frames_and_skippable_ones_are_one_stream() {
        let mut stream = compress_to_vec(&b"hello "[..], CompressionLevel::Fastest);
        stream.extend_from_slice(b"\x50\x2a\x4d\x18\x03\0\0\0abc");
        stream.extend(compress_to_vec(&b"world"[..], CompressionLevel::Fastest));
        let mut text = String::new();
        decoder(&stream).read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello world");
    }

    #[test]
    fn a_stream_cut_short_is_an_error() {
        let stream = compress_to_vec(&[7u8; 100_000][..], CompressionLevel::Fastest);
        for cut in [5, stream.len() / 2, stream.len() - 1] {
            let mut out = Vec::new();
            let error = decoder(&stream[..cut]).read_to_end(&mut out).unwrap_err();
            assert_eq!(error.to_string(), "zstd: the stream is cut short", "cut at {cut}");
        }
    }

    #[test]
    fn what_was_decoded_before_a_cut_is_handed_out() {
        // A frame with a checksum, of one raw block.
        let stream = b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\x01\x02";
        let mut out = Vec::new();
        let error = decoder(stream).read_to_end(&mut out).unwrap_err();
        assert_eq!(
            (&out[..], &*error.to_string()),
            (&b"hello"[..], "zstd: the stream is cut short")
        );
    }

    #[test]
    fn a_window_is_refused_by_its_size() {
        // A head whose window descriptor says 2 to the power of 30, and one raw block.
        let stream = b"\x28\xb5\x2f\xfd\0\xa0\x09\0\0a";
        let error = decoder(stream).read(&mut [0]).unwrap_err();
        assert!(error.to_string().contains("a window of 1,073,741,824 bytes"), "{error}");
    }
}
