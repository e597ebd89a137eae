//! A layer's table of contents: JSON in an eStargz layer, used and then compared with the layer; or a SOCI
//! table for the layer of the fixture.

#![no_main]

use flate2::{Compression, write::GzEncoder};
use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{Limits, ScanOptions, scan, soci};
use layerscope::oci::{Descriptor, Digest};
use layerscope::tree::{TreeView, merge};
use libfuzzer_sys::fuzz_target;
use std::io::{Cursor, Write};
use std::sync::Arc;

/// A gzip member with one tar member.
fn packed(name: &[u8], data: &[u8]) -> Option<Vec<u8>> {
    let mut block = [0; 512];
    block[..name.len()].copy_from_slice(name);
    block[100..107].copy_from_slice(b"0000644");
    block[124..135].copy_from_slice(format!("{:011o}", data.len()).as_bytes());
    block[148..156].fill(b' ');
    block[156] = b'0';
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut out = GzEncoder::new(Vec::new(), Compression::fast());
    out.write_all(&block).ok()?;
    out.write_all(data).ok()?;
    out.write_all(&vec![0; data.len().next_multiple_of(512) - data.len()]).ok()?;
    out.finish().ok()
}

fn blob(json: &[u8]) -> Option<Vec<u8>> {
    let mut blob = packed(b"file", b"data")?;
    let start = blob.len();
    blob.extend(packed(b"stargz.index.json", json)?);
    blob.extend(b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x1a\0SG\x16\0");
    blob.extend(format!("{start:016x}STARGZ").bytes());
    blob.extend(b"\x01\0\0\xff\xff\0\0\0\0\0\0\0\0");
    Some(blob)
}

fuzz_target!(|data: &[u8]| {
    let layer = Descriptor { size: 3332, ..Descriptor::of(Digest::of(b"")) };
    soci::by_soci(data, &layer, Limits { entries: 10_000, ..Limits::default() });
    let Some(blob) = blob(data) else { return };
    let blob: Arc<[u8]> = blob.into();
    for table in [true, false] {
        let limits = Limits { bytes: 64 << 20, ratio: 1, entries: 10_000, ..Limits::default() };
        let options = ScanOptions { limits, table, ..ScanOptions::default() };
        let source = Box::new(Cursor::new(Arc::clone(&blob)));
        let part = BlobPart::plain(0, 0, blob.len() as u64);
        let found = scan(source, part, &Checkpoints::default(), &options, None, None, &mut |_| {});
        let Ok(found) = found else { continue };
        let tree = merge(vec![Arc::new(found.index)]);
        TreeView::new(&tree);
    }
});
