//! Frames of zstd, each decoded by one of two libraries.
//!
//! Source: RFC 8878.
//!
//! - Natively `zrip` decodes: it takes half of `ruzstd`'s time and has no unsafe code. It counts a frame's bytes as
//!   `usize`, so in WebAssembly frames beyond 4 GiB would fail, and it has no windows beyond 128 MiB. In both cases
//!   `ruzstd` decodes. Tests compare the two.
//! - What follows the last frame and is no frame is ignored, as behind gzip's last member: bsdtar pads with
//!   zeros. `Checkpoints::trailing` says so.
//! - Hostile input: `ruzstd` allocates a frame's window at once, so a frame of a few bytes can cost as much as the
//!   largest window. `zrip` holds up to two windows, of what it has decoded.

mod decoder;
mod frame;
#[cfg(any(target_pointer_width = "64", test))]
mod frame_bytes;
mod ruzstd_frame;
#[cfg(any(target_pointer_width = "64", test))]
mod zrip_frame;

use super::buffered::Buffered;
use super::parts::PartDecoder;
use super::recorder::Recorder;
use super::skippable::{ZSTD, magic_behind, next_magic, wrong_magic};
use crate::text::byte_count;
use decoder::{CUT, FrameDecoder, MAX_WINDOW, failed};
use frame::FrameHeader;
use ruzstd_frame::RuzstdFrame;
use std::io::{self, Read};

/// Which library decodes a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Library {
    #[cfg(any(target_pointer_width = "64", test))]
    Zrip,
    Ruzstd,
}

impl Library {
    #[cfg(target_pointer_width = "64")]
    fn of(header: FrameHeader) -> Library {
        match header.window {
            ..=zrip_frame::MAX_WINDOW => Library::Zrip,
            _ => Library::Ruzstd,
        }
    }

    #[cfg(not(target_pointer_width = "64"))]
    fn of(_: FrameHeader) -> Library {
        Library::Ruzstd
    }

    fn decoder<'a, R: Read + 'a>(self) -> Box<dyn FrameDecoder<R> + 'a> {
        match self {
            #[cfg(any(target_pointer_width = "64", test))]
            Library::Zrip => Box::new(zrip_frame::ZripFrame::new()),
            Library::Ruzstd => Box::new(RuzstdFrame::new()),
        }
    }
}

/// One zstd frame after the other.
pub struct ZstdFrames<'a, R> {
    /// Between two frames.
    source: Option<Buffered<R>>,
    /// The decoder of this frame, or of the last one: the next frame mostly has the same library.
    decoder: Option<(Library, Box<dyn FrameDecoder<R> + 'a>)>,
    library_of: fn(FrameHeader) -> Library,
    /// A frame was read: what follows may be something else.
    follows: bool,
    recorder: Recorder<'a>,
}

impl<'a, R: Read + 'a> ZstdFrames<'a, R> {
    /// Nothing is read until the first frame begins.
    pub fn new(source: Buffered<R>, recorder: Recorder<'a>) -> ZstdFrames<'a, R> {
        let library_of = Library::of;
        ZstdFrames { source: Some(source), decoder: None, library_of, follows: false, recorder }
    }
}

impl<'a, R: Read + 'a> PartDecoder for ZstdFrames<'a, R> {
    fn next_part(&mut self) -> io::Result<bool> {
        let Some(source) = &mut self.source else { return Ok(false) };
        let magic = match self.follows {
            true => magic_behind(source, "zstd", &[ZSTD], &self.recorder)?,
            false => next_magic(source, "zstd")?,
        };
        self.follows = true;
        match magic {
            None => return Ok(false),
            Some(ZSTD) => {}
            Some(magic) => return Err(wrong_magic("zstd", magic)),
        }
        self.recorder.start(source.position());
        let header = FrameHeader::peek(source)?.ok_or_else(|| failed(CUT))?;
        if header.window > MAX_WINDOW {
            return Err(failed(format!(
                "a frame needs a window of {}; at most {} are supported",
                byte_count(header.window),
                byte_count(MAX_WINDOW)
            )));
        }
        let library = (self.library_of)(header);
        let kept = self.decoder.take().filter(|(kept, _)| *kept == library);
        let (_, decoder) =
            self.decoder.insert(kept.unwrap_or_else(|| (library, library.decoder())));
        if let Some(source) = self.source.take() {
            decoder.begin(source, header)?;
        }
        Ok(true)
    }

    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let Some((_, decoder)) = &mut self.decoder else { return Ok(0) };
        let count = decoder.read(out)?;
        self.recorder.advance(count);
        if count == 0 {
            self.source = decoder.end();
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
