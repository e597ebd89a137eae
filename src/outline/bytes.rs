//! Numbers at places of a file; `None` beyond its end. And how much of a file is read.

/// Bytes of a file that are read for its outline.
pub const MOST: u64 = 64 << 20;

/// `N` bytes at a place.
pub fn at<const N: usize>(bytes: &[u8], place: usize) -> Option<[u8; N]> {
    bytes.get(place..)?.first_chunk().copied()
}

pub fn u16_le(bytes: &[u8], place: usize) -> Option<u16> {
    at(bytes, place).map(u16::from_le_bytes)
}

pub fn u16_be(bytes: &[u8], place: usize) -> Option<u16> {
    at(bytes, place).map(u16::from_be_bytes)
}

pub fn u32_le(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(u32::from_le_bytes)
}

pub fn u32_be(bytes: &[u8], place: usize) -> Option<u32> {
    at(bytes, place).map(u32::from_be_bytes)
}

pub fn u64_le(bytes: &[u8], place: usize) -> Option<u64> {
    at(bytes, place).map(u64::from_le_bytes)
}

/// The bytes of a text that ends with a NUL, at most so many.
pub fn text_at(bytes: &[u8], place: usize, most: usize) -> Option<&[u8]> {
    let rest = bytes.get(place..)?;
    let rest = rest.get(..most).unwrap_or(rest);
    rest.split(|byte| *byte == 0).next()
}
