//! What a zstd frame needs, from its header alone.
//!
//! Source: RFC 8878, 3.1.1.1. Nothing is decompressed here.

use crate::codec::buffered::Buffered;
use std::io::{self, Read};

/// The bytes of the magic number, and the longest header behind it.
const MAGIC: usize = 4;
const MAX_HEADER: usize = MAGIC + 14;

/// A frame's header.
#[derive(Clone, Copy)]
pub struct FrameHeader {
    /// Bytes of the window. For a frame that states no window it is the frame's content.
    pub window: u64,
    /// Bytes of the content, where the header states them.
    pub content_size: Option<u64>,
}

impl FrameHeader {
    /// The header of the frame that `source` begins with; `None` where the source ends within it. Nothing is
    /// consumed.
    pub fn peek<R: Read>(source: &mut Buffered<R>) -> io::Result<Option<FrameHeader>> {
        Ok(FrameHeader::parse(source.peek(MAX_HEADER)?))
    }

    /// A header in the bytes from its magic number on; `None` if they are too few.
    fn parse(bytes: &[u8]) -> Option<FrameHeader> {
        let HeaderLayout { single_segment, size_at, length } = HeaderLayout::of(*bytes.get(MAGIC)?);
        let content = bytes.get(size_at..length)?;
        let mut size = [0; 8];
        size[..content.len()].copy_from_slice(content);
        // A size of two bytes begins at 256.
        let size =
            u64::from_le_bytes(size).saturating_add(if content.len() == 2 { 256 } else { 0 });
        Some(FrameHeader {
            window: if single_segment { size } else { window_of(bytes[MAGIC + 1]) },
            content_size: (!content.is_empty()).then_some(size),
        })
    }
}

/// Where the parts of a header are, from its magic number on, in bytes.
pub struct HeaderLayout {
    single_segment: bool,
    /// The content's size, which goes to the end.
    size_at: usize,
    pub length: usize,
}

impl HeaderLayout {
    /// As a descriptor says.
    pub fn of(descriptor: u8) -> HeaderLayout {
        let single_segment = descriptor & 0x20 != 0;
        let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let content_size = match descriptor >> 6 {
            0 => usize::from(single_segment),
            flag => 1 << flag,
        };
        let size_at = MAGIC + 1 + usize::from(!single_segment) + dictionary_id;
        HeaderLayout { single_segment, size_at, length: size_at + content_size }
    }
}

/// The window, in bytes, that a window descriptor states.
fn window_of(descriptor: u8) -> u64 {
    let base = 1_u64 << (10 + (descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: &[u8]) -> Option<(usize, u64)> {
        let header = FrameHeader::parse(&[&[0x28, 0xb5, 0x2f, 0xfd], bytes].concat());
        header.map(|header| (HeaderLayout::of(bytes[0]).length, header.window))
    }

    #[test]
    fn a_header_states_its_length_and_window() {
        // No content size and no dictionary; a window of 2^(10 + 11) and three eighths of it.
        assert_eq!(header(&[0x04, 11 << 3 | 3]), Some((6, 2_097_152 + 786_432)));
        // A single segment: the window is the content, in 1, 2, 4 or 8 bytes.
        assert_eq!(header(&[0x20, 9]), Some((6, 9)));
        assert_eq!(header(&[0x60, 1, 1]), Some((7, 257 + 256)));
        assert_eq!(header(&[0xa0, 0, 0, 0, 1]), Some((9, 1 << 24)));
        assert_eq!(header(&[0xe0, 0, 0, 0, 0, 0, 0, 0, 1]), Some((13, 1 << 56)));
        // A dictionary ID of four bytes comes before the content's size.
        assert_eq!(header(&[0x23, 1, 2, 3, 4, 7]), Some((10, 7)));
    }

    #[test]
    fn a_header_that_is_cut_is_none() {
        let whole = [0xe7, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 1];
        for cut in 0..whole.len() {
            assert_eq!(header(&whole[..cut]), None, "{cut}");
        }
    }
}
