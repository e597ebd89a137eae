//! gzip files of several members, read as `gzip -dc` reads them.
//!
//! Source: RFC 1952. Each member's CRC-32 and length are compared by the library.
//!
//! - What follows the last member is no error: zeros are padding, anything else is ignored (the
//!   tool warns; here `Checkpoints::ignored` tells). A member that follows padding is not read, as by the tool.
//! - Points are members' starts, and blocks' starts with the window before them. The library is asked
//!   to stop at blocks only when a point is due, so that a pass costs what it cost without.

use super::buffered::Buffered;
use super::checkpoints::Recorder;
use super::damaged;
use super::inflate::{Inflate, Place, WINDOW};
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{self, BufRead, Read, Write};

/// CRC-32 and length at a member's end, in bytes.
const TRAILER: u64 = 8;

/// The contents of all members, one after the other.
pub struct Members<'a, R> {
    source: Buffered<R>,
    /// Made for the first member, and used for all.
    inflate: Option<Inflate>,
    at: At,
    /// Bytes put out.
    offset: u64,
    recorder: Recorder<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// Before the first member.
    Start,
    /// In a member.
    Member,
    /// In a member that was entered at a block: its checks are not compared.
    Entered,
    /// Between two members.
    Between,
    End,
}

impl<'a, R: Read> Members<'a, R> {
    /// Nothing is read until the first `read`.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> Members<'a, R> {
        Members { source, inflate: None, at: At::Start, offset: 0, recorder }
    }

    /// Enters at a block that starts `bit` bits into the source, which the deflated `window` precedes.
    pub fn enter(mut source: Buffered<R>, window: &[u8], bit: u32) -> io::Result<Members<'a, R>> {
        let mut inflated = Vec::new();
        DeflateDecoder::new(window).take(WINDOW as u64).read_to_end(&mut inflated)?;
        let first = if bit == 0 { 0 } else { source.peek(1)?.first().copied().unwrap_or(0) };
        if bit != 0 {
            source.consume(1);
        }
        let inflate = Some(Inflate::enter(&inflated, (8 - bit) % 8, first)?);
        Ok(Members { source, inflate, at: At::Entered, offset: 0, recorder: Recorder::default() })
    }

    /// Goes to the member that begins here, if one does.
    fn next_member(&mut self) -> io::Result<()> {
        let head = self.source.peek(2)?;
        if head.starts_with(&[0x1f, 0x8b]) || (self.at == At::Start && !head.is_empty()) {
            if self.recorder.due(self.offset) {
                self.recorder.start(self.offset, self.source.position());
            }
            match &mut self.inflate {
                Some(inflate) => inflate.reset(),
                none => *none = Some(Inflate::gzip()?),
            }
            self.at = At::Member;
        } else {
            self.recorder.rest(&mut self.source)?;
            self.at = At::End;
        }
        Ok(())
    }

    /// Inflates a stretch of the member, and goes behind it at its end.
    fn step(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(inflate) = &mut self.inflate else { return Ok(0) };
        let due = self.recorder.due(self.offset);
        let input = self.source.fill_buf()?;
        let ended = input.is_empty();
        let step = inflate.step(input, out, due).map_err(|what| damaged("gzip", what))?;
        self.source.consume(step.read);
        self.offset += step.written as u64;
        match step.place {
            Place::End if self.at == At::Entered => {
                if super::Input::skip(&mut self.source, TRAILER)? < TRAILER {
                    return Err(damaged("gzip", "the stream is cut short"));
                }
                self.inflate = None;
                self.at = At::Between;
            }
            Place::End => self.at = At::Between,
            Place::Boundary { unused_bits } if due => {
                let bit = (self.source.position() * 8).saturating_sub(u64::from(unused_bits));
                self.recorder.block(self.offset, bit, deflate(&inflate.window())?);
            }
            Place::Within if ended && step.written == 0 => {
                return Err(damaged("gzip", "the stream is cut short"));
            }
            Place::Boundary { .. } | Place::Within => {}
        }
        Ok(step.written)
    }
}

impl<R: Read> Read for Members<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            match self.at {
                At::End => return Ok(0),
                At::Start | At::Between => self.next_member()?,
                At::Member | At::Entered => {
                    let written = self.step(out)?;
                    if written > 0 {
                        return Ok(written);
                    }
                }
            }
        }
    }
}

/// A window is text as often as the content is: it takes a third.
fn deflate(window: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(window)?;
    encoder.finish()
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
        let mut members = Members::new(Buffered::new(stream), Recorder::default());
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
