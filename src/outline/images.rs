//! Pictures: how large they are.
//!
//! Source: PNG (RFC 2083, 11.2.2), JPEG (ITU-T T.81, B.2.2), GIF89a, WebP (RFC 9649, sections 2.5 to 2.7).

use super::bytes::{at, u16_be, u16_le, u32_be};
use super::made::{fact, of};
use crate::protocol::{FileOutline, OutlineName, OutlineValue, OutlinedFormat};

/// Segments of a JPEG that are passed before its size.
const MOST_SEGMENTS: usize = 1_000;

pub fn is(head: &[u8]) -> bool {
    head.starts_with(b"\x89PNG\r\n\x1a\n")
        || head.starts_with(b"\xff\xd8\xff")
        || head.starts_with(b"GIF8")
        || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
}

pub fn outline(bytes: &[u8]) -> Option<FileOutline> {
    let (format, width, height) = match bytes.first()? {
        0x89 => (OutlinedFormat::Png, u32_be(bytes, 16)?, u32_be(bytes, 20)?),
        0xff => jpeg(bytes).map(|(width, height)| (OutlinedFormat::Jpeg, width, height))?,
        b'G' => (OutlinedFormat::Gif, u16_le(bytes, 6)?.into(), u16_le(bytes, 8)?.into()),
        _ => webp(bytes).map(|(width, height)| (OutlinedFormat::WebP, width, height))?,
    };
    Some(of(format, vec![fact(OutlineName::Pixels, OutlineValue::Pixels(width, height))]))
}

fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    for _ in 0..MOST_SEGMENTS {
        while bytes.get(place..place + 2)? == [0xff, 0xff] {
            place += 1; // bytes that fill
        }
        let [0xff, marker] = at::<2>(bytes, place)? else { return None };
        let length = usize::from(u16_be(bytes, place + 2)?);
        // A frame of any kind; the three others of the range are tables.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((u16_be(bytes, place + 7)?.into(), u16_be(bytes, place + 5)?.into()));
        }
        place += 2 + length.max(2);
    }
    None
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let three = |place| at::<3>(bytes, place).map(|[a, b, c]| u32::from_le_bytes([a, b, c, 0]));
    match bytes.get(12..16)? {
        b"VP8X" => Some((three(24)? + 1, three(27)? + 1)),
        b"VP8L" => {
            let bits = u32::from_le_bytes(at(bytes, 21)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => {
            Some((u32::from(u16_le(bytes, 26)? & 0x3fff), u32::from(u16_le(bytes, 28)? & 0x3fff)))
        }
        _ => None,
    }
}
