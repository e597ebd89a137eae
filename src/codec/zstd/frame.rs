//! Where a zstd frame ends, and the window it needs, from its headers alone.
//!
//! Source: RFC 8878, 3.1.1. Nothing is decompressed here.

use crate::codec::buffered::Buffered;
use std::io::{self, Read};

/// The bytes of the magic number, and the longest header behind it.
const MAGIC: usize = 4;
const MAX_HEADER: usize = MAGIC + 14;

/// A frame's header.
#[derive(Clone, Copy)]
pub struct FrameHeader {
    /// Bytes of the header, its magic number included.
    pub length: usize,
    /// Bytes of the window. For a frame that states no window it is the frame's content.
    pub window: u64,
    /// Bytes of the content, where the header states them.
    pub content_size: Option<u64>,
    /// Whether a checksum of four bytes follows the last block.
    pub has_checksum: bool,
}

impl FrameHeader {
    /// The header of the frame that `source` begins with; `None` where the source ends within it. Nothing is
    /// consumed.
    pub fn peek<R: Read>(source: &mut Buffered<R>) -> io::Result<Option<FrameHeader>> {
        Ok(FrameHeader::parse(source.peek(MAX_HEADER)?))
    }

    /// A header in the bytes from its magic number on; `None` if they are too few.
    fn parse(bytes: &[u8]) -> Option<FrameHeader> {
        let descriptor = *bytes.get(MAGIC)?;
        let single_segment = descriptor & 0x20 != 0;
        let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
        let content_size = match descriptor >> 6 {
            0 => usize::from(single_segment),
            flag => 1 << flag,
        };
        let at = MAGIC + 1 + usize::from(!single_segment) + dictionary_id;
        let length = at + content_size;
        let content = bytes.get(at..length)?;
        let mut size = [0; 8];
        size[..content_size].copy_from_slice(content);
        // A size of two bytes begins at 256.
        let size = u64::from_le_bytes(size).saturating_add(if content_size == 2 { 256 } else { 0 });
        Some(FrameHeader {
            length,
            window: if single_segment { size } else { window_of(bytes[MAGIC + 1]) },
            content_size: (content_size > 0).then_some(size),
            has_checksum: descriptor & 4 != 0,
        })
    }
}

/// The window, in bytes, that a window descriptor states.
fn window_of(descriptor: u8) -> u64 {
    let base = 1_u64 << (10 + (descriptor >> 3));
    base + base / 8 * u64::from(descriptor & 7)
}

/// The bytes of one frame, from its magic number to its end, as a source that ends there.
pub struct FrameBytes<R> {
    /// Behind the frame once this has ended. `None` between two frames.
    source: Option<Buffered<R>>,
    section: FrameSection,
    /// Bytes of the section that were not read yet.
    left: usize,
    /// The bytes of a block's header that were read.
    head: [u8; 3],
    has_checksum: bool,
}

/// What is read next of a frame.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameSection {
    Header,
    BlockHeader,
    Block { is_last: bool },
    Checksum,
    End,
}

impl<R: Read> FrameBytes<R> {
    /// No frame: a source without bytes.
    pub fn none() -> FrameBytes<R> {
        FrameBytes {
            source: None,
            section: FrameSection::End,
            left: 0,
            head: [0; 3],
            has_checksum: false,
        }
    }

    /// The frame that `source` begins with.
    pub fn new(source: Buffered<R>, header: FrameHeader) -> FrameBytes<R> {
        FrameBytes {
            source: Some(source),
            section: FrameSection::Header,
            left: header.length,
            has_checksum: header.has_checksum,
            ..FrameBytes::none()
        }
    }

    /// The source, behind what was read of the frame.
    pub fn into_source(self) -> Option<Buffered<R>> {
        self.source
    }

    /// Begins the section behind the one that was read.
    fn next_section(&mut self) {
        (self.section, self.left) = match self.section {
            FrameSection::Header | FrameSection::Block { is_last: false } => {
                (FrameSection::BlockHeader, 3)
            }
            FrameSection::BlockHeader => {
                let [a, b, c] = self.head;
                let head = u32::from_le_bytes([a, b, c, 0]);
                // A block of type 1 is one byte that is repeated.
                let length = if head >> 1 & 3 == 1 { 1 } else { head >> 3 };
                (FrameSection::Block { is_last: head & 1 != 0 }, length as usize)
            }
            FrameSection::Block { is_last: true } if self.has_checksum => {
                (FrameSection::Checksum, 4)
            }
            FrameSection::Block { is_last: true } | FrameSection::Checksum | FrameSection::End => {
                (FrameSection::End, 0)
            }
        };
    }
}

impl<R: Read> Read for FrameBytes<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.left == 0 && self.section != FrameSection::End {
            self.next_section();
        }
        let want = out.len().min(self.left);
        let Some(source) = self.source.as_mut().filter(|_| want > 0) else { return Ok(0) };
        let count = source.read(&mut out[..want])?;
        if self.section == FrameSection::BlockHeader {
            let from = self.head.len() - self.left;
            self.head[from..from + count].copy_from_slice(&out[..count]);
        }
        self.left -= count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(bytes: &[u8]) -> Option<(usize, u64, bool)> {
        let header = FrameHeader::parse(&[&[0x28, 0xb5, 0x2f, 0xfd], bytes].concat());
        header.map(|header| (header.length, header.window, header.has_checksum))
    }

    #[test]
    fn a_header_states_its_length_and_window() {
        // No content size and no dictionary; a window of 2^(10 + 11) and three eighths of it.
        assert_eq!(header(&[0x04, 11 << 3 | 3]), Some((6, 2_097_152 + 786_432, true)));
        // A single segment: the window is the content, in 1, 2, 4 or 8 bytes.
        assert_eq!(header(&[0x20, 9]), Some((6, 9, false)));
        assert_eq!(header(&[0x60, 1, 1]), Some((7, 257 + 256, false)));
        assert_eq!(header(&[0xa0, 0, 0, 0, 1]), Some((9, 1 << 24, false)));
        assert_eq!(header(&[0xe0, 0, 0, 0, 0, 0, 0, 0, 1]), Some((13, 1 << 56, false)));
        // A dictionary ID of four bytes comes before the content's size.
        assert_eq!(header(&[0x23, 1, 2, 3, 4, 7]), Some((10, 7, false)));
    }

    #[test]
    fn a_header_that_is_cut_is_none() {
        let whole = [0xe7, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 1];
        for cut in 0..whole.len() {
            assert_eq!(header(&whole[..cut]), None, "{cut}");
        }
    }

    #[test]
    fn a_frame_ends_where_its_last_block_or_checksum_does() {
        // A raw block of two bytes, one byte repeated 40 times, and a checksum.
        let frame = b"\x28\xb5\x2f\xfd\x04\x58\x10\0\0ab\x43\x01\0z\x01\x02\x03\x04";
        let stream = [&frame[..], b"behind"].concat();
        let mut source = Buffered::new(&stream[..]);
        let header = FrameHeader::peek(&mut source).unwrap().unwrap();
        let mut bytes = FrameBytes::new(source, header);
        let mut read = Vec::new();
        bytes.read_to_end(&mut read).unwrap();
        assert_eq!(read, frame);
        assert_eq!(bytes.into_source().unwrap().position(), frame.len() as u64);
    }
}
