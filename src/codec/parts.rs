//! Streams that are several parts in a row, which decompress to one: gzip's members, bzip2's streams,
//! zstd's and LZ4's frames. One loop for all of them.

use std::io::{self, Read};

/// A decoder of one part after the other.
pub trait PartDecoder {
    /// Begins the next part; false at the end of the stream.
    fn next_part(&mut self) -> io::Result<bool>;
    /// Decompresses more of the current part into `out`, which is not empty; 0 at the part's end.
    fn read_part(&mut self, out: &mut [u8]) -> io::Result<usize>;
}

/// The contents of all parts, one after the other.
pub struct PartReader<D> {
    decoder: D,
    place: PartPlace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PartPlace {
    Between,
    Within,
    AtEnd,
}

impl<D: PartDecoder> PartReader<D> {
    /// Begins with the next part. Nothing is read until the first `read`.
    pub fn new(decoder: D) -> PartReader<D> {
        PartReader { decoder, place: PartPlace::Between }
    }

    /// Continues with a part that the decoder has begun.
    pub fn within(decoder: D) -> PartReader<D> {
        PartReader { decoder, place: PartPlace::Within }
    }

    pub fn into_decoder(self) -> D {
        self.decoder
    }
}

impl<D: PartDecoder> Read for PartReader<D> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            self.place = match self.place {
                PartPlace::AtEnd => return Ok(0),
                PartPlace::Between if self.decoder.next_part()? => PartPlace::Within,
                PartPlace::Between => PartPlace::AtEnd,
                PartPlace::Within => match self.decoder.read_part(out)? {
                    0 => PartPlace::Between,
                    count => return Ok(count),
                },
            };
        }
    }
}
