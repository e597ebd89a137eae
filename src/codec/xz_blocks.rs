//! Where the blocks of an xz file lie, told from the bytes as they pass to the decoder.
//!
//! Source: the .xz file format, 1.2.1, sections 2 to 4; LZMA2 chunks as xz's decoder has them.
//! The library keeps blocks to itself, and the index that lists them lies at the stream's end.
//!
//! - Follows, judges nothing: what is damaged is the decoder's to refuse. Who is lost tells no block.
//! - Chunks' heads alone are looked at: what is skipped costs nothing.

/// Bytes of a stream's header, which says how its blocks are checked.
pub const HEADER: usize = 12;
/// Bytes after an index's records and padding: its CRC-32 and the stream's footer.
const AFTER_INDEX: u64 = 4 + 12;
/// Bytes of a block's check by its number.
const CHECKS: [u64; 16] = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/// A block's place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// The file's byte at which it begins.
    pub at: u64,
    /// Uncompressed bytes before it.
    pub offset: u64,
}

/// What has been seen of a file.
pub struct Blocks {
    at: u64,
    offset: u64,
    header: [u8; HEADER],
    /// Bytes to pass over before `next` matters.
    skip: u64,
    next: Next,
    /// First byte of what padding is counted from: a block or an index.
    from: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    /// A stream's header, of which so many bytes were seen.
    Header(usize),
    /// A block's or the index's first byte.
    Block,
    /// A chunk's first byte.
    Chunk,
    /// The rest of a chunk's head: its first byte, bytes to come, sizes as far as seen.
    Sizes { control: u8, left: u8, sizes: u32 },
    /// The index's number of records, as far as seen, and how far that is in bits.
    Count { records: u64, shift: u32 },
    /// A number in the index's records, of which so many are left.
    Records(u64),
    /// Zeros, or the next stream.
    Padding,
    /// Something else than the format has.
    Lost,
}

impl Blocks {
    /// At a file's beginning.
    pub fn new() -> Blocks {
        let (at, next) = (0, Next::Header(0));
        Blocks { at, offset: 0, header: [0; HEADER], skip: 0, next, from: 0 }
    }

    /// At a block of a stream with this header; places are counted from there.
    pub fn enter(header: [u8; HEADER]) -> Blocks {
        Blocks { header, next: Next::Block, ..Blocks::new() }
    }

    /// The header of the stream at hand.
    pub fn header(&self) -> &[u8; HEADER] {
        &self.header
    }

    /// Whether a block or the index comes next.
    pub fn between_blocks(&self) -> bool {
        self.skip == 0 && self.next == Next::Block
    }

    /// Whether a stream ended, and whatever follows it comes next.
    pub fn between_streams(&self) -> bool {
        self.skip == 0 && self.next == Next::Padding
    }

    /// Looks at the bytes that come next; `found` gets each block that begins in them.
    pub fn see(&mut self, mut bytes: &[u8], mut found: impl FnMut(Block, &[u8; HEADER])) {
        while let Some((&byte, rest)) = bytes.split_first() {
            if self.skip > 0 {
                let step = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
                self.skip -= step as u64;
                self.at += step as u64;
                bytes = &bytes[step..];
                continue;
            }
            if self.next == Next::Block && byte != 0 {
                found(Block { at: self.at, offset: self.offset }, &self.header);
            }
            self.at += 1;
            self.next = self.after(byte);
            bytes = rest;
        }
    }

    /// What comes after the first byte of `next`.
    fn after(&mut self, byte: u8) -> Next {
        match self.next {
            Next::Header(seen) => {
                self.header[seen] = byte;
                if seen + 1 < HEADER { Next::Header(seen + 1) } else { Next::Block }
            }
            Next::Block => {
                self.from = self.at - 1;
                if byte == 0 {
                    return Next::Count { records: 0, shift: 0 };
                }
                self.skip = 4 * (u64::from(byte) + 1) - 1;
                Next::Chunk
            }
            Next::Chunk => match byte {
                0 => {
                    let check = CHECKS[usize::from(self.header[7] & 15)];
                    self.skip = self.padding() + check;
                    Next::Block
                }
                1 | 2 => Next::Sizes { control: byte, left: 2, sizes: 0 },
                0x80.. => Next::Sizes { control: byte, left: 4, sizes: 0 },
                _ => Next::Lost,
            },
            Next::Sizes { control, left, sizes } => {
                let sizes = sizes << 8 | u32::from(byte);
                if left > 1 {
                    return Next::Sizes { control, left: left - 1, sizes };
                }
                self.chunk(control, sizes);
                Next::Chunk
            }
            Next::Count { records, shift } => {
                let records = records | u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
                match byte {
                    128.. => Next::Count { records, shift: shift.saturating_add(7) },
                    _ => self.records(records.saturating_mul(2)),
                }
            }
            Next::Records(left) => self.records(left - u64::from(byte < 128)),
            Next::Padding if byte == 0 => Next::Padding,
            Next::Padding => {
                self.header[0] = byte;
                Next::Header(1)
            }
            Next::Lost => Next::Lost,
        }
    }

    /// Passes over a chunk's data, whose first byte and sizes were seen.
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

    fn records(&mut self, left: u64) -> Next {
        if left > 0 {
            return Next::Records(left);
        }
        self.skip = self.padding() + AFTER_INDEX;
        Next::Padding
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
        let (mut blocks, mut found) = (Blocks::new(), Vec::new());
        file.chunks(step).for_each(|bytes| blocks.see(bytes, |block, _| found.push(block)));
        assert!(blocks.between_streams(), "{:?}", blocks.next);
        let offsets: Vec<u64> = found.iter().map(|block| block.offset).collect();
        let first = [0, 5001, 10_002, 15_003];
        assert_eq!(offsets, [first, first.map(|offset| offset + 20_000)].concat());
        assert_eq!((found[0].at, found[4].at), (12, stream.len() as u64 + 8 + 12));
    }
}
