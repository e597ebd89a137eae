//! gzip files of several members, read as `gzip -dc` reads them.
//!
//! Source: RFC 1952. Each member's CRC-32 and length are compared by the library.
//!
//! - What follows the last member is no error: zeros are padding, anything else is ignored (the tool
//!   warns). A member that follows padding is not read, as by the tool.

use super::buffered::Buffered;
use super::failed;
use flate2::bufread::GzDecoder;
use std::io::{self, Read};

/// The contents of all members, one after the other.
pub struct Members<R> {
    /// Between two members.
    source: Option<Buffered<R>>,
    member: Option<GzDecoder<Buffered<R>>>,
    first: bool,
}

impl<R: Read> Members<R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>) -> Members<R> {
        Members { source: Some(source), member: None, first: true }
    }

    /// Whether another member begins here.
    fn next_member(source: &mut Buffered<R>, first: bool) -> io::Result<bool> {
        let head = source.peek(2)?;
        Ok(head.starts_with(&[0x1f, 0x8b]) || (first && !head.is_empty()))
    }
}

impl<R: Read> Read for Members<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            if let Some(mut source) = self.source.take() {
                if !Self::next_member(&mut source, self.first)? {
                    self.source = Some(source);
                    return Ok(0);
                }
                self.first = false;
                self.member = Some(GzDecoder::new(source));
            }
            let Some(member) = &mut self.member else { return Ok(0) };
            let count = member.read(out).map_err(|error| failed("gzip", error))?;
            if count > 0 {
                return Ok(count);
            }
            self.source = self.member.take().map(GzDecoder::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn member(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let mut members = Members::new(Buffered::new(stream));
        members.read_to_end(&mut out).map(|_| out).map_err(|error| error.to_string())
    }

    #[test]
    fn several_members_are_one_and_what_follows_is_ignored() {
        let (hello, world) = (member(b"hello "), member(b"world"));
        for rest in [&b""[..], &[0; 700], b"\x1f", b"garbage", &[&[0; 9], &hello[..]].concat()] {
            let stream = [&hello, &member(b"")[..], &world, rest].concat();
            assert_eq!(decode(&stream).unwrap(), b"hello world", "{rest:?}");
        }
    }

    #[test]
    fn a_member_cut_or_changed_is_an_error() {
        let stream = member(b"hello hello hello");
        for cut in 1..stream.len() {
            let error = decode(&stream[..cut]).unwrap_err();
            assert!(error.starts_with("gzip: "), "cut at {cut}: {error}");
        }
        for at in [stream.len() - 8, stream.len() - 4] {
            let mut changed = stream.clone();
            changed[at] ^= 1;
            assert!(decode(&changed).is_err());
        }
    }
}
