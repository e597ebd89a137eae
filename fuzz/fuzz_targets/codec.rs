//! A compressed stream, and the same stream resumed at a checkpoint, which must give the same bytes as the
//! whole. The first four bytes select the offset and the distance between checkpoints.

#![no_main]

use layerscope::codec::{Checkpoints, Compression, HEAD};
use libfuzzer_sys::fuzz_target;
use std::cell::RefCell;
use std::io::{Cursor, Read};

/// Most bytes that are decompressed.
const MOST: u64 = 4 << 20;

fuzz_target!(|data: &[u8]| {
    let Some((&[a, b, c, span], stream)) = data.split_first_chunk() else { return };
    let compression = Compression::detect(&stream[..stream.len().min(HEAD)]);
    let points = RefCell::new(Checkpoints::with_span(u64::from(span) << 8));
    let mut whole = Vec::new();
    let decoder = compression.decode_recording(stream, &points);
    let ended = decoder.take(MOST).read_to_end(&mut whole).is_ok();
    let points = points.into_inner();
    let offset = u64::from(u32::from_le_bytes([a, b, c, 0])) % (whole.len() as u64 + 1);
    let want = &whole[offset as usize..];
    let narrow = points.between(offset, offset);
    for points in [&points, &narrow] {
        let mut got = Vec::new();
        let read = points.open(compression, Cursor::new(stream), offset);
        let read = read.and_then(|reader| reader.take(want.len() as u64).read_to_end(&mut got));
        assert!(want.starts_with(&got), "at {offset}: other bytes");
        if ended {
            assert!(read.is_ok() && got.len() == want.len(), "at {offset}: {read:?}");
        }
    }
});
