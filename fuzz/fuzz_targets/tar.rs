//! A layer that is a tar: the pass that seeks, the pass that reads everything and passes over parts of it find the same
//! entries, which survive serialisation and merging.

#![no_main]

use layerscope::codec::{BlobPart, Checkpoints};
use layerscope::layer::{Contents, EntryRange, LayerIndex, Limits, ScanOptions, scan};
use layerscope::tree::{TreeView, merge};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;
use std::sync::Arc;

/// Bytes that a part is expected to read.
const PART: u64 = 2048;

fn limits() -> Limits {
    Limits { bytes: 64 << 20, ratio: 1, entries: 10_000, ..Limits::default() }
}

fn pass(data: &[u8], contents: Contents, entries: Option<EntryRange>) -> Option<LayerIndex> {
    let options = ScanOptions { limits: limits(), contents, entries, ..ScanOptions::default() };
    let source = Box::new(Cursor::new(Arc::<[u8]>::from(data)));
    let part = BlobPart::plain(0, 0, data.len() as u64);
    let points = Checkpoints::default();
    Some(scan(source, part, &points, &options, None, None, &mut |_| {}).ok()?.index)
}

fuzz_target!(|data: &[u8]| {
    let passes = (pass(data, Contents::Read, None), pass(data, Contents::Skipped, None));
    let (Some(read), Some(mut sought)) = passes else { return };
    for range in EntryRange::cut(&sought, limits(), PART) {
        let part = pass(data, Contents::Read, Some(range));
        if let Some(part) = part.filter(|part| range.is_of(&read, part)) {
            let whole = range.positions().map(|at| read.entry(at).hash());
            assert!(whole.eq(part.entries().map(|entry| entry.hash())), "{range:?} differs");
        }
    }
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
