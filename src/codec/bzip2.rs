//! bzip2 files of several streams, read as `bzip2 -dc` reads them.
//!
//! Source: the format is what bzip2 1.0 writes. Block and stream checksums are the library's.
//!
//! - What follows the last stream and is no stream is ignored, as by the tool (it warns; here
//!   `Checkpoints::ignored` tells).
//! - Points are blocks' starts, at any bit. The library is given input without room for output until
//!   it takes no more: then it holds one block, whose end is in the last eight bytes that it took. So
//!   the next block's magic number is looked for only where it can be, not in compressed data.
//! - From a point, a block's bits are moved to a byte's beginning and read as a stream. That stream's
//!   checksum covers blocks that were not read, so it ends where the last block's data do.
//! - Hostile input: a stream costs 4 MB whatever it claims. Two places for one magic number are none.

use super::buffered::Buffered;
use super::checkpoints::Recorder;
use super::damaged;
use bzip2::{Decompress, Status};
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// The head of a stream with the largest blocks, which reads all smaller ones.
const HEAD: &[u8] = b"BZh9";
/// What a block begins with, and what follows the last one, before the stream's CRC-32.
const BLOCK: u64 = 0x3141_5926_5359;
const END: u64 = 0x1772_4538_5090;
const MAGIC_BITS: u64 = 48;
const END_BITS: u64 = MAGIC_BITS + 32;

/// The contents of all streams, one after the other.
pub struct Streams<'a, R> {
    source: Buffered<R>,
    at: At,
    stream: Option<Decompress>,
    /// The last eight bytes that the stream took.
    taken: u64,
    /// Where the block after the one at hand begins, in bits of the source; and what begins there.
    next: Option<(u64, u64)>,
    /// Whether this is a stream that was entered at a block, and has nothing after it.
    entered: bool,
    /// Bytes put out.
    offset: u64,
    recorder: Recorder<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Between,
    /// The stream takes a block in.
    Load,
    /// It puts the block out.
    Drain,
    End,
}

impl<'a, R: Read> Streams<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Streams<'a, R> {
        let (stream, at, taken) = (None, At::Start, 0);
        Streams { source, at, stream, taken, next: None, entered: false, offset: 0, recorder }
    }

    /// Goes to the stream that begins here, if one does.
    fn next_stream(&mut self) -> io::Result<()> {
        let head = self.source.peek(4)?;
        let another = matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..]);
        if !another {
            if self.at == At::Start && !head.is_empty() {
                return Err(damaged("bzip2", "the stream has no head"));
            }
            self.recorder.rest(&mut self.source)?;
            self.at = At::End;
            return Ok(());
        }
        if self.recorder.due(self.offset) {
            self.recorder.start(self.offset, self.source.position());
        }
        self.stream = Some(Decompress::new(false));
        self.at = At::Load;
        Ok(())
    }

    /// Gives the stream input until it has a block, or ends.
    fn load(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let input = self.source.fill_buf()?;
        let there = input.len();
        let (status, read, _) = step(stream, input, &mut [])?;
        self.taken = input[..read].iter().fold(self.taken, |taken, &b| taken << 8 | u64::from(b));
        self.source.consume(read);
        if status == Status::StreamEnd {
            self.at = At::Between;
        } else if read < there || there == 0 {
            self.next = self.next_block()?;
            self.at = At::Drain;
        }
        Ok(())
    }

    /// Where the next magic number is: up to 63 bits were taken beyond the block's end.
    fn next_block(&mut self) -> io::Result<Option<(u64, u64)>> {
        let position = self.source.position() * 8;
        let mut ahead = [0; 8];
        let peeked = self.source.peek(6)?;
        let count = peeked.len().min(6);
        ahead[2..2 + count].copy_from_slice(&peeked[..count]);
        let bits = u128::from(self.taken) << MAGIC_BITS | u128::from(u64::from_be_bytes(ahead));
        let mut found = (0..64).filter_map(|back| {
            let magic = (bits >> back) as u64 & ((1 << MAGIC_BITS) - 1);
            let start = position.checked_sub(back)?;
            (magic == BLOCK || magic == END).then_some((start, magic))
        });
        let first = found.next();
        Ok(if found.next().is_some() { None } else { first })
    }

    /// Takes a stretch of the block, and goes behind it at its end.
    fn drain(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(stream) = &mut self.stream else { return Ok(0) };
        let (_, _, written) = step(stream, &[], out)?;
        self.offset += written as u64;
        if written == 0 {
            self.at = match self.next {
                Some((_, END)) if self.entered => At::End,
                _ if self.source.peek(1)?.is_empty() => {
                    return Err(damaged("bzip2", "the stream is cut short"));
                }
                Some((bit, BLOCK)) if self.recorder.due(self.offset) => {
                    self.recorder.block(self.offset, bit, Vec::new());
                    At::Load
                }
                _ => At::Load,
            };
        }
        Ok(written)
    }
}

/// Status, bytes read and bytes written.
fn step(
    stream: &mut Decompress,
    input: &[u8],
    out: &mut [u8],
) -> io::Result<(Status, usize, usize)> {
    let (read, written) = (stream.total_in(), stream.total_out());
    let status = stream
        .decompress(input, out)
        .map_err(|_| damaged("bzip2", "a block or its checksum is wrong"))?;
    if status == Status::MemNeeded {
        return Err(damaged("bzip2", "not enough memory for a block"));
    }
    Ok((status, (stream.total_in() - read) as usize, (stream.total_out() - written) as usize))
}

impl<R: Read> Read for Streams<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match self.at {
                At::End => return Ok(0),
                At::Start | At::Between => self.next_stream()?,
                At::Load => self.load()?,
                At::Drain => {
                    let written = self.drain(out)?;
                    if written > 0 {
                        return Ok(written);
                    }
                }
            }
        }
    }
}

/// The contents from a block on.
pub struct Entered<R> {
    /// The blob's bit at which the block begins.
    bit: u64,
    /// The rest of its stream.
    first: Option<Streams<'static, Moved<R>>>,
    /// The streams that follow.
    rest: Option<Streams<'static, R>>,
}

impl<R: Read + Seek> Entered<R> {
    /// Enters at a block that begins at the bit `bit` of the source, which stands at that byte.
    pub fn new(source: R, bit: u64) -> Entered<R> {
        let source = Buffered::new(source);
        let moved = Buffered::new(Moved { source, head: HEAD, bits: (bit % 8) as u32 });
        let mut first = Streams::new(moved, Recorder::default());
        first.entered = true;
        Entered { bit, first: Some(first), rest: None }
    }
}

impl<R: Read + Seek> Read for Entered<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(first) = &mut self.first {
            let count = first.read(out)?;
            if count > 0 || out.is_empty() {
                return Ok(count);
            }
            let end = first.next.map_or(0, |(end, _)| end);
            let end = (self.bit + end + END_BITS).saturating_sub(8 * HEAD.len() as u64);
            if let Some(first) = self.first.take() {
                let mut source = first.source.into_inner().source.into_inner();
                source.seek(SeekFrom::Start(end.div_ceil(8)))?;
                let mut rest = Streams::new(Buffered::new(source), Recorder::default());
                rest.at = At::Between;
                self.rest = Some(rest);
            }
        }
        self.rest.as_mut().map_or(Ok(0), |rest| rest.read(out))
    }
}

/// A stream's head, and the bytes of a source from a bit on.
struct Moved<R> {
    source: Buffered<R>,
    head: &'static [u8],
    bits: u32,
}

impl<R: Read> Read for Moved<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.head.is_empty() {
            return self.head.read(out);
        }
        if self.bits == 0 {
            return self.source.read(out);
        }
        let bytes = self.source.peek(2)?;
        let count = match bytes {
            [] => 0,
            [last] => {
                let Some(out) = out.first_mut() else { return Ok(0) };
                *out = last << self.bits;
                1
            }
            _ => {
                let pairs = bytes.iter().zip(&bytes[1..]);
                let moved = out.iter_mut().zip(pairs);
                let mut count = 0;
                for (out, (high, low)) in moved {
                    *out = high << self.bits | low >> (8 - self.bits);
                    count += 1;
                }
                count
            }
        };
        self.source.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `printf 'hello ' | bzip2` and `printf world | bzip2` give.
    const HELLO: &[u8] = b"BZh91AY&SYvi\xe0\xd4\0\0\x01\x11\0@\0\x02D\xa0\x000\xcd\0\xc3F)\x97\x17rE8P\x90vi\xe0\xd4";
    const WORLD: &[u8] = b"BZh91AY&SYY\xce{\xcb\0\0\x02\x01\x80\x04\x04\x90\x80 \x000\xcd\0\xc1\xa4\xc0qw$S\x85\x09\x05\x9c\xe7\xbc\xb0";

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut streams = Streams::new(Buffered::new(stream), Recorder::default());
        streams.read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn several_streams_are_one_and_what_follows_is_ignored() {
        for rest in [&b""[..], b"\0\0\0\0\0", b"BZ", b"BZhello"] {
            assert_eq!(decode(&[HELLO, WORLD, rest].concat()).unwrap(), b"hello world");
        }
    }

    #[test]
    fn a_stream_cut_or_changed_is_an_error() {
        for cut in 1..WORLD.len() {
            let error = decode(&WORLD[..cut]).unwrap_err();
            assert!(error.starts_with("bzip2: "), "cut at {cut}: {error}");
        }
        let mut changed = WORLD.to_vec();
        changed[30] ^= 1;
        assert!(decode(&changed).is_err());
    }
}
