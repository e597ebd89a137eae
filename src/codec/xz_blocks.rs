//! Where the blocks of an xz file are, seen in the bytes on their way to the decoder.
//!
//! Source: the .xz file format, 1.2.1, sections 2 to 4; LZMA2 chunks as in xz's decoder. The library does not
//! tell where blocks are, and the index that lists them is at the stream's end.
//!
//! - Only follows, and judges nothing: refusing what is damaged is the decoder's task. When it is lost, it
//!   reports no more blocks.
//! - Reads only the headers of chunks: what it skips costs nothing.

/// Bytes of a stream's header, which says how its blocks are checked.
pub const HEADER: usize = 12;
/// Bytes after an index's records and padding: its CRC-32 and the stream's footer.
const AFTER_INDEX: u64 = 4 + 12;
/// Bytes of a block's check by its number.
const CHECKS: [u64; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/// Where a block is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct XzBlock {
    /// The file's byte at which it begins.
    pub at: u64,
    /// Uncompressed bytes before it.
    pub offset: u64,
}

/// Follows a file and finds its blocks.
pub struct XzBlocks {
    at: u64,
    offset: u64,
    header: [u8; HEADER],
    /// Bytes to skip before `next`.
    skip: u64,
    next: XzElement,
    /// The byte from which padding is counted: the first of a block or an index.
    from: u64,
}

/// What the next byte belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum XzElement {
    /// A stream's header, of which this many bytes are known.
    Header(usize),
    /// A block's or the index's first byte.
    Block,
    /// A chunk's first byte.
    Chunk,
    /// The rest of a chunk's header: its first byte, the number of bytes left, the sizes so far.
    Sizes { control: u8, left: u8, sizes: u32 },
    /// The index's number of records, so far, and the number of bits that are known.
    Count { records: u64, shift: u32 },
    /// A number in the index's records, of which this many are left.
    Records(u64),
    /// Zeros, or the next stream.
    Padding,
    /// The bytes do not follow the format.
    Lost,
}

impl XzBlocks {
    /// At the beginning of a file.
    pub fn new() -> XzBlocks {
        let (at, next) = (0, XzElement::Header(0));
        XzBlocks { at, offset: 0, header: [0; HEADER], skip: 0, next, from: 0 }
    }

    /// At a block of a stream with this header; bytes are counted from there.
    pub fn enter(header: [u8; HEADER]) -> XzBlocks {
        XzBlocks { header, next: XzElement::Block, ..XzBlocks::new() }
    }

    /// The header of the current stream.
    pub fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Whether a block or the index comes next.
    pub fn between_blocks(&self) -> bool {
        self.skip == 0 && self.next == XzElement::Block
    }

    /// Whether a stream has ended and its padding, another stream or nothing comes next.
    pub fn between_streams(&self) -> bool {
        self.skip == 0 && self.next == XzElement::Padding
    }

    /// Follows the next bytes; calls `found` with each block that begins in them.
    pub fn follow(&mut self, mut bytes: &[u8], mut found: impl FnMut(XzBlock, &[u8; HEADER])) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let step = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                self.skip -= step as u64;
                self.at += step as u64;
                bytes = &bytes[step..];
                continue;
            }
            if self.next == XzElement::Block && byte != 0 {
                found(XzBlock { at: self.at, offset: self.offset }, &self.header);
            }
            self.at += 1;
            self.next = self.after(byte);
            bytes = rest;
        }
    }

    /// What comes after one byte of `next`.
    fn after(&mut self, byte: u8) -> XzElement {
        match self.next {
            XzElement::Header(seen) => {
                self.header[seen] = byte;
                if seen + 1 < HEADER { XzElement::Header(seen + 1) } else { XzElement::Block }
            }
            XzElement::Block => {
                self.from = self.at - 1;
                if byte == 0 {
                    return XzElement::Count { records: 0, shift: 0 };
                }
                self.skip = 4 * (u64::from(byte) + 1) - 1;
                XzElement::Chunk
            }
            XzElement::Chunk => match byte {
                0 => {
                    let check = CHECKS[usize::from(self.header[7] & 15)];
                    self.skip = self.padding() + check;
                    XzElement::Block
                }
                1 | 2 => XzElement::Sizes { control: byte, left: 2, sizes: 0 },
                0x80.. => XzElement::Sizes { control: byte, left: 4, sizes: 0 },
                _ => XzElement::Lost,
            },
            XzElement::Sizes { control, left, sizes } => {
                let sizes = sizes << 8 | u32::from(byte);
                if left > 1 {
                    return XzElement::Sizes { control, left: left - 1, sizes };
                }
                self.chunk(control, sizes);
                XzElement::Chunk
            }
            XzElement::Count { records, shift } => {
                let records = records | u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
                match byte {
                    128.. => XzElement::Count { records, shift: shift.saturating_add(7) },
                    _ => self.records(records.saturating_mul(2)),
                }
            }
            XzElement::Records(left) => self.records(left - u64::from(byte < 128)),
            XzElement::Padding if byte == 0 => XzElement::Padding,
            XzElement::Padding => {
                self.header[0] = byte;
                XzElement::Header(1)
            }
            XzElement::Lost => XzElement::Lost,
        }
    }

    /// Skips a chunk's data, given its first byte and its sizes.
    fn chunk(&mut self, control: u8, sizes: u32) {
        if control < 0x80 {
            self.offset += u64::from(sizes) + 1;
            self.skip = u64::from(sizes) + 1;
        } else {
            self.offset += u64::from(u32::from(control & 31) << 16 | sizes >> 16) + 1;
            let properties = u64::from(control >= 0xc0);
            self.skip = properties + u64::from(sizes & 0xffff) + 1;
        }
    }

    fn records(&mut self, left: u64) -> XzElement {
        if left > 0 {
            return XzElement::Records(left);
        }
        self.skip = self.padding() + AFTER_INDEX;
        XzElement::Padding
    }

    fn padding(&self) -> u64 {
        (self.from.wrapping_sub(self.at)) % 4
    }
}

#[test]
fn the_blocks_of_a_stream_are_found_where_its_index_has_them() {
    use std::io::Write;
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 4096;
    options.set_block_size(std::num::NonZeroU64::new(5001));
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(&(0..20_000u32).map(|n| ((n * n) >> 7) as u8).collect::<Vec<_>>()).unwrap();
    let stream = writer.finish().unwrap();
    let file = [&stream[..], &[0; 8], &stream].concat();
    for step in [1, 7, file.len()] {
        let (mut blocks, mut found) = (XzBlocks::new(), Vec::new());
        file.chunks(step).for_each(|bytes| blocks.follow(bytes, |block, _| found.push(block)));
        assert!(blocks.between_streams(), "{:?}", blocks.next);
        let offsets: Vec<u64> = found.iter().map(|block| block.offset).collect();
        let first = [0, 5001, 10_002, 15_003];
        assert_eq!(offsets, [first, first.map(|offset| offset + 20_000)].concat());
        assert_eq!((found[0].at, found[4].at), (12, stream.len() as u64 + 8 + 12));
    }
}
