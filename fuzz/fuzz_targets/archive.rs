//! A file, whatever it is, opened as the page does: index files, compression around the whole, layers,
//! tree, views, report.

#![no_main]

use layerscope_fuzz::{Memory, open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = open(&Memory::one(data));
});
