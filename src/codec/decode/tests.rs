//! Reading from every format's checkpoints against reading the whole stream, on data made here.

use super::*;
use crate::codec::{ByteLimit, Seekable, TrailingBytes};
use std::io::{Cursor, Write};

/// Bytes that deflate to about a half, in blocks that differ.
pub fn content(size: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut out = Vec::with_capacity(size + 64);
    while out.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        match state % 3 {
            0 => out.extend_from_slice(&state.to_le_bytes()),
            1 => out.extend_from_slice(format!("line {} of it\n", state % 999).as_bytes()),
            _ => {
                let from = (state >> 8) as usize % (out.len() + 1);
                out.extend_from_within(from..out.len().min(from + 40));
            }
        }
    }
    out.truncate(size);
    out
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn zstd(data: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest)
}

fn lz4(data: &[u8]) -> Vec<u8> {
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn bzip2(data: &[u8]) -> Vec<u8> {
    let mut encoder = ::bzip2::write::BzEncoder::new(Vec::new(), ::bzip2::Compression::new(1));
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn xz(data: &[u8]) -> Vec<u8> {
    let mut options = lzma_rust2::XzOptions::with_preset(0);
    options.lzma_options.dict_size = 1 << 16;
    options.set_block_size(std::num::NonZeroU64::new(1 << 16));
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

/// A compressor, and how many points a megabyte and a half in three parts has at least.
pub type Case = (Compression, fn(&[u8]) -> Vec<u8>, usize);

pub const CASES: [Case; 5] = [
    (Compression::Gzip, gzip, 6),
    (Compression::Zstd, zstd, 2),
    (Compression::Lz4, lz4, 2),
    (Compression::Bzip2, bzip2, 10),
    (Compression::Xz, xz, 10),
];

/// Reads a whole stream as a pass does, and its points.
fn record(
    compression: Compression,
    stream: &[u8],
    span: u64,
) -> (io::Result<Vec<u8>>, Checkpoints) {
    let points = RefCell::new(Checkpoints::with_span(span));
    let mut out = Vec::new();
    let done = {
        let mut reader = compression.decode_recording(stream, &points);
        reader.read_to_end(&mut out)
    };
    (done.map(|_| out), points.into_inner())
}

/// A stream of three parts, each compressed for itself.
fn stream_of(compress: fn(&[u8]) -> Vec<u8>, data: &[u8]) -> Vec<u8> {
    data.chunks(data.len().div_ceil(3).max(1)).flat_map(compress).collect()
}

#[test]
fn every_format_leaves_points() {
    let data = content(1_500_000, 7);
    for (compression, compress, least) in CASES {
        let (whole, points) = record(compression, &stream_of(compress, &data), 50_000);
        assert!(whole.unwrap() == data, "{}", compression.name());
        assert!(points.len() >= least, "{}: {} points", compression.name(), points.len());
        assert!(points.widest_span(1_500_000) < 600_000, "{}", compression.name());
    }
}

#[test]
fn a_recorder_in_use_loses_a_point_only() {
    let data = content(300_000, 3);
    let stream = gzip(&data);
    let points = RefCell::new(Checkpoints::with_span(10_000));
    let held = points.borrow_mut();
    let mut out = Vec::new();
    let mut reader = Compression::Gzip.decode_recording(&stream[..], &points);
    reader.read_to_end(&mut out).unwrap();
    drop(reader);
    assert!(out == data && held.is_empty());
}

#[test]
fn what_follows_the_last_stream_is_no_content_and_is_told() {
    let rests =
        [&[0; 4][..], &[0; 999], &[0; 200_000], b"x", b"\0\0x", b"garbage", b"\0\x28\xb5\x2f\xfd"];
    for (compression, compress, _) in CASES {
        let stream = [compress(b"con"), compress(b"tent")].concat();
        for rest in rests {
            let (whole, points) = record(compression, &[&stream[..], rest].concat(), 9);
            assert_eq!(whole.unwrap(), b"content", "{} {:?}", compression.name(), &rest[..1]);
            let zeros = rest.iter().all(|&byte| byte == 0);
            let told = TrailingBytes { at: Some(stream.len() as u64), zeros };
            assert_eq!(points.trailing(), Some(told), "{}", compression.name());
        }
        let (_, points) = record(compression, &stream, 9);
        assert_eq!(points.trailing(), None);
    }
}

#[test]
fn what_follows_a_stream_within_a_stream_is_told_too() {
    for (compression, compress, _) in CASES {
        for (rest, at) in [(&b"garbage"[..], false), (b"", true)] {
            let inner = [&compress(&content(900, 1)), rest].concat();
            let mut stream = gzip(&inner);
            let end = stream.len() as u64;
            stream.extend_from_slice(if at { &[0; 9] } else { &[] });
            let (points, reached) = (RefCell::default(), std::cell::Cell::new(false));
            let limit = ByteLimit { bytes: 1 << 20, reached: &reached };
            let mut out = Vec::new();
            let mut reader =
                Compression::Gzip.decode_to_the_end(&stream[..], &points, limit, &|_, _| {});
            reader.read_to_end(&mut out).unwrap();
            drop(reader);
            assert!(out == content(900, 1));
            let told = TrailingBytes { at: at.then_some(end), zeros: at };
            assert_eq!(points.into_inner().trailing(), Some(told), "{}", compression.name());
        }
    }
}

#[test]
fn an_uncompressed_source_is_read_where_it_is_asked_for() {
    let data = content(100_000, 5);
    let source = Cursor::new(data.clone());
    let mut seekable =
        Seekable::new(source, Compression::None, Checkpoints::default(), data.len() as u64);
    for offset in [50_000, 99_999, 0, 70_000] {
        let mut byte = [0];
        seekable.seek(SeekFrom::Start(offset)).unwrap();
        seekable.read_exact(&mut byte).unwrap();
        assert_eq!(byte[0], data[offset as usize]);
    }
    assert_eq!(seekable.seek(SeekFrom::End(5)).unwrap(), 100_005);
    assert_eq!(seekable.read(&mut [0]).unwrap(), 0);
}

/// Reads at `offsets` through `Seekable` and by `open`.
fn check(compression: Compression, data: &[u8], stream: &[u8], span: u64, offsets: &[usize]) {
    let name = compression.name();
    let (whole, points) = record(compression, stream, span);
    assert!(whole.unwrap() == data, "{name}");
    let wire = postcard::to_allocvec(&points).unwrap();
    let points: Checkpoints = postcard::from_bytes(&wire).unwrap();
    let size = data.len() as u64;
    let source = Cursor::new(stream.to_vec());
    let mut seekable = Seekable::new(source, compression, points.clone(), size);
    for &offset in offsets {
        let offset = offset % (data.len() + 1);
        let mut out = Vec::new();
        let source = Cursor::new(stream);
        let mut reader = points.open(compression, source, offset as u64).unwrap();
        reader.read_to_end(&mut out).unwrap_or_else(|error| panic!("{name} at {offset}: {error}"));
        assert!(out == data[offset..], "{name} from {offset}");
        let part = &data[offset..data.len().min(offset + 999)];
        let mut out = vec![0; part.len()];
        seekable.seek(SeekFrom::Start(offset as u64)).unwrap();
        seekable.read_exact(&mut out).unwrap();
        assert!(out == part, "{name} seeking to {offset}");
    }
}

/// Reads to the end or the error, which names its format.
fn drain(compression: Compression, stream: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut reader = compression.decode(stream);
    reader.read_to_end(&mut out).map(|_| out).map_err(|error| {
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
        assert!(error.to_string().starts_with(compression.name()), "{error}");
        error.to_string()
    })
}

#[test]
fn a_stream_that_is_cut_at_any_byte_is_an_error() {
    let data = content(3_000, 11);
    for (compression, compress, _) in CASES {
        let stream = compress(&data);
        for cut in 1..stream.len() {
            assert!(drain(compression, &stream[..cut]).is_err(), "{} {cut}", compression.name());
        }
        assert!(drain(compression, &stream).unwrap() == data);
        assert!(drain(compression, b"").unwrap_or_default().is_empty());
    }
}

#[test]
fn a_byte_that_is_changed_gives_an_error_or_what_was_there() {
    // Heads and ends hold what sizes memory: windows, dictionaries, blocks, lengths.
    let data = content(3_000, 12);
    for (compression, compress, _) in CASES {
        let sound = compress(&data);
        let ends = (0..sound.len().min(80)).chain(sound.len().saturating_sub(80)..sound.len());
        for at in ends {
            for flip in [0x01, 0x10, 0x80, 0xff] {
                let mut stream = sound.clone();
                stream[at] ^= flip;
                if let Ok(out) = drain(compression, &stream) {
                    let checked = !matches!(compression, Compression::Lz4 | Compression::Zstd);
                    assert!(
                        !checked || out == data || out.is_empty(),
                        "{} {at}",
                        compression.name()
                    );
                }
            }
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    #[test]
    fn what_is_read_from_a_point_is_what_the_stream_has_there(
        seed: u64,
        size in 1usize..400_000,
        span in 1u64..100_000,
        offsets in proptest::collection::vec(0usize..400_000, 4),
    ) {
        let data = content(size, seed);
        for (compression, compress, _) in CASES {
            check(compression, &data, &stream_of(compress, &data), span, &offsets);
        }
    }

    #[test]
    fn noise_behind_a_head_is_an_error_or_nothing(
        noise in proptest::collection::vec(0u8.., 0..600),
        keep in 4usize..40,
    ) {
        for (compression, compress, _) in CASES {
            let mut stream = compress(&[7; 5000]);
            stream.truncate(keep);
            stream.extend_from_slice(&noise);
            let _ = drain(compression, &stream);
        }
    }

    #[test]
    fn damage_is_an_error_or_nothing_but_never_a_panic(
        seed: u64,
        at: proptest::sample::Index,
        flip in 1u8..,
        cut: bool,
        offset in 0u64..200_000,
    ) {
        let data = content(200_000, seed);
        for (compression, compress, _) in CASES {
            let sound = stream_of(compress, &data);
            let (_, points) = record(compression, &sound, 9_000);
            let mut stream = sound;
            let at = at.index(stream.len());
            if cut { stream.truncate(at) } else { stream[at] ^= flip }
            let mut out = Vec::new();
            if let Ok(mut reader) = points.open(compression, Cursor::new(&stream[..]), offset) {
                let _ = reader.read_to_end(&mut out);
            }
            let (_, points) = record(compression, &stream, 9_000);
            if let Ok(mut reader) = points.open(compression, Cursor::new(&stream[..]), offset) {
                let _ = reader.read_to_end(&mut out);
            }
        }
    }
}
