//! CBOR items one after the other, as far as COSE needs them.
//!
//! Source: RFC 8949. The crate `ciborium-ll` reads their heads.
//!
//! - Only items of a length that is told first, and no floating-point numbers. Nothing is allocated.

use crate::verify::limits;
use ciborium_ll::{Decoder, Header};

/// One item. Those in a list or a map follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CborItem<'a> {
    Integer(i64),
    Bytes(&'a [u8]),
    Text(&'a str),
    List(usize),
    /// Pairs.
    Map(usize),
    /// What follows is of this kind.
    Tag(u64),
    /// `false`, `true`, `null`.
    Simple(u8),
}

/// What is left to read.
pub struct CborItems<'a>(&'a [u8]);

impl<'a> CborItems<'a> {
    pub fn new(bytes: &'a [u8]) -> CborItems<'a> {
        CborItems(bytes)
    }

    pub fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    /// The next item; `None`: there is none, or of a kind that is not read.
    pub fn next(&mut self) -> Option<CborItem<'a>> {
        let header = Decoder::from(&mut self.0).pull().ok()?;
        match header {
            Header::Positive(number) => Some(CborItem::Integer(number.try_into().ok()?)),
            Header::Negative(number) => Some(CborItem::Integer(!i64::try_from(number).ok()?)),
            Header::Bytes(length) => Some(CborItem::Bytes(self.take(length?)?)),
            Header::Text(length) => {
                Some(CborItem::Text(std::str::from_utf8(self.take(length?)?).ok()?))
            }
            Header::Array(length) => Some(CborItem::List(length?)),
            Header::Map(length) => Some(CborItem::Map(length?)),
            Header::Tag(tag) => Some(CborItem::Tag(tag)),
            Header::Simple(value) => Some(CborItem::Simple(value)),
            Header::Float(_) | Header::Break => None,
        }
    }

    /// Reads an item with all that is in it. The end of the bytes bounds its number of parts.
    pub fn skip(&mut self) -> Option<()> {
        self.skip_below(limits::HEADER_DEPTH)
    }

    fn skip_below(&mut self, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let parts = match self.next()? {
            CborItem::List(length) => length,
            CborItem::Map(length) => length.checked_mul(2)?,
            CborItem::Tag(_) => 1,
            _ => 0,
        };
        (0..parts).try_for_each(|_| self.skip_below(depth))
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }
}

/// A byte string, written.
pub fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    const BYTE_STRING: u8 = 2 << 5;
    let length = bytes.len() as u64;
    match length {
        0..=23 => out.push(BYTE_STRING | length as u8),
        24..=0xff => out.extend([BYTE_STRING | 24, length as u8]),
        0x100..=0xffff => {
            out.push(BYTE_STRING | 25);
            out.extend((length as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(BYTE_STRING | 26);
            out.extend((length as u32).to_be_bytes());
        }
        _ => {
            out.push(BYTE_STRING | 27);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Option<Vec<CborItem<'_>>> {
        let (mut items, mut found) = (CborItems::new(bytes), Vec::new());
        while !items.is_at_end() {
            found.push(items.next()?);
        }
        Some(found)
    }

    /// Examples of RFC 8949, appendix A.
    #[test]
    fn the_examples_of_the_rfc_are_read() {
        use CborItem::{Bytes, Integer, List, Map, Simple, Tag, Text};
        for (bytes, items) in [
            (&b"\x17"[..], vec![Integer(23)]),
            (b"\x19\x03\xe8", vec![Integer(1000)]),
            (b"\x39\x03\xe7", vec![Integer(-1000)]),
            (b"\xc1\x1a\x51\x4b\x67\xb0", vec![Tag(1), Integer(1_363_896_240)]),
            (b"\x44\x01\x02\x03\x04", vec![Bytes(&[1, 2, 3, 4])]),
            (b"\x62\xc3\xbc", vec![Text("\u{fc}")][..].into()),
            (b"\x83\x01\x02\x03", vec![List(3), Integer(1), Integer(2), Integer(3)]),
            (b"\xa1\x01\xf6", vec![Map(1), Integer(1), Simple(22)]),
        ] {
            assert_eq!(all(bytes), Some(items), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_cut_or_of_no_length_is_not_read() {
        for bytes in [
            &b"\x44\x01"[..],
            b"\x5f\x41\x00\xff",
            b"\xfb\0\0\0\0\0\0\0\0",
            b"\x62\xff\xff",
            b"\x1c",
        ] {
            assert_eq!(all(bytes), None, "{bytes:?}");
        }
        assert_eq!(CborItems::new(&[0x81; 100]).skip(), None, "too deep");
        assert_eq!(CborItems::new(b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff").skip(), None);
        assert_eq!(CborItems::new(b"\xa1\x01\x82\x02\xc1\x03").skip(), Some(()));
    }

    #[test]
    fn byte_strings_are_written_as_they_are_read() {
        for length in [0, 23, 24, 255, 256, 65_535, 65_536] {
            let (bytes, mut written) = (vec![7; length], Vec::new());
            write_bytes(&bytes, &mut written);
            assert_eq!(all(&written), Some(vec![CborItem::Bytes(&bytes)]));
        }
    }
}
