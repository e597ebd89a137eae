//! A layer that is a tar: the pass that seeks and the pass that reads everything find the same entries,
//! which survive serialisation and merging.

#![no_main]

use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{Contents, LayerIndex, Limits, ScanOptions, scan};
use layerscope::tree::{TreeView, merge};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::Arc;

fn pass(data: &[u8], contents: Contents) -> Option<LayerIndex> {
    let limits = Limits { bytes: 64 << 20, ratio: 1, entries: 10_000, ..Limits::default() };
    let options = ScanOptions { limits, contents, ..ScanOptions::default() };
    let source = Box::new(Cursor::new(Arc::<[u8]>::from(data)));
    let part = BlobPart::plain(0, 0, data.len() as u64);
    let points = Checkpoints::default();
    Some(scan(source, part, &points, &options, None, None, &mut |_| {}).ok()?.index)
}

fuzz_target!(|data: &[u8]| {
    let (Some(read), Some(mut sought)) = (pass(data, Contents::Read), pass(data, Contents::Skipped)) else { return };
    if read.hashed() && read.len() == sought.len() {
        sought.adopt_hashes(&read);
    }
    assert!(read == sought, "two passes differ");
    assert!(LayerIndex::decode(&read.encode()).as_ref() == Ok(&read), "the buffer differs");
    let layer = Arc::new(read);
    let tree = merge(vec![Arc::clone(&layer), layer]);
    let (mut last, mut count) = (Vec::new(), 0);
    tree.each_path(|path| {
        assert!(*last < *path, "paths are not sorted");
        last = path.to_vec();
        count += 1;
    });
    assert_eq!(count, tree.totals().entries);
    TreeView::new(&tree);
});
