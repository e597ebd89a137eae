//! What zstd and LZ4 streams have in common: frames in a row, some of them skippable.
//!
//! Source: RFC 8878, 3.1.2, and the LZ4 frame format, "Skippable Frames": the same sixteen magic numbers
//! and the same four bytes of length.

use super::buffered::Buffered;
use super::error::damaged;
use super::input::Input;
use super::recorder::Recorder;
use std::io::{self, Read};

/// The magic number of a zstd frame.
pub const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The magic number of an LZ4 frame.
pub const LZ4: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// The magic number of a frame that `lz4 -l` makes.
pub const LZ4_LEGACY: [u8; 4] = [0x02, 0x21, 0x4c, 0x18];

/// As `next_magic` behind a frame: where no frame follows, the stream ends, and what follows is recorded.
pub fn magic_behind<R: Read>(
    source: &mut Buffered<R>,
    format: &'static str,
    known: &[[u8; 4]],
    recorder: &Recorder<'_>,
) -> io::Result<Option<[u8; 4]>> {
    let is_skippable = |head: &[u8]| matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
    let is_known = |head: &[u8]| known.iter().any(|magic| head.starts_with(magic));
    while is_skippable(source.peek(4)?) {
        skip_frame(source, format)?;
    }
    if is_known(source.peek(4)?) {
        return next_magic(source, format);
    }
    recorder.rest(source)?;
    Ok(None)
}

/// Skips skippable frames; returns the magic number of the next other frame, `None` at the stream's end.
pub fn next_magic<R: Read>(
    source: &mut Buffered<R>,
    format: &'static str,
) -> io::Result<Option<[u8; 4]>> {
    loop {
        let head = source.peek(8)?;
        match *head {
            [] => return Ok(None),
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => skip_frame(source, format)?,
            [_] | [_, _] | [_, _, _] => return Err(cut_header(format)),
            [a, b, c, d, ..] => return Ok(Some([a, b, c, d])),
        }
    }
}

/// Skips the skippable frame that comes next.
fn skip_frame<R: Read>(source: &mut Buffered<R>, format: &'static str) -> io::Result<()> {
    let [_, _, _, _, a, b, c, d, ..] = *source.peek(8)? else { return Err(cut_header(format)) };
    let length = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
    if source.skip(length)? < length {
        return Err(damaged(format, "a skippable frame is cut short"));
    }
    Ok(())
}

fn cut_header(format: &'static str) -> io::Error {
    damaged(format, "the header of a frame is cut short")
}

/// The error for a magic number that begins no frame of this format.
pub fn wrong_magic(format: &'static str, magic: [u8; 4]) -> io::Error {
    let found = u32::from_le_bytes(magic);
    damaged(format, format!("expected a frame, found the magic number {found:08x}"))
}
