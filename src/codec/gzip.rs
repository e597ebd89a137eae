//! gzip files of several members, read as `gzip -dc` reads them.
//!
//! Source: RFC 1952. The library verifies each member's CRC-32 and length.
//!
//! - What follows the last member is no error: zeros are padding, and anything else is ignored (the tool
//!   warns; here `Checkpoints::ignored` says so). A member after padding is not read, as by the tool.
//! - Checkpoints are the starts of members, and the starts of blocks with the window before them. The
//!   library is told to stop at blocks only when a checkpoint is due, so that they cost the pass nothing.

use super::buffered::Buffered;
use super::error::damaged;
use super::inflate::{Inflate, StepEnd, WINDOW};
use super::input::Input;
use super::parts::PartDecoder;
use super::recorder::Recorder;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use std::io::{self, BufRead, Read, Write};

/// CRC-32 and length at a member's end, in bytes.
const TRAILER: u64 = 8;

/// One member after the other.
pub struct GzipMembers<'a, R> {
    source: Buffered<R>,
    /// Made for the first member, and used again for the others.
    inflate: Option<Inflate>,
    member: GzipMember,
    recorder: Recorder<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum GzipMember {
    /// No member has begun yet.
    None,
    /// The current member was read from its start.
    Whole,
    /// The current member was entered at a block: its CRC-32 cannot be verified.
    Entered,
    /// The last member has ended.
    Ended,
}

impl<'a, R: Read> GzipMembers<'a, R> {
    /// Nothing is read until the first member begins.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> GzipMembers<'a, R> {
        GzipMembers { source, inflate: None, member: GzipMember::None, recorder }
    }

    /// Within a member, at a block that starts `bit` bits into the source; `window` is what precedes it,
    /// deflated.
    pub fn enter(
        mut source: Buffered<R>,
        window: &[u8],
        bit: u32,
    ) -> io::Result<GzipMembers<'a, R>> {
        let mut inflated = Vec::new();
        DeflateDecoder::new(window).take(WINDOW as u64).read_to_end(&mut inflated)?;
        let first = if bit == 0 { 0 } else { source.peek(1)?.first().copied().unwrap_or(0) };
        if bit != 0 {
            BufRead::consume(&mut source, 1);
        }
        let inflate = Some(Inflate::enter(&inflated, (8 - bit) % 8, first)?);
        let (member, recorder) = (GzipMember::Entered, Recorder::default());
        Ok(GzipMembers { source, inflate, member, recorder })
    }

    /// Inflates a stretch of the current member; returns the number of bytes.
    fn step(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some(inflate) = &mut self.inflate else { return Ok(0) };
        let due = self.recorder.due();
        let input = self.source.fill_buf()?;
        let at_end = input.is_empty();
        let step = inflate.step(input, out, due).map_err(|what| damaged("gzip", what))?;
        BufRead::consume(&mut self.source, step.read);
        self.recorder.advance(step.written);
        match step.end {
            StepEnd::Stream => {
                if self.member == GzipMember::Entered {
                    if self.source.skip(TRAILER)? < TRAILER {
                        return Err(damaged("gzip", "the stream is cut short"));
                    }
                    self.inflate = None; // it does not read headers
                }
                self.member = GzipMember::Ended;
            }
            StepEnd::Block { unused_bits } if due => {
                let bit = (self.source.position() * 8).saturating_sub(u64::from(unused_bits));
                self.recorder.block(bit, deflate(&inflate.window())?);
            }
            StepEnd::Within if at_end && step.written == 0 => {
                return Err(damaged("gzip", "the stream is cut short"));
            }
            StepEnd::Block { .. } | StepEnd::Within => {}
        }
        Ok(step.written)
    }
}

impl<R: Read> PartDecoder for GzipMembers<'_, R> {
    fn next_part(&mut self) -> io::Result<bool> {
        let head = self.source.peek(2)?;
        let is_first = self.member == GzipMember::None;
        if !(head.starts_with(&[0x1f, 0x8b]) || is_first && !head.is_empty()) {
            self.recorder.rest(&mut self.source)?;
            return Ok(false);
        }
        self.recorder.start(self.source.position());
        match &mut self.inflate {
            Some(inflate) => inflate.reset(),
            none => *none = Some(Inflate::gzip()?),
        }
        self.member = GzipMember::Whole;
        Ok(true)
    }

    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.member != GzipMember::Ended {
            let written = self.step(out)?;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

/// Compresses a window: it is text as often as the content is, and then takes a third of the memory.
fn deflate(window: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(window)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::parts::PartReader;
    use flate2::write::GzEncoder;

    fn member(data: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decode(stream: &[u8]) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        let members = GzipMembers::new(Buffered::new(stream), Recorder::default());
        PartReader::new(members)
            .read_to_end(&mut out)
            .map(|_| out)
            .map_err(|error| error.to_string())
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
