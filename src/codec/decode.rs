//! Decoders by compression: from a stream's beginning, or from one of its checkpoints.

use super::buffered::Buffered;
use super::checkpoints::{Checkpoints, Point, PointKind};
use super::compression::Compression;
use super::parts::PartReader;
use super::recorder::Recorder;
use super::{bzip2, frames, gzip, xz};
use std::cell::RefCell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes that are read from an uncompressed source at once.
const READ_SIZE: usize = 128 << 10;

impl Compression {
    /// The uncompressed bytes of `source`; for `None` the source's own bytes.
    pub fn decode<'a, R: Read + 'a>(self, source: R) -> Box<dyn Read + 'a> {
        decoder(self, source, Recorder::default())
    }

    /// As `decode`, and records in `checkpoints` where decompression can begin.
    pub fn decode_recording<'a, R: Read + 'a>(
        self,
        source: R,
        checkpoints: &'a RefCell<Checkpoints>,
    ) -> Box<dyn Read + 'a> {
        decoder(self, source, Recorder::new(checkpoints))
    }
}

impl Checkpoints {
    /// The uncompressed bytes from `offset` on; none if the stream has fewer.
    pub fn open<'a, R: Read + Seek + 'a>(
        &self,
        compression: Compression,
        mut source: R,
        offset: u64,
    ) -> io::Result<Box<dyn Read + 'a>> {
        if compression == Compression::None {
            source.seek(SeekFrom::Start(offset))?;
            return Ok(Box::new(source));
        }
        let point = self.before(offset);
        let mut reader: Box<dyn Read + 'a> = match point {
            Some(point) => enter(compression, source, point)?,
            None => {
                source.seek(SeekFrom::Start(0))?;
                compression.decode_again(source, self.again())
            }
        };
        discard(&mut reader, offset - point.map_or(0, |point| point.offset))?;
        Ok(reader)
    }
}

/// The uncompressed bytes of a source.
pub(super) fn decoder<'a, R: Read + 'a>(
    compression: Compression,
    source: R,
    recorder: Recorder<'a>,
) -> Box<dyn Read + 'a> {
    if compression == Compression::None {
        return Box::new(BufReader::with_capacity(READ_SIZE, source));
    }
    let source = Buffered::new(source);
    match compression {
        Compression::None => Box::new(source),
        Compression::Gzip => {
            Box::new(Once::new(PartReader::new(gzip::GzipMembers::new(source, recorder))))
        }
        Compression::Zstd | Compression::Lz4 => {
            Box::new(Once::new(frames::FrameStream::new(source, compression.name(), recorder)))
        }
        Compression::Xz => Box::new(Once::new(xz::XzStreams::new(source, recorder))),
        Compression::Bzip2 => {
            Box::new(Once::new(PartReader::new(bzip2::Bzip2Streams::new(source, recorder))))
        }
    }
}

/// A decoder that begins at a point.
fn enter<'a, R: Read + Seek + 'a>(
    compression: Compression,
    mut source: R,
    point: &Point,
) -> io::Result<Box<dyn Read + 'a>> {
    source.seek(SeekFrom::Start(point.bit / 8))?;
    let PointKind::Block(state) = &point.kind else {
        return Ok(decoder(compression, source, Recorder::default()));
    };
    Ok(match compression {
        Compression::Gzip => {
            let bits = (point.bit % 8) as u32;
            let members = gzip::GzipMembers::enter(Buffered::new(source), state, bits)?;
            Box::new(Once::new(PartReader::within(members)))
        }
        Compression::Bzip2 => Box::new(Once::new(bzip2::Bzip2FromBlock::new(source, point.bit))),
        Compression::Xz => Box::new(Once::new(xz::XzFromBlock::new(Buffered::new(source), state)?)),
        _ => decoder(compression, source, Recorder::default()),
    })
}

/// Reads and drops `count` bytes, or as many as there are; returns how many.
pub fn discard(reader: &mut impl Read, count: u64) -> io::Result<u64> {
    let mut buffer = vec![0; usize::try_from(count).unwrap_or(usize::MAX).min(READ_SIZE)];
    let mut left = count;
    while left > 0 {
        let want = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        match reader.read(&mut buffer[..want]) {
            Ok(0) => break,
            Ok(got) => left -= got as u64,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(count - left)
}

/// A decoder that is not used again after it has failed: its state means nothing then. It repeats the
/// error instead.
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

#[cfg(test)]
pub(crate) mod tests;
