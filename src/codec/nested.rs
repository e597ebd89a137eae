//! Streams that are compressed more than once: what a stream decompresses to decides whether it is
//! decompressed again. `docker save x | gzip > x.tar.gz` of an archive that was compressed already makes one.
//!
//! - Only for what must be a tar: an archive or a layer. A file within a layer stays as it is.
//! - Hostile input: three times at most, and each stream between is bounded like the last one.

use super::checkpoints::Checkpoints;
use super::compression::{Compression, HEAD};
use super::decode::decoder;
use super::limited::{ByteLimit, Limited};
use super::recorder::Recorder;
use std::cell::RefCell;
use std::io::{self, Cursor, Read};

/// Streams within each other that are decompressed.
const MAX_TIMES: u8 = 3;

/// Gets the bytes of each stream between: its number, from 0 on for the outermost, and more of its bytes.
pub type BetweenWatch<'a> = &'a dyn Fn(usize, &[u8]);

impl Compression {
    /// As `decode_recording`, and decompresses again what is still compressed; `Checkpoints::again` says how
    /// often. None of the streams between may have more bytes than `limit` says; `between` gets them.
    pub fn decode_to_the_end<'a, R: Read + 'a>(
        self,
        source: R,
        checkpoints: &'a RefCell<Checkpoints>,
        limit: ByteLimit<'a>,
        between: BetweenWatch<'a>,
    ) -> Box<dyn Read + 'a> {
        let reader = decoder(self, source, Recorder::new(checkpoints));
        if self == Compression::None {
            return reader;
        }
        let watch = Some(NestedWatch { checkpoints, limit, between });
        Box::new(Nested { reader, head: Cursor::default(), times: 1, decided: false, watch })
    }

    /// The same once more, for a stream of which a pass said that it is compressed `again` times within.
    pub(super) fn decode_again<'a, R: Read + 'a>(self, source: R, again: u8) -> Box<dyn Read + 'a> {
        let reader = decoder(self, source, Recorder::default());
        let decided = again == 0;
        Box::new(Nested { reader, head: Cursor::default(), times: 1, decided, watch: None })
    }
}

/// A stream, and what is decompressed out of it.
struct Nested<'a> {
    /// Behind `head`.
    reader: Box<dyn Read + 'a>,
    /// The first bytes, which were read to decide.
    head: Cursor<Vec<u8>>,
    /// How often it was decompressed.
    times: u8,
    /// Nothing more is decompressed.
    decided: bool,
    watch: Option<NestedWatch<'a>>,
}

/// What a pass notes about the streams.
#[derive(Clone, Copy)]
struct NestedWatch<'a> {
    checkpoints: &'a RefCell<Checkpoints>,
    limit: ByteLimit<'a>,
    between: BetweenWatch<'a>,
}

/// The source of a stream within another one.
struct WatchedBetween<'a, R> {
    source: R,
    number: usize,
    between: BetweenWatch<'a>,
}

impl<R: Read> Read for WatchedBetween<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read(out)?;
        (self.between)(self.number, &out[..count]);
        Ok(count)
    }
}

impl Nested<'_> {
    /// Decompresses until what comes is not compressed.
    fn decide(&mut self) -> io::Result<()> {
        while !self.decided {
            let mut head = Vec::with_capacity(HEAD);
            let read = (&mut self.reader).take(HEAD as u64).read_to_end(&mut head);
            if head.is_empty() {
                read?; // what was read before an error is handed out first
            }
            let compression = Compression::detect(&head);
            self.head = Cursor::new(head);
            self.decided = compression == Compression::None || self.times >= MAX_TIMES;
            if !self.decided {
                self.enter(compression);
            }
        }
        Ok(())
    }

    fn enter(&mut self, compression: Compression) {
        let outer = std::mem::replace(&mut self.reader, Box::new(io::empty()));
        let source = std::mem::take(&mut self.head).chain(outer);
        let number = usize::from(self.times) - 1;
        self.times += 1;
        self.reader = match self.watch {
            Some(NestedWatch { checkpoints, limit, between }) => {
                if let Ok(mut checkpoints) = checkpoints.try_borrow_mut() {
                    checkpoints.are_within();
                }
                let recorder = Recorder::within(checkpoints);
                let source = Limited::new(source, limit);
                decoder(compression, WatchedBetween { source, number, between }, recorder)
            }
            None => decoder(compression, source, Recorder::default()),
        };
    }
}

impl Read for Nested<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.decide()?;
        match self.head.read(out)? {
            0 => self.reader.read(out),
            count => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Seekable;
    use crate::codec::decode::tests::{CASES, content};
    use std::cell::Cell;
    use std::io::{Seek, SeekFrom};

    fn unpack(stream: &[u8], limit: u64) -> (Result<Vec<u8>, String>, Checkpoints, bool) {
        let (points, reached) = (RefCell::new(Checkpoints::with_span(100)), Cell::new(false));
        let limit = ByteLimit { bytes: limit, reached: &reached };
        let mut out = Vec::new();
        let compression = Compression::detect(stream);
        let read =
            compression.decode_to_the_end(stream, &points, limit, &|_, _| {}).read_to_end(&mut out);
        let read = read.map(|_| out).map_err(|error| error.to_string());
        (read, points.into_inner(), reached.get())
    }

    #[test]
    fn a_stream_is_decompressed_up_to_three_times_and_can_be_read_from_the_middle() {
        let data = content(30_000, 3);
        for (outer, compress_outer, _) in CASES {
            for (inner, compress_inner, _) in CASES {
                let name = format!("{} in {}", inner.name(), outer.name());
                let twice = compress_outer(&compress_inner(&data));
                let (read, points, _) = unpack(&twice, u64::MAX);
                assert!(read.unwrap() == data, "{name}");
                assert_eq!((points.again(), points.len()), (1, 0), "{name}");
                let mut seekable = Seekable::new(Cursor::new(twice), outer, points, 30_000);
                let mut part = [0; 100];
                seekable.seek(SeekFrom::Start(20_000)).unwrap();
                seekable.read_exact(&mut part).unwrap();
                assert!(part == data[20_000..20_100], "{name}");
                let again = compress_inner(&compress_outer(&compress_inner(&data)));
                let (read, points, _) = unpack(&again, u64::MAX);
                assert!(read.unwrap() == data && points.again() == 2, "three times: {name}");
                let four_times = compress_outer(&again);
                let (read, ..) = unpack(&four_times, u64::MAX);
                assert!(read.unwrap() == compress_inner(&data), "four times: {name}");
            }
        }
    }

    #[test]
    fn what_is_compressed_once_keeps_its_points_and_its_first_bytes() {
        for text in ["", "a", "BZh", "\u{1f}\u{8b}"] {
            for (_, compress, _) in CASES {
                let (read, points, _) = unpack(&compress(text.as_bytes()), u64::MAX);
                assert_eq!(read.unwrap(), text.as_bytes());
                assert_eq!(points.again(), 0);
            }
        }
        let (_, compress, _) = CASES[0];
        let stream = [compress(&content(500, 1)), compress(&content(500, 2))].concat();
        assert!(!unpack(&stream, u64::MAX).1.is_empty());
    }

    #[test]
    fn a_stream_between_ends_at_the_limit() {
        let (_, compress, _) = CASES[0];
        let twice = compress(&compress(&content(9_000, 5)));
        let (read, _, reached) = unpack(&twice, 1_000);
        assert!(reached, "{read:?}");
        let (read, _, reached) = unpack(&twice, 9_000);
        assert!(read.is_ok() && !reached);
    }

    #[test]
    fn damage_of_the_inner_stream_names_its_format() {
        for (inner, compress, _) in CASES {
            let whole = compress(&content(9_000, 6));
            let (_, compress_outer, _) = CASES[0];
            let (read, ..) = unpack(&compress_outer(&whole[..whole.len() / 2]), u64::MAX);
            let error = read.unwrap_err();
            assert!(error.starts_with(inner.name()), "{error}");
        }
    }
}
