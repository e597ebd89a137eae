//! Frames: zstd and LZ4 streams are frames in a row, and share the skippable ones.
//!
//! Source: RFC 8878, 3.1.2 and the LZ4 frame format, "Skippable Frames": the same sixteen magic
//! numbers, the same four bytes of length. So a stream that begins with one is whichever its first
//! other frame says, and only that frame's decoder is kept for the rest.

use super::buffered::Buffered;
use super::checkpoints::Recorder;
use super::{damaged, lz4, zstd};
use std::io::{self, Read};

/// The magic number of a zstd frame.
pub const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The magic number of an LZ4 frame.
pub const LZ4: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// The magic number of a frame as `lz4 -l` makes it.
pub const LZ4_LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// The contents of all frames, one after the other.
pub struct Frames<'a, R: Read> {
    /// As the first bytes have it; what errors speak of while no frame with content was seen.
    name: &'static str,
    source: Option<Buffered<R>>,
    zstd: Option<zstd::Frames<'a, R>>,
    lz4: Option<lz4::Frames<'a, R>>,
    recorder: Recorder<'a>,
}

impl<'a, R: Read> Frames<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, name: &'static str, recorder: Recorder<'a>) -> Frames<'a, R> {
        Frames { name, source: Some(source), zstd: None, lz4: None, recorder }
    }
}

impl<R: Read> Read for Frames<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(source) = &mut self.source {
            let Some(magic) = next(source, self.name)? else { return Ok(0) };
            if !matches!(magic, ZSTD | LZ4 | LZ4_LEGACY) {
                return Err(no_frame(self.name, magic));
            }
            if let Some(source) = self.source.take() {
                match magic {
                    ZSTD => self.zstd = Some(zstd::Frames::new(source, self.recorder)),
                    _ => self.lz4 = Some(lz4::Frames::new(source, self.recorder)),
                }
            }
        }
        match (&mut self.zstd, &mut self.lz4) {
            (Some(frames), _) => frames.read(out),
            (_, Some(frames)) => frames.read(out),
            _ => Ok(0),
        }
    }
}

/// Passes over skippable frames; the magic of the first other one, `None` at the stream's end.
pub fn next<R: Read>(
    source: &mut Buffered<R>,
    format: &'static str,
) -> io::Result<Option<[u8; 4]>> {
    loop {
        let head = source.peek(8)?;
        match *head {
            [] => return Ok(None),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] => {
                let length = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
                if super::Input::skip(source, length)? < length {
                    return Err(damaged(format, "a skippable frame is cut short"));
                }
            }
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] | [_] | [_, _] | [_, _, _] => {
                return Err(damaged(format, "a frame's head is cut short"));
            }
            [a, b, c, d, ..] => return Ok(Some([a, b, c, d])),
        }
    }
}

/// What is wrong where a frame should begin.
pub fn no_frame(format: &'static str, magic: [u8; 4]) -> io::Error {
    let found = u32::from_le_bytes(magic);
    damaged(format, format!("a frame expected, {found:08x} found as its magic number"))
}
