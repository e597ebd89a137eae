//! Compression: told by first bytes and never by a name, and undone by `Read` adapters.
//!
//! - One format, one arm in `Compression`; the decoders are well-kept libraries, ours is only what they
//!   leave out (several zstd frames, skippable frames, checksums).
//! - A decoder never holds more than its window; who reads from it bounds what it takes.

mod input;
mod part;
mod section;
mod unpacked;
mod zstd;

pub use input::{Input, SeekInput, StreamInput};
pub use part::BlobPart;
pub use section::{ReadSeek, Section};
pub use unpacked::Unpacked;

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use std::io::{BufReader, Read};

/// How a blob is compressed, by its first bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Compression {
    /// Not compressed, or nothing that is known.
    #[default]
    None,
    /// RFC 1952; one or several members.
    Gzip,
    /// RFC 8878; one or several frames, skippable ones too.
    Zstd,
    /// The .xz format.
    Xz,
    /// The .bz2 format.
    Bzip2,
    /// LZ4 frames.
    Lz4,
}

/// Bytes that `detect` wants to see.
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
            [0x04, 0x22, 0x4d, 0x18, ..] => Compression::Lz4,
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

    /// The uncompressed bytes of `source`; for `None` these are its own.
    pub fn decode<'a, R: Read + 'a>(self, source: R) -> Result<Box<dyn Read + 'a>, Problem> {
        let buffered = BufReader::with_capacity(128 * 1024, source);
        match self {
            Compression::None => Ok(Box::new(buffered)),
            Compression::Gzip => Ok(Box::new(flate2::bufread::MultiGzDecoder::new(buffered))),
            Compression::Zstd => Ok(Box::new(zstd::Frames::new(buffered))),
            Compression::Xz | Compression::Bzip2 | Compression::Lz4 => Err(Problem::new(
                "compression-not-read",
                format!("{} compression is recognised but not read yet.", self.name()),
            )
            .expected("a tar, plain or compressed with gzip or zstd")
            .advice("Decompress the file, then open it again.")),
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
