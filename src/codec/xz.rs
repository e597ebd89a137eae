//! xz streams: the library's own decoder, with a limit and errors that name the format.
//!
//! Source: the .xz file format, 1.2.1. Several streams and the padding between them are read. The library
//! verifies each block's check (CRC-32, CRC-64, SHA-256).
//!
//! - What follows the last stream is kept from the library, which would refuse it: padding of any length, and
//!   anything else (`Checkpoints::trailing` says so).
//!
//! - Checkpoints are the starts of blocks, where a stream has several (`xz -T`, pixz). To enter at one, the
//!   stream's header is put before the block; the index, which lists blocks that were not read, is skipped.
//! - Hostile input: the library allocates a block's dictionary at once, so a block of a few bytes can cost as
//!   much as the limit.

use super::buffered::Buffered;
use super::error::{damaged, failed};
use super::recorder::Recorder;
use super::xz_blocks::{HEADER, XzBlocks};
use lzma_rust2::XzReader;
use std::io::{self, BufRead, Read};

/// Memory for one block, in KiB. The largest preset needs 65 MiB; this suffices for a dictionary of 512 MiB.
const MEMORY_LIMIT_KIB: u32 = 600 << 10;
/// What a stream begins with.
const MAGIC: &[u8] = b"\xfd7zXZ\0";
/// Bytes of padding behind which another stream is looked for: a record of a tape. Tools write 4 at most.
const MAX_PADDING: usize = 10 << 10;

/// The contents of all streams, one after the other.
pub struct XzStreams<'a, R: Read>(XzReader<FollowedSource<'a, R>>);

impl<'a, R: Read> XzStreams<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> XzStreams<'a, R> {
        let (blocks, header) = (XzBlocks::new(), HEADER);
        XzStreams::over(FollowedSource { source, blocks, header, entered: false, recorder })
    }

    /// Enters at a block of a stream with this header.
    fn enter(source: Buffered<R>, header: [u8; HEADER]) -> XzStreams<'a, R> {
        let (blocks, recorder) = (XzBlocks::enter(header), Recorder::default());
        XzStreams::over(FollowedSource { source, blocks, header: 0, entered: true, recorder })
    }

    fn over(source: FollowedSource<'a, R>) -> XzStreams<'a, R> {
        XzStreams(XzReader::new_mem_limit(source, true, MEMORY_LIMIT_KIB))
    }
}

impl<R: Read> Read for XzStreams<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0); // the library would take this for the end of a block
        }
        self.0.read(out).map_err(|error| match error.kind() {
            io::ErrorKind::OutOfMemory => damaged(
                "xz",
                format!("a block needs more memory than {} MiB", MEMORY_LIMIT_KIB >> 10),
            ),
            _ => failed("xz", error),
        })
    }
}

/// The source as the library reads it. The library never reads beyond what it needs, so its blocks can be
/// followed.
struct FollowedSource<'a, R> {
    source: Buffered<R>,
    blocks: XzBlocks,
    /// Bytes of the stream's header that the library has: all, unless a block is entered.
    header: usize,
    /// The stream was entered at a block: it ends before the index.
    entered: bool,
    recorder: Recorder<'a>,
}

impl<R: Read> FollowedSource<'_, R> {
    /// Whether the stream was entered at a block and has no more blocks.
    fn at_index(&mut self) -> io::Result<bool> {
        Ok(self.entered && self.blocks.between_blocks() && self.source.peek(1)?.first() == Some(&0))
    }

    /// Whether another stream follows one that has ended, perhaps behind padding, which is skipped then.
    fn next_stream(&mut self) -> io::Result<bool> {
        let found = stream_follows(&mut self.source)?;
        match found {
            Some(padding) => {
                self.blocks.follow(&vec![0; padding], |_, _| {});
                BufRead::consume(&mut self.source, padding);
            }
            None => self.recorder.rest(&mut self.source)?,
        }
        Ok(found.is_some())
    }
}

impl<R: Read> Read for FollowedSource<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.header < HEADER {
            let count = (&self.blocks.header()[self.header..]).read(out)?;
            self.header += count;
            return Ok(count);
        }
        if self.at_index()? || self.blocks.between_streams() && !self.next_stream()? {
            return Ok(0);
        }
        let count = self.source.read(out)?;
        let recorder = self.recorder;
        self.blocks.follow(&out[..count], |block, header| {
            let recorder = recorder.at(block.offset);
            if recorder.due() {
                recorder.block(block.at * 8, header.to_vec());
            }
        });
        Ok(count)
    }
}

/// The bytes of padding before the stream that comes next; `None`: no stream comes.
fn stream_follows<R: Read>(source: &mut Buffered<R>) -> io::Result<Option<usize>> {
    let head = source.peek(MAX_PADDING + MAGIC.len())?;
    let padding = head.iter().take_while(|&&byte| byte == 0).count();
    Ok(head[padding..].starts_with(MAGIC).then_some(padding))
}

/// The contents from a block on.
pub struct XzFromBlock<R: Read> {
    /// The rest of the block's stream.
    first: Option<XzStreams<'static, R>>,
    /// The streams after that.
    rest: Option<XzStreams<'static, R>>,
}

impl<R: Read> XzFromBlock<R> {
    /// Enters at the block at which the source is positioned, of a stream with this header.
    pub fn new(source: Buffered<R>, header: &[u8]) -> io::Result<XzFromBlock<R>> {
        let header = header.try_into().map_err(|_| damaged("xz", "a checkpoint has no header"))?;
        Ok(XzFromBlock { first: Some(XzStreams::enter(source, header)), rest: None })
    }

    /// Continues behind the stream's index.
    fn leave(&mut self) -> io::Result<()> {
        let Some(first) = self.first.take() else { return Ok(()) };
        let FollowedSource { mut source, mut blocks, .. } = first.0.into_inner();
        loop {
            let byte = source.fill_buf()?.first().copied();
            match byte {
                _ if blocks.between_streams() => break,
                None => return Err(damaged("xz", "the stream is cut short")),
                Some(byte) => blocks.follow(&[byte], |_, _| {}),
            }
            source.consume(1);
        }
        let Some(padding) = stream_follows(&mut source)? else { return Ok(()) };
        BufRead::consume(&mut source, padding);
        self.rest = Some(XzStreams::new(source, Recorder::default()));
        Ok(())
    }
}

impl<R: Read> Read for XzFromBlock<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(first) = &mut self.first {
            match first.read(out) {
                // The library expects a block where the source ends.
                Err(_) if first.0.inner_mut().at_index()? => self.leave()?,
                result => return result,
            }
        }
        self.rest.as_mut().map_or(Ok(0), |rest| rest.read(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The output of `printf 'hello ' | xz -0` and `printf world | xz -0 -C sha256`.
    const HELLO: &[u8] = b"\xfd\x37\x7a\x58\x5a\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x0c\0\0\0\x8f\
        \x98\x41\x9c\x01\0\x05hello \0\0\0\x0a\xb0\xaf\x04\xba\x05\xef\x18\0\x01\x1e\x06\xc1\x2f\xa4\
        \x1d\x1f\xb6\xf3\x7d\x01\0\0\0\0\x04\x59\x5a";
    const WORLD: &[u8] =
        b"\xfd\x37\x7a\x58\x5a\0\0\x0a\xe1\xfb\x0c\xa1\x02\0\x21\x01\x0c\0\0\0\x8f\
        \x98\x41\x9c\x01\0\x04world\0\0\0\0\x48\x6e\xa4\x62\x24\xd1\xbb\x4f\xb6\x80\xf3\x4f\x7c\x9a\
        \xd9\x6a\x8f\x24\xec\x88\xbe\x73\xea\x8e\x5a\x6c\x65\x26\x0e\x9c\xb8\xa7\0\x01\x35\x05\x12\
        \x83\xdd\xf2\x18\x9b\x4b\x9a\x01\0\0\0\0\x0a\x59\x5a";

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut streams = XzStreams::new(Buffered::new(stream), Recorder::default());
        streams.read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn several_streams_and_padding_are_one() {
        let stream = [HELLO, &[0; 8], WORLD, &[0; 4]].concat();
        assert_eq!(decode(&stream).unwrap(), b"hello world");
    }

    #[test]
    fn a_stream_cut_or_changed_is_an_error() {
        for cut in 1..WORLD.len() {
            let error = decode(&WORLD[..cut]).unwrap_err();
            assert!(error.starts_with("xz: "), "cut at {cut}: {error}");
        }
        let mut changed = WORLD.to_vec();
        changed[30] ^= 1;
        assert!(decode(&changed).unwrap_err().contains("checksum"));
    }

    #[test]
    fn a_dictionary_beyond_the_limit_is_refused() {
        // A block's header with the largest possible dictionary, and its CRC-32.
        let head = b"\x02\0\x21\x01\x28\0\0\0\xe6\xa0\x11\xb3";
        let stream = [&HELLO[..12], head, &HELLO[24..]].concat();
        let error = decode(&stream).unwrap_err();
        assert!(error.contains("more memory than 600 MiB"), "{error}");
    }
}
