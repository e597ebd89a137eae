//! Where a zstd frame ends, from its headers alone: `zrip` reads frame after frame, and is given one at a time.
//!
//! Source: RFC 8878, 3.1.1. Nothing is decompressed here.

use super::frame::HeaderLayout;
use crate::codec::buffered::Buffered;
use std::io::{self, Read};

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
    pub fn new(mut source: Buffered<R>) -> io::Result<FrameBytes<R>> {
        let Some(descriptor) = source.peek(5)?.get(4).copied() else {
            return Ok(FrameBytes::none());
        };
        Ok(FrameBytes {
            source: Some(source),
            section: FrameSection::Header,
            left: HeaderLayout::of(descriptor).length,
            has_checksum: descriptor & 4 != 0,
            ..FrameBytes::none()
        })
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

#[test]
fn a_frame_ends_where_its_last_block_or_checksum_does() {
    // A raw block of two bytes, one byte repeated 40 times, and a checksum.
    let frame = b"\x28\xb5\x2f\xfd\x04\x58\x10\0\0ab\x43\x01\0z\x01\x02\x03\x04";
    let stream = [&frame[..], b"behind"].concat();
    let mut bytes = FrameBytes::new(Buffered::new(&stream[..])).unwrap();
    let mut read = Vec::new();
    bytes.read_to_end(&mut read).unwrap();
    assert_eq!(read, frame);
    assert_eq!(bytes.into_source().unwrap().position(), frame.len() as u64);
}
