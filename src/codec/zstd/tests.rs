//! Both libraries on the same frames, made by `ruzstd`. Frames of other tools are in the fixtures.

use super::*;
use crate::codec::parts::PartReader;
use crate::codec::samples::content;
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

const LIBRARIES: [Library; 2] = [Library::Zrip, Library::Ruzstd];

fn compressed(data: &[u8]) -> Vec<u8> {
    compress_to_vec(data, CompressionLevel::Fastest)
}

/// What a library makes of a stream, and the error that ended it.
fn decoded(stream: &[u8], library: Library) -> (Vec<u8>, Option<String>) {
    let library_of: fn(FrameHeader) -> Library = match library {
        Library::Zrip => |_| Library::Zrip,
        Library::Ruzstd => |_| Library::Ruzstd,
    };
    let frames = ZstdFrames::new(Buffered::new(stream), Recorder::default());
    let mut reader = PartReader::new(ZstdFrames { library_of, ..frames });
    let mut out = Vec::new();
    let error = reader.read_to_end(&mut out).err();
    (out, error.map(|error| error.to_string()))
}

#[test]
fn several_frames_and_skippable_ones_are_one_stream() {
    let mut stream = compressed(b"hello ");
    stream.extend_from_slice(b"\x50\x2a\x4d\x18\x03\0\0\0abc");
    stream.extend(compressed(b""));
    stream.extend(compressed(b"world"));
    for library in LIBRARIES {
        assert_eq!(decoded(&stream, library), (b"hello world".to_vec(), None), "{library:?}");
    }
}

#[test]
fn a_stream_cut_short_is_an_error() {
    let data = content(100_000, 5);
    let stream = compressed(&data);
    for cut in [4, 5, stream.len() / 2, stream.len() - 1] {
        for library in LIBRARIES {
            let (out, error) = decoded(&stream[..cut], library);
            assert!(data.starts_with(&out), "{library:?} cut at {cut}");
            let error = error.unwrap();
            assert_eq!(error, "zstd: the stream is cut short", "{library:?} cut at {cut}");
        }
    }
}

#[test]
fn what_was_decoded_before_a_cut_is_handed_out() {
    // A frame with a checksum, of one raw block.
    let stream = b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\x01\x02";
    for library in LIBRARIES {
        let (out, error) = decoded(stream, library);
        assert_eq!(
            (&out[..], error.as_deref()),
            (&b"hello"[..], Some("zstd: the stream is cut short")),
            "{library:?}"
        );
    }
}

#[test]
fn a_wrong_checksum_is_an_error() {
    let stream = b"\x28\xb5\x2f\xfd\x24\x05\x29\0\0hello\x01\x02\x03\x04";
    for library in LIBRARIES {
        let (out, error) = decoded(stream, library);
        assert_eq!(out, b"hello", "{library:?}");
        assert!(error.unwrap().contains("checksum"), "{library:?}");
    }
}

#[test]
fn a_wrong_size_is_an_error() {
    // A frame that states six bytes, of one raw block of five.
    let stream = b"\x28\xb5\x2f\xfd\x20\x06\x29\0\0hello";
    for library in LIBRARIES {
        let (_, error) = decoded(stream, library);
        assert!(error.unwrap().contains("size"), "{library:?}");
    }
}

#[test]
fn a_window_is_refused_by_its_size() {
    // A head whose window descriptor says 2 to the power of 30, and one raw block.
    let stream = b"\x28\xb5\x2f\xfd\0\xa0\x09\0\0a";
    for library in LIBRARIES {
        let (_, error) = decoded(stream, library);
        let error = error.unwrap();
        assert!(error.contains("a window of 1,073,741,824 bytes"), "{library:?}: {error}");
    }
}

#[test]
fn a_window_beyond_one_library_s_goes_to_the_other() {
    // A window of 512 MiB, and one raw block.
    let stream = b"\x28\xb5\x2f\xfd\0\x98\x09\0\0a";
    let frames = ZstdFrames::new(Buffered::new(&stream[..]), Recorder::default());
    let mut out = Vec::new();
    PartReader::new(frames).read_to_end(&mut out).unwrap();
    assert_eq!(out, b"a");
}

proptest! {
    #[test]
    fn both_libraries_decode_the_same(size in 0_usize..400_000, seed: u64) {
        let data = content(size, seed);
        let stream = compressed(&data);
        for library in LIBRARIES {
            let (out, error) = decoded(&stream, library);
            prop_assert_eq!(error, None, "{:?}", library);
            prop_assert!(out == data, "{:?}", library);
        }
    }

    #[test]
    fn no_library_makes_other_bytes_of_a_damaged_frame(seed: u64, at: u16, bit in 0_u8..8) {
        let mut stream = compressed(&content(20_000, seed));
        let at = usize::from(at) % stream.len();
        stream[at] ^= 1 << bit;
        let [zrip, ruzstd] = LIBRARIES.map(|library| decoded(&stream, library));
        // One hands out less of the block in which it finds the damage.
        let (long, short) = if zrip.0.len() > ruzstd.0.len() { (&zrip, &ruzstd) } else { (&ruzstd, &zrip) };
        if zrip.1.is_none() && ruzstd.1.is_none() {
            prop_assert!(zrip.0 == ruzstd.0, "at {at}");
        } else {
            prop_assert!(short.1.is_some() && long.0.starts_with(&short.0), "at {at}: {:?} {:?}", zrip.1, ruzstd.1);
        }
    }
}
