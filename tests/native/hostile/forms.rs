//! Every format of archive, truncated at every block and with bytes of every header changed: no panic, no hang, no
//! digest verified that the original does not have, and what can be read is shown.
//!
//! A quarter of the headers' bytes is changed, in each format another quarter: together, the formats have every place
//! of a header, and the tests take minutes less. `LAYERSCOPE_HOSTILE=all` changes every byte of every file.

use super::{open, open_all, verified};
use layerscope::session::{native::Disk, native::Memory};
use serde_json::Value;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

fn load(name: &str) -> Memory {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    Memory::load(&Disk::open(&path).unwrap()).unwrap()
}

/// Says which case hangs, if one does.
struct Watchdog(Sender<String>);

impl Watchdog {
    fn new(what: &str) -> Watchdog {
        let (sender, receiver) = channel();
        let what = what.to_owned();
        std::thread::spawn(move || {
            let mut case = String::new();
            loop {
                match receiver.recv_timeout(Duration::from_secs(300)) {
                    Ok(next) => case = next,
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        eprintln!("{what}, {case}: no answer");
                        std::process::abort();
                    }
                }
            }
        });
        Watchdog(sender)
    }

    fn case(&self, what: &dyn std::fmt::Display) {
        self.0.send(what.to_string()).unwrap();
    }
}

/// The ranges of headers and index files in an archive.
fn headers(bytes: &[u8]) -> Vec<Range<usize>> {
    let len = bytes.len();
    if bytes.first_chunk().is_none_or(|block: &[u8; 512]| !is_header(block)) {
        let text = matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['));
        // All of JSON; both ends of a compressed stream.
        let first = if text { len } else { len.min(40) };
        return vec![0..first, len.saturating_sub(24).max(first)..len];
    }
    let mut found = Vec::new();
    let mut tar = tar::Archive::new(bytes);
    for entry in tar.entries().unwrap().raw(true) {
        let entry = entry.unwrap();
        let at = entry.raw_header_position() as usize;
        found.push(at..at + 512);
        let data = entry.raw_file_position() as usize;
        let inner = headers(&bytes[data..data + entry.size() as usize]);
        found.extend(inner.into_iter().map(|range| data + range.start..data + range.end));
    }
    found
}

fn is_header(block: &[u8; 512]) -> bool {
    let header = tar::Header::from_byte_slice(block);
    let sum = block.iter().enumerate().map(|(at, &byte)| match at {
        148..156 => 32,
        _ => u32::from(byte),
    });
    header.cksum().is_ok_and(|claimed| claimed == sum.sum::<u32>())
}

/// The offsets of the file `name` to change. Of padding, only some.
fn places(name: &str, bytes: &[u8]) -> Vec<usize> {
    if std::env::var_os("LAYERSCOPE_HOSTILE").is_some() {
        return (0..bytes.len()).collect();
    }
    let quarter = name.bytes().map(usize::from).sum::<usize>() % 4;
    let inside = headers(bytes).into_iter().flatten();
    let written = inside.filter(|&at| bytes[at] != 0 || at.is_multiple_of(37));
    written.skip(quarter).step_by(4).collect()
}

/// Fixes the checksum of the tar header at `block`, if there was a header.
fn fix_checksum(bytes: &mut [u8], was: &[u8], at: usize) -> bool {
    // Headers of layers are at multiples of 512 in an archive, too.
    let start = at / 512 * 512;
    let Some(before) = was.get(start..start + 512) else { return false };
    if !is_header(before.try_into().unwrap()) || (148..156).contains(&(at - start)) {
        return false;
    }
    let mut header = tar::Header::from_byte_slice(&bytes[start..start + 512]).clone();
    header.set_cksum();
    bytes[start..start + 512].copy_from_slice(header.as_bytes());
    true
}

fn entries(report: &Value) -> u64 {
    let images = report["images"].as_array().unwrap();
    let layers = images.iter().flat_map(|image| image["layers"].as_array().unwrap());
    layers.map(|layer| layer["entries"].as_u64().unwrap_or(0)).sum()
}

fn check(report: &Value, good: &BTreeSet<String>, what: &dyn std::fmt::Display) {
    assert!(verified(report).is_subset(good), "{what}: a wrong digest is verified");
}

fn cut(name: &str, step: usize) {
    let whole = load(name).0.remove(0).1;
    let packed = !is_header(whole[..512].try_into().unwrap());
    let report = open(whole.to_vec()).unwrap();
    let (good, mut most, mut shown) = (verified(&report), 0, 0);
    let dog = Watchdog::new(name);
    for end in (0..whole.len()).step_by(step) {
        let what = format!("{name} cut at {end}");
        dog.case(&what);
        match open(whole[..end].to_vec()) {
            Ok(report) => {
                check(&report, &good, &what);
                let now = entries(&report);
                if report["source"]["format"] == "tar" {
                    assert!(now >= most, "{what}: {now} entries, {most} when it was shorter");
                    most = now;
                }
                shown += usize::from(now > 0);
            }
            Err(problem) => {
                // After one header, something must be shown.
                assert!(packed || end < 512, "{what}: {problem:?}");
                assert!(!problem.message.is_empty() && problem.found.is_some(), "{problem:?}");
            }
        }
    }
    // The zstd and the bzip2 stream are one block, which cannot be read in part.
    let one = name.ends_with(".zst") || name.ends_with(".bz2");
    assert!(shown > 0 || one, "{name}: no part of it was shown");
}

fn change(name: &str) {
    let whole = load(name).0.remove(0).1;
    let good = verified(&open(whole.to_vec()).unwrap());
    let dog = Watchdog::new(name);
    for at in places(name, &whole) {
        let what = format!("{name}, byte {at} changed");
        dog.case(&what);
        let mut bytes = whole.to_vec();
        bytes[at] ^= 1 << (at % 8);
        if let Ok(report) = open(bytes.clone()) {
            check(&report, &good, &what);
        }
        // With a valid checksum, the change reaches the code after the check.
        if fix_checksum(&mut bytes, &whole, at)
            && let Ok(report) = open(bytes)
        {
            check(&report, &good, &format!("{what}, checksum fixed"));
        }
    }
}

/// Truncates, changes and removes each file of a folder.
fn folder(name: &str) {
    let whole = load(name);
    let good = verified(&open_all(&whole).unwrap());
    let dog = Watchdog::new(name);
    let attempt = |files: Memory, what: &dyn std::fmt::Display| {
        dog.case(what);
        if let Ok(report) = open_all(&files) {
            check(&report, &good, what);
        }
    };
    for (number, (path, bytes)) in whole.0.iter().enumerate() {
        let mut without = whole.clone();
        without.0.remove(number);
        attempt(without, &format!("{name} without {path}"));
        let with = |bytes: Vec<u8>| {
            let mut files = whole.clone();
            files.0[number].1 = bytes.into();
            files
        };
        for end in (0..bytes.len()).step_by(16) {
            attempt(with(bytes[..end].to_vec()), &format!("{name}, {path} cut at {end}"));
        }
        for at in places(path, bytes) {
            let mut changed = bytes.to_vec();
            changed[at] ^= 1 << (at % 8);
            attempt(with(changed), &format!("{name}, {path}, byte {at} changed"));
        }
    }
}

macro_rules! forms {
    ($($test:ident: $check:ident $arguments:tt,)*) => {
        $(#[test] fn $test() { $check $arguments; })*
    };
}

forms! {
    docker_cut: cut("odd.docker20.docker.tar", 512),
    docker_changed: change("odd.docker20.docker.tar"),
    docker_since_25_cut: cut("odd.regctl-zstd.docker.tar", 512),
    docker_since_25_changed: change("odd.regctl-zstd.docker.tar"),
    docker_before_1_10_cut: cut("odd.chain.docker.tar", 512),
    docker_before_1_10_changed: change("odd.chain.docker.tar"),
    layout_cut: cut("odd.skopeo-gzip.oci.tar", 512),
    layout_changed: change("odd.skopeo-gzip.oci.tar"),
    rootfs_cut: cut("odd.tar.rootfs.tar", 512),
    rootfs_changed: change("odd.tar.rootfs.tar"),
    layers_of_xz_changed: change("odd.tar-xz.docker.tar"),
    layers_of_bzip2_changed: change("odd.tar-bzip2.docker.tar"),
    layers_of_lz4_changed: change("odd.tar-lz4.docker.tar"),
    in_gzip_cut: cut("odd.docker20.docker.tar.gz", 64),
    in_gzip_changed: change("odd.docker20.docker.tar.gz"),
    in_zstd_cut: cut("odd.docker20.docker.tar.zst", 64),
    in_zstd_changed: change("odd.docker20.docker.tar.zst"),
    in_xz_cut: cut("odd.docker20.docker.tar.xz", 64),
    in_xz_changed: change("odd.docker20.docker.tar.xz"),
    in_bzip2_cut: cut("odd.docker20.docker.tar.bz2", 64),
    in_bzip2_changed: change("odd.docker20.docker.tar.bz2"),
    in_lz4_cut: cut("odd.docker20.docker.tar.lz4", 64),
    in_lz4_changed: change("odd.docker20.docker.tar.lz4"),
    layout_folder: folder("odd.skopeo-gzip.oci-dir"),
    dir_folder: folder("odd.skopeo-gzip.docker-dir"),
}
