//! A file that names packages. The first byte selects its path from those of the hostile tests; the rest is
//! its content, which every cataloger reads that wants a file with this path, and what notes risks.

#![no_main]

use layerscope::analysis::file_bytes::FileBytes;
use layerscope::analysis::packages::catalog::{CATALOGERS, Candidate, HEAD};
use layerscope::analysis::risks::NotedRisks;
use libfuzzer_sys::fuzz_target;

const PATHS: &str = include_str!("../../tests/native/hostile/paths.txt");

fuzz_target!(|data: &[u8]| {
    let Some((&number, bytes)) = data.split_first() else { return };
    let Some(path) = PATHS.lines().nth(usize::from(number)) else { return };
    let head = &bytes[..bytes.len().min(HEAD)];
    let size = bytes.len() as u64;
    let file = Candidate { size, mode: 0o755, head: Some(head), ..Candidate::at(path.as_bytes()) };
    for cataloger in CATALOGERS.iter().filter(|cataloger| (cataloger.wants)(&file)) {
        cataloger.read(&file, bytes);
    }
    drop((NotedRisks::of(&file, bytes), NotedRisks::program(FileBytes::Held(bytes))));
});
