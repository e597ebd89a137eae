//! A damaged result of a worker: whatever can be read of it can be written and read again.

#![no_main]

use layerscope::codec::{BlobPart, Checkpoints, Compression};
use layerscope::layer::{Contents, Limits, ScanOptions};
use layerscope::session::jobs::{Job, JobResult, Work, run};
use layerscope_fuzz::damaged;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::Arc;

/// The result of a job that indexes a layer, or a whole archive if it is compressed.
fn answer(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = bytes.len() as u64;
    let limits = Limits { bytes: 16 << 20, ratio: 1, entries: 10_000, ..Limits::default() };
    let work = match Compression::detect(bytes) {
        Compression::None => {
            let sha256 = vec!["sha256".to_owned()];
            let options = ScanOptions {
                limits,
                contents: Contents::Read,
                blob_digests: sha256.clone(),
                diff_ids: sha256,
                ..ScanOptions::default()
            };
            Work::Index { part: BlobPart::plain(0, 0, size), options }
        }
        compression => Work::Unpack { size, compression, limits },
    };
    let job = Job { blob_bytes: size, layer: 1, work, outer: Checkpoints::default() };
    let bytes = Arc::<[u8]>::from(bytes);
    let mut open = |_| Ok(Box::new(Cursor::new(bytes.clone())) as _);
    Some(run(&job, &mut open, None, &mut |_| {}).ok()?.into_buffer())
}

fuzz_target!(|data: &[u8]| {
    let Some(buffer) = damaged(data, answer) else { return };
    let Ok(result) = JobResult::from_buffer(&buffer) else { return };
    assert!(JobResult::from_buffer(&result.into_buffer()).is_ok(), "what was written is not read");
});
