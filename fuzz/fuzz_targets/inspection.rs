//! Saved inspections: any head, before a few bytes of indexes, opened as on the page.

#![no_main]

use flate2::{Compression, write::GzEncoder};
use layerscope_fuzz::{Memory, open};
use libfuzzer_sys::fuzz_target;
use std::io::Write;

/// Bytes at the end of the input that are the indexes.
const INDEXES: usize = 64;

fuzz_target!(|data: &[u8]| {
    let (head, indexes) = data.split_at(data.len().saturating_sub(INDEXES));
    let mut file = GzEncoder::new(b"LSINSP1\n".to_vec(), Compression::none());
    let written = file
        .write_all(&(head.len() as u64).to_le_bytes())
        .and_then(|()| file.write_all(head))
        .and_then(|()| file.write_all(indexes))
        .and_then(|()| file.finish());
    let _ = open(&Memory::one(written.expect("memory takes everything")));
});
