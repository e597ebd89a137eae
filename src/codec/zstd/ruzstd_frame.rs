//! A zstd frame decoded by `ruzstd`.
//!
//! - The library leaves a frame's checksum and its stated size to its caller: they are verified here.

use super::decoder::{CUT, FrameDecoder, MAX_WINDOW, failed};
use super::frame::FrameHeader;
use crate::codec::buffered::Buffered;
use crate::codec::lz4::EndWatch;
use ruzstd::decoding::BlockDecodingStrategy;
use std::io::{self, Read};

/// Bytes that are decoded before some are handed out, at most.
const MAX_STEP: usize = 128 * 1024;

/// One frame after the other.
pub struct RuzstdFrame<R> {
    source: Option<Buffered<R>>,
    decoder: ruzstd::decoding::FrameDecoder,
    /// Bytes that the frame states, and those that were handed out.
    stated: Option<u64>,
    handed_out: u64,
    /// What ended the stream, until all that was decoded before is handed out.
    failed: Option<io::Error>,
}

impl<R: Read> RuzstdFrame<R> {
    pub fn new() -> RuzstdFrame<R> {
        let mut decoder = ruzstd::decoding::FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        RuzstdFrame { source: None, decoder, stated: None, handed_out: 0, failed: None }
    }

    /// Calls the library, and says about a failure whether the source has ended.
    fn call<T, E: std::fmt::Display>(
        &mut self,
        step: impl FnOnce(
            &mut ruzstd::decoding::FrameDecoder,
            &mut EndWatch<&mut Buffered<R>>,
        ) -> Result<T, E>,
    ) -> io::Result<()> {
        let Some(source) = &mut self.source else { return Ok(()) };
        let mut source = EndWatch { source, ended: false };
        match step(&mut self.decoder, &mut source) {
            Ok(_) => Ok(()),
            Err(_) if source.ended => Err(failed(CUT)),
            Err(error) => Err(failed(error)),
        }
    }

    /// Decodes until there is something to hand out.
    fn decode(&mut self, want: usize) -> io::Result<()> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBytes(want.clamp(1, MAX_STEP));
            self.call(|decoder, source| decoder.decode_blocks(source, step))?;
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

impl<R: Read> FrameDecoder<R> for RuzstdFrame<R> {
    fn begin(&mut self, source: Buffered<R>, header: FrameHeader) -> io::Result<()> {
        self.source = Some(source);
        (self.stated, self.handed_out) = (header.content_size, 0);
        self.call(|decoder, source| decoder.reset(source))
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.failed.is_none() {
            self.failed = self.decode(out.len()).err();
        }
        let count = self.decoder.read(out)?;
        self.handed_out += count as u64;
        if count == 0 {
            self.failed.take().map_or(Ok(()), Err)?;
            if self.stated.is_some_and(|stated| stated != self.handed_out) {
                return Err(failed("a frame has another size than it states"));
            }
            self.verify_checksum()?;
        }
        Ok(count)
    }

    fn end(&mut self) -> Option<Buffered<R>> {
        self.source.take()
    }
}
