//! What the decoders of both libraries have in common.

use super::frame::FrameHeader;
use crate::codec::buffered::Buffered;
use crate::codec::error::damaged;
use std::io;

/// The largest window that is decoded, in bytes: what `zstd --long=29` makes.
pub const MAX_WINDOW: u64 = 512 << 20;

/// The error about a stream that ends within a frame.
pub const CUT: &str = "the stream is cut short";

/// A library's decoder of one frame after the other.
pub trait FrameDecoder<R> {
    /// Begins the frame that `source` begins with. Within a frame the decoder has the source.
    fn begin(&mut self, source: Buffered<R>, header: FrameHeader) -> io::Result<()>;
    /// Decodes more of the frame into `out`; 0 at the frame's end.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize>;
    /// The source behind the frame.
    fn end(&mut self) -> Option<Buffered<R>>;
}

/// An error of a zstd stream.
pub fn failed(error: impl std::fmt::Display) -> io::Error {
    damaged("zstd", error)
}
