//! The compressions that blobs have, and how their first bytes tell them.

pub use crate::vocabulary::Compression;

/// Number of bytes that `detect` needs.
pub const HEAD: usize = 6;

impl Compression {
    /// Tells the compression by a blob's first bytes.
    pub fn detect(head: &[u8]) -> Compression {
        match head {
            [0x1f, 0x8b, 8, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Compression::Bzip2,
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Compression::Lz4,
            _ => Compression::None,
        }
    }

    /// As reports spell it.
    pub fn name(self) -> &'static str {
        match self {
            Compression::None => "none",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Xz => "xz",
            Compression::Bzip2 => "bzip2",
            Compression::Lz4 => "lz4",
        }
    }
}

#[test]
fn compressions_are_told_by_their_first_bytes() {
    for (head, want) in [
        (&b"\x1f\x8b\x08\0\0\0"[..], Compression::Gzip),
        (b"\x28\xb5\x2f\xfd\0\0", Compression::Zstd),
        (b"\x5a\x2a\x4d\x18\0\0", Compression::Zstd),
        (b"\xfd7zXZ\0", Compression::Xz),
        (b"BZh9\x31\x41", Compression::Bzip2),
        (b"BZhello", Compression::None),
        (b"\x1f\x8b", Compression::None),
        (b"", Compression::None),
    ] {
        assert_eq!(Compression::detect(head), want, "{head:?}");
    }
}
