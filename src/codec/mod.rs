//! Compression: told by first bytes and never by a name, and undone by `Read` adapters.
//!
//! - One format, one arm in `Compression`, one file; the decoders are well-kept libraries, ours is only
//!   what they leave out (several members or frames in a row, what follows the last, checksums).
//! - A decoder never holds more than its window, and each format's largest window is bounded; who reads
//!   from it bounds what it takes.
//! - What is damaged or cut short is an `InvalidData` error that names the format.

mod buffered;
mod bzip2;
mod checkpoints;
mod frames;
mod gzip;
mod inflate;
mod input;
mod lz4;
mod part;
mod partial;
mod section;
mod xz;
mod xz_blocks;
pub mod zip;
mod zstd;

pub use crate::vocabulary::Compression;
pub use checkpoints::{Checkpoints, Seekable};
pub use input::{Input, SeekInput, StreamInput};
pub use part::BlobPart;
pub use partial::Partial;
pub use section::{ReadSeek, Section};

use buffered::Buffered;
use checkpoints::Recorder;
use std::cell::RefCell;
use std::io::{self, BufReader, Read};

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

    /// The uncompressed bytes of `source`; for `None` these are its own.
    pub fn decode<'a, R: Read + 'a>(self, source: R) -> Box<dyn Read + 'a> {
        self.decoder(source, Recorder::default())
    }

    /// As `decode`, leaving in `checkpoints` where the stream can be entered again.
    pub fn decode_recording<'a, R: Read + 'a>(
        self,
        source: R,
        checkpoints: &'a RefCell<Checkpoints>,
    ) -> Box<dyn Read + 'a> {
        self.decoder(source, Recorder::new(checkpoints))
    }

    fn decoder<'a, R: Read + 'a>(self, source: R, recorder: Recorder<'a>) -> Box<dyn Read + 'a> {
        if self == Compression::None {
            return Box::new(BufReader::with_capacity(128 * 1024, source));
        }
        let source = Buffered::new(source);
        match self {
            Compression::None => Box::new(source),
            Compression::Gzip => Box::new(Once::new(gzip::Members::new(source, recorder))),
            Compression::Zstd | Compression::Lz4 => {
                Box::new(Once::new(frames::Frames::new(source, self.name(), recorder)))
            }
            Compression::Xz => Box::new(Once::new(xz::Streams::new(source, recorder))),
            Compression::Bzip2 => Box::new(Once::new(bzip2::Streams::new(source, recorder))),
        }
    }
}

/// What is wrong with a stream, its format first.
fn damaged(format: &str, what: impl std::fmt::Display) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{format}: {what}"))
}

/// A library's error: the format's, unless it is the source that failed.
fn failed(format: &str, error: io::Error) -> io::Error {
    use io::ErrorKind::{
        InvalidData, InvalidInput, Other, OutOfMemory, UnexpectedEof, Unsupported,
    };
    match error.kind() {
        UnexpectedEof => damaged(format, "the stream is cut short"),
        InvalidData | InvalidInput | Other | OutOfMemory | Unsupported => damaged(format, error),
        _ => error,
    }
}

/// A decoder that isn't asked again after it failed: its state says nothing then.
struct Once<D> {
    decoder: D,
    failed: Option<(io::ErrorKind, String)>,
}

impl<D> Once<D> {
    fn new(decoder: D) -> Once<D> {
        Once { decoder, failed: None }
    }
}

impl<D: Read> Read for Once<D> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some((kind, what)) = &self.failed {
            return Err(io::Error::new(*kind, what.clone()));
        }
        self.decoder.read(out).inspect_err(|error| {
            self.failed = Some((error.kind(), error.to_string()));
        })
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
