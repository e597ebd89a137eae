//! Numbers in bytes, without reading past the end.

/// The bytes of a number, if the file has them.
pub fn at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}

/// A magic number as hexadecimal text, for a warning.
pub fn hex(bytes: Option<[u8; 4]>) -> String {
    bytes.map_or_else(
        || "the end of the file".to_owned(),
        |b| format!("0x{:08x}", u32::from_be_bytes(b)),
    )
}
