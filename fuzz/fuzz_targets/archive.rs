//! Any file, opened as on the page: index files, compression of the whole file, layers, tree, views, report.

#![no_main]

use layerscope_fuzz::{Memory, open};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = open(&Memory::one(data));
});
