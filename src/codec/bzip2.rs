//! bzip2 files of several streams, read as `bzip2 -dc` reads them.
//!
//! Source: the format is what bzip2 1.0 writes. Block and stream checksums are the library's.
//!
//! - What follows the last stream and is no stream is ignored, as by the tool (it warns).
//! - Hostile input: a stream costs 4 MB whatever it claims.

use super::buffered::Buffered;
use super::damaged;
use bzip2::{Decompress, Status};
use std::io::{self, BufRead, Read};

/// The contents of all streams, one after the other.
pub struct Streams<R> {
    source: Buffered<R>,
    /// The stream that is read; `None` between two.
    stream: Option<Decompress>,
    first: bool,
    ended: bool,
}

impl<R: Read> Streams<R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>) -> Streams<R> {
        Streams { source, stream: None, first: true, ended: false }
    }

    /// Whether another stream begins here.
    fn next_stream(&mut self) -> io::Result<bool> {
        let head = self.source.peek(4)?;
        let another = matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', ..]);
        if !another && self.first && !head.is_empty() {
            return Err(damaged("bzip2", "the stream has no head"));
        }
        self.first = false;
        Ok(another)
    }
}

impl<R: Read> Read for Streams<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.ended {
            return Ok(0);
        }
        loop {
            let Some(stream) = &mut self.stream else {
                if !self.next_stream()? {
                    self.ended = true;
                    return Ok(0);
                }
                self.stream = Some(Decompress::new(false));
                continue;
            };
            let input = self.source.fill_buf()?;
            let at_end = input.is_empty();
            let (read, written) = (stream.total_in(), stream.total_out());
            let status = stream
                .decompress(input, out)
                .map_err(|_| damaged("bzip2", "a block or its checksum is wrong"))?;
            let read = (stream.total_in() - read) as usize;
            let written = (stream.total_out() - written) as usize;
            self.source.consume(read);
            match status {
                Status::StreamEnd => self.stream = None,
                Status::MemNeeded => return Err(damaged("bzip2", "not enough memory for a block")),
                _ if at_end && written == 0 => {
                    return Err(damaged("bzip2", "the stream is cut short"));
                }
                _ => {}
            }
            if written > 0 {
                return Ok(written);
            }
        }
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
        let mut streams = Streams::new(Buffered::new(stream));
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
