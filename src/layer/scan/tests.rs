//! Layers whose streams are damaged, cut, padded, or compressed more than once.

use super::*;
use crate::codec::samples::{CASES, content};
use crate::entry::Member;
use crate::layer::{ContentHook, EntryRange, LayerIndex, Wanted};
use crate::oci::{DiffId, Digest};
use proptest::prelude::*;
use std::io::Cursor;

/// A tar of one file that compresses to about a half.
fn tar() -> Vec<u8> {
    let data = content(60_000, 9);
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(data.len() as u64);
    builder.append_data(&mut header, "a", &data[..]).unwrap();
    builder.into_inner().unwrap()
}

/// The scan of a blob, with its digests.
fn read(blob: &[u8], limits: Limits) -> LayerScan {
    let part = BlobPart::plain(0, 0, blob.len() as u64);
    let sha256 = vec!["sha256".to_owned()];
    let options = ScanOptions {
        limits,
        contents: Contents::Read,
        blob_digests: sha256.clone(),
        diff_ids: sha256,
        ..ScanOptions::default()
    };
    let (outer, source) = (Checkpoints::default(), Box::new(Cursor::new(blob.to_vec())));
    scan(source, part, &outer, &options, None, None, &mut |_| {}).unwrap()
}

fn codes(scan: &LayerScan) -> Vec<&str> {
    scan.warnings.iter().map(|warning| &*warning.code).collect()
}

#[test]
fn a_stream_that_is_cut_or_damaged_is_told_once_with_what_the_decoder_said() {
    let tar = tar();
    for (compression, compress, _) in CASES {
        let whole = compress(&tar);
        let mut changed = whole.clone();
        let last = whole.len() - 12;
        changed[last] ^= 0xff;
        for (what, blob) in [
            ("half", &whole[..whole.len() / 2]),
            ("all but the end", &whole[..whole.len() - 2]),
            ("a changed byte", &changed[..]),
        ] {
            let scan = read(blob, Limits::default());
            let name = compression.name();
            // Neither zstd nor LZ4 has a checksum behind every block.
            if what == "a changed byte" && scan.warnings.is_empty() {
                assert!(matches!(compression, Compression::Zstd | Compression::Lz4));
                continue;
            }
            assert_eq!(codes(&scan), ["layer-damaged"], "{what} of {name}: {:?}", scan.warnings);
            let found = scan.warnings[0].found.as_deref().unwrap_or_default();
            assert!(found.starts_with(&format!("{name}: ")), "{found}");
            assert_eq!((scan.tar_size, scan.diff_ids.len()), (None, 0), "{what} of {name}");
            assert_eq!(scan.blob_digests, [Digest::of(blob)]);
            // Other formats give nothing of a block that is damaged.
            let shows = compression != Compression::Gzip || scan.index.len() == 1;
            assert!(shows, "what precedes the damage is shown");
        }
    }
}

#[test]
fn digests_are_judged_where_bytes_follow_the_stream() {
    let tar = tar();
    for (compression, compress, _) in CASES {
        for rest in [&[0; 10_240][..], &[0; 7], b"more"] {
            let blob = [&compress(&tar)[..], rest].concat();
            let scan = read(&blob, Limits::default());
            assert_eq!(codes(&scan), ["trailing-bytes"], "{}", compression.name());
            assert_eq!(scan.blob_digests, [Digest::of(&blob)]);
            assert_eq!(scan.diff_ids, [DiffId(Digest::of(&tar))]);
            let found = scan.warnings[0].found.as_deref().unwrap_or_default();
            let kind = if rest[0] == 0 { "zeros" } else { "more bytes" };
            assert_eq!(found, format!("{} {kind}", crate::text::grouped(rest.len() as u64)));
        }
    }
}

#[test]
fn a_layer_that_is_compressed_more_than_once_is_read_with_a_warning() {
    let tar = tar();
    for (compression, compress, _) in CASES {
        let twice = compress(&CASES[0].1(&tar));
        for blob in [&twice, &compress(&twice)] {
            let scan = read(blob, Limits::default());
            assert_eq!(codes(&scan), ["compressed-again"], "{}", compression.name());
            assert_eq!(scan.compression, compression);
            assert_eq!(scan.index.len(), 1);
            let inner = CASES[0].1(&tar);
            let between = if *blob == twice { vec![&inner] } else { vec![&twice, &inner] };
            let wanted: Vec<DiffId> = std::iter::once(&tar)
                .chain(between)
                .map(|stream| DiffId(Digest::of(stream)))
                .collect();
            assert_eq!(scan.diff_ids, wanted);
            assert_eq!(scan.blob_digests, [Digest::of(blob)]);
        }
    }
}

#[test]
fn the_digest_of_a_stream_between_is_of_all_its_bytes() {
    let tar = tar();
    for rest in [&[0; 100_000][..], b"more", &[1; 100_000]] {
        let inner = [&CASES[0].1(&tar)[..], rest].concat();
        for (compression, compress, _) in CASES {
            let scan = read(&compress(&inner), Limits::default());
            let name = compression.name();
            assert_eq!(codes(&scan), ["trailing-bytes", "compressed-again"], "{name}");
            assert_eq!(scan.diff_ids, [DiffId(Digest::of(&tar)), DiffId(Digest::of(&inner))]);
        }
    }
}

#[test]
fn a_stream_between_that_is_too_long_is_a_limit_and_no_damage() {
    let twice = CASES[0].1(&CASES[0].1(&tar()));
    let scan = read(&twice, Limits { bytes: 2_000, ratio: 0, entries: 10, ..Limits::default() });
    assert!(scan.limited && codes(&scan).contains(&"layer-limit"), "{:?}", scan.warnings);
    assert!(!codes(&scan).contains(&"layer-damaged"));
}

/// The index of one pass that reads contents, or skips them.
fn index_of(blob: &[u8], contents: Contents) -> LayerIndex {
    let part = BlobPart::plain(0, 0, blob.len() as u64);
    let options = ScanOptions { contents, ..ScanOptions::default() };
    let (outer, source) = (Checkpoints::default(), Box::new(Cursor::new(blob.to_vec())));
    scan(source, part, &outer, &options, None, None, &mut |_| {}).unwrap().index
}

proptest! {
    #[test]
    fn damage_shows_the_same_to_a_pass_that_skips_contents(
        sizes in prop::collection::vec(0..3000usize, 1..6),
        form in 0..CASES.len(),
        place in 0..=u16::MAX,
        cut: bool,
    ) {
        let mut builder = tar::Builder::new(Vec::new());
        for (at, size) in sizes.iter().enumerate() {
            let data = content(*size, at as u64 + 1);
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            builder.append_data(&mut header, at.to_string(), &data[..]).unwrap();
        }
        let mut blob = CASES[form].1(&builder.into_inner().unwrap());
        let place = usize::from(place) * (blob.len() - 1) / usize::from(u16::MAX);
        match cut {
            true => blob.truncate(place.max(20)),
            false => blob[place.max(20)] ^= 0x55,
        }
        let (read, mut skipped) = (index_of(&blob, Contents::Read), index_of(&blob, Contents::Skipped));
        if read.hashed() && read.len() == skipped.len() {
            skipped.adopt_hashes(&read);
        }
        prop_assert_eq!(read, skipped);
    }
}

/// Requests files by the first byte of their names, and notes what it got of them.
struct ByName {
    /// Bytes that were shown of the file.
    shown: usize,
}

impl ContentHook for ByName {
    fn wants(&mut self, member: &Member, _: &[u8]) -> Wanted {
        self.shown = 0;
        match member.name.first() {
            Some(b'w') => Wanted::Whole,
            Some(b'p') => Wanted::Parts,
            _ => Wanted::Nothing,
        }
    }

    fn read(&mut self, bytes: &[u8]) {
        self.shown += bytes.len();
    }

    fn has_seen_enough(&self) -> bool {
        self.shown >= 700
    }

    fn note(&mut self, member: &Member, content: Option<&[u8]>) -> Option<String> {
        let name = String::from_utf8_lossy(&member.name).into_owned();
        Some(format!("{name} {:?}", content.map(blake3::hash)))
    }
}

proptest! {
    #[test]
    fn what_a_pass_leaves_for_later_and_a_later_pass_make_the_index_of_one_pass(
        files in prop::collection::vec((0..3000usize, 0..3usize, any::<bool>()), 0..8),
        form in 0..=CASES.len(),
    ) {
        let mut builder = tar::Builder::new(Vec::new());
        for (at, (size, kind, _)) in files.iter().enumerate() {
            let data = content(*size, at as u64 + 1);
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            builder.append_data(&mut header, format!("{}{at}", ["w", "p", "n"][*kind]), &data[..]).unwrap();
        }
        let tar = builder.into_inner().unwrap();
        let blob = CASES.get(form).map_or(tar.clone(), |case| case.1(&tar));
        let pass = |contents, later: &[u32]| {
            let options = ScanOptions { contents, later: later.to_vec(), ..ScanOptions::default() };
            let (outer, source) = (Checkpoints::default(), Box::new(Cursor::new(blob.clone())));
            let part = BlobPart::plain(0, 0, blob.len() as u64);
            let mut hook = ByName { shown: 0 };
            scan(source, part, &outer, &options, Some(&mut hook), None, &mut |_| {}).unwrap()
        };
        let later: Vec<u32> = (0..).zip(&files).filter(|(_, (.., later))| *later).map(|(at, _)| at).collect();
        let (whole, mut first) = (pass(Contents::Read, &[]), pass(Contents::Read, &later));
        // What was requested is seen all the same, and only what may wait waits.
        let of_whole = |scan: &LayerScan| {
            scan.notes.notes.iter().filter(|note| note.text.starts_with('w')).cloned().collect::<Vec<_>>()
        };
        prop_assert_eq!(of_whole(&first), of_whole(&whole));
        let open: Vec<u32> = first.index.unhashed().collect();
        prop_assert!(open.iter().all(|at| later.contains(at) && files[*at as usize].0 >= 700));
        let in_parts = later.iter().filter(|at| matches!(files[**at as usize], (1.., 1, _)));
        prop_assert_eq!(&first.notes.in_parts, &in_parts.copied().collect::<Vec<_>>());
        let second = pass(Contents::LeftUnread, &open);
        prop_assert!(!second.notes.looked && second.notes.notes.is_empty());
        first.index.adopt_hashes(&second.index);
        prop_assert!(first.index.hashed());
        prop_assert_eq!(first.index, whole.index);
    }
}

proptest! {
    #[test]
    fn passes_over_ranges_of_entries_find_what_one_pass_finds(
        files in prop::collection::vec((0..3000usize, 0..5usize, any::<bool>()), 1..12),
        most in 100..9000u64,
    ) {
        let mut builder = tar::Builder::new(Vec::new());
        for (at, (size, kind, _)) in files.iter().enumerate() {
            let name = format!("{}{at}", ["w", "p", "n", "directory", "link"][*kind].repeat(at * 11 + 1));
            let data = content(if *kind < 3 { *size } else { 0 }, at as u64 + 1);
            let mut header = tar::Header::new_gnu();
            header.set_size(data.len() as u64);
            match kind {
                3 => header.set_entry_type(tar::EntryType::Directory),
                4 => header.set_entry_type(tar::EntryType::Symlink),
                _ => {}
            }
            if at % 3 == 0 {
                let long = "x".repeat(at * 100);
                builder.append_pax_extensions([("SCHILY.xattr.user.k", long.as_bytes())]).unwrap();
            }
            match kind {
                4 => builder.append_link(&mut header, name, "target".repeat(at * 11 + 1)).unwrap(),
                _ => builder.append_data(&mut header, name, &data[..]).unwrap(),
            }
        }
        let blob = builder.into_inner().unwrap();
        let later: Vec<u32> = (0..).zip(&files).filter(|(_, (.., later))| *later).map(|(at, _)| at).collect();
        let pass = |contents, entries| {
            let later = later.clone();
            let options = ScanOptions { contents, later, entries, ..ScanOptions::default() };
            let (outer, source) = (Checkpoints::default(), Box::new(Cursor::new(blob.clone())));
            let part = BlobPart::plain(0, 0, blob.len() as u64);
            let mut hook = ByName { shown: 0 };
            scan(source, part, &outer, &options, Some(&mut hook), None, &mut |_| {}).unwrap()
        };
        let mut headers = pass(Contents::Skipped, None);
        let whole = pass(Contents::Read, None);
        let ranges = EntryRange::cut(&headers.index, Limits::default(), most);
        let ends = ranges.last().map(|range| range.positions().end);
        prop_assert!(ends.is_none_or(|end| end == headers.index.len()), "{ranges:?}");
        let (mut hashes, mut notes) = (Vec::new(), crate::layer::Notes::default());
        for range in &ranges {
            let part = pass(Contents::Read, Some(*range));
            prop_assert!(range.is_of(&headers.index, &part.index), "{range:?} of {ranges:?}");
            prop_assert_eq!(&part.warnings, &[]);
            hashes.extend(part.index.entries().map(|entry| entry.hash().unwrap_or(crate::layer::NOT_HASHED)));
            notes.append(part.notes);
        }
        if !ranges.is_empty() {
            headers.index.set_hashes(hashes);
            prop_assert_eq!(headers.index, whole.index);
            prop_assert_eq!(notes.notes, whole.notes.notes);
            prop_assert_eq!(notes.in_parts, whole.notes.in_parts);
        }
    }
}
