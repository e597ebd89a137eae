//! A zstd frame decoded by `zrip`, which verifies its checksum and its stated size.

use super::decoder::{CUT, FrameDecoder, failed};
use super::frame::FrameHeader;
use super::frame_bytes::FrameBytes;
use crate::codec::buffered::Buffered;
use std::io::{self, Read};

/// The largest window that the library decodes, in bytes.
#[cfg(target_pointer_width = "64")]
pub const MAX_WINDOW: u64 = 128 << 20;

/// One frame after the other. The library's tables and buffers are kept from frame to frame.
pub struct ZripFrame<R: Read> {
    decoder: zrip::FrameDecoder<FrameBytes<R>>,
}

impl<R: Read> ZripFrame<R> {
    pub fn new() -> ZripFrame<R> {
        ZripFrame { decoder: zrip::FrameDecoder::new(FrameBytes::none()) }
    }
}

impl<R: Read> FrameDecoder<R> for ZripFrame<R> {
    fn begin(&mut self, source: Buffered<R>, _: FrameHeader) -> io::Result<()> {
        self.decoder.reset(FrameBytes::new(source)?);
        Ok(())
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(out).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => failed(CUT),
            io::ErrorKind::InvalidData => failed(error),
            _ => error,
        })
    }

    fn end(&mut self) -> Option<Buffered<R>> {
        self.decoder.reset(FrameBytes::none()).into_source()
    }
}
