//! Sparse members: where the stored bytes belong in the file.
//!
//! Source: GNU tar's manual, "Storing Sparse Files": the old GNU form (type `S`), and PAX 0.0, 0.1 and 1.0.
//! The size of a file is the real one, holes included.

use super::blocks::Blocks;
use super::header::number;
use super::pax::Pax;
use crate::codec::Input;
use crate::text::decimal;

/// Longer maps are cut.
const MAX_SPANS: usize = 1 << 20;

/// A run of stored bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it belongs in the file, in bytes.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
}

/// The stored parts of a file, in the order in which they are stored; everything between is zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SparseMap {
    pub spans: Vec<Span>,
}

impl SparseMap {
    /// Adds the spans of old GNU descriptors (24 bytes each: offset, number of bytes).
    fn push_gnu(&mut self, descriptors: &[u8]) {
        for descriptor in descriptors.chunks_exact(24) {
            let offset = number(&descriptor[..12]).and_then(|n| u64::try_from(n).ok());
            let length = number(&descriptor[12..]).and_then(|n| u64::try_from(n).ok());
            if let (Some(offset), Some(length)) = (offset, length)
                && descriptor[0] != 0
                && self.spans.len() < MAX_SPANS
            {
                self.spans.push(Span { offset, length });
            }
        }
    }

    /// The map of PAX 0.0 (repeated `offset`, `numbytes`) or 0.1 (`map` with commas).
    pub fn from_pax(pax: &Pax) -> SparseMap {
        let mut map = SparseMap::default();
        if let Some(list) = pax.sparse_value(b"map") {
            map.push_numbers(list.split(|&b| b == b',').map(decimal));
        } else {
            let relevant = |(key, _): &&(Vec<u8>, Vec<u8>)| key == b"offset" || key == b"numbytes";
            map.push_numbers(pax.sparse.iter().filter(relevant).map(|(_, value)| decimal(value)));
        }
        map
    }

    fn push_numbers(&mut self, mut numbers: impl Iterator<Item = Option<u64>>) {
        while let (Some(Some(offset)), Some(Some(length))) = (numbers.next(), numbers.next()) {
            if self.spans.len() == MAX_SPANS {
                break;
            }
            self.spans.push(Span { offset, length });
        }
    }
}

/// The map of PAX 1.0, which precedes the data: decimal lines, the number of spans first, padded to a whole
/// block.
#[derive(Default)]
struct LineMap {
    numbers: Vec<u64>,
    partial: Vec<u8>,
    wanted: Option<usize>,
}

impl LineMap {
    /// Reads one block; true once the map is complete, an error if it is not a map.
    fn push(&mut self, block: &[u8]) -> Result<bool, ()> {
        for &byte in block {
            if byte != b'\n' {
                self.partial.push(byte);
                if self.partial.len() > 20 {
                    return Err(());
                }
                continue;
            }
            let value = decimal(&self.partial).ok_or(())?;
            self.partial.clear();
            match self.wanted {
                None => {
                    let spans = usize::try_from(value).ok().filter(|&n| n <= MAX_SPANS).ok_or(())?;
                    self.wanted = Some(spans * 2);
                }
                Some(_) => self.numbers.push(value),
            }
            if self.wanted == Some(self.numbers.len()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The complete map.
    fn finish(self) -> SparseMap {
        let span = |pair: &[u64]| Span { offset: pair[0], length: pair[1] };
        SparseMap { spans: self.numbers.chunks_exact(2).map(span).collect() }
    }
}

/// The real size and the map of a member in the old GNU form: descriptors in the header block and in the
/// blocks that follow it. `None` if the tar is truncated.
pub fn read_gnu<I: Input>(
    blocks: &mut Blocks<I>,
    header: &[u8; 512],
) -> Option<(Option<u64>, SparseMap)> {
    let mut map = SparseMap::default();
    map.push_gnu(&header[386..482]);
    let mut more = header[482] != 0;
    while more {
        let extension = blocks.read_extension()?;
        map.push_gnu(&extension[..504]);
        more = extension[504] != 0;
    }
    let size = number(&header[483..495]).and_then(|size| u64::try_from(size).ok());
    Some((size, map))
}

/// The map of PAX 1.0, read from the blocks before the data; `None` if it is not a map, or if the input
/// failed.
pub fn read_pax_map<I: Input>(blocks: &mut Blocks<I>) -> Option<SparseMap> {
    let mut lines = LineMap::default();
    while !lines.push(&blocks.read_data_block()?).ok()? {}
    Some(lines.finish())
}

/// The real size of a sparse file of PAX.
pub fn pax_size(pax: &Pax) -> Option<u64> {
    pax.sparse_value(b"realsize").or(pax.sparse_value(b"size")).and_then(decimal)
}

#[test]
fn a_line_map_may_cross_blocks() {
    let mut map = LineMap::default();
    assert_eq!(map.push(b"2\n0\n5\n10"), Ok(false));
    assert_eq!(map.push(b"24\n7\n\0\0\0"), Ok(true));
    let spans = [Span { offset: 0, length: 5 }, Span { offset: 1024, length: 7 }];
    assert_eq!(map.finish().spans, spans);
    assert!(LineMap::default().push(b"99999999999\n").is_err());
}
