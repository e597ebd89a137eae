//! bzip2 files of several streams, read as `bzip2 -dc` reads them.
//!
//! Source: the format is what bzip2 1.0 writes. The library verifies the checksums of blocks and streams.
//!
//! - What follows the last stream and is not a stream is ignored, as by the tool (it warns; here
//!   `Checkpoints::ignored` says so).
//! - Checkpoints are the starts of blocks, at any bit. The library is given input, without room for output,
//!   until it takes no more: then it holds one block, whose end is within the last eight bytes that it took.
//!   So the next block's magic number is looked for only where it can be, not in compressed data.
//! - From a checkpoint, a block's bits are shifted to the beginning of a byte and read as a stream. The
//!   checksum of that stream covers blocks that were not read, so it ends where the last block's data ends.
//! - Hostile input: a stream costs 4 MB whatever it claims; one without a block is passed over. If a magic number is found in two places, neither
//!   is used.

use super::buffered::Buffered;
use super::error::damaged;
use super::parts::{PartDecoder, PartReader};
use super::recorder::Recorder;
use bzip2::{Decompress, Status};
use std::io::{self, BufRead, Read, Seek, SeekFrom};

/// The header of a stream with the largest blocks; with it the library reads all smaller ones.
const HEADER: &[u8] = b"BZh9";
/// What a block begins with.
const BLOCK: u64 = 0x3141_5926_5359;
/// What follows the last block, before the stream's CRC-32.
const END: u64 = 0x1772_4538_5090;
/// What follows the header of a stream without a block: the end, and the CRC-32 of nothing.
const NOTHING: [u8; 10] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90, 0, 0, 0, 0];
const MAGIC_BITS: u64 = 48;
const END_BITS: u64 = MAGIC_BITS + 32;

/// One stream after the other.
pub struct Bzip2Streams<'a, R> {
    source: Buffered<R>,
    stream: Option<Decompress>,
    state: BlockState,
    /// What follows may be something else than a stream.
    follows: bool,
    /// The stream was entered at a block, and `source` has nothing after it.
    entered: bool,
    /// The last eight bytes that the library took.
    taken: u64,
    /// Where the current block ends, in bits of the source, and the magic number that begins there.
    next: Option<(u64, u64)>,
    recorder: Recorder<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum BlockState {
    /// The library takes a block in.
    Load,
    /// The library puts the block out.
    Drain,
    /// The stream has ended.
    Ended,
}

impl<'a, R: Read> Bzip2Streams<'a, R> {
    /// Nothing is read until the first stream begins.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Bzip2Streams<'a, R> {
        Bzip2Streams {
            source,
            stream: None,
            state: BlockState::Ended,
            follows: false,
            entered: false,
            taken: 0,
            next: None,
            recorder,
        }
    }

    /// Gives the library input until it has a block, or the stream ends.
    fn load(&mut self) -> io::Result<()> {
        let Some(stream) = &mut self.stream else { return Ok(()) };
        let input = self.source.fill_buf()?;
        let there = input.len();
        let (status, read, _) = step(stream, input, &mut [])?;
        self.taken = input[..read].iter().fold(self.taken, |taken, &b| taken << 8 | u64::from(b));
        self.source.consume(read);
        if status == Status::StreamEnd {
            self.state = BlockState::Ended;
        } else if read < there || there == 0 {
            self.next = self.next_block()?;
            self.state = BlockState::Drain;
        }
        Ok(())
    }

    /// Where the next magic number is: the library took up to 63 bits beyond the block's end.
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

    /// Takes a stretch of the block from the library; continues with the next block at its end.
    fn drain(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(stream) = &mut self.stream else { return Ok(0) };
        let (_, _, written) = step(stream, &[], out)?;
        self.recorder.advance(written);
        if written == 0 {
            self.state = match self.next {
                Some((_, END)) if self.entered => BlockState::Ended,
                _ if self.source.peek(1)?.is_empty() => {
                    return Err(damaged("bzip2", "the stream is cut short"));
                }
                Some((bit, BLOCK)) => {
                    self.recorder.block(bit, Vec::new());
                    BlockState::Load
                }
                _ => BlockState::Load,
            };
        }
        Ok(written)
    }
}

impl<R: Read> PartDecoder for Bzip2Streams<'_, R> {
    fn next_part(&mut self) -> io::Result<bool> {
        if self.entered && self.stream.is_some() {
            return Ok(false);
        }
        let is_stream = |head: &[u8]| matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..]);
        let mut head = self.source.peek(4 + NOTHING.len())?;
        while is_stream(head) && head.get(4..4 + NOTHING.len()) == Some(&NOTHING[..]) {
            self.source.consume(4 + NOTHING.len());
            self.follows = true;
            head = self.source.peek(4 + NOTHING.len())?;
        }
        if !is_stream(head) {
            if !self.follows && !head.is_empty() {
                return Err(damaged("bzip2", "the stream has no header"));
            }
            self.recorder.rest(&mut self.source)?;
            return Ok(false);
        }
        self.recorder.start(self.source.position());
        self.stream = Some(Decompress::new(false));
        (self.state, self.follows) = (BlockState::Load, true);
        Ok(true)
    }

    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.state {
                BlockState::Ended => return Ok(0),
                BlockState::Load => self.load()?,
                BlockState::Drain => {
                    let written = self.drain(out)?;
                    if written > 0 {
                        return Ok(written);
                    }
                }
            }
        }
    }
}

/// One call of the library; returns its status, the bytes read and the bytes written.
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

/// The contents from a block on.
pub struct Bzip2FromBlock<R> {
    /// The blob's bit at which the block begins.
    bit: u64,
    /// The rest of the block's stream.
    first: Option<PartReader<Bzip2Streams<'static, BitShifted<R>>>>,
    /// The streams after that.
    rest: Option<PartReader<Bzip2Streams<'static, R>>>,
}

impl<R: Read + Seek> Bzip2FromBlock<R> {
    /// Enters at the block that begins at bit `bit` of the source, which is positioned at that byte.
    pub fn new(source: R, bit: u64) -> Bzip2FromBlock<R> {
        let source = Buffered::new(source);
        let shifted = BitShifted { source, header: HEADER, bits: (bit % 8) as u32 };
        let first = Bzip2Streams::new(Buffered::new(shifted), Recorder::default());
        let first = Bzip2Streams { entered: true, ..first };
        Bzip2FromBlock { bit, first: Some(PartReader::new(first)), rest: None }
    }
}

impl<R: Read + Seek> Read for Bzip2FromBlock<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(first) = &mut self.first {
            let count = first.read(out)?;
            if count > 0 || out.is_empty() {
                return Ok(count);
            }
        }
        if let Some(first) = self.first.take().map(PartReader::into_decoder) {
            let end = first.next.map_or(0, |(end, _)| end);
            let end = (self.bit + end + END_BITS).saturating_sub(8 * HEADER.len() as u64);
            let mut source = first.source.into_inner().source.into_inner();
            source.seek(SeekFrom::Start(end.div_ceil(8)))?;
            let rest = Bzip2Streams::new(Buffered::new(source), Recorder::default());
            self.rest = Some(PartReader::new(Bzip2Streams { follows: true, ..rest }));
        }
        self.rest.as_mut().map_or(Ok(0), |rest| rest.read(out))
    }
}

/// A stream's header, and then the bytes of a source from a bit on.
struct BitShifted<R> {
    source: Buffered<R>,
    header: &'static [u8],
    bits: u32,
}

impl<R: Read> Read for BitShifted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.header.is_empty() {
            return self.header.read(out);
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
                let shifted = out.iter_mut().zip(pairs);
                let mut count = 0;
                for (out, (high, low)) in shifted {
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

    /// The output of `printf 'hello ' | bzip2` and `printf world | bzip2`.
    const HELLO: &[u8] = b"BZh91AY&SYvi\xe0\xd4\0\0\x01\x11\0@\0\x02D\xa0\x000\xcd\0\xc3F)\x97\x17rE8P\x90vi\xe0\xd4";
    const WORLD: &[u8] = b"BZh91AY&SYY\xce{\xcb\0\0\x02\x01\x80\x04\x04\x90\x80 \x000\xcd\0\xc1\xa4\xc0qw$S\x85\x09\x05\x9c\xe7\xbc\xb0";

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let streams = Bzip2Streams::new(Buffered::new(stream), Recorder::default());
        PartReader::new(streams)
            .read_to_end(&mut out)
            .map(|_| out)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn several_streams_are_one_and_what_follows_is_ignored() {
        for rest in [&b""[..], b"\0\0\0\0\0", b"BZ", b"BZhello"] {
            assert_eq!(decode(&[HELLO, WORLD, rest].concat()).unwrap(), b"hello world");
        }
    }

    /// The output of `bzip2 < /dev/null`.
    const EMPTY: &[u8] = b"BZh9\x17\x72\x45\x38\x50\x90\0\0\0\0";

    #[test]
    fn streams_of_nothing_are_passed_over() {
        for (streams, want) in [
            ([EMPTY, EMPTY, b""].concat(), &b""[..]),
            ([EMPTY, HELLO, EMPTY, WORLD, EMPTY, b"\0\0"].concat(), b"hello world"),
            ([EMPTY, b"BZ"].concat(), b""),
        ] {
            assert_eq!(decode(&streams).unwrap(), want);
        }
        assert!(decode(&[EMPTY, &EMPTY[..9]].concat()).is_err());
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
